"""New items of sequences."""

from __future__ import annotations

from pydicom.charset import default_encoding
from pydicom.dataset import Dataset


def new_item() -> Dataset:
    """
    Begin an item, marked as one of Explicit VR Little Endian.

    Without the mark pydicom goes through every item below it once more for each level, in search of elements whose VR
    depends on others; those that are written here have none.
    """
    item = Dataset()
    item.set_original_encoding(is_implicit_vr=False, is_little_endian=True, character_encoding=default_encoding)
    return item
