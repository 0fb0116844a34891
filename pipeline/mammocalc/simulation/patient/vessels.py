"""Calcified arteries in three dimensions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.simulation.arteries import RADIUS_MM, Style, draw_disease, draw_style
from mammocalc.simulation.patient.paths import frame_along, wander

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.patient.breast import Breast
    from mammocalc.vocabulary.lexicon import Laterality

_COURSES: Final = 12
_GAP_MM: Final = 0.35


@dataclass(frozen=True, slots=True, eq=False)
class PatientArtery:
    """
    A calcified artery of a patient.

    Attributes
    ----------
    id : str
        Of the finding that its plaques are.
    laterality : Laterality
    course_mm : ndarray of float64, shape (n, 3)
        Its middle line, points 0.05 mm apart.
    radius_mm : ndarray of float64, shape (n,)
    style : Style
    disease : ndarray of float64, shape (n,)
        How calcified each point of the course is, 0 to 1.
    """

    id: str
    laterality: Laterality
    course_mm: NDArray[np.float64]
    radius_mm: NDArray[np.float64]
    style: Style
    disease: NDArray[np.float64]


def draw_patient_artery(finding: str, breast: Breast, rng: np.random.Generator) -> PatientArtery:
    """Draw an artery that winds through a breast from the chest wall, past the nipple."""
    style = draw_style(rng)
    radius = float(rng.uniform(*RADIUS_MM[style]))
    paths = []
    for _ in range(_COURSES):
        start = np.array(
            [rng.uniform(-0.7, 0.7) * breast.lateral_mm, rng.uniform(-3.0, 6.0), rng.normal(0.0, 0.3) * breast.up_mm]
        )
        aim = np.array([0.0, breast.depth_mm, 0.0]) + rng.normal(0.0, 0.35, 3) * breast.half_axes_mm - start
        paths.append(wander(start, aim, rng.uniform(0.6, 1.0) * breast.depth_mm, rng.uniform(0.015, 0.035), rng))
    path = max(paths, key=lambda points: int(breast.holds(points).sum()))
    radii = radius * np.linspace(1.0, rng.uniform(0.75, 1.0), len(path))
    disease = draw_disease(len(path), rng) * breast.holds(path)
    return PatientArtery(finding, breast.laterality, path, radii, style, disease)


def draw_plaques(
    artery: PatientArtery, count: int, rng: np.random.Generator
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Give plaques in the wall of an artery, where it is calcified: place and direction of each, both (x, y, z)."""
    ill = np.flatnonzero(artery.disease > 0)
    plaques: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    kept = np.zeros((0, 3))
    apart = _GAP_MM * (3.0 if artery.style is Style.BEADS else 1.0)
    for k in rng.permutation(np.repeat(ill, 2)).tolist():
        if len(plaques) == count:
            break
        if rng.uniform() > artery.disease[k]:
            continue
        low, high = max(0, k - 4), min(len(artery.course_mm) - 1, k + 4)
        forward, *sides = frame_along(artery.course_mm[high] - artery.course_mm[low])
        turn = rng.uniform(0.0, 2 * math.pi)
        away = 0.0 if artery.style is Style.BEADS else 0.92 * artery.radius_mm[k]
        point = artery.course_mm[k] + away * (math.cos(turn) * sides[0] + math.sin(turn) * sides[1])
        if len(kept) and np.linalg.norm(kept - point, axis=1).min() < apart * rng.uniform(1.0, 2.5):
            continue
        kept = np.concatenate([kept, point[None]])
        plaques.append((point, forward))
    return plaques
