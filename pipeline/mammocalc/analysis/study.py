"""Studies: images of one examination, joined from their reports without reading pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.analysis.findings import join_findings
from mammocalc.analysis.study_words import MOST_CONCERN_FIRST, USUAL_VIEWS, doubt, state
from mammocalc.model import BreastCall, StudyReport
from mammocalc.model.study import study_of
from mammocalc.model.view_names import names_of
from mammocalc.vocabulary.lexicon import Distribution, Laterality

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mammocalc.model import Finding, Report

__all__ = ["join_study", "study_of"]

_SIDES: Final = (Laterality.RIGHT, Laterality.LEFT, Laterality.BOTH, Laterality.UNKNOWN)


def join_study(reports: Iterable[Report]) -> StudyReport:
    """
    Join the images of one study.

    Parameters
    ----------
    reports : iterable of Report
        Of the images for which `study_of` gives the same; at least one, in any order.

    Returns
    -------
    StudyReport
        The same for every order of the reports.
    """
    images = tuple(sorted(reports, key=_hanging))
    first = images[0].identity
    uid, joined_by = study_of(first.sop_instance_uid, first.study_instance_uid, first.patient_key, first.study_day)
    findings = join_findings(images)
    breasts = tuple(
        _call_breast(side, own, findings)
        for side in _SIDES
        if (own := [report for report in images if report.identity.laterality is side])
    )
    words = {call.laterality: call.label for call in breasts}
    right = words.get(Laterality.RIGHT)
    patients = {report.identity.patient_key for report in images}
    days = {report.identity.study_day for report in images}
    is_one = len(patients) == len(days) == 1
    both = right if is_one and _is_word(right) and right is words.get(Laterality.LEFT) else None
    return StudyReport(
        uid=uid,
        joined_by=joined_by,
        patient_key=first.patient_key if len(patients) == 1 else None,
        study_day=first.study_day if len(days) == 1 else None,
        images=images,
        breasts=breasts,
        both_breasts=both,
        findings=findings,
        statements=tuple(state(breasts, both, findings)),
        missing=_missing(images),
        notes=tuple(doubt(images)),
    )


def _hanging(report: Report) -> tuple[int, int, str, str]:
    identity = report.identity
    views = list(USUAL_VIEWS)
    is_usual = identity.view in views and not identity.view_modifiers
    rank = views.index(identity.view) if is_usual else len(views)
    return _SIDES.index(identity.laterality), rank, str(identity.view), identity.sop_instance_uid


def _call_breast(side: Laterality, images: Sequence[Report], findings: Sequence[Finding]) -> BreastCall:
    """Give a breast the word of most concern among those of its images: a finding may be hidden in one view."""
    most = min(images, key=lambda report: MOST_CONCERN_FIRST.index(report.distribution.label))
    label = most.distribution.label
    names = names_of([report.identity for report in images])
    words = tuple(f"{name}: {report.distribution.label}" for name, report in zip(names, images, strict=True))
    is_agreed = all(report.distribution.label is label for report in images)
    why = () if is_agreed else (f"{names[images.index(most)]}: {most.distribution.reasons[0]}",)
    uids = tuple(report.identity.sop_instance_uid for report in images)
    return BreastCall(side, label, uids, (*words, *why), sum(finding.laterality is side for finding in findings))


def _is_word(label: Distribution | None) -> bool:
    return label not in {None, Distribution.NOT_APPLICABLE}


def _missing(images: Sequence[Report]) -> tuple[str, ...]:
    there = {(report.identity.laterality, report.identity.view) for report in images}
    wanted = ((side, view) for side in (Laterality.RIGHT, Laterality.LEFT) for view in USUAL_VIEWS)
    return tuple(f"{side} {view}" for side, view in wanted if (side, view) not in there)
