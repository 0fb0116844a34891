"""A study: the images of one examination of one patient, and the words of each breast."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from mammocalc.vocabulary.uid import derive_uid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.model.location import Location
    from mammocalc.model.report import Report
    from mammocalc.vocabulary.lexicon import Distribution, Laterality


class JoinedBy(StrEnum):
    """Identifiers by which images are grouped into one examination."""

    STUDY_INSTANCE_UID = "study_instance_uid"
    PATIENT_AND_DAY = "patient_and_day"
    NOTHING = "nothing"
    """An image that names neither a study, nor a patient and a day, is a study by itself."""


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


class LinkBasis(StrEnum):
    """What two clusters were compared by."""

    PLACE_AND_LOOKS = "place_and_looks"
    LOOKS = "looks"
    """The nipple is not known in one of the images, or their geometry cannot be compared."""
    SAME_EXPOSURE = "same_exposure"
    """The same place of one picture that is there twice, for processing and for presentation."""


@dataclass(frozen=True, slots=True)
class ClusterReference:
    """A cluster of an image of the study, by SOP Instance UID and the cluster's number."""

    sop_instance_uid: str
    cluster: int


@dataclass(frozen=True, slots=True)
class Link:
    """
    That two clusters of one breast, in two of its images, are taken for one finding.

    Attributes
    ----------
    first, second : ClusterReference
        In the order of the study's images.
    probability : float or None
        That they are the same, with the other clusters of the two images as the choice. None for one exposure that is
        there twice: that is no matter of chance.
    basis : LinkBasis
    reasons : tuple of str
        Sentences with the numbers of both.
    evidence : mapping of str to float
        Differences by name: distances in mm, else natural logarithms of ratios (the second over the first).
    calibrated_on : str or None
        What the probability was calibrated on; None where there is none.
    """

    first: ClusterReference
    second: ClusterReference
    probability: float | None
    basis: LinkBasis
    reasons: tuple[str, ...]
    evidence: Mapping[str, float]
    calibrated_on: str | None


@dataclass(frozen=True, slots=True)
class Sighting:
    """
    A cluster in which a finding is seen.

    Attributes
    ----------
    sop_instance_uid, cluster, letter : str, int, str
        Of which image and which of its clusters.
    view : str
        Side, view and modifiers, such as ``R MLO``.
    label : Distribution
        The cluster's own.
    arc_mm : float or None
        Straight distance of its middle from the nipple; None where that is not known.
    straight_mm : float or None
        The part of it along the normal of the muscle (MLO) or of the image's edge (CC), towards the chest wall; None
        where one of these is not known, and in other views.
    """

    sop_instance_uid: str
    cluster: int
    letter: str
    view: str
    label: Distribution
    arc_mm: float | None
    straight_mm: float | None

    @property
    def reference(self) -> ClusterReference:
        """Image and cluster alone."""
        return ClusterReference(self.sop_instance_uid, self.cluster)


@dataclass(frozen=True, slots=True)
class Unseen:
    """
    An image of the breast in which no cluster was linked to a finding: a fact, not a fault.

    Attributes
    ----------
    sop_instance_uid : str
    view : str
        Side, view and modifiers.
    arc_mm, band_mm : float or None
        It would lie at this distance from the nipple, give or take the band; None where the two images cannot be
        compared in place.
    """

    sop_instance_uid: str
    view: str
    arc_mm: float | None
    band_mm: float | None


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One place in a breast, with the clusters that show it; each shown cluster belongs to exactly one finding.

    Attributes
    ----------
    name : str
        Side and number, such as ``R1``; ``U1`` where the side is not known. Unlike the letters of an image it is the
        same in all views.
    laterality : Laterality
    label : Distribution
        The word of most concern among those of its clusters.
    sightings : tuple of Sighting
        In the order of the study's images; two of one image where the finding is split there.
    links : tuple of Link
        One for each two sightings in different images; empty where it is seen in one image.
    unseen : tuple of Unseen
        The images of this breast, patient and day in which it was not seen.
    location : Location
        Where in the breast it lies, as far as its views tell.
    """

    name: str
    laterality: Laterality
    label: Distribution
    sightings: tuple[Sighting, ...]
    links: tuple[Link, ...]
    unseen: tuple[Unseen, ...]
    location: Location


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
    places : int or None
        How many findings there are in it; None where a document is older than findings.
    """

    laterality: Laterality
    label: Distribution
    images: tuple[str, ...]
    reasons: tuple[str, ...]
    places: int | None = None


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
        Right before left, craniocaudal before mediolateral oblique, then other views and those with modifiers; by UID
        where these are the same.
    breasts : tuple of BreastCall
        One for each side of which there is an image, right before left.
    both_breasts : Distribution or None
        The word of both breasts, where they have the same, and all images are of one patient and day.
    findings : tuple of Finding
        Right before left, as they are named.
    statements : tuple of str
        What the images say together, in sentences: places of each breast, and what is on both sides.
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
    findings: tuple[Finding, ...]
    statements: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
