"""Regular grids over the image in millimetres, and smooth interpolation from coarse to fine ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Box = tuple[slice, slice]
"""Rows and columns of a part of an image."""


@dataclass(frozen=True, slots=True)
class Grid:
    """
    Square cells over the image; cell (i, j) is centred at ((i + 0.5) * step, (j + 0.5) * step) mm.

    The origin is the outer corner of the image at the chest wall's upper end,
    so that grids of different steps cover the same tissue.
    """

    step_mm: float
    rows: int
    columns: int

    @classmethod
    def covering(cls, field_mm: tuple[float, float], step_mm: float) -> Grid:
        """Give the smallest grid of this step that covers a field (height, width)."""
        rows, columns = (math.ceil(round(length / step_mm, 6)) for length in field_mm)
        return cls(step_mm, rows, columns)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.columns

    def centres_mm(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the centres in mm as a column of y, shape (rows, 1), and a row of x, shape (1, columns)."""
        y = (np.arange(self.rows, dtype=np.float64) + 0.5) * self.step_mm
        x = (np.arange(self.columns, dtype=np.float64) + 0.5) * self.step_mm
        return y[:, None], x[None, :]


def _spline_taps(source: int, ratio: float, count: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Give the four neighbours and cubic B-spline weights of each target cell along one axis."""
    position = (np.arange(count) + 0.5) * ratio - 0.5
    whole = np.floor(position)
    t = position - whole
    weights = np.stack([(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, 3 * (1 - t) ** 3 - 6 * (1 - t) ** 2 + 4, t**3]) / 6
    taps = np.clip(whole[None, :].astype(np.intp) + np.arange(-1, 3)[:, None], 0, source - 1)
    return taps, weights.astype(np.float32)


def refine(values: NDArray[np.floating], source: Grid, target: Grid) -> NDArray[np.float32]:
    """
    Carry values from a coarse grid to a finer one.

    A cubic B-spline without prefilter: it smooths a little, never overshoots,
    and its second derivative is continuous, so that no grid shows.

    Parameters
    ----------
    values : ndarray, shape of ``source``
    source, target : Grid

    Returns
    -------
    ndarray of float32, shape of ``target``
    """
    ratio = target.step_mm / source.step_mm
    coarse = np.asarray(values, dtype=np.float32)
    taps, weights = _spline_taps(source.columns, ratio, target.columns)
    wide = sum(coarse[:, tap] * weight for tap, weight in zip(taps, weights, strict=True))
    taps, weights = _spline_taps(source.rows, ratio, target.rows)
    fine = np.zeros(target.shape, dtype=np.float32)
    for tap, weight in zip(taps, weights, strict=True):
        fine += np.asarray(wide)[tap] * weight[:, None]
    return fine


def blur(image: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    """Blur with a Gaussian out to four standard deviations; below a tenth of a pixel nothing changes."""
    if sigma_px < 0.1:  # a narrower Gaussian moves less than float32 can hold
        return image
    side = 2 * math.ceil(4 * sigma_px) + 1
    blurred = cv2.GaussianBlur(image, (side, side), sigmaX=sigma_px, sigmaY=sigma_px, borderType=cv2.BORDER_REFLECT)
    return np.asarray(blurred, dtype=np.float32)


def splat(grid: Grid, points_mm: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float32]:
    """
    Add weighted points to a grid, each shared among its four nearest cells.

    Parameters
    ----------
    grid : Grid
    points_mm : ndarray of float64, shape (n, 2)
        (y, x) in mm; points outside are left out.
    weights : ndarray of float64, shape (n,)

    Returns
    -------
    ndarray of float32, shape of ``grid``
        Sum of weights for each mm2.
    """
    position = points_mm / grid.step_mm - 0.5
    inside = (position[:, 0] >= 0) & (position[:, 1] >= 0)
    inside &= (position[:, 0] < grid.rows - 1) & (position[:, 1] < grid.columns - 1)
    position, weights = position[inside], weights[inside]
    corner = np.floor(position).astype(np.intp)
    part = position - corner
    total = np.zeros(grid.rows * grid.columns)
    for down in (0, 1):
        for across in (0, 1):
            share = np.abs(1 - down - part[:, 0]) * np.abs(1 - across - part[:, 1])
            index = (corner[:, 0] + down) * grid.columns + corner[:, 1] + across
            total += np.bincount(index, weights=weights * share, minlength=total.size)
    return (total / grid.step_mm**2).reshape(grid.shape).astype(np.float32)


def smoothstep(values: NDArray[np.floating], start: float, stop: float) -> NDArray[np.float64]:
    """Rise smoothly from 0 at ``start`` to 1 at ``stop``."""
    t = np.clip((np.asarray(values, dtype=np.float64) - start) / (stop - start), 0.0, 1.0)
    return np.asarray(t * t * (3 - 2 * t))
