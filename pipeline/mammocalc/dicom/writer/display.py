"""Display attributes of a presentation state: those of its image, which it would otherwise change."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from pydicom.dataelem import DataElement

from mammocalc.dicom.pixels.windows import FUNCTIONS, usable_windows
from mammocalc.dicom.writer.copied import text_within
from mammocalc.dicom.writer.new_item import new_item, referred

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from mammocalc.dicom.reader.header import Header
    from mammocalc.dicom.writer.source import SourceImage

_LUT_DESCRIPTOR: Final = 0x00283002
_LUT_DATA: Final = 0x00283006
_BITS: Final = (8, 16)
"""Of an entry of a LUT."""
_RATIO_UNITS: Final = 1000
"""Of a pixel's sides, which the standard wants as whole numbers."""


def describe_display(dataset: Dataset, image: SourceImage) -> None:
    """
    Put into a presentation state how its image is to be shown: all of it, and in its own greys.

    What a state does not say counts as the identity, whatever the image says: modality and VOI LUT are those of the
    image, and MONOCHROME1 is an inverse presentation LUT.

    Parameters
    ----------
    dataset : Dataset
        Is added to.
    image : SourceImage

    References
    ----------
    DICOM PS3.3 C.10.4 (Displayed Area), C.11.1 (Modality LUT), C.11.6 (Softcopy Presentation LUT), C.11.8 (Softcopy
    VOI LUT); PS3.4 N.2.1.
    """
    header = image.header
    voi = _voi_lut(header, _copy_modality_lut(dataset, header))
    if voi is not None:
        voi.ReferencedImageSequence = [referred(image)]
        dataset.SoftcopyVOILUTSequence = [voi]
    is_inverse = header.text("PhotometricInterpretation").upper() == "MONOCHROME1"
    dataset.PresentationLUTShape = "INVERSE" if is_inverse else "IDENTITY"
    area = new_item()
    area.DisplayedAreaTopLeftHandCorner = [1, 1]
    area.DisplayedAreaBottomRightHandCorner = [image.columns, image.rows]
    area.PresentationSizeMode = "SCALE TO FIT"
    area.PresentationPixelAspectRatio = _aspect_ratio(image)
    dataset.DisplayedAreaSelectionSequence = [area]


def _copy_modality_lut(dataset: Dataset, header: Header) -> float:
    """Copy what makes values of pixels; gives by how much they became larger: 1 but for tables of odd bits."""
    for item in header.items("ModalityLUTSequence")[:1]:
        table = _copy_table(item)
        if table is not None:
            table.ModalityLUTType = _lut_type(item)
            dataset.ModalityLUTSequence = [table]
            return _range_of(table.LUTDescriptor[2]) / _range_of(int(item.numbers("LUTDescriptor")[2]))
    slope, intercept = header.number("RescaleSlope"), header.number("RescaleIntercept")
    if slope is not None or intercept is not None:
        dataset.RescaleIntercept = _decimal(0.0 if intercept is None else intercept)
        dataset.RescaleSlope = _decimal(1.0 if slope is None else slope)
        dataset.RescaleType = text_within(header.text("RescaleType"), "LO") or "US"
    return 1.0


def _lut_type(item: Header) -> str:
    return text_within(item.text("ModalityLUTType"), "LO") or "US"


def _voi_lut(header: Header, larger: float) -> Dataset | None:
    """
    Give the first window of an image, or its first LUT where it has no window; None where it has neither.

    ``larger`` is by how much the values are that it is applied to. A table is of no use for other values.
    """
    item = new_item()
    for _, centre, width in usable_windows(header):
        item.WindowCenter, item.WindowWidth = _decimal(centre * larger), _decimal(width * larger)
        function = header.text("VOILUTFunction").upper()
        if function in FUNCTIONS:
            item.VOILUTFunction = function
        return item
    tables = [table for one in header.items("VOILUTSequence")[:1] if (table := _copy_table(one)) is not None]
    if not tables or larger != 1:
        return None
    item.VOILUTSequence = tables
    return item


def _copy_table(item: Header) -> Dataset | None:
    """
    Copy a LUT; None where it is damaged.

    Entries of other bits than 8 and 16, which is what a presentation state may have, are scaled to 16.
    """
    descriptor = item.numbers("LUTDescriptor")
    data = item.raw("LUTData")
    if len(descriptor) != 3 or not data:
        return None
    is_signed = min(descriptor) < 0
    least, most = (-0x8000, 0x7FFF) if is_signed else (0, 0xFFFF)
    if not all(least <= value <= most for value in descriptor):
        return None
    if not isinstance(data, bytes):
        words = item.numbers("LUTData")
        if not all(map(math.isfinite, words)):
            return None
        data = b"".join((int(word) & 0xFFFF).to_bytes(2, "little") for word in words)
    count, first, bits = (int(value) for value in descriptor)
    if bits not in _BITS:
        entries = np.frombuffer(bytes(data)[: len(data) // 2 * 2], "<u2")
        if not 0 < bits < max(_BITS) or len(entries) < (count or 1 << 16) or entries.max() > _range_of(bits):
            return None
        data = np.round(entries * (_range_of(max(_BITS)) / _range_of(bits))).astype("<u2").tobytes()
        bits = max(_BITS)
    copy = new_item()
    copy.add(DataElement(_LUT_DESCRIPTOR, "SS" if is_signed else "US", [count, first, bits]))
    copy.add(DataElement(_LUT_DATA, "OW", data))
    return copy


def _range_of(bits: int) -> int:
    return (1 << bits) - 1


def _aspect_ratio(image: SourceImage) -> list[int]:
    """Give height and width of a pixel in proportion alone: a spacing here would change what viewers measure."""
    spacing = image.detector_spacing_mm
    if spacing:
        return [1, 1] if spacing[0] == spacing[1] else [round(v / max(spacing) * _RATIO_UNITS) or 1 for v in spacing]
    ratio = image.header.numbers("PixelAspectRatio")
    if len(ratio) == 2 and all(math.isfinite(value) and value >= 1 and value == int(value) for value in ratio):
        return [int(value) for value in ratio]
    return [1, 1]


def _decimal(value: float) -> str:
    """Write a decimal string, which holds 16 characters."""
    return f"{value:.9g}"
