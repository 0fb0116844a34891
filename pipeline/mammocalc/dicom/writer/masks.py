"""Masks of segments: the pixels of calcifications, by their size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.vocabulary.lexicon import CalcificationSize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Calcification, Point

SEGMENTS: Final = (CalcificationSize.MICRO, CalcificationSize.MACRO, None)
"""What the segments 1, 2 and 3 hold; the last is there where an image has no pixel spacing, and then alone."""


def segments_of(calcifications: Sequence[Calcification]) -> tuple[CalcificationSize | None, ...]:
    """Say which segments an image has: micro and macro, or one for all where sizes are not known."""
    return SEGMENTS[2:] if any(item.size is None for item in calcifications) else SEGMENTS[:2]


def label_map(
    calcifications: Sequence[Calcification], shape: tuple[int, int]
) -> tuple[NDArray[np.uint8], tuple[CalcificationSize | None, ...]]:
    """
    Draw the calcifications of an image.

    Parameters
    ----------
    calcifications : sequence of Calcification
    shape : tuple of int
        Rows and columns of the image.

    Returns
    -------
    ndarray of uint8, shape ``shape``
        0 for none, and 1 for the first segment, 2 for the second. A macrocalcification lies over a
        microcalcification.
    tuple of CalcificationSize or None
        The segments, in order.
    """
    segments = segments_of(calcifications)
    labels = np.zeros(shape, np.uint8)
    for number, size in enumerate(segments, start=1):
        for item in calcifications:
            if item.size is size:
                _draw(item.outline_px or ((item.row_px, item.column_px),), number, labels)
    return labels, segments


def _draw(outline_px: Sequence[Point], number: int, labels: NDArray[np.uint8]) -> None:
    """Mark the pixels whose centres lie in an outline; the one under its middle where it holds none."""
    corners = np.asarray(outline_px, dtype=np.float64)
    ends = np.array(labels.shape) - 1
    first = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, ends)
    last = np.clip(np.ceil(corners.max(axis=0)).astype(int), 0, ends)
    rows, columns = np.mgrid[first[0] : last[0] + 1, first[1] : last[1] + 1]
    is_inside = _inside(corners, rows, columns)
    if is_inside.any():
        labels[rows[is_inside], columns[is_inside]] = number
    else:
        row, column = np.clip(np.rint(corners.mean(axis=0)).astype(int), 0, ends)
        labels[row, column] = number


def _inside(corners: NDArray[np.float64], rows: NDArray[np.int_], columns: NDArray[np.int_]) -> NDArray[np.bool_]:
    """Tell which places lie in a polygon: those from which a ray to the right crosses an odd number of its sides."""
    is_inside = np.zeros(rows.shape, np.bool_)
    for (row, column), (next_row, next_column) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if row == next_row:
            continue
        crosses = (row > rows) != (next_row > rows)
        at = column + (rows - row) / (next_row - row) * (next_column - column)
        is_inside ^= crosses & (columns < at)
    return is_inside
