"""The nipple: a bump on the skin line, or the point of it that is farthest out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.stages.landmarks.settings import LandmarkSettings


def find_nipple(
    mask: NDArray[np.bool_], edge: NDArray[np.float64], cell_mm: float, settings: LandmarkSettings
) -> tuple[float, float, float] | None:
    """
    Find the bump on the skin line nearest to the outermost point of the breast, or that point itself.

    Parameters
    ----------
    mask : ndarray of bool, shape (rows, columns)
        The breast, its chest wall at the left, in cells.
    edge : ndarray of float64, shape (n, 2)
        The edge of the pectoral muscle in cells, from which the outermost point is meant; may be empty.
    cell_mm : float
        Side of a cell.
    settings : LandmarkSettings
        What is taken for a nipple in profile.

    Returns
    -------
    tuple of float or None
        Row and column in cells, and the confidence; None where the breast has no skin line.
    """
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(contours, key=cv2.contourArea).reshape(-1, 2)[:, ::-1].astype(np.float64)
    at_frame = (outline[:, 0] <= 0) | (outline[:, 0] >= mask.shape[0] - 1) | (outline[:, 1] >= mask.shape[1] - 1)
    direction = np.array([0.0, 1.0])
    if len(edge) >= 2:
        run = edge[-1] - edge[0]
        direction = np.array([-run[1], run[0]]) / np.hypot(*run)
        direction *= 1.0 if direction[1] >= 0 else -1.0
    reach = outline @ direction
    reach[at_frame] = -np.inf
    if not np.isfinite(reach).any():
        return None
    # A round breast is flat there for many cells: the middle of the flat part is the tip.
    flat = np.flatnonzero(reach > reach.max() - 0.75)
    tip = int(flat[np.hypot(*(outline[flat] - outline[flat].mean(axis=0)).T).argmin()])
    bump = _bump_height(outline, round(12.0 / cell_mm)) * cell_mm
    steps = np.abs(np.arange(len(outline)) - tip)
    near = np.minimum(steps, len(outline) - steps) * cell_mm <= settings.nipple_reach_mm
    bump[~near | at_frame] = 0.0
    best = int(bump.argmax())
    if bump[best] >= settings.nipple_bump_mm:
        return (*outline[best].tolist(), float(min(0.95, 0.5 + 0.25 * bump[best])))
    return (*outline[tip].tolist(), 0.4)


def _bump_height(outline: NDArray[np.float64], half_width: int) -> NDArray[np.float64]:
    """How far each point of a closed outline stands out of the chord between its neighbours on both sides."""
    centred = (outline + np.roll(outline, 1, axis=0) + np.roll(outline, -1, axis=0)) / 3
    chords = []
    for width in (half_width, half_width // 2):
        before, after = np.roll(centred, width, axis=0), np.roll(centred, -width, axis=0)
        run = after - before
        length = np.maximum(np.hypot(run[:, 0], run[:, 1]), 1e-9)
        gap = centred - before
        chords.append((run[:, 1] * gap[:, 0] - run[:, 0] * gap[:, 1]) / length)
    smooth = chords[0] / 4  # on a smooth arc the wide chord is four times as deep as the narrow one
    heights = chords[1] * _orientation(outline) - smooth * _orientation(outline)
    return np.asarray(heights, dtype=np.float64)


def _orientation(outline: NDArray[np.float64]) -> float:
    """+1 or -1, so that standing out is positive whichever way the outline runs."""
    row, column = outline.T
    return 1.0 if float(np.dot(row, np.roll(column, -1)) - np.dot(column, np.roll(row, -1))) > 0 else -1.0
