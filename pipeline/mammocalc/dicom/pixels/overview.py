"""A picture in cells of about a millimetre, and the texture of its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CELLS: Final = 256
"""Cells along the longer side at most: about a millimetre each, so that noise and specks are averaged away."""
_SAMPLES: Final = 4
"""Pixels of a cell that are looked at, along each side."""
_TRIMMED: Final = 0.001
"""Share of the cells at each end that does not set the scale: dead pixels, letters."""
SAME_VALUE: Final = 0.03
"""Share of the scale by which cells differ that count as one value."""
_LINE_SHARE: Final = 0.97
"""A row or column at the edge of which so many cells have one value is a border: printed, padded, a mount, or air."""
LARGEST_VALUE: Final = 1e100
"""A damaged rescale may give any value; those beyond this are all one, and their sums stay finite."""
FEWEST_CELLS: Final = 60
"""Cells without which nothing is said of a region."""


@dataclass(frozen=True, slots=True, eq=False)
class Inner:
    """
    A picture without its borders.

    Attributes
    ----------
    scaled : ndarray of float32, shape (rows, columns)
        From 0 to 1, but for a tenth of a per cent at both ends.
    hidden : ndarray of bool, shape (rows, columns)
        Cells that are mostly padding.
    own_sides : tuple of bool
        Whether the top, left, bottom and right side are those of the picture.
    """

    scaled: NDArray[np.float32]
    hidden: NDArray[np.bool_]
    own_sides: tuple[bool, bool, bool, bool]


def shrink(
    codes: NDArray[np.uint16], values: NDArray[np.float64], is_padding: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Average the picture over cells, padding left out; and mark the cells that are mostly padding."""
    cell = max(1, -(-max(codes.shape) // _CELLS))
    sampled = codes[:: max(1, cell // _SAMPLES), :: max(1, cell // _SAMPLES)]
    size = (max(1, codes.shape[1] // cell), max(1, codes.shape[0] // cell))
    values = np.clip(values, -LARGEST_VALUE, LARGEST_VALUE)
    if not is_padding.any():
        picture = np.asarray(cv2.resize(values[sampled], size, interpolation=cv2.INTER_AREA), dtype=np.float64)
        return picture, np.zeros(picture.shape, dtype=np.bool_)
    weight = (~is_padding).astype(np.float64)[sampled]
    share = np.asarray(cv2.resize(weight, size, interpolation=cv2.INTER_AREA), dtype=np.float64)
    total = cv2.resize(values[sampled] * weight, size, interpolation=cv2.INTER_AREA)
    hidden = share < 0.5
    return np.asarray(np.where(hidden, 0, total / np.maximum(share, 0.5))), hidden


def scale_within_borders(picture: NDArray[np.float64], hidden: NDArray[np.bool_]) -> Inner | None:
    """
    Scale a picture, and leave out what borders it.

    Parameters
    ----------
    picture : ndarray of float64, shape (rows, columns)
        As `shrink` gives it.
    hidden : ndarray of bool, shape (rows, columns)
        Cells that are mostly padding.

    Returns
    -------
    Inner or None
        None where all cells have one value.
    """
    if np.count_nonzero(~hidden) < FEWEST_CELLS:
        return None
    low, high = np.quantile(picture[~hidden], (_TRIMMED, 1 - _TRIMMED))
    if high <= low:
        return None
    scaled = np.clip((picture - low) / (high - low), 0, 1).astype(np.float32)
    box = _within_borders(scaled, hidden)
    rows, columns = scaled.shape
    own = box[0].start == 0, box[1].start == 0, box[0].stop == rows, box[1].stop == columns
    return Inner(np.ascontiguousarray(scaled[box]), np.ascontiguousarray(hidden[box]), own)


def _within_borders(scaled: NDArray[np.float32], hidden: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Give the box that is left without the rows and columns at the edges that have one value from end to end."""
    top, left, bottom, right = 0, 0, *scaled.shape

    def is_border(line: tuple[int | slice, int | slice]) -> bool:
        shown = scaled[line][~hidden[line]]
        if shown.size == 0:
            return True
        median = np.sort(shown)[[(shown.size - 1) // 2, shown.size // 2]].mean()  # np.median takes five times as long
        return bool(np.count_nonzero(np.abs(shown - median) <= SAME_VALUE) >= _LINE_SHARE * shown.size)

    is_changed = True
    while is_changed and min(bottom - top, right - left) > 8:
        before = top, left, bottom, right
        top += is_border((top, slice(left, right)))
        bottom -= is_border((bottom - 1, slice(left, right)))
        left += is_border((slice(top, bottom), left))
        right -= is_border((slice(top, bottom), right - 1))
        is_changed = before != (top, left, bottom, right)
    if min(bottom - top, right - left) < 24:
        top, left, bottom, right = 0, 0, *scaled.shape
    return slice(top, bottom), slice(left, right)


def measure_texture(scaled: NDArray[np.float32], part: NDArray[np.bool_]) -> tuple[float, float] | None:
    """Measure the fine and coarse texture of a region, up to three and nine cells; None if it is too small."""
    inner = cv2.erode(part.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=1) > 0
    if np.count_nonzero(inner) < FEWEST_CELLS:
        return None
    fine = np.abs(scaled - cv2.blur(scaled, (3, 3)))
    coarse = np.abs(cv2.blur(scaled, (3, 3)) - cv2.blur(scaled, (9, 9)))
    return float(np.median(fine[inner])), float(np.median(coarse[inner]))


def contacts_of(tissue: NDArray[np.bool_]) -> tuple[float, ...]:
    """Give the share that tissue takes of the top, left, bottom and right side."""
    edge = max(1, min(tissue.shape) // 50)
    strips = (tissue[:edge], tissue[:, :edge].T, tissue[-edge:], tissue[:, -edge:].T)
    return tuple(float(strip.any(axis=0).mean()) for strip in strips)
