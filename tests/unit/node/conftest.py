from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from mammocalc.node.spool import Spool, open_spool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MAMMOGRAM = "1.2.840.10008.5.1.4.1.1.1.2"


def _write(path: Path, study: str = "1.2.3", instance: str = "1.2.3.4", **changed: Any) -> Path:
    """Write the smallest thing that passes for an image on its way in."""
    with pydicom.config.disable_value_validation():
        dataset = Dataset()
        dataset.SOPClassUID, dataset.SOPInstanceUID, dataset.StudyInstanceUID = MAMMOGRAM, instance, study
        dataset.PatientID, dataset.PatientName = "P1", "Secret^Name"
        for keyword, value in changed.items():
            setattr(dataset, keyword, value)
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.save_as(path, enforce_file_format=True)
    return path


@pytest.fixture
def write() -> Callable[..., Path]:
    return _write


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    with open_spool(tmp_path / "spool") as spool:
        yield spool
