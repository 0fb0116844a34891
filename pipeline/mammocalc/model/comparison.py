"""A comparison: the calcifications of one view of one breast on two dates, and their changes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from mammocalc.vocabulary.changes import ON_BOTH_DATES, Change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.model.point import Point
    from mammocalc.model.report import Report
    from mammocalc.vocabulary.geometry import PixelSpacing
    from mammocalc.vocabulary.lexicon import Laterality, View, ViewModifier


class PairedBy(StrEnum):
    """Why two images were taken for current and prior."""

    NEAREST_EARLIER_DAY = "nearest_earlier_day"
    TWO_RUNS = "two_runs"
    """No dates, but the one is in the run that was given as the prior one."""
    NAMED = "named"
    """By the list of pairs that the user gave."""


class RegistrationKind(StrEnum):
    """How the calcifications of two dates were laid over each other."""

    NEIGHBOURS = "neighbours"
    """By the calcifications themselves: votes for a shift, then a coherent drift."""
    TISSUE = "tissue"
    """By what lies around them, vessels, fibres and lobes; then by the calcifications themselves."""
    LANDMARKS = "landmarks"
    """By nipple and chest wall alone: places are known to a centimetre."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ComparedImage:
    """
    Which image was compared.

    The fields of its identity, with its spacing, how many calcifications it has, and where its result lies: relative
    to the folder of its run, with the version and the configuration that made it. These three are empty where the
    result came from no run.
    """

    sop_instance_uid: str
    study_instance_uid: str
    patient_key: str | None
    study_day: int | None
    laterality: Laterality
    view: View
    view_modifiers: tuple[ViewModifier, ...]
    manufacturer: str
    manufacturer_model_name: str
    rows: int
    columns: int
    spacing: PixelSpacing | None
    calcifications: int
    result: str = ""
    version: str = ""
    configuration_digest: str = ""

    @classmethod
    def of(cls, report: Report) -> Self:
        """Describe the image of a report."""
        identity = report.identity
        return cls(
            sop_instance_uid=identity.sop_instance_uid,
            study_instance_uid=identity.study_instance_uid,
            patient_key=identity.patient_key,
            study_day=identity.study_day,
            laterality=identity.laterality,
            view=identity.view,
            view_modifiers=identity.view_modifiers,
            manufacturer=identity.manufacturer,
            manufacturer_model_name=identity.manufacturer_model_name,
            rows=identity.rows,
            columns=identity.columns,
            spacing=report.spacing,
            calcifications=len(report.calcifications),
        )


@dataclass(frozen=True, slots=True)
class Registration:
    """
    Registration of two images, with its evidence.

    Attributes
    ----------
    kind : RegistrationKind
    axis, origin : str or None
        What gave the direction of the chest wall (``muscle``, ``image_edge``) and what was laid onto what (``nipple``,
        ``outermost_point``). None where nothing was laid over.
    stretch : float or None
        By how much distances from the chest wall were stretched first, nipple on nipple.
    joined : int
        Pairs of calcifications that are believed to be the same.
    residual_mm : float or None
        Median distance of joined pairs after the drift.
    matched_share : float or None
        Joined, of the smaller of the two sets. None where one of them is empty.
    mirrored_share : float or None
        The same with the prior mirrored along the chest wall: what chance alone joins.
    tissue_correlation, mirrored_correlation : float or None
        Of blocks of the tissue where the others expect them, -1 to 1; and with the prior mirrored along the chest wall.
        None where the pixels were not looked at.
    is_comparable : bool
        Whether the tissue is the same, or enough were joined, and enough more than by chance.
    reasons : tuple of str
        Sentences.
    """

    kind: RegistrationKind
    axis: str | None
    origin: str | None
    stretch: float | None
    joined: int
    residual_mm: float | None
    matched_share: float | None
    mirrored_share: float | None
    tissue_correlation: float | None
    mirrored_correlation: float | None
    is_comparable: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CalcificationChange:
    """
    What became of one calcification.

    Attributes
    ----------
    calcification, prior_calcification : int or None
        Its ids on the two dates; at least one is there.
    change : Change
    diameter_mm, prior_diameter_mm : float or None
    cluster, prior_cluster : int or None
        Ids of the clusters that it is in.
    place_px : tuple of float or None
        Where it should lie in the image in which it was not found, (row, column); None for pairs and where that is
        not known.
    reason : str
        A sentence.
    """

    calcification: int | None
    prior_calcification: int | None
    change: Change
    diameter_mm: float | None
    prior_diameter_mm: float | None
    cluster: int | None
    prior_cluster: int | None
    place_px: Point | None
    reason: str


@dataclass(frozen=True, slots=True)
class ClusterChange:
    """
    What became of one cluster.

    Attributes
    ----------
    cluster : int or None
        Its id in the current image; None for one that is on the prior alone.
    prior_clusters : tuple of int
        Ids of those that its joined members are in, the one with most first.
    change : Change
    members, prior_members : int
        How many it has, and those of the prior have.
    joined : int
        How many of its members are joined.
    extent_mm, prior_extent_mm : float or None
    extent_ratio, diameter_ratio : float or None
        Current over prior: of the extent, and the median over joined members of their diameters, both after what holds
        for the whole image was taken away. None where there is nothing to compare.
    reasons : tuple of str
        Sentences, with the numbers and the limits of what positioning alone does.
    """

    cluster: int | None
    prior_clusters: tuple[int, ...]
    change: Change
    members: int
    prior_members: int
    joined: int
    extent_mm: float | None
    prior_extent_mm: float | None
    extent_ratio: float | None
    diameter_ratio: float | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    Two images of one view of one breast, current and prior.

    Attributes
    ----------
    current, prior : ComparedImage
    paired_by : PairedBy
    registration : Registration
    clusters : tuple of ClusterChange
        Those of the current image by id, then those of the prior alone.
    calcifications : tuple of CalcificationChange
        Those of the current image by id, then those of the prior that are joined to none.
    looked_at : tuple of bool
        Whether the pixels of the current image and of the prior were looked at again.
    diameter_ratio : float or None
        Median over all joined pairs, current over prior: what machine, dose and processing do to all of them.
    diameter_spread : float or None
        Standard deviation of the logarithms of these ratios: growth is held against it.
    notes : tuple of str
        What makes the comparison less than it seems, in sentences.
    """

    current: ComparedImage
    prior: ComparedImage
    paired_by: PairedBy
    registration: Registration
    clusters: tuple[ClusterChange, ...]
    calcifications: tuple[CalcificationChange, ...]
    looked_at: tuple[bool, bool]
    diameter_ratio: float | None
    diameter_spread: float | None
    notes: tuple[str, ...]

    @property
    def interval_days(self) -> int | None:
        """Days between the two; None where they are not known or belong to different patients."""
        now, before = self.current, self.prior
        if now.study_day is None or before.study_day is None or now.patient_key != before.patient_key:
            return None
        return now.study_day - before.study_day

    @property
    def counts(self) -> Mapping[Change, int]:
        """Of how many calcifications each word is said, in the order of the words."""
        words = [item.change for item in self.calcifications]
        return {word: words.count(word) for word in Change}

    def compared_members(self, cluster: int) -> int:
        """Count the members of a current cluster that are joined or new."""
        known = ON_BOTH_DATES | {Change.NEW}
        return sum(item.cluster == cluster and item.change in known for item in self.calcifications)
