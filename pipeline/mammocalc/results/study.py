"""The document of one study."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from mammocalc.results.result import Provenance
from mammocalc.vocabulary.lexicon import NOTICE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.model import BreastCall, Finding, JoinedBy, StudyReport
    from mammocalc.results.result import Result
    from mammocalc.vocabulary.lexicon import Distribution, Laterality, PresentationIntent, View, ViewModifier


@dataclass(frozen=True, slots=True)
class StudyImage:
    """
    The part of an image that its study repeats; the rest is in the image's own result.

    ``result`` is the path of that, relative to the run's folder, with forward slashes.
    """

    sop_instance_uid: str
    laterality: Laterality
    view: View
    view_modifiers: tuple[ViewModifier, ...]
    presentation_intent: PresentationIntent
    distribution: Distribution
    presence: float | None
    presence_level: float | None
    calcifications: int
    clusters: int
    vessels: int
    has_nipple: bool
    result: str


@dataclass(frozen=True, slots=True)
class Study:
    """
    What the images of a study say together, and how it came to be.

    What `study_to_json` writes and `study_from_json` reads; all but images and provenance is as in
    `mammocalc.model.StudyReport`. ``findings``, ``statements`` and ``BreastCall.places`` are empty or None in documents
    of the version 1.0.
    """

    uid: str
    joined_by: JoinedBy
    patient_key: str | None
    study_day: int | None
    images: tuple[StudyImage, ...]
    breasts: tuple[BreastCall, ...]
    both_breasts: Distribution | None
    findings: tuple[Finding, ...]
    statements: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    provenance: Provenance = field(repr=False)
    notice: str = NOTICE

    @classmethod
    def of(cls, study: StudyReport, results: Mapping[str, Result], paths: Mapping[str, str]) -> Self:
        """
        Make the study of images that were joined now.

        Parameters
        ----------
        study : StudyReport
        results : mapping of str to Result
            The results of its images, by SOP Instance UID. All are of one configuration.
        paths : mapping of str to str
            Where these lie, relative to the run's folder, with forward slashes.
        """
        uids = [report.identity.sop_instance_uid for report in study.images]
        first = results[uids[0]].provenance
        return cls(
            uid=study.uid,
            joined_by=study.joined_by,
            patient_key=study.patient_key,
            study_day=study.study_day,
            images=tuple(_image(results[uid], paths[uid]) for uid in uids),
            breasts=study.breasts,
            both_breasts=study.both_breasts,
            findings=study.findings,
            statements=study.statements,
            missing=study.missing,
            notes=study.notes,
            provenance=Provenance(
                first.software, first.version, first.configuration_digest, first.operating_point, source_digest=None
            ),
        )


def _image(result: Result, path: str) -> StudyImage:
    report, identity = result.report, result.report.identity
    counts = report.counts
    return StudyImage(
        sop_instance_uid=identity.sop_instance_uid,
        laterality=identity.laterality,
        view=identity.view,
        view_modifiers=identity.view_modifiers,
        presentation_intent=identity.presentation_intent,
        distribution=report.distribution.label,
        presence=report.presence,
        presence_level=result.presence_level,
        calcifications=counts.calcifications,
        clusters=counts.clusters,
        vessels=counts.vessels,
        has_nipple=report.known_nipple is not None,
        result=path,
    )
