"""Secondary captures that are not mammograms: screenshots, reports, cut-outs and masks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.dicom.reader.film import FILM_CONVERSIONS
from mammocalc.dicom.reader.header import label
from mammocalc.dicom.reader.sop_classes import SECONDARY_CAPTURE_CLASSES
from mammocalc.dicom.reader.statements import Subject, listen
from mammocalc.dicom.reader.verdict import Verdict, weigh
from mammocalc.dicom.reader.vocabulary import CROP, DOCUMENT, MASK
from mammocalc.vocabulary.lexicon import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mammocalc.dicom.reader.header import Header
    from mammocalc.dicom.reader.settings import AdmitSettings
    from mammocalc.dicom.reader.statements import Heard, Statement
    from mammocalc.dicom.view.view import ViewCall

DRAWING: Final = "DRW"
WORKSTATION_CONVERSIONS: Final = frozenset({"DV", "SD", "WSD"})
"""
Conversion Type (0008,0064): digitised video, scanned document, workstation. What converters write, and collections
that were made with them, is WSD: together with modality, breast and view it is a mammogram.
"""


def why_screenshot(
    header: Header, view: ViewCall, statements: Sequence[Statement], *, is_breast: bool, settings: AdmitSettings
) -> Verdict:
    """Say why a secondary capture is no mammogram, film or synthesised view; of others words are a doubt at most."""
    if header.text("SOPClassUID") not in SECONDARY_CAPTURE_CLASSES:
        words = listen(statements, DOCUMENT, Subject.IMAGE)  # what a workstation saves under the class of its source
        return Verdict(doubt=next(map(str, words), None))
    conversion = header.text("ConversionType").upper()
    has_view = view.is_stated
    is_named = header.text("Modality").upper() == "MG" and is_breast and has_view
    if not (is_breast or has_view or conversion in FILM_CONVERSIONS):
        names = ", ".join(map(label, ("BodyPartExamined", "ViewPosition")))
        return Verdict(decides=f"{names} and {label('ConversionType')} name neither breast nor view nor film")
    if header.integer("SamplesPerPixel") not in {1, None}:
        return Verdict(decides=f"{label('SamplesPerPixel')} is {header.integer('SamplesPerPixel')}, so it is in colour")
    if conversion == DRAWING or (conversion in WORKSTATION_CONVERSIONS and not is_named):
        return Verdict(decides=f"{label('ConversionType')} is {conversion}")
    for keyword in ("Rows", "Columns"):
        side = header.integer(keyword)
        if side is not None and side < settings.film_min_side_px:
            return Verdict(decides=f"{label(keyword)} is {side}, under admit.film_min_side_px")
    return weigh(listen(statements, DOCUMENT, Subject.IMAGE, Subject.SERIES), image_speaks=has_view)


def is_workstation_capture(header: Header) -> bool:
    """Whether an image went through a workstation, which may have changed its grey values and its size."""
    conversion = header.text("ConversionType").upper()
    return header.text("SOPClassUID") in SECONDARY_CAPTURE_CLASSES and conversion in WORKSTATION_CONVERSIONS


def why_derived(header: Header, statements: Sequence[Statement]) -> tuple[Reason, Heard] | None:
    """
    Say what names an image a cut-out or a mask.

    Public collections keep both beside the whole images, as secondary captures
    with the same modality, body part, view and side; the name of the series is
    all that tells them apart. In other classes the image's own type decides.
    """
    subjects = [Subject.IMAGE]
    if header.text("SOPClassUID") in SECONDARY_CAPTURE_CLASSES:
        subjects.append(Subject.SERIES)
    for reason, vocabulary in ((Reason.MASK, MASK), (Reason.CROP, CROP)):
        for heard in listen(statements, vocabulary, *subjects):
            if not heard.is_aside:
                return reason, heard
    return None
