"""Pixels for the page: values that grow with brightness, in levels of half the size each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.dicom import Window
    from mammocalc.model import Mammogram, StoredPixels

LARGEST: Final = 65535
LARGEST_DRAWN: Final = 1e30
"""32 bits hold 1e38; a window is divided by its width, and nothing on a screen changes with one of this size."""
LUT_ENTRIES: Final = 1024
THUMBNAIL_QUALITY: Final = 80
MODALITY, LOG_EXPOSURE = "modality", "log_exposure"


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """
    The way from codes to what is sent.

    Attributes
    ----------
    sent : ndarray of uint16, shape (n_codes,)
        0 for padding, which is drawn black.
    kind : str
        ``modality``: modality value = offset + slope * sent. ``log_exposure``:
        the logarithm of a raw exposure, over the whole of 16 bits.
    offset, slope : float
        Of modality values; 0 and 1 where ``kind`` is ``log_exposure``.
    is_turned : bool
        Whether the largest modality value is the darkest.
    """

    sent: NDArray[np.uint16]
    kind: str
    offset: float
    slope: float
    is_turned: bool


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """
    An image ready to be sent.

    Attributes
    ----------
    levels : tuple of ndarray of uint16, little-endian
        The image, then each half as large as the one before, rounded up.
    windows : tuple of dict
        As the page gets them; at least one.
    smallest, largest : int
        Of the sent values, padding left out.
    """

    levels: tuple[NDArray[np.uint16], ...]
    scale: Scale
    windows: tuple[dict[str, Any], ...]
    smallest: int
    largest: int
    bits: int

    @property
    def n_bytes(self) -> int:
        """Memory that the levels take."""
        return sum(level.nbytes for level in self.levels)

    def describe(self, side_px: int) -> dict[str, Any]:
        """Say what there is, as the page gets it: levels in tiles of a side, windows, and what a value means."""
        is_linear = self.scale.kind == MODALITY
        return {
            "rows": self.levels[0].shape[0],
            "columns": self.levels[0].shape[1],
            "bits": self.bits,
            "levels": [
                {
                    "level": number,
                    "rows": level.shape[0],
                    "columns": level.shape[1],
                    "tiles": [-(-level.shape[0] // side_px), -(-level.shape[1] // side_px)],
                    "tile": side_px,
                }
                for number, level in enumerate(self.levels)
            ],
            "windows": list(self.windows),
            "inverted": self.scale.is_turned,
            "scale": self.scale.kind,
            "offset": self.scale.offset if is_linear else None,
            "slope": self.scale.slope if is_linear else None,
            "min": self.smallest,
            "max": self.largest,
        }

    def tile(self, level: int, row: int, column: int, side_px: int) -> bytes | None:
        """Give a tile row by row; those at the right and lower border are smaller. None where there is none."""
        if not 0 <= level < len(self.levels):
            return None
        image = self.levels[level]
        if not (0 <= row * side_px < image.shape[0] and 0 <= column * side_px < image.shape[1]):
            return None
        tile = image[row * side_px : (row + 1) * side_px, column * side_px : (column + 1) * side_px]
        return tile.tobytes()


def make_picture(mammogram: Mammogram, windows: Sequence[Window], smallest_level_px: int) -> Picture:
    """
    Turn a mammogram into what a page draws.

    Parameters
    ----------
    mammogram : Mammogram
    windows : sequence of Window
        In modality values; may be empty.
    smallest_level_px : int
        Halving stops when the longer side is no larger.

    Returns
    -------
    Picture
        Every stored value keeps a value of its own, unless a Modality LUT
        has more than 65,536 steps or the image is a raw exposure.
    """
    pixels = mammogram.pixels
    scale = _scale(pixels)
    count = len(scale.sent)
    used = cv2.calcHist([pixels.codes], [0], None, [count], [0, count]).ravel() > 0
    used &= ~pixels.is_padding
    values = scale.sent[used] if used.any() else scale.sent[:1]
    smallest, largest = int(values.min()), int(values.max())
    is_same = bool((scale.sent == np.arange(count)).all())  # as in most files: nothing to look up
    levels = [np.ascontiguousarray(pixels.codes if is_same else scale.sent[pixels.codes], dtype="<u2")]
    while max(levels[-1].shape) > smallest_level_px:
        levels.append(_halved(levels[-1]))
    described = [_describe(window, scale, smallest, largest) for window in windows]
    described = [window for window in described if _can_be_drawn(window)]
    if not described or scale.kind == LOG_EXPOSURE:
        described = [_own_range(pixels, scale, smallest, largest)]
    return Picture(
        tuple(levels), scale, tuple(described), smallest, largest, bits=max(1, (len(scale.sent) - 1).bit_length())
    )


def make_thumbnail(pixels: StoredPixels, longer_px: int) -> bytes:
    """
    Draw an image small, as its file asks to be shown.

    Parameters
    ----------
    pixels : StoredPixels
    longer_px : int
        Longer side of the thumbnail; a smaller image keeps its size.

    Returns
    -------
    bytes
        A JPEG.
    """
    shown = pixels.display_grey[pixels.codes].astype(np.uint8)
    share = min(1.0, longer_px / max(shown.shape))
    size = (max(1, round(shown.shape[1] * share)), max(1, round(shown.shape[0] * share)))
    small = cv2.resize(shown, size, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, THUMBNAIL_QUALITY])[1].tobytes()


def _scale(pixels: StoredPixels) -> Scale:
    values = pixels.modality_values
    is_turned = _is_turned(pixels)
    low, high = float(values.min()), float(values.max())
    if pixels.is_exposure:
        logarithm = pixels.densities
        sent = (logarithm - logarithm.min()) / max(float(np.ptp(logarithm)), 1e-9) * LARGEST
        return Scale(_coded(sent, pixels), LOG_EXPOSURE, 0.0, 1.0, is_turned)
    steps = np.diff(values)
    is_rescaled = bool(np.allclose(steps, steps[0], rtol=1e-6, atol=0)) and steps[0] != 0
    step = abs(float(steps[0])) if is_rescaled else max(1.0, (high - low) / LARGEST)
    sent = (high - values if is_turned else values - low) / step
    return Scale(_coded(sent, pixels), MODALITY, high if is_turned else low, -step if is_turned else step, is_turned)


def _coded(sent: NDArray[np.float64], pixels: StoredPixels) -> NDArray[np.uint16]:
    coded = np.clip(np.rint(sent), 0, LARGEST).astype(np.uint16)
    return np.where(pixels.is_padding, np.uint16(0), coded)


def _is_turned(pixels: StoredPixels) -> bool:
    """Whether a viewer shows the largest modality value darker than the smallest."""
    image = np.flatnonzero(~pixels.is_padding)
    if len(image) > 1:
        values, shown = pixels.modality_values[image], pixels.display_grey[image]
        first, last = int(shown[int(np.argmin(values))]), int(shown[int(np.argmax(values))])
        if first != last:
            return first > last
    return not pixels.denser_is_larger


def _halved(image: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Average squares of four pixels; the last row and column of an odd side count twice."""
    rows, columns = image.shape
    even = (
        cv2.copyMakeBorder(image, 0, rows % 2, 0, columns % 2, cv2.BORDER_REPLICATE)
        if rows % 2 + columns % 2
        else image
    )
    halved = cv2.resize(even, (even.shape[1] // 2, even.shape[0] // 2), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(halved, dtype="<u2")


def _describe(window: Window, scale: Scale, smallest: int, largest: int) -> dict[str, Any]:
    """Give a window in sent values, so that it shows what the file asks for."""
    step = abs(scale.slope)
    if window.function == "LINEAR":  # its centre lies half a value beside the middle of its ramp (C.11.2.1.2.1)
        middle, ramp = (window.centre - 0.5 - scale.offset) / scale.slope, (window.width - 1) / step
        centre, width = middle + 0.5, ramp + 1
    else:
        centre, width = (window.centre - scale.offset) / scale.slope, window.width / step
    described: dict[str, Any] = {
        "name": window.name,
        "center": round(centre, 4),
        "width": round(width, 4),
        "function": window.function,
    }
    if window.shown is not None:
        order = np.argsort(scale.sent, kind="stable")
        shown = window.shown
        if shown[order[-1]] < shown[order[0]]:  # it falls over what is sent, which grows with brightness
            shown = 1 - shown
        at = np.interp(np.linspace(smallest, largest, LUT_ENTRIES), scale.sent[order], shown[order])
        described["table"] = np.rint(255 * at).astype(int).tolist()
    return described


def _can_be_drawn(window: dict[str, Any]) -> bool:
    """Whether graphics cards, which count in 32 bits, can apply a window; a header may name any number."""
    return all(math.isfinite(window[name]) and abs(window[name]) < LARGEST_DRAWN for name in ("center", "width"))


def _own_range(pixels: StoredPixels, scale: Scale, smallest: int, largest: int) -> dict[str, Any]:
    """Give the window over the range that the image uses, as the DICOM reader shows an image that brings none."""
    sent, shown = scale.sent[~pixels.is_padding].astype(np.float64), pixels.display_grey[~pixels.is_padding]
    between = (shown > 0) & (shown < 255)
    low, high = (sent[between].min(), sent[between].max()) if between.any() else (smallest, largest)
    return {
        "name": "range of the image",
        "center": round(float(low + high) / 2, 4),
        "width": round(max(float(high - low), 1.0), 4),
        "function": "LINEAR_EXACT",
    }
