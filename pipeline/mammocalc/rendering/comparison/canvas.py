"""Canvas of an image in a comparison: the part shown, its orientation and coordinates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.model import Report
    from mammocalc.vocabulary.geometry import PixelSpacing

MARGIN_MM: Final = 4.0
"""Around the breast."""
NOMINAL_MM: Final = 0.1
"""Pixel size by which an image without one is shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """
    The grey levels that a picture is made of.

    Attributes
    ----------
    levels : ndarray of uint8, shape (rows, columns) or (rows, columns, 3)
    scale : float
        Its pixels for each pixel of the stored image.
    offset : tuple of float
        Where the corner of the stored image lies in it, x and y.
    """

    levels: NDArray[np.uint8]
    scale: float = 1.0
    offset: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Canvas:
    """
    The part of an image that is shown.

    Attributes
    ----------
    rows, columns : int
        Of the stored image.
    row_mm, column_mm : float
        Size of its pixels.
    is_mirrored, is_upside_down : bool
        How it is turned, so that both dates of a pair lie alike.
    top_mm, left_mm, height_mm, width_mm : float
        The part, after it was turned.
    """

    rows: int
    columns: int
    row_mm: float
    column_mm: float
    is_mirrored: bool
    is_upside_down: bool
    top_mm: float
    left_mm: float
    height_mm: float
    width_mm: float

    def place(self, row_px: float, column_px: float) -> tuple[float, float]:
        """Give where a pixel position lies, x and y in mm from the upper left corner of the part."""
        row = self.rows - 1 - row_px if self.is_upside_down else row_px
        column = self.columns - 1 - column_px if self.is_mirrored else column_px
        return (column + 0.5) * self.column_mm - self.left_mm, (row + 0.5) * self.row_mm - self.top_mm


def canvas_of(report: Report, *, is_mirrored: bool = False, is_upside_down: bool = False) -> Canvas:
    """
    Choose what is shown of an image: the breast with a margin.

    Parameters
    ----------
    report : Report
    is_mirrored, is_upside_down : bool
        How it is turned.

    Returns
    -------
    Canvas
        The whole image where the breast has no outline.
    """
    identity = report.identity
    row_mm, column_mm = _pixel_mm(report.spacing)
    whole = Canvas(
        identity.rows, identity.columns, row_mm, column_mm, is_mirrored, is_upside_down, 0.0, 0.0,
        identity.rows * row_mm, identity.columns * column_mm,
    )  # fmt: skip
    if len(report.breast.outline_px) < 3:
        return whole
    places = np.array([whole.place(row, column) for row, column in report.breast.outline_px])
    low = np.maximum(places.min(axis=0) - MARGIN_MM, 0.0)
    high = np.minimum(places.max(axis=0) + MARGIN_MM, (whole.width_mm, whole.height_mm))
    left, top = low.tolist()
    width, height = (high - low).tolist()
    return replace(whole, top_mm=top, left_mm=left, height_mm=height, width_mm=width)


def _pixel_mm(spacing: PixelSpacing | None) -> tuple[float, float]:
    return (NOMINAL_MM, NOMINAL_MM) if spacing is None else (spacing.row_mm, spacing.column_mm)
