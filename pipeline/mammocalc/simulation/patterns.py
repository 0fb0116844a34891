"""Point patterns of the five BI-RADS distributions, in millimetres."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.simulation.curves import Curve, wander
from mammocalc.simulation.placement_region import Room, spread_out
from mammocalc.simulation.vocabulary import Kind
from mammocalc.vocabulary.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_TRIES = 400
_GAP_MM = {Kind.REGIONAL: 1.3, Kind.GROUPED: 0.65, Kind.LINEAR: 0.5, Kind.SEGMENTAL: 0.9}
"""Least distance between two centres, so that particles of usual size do not merge."""


def _regional(room: Room, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Fill a rounded patch of 26 to 50 mm, denser here and there, that does not run toward the nipple."""
    breast_mm = math.sqrt(float(room.inside.sum())) * room.grid.step_mm
    length = rng.uniform(26.0, float(np.clip(0.62 * breast_mm, 26.5, 50.0)))
    width = max(21.0, length * rng.uniform(0.68, 0.95))
    centre = room.draw(1, rng)[0]
    away = centre - room.anatomy.nipple_mm
    if np.hypot(*away) < 0.5 * length + 8.0:
        return np.zeros((0, 2))
    even = rng.uniform(-0.5, 0.5, (12 * count, 2))
    clumps = np.repeat(rng.uniform(-0.5, 0.5, (6, 2)), 2 * count, axis=0)
    u = rng.permutation(np.concatenate([even, clumps + rng.normal(0.0, 0.07, clumps.shape)]))
    order = np.arange(2, 5)[:, None]
    bumps = rng.normal(0.0, 0.07, (3, 1)) * np.sin(order * np.arctan2(u[:, 1], u[:, 0]) + rng.uniform(0, 6.3, (3, 1)))
    u = u[np.hypot(u[:, 0], u[:, 1]) < 0.5 * (1 + bumps.sum(axis=0))]
    across = math.atan2(away[0], away[1]) + math.pi / 2 + rng.normal(0.0, 0.4)
    return _turned(u * (length, width), across, centre)


def _turned(points: NDArray[np.float64], angle: float, centre: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lay points, given along and across an axis, into the image; (y, x)."""
    along, across = points.T
    y = along * math.sin(angle) + across * math.cos(angle)
    x = along * math.cos(angle) - across * math.sin(angle)
    return np.asarray(centre + np.stack([y, x], axis=1))


def _grouped(room: Room, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Fill a spot of 6 to 12 mm, denser in the middle."""
    u = rng.normal(0.0, 0.26, (20 * count, 2))
    u = u[np.hypot(u[:, 0], u[:, 1]) < 0.5]
    extent = rng.uniform(6.0, 12.0)
    return _turned(u * (extent, extent * rng.uniform(0.65, 1.0)), rng.uniform(0, math.pi), room.draw(1, rng)[0])


def _duct(room: Room, rng: np.random.Generator, nearest_mm: float, length_mm: float, bend: float) -> Curve:
    """Draw a duct that begins at some distance from the nipple and runs away from it."""
    nipple, axis = room.anatomy.nipple_mm, room.anatomy.nipple_axis
    inward = math.atan2(-axis[0], -axis[1]) + rng.uniform(-0.9, 0.9)
    start = nipple + nearest_mm * np.array([math.sin(inward), math.cos(inward)])
    path = wander(start, inward + rng.normal(0.0, 0.08), length_mm, bend, rng)
    return Curve(path, np.full(len(path), 0.4))


def _along(curve: Curve, count: int, jitter_mm: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Give points along a curve at uneven distances, a little beside it."""
    steps = np.cumsum(rng.gamma(3.0, 1.0, count + 1))
    at = (steps[:-1] / steps[-1] * (len(curve.points_mm) - 1)).astype(np.intp)
    return np.asarray(curve.points_mm[at] + rng.normal(0.0, jitter_mm, (count, 2)))


def _linear(room: Room, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Follow a duct for 15 to 30 mm."""
    length = float(np.clip(count * rng.uniform(1.1, 2.0), 15.0, 30.0))
    duct = _duct(room, rng, rng.uniform(10.0, 10.0 + 0.4 * room.anatomy.depth_mm), length, 0.010)
    return rng.permutation(_along(duct, 2 * count, 0.28, rng))


def _segmental(room: Room, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Follow a duct that branches over 25 to 55 mm, away from the nipple: a wedge with its point toward it."""
    longest = float(np.clip(0.7 * room.anatomy.depth_mm, 30.0, 55.0))
    length = rng.uniform(max(25.0, 0.75 * longest), longest)
    trunk = _duct(room, rng, rng.uniform(7.0, 7.0 + 0.15 * room.anatomy.depth_mm), 0.3 * length, 0.008)
    branches, ends = [trunk], [(trunk, 0.7 * length)]
    while ends:
        parent, left = ends.pop()
        tangent = parent.tangents()[-1]
        direction = math.atan2(tangent[0], tangent[1])
        for side in (-1, 1):
            own = min(left, rng.uniform(0.4, 0.6) * length)
            path = wander(parent.points_mm[-1], direction + side * rng.uniform(0.16, 0.36), own, 0.012, rng)
            branch = Curve(path, np.full(len(path), 0.4))
            branches.append(branch)
            if left - own > 4.0:
                ends.append((branch, left - own))
    lengths = np.array([branch.length_mm for branch in branches])
    shares = np.maximum(1, np.round(3 * count * lengths / lengths.sum())).astype(int)
    points = [_along(branch, int(share), 0.5, rng) for branch, share in zip(branches, shares, strict=True)]
    return rng.permutation(np.concatenate(points))


_CANDIDATES: dict[Kind, Callable[[Room, int, np.random.Generator], NDArray[np.float64]]] = {
    Kind.REGIONAL: _regional,
    Kind.GROUPED: _grouped,
    Kind.LINEAR: _linear,
    Kind.SEGMENTAL: _segmental,
}


def draw_pattern(kind: Kind, room: Room, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """
    Draw the points of a distribution.

    Parameters
    ----------
    kind : Kind
        One of the five distributions.
    room : Room
    count : int
        How many are wanted, at least 1.
    rng : Generator

    Returns
    -------
    ndarray of float64, shape (n, 2)
        (y, x) in mm; n is ``count``, or at least four fifths of it where they
        would come too close to each other.

    Raises
    ------
    ConfigurationError
        If the breast is too small for the pattern.

    Notes
    -----
    Extents follow the BI-RADS Atlas, 5th edition: regional more than 20 mm and
    not along a duct; grouped within 20 mm; linear along one duct; segmental
    along a duct and its branches; diffuse throughout the breast.
    """
    if kind is Kind.DIFFUSE:
        area = float(room.inside.sum()) * room.grid.step_mm**2
        points = spread_out(room.draw(60 * count, rng), count, 0.55 * math.sqrt(area / count))
        if len(points) >= 0.8 * count:
            return points
    else:
        for _ in range(_TRIES):
            points = _CANDIDATES[kind](room, count, rng)
            inside = room.holds(points)
            if inside.sum() < 0.9 * max(1, len(points)):
                continue
            points = spread_out(points[inside], count, _GAP_MM[kind])
            if len(points) >= 0.8 * count:
                return points
    message = f"the breast is too small for {count} calcifications of the kind {kind}"
    raise ConfigurationError("recipe", [Problem("scenes.field_mm", message)])
