"""Objects of images that are odd in one way each: valid, and marked where an independent reader sees the picture."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from odd_images import KINDS, ODDITIES, look, write_odd_images
from PIL import Image as Pictures

import mammocalc as mc

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom.dataset import Dataset

    from mammocalc.execution.export.request import ExportSummary

Tool = Callable[..., subprocess.CompletedProcess[str]]

NAMES = {
    "japanese": "Yamada^Tarou=山田^太郎=やまだ^たろう",
    "half_width": "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
    "utf8": "Wang^XiaoDong=王^小東",
    "gb18030": "Wang^XiaoDong=王^小东",
    "wrong_kinds": "Doe^Jane",
    "overlong": "",
    "several": "",
    "nameless": "",
}
MARKS = 14
"""Of the plain image, and so of all."""
LEFT_OUT = {
    "overlong": {"PatientName", "PatientID", "StudyID", "AccessionNumber", "StudyDescription", "IssuerOfPatientID"},
    "several": {"PatientName", "PatientID", "StudyID", "AccessionNumber", "StudyDescription"},
    "malformed": {"PatientBirthDate", "PatientAge", "PatientSex", "StudyDate", "StudyTime", "TimezoneOffsetFromUTC"},
    "wrong_kinds": {"StudyDescription"},
}
OF_TOOLS = (
    "does not support this Specific Character Set",
    "unsupported SpecificCharacterSet",
    "dcmpschk has not passed it",  # it wants a name, and cannot read UTF-8
)
"""What DCMTK 3.6.7 says of itself: of character sets and of patients without a name."""
TRIED = tuple(name for name in ODDITIES if name not in {"implicit", "jpeg_lossless", "jpeg_ls", "old_codes"})
"""The others are tried by the benchmark alone: readers of images have tests of their own."""
OF_DATES = {"malformed": ("TID 4020 row 7", "TID 4020 row 8", "TID 4020 row 9")}
"""The rows ask for what stands in the header, and no item can hold it."""


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every odd image, analysed."""
    top = tmp_path_factory.mktemp("odd")
    write_odd_images(top / "images", top / "scratch", TRIED)
    mc.run(top / "images", out=top / "run", workers=1)
    return top


@pytest.fixture(scope="module")
def exported(odd: Path) -> ExportSummary:
    """All objects of all of them, in the folder of that name."""
    return mc.export(odd / "run", odd / "images", odd / "objects", to=KINDS)


def study_of(odd: Path, name: str) -> str:
    return str(pydicom.dcmread(odd / "images" / f"{name}.dcm", stop_before_pixels=True).StudyInstanceUID)


def objects_of(odd: Path, name: str, kind: str) -> list[Dataset]:
    return [pydicom.dcmread(path) for path in sorted((odd / "objects" / study_of(odd, name) / kind).glob("*.dcm"))]


def test_nothing_is_left_out(exported: ExportSummary) -> None:
    assert exported.left_out == ()
    assert len(exported.objects) == 6 * len(TRIED)


@pytest.mark.parametrize("name", TRIED)
def test_marks_lie_on_the_brightness_and_validators_have_nothing_to_say(
    name: str, odd: Path, exported: ExportSummary, tool: Tool
) -> None:
    tool("dciodvfy", "-version")  # skips where it is not there
    assert exported.objects
    seen = look(odd / "images" / f"{name}.dcm", odd / "objects")
    assert seen.distances.keys() == {"cad-sr", "gsps", "sr-1500"}
    for kind, distances in seen.distances.items():
        assert len(distances) == MARKS
        assert np.nanmedian(distances) < (0.3 if kind == "sr-1500" else 0.15)  # the mean of corners lies less well
        assert np.isfinite(distances[~np.isnan(distances)]).all()
    excused = OF_DATES.get(name, ()) + (OF_TOOLS if name in NAMES else ())
    assert [said for said in seen.problems if not any(word in said for word in excused)] == []


@pytest.mark.parametrize("name", ["plain", "monochrome1", "signed", "mirrored", "turned", "oblong", "jpeg_2000"])
def test_masks_lie_on_what_is_brighter_than_its_surroundings(name: str, odd: Path, exported: ExportSummary) -> None:
    assert exported.objects
    image = pydicom.dcmread(odd / "images" / f"{name}.dcm")
    greys = image.pixel_array.astype(float) * (-1 if image.PhotometricInterpretation == "MONOCHROME1" else 1)
    for kind in ("seg", "labelmap"):
        [segmentation] = objects_of(odd, name, kind)
        frames = segmentation.pixel_array
        mask = (frames if frames.ndim == 2 else frames.max(axis=0)) > 0
        around = np.roll(mask, 9, 1) & ~mask
        assert mask.sum() > 50
        assert greys[mask].mean() > greys[around].mean() + 1.5 * greys[around].std()


@pytest.mark.parametrize("name", TRIED)
def test_pictures_show_the_whole_image(name: str, odd: Path, exported: ExportSummary) -> None:
    assert exported.objects
    [capture] = objects_of(odd, name, "capture")
    assert capture.pixel_array.shape == (capture.Rows, capture.Columns, 3)
    assert Pictures.fromarray(capture.pixel_array).convert("L").histogram()[-1] > 0
    [state] = objects_of(odd, name, "gsps")
    image = pydicom.dcmread(odd / "images" / f"{name}.dcm", stop_before_pixels=True)
    [area] = state.DisplayedAreaSelectionSequence
    assert list(area.DisplayedAreaBottomRightHandCorner) == [image.Columns, image.Rows]
    is_inverse = image.PhotometricInterpretation == "MONOCHROME1"
    assert state.PresentationLUTShape == ("INVERSE" if is_inverse else "IDENTITY")


@pytest.mark.parametrize("name", NAMES)
def test_names_come_through_or_are_left_out_whole(name: str, odd: Path, exported: ExportSummary) -> None:
    assert exported.objects
    for kind in ("cad-sr", "gsps", "sr-1500", "seg", "labelmap", "capture"):
        assert {str(found.PatientName) for found in objects_of(odd, name, kind)} == {NAMES[name]}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_no_object_may_hold_is_left_out_and_named_but_not_quoted(
    name: str, odd: Path, exported: ExportSummary
) -> None:
    said = [str(note) for note in exported.notes if note.subject == study_of(odd, name)]
    [note] = [note for note in said if "values that no object may hold" in note]
    for keyword in LEFT_OUT[name]:
        assert pydicom.datadict.dictionary_description(keyword) in note
        for kind in ("cad-sr", "gsps", "sr-1500", "seg", "labelmap", "capture"):
            assert {found.get(keyword, "") or "" for found in objects_of(odd, name, kind)} == {""}
    assert "PPP" not in note
    assert "1960" not in note


def test_tables_of_a_presentation_state_show_what_those_of_the_image_do(odd: Path, exported: ExportSummary) -> None:
    def table(item: Dataset) -> tuple[list[int], Any]:
        return list(item.LUTDescriptor), np.frombuffer(item.LUTData, "<u2")

    assert exported.objects
    [state] = objects_of(odd, "voi_lut", "gsps")
    descriptor, entries = table(state.SoftcopyVOILUTSequence[0].VOILUTSequence[0])
    assert descriptor == [4096, 0, 16]
    assert np.abs(entries / 65535 - np.arange(4096) / 4095).max() < 1e-4  # the same shares of the whole range
    [state] = objects_of(odd, "modality_lut", "gsps")
    descriptor, entries = table(state.ModalityLUTSequence[0])
    assert descriptor == [4096, 0, 16]
    larger = 65535 / 4095
    assert np.abs(entries / larger - np.arange(4096)).max() < 0.05
    [voi] = state.SoftcopyVOILUTSequence
    image = pydicom.dcmread(odd / "images" / "modality_lut.dcm", stop_before_pixels=True)
    assert [voi.WindowCenter, voi.WindowWidth] == pytest.approx(
        [image.WindowCenter * larger, image.WindowWidth * larger], rel=1e-6
    )
