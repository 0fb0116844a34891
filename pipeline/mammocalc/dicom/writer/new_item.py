"""New items of sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.charset import default_encoding
from pydicom.dataset import Dataset

if TYPE_CHECKING:
    from mammocalc.dicom.writer.source import SourceImage


def new_item() -> Dataset:
    """
    Begin an item, marked as one of Explicit VR Little Endian.

    Without the mark pydicom goes through every item below it once more for each level, in search of elements whose VR
    depends on others; those that are written here have none.
    """
    item = Dataset()
    item.set_original_encoding(is_implicit_vr=False, is_little_endian=True, character_encoding=default_encoding)
    return item


def referred(source: SourceImage) -> Dataset:
    """Give the item of a sequence that refers to an image, or to one frame of it (PS3.3 table 10-3)."""
    item = new_item()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = source.sop_class_uid, source.sop_instance_uid
    if source.frame is not None:
        item.ReferencedFrameNumber = source.frame + 1
    return item
