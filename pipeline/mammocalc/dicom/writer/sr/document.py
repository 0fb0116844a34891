"""Attributes of every structured report around its tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.dicom.writer.copied import copy_patient_and_study
from mammocalc.dicom.writer.instance import describe_series, finish, moment_of
from mammocalc.dicom.writer.new_item import new_item
from mammocalc.dicom.writer.sr import items

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pydicom.dataset import Dataset

    from mammocalc.dicom.writer.codes import Code
    from mammocalc.dicom.writer.instance import Series
    from mammocalc.dicom.writer.records import DicomObject, StudyContent, StudyImage


def write_report(
    content: StudyContent,
    images: Sequence[StudyImage],
    tree: tuple[Code, str, Iterable[Dataset]],
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
    tree : tuple of (Code, str, iterable of Dataset)
        Its title, the number of its template, and the items below its root.
    sop_class_uid : str
    series : Series
    priors : sequence of StudyImage
        Images of other studies to which it refers.

    Returns
    -------
    DicomObject

    References
    ----------
    DICOM PS3.3 C.17.1 to C.17.3.
    """
    title, number, below = tree
    dataset = copy_patient_and_study(images[0].source)
    describe_series(dataset, series, content, 1)
    dataset.ReferencedPerformedProcedureStepSequence = []
    dataset.ContentDate, dataset.ContentTime = moment_of(content, dataset)
    dataset.CompletionFlag, dataset.VerificationFlag = "COMPLETE", "UNVERIFIED"
    dataset.PerformedProcedureCodeSequence = []
    dataset.CurrentRequestedProcedureEvidenceSequence = _evidence(images)
    if priors:
        dataset.PertinentOtherEvidenceSequence = _evidence(priors)
    dataset.ValueType, dataset.ContinuityOfContent = "CONTAINER", "SEPARATE"
    dataset.ConceptNameCodeSequence = [title.item()]
    dataset.ContentTemplateSequence = [items.template(number)]
    dataset.ContentSequence = list(below)
    return finish(dataset, sop_class_uid, series, [image.source for image in (*images, *priors)])


def _evidence(images: Sequence[StudyImage]) -> list[Dataset]:
    """List the images of a report by study and series."""
    by_study: dict[str, dict[str, list[Dataset]]] = {}
    for source in {image.source.sop_instance_uid: image.source for image in images}.values():
        referred = items.instance(source.sop_class_uid, source.sop_instance_uid)
        by_study.setdefault(source.study_instance_uid, {}).setdefault(source.series_instance_uid, []).append(referred)
    return [_study(uid, by_series) for uid, by_series in by_study.items()]


def _study(uid: str, by_series: dict[str, list[Dataset]]) -> Dataset:
    study = new_item()
    study.StudyInstanceUID = uid
    study.ReferencedSeriesSequence = [_series(series, referred) for series, referred in by_series.items()]
    return study


def _series(uid: str, referred: list[Dataset]) -> Dataset:
    item = new_item()
    item.SeriesInstanceUID, item.ReferencedSOPSequence = uid, referred
    return item
