"""Findings of an image: calcifications, clusters, their shape and their descriptor."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from mammocalc.model.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.model.point import Point
    from mammocalc.vocabulary.lexicon import CalcificationSize, Distribution, Flag, Morphology


class _Call(str, Record):
    """
    A call that is its label wherever a text is wanted: printed, sorted, in JSON and in tables.

    It equals its label, and another call that says the same throughout. Calls are counted by their ``label``.
    """

    __slots__ = ()
    label: Distribution | Morphology
    probabilities: Mapping[Any, float]

    def __new__(cls, label: str, *_: object, **__: object) -> Self:
        return super().__new__(cls, str(label))

    def __eq__(self, other: object) -> bool:
        """Compare with a call by all that both say, with a text by the label."""
        if isinstance(other, type(self)):
            return all(getattr(self, item.name) == getattr(other, item.name) for item in fields(self))  # type: ignore[arg-type]
        return str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__

    def __repr__(self) -> str:
        """One line: the label, and each probability that does not round to nothing, the likeliest first."""
        likely = sorted(
            ((share, str(word)) for word, share in self.probabilities.items() if share >= 0.005), reverse=True
        )
        shares = ", ".join(f"{word} {share:.2f}" for share, word in likely)
        return f"<{type(self).__name__} {self}{': ' if shares else ''}{shares}>"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MorphologyCall(_Call):
    """
    What kind of calcification something looks like, with what speaks for it.

    ``probabilities`` holds the kinds that come into question and
    ``not_assessable``, the likeliest first; they sum to 1. ``reasons`` are
    sentences with the measured numbers, ``evidence`` those numbers by name.
    ``calibrated_on`` says what the probabilities were calibrated on, and is
    None where there is only ``not_assessable``.
    """

    label: Morphology
    probabilities: Mapping[Morphology, float]
    reasons: tuple[str, ...]
    evidence: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    calibrated_on: str | None = None


@dataclass(frozen=True, slots=True)
class Calcification(Record):
    """
    One reported particle.

    Millimetres are None where the image has no spacing, and then ``size`` is
    None too. ``diameter_mm`` is that of the circle of equal area, ``length_mm``
    and ``width_mm`` are the largest and smallest Feret diameters.
    ``contrast_to_noise`` is the height above the surroundings in standard
    deviations of the noise at that grey level. ``cluster`` is the number of
    its cluster, or None, ``vessel`` that of its artery. ``memberships`` tells how firmly it belongs to this
    and to others: pairs of a cluster's number and a share of 0 to 1, the
    firmest first, 0.5 and more in its own. ``morphology`` is None where
    nothing was measured in millimetres. ``left_out`` says why it is not
    counted for the distribution, and is None where it is.
    """

    number: int
    frame: int
    row_px: float
    column_px: float
    outline_px: tuple[Point, ...] = field(repr=False)
    diameter_px: float
    diameter_mm: float | None
    length_mm: float | None
    width_mm: float | None
    area_mm2: float | None
    size: CalcificationSize | None
    score: float
    contrast_to_noise: float
    cluster: int | None = None
    flags: frozenset[Flag] = frozenset()
    morphology: MorphologyCall | None = None
    memberships: tuple[tuple[int, float], ...] = ()
    left_out: str | None = None
    vessel: int | None = None


@dataclass(frozen=True, slots=True)
class Pattern:
    """
    The shape of a set of calcifications, in numbers.

    Lengths are in mm, angles in degrees, shares between 0 and 1. The last six
    are seen from the nipple, and None where it is not known well enough.

    Attributes
    ----------
    count : int
        Number of calcifications.
    extent_mm : float
        Largest distance between two of them.
    most_within_10_mm : int
        Most of them within a circle of 10 mm diameter, whatever the settings
        say: what the learned classifier asks.
    circle_mm, most_in_circle : float, int
        The diameter of the definitions' circle, and the most of them in one.
    length_mm, width_mm : float
        5th to 95th percentile along and across the main axis.
    elongation : float
        Standard deviation along the main axis over that across it.
    line_share : float
        Longest path through the minimum spanning tree over its whole length,
        after points closer than 2.5 mm were merged: 1 for a line, small for
        an area.
    hull_share : float
        Area of the convex hull over that of the breast.
    covered_share : float
        Share of the breast within ``cover_mm`` of a calcification.
    cover_mm : float
        That distance.
    cells_with, cells_of_breast : int
        In how many of the cells of 20 mm, into which the breast is cut, one lies.
    path_width_mm : float
        Distance from the longest path through the thinned points within which
        nine of ten lie.
    straightness : float
        How nearly the neighbours within 6 mm lie in a line, median of all:
        1 for a line, about 0.6 for an area.
    taper : float
        Rank correlation between the place along the main axis and the distance from it,
        without its sign: large for a wedge, whichever way it points.
    nearest_mm : float
        Mean distance to the nearest neighbour.
    evenness : float
        That distance over the one of random points in an equal area: about 1
        for random points, smaller for clumps, larger for even ones.
    image_count : int
        Number of all calcifications in the image that count.
    image_share : float
        Share of them that is in this set.
    image_hull_share : float
        Area of the hull of all of them over that of the breast.
    chance_exponent : float
        How improbable so many in so small an area would be, were all of the
        image scattered evenly: the negative decimal logarithm, at most 60.
    axis_to_nipple_degrees : float or None
        Angle between the main axis and the direction to the nipple, 0 to 90.
    angular_span_degrees : float or None
        5th to 95th percentile of the direction as seen from the nipple.
    radial_over_transverse : float or None
        Standard deviation towards the nipple over that across.
    widening : float or None
        Transverse spread of the third farthest from the nipple over that of
        the nearest third.
    axis_miss_mm : float or None
        Distance at which the main axis passes the nipple.
    span_over_disc : float or None
        Angular span over that of a disc of equal area at the same place.
    """

    count: int
    extent_mm: float
    most_within_10_mm: int
    circle_mm: float
    most_in_circle: int
    length_mm: float
    width_mm: float
    elongation: float
    line_share: float
    hull_share: float
    covered_share: float
    cover_mm: float
    cells_with: int
    cells_of_breast: int
    path_width_mm: float
    straightness: float
    taper: float
    nearest_mm: float
    evenness: float
    image_count: int
    image_share: float
    image_hull_share: float
    chance_exponent: float
    axis_to_nipple_degrees: float | None
    angular_span_degrees: float | None
    radial_over_transverse: float | None
    widening: float | None
    axis_miss_mm: float | None
    span_over_disc: float | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DistributionCall(_Call):
    """
    A distribution descriptor with what speaks for it.

    ``probabilities`` holds the five descriptors and sums to 1, or is empty
    where no descriptor applies. ``between`` names the two candidates of an
    indeterminate call. ``margin`` is the first probability minus the second.
    ``calibrated_on`` says what the probabilities were calibrated on
    (``simulated``), and is None where there are none. ``loose`` is True for a
    chain of specks without a descriptor, no five of which lie within 1 cm:
    listed, but nothing to look at.
    """

    label: Distribution
    reasons: tuple[str, ...]
    probabilities: Mapping[Distribution, float] = field(default_factory=lambda: MappingProxyType({}))
    margin: float | None = None
    between: tuple[Distribution, ...] = ()
    evidence: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    calibrated_on: str | None = None
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Cluster(Record):
    """
    Neighbouring calcifications, described in millimetres.

    ``extent_mm`` is the largest distance between two members, ``hull_px`` the
    corners of their convex hull in order.
    """

    number: int
    members: tuple[int, ...]
    extent_mm: float
    area_mm2: float
    density_per_cm2: float
    hull_px: tuple[Point, ...] = field(repr=False)
    distribution: DistributionCall
    morphology: MorphologyCall | None = None


@dataclass(frozen=True, slots=True)
class Vessel(Record):
    """
    An artery, or a stretch of one, by the calcifications in its wall.

    ``course_px`` are the corners of its course in order, from its first
    calcification to its last, ``length_mm`` is the length along it; one corner
    and no length where there is one member.
    """

    number: int
    members: tuple[int, ...]
    course_px: tuple[Point, ...] = field(repr=False)
    length_mm: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A particle that was not reported, kept for curves: where, and its score."""

    frame: int
    row_px: float
    column_px: float
    diameter_mm: float | None
    score: float
