"""The Mammography CAD SR of a study (TID 4000): what was found, in which images, and which could not be analysed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.dicom.writer import codes
from mammocalc.dicom.writer.codes import dcm, sct
from mammocalc.dicom.writer.instance import Series
from mammocalc.dicom.writer.records import Kind
from mammocalc.dicom.writer.sr import items
from mammocalc.dicom.writer.sr.cad_impressions import impressions_of
from mammocalc.dicom.writer.sr.document import write_report
from mammocalc.dicom.writer.sr.image_library import describe_image
from mammocalc.dicom.writer.sr.items import CONTAINS, HAS_CONCEPT_MOD, HAS_PROPERTIES, INFERRED_FROM
from mammocalc.dicom.writer.sr.provenance import algorithm
from mammocalc.vocabulary.lexicon import SHORT_NOTICE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydicom.dataset import Dataset

    from mammocalc.dicom.writer.records import DicomObject, RunFacts, StudyContent, StudyImage
    from mammocalc.dicom.writer.sr.items import Position

SOP_CLASS: Final = "1.2.840.10008.5.1.4.1.1.88.50"
SERIES: Final = Series(Kind.CAD_SR, "SR", 9001, "Mammography CAD")

_TITLE: Final = dcm(111036, "Mammography CAD Report")
_DETECTED: Final = (codes.INDIVIDUAL_CALCIFICATION, codes.CALCIFICATION_CLUSTER)
"""Grouping within one image counts as detection and not as analysis (PS3.17 E.1)."""
_COLLOCATION: Final = sct(133884007, "Spatial collocation analysis")
_SUMMARIES: Final = {
    (True, True, False): dcm(111241, "All algorithms succeeded; without findings"),
    (True, True, True): dcm(111242, "All algorithms succeeded; with findings"),
    (True, False, False): dcm(111243, "Not all algorithms succeeded; without findings"),
    (True, False, True): dcm(111244, "Not all algorithms succeeded; with findings"),
    (False, False, False): dcm(111245, "No algorithms succeeded; without findings"),
}
"""CID 6047, by whether any image was analysed, whether all were, and whether anything was found."""


def write_cad_report(content: StudyContent, images: Sequence[StudyImage]) -> DicomObject:
    """
    Write the Mammography CAD SR of a study.

    Parameters
    ----------
    content : StudyContent
    images : sequence of StudyImage
        Those of the study that it speaks of, one of each exposure; at least one.

    Returns
    -------
    DicomObject

    References
    ----------
    DICOM PS3.16 TID 4000 to 4021; PS3.3 A.35.5 (Mammography CAD SR IOD); PS3.17 Annex E.
    """
    positions: dict[str, Position] = {
        image.source.sop_instance_uid: (1, 2, number) for number, image in enumerate(images, start=1)
    }
    analysed = [image for image in images if image.result is not None]
    failed = [image for image in images if image.result is None]
    impressions = list(impressions_of(content, analysed, positions))
    summary = _SUMMARIES[bool(analysed), not failed, bool(impressions)]
    tree = (
        items.code(HAS_CONCEPT_MOD, codes.LANGUAGE, codes.ENGLISH),
        items.container(
            CONTAINS,
            codes.IMAGE_LIBRARY,
            [items.image(CONTAINS, image.source, describe_image(image.source)) for image in images],
        ),
        items.code(CONTAINS, dcm(111017, "CAD Processing and Findings Summary"), summary, impressions),
        _detections(content.facts, analysed, failed, positions),
        _analyses(content, analysed, positions),
    )
    return write_report(content, images, (_TITLE, "4000", tree), SOP_CLASS, SERIES)


def _detections(
    facts: RunFacts, analysed: Sequence[StudyImage], failed: Sequence[StudyImage], positions: dict[str, Position]
) -> Dataset:
    """Say what was looked for in which images, and where that failed (TID 4015)."""
    below = [
        items.container(INFERRED_FROM, name, _performed(facts, [positions[i.source.sop_instance_uid] for i in images]))
        for name, images in (
            (dcm(111063, "Successful Detections"), analysed),
            (dcm(111025, "Failed Detections"), failed),
        )
        if images
    ]
    status = codes.SUCCEEDED if not failed else codes.PARTIALLY_SUCCEEDED if analysed else codes.FAILED
    return items.code(CONTAINS, dcm(111064, "Summary of Detections"), status, below)


def _analyses(content: StudyContent, analysed: Sequence[StudyImage], positions: dict[str, Position]) -> Dataset:
    """Say whether clusters were looked for again in the other views of the breast (TID 4016)."""
    name = dcm(111065, "Summary of Analyses")
    sides = [image.result.report.identity.laterality for image in analysed if image.result]
    compared = [image for image, side in zip(analysed, sides, strict=True) if sides.count(side) > 1]
    if not content.is_joined or not compared:
        return items.code(CONTAINS, name, codes.NOT_ATTEMPTED)
    below = [
        *algorithm(content.facts, HAS_PROPERTIES),
        *(items.reference(HAS_PROPERTIES, positions[image.source.sop_instance_uid]) for image in compared),
    ]
    performed = items.code(CONTAINS, dcm(111004, "Analysis Performed"), _COLLOCATION, below)
    done = items.container(INFERRED_FROM, dcm(111062, "Successful Analyses"), [performed])
    return items.code(CONTAINS, name, codes.SUCCEEDED, [done])


def _performed(facts: RunFacts, places: Sequence[Position]) -> Iterator[Dataset]:
    """Name each kind of detection, its algorithm and its images (TID 4017)."""
    how = f"operating point {facts.operating_point}, configuration {facts.configuration_digest}. {SHORT_NOTICE}."
    for detected in _DETECTED:
        below = [
            *algorithm(facts, HAS_PROPERTIES),
            items.text(HAS_PROPERTIES, codes.ALGORITHM_PARAMETERS, how),
            *(items.reference(HAS_PROPERTIES, place) for place in places),
        ]
        yield items.code(CONTAINS, dcm(111022, "Detection Performed"), detected, below)
