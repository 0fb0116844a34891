"""The whole sheet: header, the breast, insets beside it, and the legend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import cv2
import numpy as np

from mammocalc.rendering.overlay.breast_view import draw_annotations, draw_findings, draw_window, gap_of
from mammocalc.rendering.overlay.inset_column import draw_insets
from mammocalc.rendering.overlay.insets import choose_places
from mammocalc.rendering.overlay.picture import Placement, breast_mask, displayed, masked, to_rgb
from mammocalc.rendering.overlay.sheet import draw_header, footer, header_height

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.model import Mammogram, Report
    from mammocalc.rendering.overlay.settings import OverlaySettings

_SMALLEST_PICTURE: Final = (900, 760)  # height and width below which header and legend have no room
_THUMBNAIL_GAP_PX: Final = 3.0

_MAX_ENLARGEMENT: Final = 2.0
"""A small image is enlarged at most so far. Twice: more shows nothing more, and looks blurred."""

_GAP_MM: Final = 1.0
"""The distance of a mark from the particle that it marks, so that it hides nothing of it: on the picture of the breast
1 mm, about five times the diameter of a microcalcification."""

_THUMBNAIL_SIDE_PX: Final = 320
"""The longer side of a thumbnail in pixels. 320 is twice what the page shows, for screens of high density."""

_THUMBNAIL_QUALITY: Final = 85
"""JPEG quality of a thumbnail, in which every mark is several pixels wide."""

_QUALITY: Final = 92
"""JPEG quality. 92: of a thousand pixels, one is off by more than 11 of 255 grey levels; at 80 it would be 22, and
rings are seen around thin marks."""

_SURROUND_MM: Final = 2.0
"""What is shown around the outline of the breast; beyond it everything is drawn black, because names may be burned in
there. 2 mm: the skin is wholly visible where the outline is one millimetre off."""


@dataclass(frozen=True, slots=True, eq=False)
class RenderedOverlay:
    """
    A finished overlay, and how its pixels map to those of the stored image.

    Attributes
    ----------
    image : ndarray of uint8, shape (height, width, 3)
        RGB.
    scale : float
        Pixels of the overlay for each stored pixel.
    offset : tuple of float
        (x, y) of the stored image's top-left corner on the overlay: the centre
        of stored pixel (row, column) is drawn at x = offset[0] + scale *
        (column + 0.5), y = offset[1] + scale * (row + 0.5).
    thumbnail : ndarray of uint8, shape (height, width, 3)
        RGB; the breast alone, small, with its marks.
    """

    image: NDArray[np.uint8]
    scale: float
    offset: tuple[float, float]
    thumbnail: NDArray[np.uint8]


def render_overlay(mammogram: Mammogram, report: Report, settings: OverlaySettings) -> RenderedOverlay:
    """
    Draw one image with what was found in it.

    Only what lies inside ``report.breast.outline_px`` is shown, with a narrow
    surround: names may be burned in outside. Without an outline nothing of
    the image is shown.

    Parameters
    ----------
    mammogram : Mammogram
        The image; findings of other frames are left out.
    report : Report
        What was found in it.
    settings : OverlaySettings
        Sizes.

    Returns
    -------
    RenderedOverlay
        Equal arguments give equal pixels.
    """
    rows, columns = mammogram.pixels.codes.shape
    scale = min(settings.max_side_px / max(rows, columns), _MAX_ENLARGEMENT)
    size = (max(round(rows * scale), 1), max(round(columns * scale), 1))
    frame = (max(size[0], _SMALLEST_PICTURE[0]), max(size[1], _SMALLEST_PICTURE[1]))
    em = round(max(frame) / 72)
    corner = ((frame[0] - size[0]) // 2, (frame[1] - size[1]) // 2)
    placement = Placement(scale, float(corner[1]), float(corner[0]))
    surround = 0.0 if report.spacing is None else report.spacing.length_px(_SURROUND_MM) * scale
    clean = masked(displayed(mammogram.pixels, size), breast_mask(report.breast, Placement(scale), size, surround))
    places = choose_places(report, settings)
    column, cut_off = draw_insets(mammogram, report, places, frame[0], em)
    width = frame[1] + column.shape[1]
    legend = footer(width, em)
    top = header_height(report, width, em)
    image = np.zeros((top + frame[0] + len(legend), width, 3), dtype=np.uint8)
    draw_header(image[:top], report, em)
    image[top : top + frame[0], frame[1] :] = column
    image[top + frame[0] :] = legend

    picture = image[top : top + frame[0], : frame[1]]
    picture[corner[0] : corner[0] + size[0], corner[1] : corner[1] + size[1]] = to_rgb(clean)
    stroke = max(frame) / 1100
    gap = gap_of(report, placement, _GAP_MM, max(size))
    found = draw_findings(picture, report, mammogram.frame, placement, gap, stroke)
    for part in cut_off:
        draw_window(picture, part, placement, found[0])
    draw_annotations(picture, report, places, found, placement, em)
    offset = (placement.offset_x, placement.offset_y + top)
    return RenderedOverlay(image, scale, offset, _thumbnail(clean, scale, mammogram.frame, report))


def encode_overlay(rendered: RenderedOverlay, settings: OverlaySettings) -> tuple[bytes, Literal[".jpg", ".png"]]:
    """
    Encode an overlay as the bytes of a file.

    Parameters
    ----------
    rendered : RenderedOverlay
        What `render_overlay` gives.
    settings : OverlaySettings
        Its format.

    Returns
    -------
    bytes
        Equal for equal pixels.
    ending : str
        That of the file's name, with its full stop.
    """
    if settings.format == "png":
        # Level 1: at the highest one a picture takes seconds and shrinks by a quarter.
        return _encode(".png", rendered.image, [cv2.IMWRITE_PNG_COMPRESSION, 1]), ".png"
    return _encode(".jpg", rendered.image, _jpeg(_QUALITY)), ".jpg"


def encode_thumbnail(rendered: RenderedOverlay) -> bytes:
    """
    Encode the thumbnail of an overlay as JPEG.

    Parameters
    ----------
    rendered : RenderedOverlay
        What `render_overlay` gives.

    Returns
    -------
    bytes
        Equal for equal pixels.
    """
    return _encode(".jpg", rendered.thumbnail, _jpeg(_THUMBNAIL_QUALITY))


def _jpeg(quality: int) -> list[int]:
    # Full colour resolution: with halved chroma, thin coloured lines fade. Optimised tables would make the file 4 to
    # 9 % smaller, and take as long as all the rest of its encoding.
    return [
        cv2.IMWRITE_JPEG_QUALITY,
        quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]


def _encode(ending: str, image: NDArray[np.uint8], options: list[int]) -> bytes:
    _, data = cv2.imencode(ending, cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)
    return bytes(data)


def _thumbnail(clean: NDArray[np.uint8], scale: float, frame: int, report: Report) -> NDArray[np.uint8]:
    shrink = min(_THUMBNAIL_SIDE_PX / max(clean.shape[:2]), 1.0)
    size = (max(round(clean.shape[1] * shrink), 1), max(round(clean.shape[0] * shrink), 1))
    small = to_rgb(np.asarray(cv2.resize(clean, size, interpolation=cv2.INTER_AREA), dtype=np.uint8))
    draw_findings(small, report, frame, Placement(scale * shrink), _THUMBNAIL_GAP_PX, 1.2)
    return small
