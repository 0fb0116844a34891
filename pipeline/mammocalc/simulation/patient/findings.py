"""Findings of a patient's breast on the first date: places and kinds of their calcifications."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.simulation.insertion.place import LONG_ASPECTS, USUAL_COUNTS
from mammocalc.simulation.patient.paths import STEP_MM, cone, wander
from mammocalc.simulation.patient.patterns import draw_pattern, spread_out
from mammocalc.simulation.patient.vessels import PatientArtery, draw_patient_artery, draw_plaques
from mammocalc.simulation.placement_region import Role
from mammocalc.simulation.vocabulary import Beside, Kind, Shape
from mammocalc.vocabulary.errors import ConfigurationError, Problem
from mammocalc.vocabulary.lexicon import Distribution

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.patient.breast import Breast
    from mammocalc.simulation.patient.recipe import PatientRecipe

_MICRO_MM: Final = (0.16, 0.7)
"""Diameters of microcalcifications, as in scenes."""
_BESIDE_SHARES: Final = {
    Beside.ARTERY: 0.2, Beside.RIMS: 0.15, Beside.ROUNDS: 0.2, Beside.RODS: 0.05, Beside.SCAR: 0.05,
    Beside.SKIN: 0.15, Beside.SINGLES: 0.4, Beside.GROUP: 0.25,
}  # fmt: skip
"""How often each lies in a breast. As beside a pattern in scenes; more singles, for a breast seldom has none."""
_BENIGN_APART_MM: Final = 4.0
_ANYWHERE: Final = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Seed:
    """One calcification to be: its place and long axis (x, y, z), looks, size, role and attenuation."""

    place_mm: NDArray[np.float64]
    axis: NDArray[np.float64]
    shape: Shape
    diameter_mm: float
    aspect: float
    role: Role
    density: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class DrawnFinding:
    """
    One finding with every calcification that it may ever have.

    ``usual`` is how many of its seeds, the first ones, are there from the
    beginning; ``can_change`` whether its calcifications can grow, go and come.
    """

    kind: str
    label: Distribution | None
    seeds: tuple[Seed, ...]
    usual: int
    can_change: bool
    artery: PatientArtery | None = None


def draw_findings(breast: Breast, recipe: PatientRecipe, prefix: str, rng: np.random.Generator) -> list[DrawnFinding]:
    """
    Draw the findings of a breast: the main one, then what lies beside it.

    Parameters
    ----------
    breast : Breast
    recipe : PatientRecipe
    prefix : str
        Of the findings' ids, which have their place in the list as number.
    rng : Generator

    Returns
    -------
    list of DrawnFinding
        Those for which there is room.

    Raises
    ------
    ConfigurationError
        If the breast is too small for its main finding.
    """
    main = recipe.patterns[int(rng.integers(len(recipe.patterns)))]
    drawn = [] if main is Kind.NONE else _pattern(main, breast, recipe, [], rng)
    if drawn and not drawn[0].seeds:
        problem = Problem("patterns", f"the breast is too small for the kind {main}: give a larger depth_mm")
        raise ConfigurationError("recipe", [problem])
    beside = recipe.beside
    if beside is None:
        usual = _BESIDE_SHARES if main is not Kind.DIFFUSE else {Beside.ARTERY: 0.2, Beside.RIMS: 0.15}
        beside = tuple(kind for kind, share in usual.items() if rng.random() < share)
    for kind in beside:
        if kind is Beside.GROUP:
            drawn += _pattern(Kind.GROUPED, breast, recipe, drawn, rng)
        elif kind is Beside.ARTERY:
            artery = draw_patient_artery(f"{prefix}{len(drawn) + 1}", breast, rng)
            plaques = draw_plaques(artery, int(rng.integers(12, 70)), rng)
            seeds = tuple(_plaque(place, axis, artery, rng) for place, axis in plaques)
            drawn.append(DrawnFinding(kind.value, None, seeds, len(seeds), can_change=False, artery=artery))
        elif kind is Beside.SINGLES:
            places = spread_out(breast.draw(300, rng), int(rng.integers(2, 9)), 11.0, _taken(drawn))
            drawn += [
                DrawnFinding(kind.value, None, tuple(_micro(place[None], kind=None, rng=rng)), 1, can_change=True)
                for place in places
            ]
        else:
            drawn += _benign(kind, breast, drawn, rng)
    return [finding for finding in drawn if finding.seeds]


def _taken(drawn: list[DrawnFinding]) -> NDArray[np.float64]:
    return np.array([seed.place_mm for finding in drawn for seed in finding.seeds]).reshape(-1, 3)


def _pattern(
    kind: Kind, breast: Breast, recipe: PatientRecipe, drawn: list[DrawnFinding], rng: np.random.Generator
) -> list[DrawnFinding]:
    """Draw microcalcifications of a distribution, with those that may come in later years."""
    low, high = USUAL_COUNTS[kind]
    usual = int(rng.integers(low, high + 1))
    most = usual + math.ceil(1.5 * recipe.new_share * usual) * (recipe.dates - 1)
    points = draw_pattern(kind, breast, most, _taken(drawn), rng)
    if not len(points):  # a small breast has room for those of the first date alone
        points = draw_pattern(kind, breast, usual, _taken(drawn), rng)
    points = rng.permutation(points)
    seeds = tuple(_micro(points, kind, rng))
    return [DrawnFinding(kind.value, Distribution(kind.value), seeds, min(usual, len(seeds)), can_change=True)]


def _micro(points: NDArray[np.float64], kind: Kind | None, rng: np.random.Generator) -> list[Seed]:
    """Give microcalcifications their looks; casts lie along the line to their nearest neighbour, as ducts do."""
    seeds = []
    for number, point in enumerate(points):
        diameter = _MICRO_MM[0] * (_MICRO_MM[1] / _MICRO_MM[0]) ** float(rng.uniform())
        shape, aspect, axis = Shape.IRREGULAR, float(rng.uniform(1.0, 1.5)), cone(_ANYWHERE, math.pi, rng)
        if kind in {Kind.DIFFUSE, Kind.REGIONAL} and rng.uniform() < 0.6:
            shape = Shape.ROUND
        if kind in {Kind.LINEAR, Kind.SEGMENTAL} and rng.uniform() < 0.35 and len(points) > 1:
            gaps = np.linalg.norm(points - point, axis=1)
            gaps[number] = np.inf
            shape, axis = Shape.CAST, points[int(gaps.argmin())] - point
            axis = axis / np.linalg.norm(axis)
            aspect = float(rng.uniform(*LONG_ASPECTS[Shape.CAST]))
        seeds.append(Seed(point, axis, shape, diameter, aspect, Role.MICRO))
    return seeds


def _plaque(
    place: NDArray[np.float64], axis: NDArray[np.float64], artery: PatientArtery, rng: np.random.Generator
) -> Seed:
    is_beads, is_faint = artery.style.value == "beads", artery.style.value == "faint"
    aspect = float(rng.uniform(1.0, 1.8) if is_beads else rng.uniform(1.2, 3.5))
    density = float(rng.uniform(0.3, 0.7) if is_faint else rng.uniform(0.8, 2.0))
    return Seed(place, axis, Shape.PLAQUE, float(rng.uniform(0.18, 0.45)), aspect, Role.ARTERIAL, density)


def _coarse(
    points: NDArray[np.float64], shape: Shape, diameters: tuple[float, float], rng: np.random.Generator
) -> list[Seed]:
    """Give bodies that are not long, small ones the most frequent."""
    low, high = diameters
    return [
        Seed(
            point,
            cone(_ANYWHERE, math.pi, rng),
            shape,
            low * (high / low) ** float(rng.uniform()),
            float(rng.uniform(1.0, 1.3)),
            Role.MACRO,
            float(rng.uniform(0.7, 1.5)),
        )
        for point in points
    ]


def _rods(breast: Breast, rng: np.random.Generator) -> list[Seed]:
    """Fill several ducts with rods: 0.5 to 1 mm wide, 2 to 7 mm long, from behind the nipple outward."""
    nipple, seeds = np.array([0.0, breast.depth_mm, 0.0]), []
    for _ in range(int(rng.integers(3, 8))):
        inward = cone(np.array([0.0, -1.0, 0.0]), 0.9, rng)
        path = wander(nipple + rng.uniform(6.0, 14.0) * inward, inward, float(rng.uniform(12.0, 35.0)), 0.012, rng)
        at = rng.uniform(0.0, 4.0)
        while at < STEP_MM * (len(path) - 1):
            width = float(rng.uniform(0.5, 1.0))
            length = max(2.6 * width, float(rng.uniform(1.8, 7.0)))
            k = min(int((at + length / 2) / STEP_MM), len(path) - 2)
            axis = (path[k + 1] - path[k]) / STEP_MM
            diameter = math.sqrt(4 / math.pi * width * (length - 0.21 * width))
            seeds.append(
                Seed(path[k], axis, Shape.ROD, diameter, length / width, Role.MACRO, float(rng.uniform(0.7, 1.5)))
            )
            at += length + rng.uniform(1.0, 8.0)
    return seeds


def _benign(kind: Beside, breast: Breast, drawn: list[DrawnFinding], rng: np.random.Generator) -> list[DrawnFinding]:
    """Draw typically benign calcifications, away from what is there already."""
    if kind is Beside.RODS:
        seeds = _rods(breast, rng)
    elif kind is Beside.RIMS:
        seeds = _coarse(breast.draw(int(rng.integers(2, 9)), rng), Shape.RIM, (0.8, 5.0), rng)
    elif kind is Beside.ROUNDS:
        seeds = _coarse(breast.draw(int(rng.integers(2, 9)), rng), Shape.ROUND, (0.7, 1.8), rng)
    elif kind is Beside.SKIN:
        seeds = _coarse(breast.draw_on_skin(int(rng.integers(3, 8)), rng), Shape.DERMAL, (0.5, 1.2), rng)
    else:
        middle = breast.draw(1, rng)
        rims = middle + rng.normal(0.0, 4.0, (int(rng.integers(1, 4)), 3))
        rough = middle + rng.normal(0.0, 5.0, (int(rng.integers(3, 9)), 3))
        seeds = [
            *_coarse(rims, Shape.RIM, (3.0, 9.0), rng),
            *_coarse(rough, Shape.IRREGULAR, (1.1, 3.0), rng),
        ]
    taken = _taken(drawn)
    kept: list[Seed] = []
    for seed in seeds:
        half = seed.diameter_mm / 2 * math.sqrt(seed.aspect)
        if kind is not Beside.SKIN and not breast.holds(seed.place_mm[None])[0]:
            continue
        if len(taken) and np.linalg.norm(taken - seed.place_mm, axis=1).min() < half + _BENIGN_APART_MM:
            continue
        others = [np.linalg.norm(one.place_mm - seed.place_mm) - one.diameter_mm / 2 - half for one in kept]
        if not others or min(others) > 0.3:
            kept.append(seed)
    return [DrawnFinding(kind.value, None, tuple(kept), len(kept), can_change=False)]
