"""A study: the images of one examination of one patient, and what they say of each breast."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mammocalc.model.report import Report
    from mammocalc.vocabulary.lexicon import Distribution, Laterality


class JoinedBy(StrEnum):
    """By which identifiers images are taken for one examination."""

    STUDY_INSTANCE_UID = "study_instance_uid"
    PATIENT_AND_DAY = "patient_and_day"
    NOTHING = "nothing"
    """An image that names neither a study, nor a patient and a day, is a study by itself."""


@dataclass(frozen=True, slots=True)
class BreastCall:
    """
    What the images of one breast say of the distribution of its calcifications.

    Attributes
    ----------
    laterality : Laterality
        Left or right; both or unknown only where the images say no more.
    label : Distribution
        The word of most concern among those of its images; `not_applicable` where none of them has one.
    images : tuple of str
        SOP Instance UIDs, in the order of the study's images.
    reasons : tuple of str
        The words of the images, and their first reasons where these differ.
    """

    laterality: Laterality
    label: Distribution
    images: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StudyReport:
    """
    Everything that was found in one examination.

    Attributes
    ----------
    uid : str
        Study Instance UID, or one that is derived from what joined the images.
    joined_by : JoinedBy
    patient_key, study_day : str or None, int or None
        As in the images; None where these differ or have none.
    images : tuple of Report
        Right before left, craniocaudal before mediolateral oblique, then other views; by UID where these are the same.
    breasts : tuple of BreastCall
        One for each side of which there is an image, right before left.
    both_breasts : Distribution or None
        The word of both breasts, where they have the same.
    missing : tuple of str
        Usual views that no analysed image shows, such as ``R MLO``.
    notes : tuple of str
        What makes the study less than it seems, in sentences.
    """

    uid: str
    joined_by: JoinedBy
    patient_key: str | None
    study_day: int | None
    images: tuple[Report, ...]
    breasts: tuple[BreastCall, ...]
    both_breasts: Distribution | None
    missing: tuple[str, ...]
    notes: tuple[str, ...]
