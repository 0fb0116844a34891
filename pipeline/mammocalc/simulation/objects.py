"""Objects that are not calcifications: clips, markers, wires, implants, labels, folds, areolar skin."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.simulation.grids import Grid, blur, smoothstep
from mammocalc.simulation.marker import draw_text
from mammocalc.simulation.placement_region import spread_out
from mammocalc.simulation.vocabulary import ObjectKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mammocalc.simulation.anatomy import Anatomy
    from mammocalc.simulation.placement_region import Room

_METAL = 2.5
"""Line integral at which metal stops to add up: a twelfth of the beam is left, which is scatter."""
_TITANIUM_PER_MM, _STEEL_PER_MM = 7.0, 14.0
"""Attenuation of one mm at an effective 22 keV (NIST XCOM, rounded)."""
_SILICONE = 2.2
"""Line integral of an implant above the tissue it takes the place of: 25 mm of silicone gel."""
_LEAD = 2.5
_APART_MM = 8.0
"""Objects keep this far from each other and from calcifications, so that a mark belongs to one of them."""
_SKIN_PER_MM = 0.07
"""Attenuation of one mm of skin."""


@dataclass(frozen=True, slots=True)
class PlacedObject:
    """An object in mm (y, x) of the chest-wall-left image, with the radius of the circle that holds it."""

    kind: ObjectKind
    y_mm: float
    x_mm: float
    radius_mm: float


_Field = tuple["NDArray[np.float64]", "NDArray[np.float64]"]
_Point = tuple[float, float]


def _segment(field: _Field, start: _Point, end: _Point) -> NDArray[np.float64]:
    """Give the distance in mm to a straight line between two points."""
    (y, x), run = field, (end[0] - start[0], end[1] - start[1])
    share = ((y - start[0]) * run[0] + (x - start[1]) * run[1]) / max(run[0] ** 2 + run[1] ** 2, 1e-12)
    share = np.clip(share, 0.0, 1.0)
    return np.asarray(np.hypot(y - start[0] - share * run[0], x - start[1] - share * run[1]))


def _rod(distance: NDArray[np.float64], diameter_mm: float, per_mm: float, pixel_mm: float) -> NDArray[np.float64]:
    """Line integral of a round wire around a line; averaged over about a pixel at its edge."""
    chord = np.sqrt(np.maximum((diameter_mm / 2) ** 2 - distance**2, 0.0)) * 2
    edge = np.clip(0.5 + (diameter_mm / 2 - distance) / pixel_mm, 0.0, 1.0)
    return np.asarray(np.minimum(per_mm * np.maximum(chord, 0.5 * diameter_mm * edge), _METAL) * edge)


def _turned(centre: _Point, angle: float, along_mm: float) -> _Point:
    return centre[0] + along_mm * math.sin(angle), centre[1] + along_mm * math.cos(angle)


def _clip(field: _Field, at: _Point, pixel_mm: float, rng: np.random.Generator) -> tuple[NDArray[np.float64], float]:
    """Draw a surgical clip of titanium: two legs in a V, seen more or less from the side, or a bar seen end on."""
    length, angle = rng.uniform(2.5, 4.0), rng.uniform(0, 2 * math.pi)
    opening = rng.uniform(0.0, 0.5)
    tip = _turned(at, angle, -length / 2)
    legs = [_segment(field, tip, _turned(tip, angle + turn, length)) for turn in (-opening, opening)]
    return _rod(np.minimum(*legs), rng.uniform(0.6, 0.9), _TITANIUM_PER_MM, pixel_mm), length


def _marker(field: _Field, at: _Point, pixel_mm: float, rng: np.random.Generator) -> tuple[NDArray[np.float64], float]:
    """Draw a biopsy marker of steel or titanium: a ring of 2 to 3 mm, or a bow tie."""
    size, angle, wire = rng.uniform(2.0, 3.0), rng.uniform(0, math.pi), rng.uniform(0.4, 0.6)
    if rng.random() < 0.5:
        distance = np.abs(np.hypot(field[0] - at[0], field[1] - at[1]) - size / 2)
        return _rod(distance, wire, _STEEL_PER_MM, pixel_mm), size / 2 + wire
    # Two solid triangles, tip to tip: at each distance along the axis, so far across.
    along = (field[0] - at[0]) * math.sin(angle) + (field[1] - at[1]) * math.cos(angle)
    across = (field[0] - at[0]) * math.cos(angle) - (field[1] - at[1]) * math.sin(angle)
    inside = np.minimum(0.25 + 0.5 * np.abs(along) - np.abs(across), size / 2 - np.abs(along))
    return _METAL * np.clip(0.5 + inside / pixel_mm, 0.0, 1.0), size / 2 + 0.5


def _bb(field: _Field, at: _Point, pixel_mm: float, rng: np.random.Generator) -> tuple[NDArray[np.float64], float]:
    """Draw a ball of lead or steel on the skin, 1.5 to 2.5 mm."""
    diameter = rng.uniform(1.5, 2.5)
    return _rod(np.hypot(field[0] - at[0], field[1] - at[1]), diameter, _STEEL_PER_MM, pixel_mm), diameter / 2


def _ring(field: _Field, at: _Point, pixel_mm: float, rng: np.random.Generator) -> tuple[NDArray[np.float64], float]:
    """Draw a wire ring around a mole, 10 to 15 mm."""
    radius = rng.uniform(5.0, 7.5)
    distance = np.abs(np.hypot(field[0] - at[0], field[1] - at[1]) - radius)
    return _rod(distance, rng.uniform(0.5, 0.8), _STEEL_PER_MM, pixel_mm), radius + 0.5


_COMPACT: dict[ObjectKind, Callable[..., tuple[NDArray[np.float64], float]]] = {
    ObjectKind.CLIP: _clip,
    ObjectKind.MARKER: _marker,
    ObjectKind.BB: _bb,
    ObjectKind.RING: _ring,
}


def _wire(
    field: _Field, anatomy: Anatomy, at: _Point, pixel_mm: float, rng: np.random.Generator
) -> tuple[NDArray[np.float64], float]:
    """Draw a localisation wire from the skin to its hook."""
    line = anatomy.outline_mm
    seen = line[(line[:, 0] > 0) & (line[:, 0] < field[0].max()) & (line[:, 1] > 5.0)]
    gap = np.hypot(seen[:, 0] - at[0], seen[:, 1] - at[1])
    far = np.flatnonzero(gap >= min(20.0, gap.max()))
    entry = seen[far[int(rng.integers(0, len(far)))]].tolist()
    angle = math.atan2(entry[0] - at[0], entry[1] - at[1])
    distance = np.minimum(_segment(field, at, (entry[0], entry[1])), _segment(field, at, _turned(at, angle + 0.4, 6.0)))
    return _rod(distance, 0.45, _STEEL_PER_MM, pixel_mm), math.hypot(entry[0] - at[0], entry[1] - at[1])


def _implant(
    field: _Field, anatomy: Anatomy, pixel_mm: float, rng: np.random.Generator
) -> tuple[NDArray[np.float64], _Point, float]:
    """Draw an implant: an ellipse behind the gland that is cut by the chest wall, with a sharp edge."""
    depth = anatomy.depth_mm * rng.uniform(0.45, 0.6)
    half = depth * rng.uniform(0.9, 1.2)
    y0 = float(anatomy.nipple_mm[0]) + rng.uniform(-5.0, 5.0)
    share = 1 - np.hypot((field[0] - y0) / half, field[1] / depth)
    # A shell of silicone bulges by a half circle of some millimetres and is flat from there on.
    bulge = np.clip(share * depth / rng.uniform(6.0, 12.0), 0.0, 1.0)
    body = 0.35 + 0.65 * np.sqrt(1 - (1 - bulge) ** 2)
    return _SILICONE * body * np.clip(0.5 + share * depth / pixel_mm, 0.0, 1.0), (y0, depth / 2), max(half, depth / 2)


def _label(
    field: _Field, anatomy: Anatomy, pixel_mm: float, rng: np.random.Generator
) -> tuple[NDArray[np.float64], _Point, float]:
    """Draw a plate with lead letters in a lead frame that lies half over the edge of the breast."""
    line = anatomy.outline_mm
    inside = np.flatnonzero((line[:, 0] > 15.0) & (line[:, 0] < field[0].max() - 15.0) & (line[:, 1] > 15.0))
    inside = inside[np.abs(line[inside, 0] - anatomy.nipple_mm[0]) > 15.0]
    y0, x0 = line[inside[int(rng.integers(0, len(inside)))]].tolist()
    letters = draw_text("RCC", 1).repeat(2, axis=0).repeat(2, axis=1)
    dot_mm = 0.3
    size = letters.shape[0] * dot_mm, letters.shape[1] * dot_mm
    row = np.floor((field[0] - y0 + size[0] / 2) / dot_mm).astype(int) + 0 * field[1].astype(int)
    column = np.floor((field[1] - x0 + size[1] / 2) / dot_mm).astype(int) + 0 * field[0].astype(int)
    valid = (row >= 0) & (row < letters.shape[0]) & (column >= 0) & (column < letters.shape[1])
    drawn = valid & letters[np.clip(row, 0, letters.shape[0] - 1), np.clip(column, 0, letters.shape[1] - 1)]
    beyond = np.maximum(np.abs(field[0] - y0) - size[0] / 2 - 1.5, np.abs(field[1] - x0) - size[1] / 2 - 1.5)
    frame = np.clip(0.5 + (0.4 - np.abs(beyond)) / pixel_mm, 0.0, 1.0)
    plate = 0.15 * np.clip(0.5 - beyond / pixel_mm, 0.0, 1.0)
    return plate + _LEAD * np.maximum(drawn, frame), (y0, x0), math.hypot(size[0] / 2 + 2.0, size[1] / 2 + 2.0)


def _fold(
    field: _Field, anatomy: Anatomy, pixel_mm: float, rng: np.random.Generator
) -> tuple[NDArray[np.float64], _Point, float]:
    """Draw a fold of skin: a band of two more layers of skin, sharp at one side, that runs in from the skin line."""
    line = anatomy.outline_mm
    inside = np.flatnonzero((line[:, 0] > 5.0) & (line[:, 0] < field[0].max() - 5.0) & (line[:, 1] > 10.0))
    start = line[inside[int(rng.choice([0.08, 0.92]) * (len(inside) - 1))]].tolist()
    end = (0.6 * start[0] + 0.4 * float(anatomy.nipple_mm[0]), rng.uniform(0.3, 0.6) * start[1])
    distance = _segment(field, (start[0], start[1]), end)
    run = end[0] - start[0], end[1] - start[1]
    side = (field[0] - start[0]) * run[1] - (field[1] - start[1]) * run[0]
    width = rng.uniform(1.5, 3.0)
    band = smoothstep(width - distance, 0.0, width) * np.clip(0.5 + side / math.hypot(*run) / pixel_mm, 0.0, 1.0)
    return (
        2 * anatomy.skin_mm * _SKIN_PER_MM * band,
        ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2),
        math.hypot(*run) / 2,
    )


def _areola(
    field: _Field, anatomy: Anatomy, pixels: Grid, rng: np.random.Generator
) -> tuple[NDArray[np.float64], _Point, float]:
    """Draw the areola: thicker, wrinkled skin with Montgomery's tubercles, domes of 1 to 2 mm."""
    y0, x0 = anatomy.nipple_mm.tolist()
    radius = rng.uniform(14.0, 20.0)
    distance = np.hypot(field[0] - y0, field[1] - x0)
    wrinkles = np.zeros(np.broadcast_shapes(field[0].shape, field[1].shape))
    for _ in range(12):  # waves of all directions, in mm: the same at every pixel size
        turn, length, phase = rng.uniform(0, math.pi), rng.uniform(0.8, 3.0), rng.uniform(0, 2 * math.pi)
        wave = field[0] * math.sin(turn) + field[1] * math.cos(turn)
        wrinkles += np.cos(2 * math.pi * wave / length + phase)
    skin = (0.5 + 0.1 * wrinkles) * _SKIN_PER_MM * smoothstep(radius - distance, 0.0, 3.0)
    for _ in range(int(rng.integers(6, 15))):
        reach, turn = radius * math.sqrt(rng.uniform(0.1, 1.0)), rng.uniform(0, 2 * math.pi)
        y, x = _turned((y0, x0), turn, reach)
        half = rng.uniform(0.5, 1.0)
        share = np.maximum(1 - ((field[0] - y) ** 2 + (field[1] - x) ** 2) / half**2, 0.0)
        skin += half * _SKIN_PER_MM * np.sqrt(share)
    return np.asarray(blur(skin.astype(np.float32), 0.1 / pixels.step_mm), dtype=np.float64), (y0, x0), radius


def place_objects(
    kinds: tuple[ObjectKind, ...],
    room: Room,
    pixels: Grid,
    distance: NDArray[np.float32],
    taken_mm: NDArray[np.float64],
    streams: Callable[[int], np.random.Generator],
) -> tuple[NDArray[np.float32], tuple[PlacedObject, ...]]:
    """
    Draw foreign objects.

    Parameters
    ----------
    kinds : tuple of ObjectKind
        One object of each, in this order.
    room : Room
        Where clips and markers may lie.
    pixels : Grid
        The pixels, chest wall at the left.
    distance : ndarray of float32, shape of ``pixels``
        Distance in mm to the skin line, positive inside: implants, folds and
        the areola add nothing outside.
    taken_mm : ndarray of float64, shape (n, 2)
        Places (y, x) of calcifications, which small objects keep away from.
    streams : callable
        A random generator for each number, so that one object more leaves
        the others as they are.

    Returns
    -------
    attenuation : ndarray of float32, shape of ``pixels``
        Line integrals to be added to those of the tissue.
    objects : tuple of PlacedObject
        In the order of ``kinds``; one for which there is no room is left out.
    """
    total = np.zeros(pixels.shape, dtype=np.float64)
    field, step = pixels.centres_mm(), pixels.step_mm
    tissue = np.clip(distance / 2.0, 0.0, 1.0)
    placed: list[PlacedObject] = []
    for number, kind in enumerate(kinds):
        rng = streams(number)
        if kind in _COMPACT or kind is ObjectKind.WIRE:
            taken = np.array([*taken_mm.tolist(), *((o.y_mm, o.x_mm) for o in placed)]).reshape(-1, 2)
            free = spread_out(room.draw(200, rng), 1, _APART_MM, taken)
            if len(free) == 0:
                continue
            at = float(free[0][0]), float(free[0][1])
            if kind is ObjectKind.WIRE:
                drawn, radius = _wire(field, room.anatomy, at, step, rng)
            else:
                drawn, radius = _COMPACT[kind](field, at, step, rng)
        elif kind is ObjectKind.IMPLANT:
            drawn, at, radius = _implant(field, room.anatomy, step, rng)
            drawn *= tissue
        elif kind is ObjectKind.LABEL:
            drawn, at, radius = _label(field, room.anatomy, step, rng)
        elif kind is ObjectKind.FOLD:
            drawn, at, radius = _fold(field, room.anatomy, step, rng)
            drawn *= tissue
        else:
            drawn, at, radius = _areola(field, room.anatomy, pixels, rng)
            drawn *= tissue
        total += drawn
        placed.append(PlacedObject(kind, *at, radius))
    return total.astype(np.float32), tuple(placed)
