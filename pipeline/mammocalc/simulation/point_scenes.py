"""Scenes as points in millimetres: patterns, with losses, false points and remnants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.simulation.anatomy import make_anatomy, skin_distance
from mammocalc.simulation.grids import Grid
from mammocalc.simulation.insertion.place import place
from mammocalc.simulation.patterns_extended import groups_throughout, wide_pattern
from mammocalc.simulation.placement_region import Role, Room, spread_out
from mammocalc.simulation.recipe import Scene
from mammocalc.simulation.tissue import make_vessels
from mammocalc.simulation.vocabulary import Kind
from mammocalc.vocabulary.lexicon import Distribution, View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.curves import Curve

_STEP_MM = 2.0
"""Grid of the room; points are drawn evenly within its cells, and a finer one would only cost time."""
_MOST_LOST = 0.6
"""Share of points that are missed, at most: of the faintest simulated patterns the search finds two in five."""
_MOST_FALSE = 20
"""False points in one image, at most. A classifier that has seen fewer finds hardly a line among them."""
_BESIDE_SHARE = 0.5
_FALSE_REACH_MM = 12.0
"""So many false points lie within this distance of another, evenly, as on lines. Then 17, 8, 5 and 2.6 times as many
pairs lie within 2, 5, 10 and 20 mm as of independent points; of marks on patients' images that readers call none or
scattered 20, 8, 4.5 and 2.5 times (docs/evidence/distribution.md, chance)."""


@dataclass(frozen=True, slots=True, eq=False)
class PointBreast:
    """A breast without tissue: where points may lie, where its nipple is, and which cells of 1 mm are breast."""

    room: Room
    is_breast: NDArray[np.bool_]
    arteries: tuple[Curve, ...]

    @property
    def nipple_mm(self) -> NDArray[np.float64]:
        """Position (y, x) of the nipple."""
        return self.room.anatomy.nipple_mm


@dataclass(frozen=True, slots=True, eq=False)
class PointScene:
    """
    Points in a breast, some of which form a pattern.

    Attributes
    ----------
    label : Distribution
        What the image shows; ``not_applicable`` without a pattern.
    part : Distribution
        What each part of the pattern is: ``grouped`` where similar groups
        throughout the breast are ``diffuse`` together, else ``label``.
    points_mm : ndarray of float64, shape (n, 2)
        (y, x), in random order.
    is_pattern : ndarray of bool, shape (n,)
        False for strays, false points, remnants of arteries and the like.
    nipple_mm : ndarray of float64, shape (2,), or None
        As a search would give it: with an error, or unknown.
    """

    label: Distribution
    part: Distribution
    points_mm: NDArray[np.float64]
    is_pattern: NDArray[np.bool_]
    nipple_mm: NDArray[np.float64] | None


@dataclass(frozen=True, slots=True)
class Disturbance:
    """
    Changes that a search makes to the points of a scene.

    ``lost`` is the share of points that are missed, ``uneven`` how much more
    at one end of the pattern than at the other, as where it runs into dense
    tissue (0 to 1), ``false`` the number of false points, ``jitter_mm`` the standard deviation of positions and
    ``nipple_mm`` that of the nipple along each axis, None for an unknown one.
    """

    lost: float = 0.0
    false: int = 0
    jitter_mm: float = 0.0
    nipple_mm: float | None = 0.0
    uneven: float = 0.0


def draw_breast(rng: np.random.Generator) -> PointBreast:
    """Draw a breast of any size, in a CC or MLO view."""
    height = float(rng.uniform(95.0, 240.0))
    scene = Scene(
        name="points",
        kind=Kind.NONE,
        seed=0,
        view=(View.CC, View.MLO)[int(rng.integers(2))],
        field_mm=(height, height * float(rng.uniform(0.68, 0.8))),
    )
    return breast_of(scene, rng)


def breast_of(scene: Scene, rng: np.random.Generator) -> PointBreast:
    """Draw the breast of a scene."""
    anatomy = make_anatomy(scene, rng)
    grid = Grid.covering(scene.field_mm, _STEP_MM)
    y, x = np.broadcast_arrays(*grid.centres_mm())
    distance = skin_distance(anatomy, np.stack([y, x], axis=-1).reshape(-1, 2)).reshape(grid.shape)
    room = Room(anatomy, grid, distance.astype(np.float32))
    is_breast = np.repeat(np.repeat(distance > 0, 2, axis=0), 2, axis=1)
    return PointBreast(room, is_breast, make_vessels(anatomy, grid, rng))


def usual_scene(breast: PointBreast, kind: Kind, disturbance: Disturbance, rng: np.random.Generator) -> PointScene:
    """
    Place what a rendered scene of a kind has, and disturb it.

    Parameters
    ----------
    breast : PointBreast
    kind : Kind
        Without arteries: their calcifications are told by the pixels.
    disturbance : Disturbance
    rng : Generator

    Raises
    ------
    ConfigurationError
        If the breast is too small for the pattern.
    """
    placed = place(breast.room, Scene(name="points", kind=kind, seed=0), None, rng)
    points = np.array([(p.y_mm, p.x_mm) for p in placed]).reshape(-1, 2)
    is_pattern = np.array([p.role is Role.MICRO and p.in_pattern for p in placed], dtype=bool)
    label = Distribution(kind.value) if is_pattern.any() else Distribution.NOT_APPLICABLE
    return _disturbed(breast, PointScene(label, label, points, is_pattern, None), disturbance, rng)


def wide_scene(breast: PointBreast, label: Distribution, rng: np.random.Generator) -> PointScene:
    """
    Draw a scene as a classifier should have seen it: wider than rendered ones, and disturbed in every way.

    Parameters
    ----------
    breast : PointBreast
    label : Distribution
        A descriptor, or ``not_applicable`` for scenes without a pattern.
    rng : Generator

    Raises
    ------
    ConfigurationError
        If the breast is too small for the pattern.
    """
    is_none = label is Distribution.NOT_APPLICABLE
    false = (0, int(rng.integers(1, 6)), int(rng.integers(0, _MOST_FALSE + (5 if is_none else 1))))
    disturbance = Disturbance(
        lost=float(rng.uniform(0.0, _MOST_LOST)) if rng.random() < 0.6 else 0.0,
        uneven=float(rng.uniform(0.0, 1.0)) if rng.random() < 0.5 else 0.0,
        false=false[int(rng.choice(3, p=(0.3, 0.25, 0.45)))],
        jitter_mm=float(rng.uniform(0.0, 0.3)),
        nipple_mm=None if rng.random() < 0.2 else float(rng.uniform(0.0, 8.0)),
    )
    part = label
    if is_none:
        points = np.zeros((0, 2))
    else:
        groups = label is Distribution.DIFFUSE and rng.random() < 0.15
        part = Distribution.GROUPED if groups else label
        points = groups_throughout(breast.room, rng) if groups else wide_pattern(breast.room, label, rng)
    others = [breast.room.draw(int(rng.integers(0, 3)), rng)]
    remnant = 0.6 if is_none else 0.15
    if rng.random() < remnant:
        others.append(_artery_remnant(breast, rng))
    if rng.random() < remnant:
        others.append(_coarse_fragments(breast.room, rng))
    everything = np.concatenate([points, *others])
    scene = PointScene(label, part, everything, np.arange(len(everything)) < len(points), None)
    return _disturbed(breast, scene, disturbance, rng)


def _disturbed(
    breast: PointBreast, scene: PointScene, disturbance: Disturbance, rng: np.random.Generator
) -> PointScene:
    side = rng.normal(0.0, 1.0, 2)
    place = scene.points_mm @ (side / np.hypot(*side))
    end = np.clip((place - place.mean()) / max(2 * float(place.std()), 1e-9), -1, 1) if len(place) else place
    kept = rng.random(len(scene.points_mm)) >= disturbance.lost * (1 + disturbance.uneven * end)
    seen = scene.points_mm[kept] + rng.normal(0.0, 1.0, (int(kept.sum()), 2)) * disturbance.jitter_mm
    false = _false_points(breast.room, disturbance.false, rng)
    points = np.concatenate([seen, false])
    is_pattern = np.concatenate([scene.is_pattern[kept], np.zeros(len(false), bool)])
    order = rng.permutation(len(points))
    nipple = None
    if disturbance.nipple_mm is not None:
        nipple = breast.nipple_mm + rng.normal(0.0, 1.0, 2) * disturbance.nipple_mm
    return PointScene(scene.label, scene.part, points[order], is_pattern[order], nipple)


def _false_points(room: Room, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Scatter false points, many of them near others: along fibres and vessels, and where tissue is dense."""
    points = room.draw(count, rng)
    for number in range(1, len(points)):
        away = rng.uniform(0.0, _FALSE_REACH_MM) * np.array(_direction(rng))
        beside = points[rng.integers(number)] + away
        if rng.random() < _BESIDE_SHARE and room.holds(beside[None])[0]:
            points[number] = beside
    return points


def _direction(rng: np.random.Generator) -> tuple[float, float]:
    angle = rng.uniform(0.0, 2 * np.pi)
    return float(np.sin(angle)), float(np.cos(angle))


def _artery_remnant(breast: PointBreast, rng: np.random.Generator) -> NDArray[np.float64]:
    """Give what is left of an artery's calcifications: a few where most were recognised, or a long chain."""
    artery = breast.arteries[int(rng.integers(len(breast.arteries)))]
    is_long, length = rng.random() < 0.35, len(artery.points_mm)
    count = int(rng.integers(10, 31) if is_long else rng.integers(3, 11))
    start = int(rng.integers(0, max(1, length // 2 if is_long else length - 200)))
    stretch = np.arange(
        start, min(length, start + int((rng.uniform(40, 80) if is_long else rng.uniform(8, 35)) / 0.05))
    )
    if len(stretch) < count:
        return np.zeros((0, 2))
    at = rng.choice(stretch, count, replace=False)
    tangent = artery.tangents()[at]
    sides = rng.choice((-1.0, 1.0), count) * artery.radius_mm[at]
    points = artery.points_mm[at] + np.stack([tangent[:, 1], -tangent[:, 0]], axis=1) * sides[:, None]
    return np.asarray(points[breast.room.holds(points)])


def _coarse_fragments(room: Room, rng: np.random.Generator) -> NDArray[np.float64]:
    """Give the pieces into which a search may break two to four large calcifications."""
    centres = spread_out(room.draw(60, rng), int(rng.integers(1, 5)), 12.0)
    pieces = [centre + rng.normal(0.0, rng.uniform(0.3, 1.0), (int(rng.integers(1, 4)), 2)) for centre in centres]
    return np.concatenate(pieces)
