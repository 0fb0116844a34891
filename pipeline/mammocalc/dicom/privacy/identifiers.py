"""Identifying attributes of a header, in a form that can be searched for in paths."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from pydicom.datadict import get_entry
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from mammocalc.dicom.privacy.spelling import dates_in, fold, spellings, texts_of, without_padding, words
from mammocalc.dicom.reader.parser import open_dicom
from mammocalc.vocabulary.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pydicom.dataset import Dataset

    from mammocalc.dicom.reader.header import Header

IDENTIFIERS: Final = frozenset(
    {
        "PatientID", "OtherPatientIDs", "AccessionNumber", "AdmissionID", "MedicalRecordLocator",
        "PatientTelephoneNumbers", "PatientTelecomInformation", "PatientAddress", "IssuerOfPatientID",
        "IssuerOfAdmissionID", "LocalNamespaceEntityID", "UniversalEntityID", "ServiceEpisodeID",
        "IssuerOfServiceEpisodeID", "StudyID", "RequestedProcedureID", "ScheduledProcedureStepID",
        "PerformedProcedureStepID", "FillerOrderNumberImagingServiceRequest",
        "PlacerOrderNumberImagingServiceRequest", "InsurancePlanIdentification", "ClinicalTrialSubjectID",
    }
)  # fmt: skip
"""Keywords of attributes that identify a patient, their visit, order or examination."""
OF_PATIENT: Final = frozenset(
    {"PatientID", "OtherPatientIDs", "AccessionNumber", "AdmissionID", "MedicalRecordLocator"}
)
"""Those that count however short they are; the numbers of studies and steps often begin anew with each patient."""
UIDS: Final = ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")
CHANCE_DIGITS: Final = 6
"""From so many digits on, a number within a component of a UID is no chance."""
UUID_DIGITS: Final = 30
"""A component with so many digits is a hash or a UUID, in which six digits of any number may come up."""
SEQUENCE_DEPTH: Final = 8
"""How deep sequences are followed: identifiers of earlier days stand in the second level (PS3.3 C.12.1, Original
Attributes), and no object in use has more than six."""
MAX_TOKENS: Final = 5000
"""More is not collected: fifty times what a mammogram with all its physicians names."""

PLACEHOLDERS: Final = frozenset(
    {
        "anonymous", "anonymized", "anonymised", "anon", "anonym", "anonymisiert", "anonyme", "anonimo",
        "deidentified", "identified", "deid", "removed", "redacted", "unknown", "unbekannt", "none", "null",
        "patient", "name", "phantom", "test", "simulated", "synthetic", "mammogram", "mammography", "mammo",
        "screening", "study", "subject", "research", "case", "dr", "prof", "md", "phd", "mr", "mrs", "ms", "jr", "sr",
        "left", "right", "breast", "cc", "mlo", "lcc", "rcc", "lmlo", "rmlo", "training", "validation",
    }
)  # fmt: skip
"""Words that stand where a name was taken out, or before or after one; hiding them in paths would protect nobody."""

PSEUDONYM_DIGITS: Final = 5
"""Shorter numbers within a name are counters; they name nobody, and half of all file names hold them."""
PART_CHARACTERS: Final = 4
"""The shortest part of an identifier that is looked for by itself; years are not."""
PLACEHOLDERS_SPELLED: Final = frozenset(spelling for word in PLACEHOLDERS for spelling in spellings(word))
_ALL_NINES: Final = re.compile("9{3,}")
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_RUN: Final = re.compile(r"[0-9]+")
_DATES: Final = frozenset({"DA", "DT"})


def personal_tokens(path: Path, max_pixel_bytes: int) -> frozenset[str]:
    """
    Collect what names a person in the header of a file.

    Looked at are, at any depth of sequences, all attributes that hold a
    person's name (the patient's, relatives', physicians', operators'), the
    identifiers of the patient, of her visits, orders and examinations, and
    all dates. Names are taken apart into their parts; of identifiers the
    whole, the whole without leading zeros, and longer parts are kept.

    Parameters
    ----------
    path : Path
        Any file.
    max_pixel_bytes : int
        What pixels may take at most; bounds how far a deflated file is inflated.

    Returns
    -------
    frozenset of str
        In every way of writing that `spellings` gives, dates as year, month and day. Empty
        where the file is not DICOM, cannot be read, or names nobody.
    """
    try:
        # A header that is cut off may name somebody all the same.
        with open_dicom(path, max_pixel_bytes, header_only=True) as file:
            return tokens_of(file.header.dataset)
    except ImageError:
        return frozenset()  # whatever is wrong with the file is told when it is analysed


def tokens_of(dataset: Dataset) -> frozenset[str]:
    """Collect identifying values of a data set that has not been decoded yet."""
    found: set[str] = set()
    for token in _tokens(dataset, SEQUENCE_DEPTH):
        found.add(token)
        if len(found) >= MAX_TOKENS:
            break
    return frozenset(token for token in found - PLACEHOLDERS_SPELLED if _says_something(token))


def uid_tokens(header: Header) -> frozenset[str]:
    """Give the UIDs of a header as they are looked for in a path, where they may not be shown either."""
    return frozenset("".join(words(header.text(keyword))) for keyword in UIDS) - {""}


def do_uids_tell(header: Header, uids: Iterable[str]) -> bool:
    """Whether a UID of an image contains an identifier or date of its patient, visit or order."""
    numbers = [token for token in tokens_of(header.dataset) if token.isdecimal()]
    components = [part for uid in uids for part in uid.split(".")]
    return any(_holds(part, number) for part in components for number in numbers)


def _holds(component: str, number: str) -> bool:
    shortest = len("20010203") if len(component) >= UUID_DIGITS else CHANCE_DIGITS
    if len(number) >= shortest:
        return number in component or (len(number) == len("20010203") and number in dates_in(component))
    return len(number) >= PART_CHARACTERS and number == component.lstrip("0")


def _says_something(token: str) -> bool:
    """Whether a token is more than a sign, and not "xxx", "000000" nor "9999"."""
    if token.isdecimal():
        return len(token) >= 2 and token.strip("0") != "" and not _ALL_NINES.fullmatch(token)
    return len(set(token)) >= 2 or (len(token) >= PART_CHARACTERS and token[0] != "x")


def _tokens(dataset: Dataset, depth: int) -> Iterator[str]:
    for tag in sorted(dataset.keys()):
        keyword, vr = _kind(dataset, tag)
        if vr == "SQ" and depth > 0:
            for item in _items(dataset, tag):
                yield from _tokens(item, depth - 1)
        elif vr == "PN":
            yield from (token for text in _texts(dataset, tag) for token in _name_tokens(text))
        elif keyword in IDENTIFIERS:
            shortest = 1 if keyword in OF_PATIENT else PART_CHARACTERS
            found = (token for text in _texts(dataset, tag) for token in identifier_tokens(text))
            yield from (token for token in found if len(token) >= shortest)
        elif vr in _DATES:
            yield from (token for text in _texts(dataset, tag) for token in _date_tokens(text))


def _kind(dataset: Dataset, tag: int) -> tuple[str, str]:
    """Give the keyword and VR of an element: the dictionary's where the file says none, or the unknown one."""
    known_vr = keyword = written = ""
    with suppress(KeyError):  # it is private, or of another edition
        known_vr, _, _, _, keyword = get_entry(tag)
    with suppress(Exception):  # pydicom may raise anything over a broken element
        written = dataset.get_item(Tag(tag), keep_deferred=True).VR or ""
    return keyword, written if written not in {"", "UN"} or not known_vr else known_vr


def _items(dataset: Dataset, tag: int) -> Iterable[Dataset]:
    with suppress(Exception):  # as above
        return tuple(dataset[Tag(tag)].value or ())
    return ()


def _texts(dataset: Dataset, tag: int) -> Iterator[str]:
    """Yield the values of an element, as the file's character set has them and as any other would."""
    raw: Any = None
    with suppress(Exception):  # as above
        raw = dataset.get_item(Tag(tag), keep_deferred=True)
    content = raw.value if isinstance(raw, RawDataElement) else None
    texts: set[str] = set()
    if isinstance(content, bytes):
        texts.update(texts_of(content.strip(b" \0")))
    if not (isinstance(content, bytes) and content.isascii() and b"\x1b" not in content):
        with suppress(Exception):  # as above
            value = dataset[Tag(tag)].value
            texts.add("\\".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value or ""))
    for text in sorted(texts):
        yield from text.split("\\")


def _name_tokens(name: str) -> Iterator[str]:
    """Each part of a name in each spelling, and each two joined, for parts too short to look for alone."""
    for written in name.split("="):  # alphabetic, ideographic and phonetic form
        parts = [part for part in words(written) if not (part.isdecimal() and len(part) < PSEUDONYM_DIGITS)][:8]
        for part in parts:
            yield from spellings(part)
        for one in parts[:3]:
            for other in parts[:3]:
                if one is not other and PLACEHOLDERS.isdisjoint({fold(one), fold(other)}):
                    yield from spellings(one + other)


def identifier_tokens(identifier: str) -> Iterator[str]:
    """Give an identifier as a whole, without the zeros that fill it up, and its longer parts that hold a digit."""
    parts = words(identifier)
    whole = "".join(parts)
    yield from spellings(whole)
    yield from spellings(without_padding(whole))
    for part in (*parts, *_RUN.findall(whole)):
        bare = part.lstrip("0")
        if len(bare) >= PART_CHARACTERS and any(map(str.isdigit, bare)) and not _YEAR.fullmatch(part):
            yield from spellings(bare)


def _date_tokens(value: str) -> Iterator[str]:
    digits = "".join(character for character in value if character.isdigit())
    for found in dates_in(digits[:8]) if len(digits) >= 8 else dates_in(value):
        if len(found) == 8 and (len(digits) < 8 or found == digits[:8]):
            yield from (found, found[2:])
