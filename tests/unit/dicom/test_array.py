"""An array of pixels, and what its owner says of it."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from mammocalc import Image, from_array
from mammocalc.vocabulary.errors import ImageError, ImageSkippedError, ImageUnreadableError, UsageError
from mammocalc.vocabulary.lexicon import Flag, Reason, SpacingSource


@pytest.fixture(scope="module")
def pixels() -> np.ndarray[Any, Any]:
    """A breast at the left border that thins out towards its skin, with texture, and air around it."""
    rows, columns = 700, 550
    row, column = np.indices((rows, columns))
    depth = np.sqrt(np.clip(1 - ((row - rows / 2) / 300) ** 2 - (column / 450) ** 2, 0, 1))
    random = np.random.default_rng(1)
    texture = np.asarray(cv2.resize(random.normal(0, 1, (rows // 20, columns // 20)), (columns, rows)))
    values = depth * (2000 + 300 * texture) + random.normal(0, 12, (rows, columns)) * (depth > 0)
    return np.clip(np.rint(values), 0, 4095).astype(np.uint16)


def density_of(image: Image) -> np.ndarray[Any, Any]:
    """The density of each pixel, from 0 to 1: what the analysis sees."""
    found = image.mammogram.pixels.densities[image.mammogram.pixels.codes]
    return np.asarray((found - found.min()) / (found.max() - found.min()))


def test_what_is_not_said_is_unknown_and_flagged(pixels) -> None:
    image = from_array(pixels)
    assert image.spacing_mm is None
    assert image.spacing_source is SpacingSource.NONE
    assert (image.laterality, image.view) == ("unknown", "unknown")
    assert image.flags == {Flag.UNCALIBRATED, Flag.UNKNOWN_LATERALITY, Flag.UNKNOWN_VIEW, Flag.DERIVED_UID}
    assert image.notes == ("No photometric interpretation was given; air lies at the smallest values, which decided.",)


def test_what_is_said_is_taken(pixels) -> None:
    image = from_array(
        pixels, (0.07, 0.08), laterality="right", view="mlo", photometric="monochrome2", sop_instance_uid="1.2.3"
    )
    assert image.spacing_mm == (0.07, 0.08)
    assert (image.laterality, image.view, image.sop_instance_uid) == ("R", "MLO", "1.2.3")
    assert image.flags == {Flag.ASSUMED_SPACING, Flag.NON_SQUARE_PIXELS}
    assert image.notes == ()
    assert from_array(pixels, 0.07, medium="film").flags >= {Flag.DIGITISED_FILM}


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p.astype(np.int32) - 3000,
        lambda p: p.astype(">u2"),
        lambda p: p.astype(np.int64) + 100_000,
        lambda p: p.astype(np.float32),
        lambda p: p / 4095,
        lambda p: p.astype(np.uint64) * 1000,
        lambda p: p.tolist(),
        np.asfortranarray,
    ],
    ids=["signed", "big endian", "offset", "whole floats", "from 0 to 1", "scaled", "lists", "fortran"],
)
def test_the_same_picture_in_any_type_is_the_same_density(pixels, change) -> None:
    expected = density_of(from_array(pixels, 0.1))
    np.testing.assert_allclose(density_of(from_array(change(pixels), 0.1)), expected, atol=1e-12)


def test_an_inverted_picture_is_told_by_its_air(pixels) -> None:
    inverted = pixels.max() - pixels
    expected = density_of(from_array(pixels, 0.1))
    np.testing.assert_allclose(density_of(from_array(inverted, 0.1)), expected, atol=1e-12)
    said_right = from_array(inverted, 0.1, photometric="MONOCHROME1")
    np.testing.assert_allclose(density_of(said_right), expected, atol=1e-12)
    assert Flag.CONTRADICTORY_POLARITY not in said_right.flags
    said_wrong = from_array(inverted, 0.1, photometric="MONOCHROME2")
    np.testing.assert_allclose(density_of(said_wrong), expected, atol=1e-12)
    assert Flag.CONTRADICTORY_POLARITY in said_wrong.flags


def test_a_picture_without_air_must_be_told(pixels) -> None:
    full = np.random.default_rng(1).normal(2000, 200, (400, 300)).astype(np.uint16)
    with pytest.raises(UsageError, match="photometric='MONOCHROME2'"):
        from_array(full, 0.1)
    assert from_array(full, 0.1, photometric="MONOCHROME1").mammogram.pixels.denser_is_larger is False


def test_raw_exposures_are_counted_as_exposures_at_any_scale(pixels) -> None:
    exposure = np.rint(60000 * np.exp(-(pixels / 1500)))
    images = [
        from_array(values, 0.1, intent="FOR PROCESSING", relationship="LIN")
        for values in (exposure.astype(np.uint16), exposure / 1e5)
    ]
    for image in images:
        assert image.mammogram.pixels.is_exposure
        assert not image.mammogram.pixels.denser_is_larger
        assert not image.flags & {Flag.UNKNOWN_INTENSITY_RELATIONSHIP, Flag.CONTRADICTORY_POLARITY}
    np.testing.assert_allclose(density_of(images[0]), density_of(images[1]), atol=1e-3)
    silent = from_array(exposure, 0.1, intent="processing")
    assert Flag.UNKNOWN_INTENSITY_RELATIONSHIP in silent.flags


def test_more_values_than_codes_are_rounded_with_a_word(pixels) -> None:
    noisy = pixels + np.random.default_rng(1).uniform(0, 0.5, pixels.shape)
    image = from_array(noisy, 0.1)
    assert any("rounded to 65536" in note for note in image.notes)
    expected = (noisy - noisy.min()) / np.ptp(noisy)
    np.testing.assert_allclose(density_of(image), expected, atol=1 / 65535)


def test_the_derived_uid_is_that_of_the_pixels_and_of_what_was_said(pixels) -> None:
    uids = [
        from_array(pixels, 0.1).sop_instance_uid,
        from_array(pixels.copy(order="F"), 0.1).sop_instance_uid,
        from_array(pixels, 0.2).sop_instance_uid,
        from_array(pixels + 1, 0.1).sop_instance_uid,
    ]
    assert uids[0] == uids[1]
    assert len(set(uids)) == 3


def test_the_array_stays_as_it_is_and_its_own(pixels) -> None:
    own = pixels.copy()
    image = from_array(own, 0.1)
    assert own.flags.writeable
    own[:] = 0
    assert image.to_array().max() == pixels.max()
    np.testing.assert_array_equal(image.to_array(), pixels)


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((64, 64, 3)), r"colour image.*pixels\[\.\.\., 0\]"),
        (np.zeros((5, 64, 64)), r"\(rows, columns\).*pixels\[0\]"),
        (np.zeros(64), "rows, columns"),
        (np.zeros((1, 64)), "too few"),
        (np.zeros((64, 64), bool), "mask of True and False"),
        (np.zeros((64, 64), complex), "complex128"),
        (np.full((64, 64), "x"), "integers or real numbers"),
        (np.full((64, 64), None), "object"),
        (np.where(np.eye(64) > 0, np.nan, 1.0), "64 of 4096 pixels are NaN.*nan_to_num"),
        (np.where(np.eye(64) > 0, np.inf, 1.0), "infinite"),
        (np.where(np.eye(64) > 0, 1e300, 1.0), r"above 1e\+100"),
        (np.eye(64) * 1e-310, "too small to reckon with"),
        (np.ma.masked_array(np.ones((64, 64)), mask=np.eye(64) > 0), "filled"),
        ([[1, 2], [3]], "no array of numbers"),
        ("a.dcm", r"read\(path\)"),
    ],
    ids=lambda value: str(getattr(value, "shape", value))[:20],
)
def test_what_is_no_greyscale_image_is_refused_with_what_to_do(array, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        from_array(array, 0.1)


def test_pictures_of_one_value_and_of_two_are_no_mammograms() -> None:
    with pytest.raises(ImageUnreadableError, match="same value") as caught:
        from_array(np.zeros((200, 200)), 0.1)
    assert caught.value.reason is Reason.NO_BREAST
    mask = np.zeros((200, 200), np.uint8)
    mask[50:150, :80] = 255
    with pytest.raises(ImageSkippedError) as skipped:
        from_array(mask, 0.1)
    assert skipped.value.reason is Reason.MASK
    assert isinstance(skipped.value, ImageError)


@pytest.mark.parametrize(
    ("spacing", "said"),
    [
        (1, r"spacing_mm=\(1.0, 1.0\) is not between 0.03 and 0.25"),
        (70, "mm, as the pixels of mammograms are"),
        (0, "not between"),
        (-0.07, "not between"),
        (float("nan"), "not between"),
        ((0.07, 7), "not between"),
        ("0.07", "is no spacing"),
        (("0.07", "0.07"), "is no spacing"),
        (True, "is no spacing"),
        ((0.07,), "is no spacing"),
        ((0.07, 0.07, 0.07), "is no spacing"),
        ({0.07: 1, 0.1: 2}, "is no spacing"),
        ({0.07, 0.1}, "is no spacing"),
    ],
    ids=repr,
)
def test_a_spacing_that_is_none_is_refused(pixels, spacing, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        from_array(pixels, spacing)


def test_the_range_that_is_believed_is_a_setting(pixels) -> None:
    assert from_array(pixels, 0.3, **dict[str, Any]({"spacing.max_mm": 0.4})).spacing_mm == (0.3, 0.3)
    assert from_array(pixels, np.float32(0.125)).spacing_mm == (0.125, 0.125)
    assert from_array(pixels, np.array(0.125)).spacing_mm == (0.125, 0.125)
    assert from_array(pixels, np.array([0.1, 0.2])).spacing_mm == (0.1, 0.2)
    with pytest.raises(UsageError, match=r"read\.max_pixels"):
        from_array(pixels, 0.1, **dict[str, Any]({"read.max_pixels": 1000}))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"laterality": "X"}, "laterality='X' is not one of 'L', 'R', 'B'"),
        ({"laterality": 1}, "laterality=1"),
        ({"view": "AP"}, "'CC', 'MLO'"),
        ({"photometric": "RGB"}, "'MONOCHROME1', 'MONOCHROME2'"),
        ({"intent": "raw"}, "'FOR PROCESSING', 'FOR PRESENTATION'"),
        ({"relationship": "LIN"}, "intent='FOR PROCESSING'"),
        ({"relationship": "SQRT", "intent": "FOR PROCESSING"}, "'LIN', 'LOG'"),
        ({"medium": "paper"}, "'digital', 'film'"),
        ({"sop_instance_uid": "Doe^Jane"}, "not a UID"),
    ],
    ids=str,
)
def test_words_that_are_none_are_refused_with_those_that_are(pixels, arguments, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        from_array(pixels, 0.1, **arguments)
