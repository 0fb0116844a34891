"""Block matching: similarity of blocks at each shift, and shifts that agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from scipy.spatial.distance import cdist

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOLDS: Final = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
"""How much correlation a square millimetre away from what the neighbours do costs, from round to round: at first each
block goes where it is most alike, in the end where all around it go."""
RIDGE_MM2: Final = 30.0
"""Holds turning and stretching near none, where few blocks say it."""
LEAST_WEIGHT: Final = 0.01
UNSEEN: Final = 0.3
"""What of a block would lie beyond the prior's tissue may be as alike as most: no shift is better for showing more."""


@dataclass(frozen=True, slots=True, eq=False)
class Alikeness:
    """
    How alike blocks of the current image are to the prior, at each shift.

    Attributes
    ----------
    places_mm : ndarray of float64, shape (n, 2)
        Middles of the blocks.
    correlation : ndarray of float32, shape (n, k, k)
        Normalised, -1 to 1; the shift of no millimetre is in the middle.
    seen : ndarray of float32, shape (n, k, k)
        Share of the block's structure that lies on tissue of the prior.
    step_mm : float
        Between two shifts.
    """

    places_mm: NDArray[np.float64]
    correlation: NDArray[np.float32]
    seen: NDArray[np.float32]
    step_mm: float

    def at(self, shifts_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Look up the correlation of each block at a shift of its own, less for what is not seen, shape (n,)."""
        reach = self.correlation.shape[1] // 2
        down, across = np.clip(np.rint(shifts_mm / self.step_mm).astype(np.intp) + reach, 0, 2 * reach).T
        every = np.arange(len(self.places_mm))
        return np.asarray(self.correlation[every, down, across] * self.seen[every, down, across], np.float64)


def compare_blocks(
    current: tuple[NDArray[np.float32], NDArray[np.float32]],
    prior: tuple[NDArray[np.float32], NDArray[np.float32]],
    sizes_px: tuple[int, int, float],
    pixel_mm: float,
) -> Alikeness:
    """
    Correlate blocks of an image with another one, at all shifts within reach.

    Parameters
    ----------
    current, prior : tuple of two ndarrays of float32, shape (rows, columns)
        Structure and weight of each, laid over each other as far as is known. Blocks whose middle has no weight are
        left out.
    sizes_px : tuple of int, int and float
        Half the side of a block, how far is looked, and from block to block.
    pixel_mm : float

    Returns
    -------
    Alikeness
        Possibly of no block.
    """
    half, reach, step = sizes_px
    middles = [np.arange(step / 2, length, step).astype(np.intp) for length in current[0].shape]
    rows, columns = (axis.ravel() for axis in np.meshgrid(*middles, indexing="ij"))
    is_tissue = current[1][rows, columns] > 0
    rows, columns = rows[is_tissue], columns[is_tissue]
    ours, our_weight = (_framed(image, half) for image in current)
    theirs, their_weight = (_framed(image, half + reach) for image in prior)
    side, span = 2 * half + 1, 2 * (half + reach) + 1
    found = np.zeros((len(rows), 2 * reach + 1, 2 * reach + 1), np.float32)
    seen = np.ones_like(found)
    for place, (row, column) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True)):
        own, there = np.s_[row : row + side, column : column + side], np.s_[row : row + span, column : column + span]
        block, around, known = ours[own], theirs[there], their_weight[there]
        if known.min() > 0:
            found[place] = cv2.matchTemplate(around, block, cv2.TM_CCOEFF_NORMED)
            continue
        power = cv2.matchTemplate(known, block * block, cv2.TM_CCORR)
        other = cv2.matchTemplate(around * around, our_weight[own], cv2.TM_CCORR)
        product = np.sqrt(np.maximum(power * other, 0))
        found[place] = cv2.matchTemplate(around, block, cv2.TM_CCORR) / np.maximum(product, 1e-3)
        seen[place] = np.clip(power / max(float((block * block).sum()), 1e-3), 0.0, 1.0)
    # Where there is no structure at all the quotient is of two rounding errors.
    correlation = np.clip(np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0), -1.0, 1.0)
    places_mm = np.stack([rows, columns], axis=1).astype(np.float64) * pixel_mm
    return Alikeness(places_mm, correlation, seen, pixel_mm)


def settle(alike: Alikeness, width_mm: float) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """
    Choose the shifts at which blocks are alike and that go together.

    Parameters
    ----------
    alike : Alikeness
        Of at least one block.
    width_mm : float
        How far blocks go together (standard deviation).

    Returns
    -------
    smooth, own : ndarray of float64, shape (n, 2)
        What all around a block do, and what the block itself would do, in mm.
    trust : ndarray of float64, shape (n,)
        Weight of each block: the square of its correlation.

    References
    ----------
    Heinrich, Papiez, Schnabel, Handels, Non-parametric discrete registration with convex optimisation, WBIR 2014: the
    choice among all shifts and the smooth field are found in turn, ever more tightly coupled.
    """
    places, count = alike.places_mm, len(alike.places_mm)
    reach = alike.correlation.shape[1] // 2
    way = np.arange(-reach, reach + 1) * alike.step_mm
    shifts = np.stack(np.meshgrid(way, way, indexing="ij"), axis=-1).reshape(-1, 2)
    seen = alike.seen.reshape(count, -1)
    table = seen * alike.correlation.reshape(count, -1) + (1 - seen) * UNSEEN
    near = np.exp(-0.5 * cdist(places, places, "sqeuclidean") / width_mm**2)
    smooth = np.zeros((count, 2))
    own, trust = smooth, np.ones(count)
    for hold in HOLDS:
        chosen = np.argmax(table - hold * cdist(smooth, shifts, "sqeuclidean"), axis=1)
        own = shifts[chosen]
        most = alike.correlation.reshape(count, -1)[np.arange(count), chosen] * seen[np.arange(count), chosen]
        trust = np.clip(most, LEAST_WEIGHT, 1.0).astype(np.float64) ** 2
        smooth = _smoothed(places, own, near * trust)
    return smooth, own, trust


def held_out(
    alike: Alikeness, own_mm: NDArray[np.float64], trust: NDArray[np.float64], width_mm: float, apart_mm: float
) -> NDArray[np.float64]:
    """
    Tell how alike blocks are where the others alone expect them.

    Parameters
    ----------
    alike : Alikeness
    own_mm : ndarray of float64, shape (n, 2)
    trust : ndarray of float64, shape (n,)
        As `settle` gives both.
    width_mm : float
    apart_mm : float
        Blocks that lie nearer share pixels with the one in question, and are not asked.

    Returns
    -------
    ndarray of float64, shape (n,)
        Correlations: about 0 in the mean for two breasts, however freely their blocks were shifted.
    """
    apart2 = cdist(alike.places_mm, alike.places_mm, "sqeuclidean")
    may_speak = apart2 > apart_mm**2
    nearest = np.where(may_speak, apart2, np.inf).min(axis=1, initial=np.inf, keepdims=True)
    nearest = np.where(np.isfinite(nearest), nearest, 0.0)
    near = np.exp(-0.5 * (apart2 - nearest) / width_mm**2) * may_speak + 1e-12
    return alike.at(_smoothed(alike.places_mm, own_mm, near * trust))


def _smoothed(
    places_mm: NDArray[np.float64], shifts_mm: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fit an affine map to the shifts around each block, with a ridge towards a mere shift."""
    total = weights.sum(axis=1, keepdims=True)
    centre = places_mm.mean(axis=0)
    here = places_mm - centre
    middle, shift = weights @ here / total, weights @ shifts_mm / total
    products = (here[:, :, None] * here[:, None]).reshape(-1, 4), (here[:, :, None] * shifts_mm[:, None]).reshape(-1, 4)
    spread, cross = (((weights @ table) / total).reshape(-1, 2, 2) for table in products)
    spread = spread - middle[:, :, None] * middle[:, None]
    cross = cross - middle[:, :, None] * shift[:, None]
    turn = np.linalg.solve(spread + RIDGE_MM2 * np.eye(2), cross)
    return np.asarray(shift + np.einsum("ni,nij->nj", here - middle, turn))


def _framed(image: NDArray[np.float32], width_px: int) -> NDArray[np.float32]:
    return np.asarray(
        cv2.copyMakeBorder(image, width_px, width_px, width_px, width_px, cv2.BORDER_CONSTANT, value=0), np.float32
    )
