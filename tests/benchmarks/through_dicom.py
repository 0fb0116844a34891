"""A simulated image as it is judged: written as DICOM, and read by the same reader as every other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.simulation.header import make_dataset

if TYPE_CHECKING:
    from pathlib import Path

    from mammocalc.model import Mammogram
    from mammocalc.simulation import SimulatedImage


def through_dicom(simulated: SimulatedImage, folder: Path) -> Mammogram:
    """Write a simulated image into a folder, and read it back."""
    file = folder / f"{simulated.scene.name}.dcm"
    make_dataset(simulated).save_as(file, enforce_file_format=True)
    return read_mammogram(file, DicomSettings())
