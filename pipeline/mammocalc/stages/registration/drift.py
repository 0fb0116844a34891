"""Coherent drift: points move onto those of another image, each like its neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.stages.registration.local_map import carry, local_map, nearness
from mammocalc.stages.registration.votes import narrow_likeness

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEPS: Final = 22
FIRST_SD_MM: Final = 1.6
"""How far apart two of one calcification may lie at first: what a mere shift of its surroundings leaves."""
LAST_SD_MM: Final = 0.25
NARROWING: Final = 0.85
"""By how much the least spread shrinks with each step."""
HELD_BY: Final = 2.0
"""The spread around a place is drawn towards the least spread as by so many pairs."""
USUAL_LOG_SD: Final = 0.5
"""Spread of the logarithm of the ratio of one calcification's two diameters, at pixels of 0.14 mm."""
LEAST_LOG_SD: Final = 0.15
ENOUGH_PAIRS: Final = 8.0
"""With so many soft pairs their own spread is taken."""
ALONE_PER_MM2: Final = 0.02
"""Density of points that have no partner: a pair has to be likelier than that."""
STIFF_STEPS: Final = 12
STIFF_FIRST_SD_MM: Final = 3.0
STIFF_LAST_SD_MM: Final = 1.5
STIFF_WIDTH_MM: Final = 25.0
"""Over that much all calcifications go together, whatever their depth, but for some millimetres."""


def settle_stiffly(
    current_mm: NDArray[np.float64],
    prior_mm: NDArray[np.float64],
    log_ratios: NDArray[np.float64],
    odds: NDArray[np.float64],
    start_mm: NDArray[np.float64],
) -> NDArray[np.float64]:
    """
    Move the points of the prior as all around them go: calcifications lie deeper than most tissue, or less deep.

    Parameters
    ----------
    current_mm, prior_mm, log_ratios, odds, start_mm
        As for `drift`.

    Returns
    -------
    ndarray of float64, shape (m, 2)
        Where to start from. What few points ask for is believed by half.
    """
    near = nearness(prior_mm, prior_mm, STIFF_WIDTH_MM)
    alike = odds * np.prod([_likeness(ratio, 0.0, USUAL_LOG_SD) for ratio in log_ratios], axis=0)
    carried = start_mm
    for sd_mm in np.geomspace(STIFF_FIRST_SD_MM, STIFF_LAST_SD_MM, STIFF_STEPS).tolist():
        spread = np.broadcast_to(np.eye(2) * sd_mm**2, (len(prior_mm), 2, 2))
        share = _shares(_density(current_mm, carried, spread, alike))
        weight = share.sum(axis=0)
        goal = (share.T @ current_mm) / np.maximum(weight, 1e-12)[:, None]
        asked = (near @ weight)[:, None]
        carried = start_mm + (carry(prior_mm, prior_mm, goal, near * (weight + 1e-9)) - start_mm) * asked / (asked + 1)
    return carried


def drift(
    current_mm: NDArray[np.float64],
    prior_mm: NDArray[np.float64],
    log_ratios: NDArray[np.float64],
    odds: NDArray[np.float64],
    start_mm: NDArray[np.float64],
) -> NDArray[np.float64]:
    """
    Let the points of the prior drift onto those of the current image.

    Each point of the prior is the middle of a normal distribution that may be wider in one direction: breasts roll, and
    what lies at different depths is then moved apart along the chest wall. Soft pairs and the smooth map that they ask
    for are found in turn, while the distributions narrow.

    Parameters
    ----------
    current_mm, prior_mm : ndarray of float64, shape (n, 2) and (m, 2)
    log_ratios : ndarray of float64, shape (k, n, m)
        Logarithms of the ratios of traits such as the diameter, each with each.
    odds : ndarray of float64, shape (n, m)
        What else is known of each pair; 1 for nothing.
    start_mm : ndarray of float64, shape (m, 2)
        Where the points of the prior are at first.

    Returns
    -------
    ndarray of float64, shape (n, m)
        The density per mm2 with which each point of the prior expects each of the current image.

    References
    ----------
    Myronenko, Song, Point set registration: coherent point drift, IEEE TPAMI 32:2262 (2010). Here the map is a locally
    weighted affine one, and a pair has to hold against the other partners of both of its points.
    """
    carried, least_sd = start_mm, FIRST_SD_MM
    spread = np.broadcast_to(np.eye(2) * least_sd**2, (len(prior_mm), 2, 2))
    near = nearness(prior_mm, prior_mm)
    alike = odds * np.prod([_likeness(ratio, 0.0, USUAL_LOG_SD) for ratio in log_ratios], axis=0)
    for _ in range(STEPS):
        expected = _density(current_mm, carried, spread, alike)
        share = _shares(expected)
        weight = share.sum(axis=0)
        goal = (share.T @ current_mm) / np.maximum(weight, 1e-12)[:, None]
        carried = local_map(prior_mm, prior_mm, goal, weight + 1e-9)
        least_sd = max(least_sd * NARROWING, LAST_SD_MM)
        own = _scatter(share, weight, current_mm, carried)
        total = np.einsum("jk,kxy->jxy", near, own) + HELD_BY * least_sd**2 * np.eye(2)
        spread = total / (near @ weight + HELD_BY)[:, None, None]
        pairs = float(share.sum())
        if pairs > ENOUGH_PAIRS:  # what machine and dose do to all of them, and how far they scatter here
            alike = odds * np.prod([_own_likeness(ratio, share, pairs) for ratio in log_ratios], axis=0)
    return _density(current_mm, carried, spread, alike)


def _shares(expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share each pair's density out among all that want one of its points."""
    rivals = expected.sum(axis=0)[None] + expected.sum(axis=1)[:, None] - expected
    return np.asarray(expected / (ALONE_PER_MM2 + rivals))


def _own_likeness(log_ratio: NDArray[np.float64], share: NDArray[np.float64], pairs: float) -> NDArray[np.float64]:
    shift = float((share * log_ratio).sum()) / pairs
    variance = float((share * (log_ratio - shift) ** 2).sum()) / pairs
    return _likeness(log_ratio, shift, float(np.clip(np.sqrt(variance), LEAST_LOG_SD, USUAL_LOG_SD)))


def _likeness(log_ratio: NDArray[np.float64], shift: float, scatter: float) -> NDArray[np.float64]:
    """Weigh how alike diameters are: the narrower they scatter, the more it says that two are."""
    return narrow_likeness(log_ratio, shift, scatter) * (USUAL_LOG_SD / scatter)


def _scatter(
    share: NDArray[np.float64],
    weight: NDArray[np.float64],
    current_mm: NDArray[np.float64],
    carried_mm: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Sum the products of what each soft partner is off, for each point of the prior; shape (m, 2, 2)."""
    centre = current_mm.mean(axis=0)
    there, goal = current_mm - centre, carried_mm - centre
    sums = share.T @ np.concatenate([there, there[:, :1] * there, there[:, 1:] * there], axis=1)
    mixed = sums[:, :2, None] * goal[:, None]
    squares = weight[:, None, None] * goal[:, :, None] * goal[:, None]
    return np.asarray(sums[:, 2:].reshape(-1, 2, 2) - mixed - mixed.transpose(0, 2, 1) + squares)


def _density(
    current_mm: NDArray[np.float64],
    carried_mm: NDArray[np.float64],
    spread: NDArray[np.float64],
    alike: NDArray[np.float64],
) -> NDArray[np.float64]:
    down, across = (current_mm[:, [axis]] - carried_mm[:, axis] for axis in (0, 1))
    inverse = np.linalg.inv(spread)
    apart2 = inverse[:, 0, 0] * down**2 + 2 * inverse[:, 0, 1] * down * across + inverse[:, 1, 1] * across**2
    return np.asarray(alike * np.exp(-0.5 * apart2) / (2 * np.pi * np.sqrt(np.linalg.det(spread))))
