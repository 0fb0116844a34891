"""Holes of a part of an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def without_holes(part: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """
    Fill the holes of a part.

    Parameters
    ----------
    part : ndarray of bool, shape (rows, columns)
        False along the whole frame.

    Returns
    -------
    ndarray of uint8, same shape
        1 in the part and in what it encloses, else 0. A gap at a corner does not open a hole.

    Examples
    --------
    >>> ring = np.zeros((5, 5), bool)
    >>> ring[1:4, 1:4] = [[1, 1, 1], [1, 0, 1], [1, 1, 1]]
    >>> int(without_holes(ring).sum())
    9
    """
    _, labels = cv2.connectedComponents((~part).astype(np.uint8), connectivity=4)
    return np.asarray(labels != labels[0, 0], dtype=np.uint8)
