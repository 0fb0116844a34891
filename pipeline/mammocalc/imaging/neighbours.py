"""Differences of neighbouring pixels, and the noise that they show."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mammocalc.imaging.histogram import median_level

if TYPE_CHECKING:
    from numpy.typing import NDArray


def neighbour_steps(image: NDArray[np.uint16], every: int) -> NDArray[np.uint16]:
    """
    Give how much pixels on a lattice differ from the next one in their row.

    Parameters
    ----------
    image : ndarray of uint16, shape (rows, columns)
        At least two columns.
    every : int
        Rows and columns from one place of the lattice to the next.

    Returns
    -------
    ndarray of uint16, shape (ceil(rows / every), ceil((columns - 1) / every))

    Examples
    --------
    >>> neighbour_steps(np.array([[1, 5, 7], [0, 0, 0], [9, 8, 8]], np.uint16), 2).tolist()
    [[4], [1]]
    """
    rows = image[::every]  # whole: OpenCV reads some columns of an image ten times slower than all
    return np.ascontiguousarray(cv2.absdiff(rows[:, 1:], rows[:, :-1])[:, ::every], dtype=np.uint16)


def noise_of_steps(counts: NDArray[np.int64]) -> float:
    """
    Give the standard deviation of the noise of a pixel by the median step between neighbours.

    Parameters
    ----------
    counts : ndarray of int64, shape (65536,)
        How often each step occurs, as `count_levels` gives them.

    Returns
    -------
    float
        In grey levels; 0 for none.

    Examples
    --------
    >>> round(noise_of_steps(np.array([0, 0, 5])), 3)
    2.097
    """
    return 1.4826 * median_level(counts) / math.sqrt(2)
