"""How a presentation state shows its image: as the image asks to be shown, for a state without it would change that."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from pydicom.dataelem import DataElement

from mammocalc.dicom.pixels.windows import FUNCTIONS, usable_windows
from mammocalc.dicom.writer.copied import text_within
from mammocalc.dicom.writer.new_item import new_item
from mammocalc.dicom.writer.sr.items import referred

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from mammocalc.dicom.reader.header import Header
    from mammocalc.dicom.writer.source import SourceImage

_LUT_DESCRIPTOR: Final = 0x00283002
_LUT_DATA: Final = 0x00283006
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
    _copy_modality_lut(dataset, header)
    voi = _voi_lut(header)
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


def _copy_modality_lut(dataset: Dataset, header: Header) -> None:
    tables = [table for item in header.items("ModalityLUTSequence")[:1] if (table := _copy_table(item)) is not None]
    if tables:
        tables[0].ModalityLUTType = _lut_type(header.items("ModalityLUTSequence")[0])
        dataset.ModalityLUTSequence = tables
        return
    slope, intercept = header.number("RescaleSlope"), header.number("RescaleIntercept")
    if slope is not None or intercept is not None:
        dataset.RescaleIntercept = _decimal(0.0 if intercept is None else intercept)
        dataset.RescaleSlope = _decimal(1.0 if slope is None else slope)
        dataset.RescaleType = text_within(header.text("RescaleType"), "LO") or "US"


def _lut_type(item: Header) -> str:
    return text_within(item.text("ModalityLUTType"), "LO") or "US"


def _voi_lut(header: Header) -> Dataset | None:
    """Give the first window of an image, or its first LUT where it has no window; None where it has neither."""
    item = new_item()
    for _, centre, width in usable_windows(header):
        item.WindowCenter, item.WindowWidth = _decimal(centre), _decimal(width)
        function = header.text("VOILUTFunction").upper()
        if function in FUNCTIONS:
            item.VOILUTFunction = function
        return item
    tables = [table for one in header.items("VOILUTSequence")[:1] if (table := _copy_table(one)) is not None]
    if not tables:
        return None
    item.VOILUTSequence = tables
    return item


def _copy_table(item: Header) -> Dataset | None:
    """Copy a LUT; None where it is damaged."""
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
    copy = new_item()
    copy.add(DataElement(_LUT_DESCRIPTOR, "SS" if is_signed else "US", [int(value) for value in descriptor]))
    copy.add(DataElement(_LUT_DATA, "OW", data))
    return copy


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
