"""Words of a header on the image, its series, the study or the patient."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from mammocalc.dicom.reader.free_text import find, words_of
from mammocalc.dicom.reader.header import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mammocalc.dicom.reader.free_text import Phrase
    from mammocalc.dicom.reader.header import Header


class Subject(IntEnum):
    """The subject of an attribute; the closer to the image, the more its words weigh."""

    IMAGE = 0
    PROCESSING = 1
    SERIES = 2
    STUDY = 3
    PATIENT = 4


SUBJECTS: Final = {
    "ImageType": Subject.IMAGE,
    "BodyPartExamined": Subject.IMAGE,
    "ViewPosition": Subject.IMAGE,
    "AcquisitionDeviceProcessingDescription": Subject.PROCESSING,
    "DerivationDescription": Subject.PROCESSING,
    "SeriesDescription": Subject.SERIES,
    "ProtocolName": Subject.SERIES,
    "AcquisitionProtocolName": Subject.SERIES,
    "ImageComments": Subject.SERIES,
    "StudyDescription": Subject.STUDY,
    "PerformedProcedureStepDescription": Subject.STUDY,
    "RequestedProcedureDescription": Subject.STUDY,
    "ScheduledProcedureStepDescription": Subject.STUDY,
    "PatientName": Subject.PATIENT,
    "PatientID": Subject.PATIENT,
    "PatientComments": Subject.PATIENT,
}
"""
Attributes in which words are looked for. Processing is told apart, for it
names what was done to the detector: *flat field corrected*. ImageComments are
free text of an operator, and weigh no more than the name of a series.
"""
WITHIN_REQUEST: Final = ("RequestedProcedureDescription", "ScheduledProcedureStepDescription")


@dataclass(frozen=True, slots=True)
class Statement:
    """The text of one attribute, as its words."""

    keyword: str
    subject: Subject
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """
    A phrase of a vocabulary in one attribute.

    Attributes
    ----------
    keyword : str
        Of the attribute.
    subject : Subject
    phrase : str
        The vocabulary's own words, in capitals; never more of the text.
    is_aside : bool
        Whether it is said of something beside: *with specimen*.
    """

    keyword: str
    subject: Subject
    phrase: str
    is_aside: bool

    def __str__(self) -> str:
        """Name the attribute and the phrase."""
        return f"{label(self.keyword)} says {self.phrase}"


def read_statements(header: Header) -> tuple[Statement, ...]:
    """Return the text of every attribute that is searched for words, those of the image first."""
    return tuple(sorted(_statements(header), key=lambda statement: statement.subject))


def listen(statements: Iterable[Statement], vocabulary: Sequence[Phrase], *subjects: Subject) -> tuple[Heard, ...]:
    """
    Find the phrases of a vocabulary.

    Parameters
    ----------
    statements : iterable of Statement
        As `read_statements` gives them.
    vocabulary : sequence of Phrase
    *subjects : Subject
        Those that are listened to; without any, all.

    Returns
    -------
    tuple of Heard
        At most one for each attribute, those of the image first; empty where nothing was found.
    """
    return tuple(
        Heard(statement.keyword, statement.subject, match.phrase, match.is_aside)
        for statement in statements
        if not subjects or statement.subject in subjects
        if (match := find(statement.words, vocabulary)) is not None
    )


def _statements(header: Header) -> Iterator[Statement]:
    for keyword, subject in SUBJECTS.items():
        words = words_of(" | ".join(header.texts(keyword) or _requested(header, keyword)))
        if words:
            yield Statement(keyword, subject, words)


def _requested(header: Header, keyword: str) -> tuple[str, ...]:
    """Give what a request says, which lies in a sequence of its own (PS3.3 10.6)."""
    if keyword not in WITHIN_REQUEST:
        return ()
    return tuple(text for item in header.items("RequestAttributesSequence") for text in item.texts(keyword))
