"""Ideal observer: the share that it would find, the bound set by quantum noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray


def ideal_share(snr: NDArray[np.float64], false_per_image: float, breast_mm2: float, cell_mm: float) -> float | None:
    """
    Give the share that the ideal matched filter finds at the same rate of false marks.

    The filter's output for a calcification is a Gaussian of unit variance
    around its signal-to-noise ratio; where there is none, around 0. The breast
    is a field of independent places, each a square with the side of a typical
    calcification, so a rate of false marks fixes the threshold. Shape and size
    are known to this filter, and texture does not exist for it: no real
    detector reaches it.

    Parameters
    ----------
    snr : ndarray of float64, shape (n,)
        Of the true calcifications.
    false_per_image : float
        Positive.
    breast_mm2 : float
        Mean area that is searched in an image.
    cell_mm : float
        Side of one place.

    Returns
    -------
    float or None
        None for no calcifications or no area.

    Examples
    --------
    One place, and a false mark in every second image: the threshold is 0.

    >>> ideal_share(np.array([0.0]), 0.5, 1.0, 1.0)
    0.5
    """
    if not len(snr) or breast_mm2 <= 0 or cell_mm <= 0:
        return None
    places = max(breast_mm2 / cell_mm**2, 1.0)
    threshold = -ndtri(min(false_per_image / places, 1 - 1e-12))
    return float(np.mean(ndtr(snr - threshold)))
