"""Bits, sign, byte order and sides that the header gives wrongly: the picture tells, and old overlays stay out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import imagecodecs
import numpy as np
import pytest
from frames import JPEG_FAMILY, LOSSLESS, RLE, encode_rle

from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.lexicon import Flag, Reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Make = Callable[..., Path]
    Picture = NDArray[np.uint16]

SETTINGS = DicomSettings()
EXPLICIT, BIG_ENDIAN = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"
DOUBTS = {Flag.BITS_CONTRADICTED, Flag.BYTES_SWAPPED, Flag.MISLABELLED_SYNTAX}


@pytest.fixture(scope="module")
def breast() -> Picture:
    """A breast of 12 bits with noise, a skin line, black air, and bright letters in it."""
    row, column = np.mgrid[:400, :300]
    depth = 1 - np.hypot((row - 200) / 190, column / 230)
    image = 4000 * (1 - np.exp(-8 * np.clip(depth, 0, 1))) * (0.8 + 0.2 * np.sin(row / 37) * np.cos(column / 29))
    image += np.random.default_rng(5).normal(0, 12, image.shape) * (depth > 0)
    image[20:60:8, 240:290] = image[20:60, 240:290:12] = 3900
    clipped: NDArray[np.uint16] = np.clip(image, 0, 4095).astype(np.uint16)
    return clipped


def read(path: Path) -> tuple[Picture, set[Flag], NDArray[Any]]:
    mammogram = read_mammogram(path, SETTINGS)
    pixels = mammogram.pixels
    return pixels.codes, set(mammogram.flags) & DOUBTS, pixels.modality_values[pixels.codes]


def signed(picture: Picture) -> NDArray[np.int16]:
    return picture.astype(np.int16) - np.int16(2048)


def words_of(values: NDArray[np.int16], bits: int = 16) -> Picture:
    words: Picture = values.view(np.uint16) & np.uint16((1 << bits) - 1)
    return words


@pytest.mark.parametrize("stored", [11, 10, 9])
@pytest.mark.parametrize("syntax", [EXPLICIT, BIG_ENDIAN, RLE, *(JPEG_FAMILY + tail for tail in ("70", "80", "90"))])
def test_more_bits_than_are_stored_are_read_and_flagged(make: Make, breast: Picture, syntax: str, stored: int) -> None:
    frame = LOSSLESS[syntax](breast) if syntax in LOSSLESS else None
    path = make(breast, frame=frame, syntax=syntax, BitsStored=stored, HighBit=stored - 1)
    codes, doubts, _ = read(path)
    assert np.array_equal(codes, breast)
    assert doubts == {Flag.BITS_CONTRADICTED}


@pytest.mark.parametrize("tail", ["51", "91"])
def test_more_bits_than_are_stored_are_read_from_a_lossy_stream(make: Make, breast: Picture, tail: str) -> None:
    frame = (
        imagecodecs.jpeg_encode(breast, level=98, bitspersample=12)
        if tail == "51"
        else imagecodecs.jpeg2k_encode(breast, codecformat="j2k", level=90, reversible=False)
    )
    codes, doubts, _ = read(make(breast, frame=frame, syntax=JPEG_FAMILY + tail, BitsStored=10, HighBit=9))
    assert np.abs(codes.astype(int) - breast).mean() < 20
    assert doubts == {Flag.BITS_CONTRADICTED}


def test_an_unsigned_image_that_is_called_signed(make: Make, breast: Picture) -> None:
    full = breast << np.uint16(4)
    codes, doubts, values = read(make(full, BitsStored=16, HighBit=15, PixelRepresentation=1))
    assert np.array_equal(codes, full)
    assert np.array_equal(values, full)
    assert doubts == {Flag.BITS_CONTRADICTED}


@pytest.mark.parametrize("stored", [12, 16])
def test_a_signed_image_that_is_called_unsigned(make: Make, breast: Picture, stored: int) -> None:
    path = make(words_of(signed(breast)), BitsStored=stored, HighBit=stored - 1)
    _, doubts, values = read(path)
    assert np.array_equal(values, signed(breast))
    assert doubts == {Flag.BITS_CONTRADICTED}


def test_a_signed_stream_under_an_unsigned_header(make: Make, breast: Picture) -> None:
    frame = imagecodecs.jpeg2k_encode(signed(breast), codecformat="j2k", level=0, reversible=True, bitspersample=12)
    _, doubts, values = read(make(breast, frame=frame, syntax=JPEG_FAMILY + "90"))
    assert np.array_equal(values, signed(breast))
    assert doubts == {Flag.BITS_CONTRADICTED}


def test_an_unsigned_stream_under_a_signed_header(make: Make, breast: Picture) -> None:
    frame = LOSSLESS[JPEG_FAMILY + "90"](breast)
    _, doubts, values = read(make(breast, frame=frame, syntax=JPEG_FAMILY + "90", PixelRepresentation=1))
    assert np.array_equal(values, breast)
    assert doubts == {Flag.BITS_CONTRADICTED}


def test_signed_words_in_an_unsigned_stream(make: Make, breast: Picture) -> None:
    frame = LOSSLESS[JPEG_FAMILY + "90"](words_of(signed(breast), 12))
    _, doubts, values = read(make(breast, frame=frame, syntax=JPEG_FAMILY + "90", PixelRepresentation=1))
    assert np.array_equal(values, signed(breast))
    assert doubts == {Flag.BITS_CONTRADICTED}


@pytest.mark.parametrize("high_bit", [11, 15])
def test_values_at_the_other_end_of_the_word(make: Make, breast: Picture, high_bit: int) -> None:
    words = breast << np.uint16(4) if high_bit == 11 else breast
    codes, doubts, _ = read(make(words, HighBit=high_bit))
    assert np.array_equal(codes, breast)
    assert doubts == {Flag.BITS_CONTRADICTED}


@pytest.mark.parametrize("is_signed", [0, 1])
@pytest.mark.parametrize(("stored", "high_bit"), [(8, 11), (10, 11), (8, 15), (10, 15), (12, 15)])
def test_bits_below_those_that_are_said_to_be_stored_are_read(
    make: Make, breast: Picture, stored: int, high_bit: int, is_signed: int
) -> None:
    """They were dropped without a word: of 4096 grey levels, 16 were left."""
    codes, doubts, _ = read(make(breast, BitsStored=stored, HighBit=high_bit, PixelRepresentation=is_signed))
    assert np.array_equal(codes.astype(int) - int(codes[0, 0]), breast.astype(int) - int(breast[0, 0]))
    assert doubts == {Flag.BITS_CONTRADICTED}


def test_values_that_were_cut_before_they_were_written_are_refused(make: Make, breast: Picture) -> None:
    for stored in (10, 12):
        with pytest.raises(ImageUnreadableError) as caught:
            read_mammogram(make(breast & np.uint16(1023), BitsStored=stored, HighBit=stored - 1), SETTINGS)
        assert caught.value.reason == Reason.INVALID_TAG
        assert "1024" in caught.value.message
        assert "Bits Stored" in caught.value.message


@pytest.mark.parametrize("bit", [12, 13, 15])
def test_an_old_overlay_in_unused_bits_stays_out(make: Make, breast: Picture, bit: int) -> None:
    words = breast.copy()
    words[100:300, 40:120] |= np.uint16(1 << bit)
    words[50:60, ::3] |= np.uint16(1 << bit)
    codes, doubts, _ = read(make(words))
    assert np.array_equal(codes, breast)
    assert not doubts


def test_an_overlay_below_values_at_the_top_of_the_word_stays_out(make: Make, breast: Picture) -> None:
    words = breast << np.uint16(4)
    words[100:200, 40:120] |= np.uint16(1)
    codes, doubts, _ = read(make(words, HighBit=15))
    assert np.array_equal(codes, breast)
    assert not doubts


def test_letters_of_white_on_black_are_no_folds(make: Make, breast: Picture) -> None:
    image = breast // 2  # nothing else lies in the upper half of the range
    noise = np.random.default_rng(6).integers(0, 40, image.shape).astype(np.uint16)
    image[300:390, 200:290] = noise[300:390, 200:290]
    image[300:390:9, 200:290] = 4095 - noise[300:390:9, 200:290] // 20
    codes, doubts, _ = read(make(image))
    assert np.array_equal(codes, image)
    assert not doubts


@pytest.mark.parametrize("bits", [10, 12, 16])
@pytest.mark.parametrize("syntax", [EXPLICIT, BIG_ENDIAN, RLE])
def test_swapped_bytes_are_put_right(make: Make, breast: Picture, syntax: str, bits: int) -> None:
    image = breast >> np.uint16(12 - bits) if bits <= 12 else breast << np.uint16(bits - 12)
    swapped = image.byteswap()
    frame = encode_rle(swapped) if syntax == RLE else None
    codes, doubts, _ = read(make(swapped, frame=frame, syntax=syntax, BitsStored=bits, HighBit=bits - 1))
    assert np.array_equal(codes, image)
    assert doubts == {Flag.BYTES_SWAPPED}


def test_swapped_pairs_of_eight_bits_are_put_right(make: Make, breast: Picture) -> None:
    image = (breast >> 4).astype(np.uint8)
    swapped = image.reshape(-1, 2)[:, ::-1].reshape(image.shape)
    bits = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}
    codes, doubts, _ = read(make(swapped, **bits))
    assert np.array_equal(codes, image)
    assert doubts == {Flag.BYTES_SWAPPED}
    assert not read(make(image, **bits))[1]


@pytest.mark.parametrize("wider", [-37, -5, -2, -1, 1, 2, 3, 11, 64])
def test_a_width_that_is_a_little_wrong_is_refused(make: Make, breast: Picture, wider: int) -> None:
    columns = breast.shape[1] + wider
    sheared = breast.reshape(-1)[: breast.size // columns * columns].reshape(-1, columns)
    with pytest.raises(ImageUnreadableError) as caught:
        read_mammogram(make(sheared), SETTINGS)
    assert caught.value.reason is Reason.INVALID_DIMENSIONS
    assert "one of the two is wrong" in caught.value.message


@pytest.mark.parametrize("columns", [255, 256, 257, 341, 511, 512, 513, 1024])
def test_no_right_width_is_refused(make: Make, breast: Picture, columns: int) -> None:
    rows = round(columns * breast.shape[0] / breast.shape[1])
    resized = cv2.resize(breast, (columns, rows), interpolation=cv2.INTER_AREA)
    read_mammogram(make(resized.astype(np.uint16)), SETTINGS)


@pytest.mark.parametrize("syntax", [EXPLICIT, RLE])
def test_exchanged_rows_and_columns_are_refused(make: Make, breast: Picture, syntax: str) -> None:
    frame = encode_rle(breast) if syntax == RLE else None
    with pytest.raises(ImageUnreadableError) as caught:
        read_mammogram(make(breast, frame=frame, syntax=syntax, Rows=300, Columns=400), SETTINGS)
    assert caught.value.reason == Reason.INVALID_DIMENSIONS
    assert "exchanged" in caught.value.message


def test_a_wrong_width_is_refused(make: Make, breast: Picture) -> None:
    with pytest.raises(ImageUnreadableError) as caught:
        read_mammogram(make(breast, Rows=500, Columns=240), SETTINGS)
    assert caught.value.reason == Reason.INVALID_DIMENSIONS
    assert "500 Rows and 240 Columns" in caught.value.message


@pytest.mark.parametrize("changes", [{"Rows": 380}, {"Columns": 299}, {"Rows": 200}])
def test_more_pixels_than_the_header_describes_are_refused(
    make: Make, breast: Picture, changes: dict[str, int]
) -> None:
    with pytest.raises(ImageUnreadableError) as caught:
        read_mammogram(make(breast, **changes), SETTINGS)
    assert caught.value.reason == Reason.INVALID_DIMENSIONS
    assert "Rows" in caught.value.message


def test_an_element_that_is_filled_up_is_read(make: Make, breast: Picture) -> None:
    codes, doubts, _ = read(make(breast, PixelData=breast.tobytes() + bytes(2048)))
    assert np.array_equal(codes, breast)
    assert not doubts


def test_a_lossy_overshoot_is_clipped_at_both_ends(make: Make, breast: Picture) -> None:
    values = signed(breast)
    values[:, 100] = 2047 + 30
    values[:, 299] = -2048 - 30
    frame = imagecodecs.jpeg2k_encode(values, codecformat="j2k", level=0, reversible=True)
    path = make(breast, frame=frame, syntax=JPEG_FAMILY + "91", PixelRepresentation=1)
    codes, _, seen = read(path)
    assert (codes[:, 100] == 4095).all()
    assert (codes[:, 299] == 0).all()
    assert np.array_equal(seen, np.clip(values, -2048, 2047))


def test_a_lossy_undershoot_of_a_signed_stream_stays_black(make: Make, breast: Picture) -> None:
    values = breast.astype(np.int16)
    values[:, 299] = -30
    frame = imagecodecs.jpeg2k_encode(values, codecformat="j2k", level=0, reversible=True)
    codes, _, _ = read(make(breast, frame=frame, syntax=JPEG_FAMILY + "91"))
    assert (codes[:, 299] == 0).all()


def test_eight_bits_in_a_stream_under_a_header_of_twelve_are_flagged(make: Make, breast: Picture) -> None:
    image = (breast >> 4).astype(np.uint8)
    codes, doubts, _ = read(make(breast, frame=imagecodecs.jpegls_encode(image), syntax=JPEG_FAMILY + "80"))
    assert np.array_equal(codes, image)
    assert doubts == {Flag.BITS_CONTRADICTED}


@pytest.mark.parametrize("bits", [12, 16])
def test_a_stream_of_as_many_bits_or_more_is_no_doubt(make: Make, breast: Picture, bits: int) -> None:
    frame = imagecodecs.ljpeg_encode(breast, bitspersample=bits)
    codes, doubts, _ = read(make(breast, frame=frame, syntax=JPEG_FAMILY + "70"))
    assert np.array_equal(codes, breast)
    assert not doubts
