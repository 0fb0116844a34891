from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

MAMMOGRAPHY = "1.2.840.10008.5.1.4.1.1.1.2"

NO_FRAGMENTS = b"\xfe\xff\x00\xe0\0\0\0\0"
"""An empty Basic Offset Table, and nothing after it."""

ORDINARY: dict[str, Any] = {
    "SOPClassUID": MAMMOGRAPHY,
    "SOPInstanceUID": "1.2.826.0.1.3680043.8.498.1",
    "SeriesInstanceUID": "1.2.826.0.1.3680043.8.498.2",
    "StudyInstanceUID": "1.2.826.0.1.3680043.8.498.3",
    "Modality": "MG",
    "PresentationIntentType": "FOR PRESENTATION",
    "ImageType": ["ORIGINAL", "PRIMARY"],
    "PatientID": "ID-4711",
    "PatientName": "Doe^Jane",
    "Manufacturer": "ACME",
    "ManufacturerModelName": "One",
    "BodyPartExamined": "BREAST",
    "ImageLaterality": "L",
    "ViewPosition": "CC",
    "PatientOrientation": ["A", "R"],
    "ImagerPixelSpacing": [0.07, 0.07],
    "EstimatedRadiographicMagnificationFactor": 1.0,
    "SamplesPerPixel": 1,
    "PhotometricInterpretation": "MONOCHROME2",
    "BitsAllocated": 16,
    "BitsStored": 12,
    "HighBit": 11,
    "PixelRepresentation": 0,
}


@pytest.fixture(scope="session")
def picture() -> NDArray[np.uint16]:
    """A smooth picture of 12 bits with some noise, from 0 to 4095."""
    row, column = np.mgrid[:40, :30]
    smooth = 0.5 + 0.45 * np.sin(row / 9) * np.cos(column / 7)
    noise = np.random.default_rng(7).normal(0, 0.002, smooth.shape)
    image: NDArray[np.uint16] = np.clip((smooth + noise) * 4095, 0, 4095).astype(np.uint16)
    image[0, 0], image[0, 1] = 0, 4095
    return image


@pytest.fixture
def make(tmp_path: Path, picture: NDArray[np.uint16]) -> Callable[..., Path]:
    """Write an ordinary mammogram, but for what is given: None drops an attribute."""
    count = 0

    def write(
        stored: NDArray[Any] | None = None,
        *,
        frame: bytes | bytearray | None = None,
        syntax: str = ExplicitVRLittleEndian,
        **changes: Any,
    ) -> Path:
        nonlocal count
        count += 1
        image = picture if stored is None else stored
        dataset = Dataset()
        for keyword, value in (ORDINARY | changes).items():
            if value is not None:
                setattr(dataset, keyword, value)
        if "Rows" not in changes:
            dataset.Rows = image.shape[0]
        if "Columns" not in changes:
            dataset.Columns = image.shape[1]
        if frame is not None:
            dataset.PixelData = encapsulate([bytes(frame)]) if frame else NO_FRAGMENTS
            dataset["PixelData"].is_undefined_length = True
        elif "PixelData" not in changes:
            order = ">" if syntax == "1.2.840.10008.1.2.2" else "<"
            dataset.PixelData = image.astype(f"{order}u{dataset.get('BitsAllocated', 16) // 8}").tobytes()
        if "PixelData" in dataset:
            dataset["PixelData"].VR = "OW"
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = UID(syntax)
        dataset.file_meta.MediaStorageSOPClassUID = dataset.get("SOPClassUID", MAMMOGRAPHY)
        dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        path = tmp_path / f"{count}.dcm"
        dataset.save_as(path, enforce_file_format=True)
        return path

    return write
