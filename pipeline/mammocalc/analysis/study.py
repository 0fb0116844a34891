"""Studies: images of one examination, joined from their reports without reading pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.model import BreastCall, JoinedBy, StudyReport
from mammocalc.stages.distribution import CONCERN
from mammocalc.vocabulary.lexicon import Distribution, Laterality, View
from mammocalc.vocabulary.uid import derive_uid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from mammocalc.model import ImageIdentity, Report

_SIDES: Final = (Laterality.RIGHT, Laterality.LEFT, Laterality.BOTH, Laterality.UNKNOWN)
_USUAL_VIEWS: Final = (View.CC, View.MLO)
"""The views of a screening examination (ACR practice parameter for the performance of screening mammography)."""
_MOST_CONCERN_FIRST: Final = (
    *CONCERN,
    Distribution.INDETERMINATE,
    Distribution.SCATTERED,
    Distribution.TYPICALLY_BENIGN,
    Distribution.VASCULAR,
    Distribution.NOT_APPLICABLE,
    Distribution.NONE,
)
"""Descriptors by the published shares of malignant biopsies, then the words that no descriptor fits. An image without
a spacing may hold anything, so a breast is called free only where all of its images are."""


def study_of(
    sop_instance_uid: str, study_instance_uid: str, patient_key: str | None, study_day: int | None
) -> tuple[str, JoinedBy]:
    """
    Tell to which study an image belongs, by the fields of its identity that bear these names.

    Parameters
    ----------
    sop_instance_uid, study_instance_uid : str, str
        The latter may be empty.
    patient_key : str or None
    study_day : int or None

    Returns
    -------
    uid : str
        Study Instance UID. Without one, a UID that is derived from patient and day; without these, from the image.
    joined_by : JoinedBy
    """
    if study_instance_uid:
        return study_instance_uid, JoinedBy.STUDY_INSTANCE_UID
    if patient_key is not None and study_day is not None:
        return derive_uid(f"study {patient_key} {study_day}"), JoinedBy.PATIENT_AND_DAY
    return derive_uid(f"study {sop_instance_uid}"), JoinedBy.NOTHING


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
    breasts = tuple(
        _call_breast(side, own) for side in _SIDES if (own := [r for r in images if r.identity.laterality is side])
    )
    words = {call.laterality: call.label for call in breasts}
    right = words.get(Laterality.RIGHT)
    patients = {report.identity.patient_key for report in images}
    days = {report.identity.study_day for report in images}
    return StudyReport(
        uid=uid,
        joined_by=joined_by,
        patient_key=first.patient_key if len(patients) == 1 else None,
        study_day=first.study_day if len(days) == 1 else None,
        images=images,
        breasts=breasts,
        both_breasts=right if _is_word(right) and right is words.get(Laterality.LEFT) else None,
        missing=_missing(images),
        notes=_notes(images, patients, days),
    )


def _hanging(report: Report) -> tuple[int, int, str, str]:
    identity = report.identity
    views = list(_USUAL_VIEWS)
    rank = views.index(identity.view) if identity.view in views else len(views)
    return _SIDES.index(identity.laterality), rank, str(identity.view), identity.sop_instance_uid


def _call_breast(side: Laterality, images: Sequence[Report]) -> BreastCall:
    """Give a breast the word of most concern among those of its images: a finding may be hidden in one view."""
    most = min(images, key=lambda report: _MOST_CONCERN_FIRST.index(report.distribution.label))
    label = most.distribution.label
    names = _names(images)
    words = tuple(f"{name}: {report.distribution.label}" for name, report in zip(names, images, strict=True))
    is_agreed = all(report.distribution.label is label for report in images)
    why = () if is_agreed else (f"{names[images.index(most)]}: {most.distribution.reasons[0]}",)
    return BreastCall(side, label, tuple(report.identity.sop_instance_uid for report in images), (*words, *why))


def _is_word(label: Distribution | None) -> bool:
    return label not in {None, Distribution.NOT_APPLICABLE}


def _names(images: Sequence[Report]) -> list[str]:
    """Name images by side and view; those of one view by the end of their UID as well."""
    names = [name_of(report.identity) for report in images]
    return [
        f"{name} (...{report.identity.sop_instance_uid[-8:]})" if names.count(name) > 1 else name
        for name, report in zip(names, images, strict=True)
    ]


def name_of(identity: ImageIdentity) -> str:
    """
    Name an image by side, view and view modifiers.

    Parameters
    ----------
    identity : ImageIdentity

    Returns
    -------
    str
        For example ``R MLO`` or ``L CC M``; ``unknown view`` where nothing is known.
    """
    words = (identity.laterality, identity.view, *identity.view_modifiers)
    known = [str(word) for word in words if str(word) != "unknown"]
    return " ".join(known) or "unknown view"


def _missing(images: Sequence[Report]) -> tuple[str, ...]:
    there = {(report.identity.laterality, report.identity.view) for report in images}
    wanted = ((side, view) for side in (Laterality.RIGHT, Laterality.LEFT) for view in _USUAL_VIEWS)
    return tuple(f"{side} {view}" for side, view in wanted if (side, view) not in there)


def _notes(
    images: Sequence[Report], patients: AbstractSet[str | None], days: AbstractSet[int | None]
) -> tuple[str, ...]:
    """Say what makes the study less than it seems."""
    said = []
    if len(patients) > 1:  # their days cannot be compared: each patient's are shifted by another number
        said.append(f"its images name {len(patients)} different patients, or some of them none")
    elif len(days) > 1:
        said.append(f"its images are of {len(days)} different days, or some of them of none")
    unknown = [report.identity.sop_instance_uid for report in images if report.breast.nipple is None]
    if unknown:
        said.append(f"the nipple is not known in {len(unknown)} of {len(images)} images")
    return tuple(said)
