"""Placement of labels: near their finding, covering nothing that matters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_CELL: Final = 4  # pixels of the picture; finer places look no better
_COST_OF_LABEL: Final = 1e6  # never on another label, if there is room anywhere
_COST_OF_MARK: Final = 2e4  # on marks only where the picture is full: a twentieth is worth 1000 pixels of way
_NEAR_PX: Final = 400  # where a place is looked for first: most labels find one in less than this
_COST_OF_TISSUE: Final = 240.0  # pixels that a label goes out of its way to stand on black rather than on white


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the picture, in pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column beyond it."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """The first row beyond it."""
        return self.top + self.height


def place_labels(
    sizes: Sequence[tuple[int, int]],
    targets: Sequence[Box],
    marks: NDArray[np.bool_],
    brightness: NDArray[np.uint8],
    taken: Sequence[Box] = (),
) -> list[Box]:
    """
    Find a place for every label, the first ones first.

    Parameters
    ----------
    sizes : sequence of (width, height)
        Of the labels, in pixels.
    targets : sequence of Box
        What each label names.
    marks : ndarray of bool, shape (height, width)
        What should not be covered.
    brightness : ndarray of uint8, same shape
        The picture: labels cover dark parts rather than bright ones.
    taken : sequence of Box
        Where other things are written already.

    Returns
    -------
    list of Box
        One for each label, inside the picture where it is large enough. Two
        of them overlap only where there is no free place at all.
    """
    height, width = marks.shape
    rows, columns = -(-height // _CELL), -(-width // _CELL)
    labelled = np.zeros((rows, columns), dtype=np.float32)
    for box in taken:
        _fill(labelled, box)
    marked = cv2.integral(_coarse(marks.view(np.uint8) * np.uint8(255)))
    dense = cv2.integral(_coarse(brightness))
    places = []
    for (label_width, label_height), target in zip(sizes, targets, strict=True):
        tables = cv2.integral(labelled), marked, dense
        for reach_px in (_NEAR_PX, max(height, width)):
            place, cost = _cheapest((label_width, label_height), target, tables, reach_px)
            if cost < reach_px:  # farther away the way alone costs more
                break
        _fill(labelled, place)
        places.append(place)
    return places


def _cheapest(
    size: tuple[int, int], target: Box, tables: tuple[cv2.typing.MatLike, ...], reach_px: int
) -> tuple[Box, float]:
    """Give the best place for a label no farther than so many pixels from its target, and what it costs."""
    width, height = size
    rows, columns = (side - 1 for side in tables[0].shape)
    # One cell of air on each side keeps neighbours apart.
    across, down = -(-width // _CELL) + 2, -(-height // _CELL) + 2
    top = (np.arange(rows - down + 1) + 1) * _CELL
    left = (np.arange(columns - across + 1) + 1) * _CELL
    above = np.maximum(np.maximum(target.top - (top + height), top - target.bottom), 0)
    beside = np.maximum(np.maximum(target.left - (left + width), left - target.right), 0)
    near_rows, near_columns = np.flatnonzero(above <= reach_px), np.flatnonzero(beside <= reach_px)
    if not len(near_rows) or not len(near_columns):
        return Box(0, 0, width, height), math.inf
    rows_in, columns_in = (slice(near[0], near[-1] + 1) for near in (near_rows, near_columns))
    part = slice(rows_in.start, rows_in.stop + down), slice(columns_in.start, columns_in.stop + across)
    on_label, on_marks, on_tissue = (_sums(table[part], down, across) for table in tables)
    cost = _COST_OF_LABEL * on_label
    cost += _COST_OF_MARK * on_marks / (down * across)
    cost += _COST_OF_TISSUE * on_tissue / (down * across)
    cost += np.hypot(beside[columns_in], above[rows_in, None])
    # Of equal places take the one that is level with the middle.
    cost += 0.02 * np.abs(top[rows_in] + height / 2 - (target.top + target.bottom) / 2)[:, None]
    row, column = np.unravel_index(int(np.argmin(cost)), cost.shape)
    return Box(int(left[columns_in][column]), int(top[rows_in][row]), width, height), float(cost[row, column])


def _coarse(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Average a picture over cells, from 0 to 1; those at the right and the bottom go on beyond it."""
    height, width = grey.shape
    whole = cv2.copyMakeBorder(grey, 0, -height % _CELL, 0, -width % _CELL, cv2.BORDER_REPLICATE)
    cells = (whole.shape[1] // _CELL, whole.shape[0] // _CELL)
    return np.asarray(cv2.resize(whole, cells, interpolation=cv2.INTER_AREA) / np.float32(255), dtype=np.float32)


def _fill(cells: NDArray[np.float32], box: Box) -> None:
    top, left = max(box.top // _CELL, 0), max(box.left // _CELL, 0)
    cells[top : -(-box.bottom // _CELL), left : -(-box.right // _CELL)] = 1


def _sums(integral: NDArray[np.floating] | cv2.typing.MatLike, down: int, across: int) -> NDArray[np.float64]:
    """Sum over every window of so many cells."""
    table = np.asarray(integral, dtype=np.float64)
    return table[down:, across:] - table[:-down, across:] - table[down:, :-across] + table[:-down, :-across]
