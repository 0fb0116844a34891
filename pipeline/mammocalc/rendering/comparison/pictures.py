"""Pictures of a comparison: an image at the scale of the page, and sheets of thumbnails of one size in mm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.rendering.comparison.canvas import Canvas, Source

PIXELS_PER_MM: Final = 5.0
"""Of the pictures: a breast of 20 cm fills a screen."""
CROP_MM: Final = 9.6
CROP_PX: Final = 96
"""Side of a thumbnail: 0.1 mm a pixel."""
CROPS_PER_ROW: Final = 20
_QUALITY: Final = 85
_STRETCH: Final = (1.0, 99.7)
"""Percentiles of a thumbnail that are shown black and white: its background is even, and calcifications are few."""


def draw_picture(source: Source, canvas: Canvas) -> bytes:
    """
    Draw the part of an image that is shown.

    Parameters
    ----------
    source : Source
    canvas : Canvas

    Returns
    -------
    bytes
        A JPEG with `PIXELS_PER_MM`; equal arguments give equal bytes.
    """
    height, width = round(canvas.height_mm * PIXELS_PER_MM), round(canvas.width_mm * PIXELS_PER_MM)
    whole = _stored(source, canvas)
    size = (
        max(round(canvas.columns * canvas.column_mm * PIXELS_PER_MM), 1),
        max(round(canvas.rows * canvas.row_mm * PIXELS_PER_MM), 1),
    )
    shown = _turned(np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8), canvas)
    top, left = round(canvas.top_mm * PIXELS_PER_MM), round(canvas.left_mm * PIXELS_PER_MM)
    return _jpeg(shown[top : top + max(height, 1), left : left + max(width, 1)])


def draw_crops(source: Source, canvas: Canvas, places_px: Sequence[tuple[float, float] | None]) -> bytes:
    """
    Draw a sheet of thumbnails.

    Parameters
    ----------
    source : Source
    canvas : Canvas
    places_px : sequence of (row, column) or None
        The middle of each in stored pixels; None leaves it black.

    Returns
    -------
    bytes
        A JPEG: `CROPS_PER_ROW` thumbnails a row, in the order of the places.
    """
    rows = max(1, -(-len(places_px) // CROPS_PER_ROW))
    sheet = np.zeros((rows * CROP_PX, CROPS_PER_ROW * CROP_PX), np.uint8)
    whole = _stored(source, canvas)
    if whole.ndim == 3:
        whole = np.asarray(cv2.cvtColor(whole, cv2.COLOR_RGB2GRAY), np.uint8)
    scale = (CROP_PX / CROP_MM * canvas.column_mm, CROP_PX / CROP_MM * canvas.row_mm)
    for number, place in enumerate(places_px):
        if place is None:
            continue
        down, across = divmod(number, CROPS_PER_ROW)
        cell = sheet[down * CROP_PX : (down + 1) * CROP_PX, across * CROP_PX : (across + 1) * CROP_PX]
        cell[:] = _turned(_crop(whole, place, scale), canvas)
    return _jpeg(sheet)


def _crop(levels: NDArray[np.uint8], place: tuple[float, float], scale: tuple[float, float]) -> NDArray[np.uint8]:
    row, column = place
    # From pixels of the thumbnail to those of the image; (0, 0) is the centre of a pixel in both.
    middle = (CROP_PX - 1) / 2
    back = np.array([[1 / scale[0], 0.0, column - middle / scale[0]], [0.0, 1 / scale[1], row - middle / scale[1]]])
    crop = cv2.warpAffine(
        levels, back, (CROP_PX, CROP_PX), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_CONSTANT
    )
    inside = crop[crop > 0]
    if not inside.size:
        return np.asarray(crop)
    low, high = np.percentile(inside, _STRETCH)
    return np.asarray(np.clip((crop.astype(np.float32) - low) * (255 / max(high - low, 8.0)), 0, 255).astype(np.uint8))


def _stored(source: Source, canvas: Canvas) -> NDArray[np.uint8]:
    """Give the levels on the grid of the stored image, which an overlay has drawn at another size."""
    if source.scale == 1.0 and source.offset == (0.0, 0.0):
        return source.levels
    x, y = source.offset
    shift = (source.scale - 1) / 2
    back = np.array([[source.scale, 0.0, x + shift], [0.0, source.scale, y + shift]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(source.levels, back, (canvas.columns, canvas.rows), flags=flags))


def _turned(levels: NDArray[np.uint8], canvas: Canvas) -> NDArray[np.uint8]:
    levels = levels[::-1] if canvas.is_upside_down else levels
    return np.ascontiguousarray(levels[:, ::-1] if canvas.is_mirrored else levels)


def _jpeg(levels: NDArray[np.uint8]) -> bytes:
    image = cv2.cvtColor(levels, cv2.COLOR_RGB2BGR) if levels.ndim == 3 else levels
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return bytes(data)
