"""
Images that are odd in one way each, through a run and an export: what validators and an independent reader say.

    python tests/benchmarks/odd_images.py DIR

writes the images to DIR/images, each a study of its own, analyses and exports them, and prints for each how many marks
there are, how far they lie from the brightness that pydicom decodes at their places (median, pixels), and what
`dciodvfy -new`, `dsrdump`, `dcmpschk` and the checker of templates find. All hold the same picture, so all should have
about as many marks as the plain one. tests/system/export/test_odd_images.py asks the same.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pydicom
import pydicom.config
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.uid import UID, ImplicitVRLittleEndian, generate_uid

import mammocalc as mc
from mammocalc.simulation import simulate
from mammocalc.simulation.coding import encode
from mammocalc.simulation.recipe import Recipe, Scene
from mammocalc.simulation.vocabulary import TRANSFER_SYNTAX_UIDS, Coding, Kind
from mammocalc.vocabulary.lexicon import Laterality, View

sys.path.insert(0, str(Path(__file__).parents[1] / "templates"))

from object_points import points_of
from template_checker import check_report
from validators import complaints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

SCENE: Final = Scene(
    name="plain",
    kind=Kind.GROUPED,
    seed=11,
    patient=7,
    laterality=Laterality.RIGHT,
    view=View.CC,
    field_mm=(70.0, 50.0),
    pixel_spacing_mm=0.1,
    micro_diameter_mm=(0.4, 0.7),
    snr=(40.0, 80.0),
)
KINDS: Final = ("cad-sr", "gsps", "sr-1500", "seg", "capture")
FACING: Final = {"A": "P", "P": "A", "L": "R", "R": "L"}
PATCH_PX: Final = 4


def put_pixels(ds: Dataset, pixels: NDArray[np.generic]) -> None:
    ds.Rows, ds.Columns = pixels.shape
    ds.PixelData = pixels.tobytes() + b"\0" * (pixels.nbytes % 2)


def monochrome1(ds: Dataset) -> None:
    put_pixels(ds, 4095 - ds.pixel_array)
    ds.PhotometricInterpretation, ds.PresentationLUTShape, ds.PixelIntensityRelationshipSign = (
        "MONOCHROME1",
        "INVERSE",
        1,
    )
    ds.WindowCenter = 4095 - ds.WindowCenter


def signed(ds: Dataset) -> None:
    put_pixels(ds, ds.pixel_array.astype(np.int16) - 2048)
    ds.PixelRepresentation, ds.RescaleIntercept = 1, 2048


def rescaled(ds: Dataset) -> None:
    ds.RescaleSlope, ds.RescaleIntercept = "0.25", "-100"
    ds.WindowCenter, ds.WindowWidth = ds.WindowCenter * 0.25 - 100, ds.WindowWidth * 0.25


def mirrored(ds: Dataset) -> None:
    put_pixels(ds, ds.pixel_array[:, ::-1])
    row, column = ds.PatientOrientation
    ds.PatientOrientation = [FACING[row], column]


def turned(ds: Dataset) -> None:
    put_pixels(ds, ds.pixel_array[::-1, ::-1])
    ds.PatientOrientation = [FACING[way] for way in ds.PatientOrientation]


def odd_sides(ds: Dataset) -> None:
    put_pixels(ds, ds.pixel_array[:-1, :-3] if ds.PatientOrientation[0] == "P" else ds.pixel_array[:-1, 3:])


def oblong(ds: Dataset) -> None:
    ds.ImagerPixelSpacing = [0.105, 0.09]


def uncalibrated(ds: Dataset) -> None:
    del ds.ImagerPixelSpacing
    del ds.EstimatedRadiographicMagnificationFactor


def lut(*, is_modality: bool) -> Dataset:
    item = Dataset()
    item.add_new(0x00283002, "US", [4096, 0, 12])
    item.add_new(0x00283006, "OW", np.arange(4096, dtype="<u2").tobytes())
    if is_modality:
        item.ModalityLUTType = "X" * 70
    return item


def with_voi_lut(ds: Dataset) -> None:
    del ds.WindowCenter
    del ds.WindowWidth
    ds.VOILUTSequence = [lut(is_modality=False)]


def with_modality_lut(ds: Dataset) -> None:
    for keyword in ("RescaleSlope", "RescaleIntercept", "RescaleType"):
        del ds[keyword]
    ds.ModalityLUTSequence = [lut(is_modality=True)]


def windows(ds: Dataset) -> None:
    ds.WindowCenter, ds.WindowWidth = [2000, 1800], [4000, 3000]
    ds.WindowCenterWidthExplanation, ds.VOILUTFunction = ["A", "B"], "SIGMOID"


def japanese(ds: Dataset) -> None:
    ds.SpecificCharacterSet = ["", "ISO 2022 IR 87"]
    ds.PatientName = "Yamada^Tarou=山田^太郎=やまだ^たろう"
    ds.StudyDescription = "乳房"


def half_width(ds: Dataset) -> None:
    ds.SpecificCharacterSet = ["ISO 2022 IR 13", "ISO 2022 IR 87"]
    ds.PatientName = "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"


def utf8(ds: Dataset) -> None:
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.PatientName, ds.StudyDescription = "Wang^XiaoDong=王^小東", "Größe 😀"


def gb18030(ds: Dataset) -> None:
    ds.SpecificCharacterSet, ds.PatientName = "GB18030", "Wang^XiaoDong=王^小东"


def overlong(ds: Dataset) -> None:
    ds.PatientID, ds.StudyID, ds.AccessionNumber = "P" * 70, "S" * 20, "A" * 17
    ds.StudyDescription, ds.IssuerOfPatientID, ds.PatientName = "D" * 65, "I" * 65, f"{'N' * 70}^A"
    ds.RescaleType, ds.ReferringPhysicianName = "T" * 65, "A^B^C^D^E^F"


def several(ds: Dataset) -> None:
    ds.PatientID, ds.StudyID, ds.AccessionNumber = "A\\B", "1\\2", "3\\4"
    ds.StudyDescription, ds.PatientName = "line\nline", "A\\B"


def malformed(ds: Dataset) -> None:
    ds.PatientBirthDate, ds.PatientAge, ds.PatientSex = "01.02.1960", "9Y", "female"
    ds.StudyDate, ds.StudyTime, ds.TimezoneOffsetFromUTC = "2021.03.05", "246000", "CET"
    ds.PatientIdentityRemoved, ds.ContentDate = "YES", "today"
    method = Dataset()
    method.CodeValue, method.CodingSchemeDesignator, method.CodeMeaning = "1" * 20, "DCM", "Basic Profile"
    ds.DeidentificationMethodCodeSequence = [method]


def wrong_kinds(ds: Dataset) -> None:
    for tag, vr, value in (
        (0x00100020, "IS", "1207"),
        (0x00200010, "DS", "12.5"),
        (0x00100010, "LO", "Doe^Jane"),
        (0x00080050, "UI", "1.2.3"),
        (0x00080020, "LO", "20210305"),
        (0x00181510, "LO", "steep"),
        (0x00081030, "OB", b"\xff\xfe"),
    ):
        ds.add(DataElement(tag, vr, value))


def nameless(ds: Dataset) -> None:
    for keyword in ("StudyID", "AccessionNumber", "ReferringPhysicianName", "PatientBirthDate", "SeriesNumber"):
        del ds[keyword]
    ds.PatientID = ds.PatientName = ds.StudyDate = ds.StudyTime = ""


def old_codes(ds: Dataset) -> None:
    view = ds.ViewCodeSequence[0]
    view.CodeValue, view.CodingSchemeDesignator, view.CodeMeaning = "R-10242", "SNM3", "cranio-caudal"


def unoriented(ds: Dataset) -> None:
    del ds.PatientOrientation
    ds.ImageLaterality = "r"


def for_processing(ds: Dataset) -> None:
    ds.SOPClassUID, ds.PresentationIntentType = UID("1.2.840.10008.5.1.4.1.1.1.2.1"), "FOR PROCESSING"


def one_frame(ds: Dataset) -> None:
    ds.NumberOfFrames = 1


def implicit(ds: Dataset) -> None:
    ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian


def compressed(coding: Coding) -> Callable[[Dataset], None]:
    def compress(ds: Dataset) -> None:
        ds.PixelData = encode(ds.pixel_array, SCENE.model_copy(update={"transfer_syntax": coding}))
        ds["PixelData"].is_undefined_length = True
        ds.file_meta.TransferSyntaxUID = UID(TRANSFER_SYNTAX_UIDS[coding])

    return compress


ODDITIES: Final[Mapping[str, Callable[[Dataset], None]]] = {
    "plain": lambda _ds: None,
    "monochrome1": monochrome1,
    "signed": signed,
    "rescaled": rescaled,
    "mirrored": mirrored,
    "turned": turned,
    "odd_sides": odd_sides,
    "oblong": oblong,
    "uncalibrated": uncalibrated,
    "voi_lut": with_voi_lut,
    "modality_lut": with_modality_lut,
    "windows": windows,
    "japanese": japanese,
    "half_width": half_width,
    "utf8": utf8,
    "gb18030": gb18030,
    "overlong": overlong,
    "several": several,
    "malformed": malformed,
    "wrong_kinds": wrong_kinds,
    "nameless": nameless,
    "old_codes": old_codes,
    "unoriented": unoriented,
    "for_processing": for_processing,
    "one_frame": one_frame,
    "implicit": implicit,
    "rle": compressed(Coding.RLE),
    "jpeg_lossless": compressed(Coding.JPEG_LOSSLESS),
    "jpeg_lossless_sv1": compressed(Coding.JPEG_LOSSLESS_SV1),
    "jpeg_ls": compressed(Coding.JPEG_LS),
    "jpeg_2000": compressed(Coding.JPEG_2000),
}
"""What is odd about an image, by the name of its file."""


def write_odd_images(folder: Path, scratch: Path, names: Iterable[str] = tuple(ODDITIES)) -> None:
    """Write an image of each oddity that is named, each a study of its own."""
    simulate(scratch, Recipe(scenes=(SCENE,)))
    folder.mkdir(parents=True)
    for name in names:
        with pydicom.config.disable_value_validation():
            ds = pydicom.dcmread(scratch / "plain.dcm")
            ODDITIES[name](ds)
            for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
                setattr(ds, keyword, generate_uid(entropy_srcs=[name, keyword]))
            ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
            ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
            ds.save_as(folder / f"{name}.dcm", implicit_vr=ds.file_meta.TransferSyntaxUID == ImplicitVRLittleEndian,
                       little_endian=True)  # fmt: skip


@dataclass
class Seen:
    """What was found of an odd image: distances of its marks by kind, in pixels, and what is wrong with its objects."""

    distances: dict[str, NDArray[np.float64]]
    problems: list[str]
    objects: list[Path]


def look(path: Path, objects: Path) -> Seen:
    """Read the objects of an image back: marks against its brightness as pydicom decodes it, and validators."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = pydicom.dcmread(path)
        greys = image.pixel_array.astype(float)
    greys = -greys if image.PhotometricInterpretation == "MONOCHROME1" else greys
    found = sorted(objects.glob(f"{image.StudyInstanceUID}/*/*.dcm"))
    distances = {}
    problems = [f"{one.parent.name}: {line}" for one in found for line in complaints(one)]
    for one in found:
        if one.parent.name in {"cad-sr", "gsps", "sr-1500"}:
            points = points_of(pydicom.dcmread(one))[str(image.SOPInstanceUID)]
            distances[one.parent.name] = np.array([away_from_brightness(greys, place) for place in points.values()])
        if one.parent.name == "cad-sr":
            problems += check_report(pydicom.dcmread(one), {str(image.SOPInstanceUID): image}).problems
    return Seen(distances, problems, found)


def away_from_brightness(greys: NDArray[np.float64], place: tuple[float, float]) -> float:
    """Give how far a place lies from the middle of the brightness around it; infinite where nothing is brighter."""
    row, column = (round(value) for value in place)
    if not (PATCH_PX <= row < greys.shape[0] - PATCH_PX and PATCH_PX <= column < greys.shape[1] - PATCH_PX):
        return float("nan")
    patch = greys[row - PATCH_PX : row + PATCH_PX + 1, column - PATCH_PX : column + PATCH_PX + 1]
    rim = np.concatenate([patch[0], patch[-1], patch[:, 0], patch[:, -1]])
    weight = np.maximum(patch - np.median(rim) - 2 * rim.std(), 0)
    if not weight.sum():
        return float("inf")
    rows, columns = np.mgrid[-PATCH_PX : PATCH_PX + 1, -PATCH_PX : PATCH_PX + 1]
    middle = (rows * weight).sum() / weight.sum() + row, (columns * weight).sum() / weight.sum() + column
    return float(np.hypot(middle[0] - place[0], middle[1] - place[1]))


def rows_of(images: Path, objects: Path) -> Iterator[tuple[str, Seen]]:
    for path in sorted(images.glob("*.dcm")):
        yield path.stem, look(path, objects)


def main() -> None:
    """Print a row for each image."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    write_odd_images(folder / "images", folder / "scratch")
    mc.run(folder / "images", out=folder / "run")
    summary = mc.export(folder / "run", folder / "images", folder / "objects", to=KINDS)
    for said in (*summary.left_out, *summary.notes):
        print(said)
    for name, seen in rows_of(folder / "images", folder / "objects"):
        kinds = ", ".join(
            f"{kind} {len(d)} marks {np.nanmedian(d):.2f} px" for kind, d in seen.distances.items() if len(d)
        )
        print(f"{name:18} {len(seen.objects)} objects; {kinds or 'no marks'}; {seen.problems or 'no problem'}")


if __name__ == "__main__":
    main()
