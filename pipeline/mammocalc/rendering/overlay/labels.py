"""Placement of labels: near their finding, covering nothing that matters."""

from __future__ import annotations

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
        # One cell of air on each side keeps neighbours apart.
        across, down = -(-label_width // _CELL) + 2, -(-label_height // _CELL) + 2
        if across > columns or down > rows:
            place = Box(0, 0, label_width, label_height)
        else:
            cost = _COST_OF_LABEL * _sums(cv2.integral(labelled), down, across)
            cost += _COST_OF_MARK * _sums(marked, down, across) / (down * across)
            cost += _COST_OF_TISSUE * _sums(dense, down, across) / (down * across)
            left = (np.arange(cost.shape[1]) + 1) * _CELL
            top = (np.arange(cost.shape[0]) + 1) * _CELL
            beside = np.maximum(np.maximum(target.left - (left + label_width), left - target.right), 0)
            above = np.maximum(np.maximum(target.top - (top + label_height), top - target.bottom), 0)
            cost += np.hypot(beside[None, :], above[:, None])
            # Of equal places take the one that is level with the middle.
            cost += 0.02 * np.abs(top + label_height / 2 - (target.top + target.bottom) / 2)[:, None]
            row, column = np.unravel_index(int(np.argmin(cost)), cost.shape)
            place = Box(int(left[column]), int(top[row]), label_width, label_height)
        _fill(labelled, place)
        places.append(place)
    return places


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
