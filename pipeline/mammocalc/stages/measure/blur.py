"""The width of a disc before it was blurred."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import i0e

if TYPE_CHECKING:
    from numpy.typing import NDArray


def unblurred(seen_mm: float, blur_mm: float) -> float:
    """
    Give the diameter of the disc that looks this wide after a Gaussian blur.

    Parameters
    ----------
    seen_mm : float
        Diameter of the contour at half of the height.
    blur_mm : float
        Full width at half maximum of the blur.

    Returns
    -------
    float
        At least half of ``blur_mm``, below which all discs look alike; at most
        about ``seen_mm``.

    Examples
    --------
    >>> unblurred(2.0, 0.1)
    2.0
    >>> round(unblurred(0.11, 0.1), 2)
    0.07
    """
    if blur_mm <= 0:
        return seen_mm
    true, seen = _disc_table()
    return round(float(np.interp(seen_mm / blur_mm, seen, true, right=seen_mm / blur_mm)) * blur_mm, 6)


@functools.cache
def _disc_table() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Tabulate true and seen diameters of discs, in units of the blur's full width at half maximum."""
    true = np.concatenate([np.linspace(0.5, 2.0, 31), [2.5, 3.0, 4.0, 6.0]])  # below half the blur all look alike
    # Profile of a disc of radius a blurred by a Gaussian: an integral over the disc, in polar coordinates.
    sigma = 1 / 2.3548
    radius = np.linspace(0.0, 4.0, 801)
    seen = []
    for diameter in true:
        inner = (np.arange(200) + 0.5) / 200 * diameter / 2
        exponent = -((radius[:, None] - inner[None, :]) ** 2) / (2 * sigma**2)
        bessel = i0e(radius[:, None] * inner[None, :] / sigma**2)
        profile = (np.exp(exponent) * bessel * inner).sum(axis=1)
        seen.append(2 * float(np.interp(-0.5 * profile[0], -profile, radius)))
    return true, np.maximum.accumulate(np.asarray(seen))
