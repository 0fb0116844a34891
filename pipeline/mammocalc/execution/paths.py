"""Names of files and folders in the outputs, without names of persons."""

from __future__ import annotations

import hashlib
import os
import re
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, NamedTuple

from mammocalc.dicom.privacy.identifiers import PLACEHOLDERS_SPELLED
from mammocalc.dicom.privacy.spelling import dates_in, fold, spellings, texts_of, without_padding, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

HASH_DIGITS: Final = 8  # 2 ** 32 names: a clash among 50,000 hidden ones is unlikely, and would only look odd
SHORTEST_FRAGMENT_BYTES: Final = 3  # "Li" and "Wu" lie within too many words; a name of two Chinese characters does not
SHORTEST_WORD_BYTES: Final = 5  # of another patient's name: "May" and "Ida" would hide half of all folders for nothing
SHORTEST_NUMBER: Final = 6  # of another patient's identifier: shorter ones are counters
SHORTEST_PIECE: Final = (
    5  # that is looked for within an identifier or at the start of a name, which the path cuts short
)
PIECE_DIGITS: Final = 3  # in a piece of an identifier
SPAN: Final = 4  # neighbouring folders over which one date or identifier may be spread: 2001/02/03/1.dcm
RUN: Final = re.compile(r"[0-9]+|[A-Z]?[a-z]+|[^0-9a-z]+?(?=[A-Z][a-z]|[0-9]|$)|[^0-9a-z]+")
"""Digits, or letters up to where a capital begins another word: Wu and LCC in WuLCC."""
LONGEST_RUNS: Final = 8  # of a word; of more, none is a name
ENDING: Final = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,4}")  # what programs give, not a number that follows a point


class _Reading(NamedTuple):
    """A component of a path, as names are looked for in it: joined without signs, and in pieces."""

    joined: frozenset[str]
    pieces: frozenset[str]
    dates: frozenset[str]


class PublicPaths:
    """
    What the headers of a run have said, and the paths that may be shown for it.

    A component of a path is hidden if it holds what the header of that very
    file says about a person (a fragment of at least three letters, a whole
    word of two, a longer part of an identifier, a date in any notation), if
    one of its words is what any header of the run says, or if it was hidden
    for another file. Dates and identifiers are found as well where they are
    spread over neighbouring folders. Where a file's own header says nothing,
    short words count as well.

    What is kept and what it costs grow with the number of persons, not with
    that of files.

    Parameters
    ----------
    salt : str
        Mixed into the hashes.
    hides : bool
        False where all names may be shown.
    """

    def __init__(self, salt: str, *, hides: bool = True) -> None:
        self._salt, self._hides = salt, hides
        self._hidden: set[str] = set()
        self._everyone: set[str] = set()
        self._of_others: set[str] = set()
        self._judged: dict[tuple[str, bool], bool] = {}

    def learn(self, relative: str, tokens: AbstractSet[str]) -> None:
        """
        Take in what the header of a file says.

        Parameters
        ----------
        relative : str
            Relative to the input the file was found under, with forward slashes.
        tokens : set of str
            What `mammocalc.dicom.privacy.identifiers.personal_tokens` gave.
        """
        if not tokens or not self._hides:
            return
        self._judged.clear()
        self._hidden.update(_naming(relative.split("/"), tokens))
        for token in tokens - self._everyone:
            self._everyone.add(token)
            if len(token) >= SHORTEST_NUMBER if token.isdecimal() else len(token.encode()) >= SHORTEST_WORD_BYTES:
                self._of_others.add(token)

    def name(self, relative: str, *, has_spoken: bool) -> str:
        """
        Give the path of a file as it may be shown, when all headers have spoken.

        Parameters
        ----------
        relative : str
            As for `learn`.
        has_spoken : bool
            Whether the header of this file has said something about a person.

        Returns
        -------
        str
            With forward slashes. A hidden component is ``~`` and eight hexadecimal digits, the same for
            equal names, so that files of one folder stay together; the ending of a file stays.
        """
        *folders, file = relative.split("/")
        shown = [self._hash(part) if self._is_hidden(part, has_spoken) else part for part in folders]
        return "/".join([*shown, self._hash_file(file) if self._is_hidden(file, has_spoken) else file])

    def _is_hidden(self, part: str, has_spoken: bool) -> bool:
        key = part, has_spoken
        if key not in self._judged:
            tokens = self._of_others if has_spoken else self._everyone
            self._judged[key] = part in self._hidden or _holds_word(part, tokens)
        return self._judged[key]

    def _hash(self, component: str) -> str:
        salted = f"{self._salt}/{component}".encode(errors="surrogateescape")  # a component holds no slash
        return f"~{hashlib.sha256(salted).hexdigest()[:HASH_DIGITS]}"

    def _hash_file(self, name: str) -> str:
        """Hide the name of a file; its ending stays, unless that is somebody's name or too long for an ending."""
        ending = PurePosixPath(name).suffix
        keeps_ending = ENDING.fullmatch(ending) and not _holds_word(ending, self._everyone)
        return self._hash(name) + (ending if keeps_ending else "")


def public_paths(relative: Sequence[str], tokens: Sequence[AbstractSet[str]], salt: str) -> list[str]:
    """
    Hide the components of paths that name a person.

    Parameters
    ----------
    relative : sequence of str
    tokens : sequence of set of str
        For each of them.
    salt : str

    Returns
    -------
    list of str
        In the order of ``relative``; see `PublicPaths`.

    Examples
    --------
    >>> public_paths(["2020/Doe_Jane/1.dcm", "2020/notes.dcm"], [{"doe", "jane"}, set()], "")
    ['2020/~6104cbb3/1.dcm', '2020/notes.dcm']
    """
    paths = PublicPaths(salt)
    for path, own in zip(relative, tokens, strict=True):
        paths.learn(path, own)
    return [paths.name(path, has_spoken=bool(own)) for path, own in zip(relative, tokens, strict=True)]


def _naming(parts: Sequence[str], own: AbstractSet[str]) -> Iterator[str]:
    """Yield the components that name a person, alone or with their neighbours."""
    named = [_names(part, own) for part in parts]
    yield from (part for part, is_named in zip(parts, named, strict=True) if is_named)
    long = frozenset(token for token in own if len(token) >= SHORTEST_NUMBER and any(map(str.isdigit, token)))
    for start in range(len(parts) - 1) if long else ():
        for end in range(start + 2, min(start + SPAN, len(parts)) + 1):
            if not any(named[start:end]) and _spreads(parts[start:end], long):
                yield from parts[start:end]


def _spreads(parts: Sequence[str], tokens: AbstractSet[str]) -> bool:
    """Whether a date or an identifier begins in the first of some neighbours and ends in the last."""
    if not all(any(map(str.isdigit, part)) for part in (parts[0], parts[-1])):
        return False
    first = _read(parts[0]).joined
    text = "/".join(parts)
    if not tokens.isdisjoint(dates_in(text) - dates_in("/".join(parts[1:])) - dates_in("/".join(parts[:-1]))):
        return True
    start = max(map(len, first), default=0)
    return any(
        0 <= joined.find(token) < start
        and joined.find(token) + len(token) > len(joined) - len("".join(words(parts[-1])))
        for joined in _read(text).joined
        for token in tokens
    )


def _names(component: str, own: AbstractSet[str]) -> bool:
    """Whether a component holds what the header of its file says."""
    reading = _read(component)
    if not own.isdisjoint(reading.pieces) or not own.isdisjoint(reading.dates):
        return True
    return any(
        any(token in joined for joined in reading.joined)
        for token in own
        if len(token.encode()) >= SHORTEST_FRAGMENT_BYTES
    ) or any(_is_piece(piece, token) for piece in reading.pieces if len(piece) >= SHORTEST_PIECE for token in own)


def _is_piece(piece: str, token: str) -> bool:
    """Whether a word is a part of an identifier, or the beginning of a name that was cut short."""
    if sum(map(str.isdigit, piece)) >= PIECE_DIGITS:
        return piece in token
    return piece.isalpha() and token.startswith(piece) and piece not in PLACEHOLDERS_SPELLED


def _holds_word(component: str, tokens: AbstractSet[str]) -> bool:
    reading = _read(component)
    return any(not tokens.isdisjoint(found) for found in reading)


@lru_cache(maxsize=1 << 14)
def _read(component: str) -> _Reading:
    """Read a component in every way in which it may have been written."""
    joined: set[str] = set()
    pieces: set[str] = set()
    dates: set[str] = set()
    for text in texts_of(_bytes_of(component)):
        parts = words(text)
        joined |= spellings("".join(parts))
        pieces |= {without_padding(fold(whole)) for whole in (*parts, "".join(parts))}
        for part in parts:
            pieces |= spellings(part)
            runs = RUN.findall(part)
            pieces |= {run.lstrip("0") for run in runs if run.isdecimal()}
            if 1 < len(runs) <= LONGEST_RUNS:
                pieces |= {run if run.isdecimal() else fold(run) for run in runs}
        dates |= dates_in(text)
    return _Reading(frozenset(joined), frozenset(pieces - {""}), frozenset(dates))


def _bytes_of(component: str) -> bytes:
    r"""Give the bytes of a name; those that are no UTF-8 were written as ``\xfc`` when it was found."""
    return os.fsencode(component) if os.name == "posix" else component.encode("utf-8", "surrogatepass")
