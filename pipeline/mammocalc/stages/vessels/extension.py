"""Extension of an artery: the next segment, the next plaque, the opposite wall."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import KDTree

from mammocalc.stages.vessels.chains import STEP_MM, tangents
from mammocalc.stages.vessels.evidence import PARALLEL_DEGREES, facing
from mammocalc.stages.vessels.limits import (
    ELONGATED,
    GROW_MM,
    HALF_WIDTH_MM,
    MAX_SHARE_BESIDE,
    MIN_ALIGNMENT,
    MIN_CLEAR_SHARE,
    MIN_TUBE_CLARITY,
    TRACK_GAP_MM,
)
from mammocalc.stages.vessels.ridge_filter import run_on, tube_along

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.stages.vessels.evidence import Chain, Points
    from mammocalc.stages.vessels.ridge_filter import TubeMap

_CONE_DEGREES = 30.0
_BEND_DEGREES = 60.0
_END_MM = 6.0
_ALONE_MM = 6.0

_GROW_TUBE_MM: Final = 60.0
"""How far beyond its ends the tube of an artery is followed for calcifications that lie on it."""


def looks_alike(chain: Chain, tubes: TubeMap) -> bool:
    """Tell whether a chain may be the next stretch of an artery by its looks: along a tube, or of plaques along it."""
    clarity, clear_share = tube_along(tubes, chain.line_mm)
    is_tube = clarity >= MIN_TUBE_CLARITY and clear_share >= MIN_CLEAR_SHARE
    return is_tube or chain.alignment >= MIN_ALIGNMENT


def lies_ahead(artery: Chain, chain: Chain, points: Points, reach_mm: float) -> bool:
    """Tell whether a chain lies within a distance ahead of an artery's end, in about the same direction."""
    for one in (artery.line_mm, artery.line_mm[::-1]):
        heading = _heading(one, artery.members, points)
        for other in (chain.line_mm, chain.line_mm[::-1]):
            is_ahead, _ = _ahead(one[-1], heading, other[:1], reach_mm)
            arriving = tangents(other)[: round(_END_MM / STEP_MM)].mean(axis=0)
            turn = math.atan2(arriving[0], arriving[1]) - heading
            if is_ahead[0] and math.cos(turn) >= math.cos(math.radians(_BEND_DEGREES)):
                return True
    return False


def _ahead(
    at: NDArray[np.float64], heading: float, points_mm: NDArray[np.float64], reach_mm: float
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Tell which points lie in a heading, in a cone that is as wide as a vessel at first, and how far on."""
    away = points_mm - at
    far = away[:, 0] * math.sin(heading) + away[:, 1] * math.cos(heading)
    sideways = np.abs(away[:, 1] * math.sin(heading) - away[:, 0] * math.cos(heading))
    wide = np.maximum(HALF_WIDTH_MM, math.tan(math.radians(_CONE_DEGREES)) * far)
    return (far > -HALF_WIDTH_MM) & (far <= reach_mm) & (sideways <= wide), far


def _heading(line_mm: NDArray[np.float64], members: NDArray[np.intp], points: Points) -> float:
    """
    Give the direction in which an artery leaves the end of its line.

    The line ends at the last particle of one wall, so its last millimetres may
    cross the vessel; the particles there say better how the wall goes.
    """
    back = line_mm[-1] - line_mm[max(0, len(line_mm) - 1 - round(_END_MM / STEP_MM))]
    heading = math.atan2(back[0], back[1])
    near = members[np.hypot(*(points.at_mm[members] - line_mm[-1]).T) <= _END_MM]
    near = near[points.ratio[near] >= ELONGATED]
    if near.size:
        twice = 2 * points.direction[near]
        heading += _turn(0.5 * math.atan2(np.sin(twice).sum(), np.cos(twice).sum()), heading)
    return heading


def _turn(direction: float, heading: float) -> float:
    """Give the smallest turn from a heading to a direction without sense, between minus and plus a quarter turn."""
    return (direction - heading + math.pi / 2) % math.pi - math.pi / 2


def grow(chain: Chain, points: Points) -> frozenset[int]:
    """Extend an artery by its opposite wall, elongated particles ahead, and particles facing or touching them."""
    members = set(chain.members.tolist()) | _other_wall(chain, points)
    for line in (chain.line_mm, chain.line_mm[::-1]):
        at, heading = line[-1], _heading(line, chain.members, points)
        while True:
            fits, far = _ahead(at, heading, points.at_mm, GROW_MM)
            turned = np.cos(2 * (points.direction - heading))
            fits &= (points.ratio >= ELONGATED) & (turned >= math.cos(2 * math.radians(_CONE_DEGREES)))
            fits[list(members)] = False
            if not fits.any():
                break
            nearest = int(np.where(fits, far, np.inf).argmin())
            members.add(nearest)
            turn = _turn(points.direction[nearest], heading)
            # Half way: the particle lies in one of the walls, and its own direction is uncertain.
            straight = at + far[nearest] * np.array([math.sin(heading), math.cos(heading)])
            at, heading = (straight + points.at_mm[nearest]) / 2, heading + turn / 2
    long = np.array([index for index in members if points.ratio[index] >= ELONGATED], np.intp)
    opposite = facing(long, points).any(axis=0) & (points.ratio >= ELONGATED)
    members |= set(np.flatnonzero(opposite).tolist())
    away, _ = KDTree(points.at_mm[list(members)]).query(points.at_mm)
    return frozenset(np.flatnonzero(away <= HALF_WIDTH_MM).tolist())


def _other_wall(chain: Chain, points: Points) -> set[int]:
    """Give the elongated particles beside a line that follows one wall, up to the width of an artery off, along it."""
    along = tangents(chain.line_mm)
    away, nearest = KDTree(chain.line_mm).query(points.at_mm)
    way = np.arctan2(along[nearest, 0], along[nearest, 1])
    turned = np.cos(2 * (points.direction - way))
    is_aligned = (points.ratio >= ELONGATED) & (turned >= math.cos(2 * math.radians(PARALLEL_DEGREES)))
    return set(np.flatnonzero(is_aligned & (away <= TRACK_GAP_MM[1])).tolist())


def along_tube(artery: Chain, members: frozenset[int], tubes: TubeMap, points: Points) -> frozenset[int]:
    """
    Give isolated calcifications on the tube of an artery beyond both ends of its chain.

    What lies beside the tube, too, is a group that the vessel crosses.
    """
    free = np.ones(len(points.at_mm), bool)
    free[list(members)] = False
    found: set[int] = set()
    for way_mm in run_on(tubes, artery.line_mm, _GROW_TUBE_MM):
        if len(way_mm):
            away, _ = KDTree(way_mm).query(points.at_mm)
            on = free & (away <= TRACK_GAP_MM[1] / 2)
            beside = free & ~on & (away <= _ALONE_MM)
            if beside.sum() <= MAX_SHARE_BESIDE * on.sum():
                found |= set(np.flatnonzero(on).tolist())
    return frozenset(found)
