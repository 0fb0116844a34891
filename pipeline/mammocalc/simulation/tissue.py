"""The inside of a breast as attenuation: fat, glandular lobes, texture, ligaments, fibres, vessels, skin and muscle."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.simulation.anatomy import breast_thickness, nipple_thickness, pectoral_depth
from mammocalc.simulation.curves import Curve, draw_fibres, tube_thickness, wander
from mammocalc.simulation.grids import blur, refine, smoothstep
from mammocalc.simulation.stroma import Stroma, draw_stroma

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from mammocalc.simulation.anatomy import Anatomy
    from mammocalc.simulation.grids import Grid
    from mammocalc.simulation.recipe import Scene

TISSUE_STEP_MM = 0.15
"""The grid of all but fibres and calcifications: above 3 line pairs per mm quantum noise hides a 1/f^3 texture."""

# Attenuation in 1/mm at an effective 22 keV, scatter after a grid included (Johns and Yaffe 1987, rounded).
FAT_PER_MM = 0.045
GLAND_PER_MM = 0.078
MUSCLE_PER_MM = 0.080
SKIN_PER_MM = 0.080

_VESSELS = 5


def make_vessels(anatomy: Anatomy, grid: Grid, rng: np.random.Generator) -> tuple[Curve, ...]:
    """Draw tapering vessels from the chest wall toward the nipple."""
    height = grid.rows * grid.step_mm
    vessels = []
    for _ in range(_VESSELS):
        start = np.array([height * rng.uniform(0.15, 0.85), rng.uniform(-6.0, 0.0)])
        aim = anatomy.nipple_mm + np.array([rng.normal(0.0, 0.18) * height, 0.0]) - start
        length = rng.uniform(0.5, 0.95) * anatomy.depth_mm
        path = wander(start, math.atan2(aim[0], aim[1]), length, 0.022, rng)
        taper = np.linspace(1.0, rng.uniform(0.35, 0.6), len(path))
        vessels.append(Curve(path, rng.uniform(0.8, 1.8) * taper))
    return tuple(vessels)


@dataclass(frozen=True, slots=True, eq=False)
class Tissue:
    """
    Attenuation without calcifications.

    Attributes
    ----------
    coarse : ndarray of float64
        Line integral of the attenuation on ``grid``.
    fibres : tuple of (paths, peaks, sigma_mm)
        Thin fibres, which need the pixels' own grid: for `draw_fibres`.
    gland : ndarray of float64
        Glandular share, 0 to 1, on ``grid``.
    """

    grid: Grid
    coarse: NDArray[np.float64]
    fibres: tuple[tuple[list[NDArray[np.float64]], NDArray[np.float64], float], ...]
    gland: NDArray[np.float64]


def make_tissue(
    anatomy: Anatomy,
    grid: Grid,
    distance: NDArray[np.float32],
    scene: Scene,
    vessels: tuple[Curve, ...],
    knots_mm: NDArray[np.float64],
    rng: np.random.Generator,
) -> Tissue:
    """Fill a breast, as dense and as full of thin fibres as the scene says."""
    stroma = draw_stroma(anatomy, grid, distance, scene, knots_mm, rng)
    return fill_breast(anatomy, distance, stroma, vessels)


def fill_breast(anatomy: Anatomy, distance: NDArray[np.float32], stroma: Stroma, vessels: tuple[Curve, ...]) -> Tissue:
    """Compute the attenuation of a breast filled with stroma and vessels."""
    grid, gland = stroma.grid, stroma.gland
    muscle_depth = pectoral_depth(anatomy, *grid.centres_mm())
    thickness = breast_thickness(anatomy, distance)
    inner = breast_thickness(anatomy, np.asarray(distance) - anatomy.skin_mm)
    inner *= 1 - 2 * anatomy.skin_mm / anatomy.thickness_mm
    fill = inner / anatomy.thickness_mm
    body = FAT_PER_MM * inner + SKIN_PER_MM * (thickness - inner)
    body += (GLAND_PER_MM - FAT_PER_MM) * 0.75 * inner * gland
    in_gland = 0.3 + 0.7 * np.clip(1.6 * gland, 0.0, 1.0)
    body += fill * (stroma.texture * in_gland + stroma.ligaments * (0.55 + 0.45 * in_gland))

    wavy = muscle_depth + stroma.waves
    muscle = smoothstep(wavy, -1.2, 2.8) * (0.6 + 0.4 * smoothstep(muscle_depth, 0.0, 30.0))
    muscle *= anatomy.muscle_share
    body += (MUSCLE_PER_MM - FAT_PER_MM) * fill * muscle * anatomy.thickness_mm * (0.42 + 0.03 * stroma.strands)
    for vessel in vessels:
        body += (
            (GLAND_PER_MM - FAT_PER_MM)
            * 0.9
            * fill
            * blur(tube_thickness(grid, vessel).astype(np.float32), 0.2 / grid.step_mm)
        )
    body += SKIN_PER_MM * np.maximum(nipple_thickness(anatomy, grid) - thickness, 0.0)
    return Tissue(grid, body, stroma.fibres, gland)


def draw_attenuation(
    tissue: Tissue, distance: NDArray[np.float32], pixels: Grid, walls: Iterable[NDArray[np.float32]]
) -> NDArray[np.float32]:
    """
    Draw a breast on the pixels' grid.

    Parameters
    ----------
    tissue : Tissue
    distance : ndarray of float32
        To the skin, in mm, on the tissue's grid.
    pixels : Grid
    walls : iterable of ndarray of float32
        Attenuation of calcified arteries on ``pixels``.

    Returns
    -------
    ndarray of float32
        Line integrals. Fibres and walls fade within 2 mm of the skin.
    """
    attenuation = refine(tissue.coarse, tissue.grid, pixels)
    thin = np.zeros(pixels.shape, dtype=np.float32)
    for paths, peaks, sigma_mm in tissue.fibres:
        thin += draw_fibres(pixels, paths, peaks, sigma_mm)
    for wall in walls:
        thin += wall
    attenuation += thin * np.clip(refine(distance, tissue.grid, pixels) / np.float32(2), 0, 1)
    return attenuation
