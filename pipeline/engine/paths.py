"""Names of files and folders as they may stand in the outputs of a run."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from pipeline.dicom.privacy import fold, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

HASH_DIGITS: Final = 8  # 2 ** 32 names: a clash among 50,000 hidden ones is unlikely, and would only look odd
SHORTEST_FRAGMENT_BYTES: Final = 3  # "Li" and "Wu" lie within too many words; a name of two Chinese characters does not
SHORTEST_WORD_BYTES: Final = 5  # of another woman's name: "May" and "Ida" would hide half of all folders for nothing


def public_paths(relative: Sequence[str], tokens: Sequence[AbstractSet[str]], salt: str) -> list[str]:
    """
    Hide the components of paths that name a person.

    A component is hidden if it holds what the header of that very file says
    about a person (a fragment of at least three letters, or a whole word of
    two), if one of its words is what any header of the run says, or if it was
    hidden for another file. Where a file's own header says nothing, short
    words count as well.

    Parameters
    ----------
    relative : sequence of str
        Relative to the input they were found under, with forward slashes.
    tokens : sequence of frozenset of str
        For each of them what `pipeline.dicom.privacy.personal_tokens` gave.
    salt : str
        Mixed into the hashes.

    Returns
    -------
    list of str
        In the order of ``relative``, with forward slashes. A hidden component
        is ``~`` and eight hexadecimal digits, the same for equal names, so
        that files of one folder stay together; the ending of a file stays.

    Examples
    --------
    >>> public_paths(["2020/Doe_Jane/1.dcm", "2020/notes.dcm"], [{"doe", "jane"}, set()], "")
    ['2020/~6104cbb3/1.dcm', '2020/notes.dcm']
    """
    paths = [path.split("/") for path in relative]
    hidden = {part for parts, own in zip(paths, tokens, strict=True) for part in parts if _names(part, own)}
    everyone = frozenset[str]().union(*tokens)
    names_of_others = frozenset(
        token for token in everyone if len(token.encode()) >= SHORTEST_WORD_BYTES and not token.isdecimal()
    )
    names = []
    for parts, own in zip(paths, tokens, strict=True):
        suspects = hidden | {part for part in parts if _holds_word(part, names_of_others if own else everyone)}
        *folders, file = parts
        shown = [_hash(part, salt) if part in suspects else part for part in folders]
        names.append("/".join([*shown, _hash_file(file, salt, everyone) if file in suspects else file]))
    return names


def _names(component: str, tokens: Iterable[str]) -> bool:
    if not tokens:
        return False
    parts = [fold(word) for word in words(component)]
    joined = "".join(parts)
    return any(
        token in joined if len(token.encode()) >= SHORTEST_FRAGMENT_BYTES else token in parts for token in tokens
    )


def _holds_word(component: str, tokens: AbstractSet[str]) -> bool:
    parts = [fold(word) for word in words(component)]
    return not tokens.isdisjoint([*parts, "".join(parts)])


def _hash(component: str, salt: str) -> str:
    salted = f"{salt}/{component}".encode(errors="surrogateescape")  # a component holds no slash
    return f"~{hashlib.sha256(salted).hexdigest()[:HASH_DIGITS]}"


def _hash_file(name: str, salt: str, tokens: AbstractSet[str]) -> str:
    ending = PurePosixPath(name).suffix
    keeps_ending = len(ending) <= 6 and not _names(ending, tokens)
    return _hash(name, salt) + (ending if keeps_ending else "")
