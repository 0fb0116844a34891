"""Which calcifications lie in the wall of an artery: parallel tracks, and chains along a tube of the image."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline.lexicon import Flag
from pipeline.stages.vessels.chains import find_chains, length_mm
from pipeline.stages.vessels.evidence import describe_chain, measure_points
from pipeline.stages.vessels.growth import grow, lies_ahead, looks_alike
from pipeline.stages.vessels.settings import VesselSettings
from pipeline.stages.vessels.tracks import find_tracks
from pipeline.stages.vessels.tube import clear_stretches, map_tubes, run_on_mm, tube_along

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.geometry import PixelSpacing
    from pipeline.model import Breast, Calcification, Channel, Landmarks
    from pipeline.stages.vessels.evidence import Chain, Points
    from pipeline.stages.vessels.tube import TubeMap

__all__ = ["VesselSettings", "find_tracks", "find_vessels", "flag_vessels"]

_TUBE_CHANNEL_MM = 3.5
"""The top-hat whose background is searched for tubes: vessels are lines longer than this, its particles are not."""

_GRAINS, _GRAINS_LENGTH_MM, _GRAINS_ALIGNMENT = 8, 12.0, 0.1
_COMPLETE, _COMPLETE_LENGTH_MM = 10, 15.0
_WELL_ALIGNED = 0.6


def find_vessels(
    calcifications: Sequence[Calcification],
    channels: Sequence[Channel],
    breast: Breast,
    landmarks: Landmarks,
    spacing: PixelSpacing,
    settings: VesselSettings,
) -> tuple[frozenset[int], ...]:
    """
    Find the calcifications in the wall of each artery.

    Parameters
    ----------
    calcifications : sequence of Calcification
        With their outlines.
    channels : sequence of Channel
        As they were searched; one of them is looked at for tubes, and only
        where a chain could be an artery.
    breast : Breast
        Its box.
    landmarks : Landmarks
        The nipple, to which ducts point.
    spacing : PixelSpacing
        Size of a pixel; it must be known.
    settings : VesselSettings
        What an artery is.

    Returns
    -------
    tuple of frozenset of int
        Indices into ``calcifications``, one set for each stretch of an artery;
        a calcification where two meet is in both. Empty where none is found.
    """
    return _arteries(measure_points(calcifications, spacing), channels, breast, landmarks, spacing, settings)


def _arteries(
    points: Points,
    channels: Sequence[Channel],
    breast: Breast,
    landmarks: Landmarks,
    spacing: PixelSpacing,
    settings: VesselSettings,
) -> tuple[frozenset[int], ...]:
    if len(points.at_mm) < settings.min_count:
        return ()
    chains = [
        describe_chain(line, points, settings)
        for line in find_chains(points.at_mm, settings.reach_mm, settings.min_length_mm)
    ]
    if not any(len(chain.members) >= settings.min_count for chain in chains):
        return ()
    channel = min(channels, key=lambda one: abs(one.length_mm - _TUBE_CHANNEL_MM))
    tubes = map_tubes(channel, breast, spacing, settings.tube_sigma_mm)
    nipple_mm = None
    if landmarks.nipple is not None:
        nipple_mm = spacing.to_mm(np.array([landmarks.nipple.row_px, landmarks.nipple.column_px]))
    for chain in tuple(chains):
        if not (_may_be_vessel(chain, settings) and _is_artery(chain, tubes, nipple_mm, settings)):
            stretches = clear_stretches(tubes, chain.line_mm, settings.min_length_mm)
            chains += [describe_chain(stretch, points, settings) for stretch in stretches]
    chains = [chain for chain in chains if _may_be_vessel(chain, settings)]
    arteries = [chain for chain in chains if _is_artery(chain, tubes, nipple_mm, settings)]
    others = [chain for chain in chains if chain not in arteries]
    grown: list[frozenset[int]] = []
    for artery in arteries:  # grows while it is walked through
        grown.append(grow(artery, points, settings))
        following = [
            chain
            for chain in others
            if looks_alike(chain, tubes, settings)
            and (not grown[-1].isdisjoint(chain.members.tolist()) or lies_ahead(artery, chain, points, settings))
        ]
        arteries += following
        others = [chain for chain in others if chain not in following]
    return tuple(grown)


def flag_vessels(
    calcifications: Sequence[Calcification],
    channels: Sequence[Channel],
    breast: Breast,
    landmarks: Landmarks,
    spacing: PixelSpacing,
    settings: VesselSettings,
) -> tuple[Calcification, ...]:
    """
    Flag the calcifications in the walls of arteries, and those that may lie in one.

    Returns
    -------
    tuple of Calcification
        All of them in the same order: those of arteries (`find_vessels`) with
        ``vascular``, the others in two parallel rows (`find_tracks`) with
        ``possibly_vascular``.
    """
    if not settings.leave_out:
        return tuple(calcifications)
    points = measure_points(calcifications, spacing)
    arteries = frozenset().union(*_arteries(points, channels, breast, landmarks, spacing, settings))
    rest = [index for index in range(len(calcifications)) if index not in arteries]
    tracks = find_tracks(points.only(rest), settings)
    doubtful = {rest[index] for members in tracks for index in members}
    flags = dict.fromkeys(arteries, Flag.VASCULAR) | dict.fromkeys(doubtful, Flag.POSSIBLY_VASCULAR)
    return tuple(
        replace(one, flags=one.flags | {flags[index]}) if index in flags else one
        for index, one in enumerate(calcifications)
    )


def _may_be_vessel(chain: Chain, settings: VesselSettings) -> bool:
    """Tell whether the points alone allow an artery."""
    return (
        len(chain.members) >= settings.min_count
        and chain.beside_share <= settings.max_share_beside
        and chain.alignment >= min(settings.min_alignment, _GRAINS_ALIGNMENT)
    )


def _is_artery(chain: Chain, tubes: TubeMap, nipple_mm: NDArray[np.float64] | None, settings: VesselSettings) -> bool:
    """Tell whether two tracks, or a tube that goes on, make a chain an artery."""
    clarity, clear_share = tube_along(tubes, chain.line_mm)
    is_aligned = chain.alignment >= settings.min_alignment
    length = length_mm(chain.line_mm)
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


def _points_to(nipple_mm: NDArray[np.float64] | None, line_mm: NDArray[np.float64]) -> float:
    """Angle in degrees between a line and the way from its middle to the nipple; 90 where that is not known."""
    if nipple_mm is None:
        return 90.0
    axis, way = line_mm[-1] - line_mm[0], nipple_mm - line_mm[len(line_mm) // 2]
    cross = axis[0] * way[1] - axis[1] * way[0]
    return math.degrees(math.atan2(abs(cross), abs(float(axis @ way))))
