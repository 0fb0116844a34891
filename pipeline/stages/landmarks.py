"""The pectoral muscle and the nipple: what radiologists orient themselves by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from pydantic import Field
from skimage.graph import route_through_array

from pipeline.lexicon import Flag, View
from pipeline.model import Landmarks, Nipple
from pipeline.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.geometry import PixelSpacing
    from pipeline.model import Breast

_PECTORAL_VIEWS = frozenset({View.MLO, View.ML, View.LMO, View.UNKNOWN})


class LandmarkSettings(Settings):
    """How the pectoral muscle and the nipple are found."""

    pectoral_contrast: float = Field(default=0.04, ge=0, le=1)
    """Smallest mean drop of density across the edge of the muscle, as a share of the range of densities in the
    breast's thick part, at which it is believed. Of 45 simulated breasts, those with a muscle had 0.19 and more,
    those without at most 0.012."""

    pectoral_least_contrast: float = Field(default=0.005, ge=0, le=1)
    """The same as a share of the whole breast's range, so that an even breast has no muscle drawn into its noise: with
    a muscle 0.014 and more, in noise alone less than 0.0005."""

    pectoral_range_from_skin_mm: float = Field(default=15.0, ge=0, le=50)
    """How far from the skin line the range of densities is taken. Nearer to it the breast gets thinner, and in a raw
    image that alone darkens it by more than all tissue does; compressed breasts are 2 to 6 cm thick and rounded at
    their edge."""

    pectoral_tube_mm: float = Field(default=8.0, ge=0, le=30)
    """How far the edge of the muscle may leave the straight line that fits it best."""

    nipple_reach_mm: float = Field(default=25.0, gt=0, le=100)
    """How far along the skin from the outermost point of the breast a nipple in profile is looked for."""

    nipple_bump_mm: float = Field(default=1.0, ge=0, le=20)
    """Height of a bump on the skin line at which it is taken for the nipple in profile."""


def find_landmarks(breast: Breast, spacing: PixelSpacing, view: View, settings: LandmarkSettings) -> Landmarks:
    """
    Find the edge of the pectoral muscle and the nipple.

    The muscle is bright and fills the upper corner at the chest wall in oblique
    and lateral views: the straight line with the largest drop of density
    across it is searched, then bent along the strongest edge near it by a path
    of least cost. The nipple is the bump on the skin line nearest to the
    outermost point of the breast, or that point itself with less confidence.

    Parameters
    ----------
    breast : Breast
        Its coarse maps are all that is looked at.
    spacing : PixelSpacing
        Size of a pixel.
    view : View
        The muscle is looked for in MLO, ML, LMO and unknown views.
    settings : LandmarkSettings
        What is believed.

    Returns
    -------
    Landmarks
        Without nipple where the breast has no skin line.

    Notes
    -----
    Published automatic nipple positions are 6 to 11 mm off on average, so the
    confidence decides whether the nipple is used at all.
    """
    cell_mm = breast.cell_px * spacing.mean_mm
    flags = set()
    # All that follows sees the chest wall at the left.
    is_left = breast.chest_wall_is_left
    mask = breast.is_breast if is_left else breast.is_breast[:, ::-1]
    cells = breast.cell_density if is_left else breast.cell_density[:, ::-1]
    edge: NDArray[np.float64] = np.zeros((0, 2))
    if view in _PECTORAL_VIEWS and breast.has_background:
        from_skin_mm = breast.skin_distance_px * spacing.mean_mm
        from_skin_mm = from_skin_mm if is_left else from_skin_mm[:, ::-1]
        edge = _pectoral_edge(cells, mask, from_skin_mm, cell_mm, settings)
        if view is View.MLO and len(edge) == 0:
            flags.add(Flag.PECTORAL_UNCERTAIN)
    muscle = _filled(edge, mask.shape) & mask
    nipple = _nipple(mask, edge, cell_mm, settings) if breast.has_background else None
    if nipple is None or nipple[2] < 0.5:
        flags.add(Flag.NIPPLE_UNCERTAIN)

    def to_px(row: float, column: float) -> tuple[float, float]:
        column = column if is_left else mask.shape[1] - 1 - column
        return (row + 0.5) * breast.cell_px - 0.5, (column + 0.5) * breast.cell_px - 0.5

    return Landmarks(
        is_pectoral=muscle if is_left else muscle[:, ::-1],
        pectoral_px=tuple(to_px(row, column) for row, column in edge.tolist()),
        nipple=None if nipple is None else Nipple(*to_px(nipple[0], nipple[1]), confidence=nipple[2]),
        flags=frozenset(flags),
    )


def _pectoral_edge(
    cells: NDArray[np.uint16],
    mask: NDArray[np.bool_],
    from_skin_mm: NDArray[np.float32],
    cell_mm: float,
    settings: LandmarkSettings,
) -> NDArray[np.float64]:
    """Edge of the muscle in cells (row, column), top first; empty if none is believed."""
    smooth = cv2.GaussianBlur(cells.astype(np.float32), (0, 0), 1.2 / cell_mm)
    drop = np.asarray(-cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8), dtype=np.float32)
    rise = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    rows, columns = np.nonzero(mask)
    top, left, height, width = rows.min(), columns.min(), np.ptp(rows) + 1, np.ptp(columns) + 1
    across = np.arange(round(0.12 * width), round(0.85 * width), 2)
    down = np.arange(round(0.2 * height), round(0.98 * height), 2)
    if len(across) == 0 or len(down) == 0:
        return np.zeros((0, 2))
    start, end = (grid.ravel() for grid in np.meshgrid(across, down, indexing="ij"))
    steep = (end > 0.8 * start) & (end < 6.0 * start)  # the muscle's edge runs steeply down
    start, end = start[steep], end[steep]
    along = np.linspace(0.04, 0.9, 64)
    line_rows = top + along[None, :] * end[:, None]
    line_columns = left + (1 - along[None, :]) * start[:, None]
    index = np.rint(line_rows).astype(int), np.rint(line_columns).astype(int)
    normal_length = np.hypot(start, end)[:, None]
    across_edge = (drop[index] * end[:, None] - rise[index] * start[:, None]) / normal_length
    # A median asks for an edge along the whole line, so that a bright gland does not decide.
    strength = np.quantile(across_edge, 0.35, axis=1) * np.sqrt(normal_length.ravel() / normal_length.max())
    best = int(strength.argmax())
    is_thick = mask & (from_skin_mm > settings.pectoral_range_from_skin_mm)
    whole = _range(smooth[mask])
    least = settings.pectoral_least_contrast * whole
    if is_thick.any():
        least = max(least, settings.pectoral_contrast * _range(smooth[is_thick]))
    if whole <= 0 or strength[best] * 2.4 / cell_mm < least:
        return np.zeros((0, 2))
    return _bend(drop, (top, left + start[best]), (top + end[best], left), round(settings.pectoral_tube_mm / cell_mm))


def _range(values: NDArray[np.number[Any]]) -> float:
    """From the 5th to the 95th percentile."""
    low, high = np.quantile(values, (0.05, 0.95))
    return float(high - low)


def _bend(
    drop: NDArray[np.float32], upper: tuple[float, float], lower: tuple[float, float], tube_cells: int
) -> NDArray[np.float64]:
    """Follow the strongest edge within a tube around a straight line."""
    row, column = np.indices(drop.shape)
    length = np.hypot(lower[0] - upper[0], lower[1] - upper[1])
    away = np.abs((lower[1] - upper[1]) * (row - upper[0]) - (lower[0] - upper[0]) * (column - upper[1])) / length
    scale = float(np.quantile(np.abs(drop), 0.95)) or 1.0
    cost = 1.0 / (0.05 + np.clip(drop / scale, 0, 2)) + (away / max(tube_cells, 1)) ** 2
    cost[away > tube_cells] = 1e3
    ends = [(min(int(r), drop.shape[0] - 1), min(int(c), drop.shape[1] - 1)) for r, c in (upper, lower)]
    path, _ = route_through_array(cost, ends[0], ends[1], fully_connected=True, geometric=True)
    return np.asarray(path, dtype=np.float64)[::2]


def _filled(edge: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """All cells between the edge of the muscle and the upper corner at the chest wall."""
    filled = np.zeros(shape, np.uint8)
    if len(edge):
        corner = np.array([[edge[-1][0], 0.0], [0.0, 0.0], [0.0, edge[0][1]]])
        polygon = np.rint(np.vstack([edge, corner])[:, ::-1]).astype(np.int32)
        cv2.fillPoly(filled, [polygon], 1)
    return filled.astype(bool)


def _nipple(
    mask: NDArray[np.bool_], edge: NDArray[np.float64], cell_mm: float, settings: LandmarkSettings
) -> tuple[float, float, float] | None:
    """Row, column (cells) and confidence of the nipple; the chest wall is at the left."""
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
