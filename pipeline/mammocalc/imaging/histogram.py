"""Histograms of grey levels, which are much faster than sorting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEVELS: Final = 1 << 16


def count_levels(values: NDArray[Any], mask: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """
    Count the pixels of each grey level.

    Parameters
    ----------
    values : ndarray of uint16, shape (rows, columns)
    mask : ndarray of bool, same shape, optional
        Only these are counted.

    Returns
    -------
    ndarray of int64, shape (65536,)
        Exact up to 16 million pixels of a level, and to one in as many above.

    Examples
    --------
    >>> count_levels(np.array([[3, 1], [3, 0]], np.uint16))[:5].tolist()
    [1, 1, 0, 2, 0]
    """
    is_counted = None if mask is None else mask.view(np.uint8)
    counts = cv2.calcHist([values], [0], is_counted, [_LEVELS], [0, _LEVELS])
    return counts.ravel().astype(np.int64)


def median_level(counts: NDArray[np.int64]) -> float:
    """
    Give the median of the pixels that were counted; 0 for none.

    Examples
    --------
    >>> median_level(count_levels(np.array([[3, 1], [3, 0]], np.uint16)))
    2.0
    """
    below = np.cumsum(counts)
    total = int(below[-1])
    middle = np.searchsorted(below, [(total + 1) // 2, total // 2 + 1])
    return float(middle.mean()) if total else 0.0
