"""Smooth map between two images from joined pairs: affine around each place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial.distance import cdist

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH_MM: Final = 4.5
"""Pairs weigh less with their distance: tissue moves together over some 30 mm, and shears within."""
RIDGE_MM2: Final = 4.0
"""Holds turning, scaling and shearing near none: two or three pairs give a shift alone."""


def nearness(
    points_mm: NDArray[np.float64], others_mm: NDArray[np.float64], width_mm: float | None = None
) -> NDArray[np.float64]:
    """
    Weigh how near points are to others.

    Parameters
    ----------
    points_mm, others_mm : ndarray of float64, shape (n, 2) and (m, 2)
    width_mm : float or None
        Standard deviation; None for `WIDTH_MM`.

    Returns
    -------
    ndarray of float64, shape (n, m)
        1 in the same place, falling to 0.
    """
    apart2 = cdist(points_mm, others_mm, "sqeuclidean")
    return np.asarray(np.exp(-0.5 * apart2 / (width_mm or WIDTH_MM) ** 2))


def local_map(
    points_mm: NDArray[np.float64],
    from_mm: NDArray[np.float64],
    to_mm: NDArray[np.float64],
    weights: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """
    Carry points over as the joined pairs around them go.

    Parameters
    ----------
    points_mm : ndarray of float64, shape (n, 2)
    from_mm, to_mm : ndarray of float64, shape (m, 2)
        Joined pairs; at least one.
    weights : ndarray of float64, shape (m,), or None
        How far each is trusted; None for all alike.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        For each point an affine map that is fitted to the pairs around it, with a ridge towards a mere shift, and
        followed no further than these pairs reach.
    """
    apart2 = cdist(points_mm, from_mm, "sqeuclidean")
    # Far from all of them the nearest still say most.
    near = np.exp(-0.5 * (apart2 - apart2.min(axis=1, keepdims=True)) / WIDTH_MM**2)
    return carry(points_mm, from_mm, to_mm, near if weights is None else near * weights)


def carry(
    points_mm: NDArray[np.float64],
    from_mm: NDArray[np.float64],
    to_mm: NDArray[np.float64],
    near: NDArray[np.float64],
) -> NDArray[np.float64]:
    """
    Fit an affine map to the pairs around each point, and carry the point over.

    Parameters
    ----------
    points_mm : ndarray of float64, shape (n, 2)
    from_mm, to_mm : ndarray of float64, shape (m, 2)
        Joined pairs; at least one.
    near : ndarray of float64, shape (n, m)
        Weight of each pair at each point; more than 0 for at least one of them.

    Returns
    -------
    ndarray of float64, shape (n, 2)
    """
    # Sums of products are matrix products; centred, so that nothing is lost in the difference of large numbers.
    centre = from_mm.mean(axis=0)
    here, shift = from_mm - centre, to_mm - from_mm
    parts = [np.ones((len(here), 1)), here, shift, *(here[:, [k]] * here for k in (0, 1))]
    sums = near @ np.concatenate([*parts, *(here[:, [k]] * shift for k in (0, 1))], axis=1)
    total = sums[:, 0]
    mean = sums / total[:, None]
    middle, goal_shift = mean[:, 1:3], mean[:, 3:5]
    spread = total[:, None, None] * (mean[:, 5:9].reshape(-1, 2, 2) - middle[:, :, None] * middle[:, None])
    cross = total[:, None, None] * (mean[:, 9:13].reshape(-1, 2, 2) - middle[:, :, None] * goal_shift[:, None])
    turn = np.linalg.solve(spread + RIDGE_MM2 * np.eye(2), cross)
    variance = np.maximum(np.einsum("nii->ni", spread) / total[:, None], 0.0)
    off = points_mm - centre - middle
    reach = 1.0 + 2 * np.sqrt(variance.sum(axis=1))
    held = off * np.minimum(1.0, reach / np.maximum(np.hypot(*off.T), 1e-9))[:, None]
    return np.asarray(points_mm + goal_shift + np.einsum("ni,nij->nj", held, turn))
