"""All objects of one study, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.dicom.writer.capture import write_capture
from mammocalc.dicom.writer.exposures import analysed_twice, marked_elsewhere, one_of_each
from mammocalc.dicom.writer.presentation_state import write_presentation_state
from mammocalc.dicom.writer.records import Kind
from mammocalc.dicom.writer.segmentation import write_segmentations
from mammocalc.dicom.writer.sr.cad_report import write_cad_report
from mammocalc.dicom.writer.sr.measurement_report import write_measurement_report

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from mammocalc.dicom.writer.records import DicomObject, StudyContent, StudyImage
    from mammocalc.dicom.writer.source import SourceImage


def write_study(content: StudyContent, kinds: Collection[Kind]) -> Iterator[DicomObject]:
    """
    Write the objects of a study.

    Of two images of one exposure that were both analysed, the reports speak of one, for findings would count twice:
    the Mammography CAD SR of the one for processing, from which readers map marks to the other, TID 1500 of the one
    for presentation, for its readers do not. Marks of an image for processing are also given to one for presentation
    that was not analysed and says that every pixel lies where it did.

    Parameters
    ----------
    content : StudyContent
    kinds : collection of Kind

    Yields
    ------
    DicomObject
        In the order of `Kind`, then of the images. Nothing is kept in memory. Equal content gives equal bytes.
    """
    pairs = analysed_twice(content.images)
    analysed = [image for image in content.images if image.result is not None]
    if Kind.CAD_SR in kinds:
        yield write_cad_report(content, one_of_each(content.images, [pair.presentation for pair in pairs]))
    if Kind.GSPS in kinds:
        yield from _presentation_states(content, analysed)
    if Kind.CAPTURE in kinds:
        for number, image in enumerate(analysed, start=1):
            if image.read_overlay is not None:
                yield write_capture(content, image, image.read_overlay(), number)
    if Kind.SR_1500 in kinds and analysed:
        yield write_measurement_report(content, one_of_each(analysed, [pair.processing for pair in pairs]))
    if Kind.SEG in kinds:
        for number, image in enumerate(analysed, start=1):
            yield from write_segmentations(content, image, number)


def _presentation_states(content: StudyContent, analysed: Sequence[StudyImage]) -> Iterator[DicomObject]:
    targets: list[tuple[StudyImage, SourceImage | None]] = [(image, None) for image in analysed]
    targets += marked_elsewhere(content)
    for number, (image, shown_on) in enumerate(targets, start=1):
        yield write_presentation_state(content, image, number, shown_on)
