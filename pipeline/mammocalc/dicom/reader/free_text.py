"""Whole words of free text, in the languages of archives."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NEGATIONS: Final = frozenset(
    {"no", "non", "not", "without", "w/o", "ohne", "kein", "keine", "sans", "sin", "sem", "senza", "zonder", "pas"}
)
"""A word after one of these is denied: *without contrast*, *non QC*."""
COMPANIONS: Final = frozenset({"w", "with", "and", "mit", "und", "avec", "et", "con", "com", "e", "y", "met"})
"""A word after one of these is said of something beside: *biopsy left w specimen and clip*."""
SWITCHED_OFF: Final = frozenset({"off", "aus", "disabled", "deaktiviert"})
"""A word before one of these is denied as well: *specimen mode off*."""

_WORD: Final = re.compile(r"w/o(?![a-z0-9])|[0-9]+|[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Phrase:
    """
    Words in a row that mean something.

    Attributes
    ----------
    words : tuple of str
        Folded as `words_of` does it; a word that ends in ``*`` stands for
        every word that begins so.
    unless_before, unless_after : frozenset of str
        Words close before or after, by which the phrase means something else.
    """

    words: tuple[str, ...]
    unless_before: frozenset[str] = frozenset()
    unless_after: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase that was found, and whether it is said of something beside (after *with*, *and*)."""

    phrase: str
    is_aside: bool


def phrases(*written: str, before: Iterable[str] = (), after: Iterable[str] = ()) -> tuple[Phrase, ...]:
    """Build phrases from plain text, all with the same exceptions."""
    return tuple(Phrase(_split(text), frozenset(before), frozenset(after)) for text in written)


def words_of(text: str) -> tuple[str, ...]:
    """
    Split a text into its words: no case, no accents, digits apart from letters.

    Examples
    --------
    >>> words_of("MAMMO_QC-2D"), words_of("Fantôme PMMA40")
    (('mammo', 'qc', '2', 'd'), ('fantome', 'pmma', '40'))
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return tuple(_WORD.findall(plain))


def find(words: Sequence[str], vocabulary: Iterable[Phrase]) -> Match | None:
    """
    Find the first phrase of a vocabulary that a text says and does not deny.

    Parameters
    ----------
    words : sequence of str
        As `words_of` gives them.
    vocabulary : iterable of Phrase
        In the order of their rank.

    Returns
    -------
    Match or None
        One that is said of the thing itself before one that is said of
        something beside.

    Examples
    --------
    >>> find(words_of("L CC Tomosynthesis"), phrases("synth"))
    >>> find(words_of("ACR Phantoms"), phrases("phantom*"))
    Match(phrase='PHANTOM', is_aside=False)
    """
    matches = [
        Match(_shown(phrase), is_aside=start > 0 and words[start - 1] in COMPANIONS)
        for phrase in vocabulary
        for start in range(len(words) - len(phrase.words) + 1)
        if _stands_at(words, start, phrase)
    ]
    return min(matches, key=lambda match: match.is_aside, default=None)


REACH: Final = 2
"""How many words before and after a phrase can change what it means: *dark image subtracted*."""


def _stands_at(words: Sequence[str], start: int, phrase: Phrase) -> bool:
    """Whether a phrase stands at a place, and means what it says."""
    end = start + len(phrase.words)
    if not all(map(_is_word, words[start:end], phrase.words)):
        return False
    if start > 0 and words[start - 1] in NEGATIONS:
        return False
    if not SWITCHED_OFF.isdisjoint(words[end : end + REACH]):
        return False
    is_other = any(_is_any(word, phrase.unless_before) for word in words[max(start - REACH, 0) : start])
    return not is_other and not any(_is_any(word, phrase.unless_after) for word in words[end : end + REACH])


def _is_word(word: str, pattern: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


def _is_any(word: str, patterns: Iterable[str]) -> bool:
    return any(_is_word(word, pattern) for pattern in patterns)


def _shown(phrase: Phrase) -> str:
    return " ".join(phrase.words).replace("*", "").upper()


def _split(text: str) -> tuple[str, ...]:
    """Split a phrase as `words_of` does, but keep its asterisks."""
    return tuple(part for piece in text.split() for part in _starred(piece))


def _starred(piece: str) -> tuple[str, ...]:
    parts = words_of(piece)
    return (*parts[:-1], f"{parts[-1]}*") if piece.endswith("*") else parts
