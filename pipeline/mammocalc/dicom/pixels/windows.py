"""Windows and VOI LUTs of a file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.dicom.pixels.greyscale import apply_lut, entry_bits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mammocalc.dicom.reader.header import Header

NAME_CHARACTERS: Final = 64
MOST_WINDOWS: Final = 16
"""Presets that fit a menu; vendors write one to six, a damaged header may claim thousands."""
FUNCTIONS: Final = ("LINEAR", "LINEAR_EXACT", "SIGMOID")


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """
    One way of showing an image, before polarity.

    Attributes
    ----------
    name : str
        As the file explains it, or empty; on one line, at most 64 characters.
    centre, width : float
        In modality values. Of a LUT: those of the linear window that crosses
        a tenth and nine tenths of its brightness where the LUT does.
    function : str
        ``LINEAR``, ``LINEAR_EXACT``, ``SIGMOID`` (PS3.3 C.11.2.1), or ``LUT``.
    shown : ndarray of float64, shape (n_codes,), or None
        Of a LUT: the brightness (0 to 1) of each code. None for a window.
    """

    name: str
    centre: float
    width: float
    function: str
    shown: NDArray[np.float64] | None = None


def list_windows(header: Header, modality_values: NDArray[np.float64]) -> tuple[Window, ...]:
    """
    List every usable window, then every usable VOI LUT of a file.

    Parameters
    ----------
    header : Header
        Of the image.
    modality_values : ndarray of float64, shape (n_codes,)
        The value of each code, as `StoredPixels` has them.

    Returns
    -------
    tuple of Window
        In the order of the file; empty where it brings none.

    References
    ----------
    DICOM PS3.3 C.11.2 (VOI LUT Module).
    """
    function = _function_of(header)
    names = header.texts("WindowCenterWidthExplanation")
    windows = [
        Window(_named(names[number] if number < len(names) else ""), centre, width, function)
        for number, centre, width in usable_windows(header)
    ]
    for table in header.items("VOILUTSequence"):
        window = _from_lut(table, modality_values)
        if window is not None:
            windows.append(window)
    return tuple(windows[:MOST_WINDOWS])


def usable_windows(header: Header) -> Iterator[tuple[int, float, float]]:
    """Give number (from 0 on), centre and width of each window that can be applied (PS3.3 C.11.2.1.2, C.11.2.1.3)."""
    narrowest = 1.0 if _function_of(header) == "LINEAR" else 0.0
    pairs = zip(header.numbers("WindowCenter"), header.numbers("WindowWidth"), strict=False)
    for number, (centre, width) in enumerate(pairs):
        if math.isfinite(centre) and math.isfinite(width) and width >= narrowest and width > 0:
            yield number, centre, width


def _function_of(header: Header) -> str:
    function = header.text("VOILUTFunction").upper()
    return function if function in FUNCTIONS else "LINEAR"


def _from_lut(table: Header, values: NDArray[np.float64]) -> Window | None:
    """Read one VOI LUT; None where it is damaged or shows nothing."""
    looked_up = apply_lut(values, table, is_signed=bool(values.min() < 0))
    if looked_up is None or not np.ptp(looked_up) > 0:
        return None
    shown = np.clip(looked_up / ((1 << entry_bits(table)) - 1), 0, 1)
    order = np.argsort(values, kind="stable")
    along = shown[order] if shown[order[-1]] >= shown[order[0]] else 1 - shown[order]
    rising = np.maximum.accumulate(along)
    low, high = np.interp((0.1, 0.9), rising, values[order]) if np.ptp(rising) > 0 else (values.min(), values.max())
    width = max(float(high - low) / 0.8, 1.0)
    return Window(_named(table.text("LUTExplanation")), float(low + high) / 2, width, "LUT", shown)


def _named(text: str) -> str:
    """Give the printable beginning of a text of the header."""
    return "".join(character for character in text if character.isprintable()).strip()[:NAME_CHARACTERS]
