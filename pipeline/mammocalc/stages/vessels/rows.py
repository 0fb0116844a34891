"""Rules that tell an artery for certain: tracks, even rows, and chains along a tube of the image."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.stages.vessels.chains import find_chains
from mammocalc.stages.vessels.evidence import describe_chain
from mammocalc.stages.vessels.extension import along_tube, grow, lies_ahead, looks_alike
from mammocalc.stages.vessels.parallel_plaques import are_tracks, middle_line, neighbours
from mammocalc.stages.vessels.ridge_filter import clear_stretches, map_tubes, run_on_mm, tube_along
from mammocalc.stages.vessels.wall_rows import are_walls, fit_rails
from mammocalc.vocabulary.geometry import path_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Breast, Channel
    from mammocalc.stages.vessels.evidence import Chain, Points
    from mammocalc.stages.vessels.ridge_filter import TubeMap
    from mammocalc.stages.vessels.settings import VesselSettings
    from mammocalc.vocabulary.geometry import PixelSpacing

_TUBE_CHANNEL_MM = 3.5
"""The top-hat whose background is searched for tubes: vessels are lines longer than this, its particles are not."""

_GRAINS, _GRAINS_LENGTH_MM, _GRAINS_ALIGNMENT = 8, 12.0, 0.1
_COMPLETE, _COMPLETE_LENGTH_MM = 10, 15.0
_WELL_ALIGNED = 0.6


def find_rows(
    points: Points,
    channels: Sequence[Channel],
    breast: Breast,
    nipple_mm: NDArray[np.float64] | None,
    spacing: PixelSpacing,
    settings: VesselSettings,
) -> tuple[tuple[frozenset[int], ...], tuple[frozenset[int], ...]]:
    """
    Find the marks in the walls of arteries that many plaques show.

    Parameters
    ----------
    points : Points
    channels : sequence of Channel
        As they were searched; one of them is looked at for tubes, and only
        where a chain could be an artery.
    breast : Breast
        Its box.
    nipple_mm : ndarray of float64, shape (2,), or None
        To which ducts point.
    spacing : PixelSpacing
        Size of a pixel; it must be known.
    settings : VesselSettings
        What an artery is.

    Returns
    -------
    arteries, doubtful : tuple of frozenset of int
        Indices into ``points``, one set for each stretch of an artery, where a
        mark in which two meet is in both; and the parallel rows that may be some.
    """
    arteries, members = _along_chains(points, channels, breast, nipple_mm, spacing, settings)
    taken = frozenset().union(*members)
    rest = [index for index in range(len(points.at_mm)) if index not in taken]
    doubtful: list[frozenset[int]] = []
    for some in neighbours(points.only(rest), settings):
        together = np.array(rest, np.intp)[some]
        is_walls = _between_walls(together, points, nipple_mm, settings) is not None
        if not is_walls and not are_tracks(together, points, settings):
            continue
        chain = describe_chain(middle_line(together, points), points, settings)
        is_ahead = any(lies_ahead(one, chain, points, settings.grow_tracks_mm, settings) for one in arteries)
        (members if is_walls or is_ahead else doubtful).append(frozenset(together.tolist()))
    return tuple(members), tuple(doubtful)


def _along_chains(
    points: Points,
    channels: Sequence[Channel],
    breast: Breast,
    nipple_mm: NDArray[np.float64] | None,
    spacing: PixelSpacing,
    settings: VesselSettings,
) -> tuple[list[Chain], list[frozenset[int]]]:
    """Find the chains that are arteries, and what belongs to each."""
    if len(points.at_mm) < settings.min_count:
        return [], []
    chains = [
        describe_chain(line, points, settings)
        for line in find_chains(points.at_mm, settings.reach_mm, settings.min_length_mm)
    ]
    if not any(len(chain.members) >= settings.min_count for chain in chains):
        return [], []
    channel = min(channels, key=lambda one: abs(one.length_mm - _TUBE_CHANNEL_MM))
    tubes = map_tubes(channel, breast, spacing, settings.tube_sigma_mm)
    sure = [_is_artery(chain, tubes, nipple_mm, settings) for chain in chains]
    stretches = [
        describe_chain(stretch, points, settings)
        for chain, is_sure in zip(chains, sure, strict=True)
        if not is_sure
        for stretch in clear_stretches(tubes, chain.line_mm, settings.min_length_mm)
    ]
    chains += stretches
    sure += [_is_artery(chain, tubes, nipple_mm, settings) for chain in stretches]
    arteries, others = [], []
    for chain, is_sure in zip(chains, sure, strict=True):
        if is_sure:
            arteries.append(chain)
        elif _is_of_plaques(chain, settings) and (rows := _between_walls(chain.members, points, nipple_mm, settings)):
            arteries.append(rows)
        elif _may_be_vessel(chain, settings):
            others.append(chain)
    grown: list[frozenset[int]] = []
    for artery in arteries:  # grows while it is walked through
        members = grow(artery, points, settings)
        grown.append(members | along_tube(artery, members, tubes, points, settings))
        following = [
            chain
            for chain in others
            if looks_alike(chain, tubes, settings)
            and (
                not grown[-1].isdisjoint(chain.members.tolist())
                or lies_ahead(artery, chain, points, settings.grow_mm, settings)
            )
        ]
        arteries += following
        others = [chain for chain in others if chain not in following]
    return arteries, grown


def _may_be_vessel(chain: Chain, settings: VesselSettings) -> bool:
    """Tell whether the points alone allow an artery."""
    return (
        len(chain.members) >= settings.min_count
        and chain.beside_share <= settings.max_share_beside
        and chain.alignment >= min(settings.min_alignment, _GRAINS_ALIGNMENT)
    )


def _is_artery(chain: Chain, tubes: TubeMap, nipple_mm: NDArray[np.float64] | None, settings: VesselSettings) -> bool:
    """Tell whether the points allow an artery, and two tracks, or a tube that goes on, make it one."""
    if not _may_be_vessel(chain, settings):
        return False
    clarity, clear_share = tube_along(tubes, chain.line_mm)
    is_aligned = chain.alignment >= settings.min_alignment
    length = path_length(chain.line_mm)
    is_tube = clarity >= settings.min_tube_clarity and clear_share >= settings.min_clear_share
    if is_aligned and chain.elongated_share >= settings.min_elongated_share:
        is_long = len(chain.members) >= _COMPLETE and length >= _COMPLETE_LENGTH_MM
        if (
            (clarity >= settings.min_track_clarity and chain.track_share >= settings.min_track_share)
            or (is_long and chain.track_share >= settings.complete_track_share)
            or (is_tube and chain.alignment >= _WELL_ALIGNED and chain.track_share >= settings.some_track_share)
        ):
            return True
    if not is_tube:
        return False
    is_grainy = clarity >= settings.very_clear and len(chain.members) >= _GRAINS and length >= _GRAINS_LENGTH_MM
    if not is_aligned and not is_grainy:
        return False
    if length < settings.duct_length_mm and _points_to(nipple_mm, chain.line_mm) <= settings.duct_axis_degrees:
        return False
    missing_mm = settings.min_tube_length_mm - length
    return missing_mm <= 0 or run_on_mm(tubes, chain.line_mm, missing_mm) >= missing_mm


def _is_of_plaques(chain: Chain, settings: VesselSettings) -> bool:
    """Tell whether most of a chain is elongated, as plaques are, and little lies beside it."""
    return chain.beside_share <= settings.max_share_beside and chain.elongated_share >= settings.min_elongated_share


def _between_walls(
    members: NDArray[np.intp], points: Points, nipple_mm: NDArray[np.float64] | None, settings: VesselSettings
) -> Chain | None:
    """
    Give the chain between two rows as even as walls, if there are some.

    Of particles that are mostly elongated, first these alone are looked at,
    then all. Short rows that may run to the nipple may be two ducts, and need
    to have more particles.
    """
    long = members[points.ratio[members] >= settings.elongated]
    if len(long) < settings.min_elongated_share * len(members):
        return None
    enough = (some for some in (long, members) if len(some) >= settings.min_rail_count)
    fits = (fit_rails(some, points, settings) for some in enough)
    rails = next((fit for fit in fits if fit is not None and are_walls(fit, settings)), None)
    if rails is None:
        return None
    is_short = path_length(rails.line_mm) < settings.duct_length_mm
    may_be_ducts = is_short and (
        nipple_mm is None or _points_to(nipple_mm, rails.line_mm) <= settings.duct_axis_degrees
    )
    if may_be_ducts and rails.count < _COMPLETE:
        return None
    chain = describe_chain(rails.line_mm, points, settings)
    return chain if _is_of_plaques(chain, settings) else None


def _points_to(nipple_mm: NDArray[np.float64] | None, line_mm: NDArray[np.float64]) -> float:
    """Angle in degrees between a line and the way from its middle to the nipple; 90 where that is not known."""
    if nipple_mm is None:
        return 90.0
    axis, way = line_mm[-1] - line_mm[0], nipple_mm - line_mm[len(line_mm) // 2]
    cross = axis[0] * way[1] - axis[1] * way[0]
    return math.degrees(math.atan2(abs(cross), abs(float(axis @ way))))
