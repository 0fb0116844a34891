"""Slices and projections of tomosynthesis, which are parts of a volume and not mammograms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.dicom.reader.header import label
from mammocalc.dicom.reader.sop_classes import PROJECTION_CLASSES, TOMOSYNTHESIS, VOLUME_CLASSES
from mammocalc.dicom.reader.statements import Subject, listen
from mammocalc.dicom.reader.vocabulary import PROJECTION, SLICE, SYNTHETIC_TYPE, TOMOSYNTHESIS_TYPE, TWO_DIMENSIONAL
from mammocalc.dicom.reader.vocabulary import TOMOSYNTHESIS as TOMOSYNTHESIS_WORDS
from mammocalc.vocabulary.errors import ImageSkippedError
from mammocalc.vocabulary.image_key import MAX_FRAMES
from mammocalc.vocabulary.lexicon import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mammocalc.dicom.reader.header import Header
    from mammocalc.dicom.reader.settings import AdmitSettings
    from mammocalc.dicom.reader.statements import Statement

PLACES_IN_VOLUME: Final = ("ImagePositionPatient", "SliceLocation")
"""What tells where in a volume an image lies; a mammogram has none of it."""
THICKNESSES: Final = ("SliceThickness", "SpacingBetweenSlices")
THICKEST_SLICE_MM: Final = 15.0
"""Slices have 1 mm and slabs up to 10; 0 is written where nothing is known, and a breast is thicker."""


def why_part_of_volume(header: Header, statements: Sequence[Statement], *, is_breast: bool) -> str | None:
    """
    Say why an image is a slice or a projection of tomosynthesis.

    A two-dimensional image that was computed from a volume is neither.

    Returns
    -------
    str or None
        What says so, with its attribute; None for a mammogram.
    """
    sop_class = header.text("SOPClassUID")
    if sop_class in PROJECTION_CLASSES:
        return f"{label('SOPClassUID')} is Breast Projection X-Ray Image"
    if listen(statements, SYNTHETIC_TYPE, Subject.IMAGE):
        return None
    if sop_class == TOMOSYNTHESIS:
        return f"{label('SOPClassUID')} is Breast Tomosynthesis Image"
    if sop_class in VOLUME_CLASSES and not is_breast:
        return None
    types = (heard for heard in listen(statements, TOMOSYNTHESIS_TYPE, Subject.IMAGE) if heard.keyword == "ImageType")
    of_type = next(types, None)
    if of_type is not None:
        return str(of_type)
    return _why_by_series(header, statements)


def _why_by_series(header: Header, statements: Sequence[Statement]) -> str | None:
    """Say why an image is a slice by the name of its series, and by what a mammogram does not have."""
    sop_class = header.text("SOPClassUID")
    is_slice_class = sop_class in VOLUME_CLASSES
    of_series = next(iter(listen(statements, TOMOSYNTHESIS_WORDS, Subject.SERIES)), None)
    if of_series is None:
        is_slice = is_slice_class and header.text("Modality").upper() == "MG"
        return f"{label('SOPClassUID')} is a class of slices, and {label('Modality')} is MG" if is_slice else None
    place = next((keyword for keyword in (*PLACES_IN_VOLUME, *THICKNESSES) if _tells_place(header, keyword)), None)
    projection = next(iter(listen(statements, PROJECTION, Subject.IMAGE, Subject.SERIES)), None)
    if place is not None:
        return f"{of_series}, and {label(place)} tells a place in a volume"
    if projection is not None:
        return f"{of_series}, and {projection}"
    slice_word = next(iter(listen(statements, SLICE, Subject.IMAGE, Subject.SERIES)), None)
    if slice_word is not None and not listen(statements, TWO_DIMENSIONAL, Subject.IMAGE, Subject.SERIES):
        return f"{of_series}, and {slice_word}"
    return str(of_series) if is_slice_class else None


def _tells_place(header: Header, keyword: str) -> bool:
    """Whether an attribute tells a place in a volume, and is not filled in for form's sake."""
    if keyword in PLACES_IN_VOLUME:
        return header.has(keyword)
    return 0 < (header.number(keyword) or 0.0) <= THICKEST_SLICE_MM


def series_in_words(header: Header) -> str:
    """Name the series of a slice by its number, which identifies nobody; empty if it has none."""
    number = header.integer("SeriesNumber")
    return "" if number is None else f"series {number}"


def refuse_frames(frames: int, header: Header, statements: Sequence[Statement], settings: AdmitSettings) -> None:
    """
    Skip an object of several frames unless each is to be analysed as an image; projections never are.

    Raises
    ------
    ImageSkippedError
        ``multiframe``, or ``tomosynthesis`` for projections.
    """
    if frames > MAX_FRAMES:
        message = f"The object says that it holds {frames} frames, and {MAX_FRAMES} is the most that is read."
        raise ImageSkippedError(Reason.MULTIFRAME, f"{message} Export it again from the source.")
    if not settings.multiframe:
        message = (
            f"The object holds {frames} frames, and volumes are not analysed yet. Use its 2D images, or set "
            "admit.multiframe to true if each frame is to be analysed as an image by itself."
        )
        raise ImageSkippedError(Reason.MULTIFRAME, message)
    if header.text("SOPClassUID") in PROJECTION_CLASSES or listen(statements, PROJECTION, Subject.IMAGE):
        message = (
            f"The object holds {frames} projections of tomosynthesis, each of which has a small part of the dose of a "
            "mammogram, and these are not analysed. Use the 2D images of the study."
        )
        raise ImageSkippedError(Reason.TOMOSYNTHESIS, message)
