"""Table of the words of an image: a function for each row, which gives its reason if the row holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.stages.distribution.limits import (
    LINEAR_MAX_WIDTH_MM,
    LINEAR_MIN_ELONGATION,
    LINEAR_MIN_LINE_SHARE,
    SEGMENTAL_MAX_AXIS_DEGREES,
    SEGMENTAL_MAX_SPAN_DEGREES,
    SEGMENTAL_MIN_RATIO,
)
from mammocalc.vocabulary.lexicon import Distribution
from mammocalc.vocabulary.numbers import say_percent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mammocalc.model import DistributionCall, Spread
    from mammocalc.stages.distribution.settings import DistributionSettings

CONCERN: Final = (
    Distribution.SEGMENTAL,
    Distribution.LINEAR,
    Distribution.GROUPED,
    Distribution.REGIONAL,
    Distribution.DIFFUSE,
)
"""Descriptors in the order of the published shares of malignant biopsies, the highest first."""

_UNDECIDED: Final = frozenset({Distribution.REGIONAL, Distribution.SEGMENTAL})
"""What cannot be told apart without a nipple."""

_DIFFUSE_MIN_CLUSTERS: Final = 4
"""Diffuse: this many clusters through the whole breast are diffuse as well (IARC atlas: multiple similar appearing
clusters)."""

_DIFFUSE_MIN_HULL_SHARE_OF_CLUSTERS: Final = 0.3
"""Diffuse: ... if their common hull has at least this share of the breast."""

_SIMILAR_MAX_EXTENT_RATIO: Final = 2.5
"""Clusters are similar if they have one descriptor and extents within this factor of their median."""

_COMPACT_MIN_SHARE: Final = 0.5
"""What has "larger numbers", and this share of all, in one such circle is not diffuse."""

_STANDS_OUT_MIN_SHARE: Final = 0.5
"""A set stands out in an image that holds this share of all that count: only such a set is said of the image as linear
or segmental, the words of most concern. Readers called none of 188 images linear, and three segmental, where
26 of 108 had been called so."""

_STANDS_OUT_MIN_TIMES: Final = 10.0
"""... and in which they lie this many times as densely as all of them would throughout the breast. Simulated lines and
wedges: 19 and more; sets of patients that were wrongly called segmental: 6 and 7."""

_THIN_REGION_MIN_SHARE: Final = 0.75
"""A region too thin for `region_min_count` is one all the same where one cluster holds this share of all."""

_LINEAR_MAX_MISS_MM: Final = 15.0
"""An image is linear only where the line, made longer, passes a known nipple within this: the width of the areola.
Ducts end there, and arteries run past it."""

_REGION_MIN_SHARE: Final = 0.3
"""... and this share of all that count; without it, dense places of diffuse images are called regional."""


@dataclass(frozen=True, slots=True)
class ImageEvidence:
    """What the table asks about; ``calls`` are the clusters, and all calcifications taken as one set."""

    spread: Spread
    clusters: tuple[DistributionCall, ...]
    calls: tuple[DistributionCall, ...]
    knows_nipple: bool
    s: DistributionSettings

    @property
    def standing_out(self) -> tuple[DistributionCall, ...]:
        """The sets that hold most of the image's calcifications, far more densely than they lie elsewhere."""
        return tuple(call for call in self.calls if stands_out(call))

    @property
    def nearly_all(self) -> tuple[DistributionCall, ...]:
        """The clusters that hold nearly all, however densely."""
        return tuple(c for c in self.clusters if c.evidence["image_share"] >= _THIN_REGION_MIN_SHARE)

    @property
    def has_region(self) -> bool:
        """Whether many lie close together over more than a group's width."""
        n, s = self.spread, self.s
        is_many = n.most_in_wide_circle >= max(s.region_min_count, _REGION_MIN_SHARE * n.counting)
        return is_many and n.dense_patch_mm > s.grouped_max_extent_mm


def stands_out(call: DistributionCall) -> bool:
    """Tell whether a set holds most of an image's calcifications in a small part of the breast."""
    share, hull = call.evidence["image_share"], call.evidence["hull_share"]
    return share >= _STANDS_OUT_MIN_SHARE and share >= _STANDS_OUT_MIN_TIMES * hull


def _vascular(seen: ImageEvidence) -> str:
    n, s = seen.spread, seen.s
    of = n.arterial + n.counting
    if n.arterial < max(s.vascular_min_count, s.vascular_min_share * of) or seen.has_region:
        return ""
    if n.benign > n.arterial and _typically_benign(seen):
        return ""
    doubtful = f", {n.possibly_arterial} of these in short rows that may be one" if n.possibly_arterial else ""
    benign = f", beside {n.benign} typically benign or coarse" if n.benign else ""
    return f"{n.arterial} of {of} calcifications lie on arteries{doubtful}{benign}"


def _typically_benign(seen: ImageEvidence) -> str:
    n, s = seen.spread, seen.s
    of = n.benign + n.counting
    if n.benign < max(s.benign_min_count, s.benign_min_share * of):
        return ""
    arterial = f", beside {n.arterial} on arteries" if n.arterial else ""
    return f"{n.benign} of {of} calcifications are typically benign by their form or coarse{arterial}"


def _of_concern(label: Distribution) -> Callable[[ImageEvidence], str]:
    def row(seen: ImageEvidence) -> str:
        call = sure_call(label, seen)
        return "" if call is None else call.reasons[0]

    return row


def sure_call(label: Distribution, seen: ImageEvidence) -> DistributionCall | None:
    """Find a dominant set that is a segment or a line also by the definitions alone."""
    return next((c for c in seen.standing_out if c.label is label and _has_wide_margin(c)), None)


def _has_wide_margin(call: DistributionCall) -> bool:
    """Tell whether a segment or line has every number of its definition, the soft ones too, as seen from the nipple."""
    e = call.evidence
    if "axis_to_nipple_degrees" not in e:
        return False
    if call.label is Distribution.LINEAR:
        is_straight = e["width_mm"] <= LINEAR_MAX_WIDTH_MM and e["elongation"] >= LINEAR_MIN_ELONGATION
        is_one = e["line_share"] >= LINEAR_MIN_LINE_SHARE
        return is_straight and is_one and e["axis_miss_mm"] <= _LINEAR_MAX_MISS_MM
    return (
        e["axis_to_nipple_degrees"] <= SEGMENTAL_MAX_AXIS_DEGREES
        and e["radial_over_transverse"] >= SEGMENTAL_MIN_RATIO
        and e["angular_span_degrees"] <= SEGMENTAL_MAX_SPAN_DEGREES
    )


def _dense_region(seen: ImageEvidence) -> str:
    if not seen.has_region:
        return ""
    unless = "" if seen.knows_nipple else "; the nipple is not known, and without it nothing is called segmental"
    return _region_in_words(seen) + unless


def _thin_region(seen: ImageEvidence) -> str:
    named = next((call for call in seen.nearly_all if call.label is Distribution.REGIONAL), None)
    return "" if named is None else named.reasons[0]


def _thin_region_or_segment(seen: ImageEvidence) -> str:
    named = next((call for call in seen.nearly_all if is_undecided(call)), None)
    return "" if named is None else named.reasons[0]


def _region_in_words(seen: ImageEvidence) -> str:
    n, s = seen.spread, seen.s
    return (
        f"{n.most_in_wide_circle} of {n.counting} calcifications within {s.grouped_max_extent_mm:g} mm, in a dense "
        f"patch {n.dense_patch_mm:.0f} mm wide (more than {s.grouped_max_extent_mm:g} mm)"
    )


def _diffuse(seen: ImageEvidence) -> str:
    n, s = seen.spread, seen.s
    is_compact = n.most_in_wide_circle >= max(s.numerous_count, _COMPACT_MIN_SHARE * n.counting)
    if n.counting >= s.diffuse_min_count and n.cell_share >= s.diffuse_min_cell_share and not is_compact:
        return (
            f"{n.counting} calcifications in {n.cells_with} of {n.cells_of_breast} cells of 20 mm (diffuse: at least "
            f"{s.diffuse_min_count}, in {say_percent(s.diffuse_min_cell_share)} of the breast's cells)"
        )
    similar = similar_clusters(seen.calls)
    hull = max((call.evidence["image_hull_share"] for call in seen.calls), default=0.0)
    if similar >= _DIFFUSE_MIN_CLUSTERS and hull >= _DIFFUSE_MIN_HULL_SHARE_OF_CLUSTERS:
        return (
            f"{similar} similar clusters through the breast; the hull of all takes {say_percent(hull)} of it "
            "(IARC atlas: multiple similar clusters throughout the breast are diffuse)"
        )
    return ""


def _grouped(seen: ImageEvidence) -> str:
    n, s = seen.spread, seen.s
    if n.most_in_circle >= s.grouped_min_count:
        return (
            f"{n.most_in_circle} of {n.counting} calcifications within {n.circle_mm:g} mm (grouped: at least "
            f"{s.grouped_min_count})"
        )
    named = [call for call in seen.calls if call.label is Distribution.GROUPED]
    return named[0].reasons[0] if named else ""


def _scattered(seen: ImageEvidence) -> str:
    n, s = seen.spread, seen.s
    if n.counting - n.unsure < s.scattered_min_count:
        return ""
    return (
        f"{n.counting} calcifications{_apart(n.arterial + n.benign)}, at most {n.most_in_circle} of them within "
        f"{n.circle_mm:g} mm, in {n.cells_with} of {n.cells_of_breast} cells of 20 mm"
    )


def _none(seen: ImageEvidence) -> str:
    n, s = seen.spread, seen.s
    if n.counting + n.benign + n.arterial == 0:
        return "no calcification was found"
    many = f"{n.counting} calcification{'' if n.counting == 1 else 's'}{_apart(n.arterial + n.benign)}"
    unsure = f", {n.unsure} of them too unsure to count by themselves" if n.counting >= s.scattered_min_count else ""
    return f"{many}{unsure}: fewer than the {s.scattered_min_count} that are called scattered"


WORDS: Final[tuple[tuple[Distribution, Callable[[ImageEvidence], str]], ...]] = (
    (Distribution.VASCULAR, _vascular),
    (Distribution.TYPICALLY_BENIGN, _typically_benign),
    (Distribution.SEGMENTAL, _of_concern(Distribution.SEGMENTAL)),
    (Distribution.LINEAR, _of_concern(Distribution.LINEAR)),
    (Distribution.REGIONAL, _dense_region),
    (Distribution.DIFFUSE, _diffuse),
    (Distribution.REGIONAL, _thin_region),
    (Distribution.INDETERMINATE, _thin_region_or_segment),
    (Distribution.GROUPED, _grouped),
    (Distribution.SCATTERED, _scattered),
    (Distribution.NONE, _none),
)
"""Words with the rows that give their reason, empty where the row does not hold; the last one always does."""


def is_undecided(call: DistributionCall) -> bool:
    """Tell whether a set fits a region, but cannot be told from a segment."""
    return set(call.between) == _UNDECIDED and not call.loose and call.probabilities.get(Distribution.REGIONAL, 0.0) > 0


def similar_clusters(clusters: Sequence[DistributionCall]) -> int:
    """Count the clusters of one descriptor whose extents are about the same."""
    best = 0
    for label in CONCERN:
        extents = np.array([call.evidence["extent_mm"] for call in clusters if call.label is label])
        if len(extents):
            ratio = np.maximum(extents, 1.0) / max(float(np.median(extents)), 1.0)
            alike = np.maximum(ratio, 1 / ratio) <= _SIMILAR_MAX_EXTENT_RATIO
            best = max(best, int(alike.sum()))
    return best


def _apart(count: int) -> str:
    """Say how many others are set apart."""
    return f" beside {count} set apart" if count else ""
