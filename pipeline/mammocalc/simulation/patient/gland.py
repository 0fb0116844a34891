"""Glandular tissue in three dimensions, and its share of the thickness in an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import fft

from mammocalc.simulation.grids import Grid, blur, refine, smoothstep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.patient.breast import Breast
    from mammocalc.simulation.patient.projection import Projection

_STEP_MM: Final = 1.2
"""Of the lattice; what is finer is drawn in the image."""
_EXPONENT: Final = 3.6
_OUTER_MM: Final = 30.0
_EVERY: Final = 5
"""Places in the image are worked out for one cell in so many along each axis, and are smooth between them."""
_SPLAT_MM: Final = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class Gland:
    """
    Glandular tissue of a breast.

    Attributes
    ----------
    share : ndarray of float32, shape (n, m, k)
        Along x, y and z: glandular share of each cell, 0 to 1; less than 0 outside the breast.
    axes_mm : tuple of three ndarrays
        Places of the cells along x, y and z.
    """

    share: NDArray[np.float32]
    axes_mm: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def draw_gland(breast: Breast, rng: np.random.Generator) -> Gland:
    """Draw the glandular tissue of a breast: lobes in a cone behind the nipple, with fat under the skin and behind."""
    lateral, depth, up = breast.half_axes_mm
    axes = (
        np.arange(-lateral, lateral + _STEP_MM, _STEP_MM),
        np.arange(0.0, depth + _STEP_MM, _STEP_MM),
        np.arange(-up, up + _STEP_MM, _STEP_MM),
    )
    x, y, z = np.meshgrid(*axes, indexing="ij", sparse=True)
    from_nipple = np.sqrt(x**2 + (depth - y) ** 2 + z**2)
    filled = np.sqrt((x / lateral) ** 2 + (y / depth) ** 2 + (z / up) ** 2)
    below_skin = (1 - filled) * breast.half_axes_mm.min() + 9.0 * np.exp(-((from_nipple / 11.0) ** 2))
    reach = (0.45 + 0.25 * breast.density) * depth * 1.25
    cone = np.exp(-(((from_nipple - 0.28 * depth) / reach) ** 2))
    cone *= smoothstep(below_skin, 1.5, 2.5 + 0.13 * depth) * smoothstep(y, 0.0, 0.3 * depth)
    noise = _noise(tuple(len(axis) for axis in axes), rng)
    share = smoothstep(cone + 0.33 * noise + 0.9 * (breast.density - 0.5), 0.15, 1.0) * cone**0.35
    share[filled > 1] = -1.0
    return Gland(share.astype(np.float32), axes)


def _noise(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float32]:
    """Give power-law noise on a lattice, mean 0 and standard deviation 1."""
    sides = [fft.next_fast_len(int(1.2 * n) + 1, real=True) for n in shape]
    white = rng.standard_normal(sides, dtype=np.float32)
    squares = [fft.fftfreq(n, _STEP_MM) ** 2 for n in sides[:2]] + [fft.rfftfreq(sides[2], _STEP_MM) ** 2]
    total = squares[0][:, None, None] + squares[1][None, :, None] + squares[2][None, None, :]
    gain = (total + _OUTER_MM**-2) ** (-_EXPONENT / 4)
    gain[0, 0, 0] = 0.0
    noise = fft.irfftn(fft.rfftn(white) * gain.astype(np.float32), s=sides)[: shape[0], : shape[1], : shape[2]]
    return np.asarray(noise / noise.std(dtype=np.float64), dtype=np.float32)


def share_in_image(
    gland: Gland, projection: Projection, field_mm: tuple[float, float], target: Grid
) -> NDArray[np.float32]:
    """Give the glandular share of the thickness in an image, 0 to 1, on some grid over its field."""
    coarse = [axis[::_EVERY] for axis in gland.axes_mm]
    corners = np.stack(np.meshgrid(*coarse, indexing="ij"), axis=-1)
    places = projection.places(corners.reshape(-1, 3)).reshape(*corners.shape[:3], 2)
    at = np.meshgrid(*(np.arange(n) / _EVERY for n in gland.share.shape), indexing="ij", sparse=True)
    row, column = (_between(places[..., axis], at) for axis in range(2))
    grid = Grid.covering(field_mm, _SPLAT_MM)
    index = np.floor(row / _SPLAT_MM).astype(np.intp), np.floor(column / _SPLAT_MM).astype(np.intp)
    inside = (gland.share >= 0) & (index[0] >= 0) & (index[0] < grid.rows) & (index[1] >= 0) & (index[1] < grid.columns)
    flat = (index[0] * grid.columns + index[1])[inside]
    cells = grid.rows * grid.columns
    total, filled = (
        blur(np.bincount(flat, weights, cells).reshape(grid.shape).astype(np.float32), 0.7)
        for weights in (gland.share[inside], np.ones(len(flat)))
    )
    return refine(total / np.maximum(filled, 1.0), grid, target)


def _between(
    values: NDArray[np.float64], at: tuple[NDArray[np.float64], ...] | list[NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Interpolate linearly between the corners of a coarse lattice, one axis after the other."""
    for axis, places in enumerate(at):
        place = places.ravel()
        low = np.minimum(np.floor(place).astype(np.intp), max(values.shape[axis] - 2, 0))
        part = (place - low).reshape([-1 if n == axis else 1 for n in range(3)])
        values = np.take(values, low, axis=axis) * (1 - part) + np.take(values, low + 1, axis=axis) * part
    return values
