"""A simulated image as it is judged: written as DICOM, and read by the same door as every other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.simulation.header import make_dataset

if TYPE_CHECKING:
    from pathlib import Path

    from mammocalc.model import Mammogram
    from mammocalc.simulation import Phantom


def through_dicom(phantom: Phantom, folder: Path) -> Mammogram:
    """Write a phantom into a folder, and read it back."""
    file = folder / f"{phantom.scene.name}.dcm"
    make_dataset(phantom).save_as(file, enforce_file_format=True)
    return read_mammogram(file, DicomSettings())
