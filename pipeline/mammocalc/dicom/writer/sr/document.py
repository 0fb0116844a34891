"""Attributes of every structured report around its tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.dicom.writer.copied import copy_patient_and_study
from mammocalc.dicom.writer.instance import describe_series, finish, moment_of
from mammocalc.dicom.writer.sr import items
from mammocalc.dicom.writer.sr.encoding import put_item

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mammocalc.dicom.writer.codes import Code
    from mammocalc.dicom.writer.instance import Series
    from mammocalc.dicom.writer.records import DicomObject, StudyContent, StudyImage
    from mammocalc.dicom.writer.sr.encoding import Item


def write_report(
    content: StudyContent,
    images: Sequence[StudyImage],
    tree: tuple[Code, str, Iterable[Item]],
    sop_class_uid: str,
    series: Series,
    priors: Sequence[StudyImage] = (),
) -> DicomObject:
    """
    Write a structured report.

    Parameters
    ----------
    content : StudyContent
    images : sequence of StudyImage
        All that it refers to; at least one.
    tree : tuple of (Code, str, iterable of Item)
        Its title, the number of its template, and the items below its root.
    sop_class_uid : str
    series : Series
    priors : sequence of StudyImage
        Images of other studies to which it refers.

    References
    ----------
    DICOM PS3.3 C.17.1 to C.17.3.
    """
    title, number, below = tree
    dataset = copy_patient_and_study(images[0].source)
    describe_series(dataset, series, content, 1)
    dataset.ContentDate, dataset.ContentTime = moment_of(content, dataset)
    dataset.CompletionFlag, dataset.VerificationFlag = "COMPLETE", "UNVERIFIED"
    dataset.ReferencedPerformedProcedureStepSequence, dataset.PerformedProcedureCodeSequence = [], []
    root = items.container("", title, below)
    root["ContentTemplateSequence"] = [items.template(number)]
    root["CurrentRequestedProcedureEvidenceSequence"] = _evidence(images)
    if priors:
        root["PertinentOtherEvidenceSequence"] = _evidence(priors)
    put_item(dataset, root)
    return finish(dataset, sop_class_uid, series, [image.source for image in (*images, *priors)])


def _evidence(images: Sequence[StudyImage]) -> list[Item]:
    """List the images of a report by study and series."""
    by_study: dict[str, dict[str, list[Item]]] = {}
    for source in {image.source.sop_instance_uid: image.source for image in images}.values():
        by_series = by_study.setdefault(source.study_instance_uid, {})
        by_series.setdefault(source.series_instance_uid, []).append(items.instance(source))
    return [
        {
            "StudyInstanceUID": study,
            "ReferencedSeriesSequence": [
                {"SeriesInstanceUID": series, "ReferencedSOPSequence": instances}
                for series, instances in by_series.items()
            ],
        }
        for study, by_series in by_study.items()
    ]
