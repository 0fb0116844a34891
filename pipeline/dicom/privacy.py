"""What in a header names a person, in a form that can be looked for in the names of files and folders."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from pydicom._dicom_dict import DicomDictionary

from pipeline.dicom.file import open_dicom
from pipeline.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.dicom.header import Header

PERSON_NAMES: Final = tuple(entry[4] for entry in DicomDictionary.values() if entry[0] == "PN")
"""Keywords of every attribute whose value is the name of a person (VR PN, PS3.6)."""

IDENTIFIERS: Final = ("PatientID", "OtherPatientIDs", "AccessionNumber", "PatientTelephoneNumbers")
BIRTH_DATES: Final = ("PatientBirthDate", "PatientBirthDateInAlternativeCalendar")
SEQUENCES: Final = ("OtherPatientIDsSequence",)
SEQUENCE_DEPTH: Final = 3
"""How deep identifiers within identifiers are followed: the standard has one level (PS3.3 C.2.2)."""

PLACEHOLDERS: Final = frozenset(
    {
        "anonymous", "anonymized", "anonymised", "anon", "deidentified", "removed", "unknown", "none",
        "patient", "name", "phantom", "test", "simulated", "synthetic", "mammogram",
    }
)  # fmt: skip
"""Words that stand where a name was taken out; hiding them in paths would protect nobody."""

PSEUDONYM_DIGITS: Final = 5
"""Shorter numbers within a name are counters; they name nobody, and half of all file names hold them."""

_SPELLED_OUT: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d"}
)
_SINGLE: Final = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d"})


def personal_tokens(path: Path, max_pixel_bytes: int) -> frozenset[str]:
    """
    Collect what names a person in the header of a file.

    Looked at are all attributes that hold a person's name (the patient's,
    relatives', physicians', operators'), the patient's identifiers, the
    accession number and the birth date in its usual notations. Names are
    taken apart into their parts, identifiers are kept whole.

    Parameters
    ----------
    path : Path
        Any file.
    max_pixel_bytes : int
        What pixels may take at most; bounds how far a deflated file is inflated.

    Returns
    -------
    frozenset of str
        Folded as `fold` does it, of at least two different characters. Empty
        where the file is not DICOM, cannot be read, or names nobody.
    """
    try:
        # A header that is cut off may name somebody all the same.
        with open_dicom(path, max_pixel_bytes, header_only=True) as file:
            found = frozenset(_tokens(file.header, SEQUENCE_DEPTH))
    except ImageError:
        return frozenset()  # whatever is wrong with the file is told when it is judged
    return frozenset(token for token in found - PLACEHOLDERS if len(set(token)) >= 2)  # not "x" nor "000000"


def _tokens(header: Header, depth: int) -> Iterator[str]:
    for keyword in PERSON_NAMES:
        for value in header.texts(keyword):
            yield from _name_tokens(value)
    for keyword in IDENTIFIERS:
        for value in header.texts(keyword):
            yield from spellings("".join(words(value)))
    for keyword in BIRTH_DATES:
        for value in header.texts(keyword):
            digits = "".join(character for character in value if character.isdigit())
            if len(digits) == 8:
                year, month, day = digits[:4], digits[4:6], digits[6:]
                yield from (digits, day + month + year, month + day + year, digits[2:], day + month + year[2:])
    for keyword in SEQUENCES if depth > 0 else ():
        for item in header.items(keyword):
            yield from _tokens(item, depth - 1)


def _name_tokens(name: str) -> Iterator[str]:
    """Each part of a name in each spelling, and the first two joined, for parts too short to look for alone."""
    for written in name.split("="):  # alphabetic, ideographic and phonetic form
        parts = [part for part in words(written) if not (part.isdecimal() and len(part) < PSEUDONYM_DIGITS)]
        for part in parts:
            yield from spellings(part)
        if len(parts) >= 2:
            yield from spellings(parts[0] + parts[1])
            yield from spellings(parts[1] + parts[0])


def words(text: str) -> list[str]:
    """
    Split a text at everything that is neither letter nor digit.

    Examples
    --------
    >>> words("Doe^Jane_2.dcm")
    ['Doe', 'Jane', '2', 'dcm']
    """
    decomposed = unicodedata.normalize("NFC", text)
    return "".join(character if character.isalnum() else " " for character in decomposed).split()


def fold(text: str) -> str:
    """
    Bring a word to the form in which words are compared: no case, no accents.

    Examples
    --------
    >>> fold("Müller"), fold("SØREN")
    ('muller', 'soren')
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_SINGLE))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def spellings(text: str) -> frozenset[str]:
    """
    Give the ways in which a word is written where accents are not at hand.

    Examples
    --------
    >>> sorted(spellings("Müller"))
    ['mueller', 'muller']
    """
    return frozenset({fold(text), fold(text.casefold().translate(_SPELLED_OUT))})
