"""The image as a viewer shows it, with everything outside the breast drawn black."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.model import BreastSummary, Mammogram, Point, StoredPixels
    from mammocalc.rendering.palette import Colour

_SHIFT: Final = 4  # cv2 draws at sixteenths of a pixel
_WINDOW_PERCENTILES: Final = (1.0, 99.0)  # of what an inset shows: the tissue, almost without particles
_WINDOW_ABOVE: Final = 0.5  # of the tissue's range is added above it, for particles, which are brighter


@dataclass(frozen=True, slots=True)
class Placement:
    """Position of stored pixels on a picture: xy = offset + scale * (column + 0.5, row + 0.5)."""

    scale: float
    offset_x: float = 0.0
    offset_y: float = 0.0

    def to_xy(self, points_px: NDArray[np.floating] | tuple[Point, ...]) -> NDArray[np.float64]:
        """Turn (row, column) positions into (x, y) from the picture's top-left corner; shape (n, 2)."""
        points = np.asarray(points_px, dtype=np.float64).reshape(-1, 2)
        return (points[:, ::-1] + 0.5) * self.scale + (self.offset_x, self.offset_y)


def fixed_point(points_xy: NDArray[np.float64]) -> NDArray[np.int32]:
    """Turn positions from the corner of a picture into what cv2 draws with ``shift=4``, where 0 is a pixel's centre."""
    return np.round((points_xy - 0.5) * (1 << _SHIFT)).astype(np.int32)


def breast_mask(
    breast: BreastSummary, placement: Placement, shape: tuple[int, int], surround: float
) -> NDArray[np.uint8]:
    """
    Draw the breast as a mask.

    Parameters
    ----------
    breast : BreastSummary
        Its outline is drawn; without one the mask is empty.
    placement : Placement
        Where stored pixels lie on the mask.
    shape : tuple of int
        Height and width.
    surround : float
        Pixels of the mask that are added around the outline.

    Returns
    -------
    ndarray of uint8, shape ``shape``
        255 inside, 0 outside, between them only on the rim.
    """
    mask = np.zeros(shape, dtype=np.uint8)
    if len(breast.outline_px) < 3:
        return mask
    outline = fixed_point(placement.to_xy(breast.outline_px))
    cv2.fillPoly(mask, [outline], 255, lineType=cv2.LINE_AA, shift=_SHIFT)
    width = round(2 * surround)
    if width > 0:
        cv2.polylines(mask, [outline], isClosed=True, color=255, thickness=width, lineType=cv2.LINE_AA, shift=_SHIFT)
    return mask


def displayed(pixels: StoredPixels, size: tuple[int, int]) -> NDArray[np.uint8]:
    """
    Show the whole image as the file's own window does, padding black.

    Parameters
    ----------
    pixels : StoredPixels
        Codes and their grey levels.
    size : tuple of int
        Height and width of the picture.

    Returns
    -------
    ndarray of uint8, shape ``size``
        Averaged where the picture is smaller than the image, interpolated where it is larger.
    """
    table = np.where(pixels.is_padding, np.uint8(0), pixels.display_grey)
    grey = pixels.look_up(table)
    smaller = size[0] < grey.shape[0]
    return np.asarray(
        cv2.resize(grey, size[::-1], interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC), dtype=np.uint8
    )


def to_rgb(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give a grey picture three channels, shape (height, width, 3)."""
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), dtype=np.uint8)


def plain(height: int, width: int, colour: Colour) -> NDArray[np.uint8]:
    """Give a picture of one colour, shape (height, width, 3)."""
    picture = np.empty((height, width, 3), dtype=np.uint8)
    if picture.size:
        cv2.rectangle(picture, (0, 0), (width, height), colour, thickness=-1)  # many times as fast as numpy's way
    return picture


def masked(grey: NDArray[np.uint8], mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give a grey picture, black where the mask is 0."""
    return np.asarray(cv2.multiply(grey, mask, scale=1 / 255), dtype=np.uint8)


def close_up(
    mammogram: Mammogram, breast: BreastSummary, corner_px: tuple[int, int], size: tuple[int, int], enlargement: int
) -> tuple[NDArray[np.uint8], Placement]:
    """
    Show a part of the image at full resolution, in a window of its own.

    Parameters
    ----------
    mammogram : Mammogram
        The image.
    breast : BreastSummary
        Outside its outline the picture is black.
    corner_px : tuple of int
        Row and column of the stored pixel at the top-left; may lie outside the image.
    size : tuple of int
        Height and width of the picture.
    enlargement : int
        Pixels of the picture for a stored pixel.

    Returns
    -------
    picture : ndarray of uint8, shape (height, width, 3)
        RGB.
    placement : Placement
        Where stored pixels lie on it.
    """
    pixels = mammogram.pixels
    height, width = (-(-side // enlargement) for side in size)
    row, column = corner_px
    rows, columns = pixels.codes.shape
    top, left = max(row, 0), max(column, 0)
    codes = pixels.codes[top : max(min(row + height, rows), top), left : max(min(column + width, columns), left)]
    placement = Placement(float(enlargement), -column * enlargement, -row * enlargement)
    picture = np.zeros((*size, 3), dtype=np.uint8)
    if codes.size == 0:
        return picture, placement
    values = pixels.densities[codes]
    inside = breast_mask(breast, Placement(1.0, -left, -top), (codes.shape[0], codes.shape[1]), 0.0) > 0
    tissue = values[inside & ~pixels.is_padding[codes]]
    if tissue.size == 0:
        return picture, placement
    low, high = np.percentile(tissue, _WINDOW_PERCENTILES)
    span = max((high - low) * (1 + _WINDOW_ABOVE), 1e-9)
    grey = np.clip((values - low) / span * 255, 0, 255).astype(np.uint8)
    grey[pixels.is_padding[codes] | ~inside] = 0
    framed = np.zeros((height, width), dtype=np.uint8)
    framed[top - row : top - row + codes.shape[0], left - column : left - column + codes.shape[1]] = grey
    enlarged = cv2.resize(framed, None, fx=enlargement, fy=enlargement, interpolation=cv2.INTER_CUBIC)
    return to_rgb(np.asarray(enlarged, dtype=np.uint8)[: size[0], : size[1]]), placement
