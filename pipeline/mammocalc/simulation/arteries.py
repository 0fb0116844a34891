"""Calcified arteries: a visible vessel of constant width, calcified in segments."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.simulation.curves import Curve, tube_thickness, wander
from mammocalc.simulation.grids import blur, refine, splat
from mammocalc.simulation.placement_region import Placement, Role
from mammocalc.simulation.vocabulary import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.grids import Grid
    from mammocalc.simulation.placement_region import Room

_STEP_MM = 0.05
"""Of the points of a course."""
_COURSES = 12
"""Courses that are drawn, of which the one with most of its length in the breast is taken."""
_WALL_PER_MM = 0.07
"""Attenuation of one mm of vessel above fat: blood and muscle, sharper against fat than a duct."""
_FILM = 0.09
"""Line integral of the calcium film of a wall at its densest, beside the plaques."""
_FILM_SIGMA_MM = 0.09
_GAP_MM = 0.35
"""Least distance of two plaques; they join to broken lines where a wall is dense."""


class Style(StrEnum):
    """Pattern of calcification in the wall of an artery."""

    TRACKS = "tracks"
    """Two broken lines along both walls."""
    LADDER = "ladder"
    """Walls and rings across: dense arteries look striped."""
    BEADS = "beads"
    """A thin artery with one row of specks."""
    FAINT = "faint"
    """Two lines that are hardly denser than the vessel."""


_SHARES = {Style.TRACKS: 0.4, Style.LADDER: 0.15, Style.BEADS: 0.25, Style.FAINT: 0.2}
RADIUS_MM = {
    Style.TRACKS: (0.45, 0.95), Style.LADDER: (0.6, 1.1), Style.BEADS: (0.22, 0.4), Style.FAINT: (0.45, 0.95),
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Artery:
    """
    A calcified artery.

    Attributes
    ----------
    course : Curve
        Its middle line, and the radius of its wall, nearly the same all along.
    style : Style
    disease : ndarray of float64, shape (n,)
        How calcified each point of the course is, 0 to 1; 0 between the
        stretches.
    """

    course: Curve
    style: Style
    disease: NDArray[np.float64]


def draw_artery(room: Room, rng: np.random.Generator) -> Artery:
    """
    Draw an artery that winds through the breast, past the nipple.

    Returns
    -------
    Artery
        Stretches of 3 to 25 mm are calcified, 4 to 20 mm apart.
    """
    style = draw_style(rng)
    paths = [_path(room, rng) for _ in range(_COURSES)]
    path = max(paths, key=lambda points: int(room.holds(points).sum()))
    count = len(path)
    radius = float(rng.uniform(*RADIUS_MM[style])) * np.linspace(1.0, rng.uniform(0.75, 1.0), count)
    return Artery(Curve(path, radius), style, draw_disease(count, rng))


def draw_style(rng: np.random.Generator) -> Style:
    """Draw how the wall of an artery is calcified."""
    return Style(rng.choice([s.value for s in _SHARES], p=list(_SHARES.values())))


def _path(room: Room, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw a course from the chest wall that does not aim at the nipple."""
    height, width = room.field_mm
    start = np.array([height * rng.uniform(0.12, 0.88), rng.uniform(-4.0, 0.15 * width)])
    aim = room.anatomy.nipple_mm + np.array([rng.normal(0.0, 0.3) * height, 0.0]) - start
    length = rng.uniform(0.6, 1.1) * room.anatomy.depth_mm
    return wander(start, math.atan2(aim[0], aim[1]) + rng.normal(0.0, 0.35), length, rng.uniform(0.015, 0.045), rng)


def draw_disease(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Lay stretches along a course, each with a severity of its own and soft ends."""
    disease = np.zeros(count)
    at = rng.uniform(0.0, 8.0)
    while at < count * _STEP_MM:
        length = float(np.clip(rng.gamma(2.0, 5.0), 3.0, 25.0))
        low, high = int(at / _STEP_MM), min(count, int((at + length) / _STEP_MM))
        if high - low > 2:
            way = np.linspace(0.0, 1.0, high - low)
            disease[low:high] = rng.uniform(0.35, 1.0) * np.minimum(1.0, 6.0 * np.minimum(way, 1 - way) + 0.15)
        at += length + float(np.clip(rng.gamma(2.0, 4.0), 4.0, 20.0))
    return disease


def _walls(artery: Artery) -> tuple[NDArray[np.float64], ...]:
    """Give the lines along which calcium lies: both walls, or the middle of a thin artery."""
    if artery.style is Style.BEADS:
        return (artery.course.points_mm,)
    tangent = artery.course.tangents()
    normal = np.stack([tangent[:, 1], -tangent[:, 0]], axis=1) * (0.92 * artery.course.radius_mm)[:, None]
    return artery.course.points_mm + normal, artery.course.points_mm - normal


def artery_attenuation(artery: Artery, coarse: Grid, pixels: Grid, rng: np.random.Generator) -> NDArray[np.float32]:
    """
    Draw the vessel itself, and the film of calcium in its walls.

    Parameters
    ----------
    artery : Artery
    coarse : Grid
        On which the vessel is drawn.
    pixels : Grid
        Of the image.
    rng : Generator

    Returns
    -------
    ndarray of float32, shape of ``pixels``
        Line integrals to be added to those of the tissue.
    """
    tube = tube_thickness(coarse, artery.course).astype(np.float32)
    drawn = np.float32(_WALL_PER_MM) * refine(blur(tube, 0.15 / coarse.step_mm), coarse, pixels)
    strength = {Style.LADDER: 1.3, Style.FAINT: 0.5}.get(artery.style, 1.0)
    places, weights = [], []
    for wall in _walls(artery):
        grain = _smooth_noise(len(wall), 0.35, rng)
        places.append(wall)
        weights.append(artery.disease * np.clip(0.6 + 0.7 * grain, 0.0, 2.5) * (_STEP_MM * strength))
    if artery.style is not Style.BEADS:
        for wall, weight in _rings(artery, rng):
            places.append(wall)
            weights.append(weight * strength)
    lines = blur(splat(pixels, np.concatenate(places), np.concatenate(weights)), _FILM_SIGMA_MM / pixels.step_mm)
    return drawn + lines * np.float32(_FILM * math.sqrt(2 * math.pi) * _FILM_SIGMA_MM)


def _smooth_noise(count: int, width_mm: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Give noise along a course, mean 0 and standard deviation 1."""
    reach = round(width_mm / _STEP_MM)
    noise = np.convolve(rng.normal(size=count + 2 * reach), np.hanning(2 * reach + 1), mode="valid")
    return np.asarray(noise / max(float(noise.std()), 1e-9))


def _rings(artery: Artery, rng: np.random.Generator) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Give rings across the vessel: many and dense in a ladder, few and faint in tracks."""
    apart_mm, height = (0.7, 0.9) if artery.style is Style.LADDER else (2.0, 0.5)
    tangent = artery.course.tangents()
    at, rings = rng.exponential(apart_mm), []
    while at < len(artery.disease) * _STEP_MM:
        k = int(at / _STEP_MM)
        if artery.disease[k] > 0:
            across = np.linspace(-0.9, 0.9, 24) * artery.course.radius_mm[k]
            along = rng.normal(0.0, 0.15) * across
            normal = np.array([tangent[k, 1], -tangent[k, 0]])
            points = artery.course.points_mm[k] + across[:, None] * normal + along[:, None] * tangent[k]
            step = float(across[1] - across[0])
            rings.append((points, np.full(24, artery.disease[k] * height * rng.uniform(0.3, 1.0) * step)))
        at += rng.exponential(apart_mm)
    return rings


def place_plaques(artery: Artery, room: Room, count: int, rng: np.random.Generator) -> list[Placement]:
    """
    Set plaques along the walls of an artery, where it is calcified.

    Parameters
    ----------
    artery : Artery
    room : Room
    count : int
        How many at most.
    rng : Generator

    Returns
    -------
    list of Placement
        Fewer than ``count`` where the calcified stretches hold no more.
    """
    is_beads, is_faint = artery.style is Style.BEADS, artery.style is Style.FAINT
    tangent = artery.course.tangents()
    candidates = [(wall[k], k) for wall in _walls(artery) for k in np.flatnonzero(artery.disease > 0)]
    placements: list[Placement] = []
    kept = np.zeros((0, 2))
    for number in rng.permutation(len(candidates)):
        if len(placements) == count:
            break
        point, k = candidates[number]
        if rng.uniform() > artery.disease[k] or not room.holds(point[None])[0]:
            continue
        point = point + rng.normal(0.0, 0.06, 2)
        apart = _GAP_MM * (3.0 if is_beads else 1.0) * rng.uniform(1.0, 2.5)
        if len(kept) and np.min(np.hypot(*(kept - point).T)) < apart:
            continue
        kept = np.concatenate([kept, point[None]])
        angle = math.atan2(tangent[k, 0], tangent[k, 1]) + float(rng.normal(0.0, 0.25))
        placements.append(
            Placement(
                float(point[0]), float(point[1]), Shape.PLAQUE, float(rng.uniform(0.18, 0.45)),
                float(rng.uniform(1.0, 1.8) if is_beads else rng.uniform(1.2, 3.5)), angle, Role.ARTERIAL,
                in_pattern=False, density=float(rng.uniform(0.3, 0.7) if is_faint else rng.uniform(0.8, 2.0)),
            )
        )  # fmt: skip
    return placements
