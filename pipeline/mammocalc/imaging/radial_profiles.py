"""Radial profiles: the image around a position, direction by direction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROWS_AT_ONCE = 32_000
"""cv2.remap takes maps of fewer than 32768 rows."""


def directions(count: int) -> NDArray[np.float64]:
    """Give so many evenly spaced angles of a whole turn, radians, from 0 on."""
    return np.asarray(2 * np.pi * np.arange(count) / count)


def cast_rays(
    image: NDArray[np.uint16],
    rows: NDArray[np.integer],
    columns: NDArray[np.integer],
    radii_px: NDArray[np.float64],
    angles: NDArray[np.float64],
) -> NDArray[np.float32]:
    """
    Sample an image along rays around some positions, bilinearly.

    Parameters
    ----------
    image : ndarray of uint16, shape (rows, columns)
        It goes on with the value of its edge.
    rows, columns : ndarray of int, shape (n,)
        0-based positions.
    radii_px : ndarray of float64, shape (m,)
        Distances from the position, in pixels.
    angles : ndarray, shape (k,)
        Of the rays, radians: 0 runs along the row, to larger columns, a quarter turn to larger rows.

    Returns
    -------
    ndarray of float32, shape (n, k, m)
        In units of the image. Empty for no positions.
    """
    x = (columns[:, None, None] + np.cos(angles)[None, :, None] * radii_px).astype(np.float32)
    y = (rows[:, None, None] + np.sin(angles)[None, :, None] * radii_px).astype(np.float32)
    rays = np.empty(x.shape, np.float32)
    for start in range(0, len(rows), _ROWS_AT_ONCE):  # a row for each position: narrower maps take longer
        part = slice(start, start + _ROWS_AT_ONCE)
        shape = (-1, len(angles) * len(radii_px))
        sampled = cv2.remap(
            image, x[part].reshape(shape), y[part].reshape(shape), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        rays[part] = sampled.reshape(-1, len(angles), len(radii_px))
    return rays
