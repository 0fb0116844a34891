"""Placement of a scene's calcifications and their appearance, before they are grown."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.simulation.arteries import draw_artery, place_plaques
from mammocalc.simulation.other_findings import group_points, place_benign, single_points
from mammocalc.simulation.patterns import draw_pattern
from mammocalc.simulation.placement_region import Placement, Role, Room, spread_out
from mammocalc.simulation.vocabulary import Beside, Kind, Shape
from mammocalc.vocabulary.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mammocalc.simulation.arteries import Artery
    from mammocalc.simulation.recipe import Scene

USUAL_COUNTS = {
    Kind.DIFFUSE: (45, 110),
    Kind.REGIONAL: (30, 70),
    Kind.GROUPED: (7, 22),
    Kind.LINEAR: (10, 24),
    Kind.SEGMENTAL: (28, 65),
    Kind.MACRO_ONLY: (2, 4),
    Kind.ARTERIAL: (25, 110),
    Kind.NONE: (0, 0),
}
"""Fewest and most particles of each kind, where the scene names no numbers. BI-RADS: five make a group, regional ones
are numerous."""
LONG_ASPECTS = {Shape.CAST: (2.0, 4.0), Shape.FORK: (4.0, 7.0)}
"""Length over width of what fills a duct; a fork's arms are thinner for its length, or it would be a clump."""


def _micro(points: NDArray[np.float64], scene: Scene, rng: np.random.Generator, *, in_pattern: bool) -> list[Placement]:
    """Give microcalcifications their looks; casts lie along the line to their nearest neighbour, as ducts do."""
    low, high = scene.micro_diameter_mm
    ductal = scene.kind in {Kind.LINEAR, Kind.SEGMENTAL}
    benign = scene.kind in {Kind.DIFFUSE, Kind.REGIONAL}
    placements = []
    for number, point in enumerate(points):
        diameter = low * (high / low) ** float(rng.uniform())  # even in the logarithm: small ones are frequent
        aspect, angle, shape = float(rng.uniform(1.0, 1.5)), float(rng.uniform(0, math.pi)), Shape.IRREGULAR
        if benign and rng.uniform() < 0.6:
            shape = Shape.ROUND
        if scene.shapes and in_pattern:
            shape = scene.shapes[int(rng.integers(len(scene.shapes)))]
        elif ductal and in_pattern and rng.uniform() < 0.35:
            shape = Shape.CAST
        if shape in LONG_ASPECTS:
            gaps = np.hypot(*(points - point).T)
            gaps[number] = np.inf
            along = points[int(gaps.argmin())] - point
            aspect, angle = float(rng.uniform(*LONG_ASPECTS[shape])), math.atan2(along[0], along[1])
        placements.append(
            Placement(float(point[0]), float(point[1]), shape, diameter, aspect, angle, Role.MICRO, in_pattern)
        )
    return placements


def _macro(room: Room, scene: Scene, count: int, rng: np.random.Generator) -> list[Placement]:
    """Scatter coarse ones: popcorn, rods toward the nipple and rims."""
    placements = []
    for number, point in enumerate(spread_out(room.draw(50 * count, rng), count, 12.0)):
        shapes = scene.shapes or (Shape.POPCORN, Shape.RIM, Shape.ROD, Shape.IRREGULAR)
        shape = shapes[(number + int(rng.integers(0, 2))) % len(shapes)]
        diameter = float(rng.uniform(*scene.macro_diameter_mm))
        away = point - room.anatomy.nipple_mm
        angle = math.atan2(away[0], away[1]) if shape is Shape.ROD else float(rng.uniform(0, math.pi))
        aspect = float(rng.uniform(3.0, 5.0) if shape is Shape.ROD else rng.uniform(1.0, 1.35))
        if shape is Shape.ROD:  # a rod of the same area is narrower: keep it at least 1.15 mm wide
            diameter = max(diameter, 1.15 * math.sqrt(4 * aspect / math.pi))
        placements.append(
            Placement(float(point[0]), float(point[1]), shape, diameter, aspect, angle, Role.MACRO, in_pattern=False)
        )
    return placements


def place(room: Room, scene: Scene, artery: Artery | None, rng: np.random.Generator) -> tuple[Placement, ...]:
    """
    Place the calcifications of a scene's kind.

    Parameters
    ----------
    room : Room
    scene : Scene
    artery : Artery or None
        The vessel that carries plaques in a scene of kind arterial.
    rng : Generator

    Returns
    -------
    tuple of Placement
        The pattern first, then the strays.

    Raises
    ------
    ConfigurationError
        If the breast is too small for the pattern.
    """
    low, high = scene.count or USUAL_COUNTS[scene.kind]
    count = int(rng.integers(low, high + 1))
    if count == 0:
        return ()
    if scene.kind in {Kind.MACRO_ONLY, Kind.ARTERIAL}:
        if scene.kind is Kind.MACRO_ONLY:
            benign = _macro(room, scene, count, rng)
        else:
            benign = [] if artery is None else place_plaques(artery, room, count, rng)
        if len(benign) < min(2, count):
            problem = Problem("scenes.field_mm", f"the breast is too small for the kind {scene.kind}")
            raise ConfigurationError("recipe", [problem])
        return tuple(benign)
    points = draw_pattern(scene.kind, room, count, rng)
    placements = _micro(points, scene, rng, in_pattern=True)
    if scene.kind is not Kind.DIFFUSE:
        number = int(rng.integers(scene.strays[0], scene.strays[1] + 1))
        far = spread_out(room.draw(50 * max(number, 1), rng), number, 18.0, taken=points)
        placements += _micro(far, scene, rng, in_pattern=False)
    return tuple(placements)


def place_beside(
    room: Room, scene: Scene, placed: tuple[Placement, ...], streams: Callable[[int], np.random.Generator]
) -> tuple[tuple[Placement, ...], tuple[Artery, ...]]:
    """
    Place the findings beside the pattern that the scene names, where there is room.

    Parameters
    ----------
    room : Room
    scene : Scene
    placed : tuple of Placement
        What `place` gave.
    streams : callable
        A random generator for each thing by its number, so that one more
        leaves the others as they are.

    Returns
    -------
    placements : tuple of Placement
        In the order of the things; those of a second group have the number
        of a pattern of their own.
    arteries : tuple of Artery
        The vessels that carry plaques.
    """
    added: list[Placement] = []
    arteries: list[Artery] = []
    for number, kind in enumerate(scene.beside):
        rng = streams(number)
        taken = np.array([(spot.y_mm, spot.x_mm) for spot in (*placed, *added)]).reshape(-1, 2)
        if kind is Beside.ARTERY:
            artery = draw_artery(room, rng)
            arteries.append(artery)
            added += place_plaques(artery, room, int(rng.integers(8, 60)), rng)
        elif kind is Beside.SINGLES:
            added += _micro(single_points(room, taken, rng), scene, rng, in_pattern=False)
        elif kind is Beside.GROUP:
            group = _micro(group_points(room, taken, rng), scene, rng, in_pattern=True)
            added += [replace(spot, cluster=number + 1) for spot in group]
        else:
            added += place_benign(kind, room, taken, rng)
    return tuple(added), tuple(arteries)
