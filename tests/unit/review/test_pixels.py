from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from mammocalc.dicom.pixels.greyscale import describe_pixels
from mammocalc.dicom.pixels.layout import PixelLayout
from mammocalc.dicom.pixels.windows import list_windows
from mammocalc.dicom.reader.header import Header
from mammocalc.review.server.api_json import to_bytes
from mammocalc.review.server.pixels import LOG_EXPOSURE, Picture, make_picture
from mammocalc.vocabulary.lexicon import PresentationIntent

if TYPE_CHECKING:
    from collections.abc import Callable

    from mammocalc.model import Mammogram


def shown(picture: Picture, codes: Any, window: dict[str, Any]) -> Any:
    """Draw sent values as the page does (PS3.3 C.11.2.1)."""
    sent = picture.scale.sent[codes].astype(float)
    centre, width = window["center"], window["width"]
    if window["function"] == "LINEAR":
        return np.clip((sent - (centre - 0.5)) / (width - 1) + 0.5, 0, 1)
    if window["function"] == "SIGMOID":
        return 1 / (1 + np.exp(-4 * (sent - centre) / width))
    if window["function"] == "LUT":
        at = np.linspace(picture.smallest, picture.largest, len(window["table"]))
        return np.interp(sent, at, window["table"]) / 255
    return np.clip((sent - centre) / width + 0.5, 0, 1)


@pytest.fixture
def make(make_mammogram: Callable[..., Mammogram]) -> Any:
    def make(*, is_monochrome1: bool = False, is_signed: bool = False, raw: bool = False, **tags: Any) -> Any:
        dataset = Dataset()
        for name, value in tags.items():
            setattr(dataset, name, value)
        header = Header(dataset)
        codes = np.random.default_rng(3).integers(200, 3900, (301, 205)).astype(np.uint16)
        layout = PixelLayout(301, 205, 16, 12, 11, is_signed, is_monochrome1)
        intent = PresentationIntent.FOR_PROCESSING if raw else PresentationIntent.FOR_PRESENTATION
        pixels, _ = describe_pixels(codes, header, layout, intent)
        mammogram = replace(make_mammogram(), pixels=pixels)
        return make_picture(mammogram, list_windows(header, pixels.modality_values), 64), mammogram

    return make


@pytest.mark.parametrize("is_monochrome1", [False, True])
@pytest.mark.parametrize(
    "tags",
    [
        {"WindowCenter": 2000, "WindowWidth": 1500},
        {"WindowCenter": 2000, "WindowWidth": 1500, "VOILUTFunction": "LINEAR_EXACT"},
        {"WindowCenter": 2000, "WindowWidth": 1500, "VOILUTFunction": "SIGMOID"},
        {"WindowCenter": 7000, "WindowWidth": 3000, "RescaleSlope": 2, "RescaleIntercept": 1000},
        {"WindowCenter": -1500, "WindowWidth": 900, "RescaleSlope": -0.5, "RescaleIntercept": -100},
        {},
    ],
)
def test_the_first_window_shows_what_the_door_shows(make: Any, tags: dict[str, Any], is_monochrome1: bool) -> None:
    picture, mammogram = make(is_monochrome1=is_monochrome1, **tags)
    codes = mammogram.pixels.codes
    drawn = np.rint(255 * shown(picture, codes, picture.windows[0]))
    assert np.abs(drawn - mammogram.pixels.display_grey[codes]).max() <= 1


@pytest.mark.parametrize("is_monochrome1", [False, True])
@pytest.mark.parametrize("is_falling", [False, True])
def test_a_lut_is_sent_as_a_table_of_greys(make: Any, is_monochrome1: bool, is_falling: bool) -> None:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [4096, 0, 12])
    along = np.arange(4096)[:: -1 if is_falling else 1]
    item.add_new("LUTData", "US", (4095 * (along / 4095) ** 0.5).astype(int).tolist())
    item.LUTExplanation = "softer\u202e"
    picture, mammogram = make(is_monochrome1=is_monochrome1, VOILUTSequence=[item])
    window = picture.windows[0]
    assert (window["name"], window["function"], len(window["table"])) == ("softer", "LUT", 1024)
    codes = mammogram.pixels.codes
    drawn = 255 * shown(picture, codes, window)
    assert np.abs(drawn - mammogram.pixels.display_grey[codes]).max() <= 2


def test_every_window_of_the_file_is_a_preset_and_broken_ones_are_not(make: Any) -> None:
    picture, _ = make(WindowCenter=[2000, 1000, 5], WindowWidth=[1500, 0, 50], WindowCenterWidthExplanation=["A", "B"])
    assert [(window["name"], window["width"]) for window in picture.windows] == [("A", 1500), ("", 50)]


@pytest.mark.parametrize("is_monochrome1", [False, True])
@pytest.mark.parametrize("is_signed", [False, True])
def test_values_come_back_exactly_and_larger_is_brighter(make: Any, is_monochrome1: bool, is_signed: bool) -> None:
    picture, mammogram = make(is_monochrome1=is_monochrome1, is_signed=is_signed, RescaleSlope=0.25, RescaleIntercept=3)
    back = picture.scale.offset + picture.scale.slope * picture.levels[0].astype(float)
    np.testing.assert_allclose(back, mammogram.pixels.modality_values[mammogram.pixels.codes], rtol=0, atol=1e-9)
    assert picture.scale.is_turned is is_monochrome1
    grey = mammogram.pixels.display_grey[mammogram.pixels.codes].astype(int)
    order = np.argsort(picture.levels[0], axis=None)
    assert (np.diff(grey.ravel()[order]) >= 0).all()
    assert picture.bits == 12


def test_padding_is_black_and_outside_of_the_range(make: Any) -> None:
    picture, mammogram = make(PixelPaddingValue=3800, PixelPaddingRangeLimit=4095)
    is_padding = mammogram.pixels.is_padding[mammogram.pixels.codes]
    assert is_padding.any()
    assert (picture.levels[0][is_padding] == 0).all()
    assert picture.largest == picture.levels[0][~is_padding].max()


def test_a_raw_exposure_is_sent_as_its_logarithm_denser_brighter(make: Any) -> None:
    picture, mammogram = make(raw=True, PixelIntensityRelationship="LIN", PixelIntensityRelationshipSign=-1)
    assert picture.scale.kind == LOG_EXPOSURE
    codes = mammogram.pixels.codes
    drawn = 255 * shown(picture, codes, picture.windows[0])
    assert np.abs(drawn - mammogram.pixels.display_grey[codes]).max() <= 3


def test_levels_are_area_averages_of_half_the_size(make: Any) -> None:
    picture, _ = make()
    assert [level.shape for level in picture.levels] == [(301, 205), (151, 103), (76, 52), (38, 26)]
    first, second = picture.levels[0].astype(float), picture.levels[1].astype(float)
    even = first[:300, :204].reshape(150, 2, 102, 2).mean(axis=(1, 3))
    assert np.abs(second[:150, :102] - even).max() <= 0.75
    assert abs(second[150, 102] - first[300, 204]) <= 0.5


def test_tiles_cover_a_level_without_gaps(make: Any) -> None:
    picture, _ = make()
    rows = []
    for row in range(4):
        tiles = [np.frombuffer(picture.tile(0, row, column, 100), "<u2") for column in range(3)]
        height = 100 if row < 3 else 1
        rows.append(np.hstack([tile.reshape(height, -1) for tile in tiles]))
    np.testing.assert_array_equal(np.vstack(rows), picture.levels[0])
    assert [picture.tile(*at, 100) for at in ((0, 4, 0), (0, 0, 3), (4, 0, 0), (-1, 0, 0), (0, -1, 0))] == [None] * 5


@pytest.mark.parametrize("is_monochrome1", [False, True])
@pytest.mark.parametrize("slope", [1, 0.001, 1e-6])
@pytest.mark.parametrize("numbers", [("1e308", "1e308"), ("-1e308", "5"), ("2000", "1e308"), ("1e300", "1e-5")])
def test_a_window_of_any_number_leaves_a_picture_that_can_be_sent(
    make: Any, numbers: tuple[str, str], slope: float, is_monochrome1: bool
) -> None:
    tags = {"WindowCenter": [numbers[0], 2000], "WindowWidth": [numbers[1], 1500], "RescaleSlope": slope}
    picture, _ = make(is_monochrome1=is_monochrome1, RescaleIntercept=0, VOILUTFunction="LINEAR_EXACT", **tags)
    told = json.loads(to_bytes(picture.describe(2048)))
    assert told["windows"]
    assert all(abs(window[name]) < 1e30 for window in told["windows"] for name in ("center", "width"))
    assert np.isfinite([told["offset"], told["slope"]]).all()


def test_a_linear_window_narrower_than_one_is_not_offered(make: Any) -> None:
    """PS3.3 C.11.2.1.2.1: at least 1 for LINEAR, above 0 for the other functions."""
    narrow = {"WindowCenter": [2000, 2000], "WindowWidth": [0.5, 900]}
    assert [window["width"] for window in make(**narrow)[0].windows] == [900]
    assert [window["width"] for window in make(**narrow, VOILUTFunction="SIGMOID")[0].windows] == [0.5, 900]
