"""Point patterns that are wider than those of rendered scenes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.simulation.curves import wander
from mammocalc.simulation.insertion.place import USUAL_COUNTS
from mammocalc.simulation.patterns import draw_pattern
from mammocalc.simulation.placement_region import Room, spread_out
from mammocalc.simulation.vocabulary import Kind
from mammocalc.vocabulary.errors import ConfigurationError
from mammocalc.vocabulary.lexicon import Distribution

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_TRIES = 60
_LEAST = 3
"""A pattern that keeps fewer points than this is drawn again."""


def groups_throughout(room: Room, rng: np.random.Generator) -> NDArray[np.float64]:
    """
    Draw similar groups throughout the breast, which are diffuse together.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        (y, x) in mm, group after group.

    Raises
    ------
    ConfigurationError
        If the breast is too small for five groups.
    """
    number = int(rng.integers(5, 9))
    centres = spread_out(room.draw(400, rng), number, 24.0)
    if (
        len(centres) < number
        or np.ptp(centres, axis=0).min() < 0.4 * np.ptp(np.argwhere(room.inside)) * room.grid.step_mm / 2
    ):
        raise ConfigurationError("recipe", [])
    count, extent = int(rng.integers(5, 12)), float(rng.uniform(4.0, 9.0))
    points = np.concatenate([c + _disc(count, rng) * extent / 2 for c in centres])
    return np.asarray(points[room.holds(points)])


def _disc(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw points evenly from the unit disc."""
    radius, angle = np.sqrt(rng.random(count)), rng.uniform(0, 2 * math.pi, count)
    return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)


def _turned(along: NDArray[np.float64], across: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    """Lay distances along and across a direction into the image; angle 0 leads along x."""
    y = along * math.sin(angle) + across * math.cos(angle)
    x = along * math.cos(angle) - across * math.sin(angle)
    return np.stack([y, x], axis=1)


def _wide_diffuse(room: Room, rng: np.random.Generator) -> NDArray[np.float64]:
    count = int(rng.integers(22, 150))
    points = room.draw(4 * count, rng)
    if rng.random() < 0.5:  # denser toward one side, as the gland is
        place, side = points - points.mean(axis=0), rng.normal(0.0, 1.0, 2)
        weight = place @ side / max(float(np.abs(place @ side).max()), 1e-9)
        points = points[rng.random(len(points)) < 0.65 + 0.35 * weight]
    return spread_out(points, count, float(rng.uniform(0.5, 4.0)))


def _wide_regional(room: Room, rng: np.random.Generator) -> NDArray[np.float64]:
    length = float(rng.uniform(23.0, 60.0))
    width = max(20.0, length * float(rng.uniform(0.6, 1.0)))
    centre, count = room.draw(1, rng)[0], int(rng.integers(14, 80))
    away = centre - room.anatomy.nipple_mm
    radial = math.atan2(away[0], away[1])
    is_round = width > 0.8 * length
    turn = rng.uniform(0, math.pi) if is_round else radial + math.pi / 2 + rng.normal(0.0, 0.4)
    u = _disc(2 * count, rng)
    if rng.random() < 0.4:  # denser here and there
        clumps = _disc(int(rng.integers(3, 8)), rng)
        u = np.concatenate([u[:count], clumps[rng.integers(0, len(clumps), count)] + rng.normal(0.0, 0.15, (count, 2))])
    u = rng.permutation(u[np.hypot(u[:, 0], u[:, 1]) < 1])[:count]
    return np.asarray(centre + _turned(u[:, 0] * length / 2, u[:, 1] * width / 2, float(turn)))


def _wide_grouped(room: Room, rng: np.random.Generator) -> NDArray[np.float64]:
    number = int(rng.choice([1, 1, 1, 1, 2, 3]))
    groups = []
    for centre in spread_out(room.draw(100, rng), number, 30.0):
        extent = float(rng.uniform(3.5, 12.0) if rng.random() < 0.7 else rng.uniform(12.0, 18.0))
        count = int(rng.integers(6, 25)) if extent < 12 else int(rng.integers(12, 40))
        along, across = _disc(count, rng).T * extent / 2
        groups.append(centre + _turned(along, across * rng.uniform(0.55, 1.0), float(rng.uniform(0, math.pi))))
    return np.concatenate(groups)


def _wide_linear(room: Room, rng: np.random.Generator) -> NDArray[np.float64]:
    length, start = float(rng.uniform(9.0, 40.0)), room.draw(1, rng)[0]
    away = start - room.anatomy.nipple_mm
    direction = math.atan2(away[0], away[1]) + rng.normal(0.0, 0.35)
    path = wander(start, float(direction), length, float(rng.uniform(0.004, 0.016)), rng)
    count = int(np.clip(length / rng.uniform(0.8, 3.0), 6, 35))
    at = np.sort(rng.integers(0, len(path), count))
    return np.asarray(path[at] + rng.normal(0.0, rng.uniform(0.15, 0.5), (count, 2)))


def _wide_segmental(room: Room, rng: np.random.Generator) -> NDArray[np.float64]:
    """Fill a wedge, or clip a branching tree; both may have lost their point."""
    nipple, axis = room.anatomy.nipple_mm, room.anatomy.nipple_axis
    count = int(rng.integers(16, 65))
    if rng.random() < 0.5:
        points = draw_pattern(Kind.SEGMENTAL, room, count, rng)
        if rng.random() < 0.5:  # a cut by a straight line, or by the edge of a field
            side = rng.normal(0.0, 1.0, 2)
            along = points @ (side / np.hypot(*side))
            points = points[along <= np.quantile(along, rng.uniform(0.7, 1.0))]
        return points
    near = float(rng.uniform(6.0, 22.0))
    far = near + float(rng.uniform(22.0, 60.0))
    half = math.radians(float(rng.uniform(8.0, 26.0)))
    inward = math.atan2(-axis[0], -axis[1]) + float(rng.uniform(-0.9, 0.9))
    distance = np.sqrt(rng.uniform(near**2, far**2, count))
    return np.asarray(nipple + _turned(distance, distance * np.tan(rng.uniform(-half, half, count)), inward))


_WIDE: dict[Distribution, Callable[[Room, np.random.Generator], NDArray[np.float64]]] = {
    Distribution.DIFFUSE: _wide_diffuse,
    Distribution.REGIONAL: _wide_regional,
    Distribution.GROUPED: _wide_grouped,
    Distribution.LINEAR: _wide_linear,
    Distribution.SEGMENTAL: _wide_segmental,
}


def wide_pattern(room: Room, label: Distribution, rng: np.random.Generator) -> NDArray[np.float64]:
    """
    Draw a pattern that lies in the breast nearly whole; in four of ten as rendered scenes have it.

    Parameters
    ----------
    room : Room
    label : Distribution
        One of the five descriptors.
    rng : Generator

    Returns
    -------
    ndarray of float64, shape (n, 2)
        (y, x) in mm; at least three, or what a rendered scene has.

    Raises
    ------
    ConfigurationError
        If the breast is too small for the pattern.
    """
    kind = Kind(label.value)
    if rng.random() < 0.4:
        low, high = USUAL_COUNTS[kind]
        return draw_pattern(kind, room, int(rng.integers(low, high + 1)), rng)
    for _ in range(_TRIES):
        points = _WIDE[label](room, rng)
        inside = room.holds(points)
        if len(points) >= _LEAST and inside.mean() >= 0.8:
            return np.asarray(points[inside])
    raise ConfigurationError("recipe", [])
