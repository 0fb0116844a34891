"""Where joined pairs expect other points, and how far off these may be: as their neighbours go, or as all around do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.stages.registration.local_map import carry, nearness

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDE_MM: Final = 25.0
"""So far around a place all pairs say where it lies; its neighbours say more."""
ALL_AS_NEIGHBOURS: Final = 1.0
"""What all others say weighs as much as so many neighbours."""
ALL_AS_PAIRS: Final = 2.0
"""How far they scatter is known beforehand as from so many pairs."""
NO_SHIFT_AS_PAIRS: Final = 0.5
"""That calcifications lie where their tissue is weighs as much as so many pairs."""
ON_TISSUE_SD_MM: Final = 2.5
ON_LANDMARKS_SD_MM: Final = 4.0
"""How far pairs scatter about what all others do, before any is known: they lie at different depths."""
NEIGHBOURS_SD_MM: Final = 0.6
LEAST_SD_MM: Final = 0.15


def expect(
    points_mm: NDArray[np.float64],
    from_mm: NDArray[np.float64],
    to_mm: NDArray[np.float64],
    *,
    on_tissue: bool,
    without_self: bool = False,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Carry points over as joined pairs go, and tell how far off they may be.

    Parameters
    ----------
    points_mm : ndarray of float64, shape (n, 2)
    from_mm, to_mm : ndarray of float64, shape (m, 2)
        Joined pairs; possibly none.
    on_tissue : bool
        Whether points lie where their tissue is, but for their depth.
    without_self : bool
        Whether the points are the pairs' own, each to be told by the others alone.

    Returns
    -------
    places : ndarray of float64, shape (n, 2)
    spread : ndarray of float64, shape (n, 2, 2)
        Covariance, by how far the pairs themselves lie from where the others expect them: more in one direction, for
        breasts roll.
    """
    first = np.eye(2) * (ON_TISSUE_SD_MM if on_tissue else ON_LANDMARKS_SD_MM) ** 2
    if not len(from_mm):
        return points_mm, np.broadcast_to(first, (len(points_mm), 2, 2))
    others = 1 - np.eye(len(from_mm)) if without_self else np.ones((len(points_mm), len(from_mm)))
    near, wide = (nearness(points_mm, from_mm, width_mm) * others for width_mm in (None, WIDE_MM))
    by_all, places, trust = _carried(points_mm, from_mm, to_mm, (near, wide, others), on_tissue=on_tissue)
    if without_self:
        off_all, off = to_mm - by_all, to_mm - places
    else:
        alone = 1 - np.eye(len(from_mm))
        own = tuple(nearness(from_mm, from_mm, width_mm) * alone for width_mm in (None, WIDE_MM))
        told = _carried(from_mm, from_mm, to_mm, (*own, alone), on_tissue=on_tissue)
        off_all, off = to_mm - told[0], to_mm - told[1]
    of_all = _spread(off_all, wide, first)
    held = (1 - trust)[:, :, None] * of_all + trust[:, :, None] * np.eye(2) * NEIGHBOURS_SD_MM**2
    return places, _spread(off, near, held) + np.eye(2) * LEAST_SD_MM**2


def _carried(
    points_mm: NDArray[np.float64],
    from_mm: NDArray[np.float64],
    to_mm: NDArray[np.float64],
    weights: tuple[NDArray[np.float64], ...],
    *,
    on_tissue: bool,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Carry points as all pairs go, and as their neighbours go, as far as these can be trusted, shape (n, 1)."""
    near, wide, others = weights
    count = near.sum(axis=1, keepdims=True)
    trust = count / (count + ALL_AS_NEIGHBOURS)
    if not others.any():
        return points_mm, points_mm, trust
    by_all = carry(points_mm, from_mm, to_mm, wide + 1e-9 * others)
    if on_tissue:
        heard = wide.sum(axis=1, keepdims=True)
        by_all = points_mm + (by_all - points_mm) * heard / (heard + NO_SHIFT_AS_PAIRS)
    by_neighbours = carry(points_mm, from_mm, to_mm, near + 1e-6 * wide + 1e-12 * others)
    return by_all, trust * by_neighbours + (1 - trust) * by_all, trust


def _spread(
    off_mm: NDArray[np.float64], weights: NDArray[np.float64], before: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the covariance of what pairs are off, and of what is known before; shape (n, 2, 2)."""
    own = off_mm[:, :, None] * off_mm[:, None]
    heard = weights.sum(axis=1)[:, None, None]
    return np.asarray((np.einsum("jk,kxy->jxy", weights, own) + ALL_AS_PAIRS * before) / (heard + ALL_AS_PAIRS))
