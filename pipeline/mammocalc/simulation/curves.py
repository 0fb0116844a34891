"""Smooth curves in millimetres: fibres, vessels and ducts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.simulation.grids import blur, splat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.simulation.grids import Grid

_STEP_MM = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A curve of points (y, x) in mm at even distances, with a radius in mm at each point."""

    points_mm: NDArray[np.float64]
    radius_mm: NDArray[np.float64]

    @property
    def length_mm(self) -> float:
        """Length along the curve."""
        return float(np.hypot(*np.diff(self.points_mm, axis=0).T).sum())

    def tangents(self) -> NDArray[np.float64]:
        """Give unit vectors along the curve."""
        along = np.gradient(self.points_mm, axis=0)
        return np.asarray(along / np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None])


def wander(
    start_mm: NDArray[np.float64],
    direction: float,
    length_mm: float,
    bend_per_mm: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """
    Give a smooth random path.

    Parameters
    ----------
    start_mm : ndarray of float64, shape (2,)
        First point (y, x).
    direction : float
        Angle in radians of the first step; 0 leads along x, pi / 2 along y.
    length_mm : float
    bend_per_mm : float
        Typical curvature in 1/mm. It is itself a smooth random function of the
        way, so that the path winds rather than jitters.
    rng : Generator

    Returns
    -------
    ndarray of float64, shape (n, 2), n >= 2
        Points 0.05 mm apart.
    """
    count = max(2, math.ceil(length_mm / _STEP_MM))
    way = np.arange(count) * _STEP_MM
    waves = 2 * math.pi / np.array([90.0, 45.0, 22.0, 9.0])
    phase = rng.uniform(0, 2 * math.pi, waves.size)
    strength = rng.normal(0.0, 1.0, waves.size) * np.array([1.0, 1.0, 0.9, 0.7]) * bend_per_mm
    turn = ((strength / waves)[:, None] * (np.sin(waves[:, None] * way + phase[:, None]) - np.sin(phase)[:, None])).sum(
        axis=0
    )
    angle = direction + turn
    moves = _STEP_MM * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return np.concatenate([start_mm[None, :], start_mm + np.cumsum(moves, axis=0)[:-1]])


def draw_fibres(
    grid: Grid, paths: Sequence[NDArray[np.float64]], peaks: NDArray[np.float64], sigma_mm: float
) -> NDArray[np.float32]:
    """
    Draw thin fibres with a Gaussian cross-section.

    Parameters
    ----------
    grid : Grid
    paths : sequence of ndarray of float64, shape (n, 2)
        Points at even distances.
    peaks : ndarray of float64, shape (len(paths),)
        Height of each fibre's ridge; it fades towards the fibre's ends.
    sigma_mm : float
        Standard deviation of the cross-section.

    Returns
    -------
    ndarray of float32, shape of ``grid``
    """
    if not paths:
        return np.zeros(grid.shape, dtype=np.float32)
    weights = []
    for path, peak in zip(paths, peaks, strict=True):
        share = np.linspace(0.0, 1.0, len(path))
        step = float(np.hypot(*(path[1] - path[0])))
        uneven = 1 + 0.4 * np.sin(np.cumsum(np.full(len(path), step)) * 1.1 + 7.0 * share)
        weights.append(peak * step * uneven * np.sqrt(np.sin(math.pi * share) + 1e-9))
    lines = splat(grid, np.concatenate(paths), np.concatenate(weights))
    return blur(lines, sigma_mm / grid.step_mm) * np.float32(math.sqrt(2 * math.pi) * sigma_mm)


def tube_thickness(grid: Grid, curve: Curve) -> NDArray[np.float64]:
    """
    Thickness in mm of a round tube around a curve, in every cell.

    Every cell near the curve takes the chord, at its distance, of the circle
    around the curve's nearest point.
    """
    thickness = np.zeros(grid.shape)
    reach = math.ceil(float(curve.radius_mm.max()) / grid.step_mm) + 1
    stride = max(1, round(0.5 * grid.step_mm / _STEP_MM))
    window = np.arange(-reach, reach + 1)
    squared = np.full(grid.shape, np.inf)
    radius = np.zeros(grid.shape)
    for point, size in zip(curve.points_mm[::stride], curve.radius_mm[::stride], strict=True):
        row, column = (int(v) for v in np.floor(point / grid.step_mm))
        rows, columns = row + window, column + window
        rows = rows[(rows >= 0) & (rows < grid.rows)]
        columns = columns[(columns >= 0) & (columns < grid.columns)]
        if rows.size == 0 or columns.size == 0:
            continue
        box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        gap = ((rows + 0.5) * grid.step_mm - point[0])[:, None] ** 2
        gap = gap + ((columns + 0.5) * grid.step_mm - point[1])[None, :] ** 2
        nearer = gap < squared[box]
        squared[box] = np.where(nearer, gap, squared[box])
        radius[box] = np.where(nearer, size, radius[box])
    near = np.isfinite(squared)
    thickness[near] = 2 * np.sqrt(np.maximum(radius[near] ** 2 - squared[near], 0.0))
    return thickness
