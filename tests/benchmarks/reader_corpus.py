"""Real DICOM files in every form that the reader takes: what fuzzing begins with."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import imagecodecs
import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset
from pydicom.encaps import encapsulate
from pydicom.fileset import FileSet
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian

from mammocalc.simulation import Recipe, Scene, simulate
from mammocalc.simulation.vocabulary import Coding, Kind
from mammocalc.vocabulary.lexicon import PresentationIntent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

JPEG_FAMILY: Final = "1.2.840.10008.1.2.4."
PATIENT_NAME, PATIENT_ID = "Quillfeather^Ottoline", "XK77-4419"
"""Planted in every file: no message may hold them."""
BOMB_MB: Final = 400
"""What a deflated file of 400 kB says that it holds."""


def make_corpus(folder: Path) -> None:
    """
    Write the files that are mutated.

    Parameters
    ----------
    folder : Path
        Must exist. Gets one small simulated mammogram per lossless transfer
        syntax of the simulator, variants of one of them, and a DICOMDIR.
    """
    scenes = tuple(
        Scene(
            name=f"simulated_{coding.value}",
            kind=Kind.GROUPED,
            seed=number,
            field_mm=(48.0, 40.0),
            pixel_spacing_mm=0.2,
            intent=PresentationIntent.FOR_PROCESSING if number % 2 else PresentationIntent.FOR_PRESENTATION,
            transfer_syntax=coding,
        )
        for number, coding in enumerate(Coding)
    )
    simulate(folder, Recipe(scenes=scenes))
    for truth in (folder / "truth").iterdir():
        truth.unlink()
    (folder / "truth").rmdir()
    for path in folder.glob("*.dcm"):
        dataset = dcmread(path)
        dataset.PatientName, dataset.PatientID = PATIENT_NAME, PATIENT_ID
        dataset.save_as(path)
    plain = folder / f"simulated_{Coding.EXPLICIT_LITTLE.value}.dcm"
    for name, change in VARIANTS.items():
        dataset = dcmread(plain)
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = UID(f"1.2.3.{len(name)}.{ord(name[0])}")
        change(dataset)
        dataset.save_as(folder / f"{name}.dcm")
    (folder / "no_preamble.dcm").write_bytes(plain.read_bytes()[132:])
    _write_bare(plain, folder / "bare_data_set.dcm")
    (folder / "bomb.dcm").write_bytes(_bomb(plain))
    _write_dicomdir(folder, plain)


def _pixels(dataset: FileDataset) -> NDArray[np.uint16]:
    pixels: NDArray[np.uint16] = dataset.pixel_array
    return pixels


def _window(dataset: FileDataset) -> None:
    dataset.WindowCenter, dataset.WindowWidth = [2000, 2100, 1e9], [900, 1000, 1]
    dataset.WindowCenterWidthExplanation = ["A", "B", "C"]
    dataset.VOILUTFunction = "LINEAR_EXACT"


def _sigmoid(dataset: FileDataset) -> None:
    dataset.WindowCenter, dataset.WindowWidth, dataset.VOILUTFunction = 2000, 900, "SIGMOID"
    dataset.PhotometricInterpretation = "MONOCHROME1"


def _lut(count: int, first: int, bits: int) -> Dataset:
    table = Dataset()
    table.LUTDescriptor = [count, first, bits]
    table["LUTDescriptor"].VR = "US"
    table.LUTExplanation = "a curve"
    table.LUTData = (np.linspace(0, 1, count) ** 0.5 * ((1 << bits) - 1)).astype("<u2").tobytes()
    table["LUTData"].VR = "OW"
    return table


def _voi_lut(dataset: FileDataset) -> None:
    for keyword in ("WindowCenter", "WindowWidth", "VOILUTFunction"):
        dataset.pop(keyword, None)
    dataset.VOILUTSequence = [_lut(4096, 0, 12), _lut(256, 100, 8)]


def _modality_lut(dataset: FileDataset) -> None:
    for keyword in ("RescaleSlope", "RescaleIntercept", "RescaleType"):
        del dataset[keyword]
    table = _lut(4096, 0, 16)
    table.ModalityLUTType = "US"
    dataset.ModalityLUTSequence = [table]


def _palette(dataset: FileDataset) -> None:
    dataset.PhotometricInterpretation = "PALETTE COLOR"
    for colour in ("Red", "Green", "Blue"):
        setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [4096, 0, 16])
        dataset[f"{colour}PaletteColorLookupTableDescriptor"].VR = "US"
        setattr(dataset, f"{colour}PaletteColorLookupTableData", bytes(8192))


def _signed(dataset: FileDataset) -> None:
    stored = _pixels(dataset).astype(np.int16) - 2048
    dataset.PixelRepresentation, dataset.PixelData = 1, stored.astype("<i2").tobytes()
    dataset.add_new(0x00280120, "SS", -2048)
    dataset.add_new(0x00280121, "SS", -2000)


def _shifted(dataset: FileDataset) -> None:
    dataset.BitsStored, dataset.HighBit = 10, 13
    dataset.PixelData = (_pixels(dataset) << 2).astype("<u2").tobytes()


def _bytes(dataset: FileDataset) -> None:
    dataset.PixelData = (_pixels(dataset) >> 4).astype(np.uint8).tobytes()
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7


def _overlays(dataset: FileDataset) -> None:
    for group in range(0x6000, 0x6020, 2):
        for element, kind, value in (
            (0x0010, "US", dataset.Rows),
            (0x0011, "US", dataset.Columns),
            (0x0040, "CS", "G"),
            (0x0050, "SS", [1, 1]),
            (0x0100, "US", 1),
            (0x0102, "US", 0),
        ):
            dataset.add_new((group, element), kind, value)
        dataset.add_new((group, 0x3000), "OW", bytes((dataset.Rows * dataset.Columns // 8 + 1) // 2 * 2))


def _private(dataset: FileDataset) -> None:
    block = dataset.private_block(0x0019, "ACME 1.0", create=True)
    for element, kind in enumerate(("LO", "UN", "OB", "FD", "SQ", "UT", "OF", "AT", "DS"), start=1):
        value: Any = {"FD": 1.5, "SQ": [_lut(4, 0, 8)], "AT": 0x00100010, "DS": "1.5"}.get(kind, "text")
        block.add_new(element, kind, value.encode() if kind in {"UN", "OB", "OF"} else value)


def _nested(dataset: FileDataset) -> None:
    item = _lut(4, 0, 8)
    for depth in range(40):
        outer = Dataset()
        outer.AnatomicRegionSequence = [item]
        outer.is_undefined_length_sequence_item = depth % 2 == 0
        outer["AnatomicRegionSequence"].is_undefined_length = depth % 3 == 0
        item = outer
    dataset.AnatomicRegionSequence = [item, _lut(4, 0, 8)]
    dataset["AnatomicRegionSequence"].is_undefined_length = True


def _functional_groups(dataset: FileDataset) -> None:
    groups, spacing, anatomy = Dataset(), Dataset(), Dataset()
    spacing.PixelSpacing = [0.07, 0.07]
    anatomy.FrameLaterality = "R"
    groups.PixelMeasuresSequence, groups.FrameAnatomySequence = [spacing], [anatomy]
    dataset.SharedFunctionalGroupsSequence = dataset.PerFrameFunctionalGroupsSequence = [groups]
    dataset.NumberOfFrames = 1


def _compressed(syntax: str, encode: Callable[[NDArray[np.uint16]], bytes], pieces: int = 1) -> Callable[..., None]:
    def change(dataset: FileDataset) -> None:
        dataset.PixelData = encapsulate([bytes(encode(_pixels(dataset)))], fragments_per_frame=pieces)
        dataset["PixelData"].VR, dataset["PixelData"].is_undefined_length = "OB", True
        dataset.file_meta.TransferSyntaxUID = UID(JPEG_FAMILY + syntax)

    return change


def _encoded(name: str, **options: Any) -> Callable[[NDArray[np.uint16]], bytes]:
    return lambda image: bytes(getattr(imagecodecs, name)(image, **options))


VARIANTS: Final[dict[str, Callable[[FileDataset], None]]] = {
    "window_linear_exact": _window,
    "sigmoid": _sigmoid,
    "voi_lut": _voi_lut,
    "modality_lut": _modality_lut,
    "palette": _palette,
    "signed": _signed,
    "bits_10_of_16": _shifted,
    "eight_bits": _bytes,
    "overlays": _overlays,
    "private": _private,
    "nested": _nested,
    "functional_groups": _functional_groups,
    "lossy_jpeg": _compressed("51", _encoded("jpeg_encode", level=95, bitspersample=12)),
    "near_lossless": _compressed("81", _encoded("jpegls_encode", level=3)),
    "pieces": _compressed("70", _encoded("ljpeg_encode", bitspersample=12), pieces=7),
    "htj2k": _compressed("201", _encoded("htj2k_encode", reversible=True)),
    "jp2_boxes": _compressed("90", _encoded("jpeg2k_encode", codecformat="jp2", level=0, reversible=True)),
}


def _write_bare(source: Path, target: Path) -> None:
    """Write a data set without File Meta Information, in Implicit VR: which the reader has to guess."""
    dataset = dcmread(source)
    bare = Dataset()
    bare.update({element.tag: element for element in dataset})
    dcmwrite(target, bare, implicit_vr=True, little_endian=True)


def _bomb(source: Path) -> bytes:
    """Give a deflated file of 400 kB whose first element would hold 400 MB of zeros."""
    dataset = dcmread(source)
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    small = BytesIO()
    dcmwrite(small, dataset, enforce_file_format=True)
    small.seek(0)
    meta_bytes = dcmread(small).file_meta.FileMetaInformationGroupLength
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    head = deflate.compress(b"\x08\0\x05\0UN\0\0" + (BOMB_MB << 20).to_bytes(4, "little"))
    head += deflate.flush(zlib.Z_FULL_FLUSH)
    block = deflate.compress(bytes(1 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)
    return small.getvalue()[: 132 + 12 + meta_bytes] + head + block * BOMB_MB + deflate.flush()


def _write_dicomdir(folder: Path, source: Path) -> None:
    """Write a medium of two files with its index into a folder of its own."""
    files = FileSet()
    for number in (1, 2):
        dataset = dcmread(source)
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = UID(f"1.2.3.{number}")
        files.add(dataset)
    files.write(folder / "medium")
