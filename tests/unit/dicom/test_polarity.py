"""A header with the wrong polarity is not believed against the picture, and never silently."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.simulation import Scene, render
from mammocalc.simulation.header import make_dataset
from mammocalc.simulation.vocabulary import Detector, Kind, Photometric, Relationship
from mammocalc.stages.normalise import to_density
from mammocalc.vocabulary.lexicon import Flag, PresentationIntent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydicom.dataset import FileDataset

    from mammocalc.model import Mammogram

LARGEST = 4095
DOUBTS = {Flag.CONTRADICTORY_POLARITY, Flag.AMBIGUOUS_POLARITY, Flag.CONTRADICTORY_INTENT, Flag.UNUSABLE_WINDOW}
RAW_CLASS, SHOWN_CLASS = "1.2.840.10008.5.1.4.1.1.1.2.1", "1.2.840.10008.5.1.4.1.1.1.2"

SCENES: dict[str, dict[str, Any]] = {
    "shown": {},
    "shown white on black": {"photometric": Photometric.MONOCHROME1},
    "exposure": {"intent": PresentationIntent.FOR_PROCESSING, "photometric": Photometric.MONOCHROME1, "sign": 1},
    "exposure upside down": {"intent": PresentationIntent.FOR_PROCESSING, "sign": -1},
    "thick upside down": {"intent": PresentationIntent.FOR_PROCESSING, "sign": -1, "thickness_mm": 55.0},
    "logarithm": {"intent": PresentationIntent.FOR_PROCESSING, "relationship": Relationship.LOG, "sign": -1},
    "film": {"detector": Detector.FILM},
    "collimated": {"collimation_mm": 6.0},
}


@pytest.fixture(scope="module")
def datasets() -> dict[str, FileDataset]:
    """One breast, stored in every way that devices store it."""
    breast: dict[str, Any] = {"kind": Kind.NONE, "seed": 12, "field_mm": (110.0, 80.0), "pixel_spacing_mm": 0.1}
    return {name: make_dataset(render(Scene(name="a", **(breast | scene)))) for name, scene in SCENES.items()}


@pytest.fixture
def read(tmp_path: Path, datasets: dict[str, FileDataset]) -> Callable[..., Mammogram]:
    """Read one of them, after a change."""

    def read_changed(name: str, change: Callable[[FileDataset], None] = lambda _: None) -> Mammogram:
        dataset = deepcopy(datasets[name])
        change(dataset)
        dataset.save_as(tmp_path / "image.dcm", enforce_file_format=True)
        return read_mammogram(tmp_path / "image.dcm", DicomSettings())

    return read_changed


def put(**attributes: Any) -> Callable[[FileDataset], None]:
    """Change attributes; None removes one."""

    def change(dataset: FileDataset) -> None:
        for keyword, value in attributes.items():
            if value is None:
                delattr(dataset, keyword)
            else:
                setattr(dataset, keyword, value)

    return change


def invert(dataset: FileDataset) -> None:
    dataset.PixelData = (LARGEST - dataset.pixel_array).astype(np.uint16).tobytes()


def lut(values: np.ndarray[Any, Any]) -> Dataset:
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [len(values), 0, 12])
    table.add_new("LUTData", "US", values.tolist())
    return table


FALLING = lut(np.arange(LARGEST, -1, -1))
WITHOUT_WINDOW = {"WindowCenter": None, "WindowWidth": None}
AS_SHOWN = {"SOPClassUID": SHOWN_CLASS, "PresentationIntentType": "FOR PRESENTATION"}
AS_RAW = {"SOPClassUID": RAW_CLASS, "PresentationIntentType": "FOR PROCESSING", "PixelIntensityRelationship": "LIN"}


def test_images_as_they_should_be_raise_no_doubt(read: Callable[..., Mammogram]) -> None:
    for name in SCENES:
        assert not read(name).flags & DOUBTS, name


IDENTITY = {"PhotometricInterpretation": "MONOCHROME2", "PresentationLUTShape": "IDENTITY"}
INVERSE = {"PhotometricInterpretation": "MONOCHROME1", "PresentationLUTShape": "INVERSE"}
SILENT_INVERSE = INVERSE | {"PresentationLUTShape": None}
CONTRADICTED, AMBIGUOUS = Flag.CONTRADICTORY_POLARITY, Flag.AMBIGUOUS_POLARITY
OTHER_KIND, SILENT = Flag.CONTRADICTORY_INTENT, Flag.UNKNOWN_INTENSITY_RELATIONSHIP
WRONG: list[tuple[str, Callable[[FileDataset], None], set[Flag]]] = [
    ("shown", put(**SILENT_INVERSE), {CONTRADICTED}),
    ("shown", put(**INVERSE), {CONTRADICTED}),
    ("shown white on black", put(**IDENTITY), {CONTRADICTED}),
    ("film", put(**SILENT_INVERSE), {CONTRADICTED}),
    ("collimated", put(**SILENT_INVERSE), {CONTRADICTED}),
    ("shown", put(VOILUTSequence=[FALLING], **WITHOUT_WINDOW, PresentationLUTShape=None), {CONTRADICTED}),
    ("shown", put(RescaleSlope=-1, RescaleIntercept=LARGEST), {CONTRADICTED}),
    ("shown", put(PresentationLUTShape="INVERSE"), {AMBIGUOUS}),
    ("shown", put(PhotometricInterpretation="MONOCHROME1"), {AMBIGUOUS}),
    ("shown white on black", put(PresentationLUTShape="IDENTITY"), {AMBIGUOUS}),
    ("shown", put(VOILUTSequence=[FALLING]), {AMBIGUOUS}),
    ("shown", put(WindowWidth=-3000), {AMBIGUOUS}),
    ("shown", put(WindowCenter=9000, WindowWidth=10), {Flag.UNUSABLE_WINDOW}),
    ("exposure", put(PixelIntensityRelationshipSign=-1), {CONTRADICTED}),
    ("logarithm", put(PixelIntensityRelationshipSign=1), {CONTRADICTED}),
    ("exposure", put(PixelIntensityRelationshipSign=None), {SILENT}),
    (
        "exposure",
        put(PixelIntensityRelationshipSign=None, PhotometricInterpretation="MONOCHROME2"),
        {SILENT, AMBIGUOUS},
    ),
    ("exposure", put(**AS_SHOWN), {OTHER_KIND}),
    ("exposure", put(**AS_SHOWN, **IDENTITY), {CONTRADICTED, OTHER_KIND}),
    ("exposure", put(PixelIntensityRelationship="LOG"), {OTHER_KIND}),
    ("exposure upside down", put(PixelIntensityRelationship="LOG"), {OTHER_KIND}),
    ("thick upside down", put(**AS_SHOWN, **IDENTITY), {OTHER_KIND}),
    ("logarithm", put(**AS_SHOWN, **INVERSE), {CONTRADICTED}),
    ("shown", put(**AS_RAW, PixelIntensityRelationshipSign=1), {CONTRADICTED, OTHER_KIND}),
    ("shown white on black", put(**AS_RAW, PixelIntensityRelationshipSign=-1), {CONTRADICTED, OTHER_KIND}),
]


@pytest.mark.parametrize(("name", "change", "flags"), WRONG)
def test_a_wrong_header_is_told_and_the_picture_is_followed(
    read: Callable[..., Mammogram], name: str, change: Callable[[FileDataset], None], flags: set[Flag]
) -> None:
    right, wrong = read(name), read(name, change)
    doubts = DOUBTS | {SILENT}
    assert wrong.flags & doubts == flags
    told = [note for note in wrong.identity.notes if note not in right.identity.notes]
    assert len(told) == len(flags - {SILENT, Flag.UNUSABLE_WINDOW})
    assert np.abs(to_density(wrong.pixels).image - to_density(right.pixels).image.astype(int)).max() <= 1
    shown = wrong.pixels.display_grey[wrong.pixels.codes]
    is_dense = to_density(right.pixels).image > np.quantile(to_density(right.pixels).image, 0.9)
    is_air = to_density(right.pixels).image <= np.quantile(to_density(right.pixels).image, 0.2)
    assert np.median(shown[is_dense]) > np.median(shown[is_air]) + 60


@pytest.mark.parametrize("name", ["shown", "shown white on black", "logarithm", "film", "collimated"])
def test_inverted_pixels_are_told(read: Callable[..., Mammogram], name: str) -> None:
    right, wrong = read(name), read(name, invert)
    assert Flag.CONTRADICTORY_POLARITY in wrong.flags
    assert np.abs(to_density(wrong.pixels).image - to_density(right.pixels).image.astype(int)).max() <= 1


def test_a_spot_view_tells_nothing_and_the_header_is_believed(read: Callable[..., Mammogram]) -> None:
    def fill(dataset: FileDataset) -> None:
        spot = dataset.pixel_array[350:650, 60:360]
        dataset.PixelData, (dataset.Rows, dataset.Columns) = spot.tobytes(), spot.shape
        dataset.PhotometricInterpretation, dataset.PresentationLUTShape = "MONOCHROME1", "INVERSE"

    spot = read("shown", fill)
    assert not spot.flags & DOUBTS
    assert not spot.pixels.denser_is_larger


def test_a_header_at_odds_is_flagged_where_the_picture_tells_nothing(read: Callable[..., Mammogram]) -> None:
    def fill(dataset: FileDataset) -> None:
        spot = dataset.pixel_array[350:650, 60:360]
        dataset.PixelData, (dataset.Rows, dataset.Columns) = spot.tobytes(), spot.shape
        dataset.PresentationLUTShape = "INVERSE"

    spot = read("shown", fill)
    assert spot.flags & DOUBTS == {Flag.AMBIGUOUS_POLARITY}
    assert spot.pixels.denser_is_larger
