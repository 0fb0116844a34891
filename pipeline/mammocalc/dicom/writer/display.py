"""How a presentation state shows its image: as the image asks to be shown, for a state without it would change that."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from pydicom.dataelem import DataElement

from mammocalc.dicom.writer.new_item import new_item
from mammocalc.dicom.writer.sr.items import instance

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from mammocalc.dicom.reader.header import Header
    from mammocalc.dicom.writer.source import SourceImage

_LUT_DESCRIPTOR: Final = 0x00283002
_LUT_DATA: Final = 0x00283006
_FUNCTIONS: Final = frozenset({"LINEAR", "LINEAR_EXACT", "SIGMOID"})
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
        voi.ReferencedImageSequence = [instance(image.sop_class_uid, image.sop_instance_uid)]
        dataset.SoftcopyVOILUTSequence = [voi]
    is_inverse = header.text("PhotometricInterpretation").upper() == "MONOCHROME1"
    dataset.PresentationLUTShape = "INVERSE" if is_inverse else "IDENTITY"
    area = new_item()
    area.DisplayedAreaTopLeftHandCorner = [1, 1]
    area.DisplayedAreaBottomRightHandCorner = [image.columns, image.rows]
    area.PresentationSizeMode = "SCALE TO FIT"
    area.PresentationPixelAspectRatio = _aspect_ratio(header)
    dataset.DisplayedAreaSelectionSequence = [area]


def _copy_modality_lut(dataset: Dataset, header: Header) -> None:
    tables = [table for item in header.items("ModalityLUTSequence")[:1] if (table := _copy_table(item)) is not None]
    if tables:
        tables[0].ModalityLUTType = header.items("ModalityLUTSequence")[0].text("ModalityLUTType") or "US"
        dataset.ModalityLUTSequence = tables
        return
    slope, intercept = header.number("RescaleSlope"), header.number("RescaleIntercept")
    if slope is not None or intercept is not None:
        dataset.RescaleIntercept = _decimal(0.0 if intercept is None else intercept)
        dataset.RescaleSlope = _decimal(1.0 if slope is None else slope)
        dataset.RescaleType = header.text("RescaleType") or "US"


def _voi_lut(header: Header) -> Dataset | None:
    """Give the first window of an image, or its first LUT where it has no window; None where it has neither."""
    item = new_item()
    function = header.text("VOILUTFunction").upper()
    least = 0.0 if function in {"LINEAR_EXACT", "SIGMOID"} else 1.0
    for centre, width in zip(header.numbers("WindowCenter"), header.numbers("WindowWidth"), strict=False):
        if math.isfinite(centre) and math.isfinite(width) and width >= least and width > 0:
            item.WindowCenter, item.WindowWidth = _decimal(centre), _decimal(width)
            if function in _FUNCTIONS:
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
    if len(descriptor) != 3 or not all(map(math.isfinite, descriptor)) or not data:
        return None
    if not isinstance(data, bytes):
        data = b"".join((int(value) & 0xFFFF).to_bytes(2, "little") for value in data)
    copy = new_item()
    copy.add(DataElement(_LUT_DESCRIPTOR, "SS" if min(descriptor) < 0 else "US", [int(value) for value in descriptor]))
    copy.add(DataElement(_LUT_DATA, "OW", data))
    return copy


def _aspect_ratio(header: Header) -> list[int]:
    """Give height and width of a pixel in proportion alone: a spacing here would change what viewers measure."""
    spacing = header.numbers("ImagerPixelSpacing") or header.numbers("PixelSpacing")
    if len(spacing) == 2 and min(spacing) > 0 and spacing[0] != spacing[1]:
        return [round(value / max(spacing) * _RATIO_UNITS) or 1 for value in spacing]
    ratio = header.numbers("PixelAspectRatio")
    if not spacing and len(ratio) == 2 and all(value >= 1 and value == int(value) for value in ratio):
        return [int(value) for value in ratio]
    return [1, 1]


def _decimal(value: float) -> str:
    """Write a decimal string, which holds 16 characters."""
    return f"{value:.9g}"
