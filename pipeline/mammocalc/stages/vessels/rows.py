"""Rules that identify an artery with certainty: tracks, even rows, and chains along a tube of the image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.stages.vessels.chains import find_chains
from mammocalc.stages.vessels.ducts import may_be_duct
from mammocalc.stages.vessels.evidence import describe_chain
from mammocalc.stages.vessels.extension import along_tube, grow, lies_ahead, looks_alike
from mammocalc.stages.vessels.limits import (
    ELONGATED,
    GROW_MM,
    MAX_SHARE_BESIDE,
    MIN_ALIGNMENT,
    MIN_CLEAR_SHARE,
    MIN_ELONGATED_SHARE,
    MIN_RAIL_COUNT,
    MIN_TUBE_CLARITY,
    MIN_TUBE_LENGTH_MM,
    SOME_TRACK_SHARE,
)
from mammocalc.stages.vessels.long_paths import find_long_paths
from mammocalc.stages.vessels.parallel_plaques import are_tracks, middle_line, neighbours
from mammocalc.stages.vessels.ridge_filter import clear_stretches, map_tubes, run_on_mm, tube_along
from mammocalc.stages.vessels.wall_rows import are_walls, fit_rails
from mammocalc.vocabulary.geometry import path_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Breast, Scale
    from mammocalc.stages.vessels.evidence import Chain, Points
    from mammocalc.stages.vessels.ridge_filter import TubeMap
    from mammocalc.vocabulary.geometry import PixelSpacing

_TUBE_SCALE_MM = 3.5
"""The top-hat whose background is searched for tubes: vessels are lines longer than this, its particles are not."""

_GRAINS, _GRAINS_LENGTH_MM, _GRAINS_ALIGNMENT = 8, 12.0, 0.1
_COMPLETE, _COMPLETE_LENGTH_MM = 10, 15.0
_WELL_ALIGNED = 0.6

_REACH_MM: Final = 10.0
"""Longest gap in a chain. Arteries calcify in stretches; across longer gaps breasts full of scattered points would be
chained."""

_MIN_LENGTH_MM: Final = 9.0
"""Shortest chain, along its smoothed middle line: what is shorter has no direction to compare its particles with."""

_MIN_COUNT: Final = 5
"""Fewest calcifications of a chain: as many as make a group."""

_MIN_TRACK_SHARE: Final = 0.3
"""Tracks: smallest share of particles that have a parallel one, within 25 degrees, on the other wall within 3 mm along
it. Simulated arteries have 0.3 to 0.9, other simulated patterns up to 0.22."""

_MIN_TRACK_CLARITY: Final = 0.35
"""Tracks: smallest clarity of a tube between them (see `MIN_TUBE_CLARITY`). Tracks without a vessel are not arteries:
rods of two ducts side by side had 0.3, rims of round calcifications 0.2."""

_COMPLETE_TRACK_SHARE: Final = 0.6
"""Tracks: where so many particles have one opposite, and there are ten of them along 15 mm, no tube is asked for: in
dense tissue a vessel is not seen."""

_VERY_CLEAR: Final = 1.5
"""Tube: where it is this clear, grains that are not elongated are enough (alignment 0.1), if there are eight of them
along 12 mm: a heavily calcified wall is mottled."""

_DUCT_LENGTH_MM: Final = 30.0
"""Tube: a chain shorter than this that points to the nipple may be a duct, and is never called an artery for its tube;
only for its tracks."""

_TUBE_SIGMA_MM: Final = 0.9
"""Standard deviation of the blur before a tube's curvature is taken; it fits vessels 1 to 3 mm wide."""

_GROW_TRACKS_MM: Final = 40.0
"""How far ahead of an artery's end two parallel rows are taken up that may be walls by themselves: both together are
surer than either."""


def find_rows(
    points: Points,
    scales: Sequence[Scale],
    breast: Breast,
    nipple_mm: NDArray[np.float64] | None,
    spacing: PixelSpacing,
) -> tuple[tuple[frozenset[int], ...], tuple[frozenset[int], ...]]:
    """
    Find the marks in the walls of arteries that many plaques show.

    Parameters
    ----------
    points : Points
    scales : sequence of Scale
        As they were searched; one of them is looked at for tubes, and only
        where a chain could be an artery.
    breast : Breast
        Its box.
    nipple_mm : ndarray of float64, shape (2,), or None
        To which ducts point.
    spacing : PixelSpacing
        Size of a pixel; it must be known.

    Returns
    -------
    arteries, doubtful : tuple of frozenset of int
        Indices into ``points``, one set for each stretch of an artery, where a
        mark in which two meet is in both; and the parallel rows that may be some.
    """
    arteries, members = _along_chains(points, scales, breast, nipple_mm, spacing)
    members += find_long_paths(points, nipple_mm)
    taken = frozenset().union(*members)
    rest = [index for index in range(len(points.at_mm)) if index not in taken]
    doubtful: list[frozenset[int]] = []
    for some in neighbours(points.only(rest)):
        together = np.array(rest, np.intp)[some]
        is_walls = _between_walls(together, points, nipple_mm) is not None
        if not is_walls and not are_tracks(together, points):
            continue
        chain = describe_chain(middle_line(together, points), points)
        is_ahead = any(lies_ahead(one, chain, points, _GROW_TRACKS_MM) for one in arteries)
        (members if is_walls or is_ahead else doubtful).append(frozenset(together.tolist()))
    return tuple(members), tuple(doubtful)


def _along_chains(
    points: Points,
    scales: Sequence[Scale],
    breast: Breast,
    nipple_mm: NDArray[np.float64] | None,
    spacing: PixelSpacing,
) -> tuple[list[Chain], list[frozenset[int]]]:
    """Find the chains that are arteries, and what belongs to each."""
    if len(points.at_mm) < _MIN_COUNT:
        return [], []
    chains = [describe_chain(line, points) for line in find_chains(points.at_mm, _REACH_MM, _MIN_LENGTH_MM)]
    if not any(len(chain.members) >= _MIN_COUNT for chain in chains):
        return [], []
    scale = min(scales, key=lambda one: abs(one.length_mm - _TUBE_SCALE_MM))
    tubes = map_tubes(scale, breast, spacing, _TUBE_SIGMA_MM)
    sure = [_is_artery(chain, tubes, nipple_mm) for chain in chains]
    stretches = [
        describe_chain(stretch, points)
        for chain, is_sure in zip(chains, sure, strict=True)
        if not is_sure
        for stretch in clear_stretches(tubes, chain.line_mm, _MIN_LENGTH_MM)
    ]
    chains += stretches
    sure += [_is_artery(chain, tubes, nipple_mm) for chain in stretches]
    arteries, others = [], []
    for chain, is_sure in zip(chains, sure, strict=True):
        if is_sure:
            arteries.append(chain)
        elif _is_of_plaques(chain) and (rows := _between_walls(chain.members, points, nipple_mm)):
            arteries.append(rows)
        elif _may_be_vessel(chain):
            others.append(chain)
    grown: list[frozenset[int]] = []
    for artery in arteries:  # grows while it is walked through
        members = grow(artery, points)
        grown.append(members | along_tube(artery, members, tubes, points))
        following = [
            chain
            for chain in others
            if looks_alike(chain, tubes)
            and (not grown[-1].isdisjoint(chain.members.tolist()) or lies_ahead(artery, chain, points, GROW_MM))
        ]
        arteries += following
        others = [chain for chain in others if chain not in following]
    return arteries, grown


def _may_be_vessel(chain: Chain) -> bool:
    """Tell whether the points alone allow an artery."""
    return (
        len(chain.members) >= _MIN_COUNT
        and chain.beside_share <= MAX_SHARE_BESIDE
        and chain.alignment >= min(MIN_ALIGNMENT, _GRAINS_ALIGNMENT)
    )


def _is_artery(chain: Chain, tubes: TubeMap, nipple_mm: NDArray[np.float64] | None) -> bool:
    """Tell whether the points allow an artery, and two tracks, or a tube that goes on, make it one."""
    if not _may_be_vessel(chain):
        return False
    clarity, clear_share = tube_along(tubes, chain.line_mm)
    is_aligned = chain.alignment >= MIN_ALIGNMENT
    length = path_length(chain.line_mm)
    is_tube = clarity >= MIN_TUBE_CLARITY and clear_share >= MIN_CLEAR_SHARE
    if is_aligned and chain.elongated_share >= MIN_ELONGATED_SHARE:
        is_long = len(chain.members) >= _COMPLETE and length >= _COMPLETE_LENGTH_MM
        if (
            (clarity >= _MIN_TRACK_CLARITY and chain.track_share >= _MIN_TRACK_SHARE)
            or (is_long and chain.track_share >= _COMPLETE_TRACK_SHARE)
            or (is_tube and chain.alignment >= _WELL_ALIGNED and chain.track_share >= SOME_TRACK_SHARE)
        ):
            return True
    if not is_tube:
        return False
    is_grainy = clarity >= _VERY_CLEAR and len(chain.members) >= _GRAINS and length >= _GRAINS_LENGTH_MM
    if not is_aligned and not is_grainy:
        return False
    if _runs_to_nipple(chain.line_mm, nipple_mm, where_unknown=False):
        return False
    missing_mm = MIN_TUBE_LENGTH_MM - length
    return missing_mm <= 0 or run_on_mm(tubes, chain.line_mm, missing_mm) >= missing_mm


def _is_of_plaques(chain: Chain) -> bool:
    """Tell whether most of a chain is elongated, as plaques are, and little lies beside it."""
    return chain.beside_share <= MAX_SHARE_BESIDE and chain.elongated_share >= MIN_ELONGATED_SHARE


def _between_walls(members: NDArray[np.intp], points: Points, nipple_mm: NDArray[np.float64] | None) -> Chain | None:
    """
    Give the chain between two rows as even as walls, if there are some.

    Of particles that are mostly elongated, first these alone are looked at,
    then all. Short rows that may run to the nipple may be two ducts, and need
    to have more particles.
    """
    long = members[points.ratio[members] >= ELONGATED]
    if len(long) < MIN_ELONGATED_SHARE * len(members):
        return None
    enough = (some for some in (long, members) if len(some) >= MIN_RAIL_COUNT)
    fits = (fit_rails(some, points) for some in enough)
    rails = next((fit for fit in fits if fit is not None and are_walls(fit)), None)
    if rails is None:
        return None
    if rails.count < _COMPLETE and _runs_to_nipple(rails.line_mm, nipple_mm, where_unknown=True):
        return None
    chain = describe_chain(rails.line_mm, points)
    return chain if _is_of_plaques(chain) else None


def _runs_to_nipple(
    line_mm: NDArray[np.float64], nipple_mm: NDArray[np.float64] | None, *, where_unknown: bool
) -> bool:
    """Tell whether a line is shorter than a duct may be, and points to the nipple."""
    axis, middle = line_mm[-1] - line_mm[0], line_mm[len(line_mm) // 2]
    return path_length(line_mm) < _DUCT_LENGTH_MM and may_be_duct(nipple_mm, middle, axis, where_unknown=where_unknown)
