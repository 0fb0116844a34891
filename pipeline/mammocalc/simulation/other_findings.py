"""Findings beside the pattern: secretory rods, rims, scars, skin calcifications, singles, a second group."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.simulation.curves import Curve, wander
from mammocalc.simulation.placement_region import Placement, Role, Room, spread_out
from mammocalc.simulation.vocabulary import Beside, Shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_TRIES = 200
_APART_MM = 1.5
"""Benign ones keep this far from what is planted already, beyond their own radius."""
_GROUP_FROM_MM = 30.0
"""Least distance of a second group from the pattern: nearer, the two were one."""


def _rod(point: NDArray[np.float64], width: float, length: float, angle: float, density: float) -> Placement:
    """Give a rod of a width and a length."""
    diameter = math.sqrt(4 / math.pi * width * (length - 0.21 * width))
    aspect = length / width
    return Placement(
        float(point[0]),
        float(point[1]),
        Shape.ROD,
        diameter,
        aspect,
        angle,
        Role.MACRO,
        in_pattern=False,
        density=density,
    )


def _compact(
    points: NDArray[np.float64], shape: Shape, diameters: tuple[float, float], rng: np.random.Generator
) -> list[Placement]:
    """Give bodies that are not long, small ones the most frequent."""
    low, high = diameters
    return [
        Placement(
            float(y), float(x), shape, low * (high / low) ** float(rng.uniform()), float(rng.uniform(1.0, 1.3)),
            float(rng.uniform(0, math.pi)), Role.MACRO, in_pattern=False,
            density=float(rng.uniform(0.7, 1.5)),
        )
        for y, x in points
    ]  # fmt: skip


def _rods(room: Room, rng: np.random.Generator) -> list[Placement]:
    """Fill several ducts with rods: 0.5 to 1 mm wide, 2 to 8 mm long, from behind the nipple outward."""
    nipple, axis = room.anatomy.nipple_mm, room.anatomy.nipple_axis
    spread = rng.uniform(0.25, 1.0)
    middle = math.atan2(-axis[0], -axis[1]) + rng.uniform(-0.5, 0.5)
    rods = []
    for _ in range(int(rng.integers(3, 8))):
        inward = middle + rng.uniform(-spread, spread)
        start = nipple + rng.uniform(8.0, 18.0) * np.array([math.sin(inward), math.cos(inward)])
        path = wander(start, inward, float(rng.uniform(15.0, 45.0)), 0.012, rng)
        tangent = Curve(path, np.full(len(path), 0.4)).tangents()
        at = rng.uniform(0.0, 4.0)
        while at < 0.05 * (len(path) - 1):
            width = float(rng.uniform(0.5, 1.0))
            length = max(2.6 * width, float(rng.uniform(1.8, 7.0)))
            k = min(int((at + length / 2) / 0.05), len(path) - 1)
            rods.append(
                _rod(path[k], width, length, math.atan2(tangent[k, 0], tangent[k, 1]), float(rng.uniform(0.7, 1.5)))
            )
            at += length + rng.uniform(1.0, 8.0)
    return rods


def _rims(room: Room, rng: np.random.Generator) -> list[Placement]:
    """Scatter rims of 0.8 to 5 mm, as oil cysts and old ducts leave them."""
    return _compact(room.draw(int(rng.integers(3, 13)), rng), Shape.RIM, (0.8, 5.0), rng)


def _rounds(room: Room, rng: np.random.Generator) -> list[Placement]:
    """Scatter coarse smooth ones of 0.7 to 1.8 mm."""
    return _compact(room.draw(int(rng.integers(3, 11)), rng), Shape.ROUND, (0.7, 1.8), rng)


def _scar(room: Room, rng: np.random.Generator) -> list[Placement]:
    """Lay a scar: calcified fat, with one to three large rims and coarse irregular ones within 25 mm."""
    middle = room.draw(1, rng)
    rims = middle + rng.normal(0.0, 5.0, (int(rng.integers(1, 4)), 2))
    coarse = middle + rng.normal(0.0, 6.0, (int(rng.integers(3, 9)), 2))
    return [
        *_compact(rims, Shape.RIM, (3.0, 9.0), rng),
        *_compact(coarse, Shape.IRREGULAR, (1.1, 3.0), rng),
    ]


def _skin(room: Room, rng: np.random.Generator) -> list[Placement]:
    """Set a few lucent-centred ones of 0.5 to 1.2 mm into the skin at one place of its edge."""
    grid = room.grid
    near = np.argwhere((room.distance > 0.8) & (room.distance < 2.5))
    inner = near[
        (near[:, 1] * grid.step_mm > 5.0)
        & (np.abs(near[:, 0] * grid.step_mm - room.field_mm[0] / 2) < 0.45 * room.field_mm[0])
    ]
    if not len(inner):
        return []
    middle = inner[int(rng.integers(len(inner)))]
    close = inner[np.hypot(*((inner - middle) * grid.step_mm).T) < rng.uniform(4.0, 12.0)]
    chosen = close[rng.integers(0, len(close), int(rng.integers(3, 8)))]
    return _compact((chosen + rng.uniform(0, 1, chosen.shape)) * grid.step_mm, Shape.DERMAL, (0.5, 1.2), rng)


_BENIGN: dict[Beside, Callable[[Room, np.random.Generator], list[Placement]]] = {
    Beside.RODS: _rods,
    Beside.RIMS: _rims,
    Beside.ROUNDS: _rounds,
    Beside.SCAR: _scar,
    Beside.SKIN: _skin,
}


def place_benign(kind: Beside, room: Room, taken_mm: NDArray[np.float64], rng: np.random.Generator) -> list[Placement]:
    """
    Place typically benign calcifications.

    Parameters
    ----------
    kind : Beside
        Rods, rims, rounds, a scar or skin.
    room : Room
    taken_mm : ndarray of float64, shape (n, 2)
        Where something lies already, which they keep away from.
    rng : Generator

    Returns
    -------
    list of Placement
        Those for which there is room.
    """
    kept: list[Placement] = []
    places, radii = [tuple(p) for p in taken_mm.tolist()], [0.3] * len(taken_mm)
    for spot in _BENIGN[kind](room, rng):
        at = spot.y_mm, spot.x_mm
        half = spot.diameter_mm / 2 * math.sqrt(spot.aspect)
        if kind is not Beside.SKIN and not room.holds(np.array([at]))[0]:
            continue
        away = np.hypot(*(np.array(places).reshape(-1, 2) - at).T)
        if (away < np.array(radii) + half + (0.3 if kind is Beside.SKIN else _APART_MM)).any():
            continue
        kept.append(spot)
        places.append(at)
        radii.append(half)
    return kept


def single_points(room: Room, taken_mm: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Give 3 to 12 points (y, x) at least 11 mm from each other and from what is taken."""
    return spread_out(room.draw(600, rng), int(rng.integers(3, 13)), 11.0, taken=taken_mm)


def group_points(room: Room, taken_mm: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Give a group of 6 to 14 points within 4 to 9 mm, away from what is taken; none where there is no room."""
    for _ in range(_TRIES):
        centre = room.draw(1, rng)[0]
        if len(taken_mm) and np.hypot(*(taken_mm - centre).T).min() < _GROUP_FROM_MM:
            continue
        count, extent = int(rng.integers(6, 15)), float(rng.uniform(4.0, 9.0))
        u = rng.normal(0.0, 0.26, (30 * count, 2))
        points = centre + u[np.hypot(u[:, 0], u[:, 1]) < 0.5] * extent
        points = spread_out(points[room.holds(points)], count, 0.65)
        if len(points) >= 6:
            return points
    return np.zeros((0, 2))
