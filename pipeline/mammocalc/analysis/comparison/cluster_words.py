"""Change of each cluster between two dates, compared with the effect of positioning alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.analysis.change_limits import limits_for
from mammocalc.analysis.comparison.parts import tell_parts
from mammocalc.model.comparison import ClusterChange
from mammocalc.vocabulary.changes import Change
from mammocalc.vocabulary.geometry import feret_diameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mammocalc.analysis.comparison.calcification_words import Sizes
    from mammocalc.analysis.comparison.joined import Joined
    from mammocalc.model import Cluster

LEAST_SHARE: Final = 0.25
LEAST_JOINED: Final = 3
"""A cluster is compared by so many joined members, and that share of them."""
WITHIN_MM: Final = 3.0
"""Calcifications of the prior that are gone count for a cluster that near to one of its members."""
LEAST_NEW: Final = 0.5
"""A cluster that is not compared is new, or gone, if that share of its members is: of simulated ones that are it is at
least 0.8, of others at most 0.1."""
_DIGITS: Final = 2
"""Of ratios, as they are told and judged."""
ERRORS: Final = 2.6
"""A median ratio of diameters has changed only beyond so many of its own standard errors."""


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """Indices of the calcifications of the current image that are new, and of those of the prior that are gone."""

    new: NDArray[np.intp]
    gone: NDArray[np.intp]


def words_of_clusters(joined: Joined, sizes: Sizes, words: Words) -> tuple[ClusterChange, ...]:
    """
    Say what became of each cluster.

    Parameters
    ----------
    joined : Joined
    sizes : Sizes
    words : Words
        What is said of the calcifications.

    Returns
    -------
    tuple of ClusterChange
        Those of the current image by id, then those of the prior that share no joined calcification with any of them.
    """
    current, prior = joined.current.report, joined.prior.report
    ours = {item.number: place for place, item in enumerate(current.calcifications)}
    theirs = {item.number: place for place, item in enumerate(prior.calcifications)}
    said = [_word(joined, sizes, cluster, ours, words) for cluster in sorted(current.clusters, key=lambda c: c.number)]
    said = list(tell_parts(joined, said))
    met = {number for change in said for number in change.prior_clusters}
    for cluster in sorted(prior.clusters, key=lambda c: c.number):
        if cluster.number in met:
            continue
        members = np.array([theirs[number] for number in cluster.members])
        change, reason = _word_alone(joined, members, words.gone, of_current=False)
        said.append(cluster_alone(cluster, change, reason, of_current=False))
    return tuple(said)


def cluster_alone(cluster: Cluster, change: Change, reason: str, *, of_current: bool) -> ClusterChange:
    """Say a word of a cluster of one image alone."""
    number, count, extent_mm, reasons = cluster.number, len(cluster.members), cluster.extent_mm, (reason,)
    if of_current:
        return ClusterChange(number, (), change, count, 0, 0, extent_mm, None, None, None, reasons)
    return ClusterChange(None, (number,), change, 0, count, 0, None, extent_mm, None, None, reasons)


def _word(
    joined: Joined,
    sizes: Sizes,
    cluster: Cluster,
    ours: Mapping[int, int],
    words: Words,
) -> ClusterChange:
    members = np.array([ours[number] for number in cluster.members])
    is_own = np.isin(joined.pairs[:, 0], members)
    pairs = joined.pairs[is_own]
    count = len(pairs)
    if count < LEAST_JOINED or count < LEAST_SHARE * len(members):
        change, reason = _word_alone(joined, members, words.new, of_current=True)
        if change is Change.NOT_COMPARABLE and count:
            reason = f"{count} of its {len(members)} members are joined: too few to compare it"
        return ClusterChange(
            cluster.number, _partners(joined, pairs), change, len(members), 0, count, cluster.extent_mm, None, None,
            None, (reason,),
        )  # fmt: skip
    # Only what is joined, new or gone is counted: of all else nobody knows whether it was there.
    before = np.concatenate([pairs[:, 1], _gone_among(joined, members, words.gone)])
    now = np.concatenate([pairs[:, 0], np.intersect1d(members, words.new)])
    extent, _ = feret_diameters(joined.current.points_mm[now])
    prior_extent, _ = feret_diameters(joined.prior.points_mm[before])
    extent_ratio = extent / prior_extent if prior_extent > 0 else None
    logs = joined.log_ratios[is_own] - sizes.shift
    ratio = float(np.exp(np.median(logs)))
    # The median of n values has 1.25 times the error of their mean.
    own_limit = float(np.exp(ERRORS * 1.25 * sizes.spread / np.sqrt(count)))
    limits = limits_for(len(before))
    usual = float(np.exp(sizes.shift))
    of_all = f", {usual:.2f} of all joined" if sizes.is_own else ""
    measured = [
        _Measure(
            f"{len(now)} of its {len(members)} calcifications are compared, with {len(before)} of the prior",
            len(now) - len(before), -limits.fewer, limits.more,
        ),
        _Measure(
            f"diameters of {count} joined members {ratio * usual:.2f} times those of the prior (median){of_all}",
            ratio, min(limits.least_diameter, 1 / own_limit), max(limits.most_diameter, own_limit),
        ),
    ]  # fmt: skip
    across = f"{extent:.1f} mm across, {prior_extent:.1f} before"
    # The extent of the very same calcifications is changed by nothing but positioning.
    has_others = max(len(now), len(before)) - count >= LEAST_JOINED
    if extent_ratio is not None and has_others:
        measured.append(_Measure(across, extent_ratio, limits.least_extent, limits.most_extent))
    measured = [item.rounded() for item in measured]
    said = [item.say() for item in measured] + ([] if has_others else [across])
    ups, downs = any(item.value > item.high for item in measured), any(item.value < item.low for item in measured)
    change = Change.GROWN if ups else Change.SMALLER if downs else Change.MATCHED
    return ClusterChange(
        cluster.number, _partners(joined, pairs), change, len(members), len(before), count, cluster.extent_mm,
        prior_extent, extent_ratio, ratio, tuple(said),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Measure:
    """A number of a cluster, in words, and between which positioning alone leaves it."""

    text: str
    value: float
    low: float
    high: float

    def rounded(self) -> _Measure:
        """Give it as it is told: what is told as being at a limit is within it."""
        return _Measure(self.text, *(round(number, _DIGITS) for number in (self.value, self.low, self.high)))

    def say(self) -> str:
        verdict = "within" if self.low <= self.value <= self.high else "beyond"
        form = "+d" if isinstance(self.value, int) else ".2f"
        limits = f"{self.low:{form}} to {self.high:{form}}"
        return f"{self.text}; {self.value:{form}} is {verdict} what positioning does ({limits})"


def _partners(joined: Joined, pairs: NDArray[np.intp]) -> tuple[int, ...]:
    """Give the clusters of the prior in which the joined lie, the one with most first."""
    found = [joined.prior.report.calcifications[place].cluster for place in pairs[:, 1].tolist()]
    counted = Counter(number for number in found if number is not None)
    return tuple(sorted(counted, key=lambda number: (-counted[number], number)))


def _gone_among(joined: Joined, members: NDArray[np.intp], gone: NDArray[np.intp]) -> NDArray[np.intp]:
    """Give the calcifications of the prior that are gone and would lie among the members of a cluster."""
    if not len(gone):
        return gone
    places, off_mm = joined.expected_in_current(joined.prior.points_mm[gone])
    apart = np.hypot(*np.moveaxis(places[:, None] - joined.current.points_mm[members][None], -1, 0)).min(axis=1)
    among: NDArray[np.intp] = gone[(apart <= WITHIN_MM) & np.isfinite(off_mm)]
    return among


def _word_alone(
    joined: Joined, members: NDArray[np.intp], words: NDArray[np.intp], *, of_current: bool
) -> tuple[Change, str]:
    """Say a word of a cluster of which too few are joined: by how many of its members are new, or gone."""
    if not joined.registration.is_comparable:
        return Change.NOT_COMPARABLE, "the two images could not be laid over each other by their calcifications"
    change, other = (Change.NEW, "prior") if of_current else (Change.GONE, "current image")
    count = int(np.isin(members, words).sum())
    if count >= LEAST_NEW * len(members):
        return change, f"{count} of its {len(members)} members are {change}"
    return Change.NOT_COMPARABLE, f"none of its members is joined to one of the {other}"
