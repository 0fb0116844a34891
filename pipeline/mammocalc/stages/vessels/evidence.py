"""Features of calcifications along a line and beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import KDTree

from mammocalc.stages.vessels.chains import STEP_MM, tangents
from mammocalc.stages.vessels.limits import ELONGATED, HALF_WIDTH_MM, TRACK_GAP_MM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


PARALLEL_DEGREES = 25.0
"""Particles that differ by less lie in the walls of one vessel."""

OPPOSITE_MM = 3.0
"""How far along the vessel what lies opposite to each other may be shifted."""

_BESIDE_MM = (1.0, 6.0)
_PAST_END_MM = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Positions and lengths in mm, directions in radians (0 across, a quarter turn down), ratios of outlines' axes."""

    at_mm: NDArray[np.float64]
    direction: NDArray[np.float64]
    ratio: NDArray[np.float64]
    length_mm: NDArray[np.float64]

    def only(self, indices: Sequence[int]) -> Points:
        """Give some of them, in the order of their indices."""
        some = np.asarray(indices, np.intp)
        return Points(self.at_mm[some], self.direction[some], self.ratio[some], self.length_mm[some])


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """A middle line with its members, and what speaks for an artery."""

    line_mm: NDArray[np.float64]
    members: NDArray[np.intp]
    beside_share: float
    alignment: float
    elongated_share: float
    track_share: float


def facing(indices: NDArray[np.intp], points: Points) -> NDArray[np.bool_]:
    """
    Tell which points lie opposite to some of them, in the other wall of a vessel: parallel to them and beside them.

    Returns an array of shape (len(indices), number of points). Whether they
    are elongated, without which a direction means nothing, is not asked.
    """
    away = points.at_mm[None] - points.at_mm[indices, None]
    way = points.direction[indices, None]
    along = away[..., 0] * np.sin(way) + away[..., 1] * np.cos(way)
    across = np.abs(away[..., 1] * np.sin(way) - away[..., 0] * np.cos(way))
    low, high = TRACK_GAP_MM
    is_parallel = np.cos(2 * (points.direction[None] - way)) >= math.cos(2 * math.radians(PARALLEL_DEGREES))
    return np.asarray((np.abs(along) <= OPPOSITE_MM) & (across >= low) & (across <= high) & is_parallel)


def describe_chain(line_mm: NDArray[np.float64], points: Points) -> Chain:
    """Measure the calcifications along a line and beside it."""
    along = tangents(line_mm)
    _, nearest = KDTree(line_mm).query(points.at_mm)
    away = points.at_mm - line_mm[nearest]
    offset = away[:, 1] * along[nearest, 0] - away[:, 0] * along[nearest, 1]
    past_end = np.abs((away * along[nearest]).sum(axis=1))
    inside = (np.abs(offset) <= HALF_WIDTH_MM) & (past_end < _PAST_END_MM)
    nearer, farther = (HALF_WIDTH_MM + mm for mm in _BESIDE_MM)
    beside = (np.abs(offset) > nearer) & (np.abs(offset) <= farther) & (past_end < STEP_MM)
    members = np.flatnonzero(inside)
    way = np.arctan2(along[nearest, 0], along[nearest, 1])
    aligned = np.minimum(points.ratio - 1, 2) * np.cos(2 * (points.direction - way))
    long = members[points.ratio[members] >= ELONGATED]
    count = max(len(members), 1)
    tracks = _with_opposite(offset[long], nearest[long] * STEP_MM, points.direction[long])
    return Chain(
        line_mm=line_mm,
        members=members,
        beside_share=float(beside.sum()) / count,
        alignment=float(aligned[members].sum()) / count,
        elongated_share=len(long) / count,
        track_share=tracks / count,
    )


def _with_opposite(offset_mm: NDArray[np.float64], at_mm: NDArray[np.float64], direction: NDArray[np.float64]) -> int:
    """Count elongated particles that have a parallel one on the other wall."""
    apart = np.abs(offset_mm[:, None] - offset_mm[None, :])
    near = np.abs(at_mm[:, None] - at_mm[None, :]) <= OPPOSITE_MM
    turned = np.cos(2 * (direction[:, None] - direction[None, :]))
    low, high = TRACK_GAP_MM
    parallel = turned >= math.cos(2 * math.radians(PARALLEL_DEGREES))
    return int(((apart >= low) & (apart <= high) & near & parallel).any(axis=1).sum())
