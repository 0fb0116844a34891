"""Looks: similarity of the surroundings of two calcifications, with their own shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from scipy.spatial import KDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

PIXEL_MM: Final = 0.15
HALF_MM: Final = 3.0
"""Half the side of what is compared."""
LEEWAY_MM: Final = 0.6
"""Middles of one calcification on two dates differ by less."""
LEVEL_MM: Final = 1.5
"""Standard deviation of the mean that is taken off: fat or gland as a whole says nothing."""
REACH_MM: Final = 13.0
"""Pairs that are farther apart are not compared."""
EVEN: Final = 0.33
SLOPE: Final = 6.0
LEAST_LOG_ODDS: Final = -1.5
MOST_LOG_ODDS: Final = 3.0
"""A correlation says so much: of 289 joined pairs of INbreast and 5315 others within reach half and 5 % have 0.55 and
more, a quarter and 1 % 0.8 (tuning half); other positioning can make any two look different."""


def cut_crops(
    density: NDArray[np.uint16], places_mm: NDArray[np.float64], spacing_mm: tuple[float, float]
) -> NDArray[np.float32]:
    """
    Cut out what surrounds some places.

    Parameters
    ----------
    density : ndarray of uint16, shape (rows, columns)
        The chest wall on the left, the head or the lateral side at the top.
    places_mm : ndarray of float64, shape (n, 2)
    spacing_mm : tuple of float
        Size of a pixel, (down, across).

    Returns
    -------
    ndarray of float32, shape (n, k, k)
        Less its own level; pixels of `PIXEL_MM`, the place in the middle.
    """
    half = round((HALF_MM + LEEWAY_MM) / PIXEL_MM)
    frame = round(2 * LEVEL_MM / PIXEL_MM)
    way = np.arange(-half - frame, half + frame + 1) * PIXEL_MM
    margin = [int(np.ceil(way[-1] / size)) + 3 for size in spacing_mm]
    crops = np.zeros((len(places_mm), 2 * half + 1, 2 * half + 1), np.float32)
    for number, place in enumerate(places_mm / spacing_mm):
        first = [max(0, int(at) - more) for at, more in zip(place, margin, strict=True)]
        last = [int(at) + more for at, more in zip(place, margin, strict=True)]
        part = density[first[0] : last[0], first[1] : last[1]].astype(np.float32)
        if not part.size:
            continue
        y, x = (max(0.3, PIXEL_MM / 2 / size) for size in spacing_mm)
        part = np.asarray(cv2.GaussianBlur(part, (0, 0), sigmaX=x, sigmaY=y), np.float32)
        down, across = (place[axis] - first[axis] + way / spacing_mm[axis] for axis in (0, 1))
        rows, columns = np.meshgrid(down.astype(np.float32), across.astype(np.float32), indexing="ij")
        seen = cv2.remap(part, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        level = cv2.GaussianBlur(seen, (0, 0), LEVEL_MM / PIXEL_MM)
        crops[number] = (seen - level)[frame:-frame, frame:-frame]
    return crops


def log_odds_of_looks(
    current: NDArray[np.float32],
    prior: NDArray[np.float32],
    current_mm: NDArray[np.float64],
    prior_mm: NDArray[np.float64],
) -> NDArray[np.float64]:
    """
    Weigh by their looks how likely calcifications of two dates are the same.

    Parameters
    ----------
    current, prior : ndarray of float32, shape (n, k, k) and (m, k, k)
        As `cut_crops` gives them.
    current_mm, prior_mm : ndarray of float64, shape (n, 2) and (m, 2)
        Places in one frame.

    Returns
    -------
    ndarray of float64, shape (n, m)
        Natural logarithms of odds; 0 for pairs that are farther apart than `REACH_MM`.
    """
    found = np.zeros((len(current_mm), len(prior_mm)))
    if not found.size:
        return found
    leeway = round(LEEWAY_MM / PIXEL_MM)
    near = KDTree(prior_mm).query_ball_point(current_mm, REACH_MM, return_sorted=True)
    for one, others in enumerate(near):
        own = np.ascontiguousarray(current[one, leeway:-leeway, leeway:-leeway])
        for other in others:
            seen = cv2.matchTemplate(np.ascontiguousarray(prior[other]), own, cv2.TM_CCOEFF_NORMED)
            most = float(np.nan_to_num(seen, nan=0.0, posinf=0.0, neginf=0.0).max())
            found[one, other] = np.clip(SLOPE * (most - EVEN), LEAST_LOG_ODDS, MOST_LOG_ODDS)
    return found
