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
    # Profile of a disc blurred by a Gaussian: an integral over the disc, in polar coordinates.
    sigma = 1 / 2.3548
    inner = (np.arange(200) + 0.5) / 200 * true[:, None] / 2
    radius = np.linspace(0.0, 4.0, 801)

    def height_at(places: NDArray[np.intp]) -> NDArray[np.float64]:
        away = radius[places, None]
        profile = np.exp(-((away - inner) ** 2) / (2 * sigma**2)) * i0e(away * inner / sigma**2) * inner
        return np.asarray(profile.sum(axis=1))

    # Profiles fall outwards, so their half height is found by halving: whole ones take a quarter of a second.
    inside, outside = np.zeros(len(true), np.intp), np.full(len(true), len(radius) - 1)
    half = height_at(inside) / 2
    while (outside - inside).max() > 1:
        middle = (inside + outside) // 2
        is_inside = height_at(middle) >= half
        inside, outside = np.where(is_inside, middle, inside), np.where(is_inside, outside, middle)
    above, below = height_at(inside), height_at(outside)
    seen = radius[inside] + (above - half) / (above - below) * (radius[outside] - radius[inside])
    return true, np.maximum.accumulate(2 * seen)
