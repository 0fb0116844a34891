"""The nipple: a protrusion from the skin line, or its shadow at it, or else the line's farthest point."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.stages.landmarks.bump import find_bump, outline_of
from mammocalc.stages.landmarks.shadow import find_shadow

if TYPE_CHECKING:
    from numpy.typing import NDArray


_LEAST_LEAD: Final = 0.65
"""Lead over any other place at which a shadow at the skin line is taken for the nipple. In half of INbreast's patients
all with more than 0.16 were right, of films of MIAS all with more than 0.61 (docs/evidence/landmarks.md)."""

_SHADOW_REACH_MM: Final = 70.0
"""How far from the outermost point of the breast a shadow is believed. In half of INbreast's patients the farthest is
64 mm off; farther away lie folds, and labels that touch the skin line of a film."""

_AGREED_MM: Final = 10.0
"""Where a bump and a shadow are farther apart than this, the surer one is believed, else the bump, whose place is known
better. In INbreast none are; on a film of MIAS an uneven skin line made a low bump."""


def find_nipple(
    cells: NDArray[np.uint16], mask: NDArray[np.bool_], edge: NDArray[np.float64], cell_mm: float
) -> tuple[float, float, float] | None:
    """
    Find the highest bump on the skin line near the outermost point of the breast, a shadow at it, or that point itself.

    Parameters
    ----------
    cells : ndarray of uint16, shape (rows, columns)
        Density of each cell.
    mask : ndarray of bool, same shape
        The breast, its chest wall at the left.
    edge : ndarray of float64, shape (n, 2)
        The edge of the pectoral muscle in cells, from which the outermost point is meant; without one (shape (0, 2))
        it is meant from the chest wall.
    cell_mm : float
        Side of a cell.

    Returns
    -------
    tuple of float or None
        Row and column in cells of the middle of the bump's foot or of the shadow, and the confidence; None where the
        breast has no skin line.
    """
    # A film has a black border: the breast is cut off where its mask ends, not where the image does.
    corner = np.argwhere(mask).min(axis=0) if mask.any() else np.zeros(2, int)
    last_row = np.flatnonzero(mask.any(axis=1)).max(initial=0)
    cells, mask, edge = cells[corner[0] :, corner[1] :], mask[corner[0] :, corner[1] :], edge - corner
    cut = mask[: last_row - corner[0] + 1]
    skin = outline_of(cut)
    skin = skin[~_at_frame(skin, cut.shape)]
    if len(skin) == 0:
        return None
    place, confidence = _outermost(skin, edge), 0.4
    bump = find_bump(cut, place, cell_mm)
    shadow = find_shadow(cells, mask, _longest_skin(mask), cell_mm)
    if shadow is not None and (shadow[1] < _LEAST_LEAD or _apart(shadow[0], place) * cell_mm > _SHADOW_REACH_MM):
        shadow = None
    seen = [] if bump is None else [(min(0.95, 0.5 + 0.25 * bump[1]), bump[0])]
    if shadow is not None and (bump is None or _apart(bump[0], shadow[0]) * cell_mm > _AGREED_MM):
        seen.append((min(0.95, 0.7 + 0.2 * shadow[1]), shadow[0]))
    if seen:
        confidence, place = max(seen, key=operator.itemgetter(0))
    row, column = (place + corner).tolist()
    return row, column, confidence


def _apart(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(np.hypot(*(one - other)))


def _longest_skin(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give the longest stretch of the outline that is skin."""
    outline = outline_of(mask)
    is_skin = ~_at_frame(outline, mask.shape)
    start = int(is_skin.argmin())  # the first that is none, so that no stretch goes on around the end
    outline, is_skin = np.roll(outline, -start, axis=0), np.roll(is_skin, -start)
    turns = np.flatnonzero(np.diff(is_skin.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
    first, end = turns[(turns[:, 1] - turns[:, 0]).argmax()]
    return outline[first:end]


def _at_frame(points: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    return np.asarray(((points <= 0) | (points >= np.array(shape) - 1)).any(axis=1))


def _outermost(skin: NDArray[np.float64], edge: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the point of the skin line that is farthest from the muscle, or from the chest wall without one."""
    direction = np.array([0.0, 1.0])
    if len(edge) >= 2:
        run = edge[-1] - edge[0]
        direction = np.array([-run[1], run[0]]) / np.hypot(*run)
        direction *= 1.0 if direction[1] >= 0 else -1.0
    reach = skin @ direction
    # A round breast is flat there for many cells: the middle of the flat part is the tip.
    flat = skin[reach > reach.max() - 0.75]
    return np.asarray(flat[np.hypot(*(flat - flat.mean(axis=0)).T).argmin()])
