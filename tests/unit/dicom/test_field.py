"""A spacing held against the field of the detector: what was resized has none, what was cropped keeps it."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from pydicom.dataset import Dataset

from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.dicom.pixels.air import Air, AirEnd
from mammocalc.dicom.reader.field import hold_against_field
from mammocalc.dicom.reader.header import Header
from mammocalc.dicom.reader.settings import SpacingSettings
from mammocalc.dicom.reader.spacing import decide_spacing
from mammocalc.simulation import Scene, render
from mammocalc.simulation.header import make_dataset
from mammocalc.simulation.vocabulary import Kind
from mammocalc.vocabulary.lexicon import Flag, SpacingSource, View

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from pydicom.dataset import FileDataset

    from mammocalc.model import Mammogram

FIELD, DETECTOR = "FieldOfViewDimensions", "DetectorActiveDimensions"
WHOLE, CUT, UNSEEN = Air(AirEnd.SMALLEST, 0.3, 1), Air(AirEnd.SMALLEST, 0.3, 3), Air(AirEnd.UNSEEN)
NOTHING: set[Flag] = set()
RESIZED = {Flag.CONTRADICTORY_SPACING, Flag.UNCALIBRATED}
PART = {Flag.SMALLER_THAN_FIELD}

# Rows and columns of 0.1 mm at the detector.
TABLE: list[tuple[str, dict[str, Any], tuple[int, int], Air, set[Flag]]] = [
    ("no witness", {}, (1200, 900), WHOLE, NOTHING),
    ("the field", {FIELD: [240, 180]}, (2400, 1800), WHOLE, NOTHING),
    ("the field, columns first", {FIELD: [180, 240]}, (2400, 1800), WHOLE, NOTHING),
    ("a spacing in the breast", {FIELD: [255, 191]}, (2400, 1800), WHOLE, NOTHING),
    ("a part of the detector", {DETECTOR: [300, 240]}, (2400, 1800), WHOLE, NOTHING),
    ("half in size", {FIELD: [240, 180]}, (1200, 900), WHOLE, RESIZED),
    ("half in size, columns first", {FIELD: [180, 240]}, (1200, 900), WHOLE, RESIZED),
    ("four fifths in size", {FIELD: [240, 180]}, (1920, 1440), WHOLE, RESIZED),
    ("doubled", {FIELD: [240, 180]}, (4800, 3600), WHOLE, RESIZED),
    ("to a square of 1024", {FIELD: [240, 180]}, (1024, 1024), WHOLE, PART),
    ("to a square, one side larger", {FIELD: [240, 180]}, (2100, 2100), WHOLE, RESIZED),
    ("padded to a square", {FIELD: [240, 180]}, (2400, 2400), WHOLE, NOTHING),
    ("cropped along one side", {FIELD: [240, 180]}, (2400, 900), WHOLE, NOTHING),
    ("cropped a little", {FIELD: [240, 180]}, (2250, 1500), WHOLE, NOTHING),
    ("cropped to a third", {FIELD: [240, 180]}, (1000, 600), CUT, PART),
    ("cropped, of the same shape", {FIELD: [240, 180]}, (1200, 900), CUT, PART),
    ("a spot of the same shape", {FIELD: [240, 180]}, (1200, 900), UNSEEN, PART),
    ("half of the detector", {DETECTOR: [300, 240]}, (1500, 1200), WHOLE, RESIZED),
    ("cropped, of the detector's shape", {DETECTOR: [300, 240]}, (1500, 1200), CUT, NOTHING),
    ("a smaller field of the detector", {DETECTOR: [300, 240]}, (2000, 1650), WHOLE, NOTHING),
    ("larger than the detector", {DETECTOR: [300, 240]}, (4800, 3600), WHOLE, RESIZED),
    ("padded beyond the detector", {DETECTOR: [300, 240]}, (3000, 3000), WHOLE, NOTHING),
    ("a round field", {FIELD: [90]}, (900, 900), WHOLE, NOTHING),
    ("a field in no millimetres", {FIELD: [2400, 1800]}, (1200, 900), WHOLE, NOTHING),
    ("a field of nothing", {FIELD: [0, 0]}, (1200, 900), WHOLE, NOTHING),
    ("a field in words", {FIELD: []}, (1200, 900), WHOLE, NOTHING),
]


@pytest.mark.parametrize(("attributes", "shape", "air", "flags"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE])
def test_what_was_resized_has_no_spacing(
    attributes: dict[str, Any], shape: tuple[int, int], air: Air, flags: set[Flag]
) -> None:
    dataset = Dataset()
    dataset.ImagerPixelSpacing, dataset.EstimatedRadiographicMagnificationFactor = [0.1, 0.1], 1.05
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    header = Header(dataset)
    before = decide_spacing(header, SpacingSettings())
    call = hold_against_field(before, header, shape, View.CC, air)
    assert call.flags == flags
    if flags == RESIZED:
        assert call.spacing is None
        assert call.source is SpacingSource.NONE
    else:
        assert call.spacing == before.spacing
    [*notes] = call.notes
    assert len(notes) == bool(flags)
    assert not flags or f"{shape[0]} x {shape[1]} pixels of 0.1 mm" in notes[0]
    assert not flags or f"is {next(iter(attributes.values()))[0]} x" in notes[0]


def test_an_oblique_view_is_cut_at_the_armpit_as_well() -> None:
    dataset = Dataset()
    dataset.ImagerPixelSpacing, dataset.FieldOfViewDimensions = [0.1, 0.1], [240, 180]
    header, air = Header(dataset), Air(AirEnd.SMALLEST, 0.3, 2)
    call = decide_spacing(header, SpacingSettings())
    calls = [hold_against_field(call, header, (1200, 900), v, air) for v in (View.MLO, View.CC)]
    assert [found.spacing is None for found in calls] == [True, False]


@pytest.mark.parametrize("keyword", ["ImagerPixelSpacing", "PixelSpacing"])
def test_a_calibrated_spacing_is_brought_back_to_the_detector(keyword: str) -> None:
    dataset = Dataset()
    dataset.EstimatedRadiographicMagnificationFactor, dataset.FieldOfViewDimensions = 1.8, [240, 180]
    dataset.PixelSpacingCalibrationType = "GEOMETRY"
    setattr(dataset, keyword, [0.1, 0.1] if keyword == "ImagerPixelSpacing" else [0.1 / 1.8] * 2)
    header = Header(dataset)
    call = decide_spacing(header, SpacingSettings())
    assert hold_against_field(call, header, (2400, 1800), View.CC, WHOLE) == call


@pytest.fixture(scope="module")
def dataset() -> FileDataset:
    scene: dict[str, Any] = {"kind": Kind.NONE, "seed": 12, "field_mm": (110.0, 80.0), "pixel_spacing_mm": 0.1}
    return make_dataset(render(Scene(name="a", **scene)))


@pytest.fixture
def read(tmp_path: Path, dataset: FileDataset) -> Callable[..., Mammogram]:
    """Read a mammogram whose pixels were changed, its header left as it was."""

    def read_changed(change: Callable[[NDArray[np.uint16]], NDArray[np.uint16]]) -> Mammogram:
        changed = deepcopy(dataset)
        pixels = np.ascontiguousarray(change(changed.pixel_array))
        changed.PixelData, (changed.Rows, changed.Columns) = pixels.tobytes(), pixels.shape
        changed.save_as(tmp_path / "image.dcm", enforce_file_format=True)
        return read_mammogram(tmp_path / "image.dcm", DicomSettings())

    return read_changed


def resize(rows: int, columns: int) -> Callable[[NDArray[np.uint16]], NDArray[np.uint16]]:
    return lambda pixels: np.asarray(cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA), np.uint16)


def test_a_file_that_was_resized_is_told_from_one_that_was_cropped(read: Callable[..., Mammogram]) -> None:
    assert read(lambda pixels: pixels).spacing is not None
    for resized in (read(resize(550, 400)), read(resize(2200, 1600)), read(resize(275, 200))):
        assert resized.spacing is None
        assert resized.flags >= RESIZED
    crops: list[Callable[[NDArray[np.uint16]], NDArray[np.uint16]]] = [
        lambda pixels: pixels[275:825, 200:600],  # the middle, of the same shape
        lambda pixels: pixels[:550, :400],
        lambda pixels: pixels[200:900, :700],
        lambda pixels: np.pad(pixels, ((0, 0), (0, 300))),
    ]
    for crop in crops:
        cropped = read(crop)
        assert cropped.spacing is not None
        assert Flag.CONTRADICTORY_SPACING not in cropped.flags
