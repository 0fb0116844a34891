"""Whatever a file holds, the DICOM reader answers with a mammogram or with an error that says why not."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID

from mammocalc.dicom import DicomSettings, read_mammogram, read_sop_instance_uid
from mammocalc.vocabulary.errors import ImageError
from mammocalc.vocabulary.uid import is_uid

DOOR = DicomSettings()
ROWS, COLUMNS = 24, 18
FAMILY = "1.2.840.10008.1.2"
SYNTAXES = ["", ".1", ".1.99", ".2", ".4.51", ".4.70", ".4.80", ".4.90", ".4.201"]
MUTATIONS = settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])


def picture() -> np.ndarray[tuple[int, int], np.dtype[np.uint16]]:
    row, column = np.mgrid[:ROWS, :COLUMNS]
    image: np.ndarray[tuple[int, int], np.dtype[np.uint16]] = (2000 + 60 * row + 11 * column).astype(np.uint16)
    return image


@lru_cache
def small_file(syntax: str) -> bytes:
    """A small real mammogram with every kind of element that the reader looks at."""
    dataset = Dataset()
    dataset.ImageType = ["ORIGINAL", "PRIMARY"]
    dataset.SOPClassUID, dataset.SOPInstanceUID = UID("1.2.840.10008.5.1.4.1.1.1.2"), UID("1.2.3.4")
    dataset.SeriesInstanceUID, dataset.StudyInstanceUID = UID("1.2.3.5"), UID("1.2.3.6")
    dataset.Modality, dataset.PresentationIntentType, dataset.Manufacturer = "MG", "FOR PRESENTATION", "ACME"
    dataset.PatientID, dataset.PatientOrientation = "4711", ["A", "R"]
    dataset.ImageLaterality, dataset.ViewPosition, dataset.BodyPartExamined = "L", "CC", "BREAST"
    dataset.ImagerPixelSpacing, dataset.EstimatedRadiographicMagnificationFactor = [0.07, 0.07], 1.05
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "399162004", "SCT", "cranio-caudal"
    dataset.ViewCodeSequence = [code]
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = ROWS, COLUMNS, 1
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.PixelPaddingValue, dataset.RescaleSlope, dataset.RescaleIntercept = 0, 1, 0
    dataset.WindowCenter, dataset.WindowWidth, dataset.VOILUTFunction = [2000, 2100], [900, 1000], "SIGMOID"
    table = Dataset()
    table.LUTDescriptor, table.LUTData = [4, 0, 12], [0, 1, 2, 4095]
    table["LUTData"].VR = "US"
    dataset.VOILUTSequence = [table]
    frame = compressed(syntax)
    if frame is None:
        dataset.PixelData = picture().astype(">u2" if syntax == ".2" else "<u2").tobytes()
    else:
        dataset.PixelData = encapsulate([frame])
    dataset["PixelData"].VR = "OW" if frame is None else "OB"
    dataset["PixelData"].is_undefined_length = frame is not None
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(FAMILY + syntax)
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def compressed(syntax: str) -> bytes | None:
    image = picture()
    match syntax:
        case ".4.51":
            return bytes(imagecodecs.jpeg_encode(image, level=95, bitspersample=12))
        case ".4.70":
            return bytes(imagecodecs.ljpeg_encode(image, bitspersample=12))
        case ".4.80":
            return bytes(imagecodecs.jpegls_encode(image))
        case ".4.90":
            return bytes(imagecodecs.jpeg2k_encode(image, codecformat="j2k", level=0, reversible=True))
        case ".4.201":
            return bytes(imagecodecs.htj2k_encode(image, reversible=True))
    return None


def is_answered(content: bytes) -> bool:
    """Whether the reader answers to a file with a whole mammogram; an error of the image is an answer as well."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.dcm"
        path.write_bytes(content)
        uid = read_sop_instance_uid(path)
        assert uid is None or is_uid(uid)
        try:
            mammogram = read_mammogram(path, DOOR)
        except ImageError:
            return False
    assert mammogram.identity.sop_instance_uid == uid
    pixels = mammogram.pixels
    assert pixels.codes.shape == (mammogram.identity.rows, mammogram.identity.columns)
    assert int(pixels.codes.max()) < len(pixels.modality_values) == len(pixels.display_grey)
    assert np.isfinite(pixels.modality_values).all()
    return True


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_the_file_that_is_mutated_below_can_be_read(syntax: str) -> None:
    assert is_answered(small_file(syntax))


@pytest.mark.parametrize("syntax", SYNTAXES)
@MUTATIONS
@given(data=st.data())
def test_changed_bytes_never_raise_anything_else(syntax: str, data: st.DataObject) -> None:
    content = bytearray(small_file(syntax))
    places = st.integers(132, len(content) - 1)
    for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=8)):
        content[place] = value
    is_answered(bytes(content))


@pytest.mark.parametrize("syntax", SYNTAXES)
@MUTATIONS
@given(data=st.data())
def test_cut_repeated_or_inserted_bytes_never_raise_anything_else(syntax: str, data: st.DataObject) -> None:
    content = small_file(syntax)
    places = st.integers(0, len(content))
    first, second = data.draw(places), data.draw(places)
    is_answered(content[:first] + data.draw(st.binary(max_size=12)) + content[second:])


@MUTATIONS
@given(content=st.binary(max_size=400), has_preamble=st.booleans())
def test_arbitrary_bytes_never_raise_anything_else(content: bytes, has_preamble: bool) -> None:
    assert not is_answered((bytes(128) + b"DICM" if has_preamble else b"") + content)


@MUTATIONS
@given(
    group=st.sampled_from([0x0008, 0x0018, 0x0020, 0x0028]),
    element=st.sampled_from([0x0008, 0x0010, 0x0011, 0x0030, 0x0060, 0x0100, 0x0101, 0x0120, 0x1050, 0x1052, 0x1114]),
    kind=st.sampled_from([b"US", b"DS", b"IS", b"CS", b"SQ", b"UN", b"FD", b"OW", b"ZZ"]),
    value=st.binary(max_size=16),
)
def test_an_element_of_any_kind_and_value_never_raises_anything_else(
    group: int, element: int, kind: bytes, value: bytes
) -> None:
    content = small_file(".1")
    start = content.index(b"\x28\x00\x02\x00US")
    tag = group.to_bytes(2, "little") + element.to_bytes(2, "little")
    length = bytes(2) + len(value).to_bytes(4, "little") if kind in {b"SQ", b"UN", b"OW"} else b""
    length = length or len(value).to_bytes(2, "little")
    is_answered(content[:start] + tag + kind + length + value + content[start:])
