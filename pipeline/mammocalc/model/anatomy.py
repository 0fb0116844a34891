"""The breast and its landmarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.model.point import Point


@dataclass(frozen=True, slots=True)
class Nipple:
    """Position of the nipple in pixels, with its confidence (0 to 1)."""

    row_px: float
    column_px: float
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class Breast:
    """
    Where the breast is, and where in it particles are searched.

    The maps are coarse: cell (i, j) covers the pixels ``[i * cell_px,
    (i + 1) * cell_px)`` of the rows and likewise of the columns.

    Attributes
    ----------
    cell_px : int
        Side of a cell in pixels.
    cell_density : ndarray of uint16, shape (cell_rows, cell_columns)
        Mean density of each cell.
    is_breast : ndarray of bool, same shape
        The breast with its skin; the pectoral muscle included.
    is_searched : ndarray of bool, same shape
        Where particles are reported: the breast without the margins of the
        image, of the skin line and of padding.
    skin_distance_px : ndarray of float32, same shape
        Distance of a cell's centre to the skin line; 0 outside the breast.
        The edges of the image do not count as skin.
    box_px : tuple of int
        First row, first column, last row + 1, last column + 1 of the breast.
    outline_px : tuple of Point
        The outline of the breast, in order.
    chest_wall_is_left : bool
        True where the chest wall is at the left of the image.
    has_background : bool
        False where the breast fills the field, so that there is no skin line.
    flags : frozenset of Flag
        What is doubtful about this outline.
    """

    cell_px: int
    cell_density: NDArray[np.uint16]
    is_breast: NDArray[np.bool_]
    is_searched: NDArray[np.bool_]
    skin_distance_px: NDArray[np.float32]
    box_px: tuple[int, int, int, int]
    outline_px: tuple[Point, ...]
    chest_wall_is_left: bool
    has_background: bool
    flags: frozenset[Flag] = frozenset()

    def cell_of(self, row_px: float, column_px: float) -> tuple[int, int]:
        """Give the cell that holds a pixel position, clipped to the map."""
        rows, columns = self.is_breast.shape
        return (
            min(max(int(row_px + 0.5) // self.cell_px, 0), rows - 1),
            min(max(int(column_px + 0.5) // self.cell_px, 0), columns - 1),
        )

    def cells_at(
        self, rows_px: NDArray[np.floating | np.integer], columns_px: NDArray[np.floating | np.integer]
    ) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
        """Give the row and column of the cells that hold some pixel positions, clipped as `cell_of` does."""
        rows, columns = (
            np.clip(np.floor(at_px + 0.5).astype(np.int_) // self.cell_px, 0, count - 1)
            for at_px, count in zip((rows_px, columns_px), self.is_breast.shape, strict=True)
        )
        return rows, columns


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """
    The pectoral muscle and the nipple.

    ``is_pectoral`` has the shape of the breast's maps. ``pectoral_px`` is the
    edge of the muscle from its upper end down; empty where none was found,
    and then ``pectoral_confidence`` is None, else 0 to 1. ``nipple`` is None
    where it was not looked for or not found. What is too doubtful to be used
    is there all the same, with a flag.
    """

    is_pectoral: NDArray[np.bool_]
    pectoral_px: tuple[Point, ...]
    nipple: Nipple | None
    pectoral_confidence: float | None = None
    flags: frozenset[Flag] = frozenset()

    @property
    def known_nipple(self) -> Nipple | None:
        """The nipple where it is sure enough to be used."""
        return None if Flag.NIPPLE_UNCERTAIN in self.flags else self.nipple


@dataclass(frozen=True, slots=True)
class BreastSummary:
    """What a result keeps of a `Breast`."""

    area_mm2: float | None
    outline_px: tuple[Point, ...]
    pectoral_px: tuple[Point, ...]
    nipple: Nipple | None
    pectoral_confidence: float | None = None
