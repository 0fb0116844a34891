"""Lookup tables of the codes: modality value, padding and displayed grey."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mammocalc.dicom.pixels.air import find_air
from mammocalc.dicom.pixels.overview import shrink
from mammocalc.dicom.pixels.polarity import (
    decide_polarity,
    is_relationship_known,
    state_presentation,
    state_relationship,
)
from mammocalc.dicom.pixels.tissue import shows_no_tissue
from mammocalc.model import StoredPixels, density_of
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.lexicon import Flag, PresentationIntent, Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.dicom.pixels.layout import PixelLayout
    from mammocalc.dicom.pixels.polarity import Polarity
    from mammocalc.dicom.reader.header import Header

HISTOGRAM_STEP_PX: Final = 4
"""Every fourth pixel of every fourth row tells the range of an image that brings no window of its own."""
RANGE_SHARES: Final = (0.005, 0.999)
"""What is cut off there: half a per cent of dead pixels and borders below, a tenth of a per cent of labels above."""
MOST_TABLES: Final = 16
"""VOI LUTs that are looked at: vendors write one to six, a damaged header may claim thousands."""


def describe_pixels(
    codes: NDArray[np.uint16], header: Header, layout: PixelLayout, intent: PresentationIntent
) -> tuple[StoredPixels, Polarity]:
    """
    Say what the codes of an image mean.

    Parameters
    ----------
    codes : ndarray of uint16, shape (rows, columns)
        As `read_codes` gives them; made read-only, not copied.
    header : Header
        Of the same image.
    layout : PixelLayout
        Of the same image.
    intent : PresentationIntent
        Whether the header says that the image is raw.

    Returns
    -------
    StoredPixels
        All of its arrays are read-only.
    Polarity
        How it was decided which values are dense, with the doubts.

    Raises
    ------
    ImageUnreadableError
        ``invalid_tag`` where the Modality LUT or rescale cannot be applied.

    Notes
    -----
    Of several VOI windows the first that shows anything is taken, a VOI LUT
    where there is none (PS3.3 C.11.2.1: either may be used). Without both, an
    image for presentation is shown over its own range, a raw image as the
    logarithm of exposure, denser brighter.

    In an image for presentation the denser tissue is what is shown brighter:
    that is how mammograms are presented. In a raw image, Pixel Intensity
    Relationship (0028,1040) and its Sign (0028,1041) decide; the sign speaks
    of stored values, and a falling rescale turns it around. Both are held
    against the picture (`decide_polarity`); where that decided, the image is
    shown as it decided, denser brighter.
    """
    stored = np.arange(layout.n_codes, dtype=np.float64) + layout.smallest_stored
    modality = _modality_values(stored, header, layout)
    is_padding = _find_padding(stored, header, layout)
    return describe_values(codes, modality, is_padding, header, intent, is_monochrome1=layout.is_monochrome1)


def describe_values(
    codes: NDArray[np.uint16],
    modality: NDArray[np.float64],
    is_padding: NDArray[np.bool_],
    header: Header,
    intent: PresentationIntent,
    *,
    is_monochrome1: bool,
) -> tuple[StoredPixels, Polarity]:
    """
    Describe the codes of an image whose modality values are known: `describe_pixels` without its first step.

    Parameters
    ----------
    codes : ndarray of uint16, shape (rows, columns)
        Made read-only, not copied.
    modality : ndarray of float64, shape (n_codes,)
        The modality value of each code; strictly rising or falling.
    is_padding : ndarray of bool, shape (n_codes,)
    header : Header
        What is said of polarity and of windows.
    intent : PresentationIntent
    is_monochrome1 : bool
    """
    vois, rising = _list_vois(modality, header)
    if intent is PresentationIntent.FOR_PROCESSING and is_relationship_known(header):
        is_rising = _is_rising(modality, np.arange(len(modality), dtype=np.float64))
        statements = [state_relationship(header, is_rising=is_rising)]
    else:
        statements = state_presentation(header, rising, is_monochrome1=is_monochrome1)
    overview = shrink(codes, modality, is_padding)
    polarity = decide_polarity(header, intent, statements, find_air(*overview))
    if shows_no_tissue(*overview):
        polarity = replace(polarity, flags=polarity.flags | {Flag.NO_TISSUE})
    used = np.bincount(codes[::HISTOGRAM_STEP_PX, ::HISTOGRAM_STEP_PX].ravel(), minlength=len(modality)) * ~is_padding
    voi = next((voi for voi in vois if _shows_something(voi, used)), None)
    if vois and voi is None:
        polarity = replace(polarity, flags=polarity.flags | {Flag.UNUSABLE_WINDOW})
    if voi is None or Flag.CONTRADICTORY_INTENT in polarity.flags:
        shown = _show_own_range(modality, used, polarity)
    elif polarity.is_doubted:
        shown = voi if _is_rising(voi, modality) == polarity.denser_is_larger else 1 - voi
    else:
        shown = 1 - voi if is_monochrome1 else voi
    display = np.where(is_padding, 0, np.rint(255 * shown)).astype(np.uint8)
    for array in (codes, modality, is_padding, display):
        array.setflags(write=False)
    pixels = StoredPixels(codes, modality, is_padding, display, polarity.is_exposure, polarity.denser_is_larger)
    return pixels, polarity


def _modality_values(stored: NDArray[np.float64], header: Header, layout: PixelLayout) -> NDArray[np.float64]:
    """Apply the Modality LUT Sequence, or else rescale (PS3.3 C.11.1)."""
    tables = header.items("ModalityLUTSequence")
    if tables:
        values = apply_lut(stored, tables[0], is_signed=layout.is_signed)
        if values is None or not np.ptp(values) > 0:
            raise _invalid("the Modality LUT Sequence (0028,3000) is damaged")
        return values
    slope, intercept = (header.numbers(keyword) for keyword in ("RescaleSlope", "RescaleIntercept"))
    with np.errstate(over="ignore", invalid="ignore"):
        values = stored * (slope[0] if slope else 1.0) + (intercept[0] if intercept else 0.0)
        is_usable = bool(np.isfinite(values).all()) and np.ptp(values) > 0
    if not is_usable:
        raise _invalid("Rescale Slope (0028,1053) or Intercept (0028,1052) cannot be applied")
    return values


def _find_padding(stored: NDArray[np.float64], header: Header, layout: PixelLayout) -> NDArray[np.bool_]:
    """Mark Pixel Padding Value (0028,0120) up to Pixel Padding Range Limit (0028,0121), both included."""
    value = header.integer("PixelPaddingValue")
    if value is None:
        return np.zeros(stored.shape, dtype=np.bool_)
    limit = header.integer("PixelPaddingRangeLimit")
    ends = [_as_stored(end, layout) for end in (value, value if limit is None else limit)]
    padding: NDArray[np.bool_] = (stored >= min(ends)) & (stored <= max(ends))
    return padding


def _as_stored(value: int, layout: PixelLayout) -> int:
    """Read a padding value as the pixels are read: writers confuse US and SS."""
    if layout.is_signed and value >= 1 << (layout.bits_stored - 1):
        return value - (1 << (layout.bits_allocated if value >= layout.n_codes else layout.bits_stored))
    if not layout.is_signed and value < 0:
        return value + (1 << layout.bits_allocated)
    return value


def _list_vois(values: NDArray[np.float64], header: Header) -> tuple[list[NDArray[np.float64]], list[tuple[str, bool]]]:
    """
    Apply every usable window, then every usable VOI LUT: 0 dark to 1 bright, before polarity.

    Beside them, the name of each and whether it rises, the first kind first;
    so is a window of negative width, which some devices write for a falling one
    and which is never applied.
    """
    centres, widths = header.numbers("WindowCenter"), header.numbers("WindowWidth")
    function = header.text("VOILUTFunction").upper()
    windows = [_apply_window(values, *pair, function) for pair in zip(centres, widths, strict=False)]
    vois = [shown for shown in windows if shown is not None]
    rising = [("Window Width (0028,1051)", True)] * min(1, len(vois))
    for table in header.items("VOILUTSequence")[:MOST_TABLES]:
        looked_up = apply_lut(values, table, is_signed=bool(values[0] < 0))
        if looked_up is not None and np.ptp(looked_up) > 0:
            vois.append(np.clip(looked_up / ((1 << entry_bits(table)) - 1), 0, 1))
            rising.append(("VOI LUT Sequence (0028,3010)", _is_rising(looked_up, values)))
    if any(width < 0 for width in widths):
        rising = [*(rising or [("", True)]), ("negative Window Width (0028,1051)", False)]
    return vois, rising


def _shows_something(voi: NDArray[np.float64], used: NDArray[np.int64]) -> bool:
    """Whether the pixels have more than one grey level under a window, or have only one value anyway."""
    grey = np.rint(255 * voi[used > 0])
    return grey.size < 2 or bool(grey.max() > grey.min())


def _apply_window(
    values: NDArray[np.float64], centre: float, width: float, function: str
) -> NDArray[np.float64] | None:
    """Apply a window (PS3.3 C.11.2.1.2 and C.11.2.1.3); None where it is not one."""
    if not (math.isfinite(centre) and math.isfinite(width)):
        return None
    if function == "SIGMOID" and width > 0:
        with np.errstate(over="ignore"):
            return np.asarray(1 / (1 + np.exp(-4 * (values - centre) / width)))
    if function == "LINEAR_EXACT" and width > 0:
        return np.clip((values - centre) / width + 0.5, 0, 1)
    if function in {"SIGMOID", "LINEAR_EXACT"} or width < 1:
        return None
    if width == 1:
        return (values > centre - 0.5).astype(np.float64)
    return np.clip((values - (centre - 0.5)) / (width - 1) + 0.5, 0, 1)


def apply_lut(values: NDArray[np.float64], table: Header, *, is_signed: bool) -> NDArray[np.float64] | None:
    """Look values up in a LUT (PS3.3 C.11.1.1, C.11.2.1.1); None if it is damaged."""
    descriptor = table.numbers("LUTDescriptor")
    if len(descriptor) != 3 or not all(map(math.isfinite, descriptor)):
        return None
    count, first = int(descriptor[0]) & 0xFFFF or 0x10000, int(descriptor[1])
    if is_signed and first >= 0x8000:
        first -= 0x10000
    elif not is_signed and first < 0:
        first += 0x10000
    entries = _lut_entries(table.raw("LUTData"), count)
    if entries is None:
        return None
    index = np.clip(values - first, 0, count - 1).astype(np.intp)
    looked_up: NDArray[np.float64] = entries[index]
    return looked_up


def entry_bits(table: Header) -> int:
    """Give the bits of a LUT's entries, as its descriptor says: 8 to 16."""
    bits = table.numbers("LUTDescriptor")[2]
    return int(bits) if 8 <= bits <= 16 else 16


def _lut_entries(data: bytes | tuple[Any, ...], count: int) -> NDArray[np.float64] | None:
    """Give the entries of a LUT, stored as bytes, as words, or two entries to a word; None where some are missing."""
    if isinstance(data, bytes):
        dtype = "<u2" if len(data) >= 2 * count else "u1"
        entries = np.frombuffer(data[: len(data) // np.dtype(dtype).itemsize * np.dtype(dtype).itemsize], dtype=dtype)
    else:
        try:
            entries = np.asarray(data, dtype=np.float64).ravel()
        except (TypeError, ValueError):
            return None
        if count > len(entries) >= (count + 1) // 2:  # 8-bit entries in 16-bit words, low byte first
            entries = entries.astype(np.uint16).astype("<u2").view(np.uint8)
    if len(entries) < count:
        return None
    floats = entries[:count].astype(np.float64)
    return floats if np.isfinite(floats).all() else None


def _is_rising(values: NDArray[np.float64], over: NDArray[np.float64]) -> bool:
    """Whether values rise with what they are tables over; so they do where both ends are equal."""
    return bool(values[int(np.argmax(over))] >= values[int(np.argmin(over))])


def _show_own_range(modality: NDArray[np.float64], used: NDArray[np.int64], polarity: Polarity) -> NDArray[np.float64]:
    """Show an image without a window over the range that it uses, denser brighter: 0 dark to 1 bright."""
    scale = density_of(modality, is_exposure=polarity.is_exposure, denser_is_larger=polarity.denser_is_larger)
    if used.sum() == 0:
        return np.zeros(modality.shape)
    order = np.argsort(scale, kind="stable")
    cumulated = np.cumsum(used[order]) / used.sum()
    low, high = (scale[order[np.searchsorted(cumulated, share)]] for share in RANGE_SHARES)
    if high <= low:
        low, high = scale[used > 0].min(), scale[used > 0].max()
    return np.clip((scale - low) / (high - low), 0, 1) if high > low else np.zeros(modality.shape)


def _invalid(what: str) -> ImageUnreadableError:
    """Say that the values of the pixels are not known."""
    message = f"The values of the pixels are not known: {what}. Export the image again from the source."
    return ImageUnreadableError(Reason.INVALID_TAG, message)
