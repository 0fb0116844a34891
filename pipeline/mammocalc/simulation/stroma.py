"""Stroma of a breast: glandular lobes, texture, ligaments and fibres."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import fft
from scipy.ndimage import map_coordinates

from mammocalc.simulation.anatomy import pectoral_depth
from mammocalc.simulation.curves import wander
from mammocalc.simulation.grids import Grid, blur, smoothstep, splat

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.anatomy import Anatomy
    from mammocalc.simulation.recipe import Scene

_TEXTURE_EXPONENT = 2.9
"""Anatomical noise of mammograms has a power spectrum close to 1/f^3 (Burgess 1999)."""
_LAYERS, _LOBE_EXPONENT = 5, 3.35
"""A mammogram is the sum of many slices, so lobes overlap and their edges are soft."""
_POLE_MM = 22.0
"""Ducts and ligaments run to a point this far outside the nipple: nearly, not exactly, to the nipple."""


def power_law_noise(grid: Grid, exponent: float, outer_mm: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """
    Draw Gaussian noise with a power spectrum that falls with a power of the frequency.

    Parameters
    ----------
    grid : Grid
    exponent : float
        The spectrum is 1 / f**exponent, in two dimensions.
    outer_mm : float
        Waves longer than this are no stronger than it.
    rng : Generator

    Returns
    -------
    ndarray of float32, shape of ``grid``
        Mean 0, standard deviation 1. It repeats beyond its borders, which lie
        outside the grid.
    """
    rows, columns = (fft.next_fast_len(math.ceil(1.2 * n), real=True) for n in grid.shape)
    white = rng.standard_normal((rows, columns), dtype=np.float32)
    fy = fft.fftfreq(rows, grid.step_mm)[:, None]
    fx = fft.rfftfreq(columns, grid.step_mm)[None, :]
    gain = (fy**2 + fx**2 + outer_mm**-2) ** (-exponent / 4)
    # `refine` damps fine waves by sinc^4; what it takes is given beforehand, up to two and a half times.
    gain /= np.maximum((np.sinc(fy * grid.step_mm) * np.sinc(fx * grid.step_mm)) ** 4, 0.4)
    gain[0, 0] = 0.0
    noise = fft.irfft2(fft.rfft2(white) * gain.astype(np.float32), s=(rows, columns))
    noise /= noise.std(dtype=np.float64)
    return np.asarray(noise[: grid.rows, : grid.columns], dtype=np.float32)


def _band_noise(grid: Grid, width_mm: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Noise with one size of structure, mean 0 and standard deviation 1."""
    factor = max(1, int(0.25 * width_mm / grid.step_mm))
    small = rng.standard_normal((grid.rows // factor + 4, grid.columns // factor + 4), dtype=np.float32)
    small = blur(small, width_mm / (grid.step_mm * factor))
    small /= small.std(dtype=np.float64)
    y = (np.arange(grid.rows) + 0.5) / factor + 1
    x = (np.arange(grid.columns) + 0.5) / factor + 1
    low_y, low_x = np.floor(y).astype(np.intp), np.floor(x).astype(np.intp)
    ty, tx = (y - low_y).astype(np.float32)[:, None], (x - low_x).astype(np.float32)
    wide = small[:, low_x] * (1 - tx) + small[:, low_x + 1] * tx
    return np.asarray(wide[low_y] * (1 - ty) + wide[low_y + 1] * ty, dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """Where each cell lies to the nipple, the skin and the muscle; all of the grid's shape, in mm."""

    grid: Grid
    distance: NDArray[np.float32]
    radius: NDArray[np.float64]
    reach: NDArray[np.float64]
    arc: NDArray[np.float64]
    muscle: NDArray[np.float64]


def _toward_nipple(frame: _Frame, noise: NDArray[np.float32], stretch: float) -> NDArray[np.float32]:
    """Bend a noise image so that its structures run toward the nipple and are ``stretch`` times longer that way."""
    rows = frame.arc / frame.grid.step_mm + 0.5 * frame.grid.rows
    columns = frame.reach / (stretch * frame.grid.step_mm)
    return np.asarray(map_coordinates(noise, [rows, columns], order=1, mode="grid-wrap"), dtype=np.float32)


def _ridges(noise: NDArray[np.float32], width: float) -> NDArray[np.float32]:
    """Thin bright sheets where a smooth noise crosses zero: a web, like Cooper's ligaments."""
    return np.exp(-np.abs(noise) / np.float32(width), dtype=np.float32)


def _lumps(frame: _Frame, anatomy: Anatomy, density: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """
    Clusters of short streaks, after the clustered lumpy background of Bochud, Abbey and Eckstein (1999).

    Streaks lie roughly toward the nipple. Returned with standard deviation 1
    where the breast is.
    """
    grid = frame.grid
    area = grid.rows * grid.columns * grid.step_mm**2
    total = np.zeros(grid.shape, dtype=np.float32)
    for sigma, per_cm2, long_mm in ((0.28, 6.0 * density + 1.5, 2.5), (0.6, 2.5, 4.5), (1.3, 1.2, 7.0)):
        clusters = max(3, round(area / 100 * per_cm2 / 4))
        centre = rng.uniform((0, 0), (grid.rows * grid.step_mm, grid.columns * grid.step_mm), (clusters, 2))
        members = rng.poisson(9, clusters)
        middle = np.repeat(centre, members, axis=0)
        middle = middle + rng.normal(0.0, 3.5 * sigma**0.5 + 1.5, middle.shape)
        away = middle - anatomy.nipple_mm
        angle = np.arctan2(away[:, 0], away[:, 1]) + rng.normal(0.0, 0.45, len(middle))
        length = long_mm * rng.uniform(0.3, 1.0, len(middle))
        share = np.linspace(-0.5, 0.5, 24)[None, :]
        y = middle[:, :1] + share * (length * np.sin(angle))[:, None]
        x = middle[:, 1:] + share * (length * np.cos(angle))[:, None]
        weight = rng.exponential(1.0, len(middle))[:, None] * (0.25 - share**2)
        streaks = splat(grid, np.stack([y, x], axis=-1).reshape(-1, 2), weight.ravel())
        streaks = blur(streaks, sigma / grid.step_mm)
        total += streaks * np.float32(sigma**0.5 / max(1e-9, float(streaks.std(dtype=np.float64))))
    total -= total.mean(dtype=np.float64)
    return np.asarray(total / total.std(dtype=np.float64), dtype=np.float32)


def _gland(frame: _Frame, anatomy: Anatomy, density: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Share of the thickness that is glandular, 0 to 1: the mean of several layers, each with lobes of its own."""
    grid, depth = frame.grid, anatomy.depth_mm
    reach = (0.45 + 0.25 * density) * depth
    cone = np.exp(-(((frame.radius - 0.28 * depth) / reach) ** 2) - 0.5 * (frame.arc / 70.0) ** 2)
    under_skin = frame.distance + 14.0 * np.exp(-((frame.radius / 16.0) ** 2))
    cone *= smoothstep(under_skin, 2.0, 4.0 + 0.16 * depth)
    cone *= 1 - 0.8 * smoothstep(frame.muscle, -0.25 * depth, 0.0)
    total = np.zeros(grid.shape)
    for layer in range(_LAYERS):
        noise = power_law_noise(grid, _LOBE_EXPONENT, 30.0, rng)
        if layer % 3:
            noise = _toward_nipple(frame, noise, 2.2)
        total += smoothstep(cone + 0.33 * noise + 0.9 * (density - 0.5), 0.15, 1.0)
    return np.asarray(total / _LAYERS * cone**0.35)


def _fibre_paths(
    frame: _Frame, anatomy: Anatomy, count: int, bend_per_mm: float, rng: np.random.Generator
) -> list[NDArray[np.float64]]:
    """Fibres through the breast, most of them roughly toward the nipple, the others across."""
    grid = frame.grid
    paths: list[NDArray[np.float64]] = []
    for _ in range(8 * count):
        start = rng.uniform((0, 0), (grid.rows * grid.step_mm, grid.columns * grid.step_mm))
        row, column = (int(v) for v in start / grid.step_mm)
        away = start - anatomy.nipple_mm
        angle = math.atan2(-away[0], -away[1]) + rng.normal(0.0, 0.5)
        if rng.uniform() < 0.3:
            angle = rng.uniform(0, 2 * math.pi)
        length = 6.0 + rng.gamma(2.0, 7.0)
        path = wander(start, angle, length, bend_per_mm, rng)
        if frame.distance[row, column] > 2.0:
            paths.append(path)
        if len(paths) == count:
            break
    return paths


def knot_paths(points_mm: NDArray[np.float64], rng: np.random.Generator) -> list[NDArray[np.float64]]:
    """Give two or three short fibres that cross in each point."""
    paths = []
    for point in points_mm:
        for _ in range(int(rng.integers(2, 4))):
            angle, length = rng.uniform(0, math.pi), rng.uniform(4.0, 10.0)
            back = wander(point, angle + math.pi, length / 2, 0.03, rng)
            onward = wander(point, angle, length / 2, 0.03, rng)
            paths.append(np.concatenate([back[::-1], onward[1:]]))
    return paths


@dataclass(frozen=True, slots=True, eq=False)
class Stroma:
    """
    The inside of a breast but for its thickness, skin and vessels; all of ``grid``'s shape.

    Attributes
    ----------
    gland : ndarray of float64
        Glandular share of the thickness, 0 to 1.
    texture, ligaments : ndarray of float32 or float64
        Line integrals of what is finer, where the breast is full.
    waves, strands : ndarray of float32
        Unevenness of the muscle's edge, in mm, and of the muscle.
    fibres : tuple of (paths, peaks, sigma_mm)
        As in `Tissue`.
    """

    grid: Grid
    gland: NDArray[np.float64]
    texture: NDArray[np.floating]
    ligaments: NDArray[np.floating]
    waves: NDArray[np.floating]
    strands: NDArray[np.floating]
    fibres: tuple[tuple[list[NDArray[np.float64]], NDArray[np.float64], float], ...]


def draw_stroma(
    anatomy: Anatomy,
    grid: Grid,
    distance: NDArray[np.float32],
    scene: Scene,
    knots_mm: NDArray[np.float64],
    rng: np.random.Generator,
) -> Stroma:
    """Draw what a breast is filled with, as dense and as full of thin fibres as the scene says."""
    y, x = grid.centres_mm()
    dy, dx = y - anatomy.nipple_mm[0], anatomy.nipple_mm[1] - x
    radius = np.hypot(dy, dx)
    py, px = dy - _POLE_MM * anatomy.nipple_axis[0], dx + _POLE_MM * anatomy.nipple_axis[1]
    muscle_depth = pectoral_depth(anatomy, y, x)
    frame = _Frame(grid, distance, radius, np.hypot(py, px), np.arctan2(py, px) * 75.0, muscle_depth)
    gland = _gland(frame, anatomy, scene.density, rng)
    texture = 0.05 * power_law_noise(grid, _TEXTURE_EXPONENT, 25.0, rng)
    texture += 0.05 * _toward_nipple(frame, power_law_noise(grid, _TEXTURE_EXPONENT, 25.0, rng), 2.5)
    texture += 0.025 * _lumps(frame, anatomy, scene.density, rng)
    patchy = smoothstep(_band_noise(grid, 7.0, rng), -0.6, 1.2)
    web = _ridges(_toward_nipple(frame, _band_noise(grid, 3.5, rng), 2.0), 0.07)
    wide_web = _ridges(_band_noise(grid, 7.0, rng) + 0.4 * texture / 0.05, 0.05)
    ligaments = (0.10 * web + 0.11 * wide_web) * patchy
    waves = 0.8 * _band_noise(grid, 12.0, rng)
    strands = power_law_noise(grid, _LOBE_EXPONENT, 20.0, rng)
    area_cm2 = float((distance > 0).sum()) * grid.step_mm**2 / 100
    fibres = []
    for sigma, per_cm2, bend, peak in ((0.40, 0.7, 0.05, 0.032), (0.22, 1.0, 0.06, 0.028), (0.12, 1.0, 0.08, 0.024)):
        paths = _fibre_paths(frame, anatomy, max(3, round(area_cm2 * per_cm2 * scene.fibres)), bend, rng)
        peaks = peak * rng.gamma(2.0, 0.5, len(paths))
        fibres.append((paths, peaks, sigma))
    crossing = knot_paths(knots_mm, rng)
    fibres.append((crossing, rng.uniform(0.02, 0.045, len(crossing)), 0.14))
    return Stroma(grid, gland, texture, ligaments, waves, strands, tuple(fibres))
