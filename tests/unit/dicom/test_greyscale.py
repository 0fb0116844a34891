"""What each code means, beside pydicom's own LUTs and windows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut, apply_windowing
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian

from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.dicom.pixels.greyscale import describe_pixels
from mammocalc.dicom.pixels.layout import PixelLayout
from mammocalc.dicom.reader.header import Header
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.lexicon import Flag, PresentationIntent, Reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mammocalc.model import StoredPixels

SHOWN, RAW = PresentationIntent.FOR_PRESENTATION, PresentationIntent.FOR_PROCESSING


def item(**attributes: Any) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def lut(count: int, first: int, bits: int, data: Any, *, signed: bool = False) -> Dataset:
    table = item(LUTData=data)
    table.add_new("LUTDescriptor", "SS" if signed else "US", [count, first, bits])
    table["LUTData"].VR = "OW" if isinstance(data, bytes) else "US"
    return table


def describe(
    intent: PresentationIntent = SHOWN,
    *,
    bits: int = 12,
    signed: bool = False,
    monochrome1: bool = False,
    codes: np.ndarray[Any, np.dtype[np.uint16]] | None = None,
    **attributes: Any,
) -> tuple[StoredPixels, frozenset[Flag]]:
    stored = np.arange(1 << bits, dtype=np.uint16).reshape(64, -1) if codes is None else codes
    rows, columns = stored.shape
    layout = PixelLayout(rows, columns, 16, bits, bits - 1, signed, monochrome1)
    pixels, polarity = describe_pixels(stored, Header(item(**attributes)), layout, intent)
    return pixels, polarity.flags


def stored_values(*, bits: int = 12, signed: bool = False) -> np.ndarray[Any, np.dtype[np.int32]]:
    return np.arange(1 << bits, dtype=np.int32) - ((1 << (bits - 1)) if signed else 0)


def test_all_arrays_are_read_only_and_as_long_as_there_are_codes() -> None:
    pixels, _ = describe()
    for array in (pixels.codes, pixels.modality_values, pixels.is_padding, pixels.display_grey):
        assert not array.flags.writeable
    assert len(pixels.modality_values) == len(pixels.is_padding) == len(pixels.display_grey) == 4096
    assert pixels.modality_values.dtype == np.float64
    assert pixels.display_grey.dtype == np.uint8


@pytest.mark.parametrize(("slope", "intercept"), [(1, 0), (2.5, -1000), (-1, 4095), (0.001, 3)])
@pytest.mark.parametrize("signed", [False, True])
def test_rescale_agrees_with_pydicom(slope: float, intercept: float, signed: bool) -> None:
    rescale: dict[str, Any] = {"RescaleSlope": slope, "RescaleIntercept": intercept}
    expected = apply_modality_lut(stored_values(signed=signed), item(**rescale))
    assert describe(signed=signed, **rescale)[0].modality_values == pytest.approx(expected)


@pytest.mark.parametrize(("first", "signed"), [(0, False), (100, False), (-50, True)])
def test_a_modality_lut_agrees_with_pydicom(first: int, signed: bool) -> None:
    data = [int(value) for value in 65535 - np.arange(256) ** 2]
    table: dict[str, Any] = {"ModalityLUTSequence": [lut(256, first, 16, data, signed=signed)]}
    expected = apply_modality_lut(stored_values(signed=signed), item(**table))
    assert np.array_equal(describe(signed=signed, **table)[0].modality_values, expected)


def test_a_modality_lut_of_65536_entries_is_written_as_zero() -> None:
    data = np.arange(65536, dtype="<u2")[::-1].tobytes()
    pixels, _ = describe(bits=16, ModalityLUTSequence=[lut(0, 0, 16, data)])
    assert pixels.modality_values[0] == 65535
    assert pixels.modality_values[65535] == 0


@pytest.mark.parametrize(
    "attributes",
    [
        {"RescaleSlope": 0},
        {"RescaleSlope": "1e308", "RescaleIntercept": "1e308"},
        {"ModalityLUTSequence": [lut(256, 0, 16, [1, 2, 3])]},
        {"ModalityLUTSequence": [lut(4, 0, 16, [7, 7, 7, 7])]},
        {"ModalityLUTSequence": [item(LUTData=[1, 2])]},
    ],
)
def test_values_that_cannot_be_known_are_refused(attributes: dict[str, Any]) -> None:
    with pytest.raises(ImageUnreadableError) as caught:
        describe(**attributes)
    assert caught.value.reason == Reason.INVALID_TAG


@pytest.mark.parametrize("function", [None, "LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize(("centre", "width"), [(2048, 4096), (1000, 300), (3000.5, 17), (2000, 2)])
@pytest.mark.parametrize("monochrome1", [False, True])
def test_windows_agree_with_pydicom(function: str | None, centre: float, width: float, monochrome1: bool) -> None:
    window: dict[str, Any] = {"WindowCenter": centre, "WindowWidth": width}
    window |= {"VOILUTFunction": function} if function else {}
    reference = item(**window, BitsStored=12, PixelRepresentation=0, PhotometricInterpretation="MONOCHROME2")
    with np.errstate(over="ignore"):
        expected = apply_windowing(stored_values(), reference) / 4095 * 255
    expected = 255 - expected if monochrome1 else expected
    assert np.abs(describe(monochrome1=monochrome1, **window)[0].display_grey - expected).max() <= 0.5001


def test_the_window_sees_modality_values() -> None:
    window: dict[str, Any] = {"WindowCenter": 0, "WindowWidth": 201, "RescaleSlope": 1, "RescaleIntercept": -1000}
    display = describe(**window)[0].display_grey
    assert (display[880], display[1000], display[1120]) == (0, 128, 255)


def test_a_window_of_one_is_a_step() -> None:
    display = describe(WindowCenter=100, WindowWidth=1)[0].display_grey
    assert (display[99], display[100]) == (0, 255)


def test_of_several_windows_the_first_counts() -> None:
    several = describe(WindowCenter=[1000, 2000, 3000], WindowWidth=[300, 400, 500], VOILUTFunction="SIGMOID")[0]
    first = describe(WindowCenter=1000, WindowWidth=300, VOILUTFunction="SIGMOID")[0]
    assert np.array_equal(several.display_grey, first.display_grey)


def test_a_window_that_is_none_is_passed_over() -> None:
    display = describe(WindowCenter=[1000, 2000], WindowWidth=[0, 400])[0].display_grey
    assert np.array_equal(display, describe(WindowCenter=2000, WindowWidth=400)[0].display_grey)


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize("width", [0, -5])
def test_without_a_usable_window_the_own_range_is_shown(function: str, width: float) -> None:
    display = describe(WindowCenter=5, WindowWidth=width, VOILUTFunction=function)[0].display_grey
    assert np.array_equal(display, describe()[0].display_grey)


def test_a_linear_window_narrower_than_one_is_none() -> None:
    """PS3.3 C.11.2.1.2.1: Window Width shall be at least 1 for LINEAR, and above 0 for the other functions."""
    narrow: dict[str, Any] = {"WindowCenter": 100, "WindowWidth": 0.5}
    own_range = describe()[0].display_grey
    assert np.array_equal(describe(**narrow)[0].display_grey, own_range)
    exact = describe(**narrow, VOILUTFunction="LINEAR_EXACT")[0].display_grey
    assert (exact[99], exact[101]) == (0, 255)


@pytest.mark.parametrize("bits", [10, 16])
def test_a_voi_lut_agrees_with_pydicom(bits: int) -> None:
    data = [int(value) for value in np.sqrt(np.arange(3000) / 2999) * ((1 << bits) - 1)]
    table: dict[str, Any] = {"VOILUTSequence": [lut(3000, 500, bits, data)]}
    expected = apply_voi_lut(stored_values(), item(**table)) / ((1 << bits) - 1) * 255
    assert np.abs(describe(**table)[0].display_grey - expected).max() <= 0.5001


def test_a_voi_lut_of_packed_bytes_is_unpacked() -> None:
    entries = (np.arange(4096) // 16).astype(np.uint8)
    plain = describe(VOILUTSequence=[lut(4096, 0, 8, entries.tolist())])[0].display_grey
    packed = describe(VOILUTSequence=[lut(4096, 0, 8, entries.tobytes())])[0].display_grey
    words = describe(VOILUTSequence=[lut(4096, 0, 8, entries.view("<u2").tolist())])[0].display_grey
    assert np.array_equal(plain, entries)
    assert np.array_equal(packed, plain)
    assert np.array_equal(words, plain)


def test_the_words_of_a_big_endian_voi_lut_are_read_as_they_are_meant(make: Callable[..., Path]) -> None:
    words = np.arange(4096) * 16
    shown = []
    for syntax, order in ((ExplicitVRLittleEndian, "<u2"), (ExplicitVRBigEndian, ">u2")):
        path = make(syntax=syntax, VOILUTSequence=[lut(4096, 0, 16, words.astype(order).tobytes())])
        shown.append(read_mammogram(path, DicomSettings()).pixels.display_grey)
    assert np.array_equal(shown[0], np.rint(words / 65535 * 255))
    assert np.array_equal(shown[1], shown[0])


def test_a_damaged_voi_lut_is_passed_over() -> None:
    table: dict[str, Any] = {"VOILUTSequence": [lut(3000, 0, 12, [1, 2, 3])]}
    assert np.array_equal(describe(**table)[0].display_grey, describe()[0].display_grey)


def test_a_window_is_taken_before_a_voi_lut() -> None:
    table: dict[str, Any] = {"VOILUTSequence": [lut(16, 0, 12, list(range(16)))]}
    with_both = describe(WindowCenter=1000, WindowWidth=300, **table)[0].display_grey
    assert np.array_equal(with_both, describe(WindowCenter=1000, WindowWidth=300)[0].display_grey)


def test_functional_groups_are_looked_into() -> None:
    window = item(WindowCenter=1000, WindowWidth=300)
    groups = [item(FrameVOILUTSequence=[window])]
    expected = describe(WindowCenter=1000, WindowWidth=300)[0].display_grey
    assert np.array_equal(describe(SharedFunctionalGroupsSequence=groups)[0].display_grey, expected)


@pytest.mark.parametrize("monochrome1", [False, True])
def test_what_is_shown_brighter_is_denser(monochrome1: bool) -> None:
    pixels, flags = describe(monochrome1=monochrome1, WindowCenter=2048, WindowWidth=4096)
    assert pixels.denser_is_larger is not monochrome1
    assert bool(pixels.display_grey[0] < pixels.display_grey[-1]) is not monochrome1
    assert not pixels.is_exposure
    assert not flags


def test_a_falling_voi_lut_turns_polarity_around() -> None:
    falling = [int(value) for value in np.arange(4095, -1, -1)]
    assert not describe(VOILUTSequence=[lut(4096, 0, 12, falling)])[0].denser_is_larger
    assert describe(monochrome1=True, VOILUTSequence=[lut(4096, 0, 12, falling)])[0].denser_is_larger


def test_a_falling_rescale_keeps_what_is_shown() -> None:
    pixels, _ = describe(RescaleSlope=-1, RescaleIntercept=4095)
    assert pixels.denser_is_larger
    assert pixels.display_grey[0] == 255


@pytest.mark.parametrize("intensity", ["LIN", "LOG", "DISP"])
@pytest.mark.parametrize(("sign", "denser_is_larger"), [(1, False), (-1, True)])
@pytest.mark.parametrize("monochrome1", [False, True])
def test_a_raw_image_follows_the_intensity_relationship(
    intensity: str, sign: int, denser_is_larger: bool, monochrome1: bool
) -> None:
    relationship: dict[str, Any] = {"PixelIntensityRelationship": intensity, "PixelIntensityRelationshipSign": sign}
    pixels, flags = describe(RAW, monochrome1=monochrome1, **relationship)
    assert pixels.denser_is_larger is denser_is_larger
    assert pixels.is_exposure is (intensity == "LIN")
    assert bool(pixels.display_grey[0] < pixels.display_grey[-1]) is denser_is_larger
    assert not flags


def test_the_sign_speaks_of_stored_values() -> None:
    relationship: dict[str, Any] = {"PixelIntensityRelationship": "LOG", "PixelIntensityRelationshipSign": 1}
    assert describe(RAW, RescaleSlope=-1, RescaleIntercept=4095, **relationship)[0].denser_is_larger


@pytest.mark.parametrize(
    "relationship", [{}, {"PixelIntensityRelationship": "LIN"}, {"PixelIntensityRelationshipSign": 1}]
)
@pytest.mark.parametrize("monochrome1", [False, True])
def test_a_raw_image_that_says_too_little_is_flagged(relationship: dict[str, Any], monochrome1: bool) -> None:
    pixels, flags = describe(RAW, monochrome1=monochrome1, **relationship)
    assert flags == {Flag.UNKNOWN_INTENSITY_RELATIONSHIP}
    assert pixels.denser_is_larger is not monochrome1


def test_an_image_for_presentation_is_never_taken_for_exposure() -> None:
    pixels, _ = describe(PixelIntensityRelationship="LIN", PixelIntensityRelationshipSign=1)
    assert not pixels.is_exposure
    assert pixels.denser_is_larger


def test_raw_exposure_is_shown_as_its_logarithm() -> None:
    codes = np.repeat(np.geomspace(40, 4000, 64).astype(np.uint16)[:, None], 64, axis=1)
    relationship: dict[str, Any] = {"PixelIntensityRelationship": "LIN", "PixelIntensityRelationshipSign": 1}
    display = describe(RAW, codes=codes, **relationship)[0].display_grey.astype(int)
    assert display[40] > 250
    assert display[400] == pytest.approx(127, abs=8)  # the middle of two decades
    assert display[4000] < 8


# fmt: off
PADDING: list[tuple[dict[str, Any], int, int, int]] = [
    ({"PixelPaddingValue": 0}, 0, 1, 1),
    ({"PixelPaddingValue": 0, "PixelPaddingRangeLimit": 30}, 0, 31, 31),
    ({"PixelPaddingValue": 30, "PixelPaddingRangeLimit": 0}, 0, 31, 31),
    ({"PixelPaddingValue": 4095}, 4095, 4096, 1),
    ({"PixelPaddingValue": 9999}, 0, 0, 0),
    ({"PixelPaddingRangeLimit": 30}, 0, 0, 0),
]
# fmt: on


@pytest.mark.parametrize(("attributes", "first", "last", "count"), PADDING)
def test_padding_is_marked_and_shown_black(attributes: dict[str, Any], first: int, last: int, count: int) -> None:
    dataset = item()
    for keyword, value in attributes.items():
        dataset.add_new(keyword, "US", value)
    for monochrome1 in (False, True):
        layout = PixelLayout(64, 64, 16, 12, 11, is_signed=False, is_monochrome1=monochrome1)
        codes = np.arange(4096, dtype=np.uint16).reshape(64, 64)
        pixels, _ = describe_pixels(codes, Header(dataset), layout, SHOWN)
        assert pixels.is_padding.sum() == count
        assert pixels.is_padding[first:last].all()
        assert (pixels.display_grey[first:last] == 0).all()


@pytest.mark.parametrize("value", [-2000, 65536 - 2000, 4096 - 2000])
def test_padding_of_signed_pixels_is_read_signed_however_it_is_written(value: int) -> None:
    dataset = item()
    dataset.add_new("PixelPaddingValue", "SS" if value < 0 else "US", value)
    layout = PixelLayout(64, 64, 16, 12, 11, is_signed=True, is_monochrome1=False)
    codes = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    pixels, _ = describe_pixels(codes, Header(dataset), layout, SHOWN)
    assert np.flatnonzero(pixels.is_padding).tolist() == [48]
    assert pixels.modality_values[48] == -2000


@pytest.mark.parametrize("value", [0, 77, 4095])
@pytest.mark.parametrize("intent", list(PresentationIntent))
def test_an_image_of_one_value_can_be_described(value: int, intent: PresentationIntent) -> None:
    codes = np.full((64, 64), value, dtype=np.uint16)
    lin: dict[str, Any] = {"PixelIntensityRelationship": "LIN", "PixelIntensityRelationshipSign": 1}
    assert len(describe(intent, codes=codes, **lin)[0].display_grey) == 4096


def test_an_image_of_padding_alone_is_shown_black() -> None:
    codes = np.zeros((64, 64), dtype=np.uint16)
    dataset = item()
    dataset.add_new("PixelPaddingValue", "US", 0)
    layout = PixelLayout(64, 64, 16, 12, 11, is_signed=False, is_monochrome1=False)
    assert not describe_pixels(codes, Header(dataset), layout, SHOWN)[0].display_grey.any()
