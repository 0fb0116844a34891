"""The breast, its skin line, and the region in which calcifications are searched for."""

from __future__ import annotations

import itertools
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d
from skimage.filters import threshold_otsu

from mammocalc.model import Breast
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.lexicon import Flag, Medium, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mammocalc.model import Density, Point
    from mammocalc.vocabulary.geometry import PixelSpacing


_LEAD_SHARE = 0.85
_FULL_SHARE = 0.9
_SMALLEST_BACKGROUND = 0.03
"""A background smaller than this share of the image is none."""

_CELL_MM: Final = 0.6
"""Side of the cells in which the breast is mapped: fine enough for margins of a millimetre, and a hundred times fewer
than the pixels."""

_BACKGROUND_SIGMA: Final = 6.0
"""A cell belongs to the breast when it is also brighter than the background by this many of its standard deviations."""

_BRIDGE_MM: Final = 5.0
"""Parts that hang on the breast by less than this width (labels, paddle edges, scanner lines) are cut off."""

_SMALLEST_SIDE_MM: Final = 5.0
"""An image narrower than this is refused: no filter fits into it."""

_SMALLEST_AREA_SHARE: Final = 0.02
"""A breast smaller than this share of the image is not believed."""

_SKIN_MARGIN_MM: Final = 1.0
"""Nothing is searched this close to the skin line, which is a step itself."""

_BACKGROUND_SHARE: Final[Mapping[Medium, float]] = MappingProxyType({Medium.DIGITAL: 0.07, Medium.FILM: 0.12})
"""A cell belongs to the breast when it is brighter than the background by this share of the difference between breast
and background. Small, because the breast thins out towards the skin. On film: fog lifts the background, and its level
changes across the sheet."""

_IMAGE_MARGIN_MM: Final[Mapping[Medium, float]] = MappingProxyType({Medium.DIGITAL: 1.5, Medium.FILM: 4.0})
"""Nothing is searched this close to the image's edge, to padding or to a collimator, where filters see a step. On film:
the edges of the film and of the light box are not straight, and their shadow is broad."""


def find_breast(density: Density, spacing: PixelSpacing, medium: Medium) -> Breast:
    """
    Find the breast.

    The breast is the largest region that stands out from the background, after
    narrow bridges to labels and paddles are cut. Where there is no background
    (a spot view fills the field) the whole image is breast.

    Parameters
    ----------
    density : Density
        Larger is denser.
    spacing : PixelSpacing
        Size of a pixel, for margins in mm.
    medium : Medium
        What is taken for what on a film differs.

    Returns
    -------
    Breast
        Coarse maps and the outline.

    Raises
    ------
    ImageUnreadableError
        With reason ``no_breast`` if nothing stands out from the background.
    """
    narrow_mm = min(density.image.shape) * spacing.mean_mm
    if narrow_mm < _SMALLEST_SIDE_MM:
        raise ImageUnreadableError(
            Reason.NO_BREAST,
            f"The image is {narrow_mm:.1f} mm narrow, too little for a breast. Check how it was exported.",
        )
    cell_px = max(1, round(_CELL_MM / spacing.mean_mm))
    cell_mm = cell_px * spacing.mean_mm
    cells = _cells(density.image, cell_px)
    is_padding = np.zeros(cells.shape, bool)
    if density.is_padding is not None:
        is_padding = _cells(density.is_padding.astype(np.uint16) * 255, cell_px) > 127
    is_padding |= _bright_border(cells)
    stands_out, has_background = _separate(cells, is_padding, medium)
    is_breast = _largest_part(stands_out, round(_BRIDGE_MM / cell_mm / 2))
    if is_breast.mean() < _SMALLEST_AREA_SHARE:
        raise ImageUnreadableError(
            Reason.NO_BREAST,
            "No breast stands out from the background. Check how it was exported.",
        )
    skin_distance = _distance_to(~is_breast)
    edge_distance = _distance_to_edge(is_padding)
    is_searched = is_breast & (edge_distance * cell_mm > _IMAGE_MARGIN_MM[medium])
    is_searched &= skin_distance * cell_mm > _SKIN_MARGIN_MM
    rows, columns = np.nonzero(is_breast)
    height, width = density.image.shape
    return Breast(
        cell_px=cell_px,
        cell_density=cells,
        is_breast=is_breast,
        is_searched=is_searched,
        skin_distance_px=np.where(is_breast, skin_distance * cell_px, 0).astype(np.float32),
        box_px=(
            int(rows.min()) * cell_px,
            int(columns.min()) * cell_px,
            min(height, (int(rows.max()) + 1) * cell_px),
            min(width, (int(columns.max()) + 1) * cell_px),
        ),
        outline_px=_outline(is_breast, cell_px, height, width),
        chest_wall_is_left=tallest_end_is_left(is_breast),
        has_background=has_background,
        flags=frozenset() if has_background else frozenset({Flag.BREAST_OUTLINE_UNCERTAIN}),
    )


def _cells(image: NDArray[np.uint16], cell_px: int) -> NDArray[np.uint16]:
    """Average the image over cells; the last ones are filled up with the edge's pixels."""
    for axis, size in enumerate(image.shape):
        over = size % cell_px
        if over:
            whole, rest = np.split(image, [size - over], axis)
            filled = np.pad(rest, [(0, cell_px - over if along == axis else 0) for along in (0, 1)], mode="edge")
            return np.concatenate([_cells(part, cell_px) for part in (whole, filled) if part.size], axis)
    shape = (image.shape[1] // cell_px, image.shape[0] // cell_px)
    return np.asarray(cv2.resize(image, shape, interpolation=cv2.INTER_AREA), dtype=np.uint16)


def _bright_border(cells: NDArray[np.uint16]) -> NDArray[np.bool_]:
    """
    Find the shadow of a collimator: rows or columns along an edge that are denser than the breast.

    Behind lead a raw image is denser than any tissue, from one end of the row
    to the other. A breast may reach from end to end as well, but it is not the
    densest thing in the image then.
    """
    border = np.zeros(cells.shape, bool)
    is_dense = cells > _LEAD_SHARE * np.iinfo(np.uint16).max
    for turned in range(4):  # each side in turn is the first rows
        side, marked = np.rot90(cells, turned), np.rot90(border, turned)
        full = np.rot90(is_dense, turned).mean(axis=1) > _FULL_SHARE
        count = int(np.argmin(full))  # rows before the first that is not full; 0 where all are
        if count and np.median(side[:count]) >= np.quantile(side[count:], 0.9):
            marked[:count] = True
    return border


def _separate(
    cells: NDArray[np.uint16], is_padding: NDArray[np.bool_], medium: Medium
) -> tuple[NDArray[np.bool_], bool]:
    """
    Tell cells that stand out from the background, and whether there is one.

    The background is the commonest of the dark values. It must be flat: where
    the dark values are spread like tissue, the breast fills the field, or what
    padding leaves of it.
    """
    values = cells[~is_padding].astype(np.float64)
    # Some vendors declare the background as padding: then what is left is breast, with a skin line.
    is_bounded = float(is_padding.mean()) > _SMALLEST_BACKGROUND
    if values.size < 16 or values.min() == values.max():
        return ~is_padding, is_bounded
    split = threshold_otsu(values, nbins=512)
    dark, bright = values[values <= split], values[values > split]
    heights, edges = np.histogram(dark, bins=256)
    # Smoothed, because a grey film is a wide peak and a blackened label a high and narrow one.
    peak = int(gaussian_filter1d(heights.astype(np.float64), 3.0, mode="constant").argmax())
    background = float(edges[peak] + edges[1] - edges[0])
    below = dark[dark <= background]
    spread = 1.4826 * float(np.median(background - below)) if below.size else 0.0
    step = float(np.median(bright)) - background
    limit = background + max(_BACKGROUND_SIGMA * spread, _BACKGROUND_SHARE[medium] * step)
    share_of_background = float((values <= limit).mean())
    if limit >= split or share_of_background < _SMALLEST_BACKGROUND:
        return ~is_padding, is_bounded
    return (cells > limit) & ~is_padding, True


def _largest_part(stands_out: NDArray[np.bool_], bridge_cells: int) -> NDArray[np.bool_]:
    """Give the largest region without holes, after cutting bridges and the bright frame of a film."""
    frame_cells = _frame_cells(stands_out)
    mask = stands_out.astype(np.uint8)
    if frame_cells:
        mask = np.pad(mask[frame_cells:-frame_cells, frame_cells:-frame_cells], frame_cells)
        # What is left of a frame that is wider at the top or at the bottom: rows that are bright all along.
        for rows in (range(frame_cells, len(mask) // 6), range(len(mask) - 1 - frame_cells, 5 * len(mask) // 6, -1)):
            for row in itertools.takewhile(lambda row: mask[row].mean() > 0.8, rows):
                mask[row] = 0
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * bridge_cells + 1,) * 2)
    # Mirrored at the edge: the breast goes on behind it, a bright line along it does not become a bridge.
    border = cv2.BORDER_CONSTANT if frame_cells else cv2.BORDER_REFLECT
    framed = cv2.copyMakeBorder(mask, *(bridge_cells + 1,) * 4, border)
    inner = slice(bridge_cells + 1, -bridge_cells - 1)
    mask = np.ascontiguousarray(cv2.morphologyEx(framed, cv2.MORPH_OPEN, kernel)[inner, inner], dtype=np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    if count < 2:
        return np.zeros(stands_out.shape, bool)
    breast = (labels == 1 + stats[1:, cv2.CC_STAT_AREA].argmax()).astype(np.uint8)
    contours, _ = cv2.findContours(breast, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(cv2.drawContours(breast, contours, -1, 1, thickness=cv2.FILLED), dtype=bool)


def _frame_cells(stands_out: NDArray[np.bool_]) -> int:
    """
    Give the width of the bright frame around a digitised film; 0 where there is none.

    A frame encloses background. So many cells are peeled off all around that
    no large part of the background is enclosed any more.
    """
    for width in range(min(stands_out.shape) // 6):
        inner = stands_out[width:-width, width:-width] if width else stands_out
        _, labels, stats, _ = cv2.connectedComponentsWithStats((~inner).astype(np.uint8), connectivity=4)
        at_edge = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
        areas = stats[:, cv2.CC_STAT_AREA].copy()
        areas[at_edge] = 0
        areas[0] = 0
        if areas.max() < 0.05 * inner.size:
            return width
    return 0


def _distance_to(target: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Distance in cells to the nearest target cell's border; large where there is none."""
    if not target.any():
        return np.full(target.shape, float(max(target.shape)), np.float32)
    return np.asarray(cv2.distanceTransform((~target).astype(np.uint8), cv2.DIST_L2, 5)) - np.float32(0.5)


def _distance_to_edge(is_padding: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Distance in cells of a cell's centre to the edge of what was exposed."""
    framed = np.pad(is_padding, 1, constant_values=True)
    return _distance_to(framed)[1:-1, 1:-1]


def tallest_end_is_left(is_breast: NDArray[np.bool_]) -> bool:
    """
    Tell the side of the chest wall, where the breast is cut off straight: its tallest end.

    Parameters
    ----------
    is_breast : ndarray of bool, shape (rows, columns)
        Not empty, in cells of any shape.
    """
    columns = np.flatnonzero(is_breast.any(axis=0))
    heights = is_breast[:, columns].sum(axis=0)
    end = max(1, len(columns) // 10)
    return bool(heights[:end].sum() >= heights[-end:].sum())


def _outline(is_breast: NDArray[np.bool_], cell_px: int, height: int, width: int) -> tuple[Point, ...]:
    """Outline of the breast in pixels, along the centres of its outermost cells, thinned to a third of a cell."""
    contours, _ = cv2.findContours(is_breast.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(contours, key=cv2.contourArea)
    corners = cv2.approxPolyDP(largest, 0.35, closed=True).reshape(-1, 2)
    return tuple(
        (min((row + 0.5) * cell_px - 0.5, height - 1.0), min((column + 0.5) * cell_px - 0.5, width - 1.0))
        for column, row in corners.tolist()
    )
