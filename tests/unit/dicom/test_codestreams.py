"""Numbers in a stream from which a decoder would size its memory: checked before it is handed over."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import imagecodecs
import numpy as np
import pytest
from frames import BASELINE, JPEG_FAMILY, LOSSLESS, LOSSY, RLE, encode_baseline, encode_rle
from pydicom import dcmread

from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.dicom.pixels.jpeg2000_stream import read_jpeg_2000
from mammocalc.dicom.pixels.jpeg_stream import read_jpeg
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.lexicon import Flag, Reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Make = Callable[..., Path]
    Picture = NDArray[np.uint16]

SETTINGS = DicomSettings()
J2K, JPEG_LS, LOSSLESS_JPEG = JPEG_FAMILY + "90", JPEG_FAMILY + "80", JPEG_FAMILY + "70"
EXPLICIT = "1.2.840.10008.1.2.1"
EIGHT_BITS: dict[str, Any] = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}


def refusal(path: Path) -> str:
    with pytest.raises(ImageUnreadableError) as caught:
        read_mammogram(path, SETTINGS)
    assert caught.value.reason == Reason.UNDECODABLE_PIXELS
    return caught.value.message


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


def jp2(codestream: bytes, picture: Picture, *added: bytes, **changed: bytes) -> bytes:
    """Write a JP2 file by hand: its header boxes, of which any may be replaced, and what is added to them."""
    header = {
        "ihdr": struct.pack(">IIHBBBB", *picture.shape, 1, 15, 7, 0, 0),
        "colr": b"\1\0\0" + struct.pack(">I", 17),
    } | changed
    boxes = b"".join(box(kind.encode(), content) for kind, content in header.items()) + b"".join(added)
    signature = box(b"jP  ", b"\r\n\x87\n") + box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
    return signature + box(b"jp2h", boxes) + box(b"jp2c", codestream)


@pytest.fixture
def j2k(picture: Picture) -> bytes:
    return bytes(LOSSLESS[J2K](picture))


def test_boxes_that_add_nothing_are_taken_off(make: Make, picture: Picture, j2k: bytes) -> None:
    frame = jp2(j2k, picture, box(b"cdef", b"\0\1\0\0\0\0\0\1"), box(b"res ", b""))
    codes = read_mammogram(make(frame=frame, syntax=J2K), SETTINGS).pixels.codes
    assert np.array_equal(codes, picture)
    stream = read_jpeg_2000(frame)
    assert stream is not None
    assert stream.data == j2k
    written = imagecodecs.jpeg2k_encode(picture, codecformat="jp2", level=0, reversible=True)
    assert np.array_equal(read_mammogram(make(frame=written, syntax=J2K), SETTINGS).pixels.codes, picture)


PALETTE = box(b"pclr", struct.pack(">HB", 256, 3) + b"\7\7\7" + bytes(768))
MAPPING = box(b"cmap", b"\0\0\1\0\0\0\1\1\0\0\1\2")


@pytest.mark.parametrize("added", [[PALETTE, MAPPING], [PALETTE], [MAPPING]])
def test_a_palette_never_reaches_the_decoder(make: Make, picture: Picture, j2k: bytes, added: list[bytes]) -> None:
    for bits in ({}, EIGHT_BITS):
        assert "palette" in refusal(make(frame=jp2(j2k, picture, *added), syntax=J2K, **bits))


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("ihdr", struct.pack(">IIHBBBB", 40, 30, 3, 15, 7, 0, 0)),
        ("ihdr", struct.pack(">IIHBBBB", 4000, 30, 1, 15, 7, 0, 0)),
        ("ihdr", struct.pack(">IIHBBBB", 40, 30, 1, 7, 7, 0, 0)),
        ("bpcc", b"\x07"),
        ("colr", b"\1\0\0" + struct.pack(">I", 16)),
        ("colr", b"\2\0\0" + bytes(40)),
        ("cdef", b"\0\2" + bytes(12)),
        ("cdef", b"\0\1\0\0\0\1\0\0"),
    ],
)
def test_boxes_that_say_other_than_the_codestream_are_refused(
    make: Make, picture: Picture, j2k: bytes, kind: str, content: bytes
) -> None:
    changed = {kind: content}
    assert f"box {kind}" in refusal(make(frame=jp2(j2k, picture, **changed), syntax=J2K))


def test_boxes_that_are_no_chain_are_refused(make: Make, picture: Picture, j2k: bytes) -> None:
    frame = jp2(j2k, picture)
    assert "2 codestreams" in refusal(make(frame=frame + box(b"jp2c", j2k), syntax=J2K))
    assert "damaged" in refusal(make(frame=frame.replace(b"\0\0\0\x16ihdr", b"\0\0\xff\x16ihdr"), syntax=J2K))
    assert "damaged" in refusal(make(frame=frame[:12] + box(b"free", b"") * 100 + frame[12:], syntax=J2K))


SIZE_FIELDS = {"columns": 8, "rows": 12, "left": 16, "top": 20, "tile_width": 24, "tile_height": 28, "tile_left": 32}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("left", 1, "do not begin at the first pixel"),
        ("top", 2, "do not begin at the first pixel"),
        ("tile_left", 1, "do not begin at the first pixel"),
        ("tile_width", 0, "no size"),
        ("tile_height", 0, "no size"),
        ("tile_width", 7, "not as long as they say"),
        ("columns", 31, "not as long as they say"),
        ("rows", 0, "no size"),
        ("rows", 0xFFFFFFFF, "tiles"),
    ],
)
def test_numbers_of_the_grid_are_checked(make: Make, j2k: bytes, field: str, value: int, said: str) -> None:
    at = SIZE_FIELDS[field]
    frame = j2k[:at] + struct.pack(">I", value) + j2k[at + 4 :]
    assert said in refusal(make(frame=frame, syntax=J2K))


@pytest.mark.parametrize(
    ("at", "value", "said"), [(43, 2, "apart"), (44, 2, "apart"), (42, 37, "38 bits"), (41, 2, "2 components")]
)
def test_numbers_of_the_component_are_checked(make: Make, j2k: bytes, at: int, value: int, said: str) -> None:
    frame = bytearray(j2k)
    frame[at] = value
    assert said in refusal(make(frame=frame, syntax=J2K))


def test_more_tiles_than_a_mammogram_has_are_refused(make: Make, j2k: bytes) -> None:
    frame = j2k[:8] + struct.pack(">6I", 60000, 60000, 0, 0, 1, 1) + j2k[32:]
    assert "tiles" in refusal(make(frame=frame, syntax=J2K, Rows=10000, Columns=10000))


def test_tiles_are_read(make: Make) -> None:
    image = (np.random.default_rng(3).integers(0, 30, (300, 400)) + np.arange(400) * 5).astype(np.uint16)
    frame = imagecodecs.htj2k_encode(image, reversible=True, tile=(128, 128))
    path = make(frame=frame, syntax=JPEG_FAMILY + "201", Rows=300, Columns=400)
    assert np.array_equal(read_mammogram(path, SETTINGS).pixels.codes, image)


def jpeg_ls_with(frame: bytes, preset: bytes) -> bytes:
    return frame[:2] + b"\xff\xf8" + struct.pack(">H", len(preset) + 2) + preset + frame[2:]


def test_a_mapping_table_of_jpeg_ls_is_refused(make: Make, picture: Picture) -> None:
    frame = bytes(LOSSLESS[JPEG_LS](picture))
    table = b"\2\1\2" + struct.pack(">3H", 5, 6, 7)
    assert "mapping table" in refusal(make(frame=jpeg_ls_with(frame, table), syntax=JPEG_LS))
    assert "mapping table" in refusal(make(frame=jpeg_ls_with(frame, b"\4\3" + bytes(6)), syntax=JPEG_LS))
    scan = bytearray(frame)
    scan[scan.index(b"\xff\xda") + 6] = 1
    assert "mapping table" in refusal(make(frame=scan, syntax=JPEG_LS))


def test_a_preset_of_jpeg_ls_has_to_fit_its_precision(make: Make, picture: Picture) -> None:
    frame = bytes(LOSSLESS[JPEG_LS]((picture >> 4).astype(np.uint8)))
    preset = b"\1" + struct.pack(">5H", 0xFFFF, 0, 0, 0, 0)
    assert "largest sample" in refusal(make(frame=jpeg_ls_with(frame, preset), syntax=JPEG_LS, **EIGHT_BITS))


@pytest.mark.parametrize("syntax", [JPEG_LS, LOSSLESS_JPEG, JPEG_FAMILY + "51"])
def test_a_second_frame_header_is_refused(make: Make, picture: Picture, syntax: str) -> None:
    frame = bytes((LOSSLESS | LOSSY)[syntax](picture))
    at = min(frame.find(b"\xff" + bytes([marker])) % len(frame) for marker in (0xC1, 0xC3, 0xF7))
    head = frame[at : at + 13]
    assert "2 frame headers" in refusal(make(frame=frame[:at] + head + frame[at:], syntax=syntax))


@pytest.mark.parametrize("syntax", [JPEG_LS, LOSSLESS_JPEG, BASELINE])
def test_a_height_that_is_told_later_is_refused(make: Make, picture: Picture, syntax: str) -> None:
    frame = bytearray(encode_baseline(picture) if syntax == BASELINE else LOSSLESS[syntax](picture))
    at = next(at for at in (frame.find(bytes([0xFF, marker])) for marker in (0xC0, 0xC3, 0xF7)) if at > 0)
    frame[at + 5 : at + 7] = b"\0\0"
    frame[-2:] = b"\xff\xdc\0\4\0\x28\xff\xd9"
    bits = EIGHT_BITS if syntax == BASELINE else {}
    refusal(make(frame=frame, syntax=syntax, **bits))


def test_sampling_factors_of_one_component_mean_nothing(make: Make, picture: Picture) -> None:
    frame = bytearray(encode_baseline(picture))
    frame[frame.index(b"\xff\xc0") + 11] = 0x22
    plain = read_mammogram(make(frame=encode_baseline(picture), syntax=BASELINE, **EIGHT_BITS), SETTINGS)
    path = make(frame=frame, syntax=BASELINE, **EIGHT_BITS)
    assert np.array_equal(read_mammogram(path, SETTINGS).pixels.codes, plain.pixels.codes)
    frame[frame.index(b"\xff\xc0") + 11] = 0x50
    assert "sampling factors" in refusal(make(frame=frame, syntax=BASELINE, **EIGHT_BITS))


def test_colour_progressive_and_twelve_bit_baseline_are_refused(make: Make, picture: Picture) -> None:
    colour = imagecodecs.jpeg_encode(np.dstack([(picture >> 4).astype(np.uint8)] * 3), level=90)
    assert "3 components" in refusal(make(frame=colour, syntax=BASELINE, **EIGHT_BITS))
    frame = encode_baseline(picture)
    at = frame.index(b"\xff\xc0")
    progressive = frame[:at] + b"\xff\xc2" + frame[at + 2 :]
    assert "progressive" in refusal(make(frame=progressive, syntax=BASELINE, **EIGHT_BITS))


def test_markers_among_the_samples_are_refused(make: Make, picture: Picture) -> None:
    for syntax, frame in ((BASELINE, encode_baseline(picture)), (JPEG_LS, bytes(LOSSLESS[JPEG_LS](picture)))):
        bits = EIGHT_BITS if syntax == BASELINE else {}
        for marker in (b"\xff\xd3", b"\xff\xc4\0\4\0\0", b"\xff\xd9"):
            damaged = frame[:-40] + marker + frame[-40:]
            assert "have no place there" in refusal(make(frame=damaged, syntax=syntax, **bits))


@pytest.mark.parametrize("change", [(0, 3), (0, 0), (4, 65), (8, 10**6), (8, 60), (12, 1)])
def test_a_header_of_rle_that_does_not_fit_is_refused(make: Make, picture: Picture, change: tuple[int, int]) -> None:
    frame = bytearray(encode_rle(picture))
    frame[change[0] : change[0] + 4] = struct.pack("<I", change[1])
    refusal(make(frame=frame, syntax=RLE))


def test_rle_of_another_word_is_refused(make: Make, picture: Picture) -> None:
    frame = encode_rle((picture >> 4).astype(np.uint8))
    assert "Bits Allocated" in refusal(make(frame=frame, syntax=RLE))


@pytest.mark.parametrize("named", [BASELINE, JPEG_FAMILY + "70", JPEG_LS, J2K, JPEG_FAMILY + "201", RLE, EXPLICIT])
@pytest.mark.parametrize("syntax", [*LOSSLESS, JPEG_FAMILY + "51", JPEG_FAMILY + "203"])
def test_a_stream_is_read_as_what_it_is(make: Make, picture: Picture, syntax: str, named: str) -> None:
    frame = (LOSSLESS | LOSSY)[syntax](picture)
    path = make(frame=frame, syntax=syntax)
    as_labelled = read_mammogram(path, SETTINGS)
    content = path.read_bytes().replace(pad(syntax), pad(named), 1)
    path.write_bytes(content)
    mammogram = read_mammogram(path, SETTINGS)
    assert np.array_equal(mammogram.pixels.codes, as_labelled.pixels.codes)
    is_lossy = syntax in LOSSY or named == BASELINE
    assert (Flag.LOSSY in mammogram.flags) == is_lossy
    assert (Flag.MISLABELLED_SYNTAX in mammogram.flags) == (family(syntax) != family(named))


def pad(uid: str) -> bytes:
    """Give a transfer syntax as a value of 24 bytes with its head, whose length the file meta allows."""
    value = uid.encode() + b"\0" * (len(uid) % 2)
    return b"\x02\0\x10\0UI" + struct.pack("<H", len(value)) + value


def family(uid: str) -> str:
    tail = uid.removeprefix(JPEG_FAMILY)
    groups = ({"50", "51"}, {"57", "70"}, {"80", "81"}, {"90", "91"}, {"201", "202", "203"})
    return next((min(group) for group in groups if tail in group), tail)


@pytest.mark.parametrize(
    ("syntax", "frame_of"),
    [
        (LOSSLESS_JPEG, lambda image: imagecodecs.jpeg_encode(image, level=98, bitspersample=12)),
        (JPEG_LS, lambda image: imagecodecs.jpegls_encode(image, level=3)),
        (J2K, lambda image: imagecodecs.jpeg2k_encode(image, codecformat="j2k", level=90, reversible=False)),
        (JPEG_FAMILY + "201", lambda image: imagecodecs.htj2k_encode(image, reversible=False, level=1e-3)),
    ],
)
def test_a_stream_that_loses_is_flagged_whatever_the_file_says(
    make: Make, picture: Picture, syntax: str, frame_of: Callable[[Picture], bytes]
) -> None:
    flags = read_mammogram(make(frame=frame_of(picture), syntax=syntax), SETTINGS).flags
    assert Flag.LOSSY in flags


def test_a_point_transform_of_jpeg_lossless_loses(picture: Picture) -> None:
    frame = bytearray(LOSSLESS[LOSSLESS_JPEG](picture))
    plain = read_jpeg(bytes(frame))
    frame[frame.index(b"\xff\xda") + 9] = 0x02
    shifted = read_jpeg(bytes(frame))
    assert plain is not None
    assert shifted is not None
    assert (plain.is_lossy, shifted.is_lossy) == (False, True)


@pytest.mark.parametrize("attribute", [{"LossyImageCompressionMethod": "ISO_15444_1"}, {"LossyImageCompression": "01"}])
def test_what_the_header_says_of_loss_is_heard(make: Make, attribute: dict[str, str]) -> None:
    assert Flag.LOSSY in read_mammogram(make(**attribute), SETTINGS).flags


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize("table", [b"", bytes(4)])
def test_uncompressed_pixels_in_an_item_are_read_where_they_are(
    make: Make, picture: Picture, table: bytes, is_open: bool
) -> None:
    item = b"\xfe\xff\x00\xe0"
    pixels = picture.tobytes()
    value = item + struct.pack("<I", len(table)) + table + item + struct.pack("<I", len(pixels)) + pixels
    path = make(PixelData=value)
    if is_open:
        content = path.read_bytes()
        at = content.rindex(b"\xe0\x7f\x10\0OW\0\0") + 8
        path.write_bytes(content[:at] + b"\xff" * 4 + content[at + 4 :] + b"\xfe\xff\xdd\xe0\0\0\0\0")
    mammogram = read_mammogram(path, SETTINGS)
    assert np.array_equal(mammogram.pixels.codes, picture)
    assert Flag.MISLABELLED_SYNTAX in mammogram.flags


@pytest.mark.parametrize("pieces", [1, 3])
def test_an_offset_table_may_be_left_out(make: Make, picture: Picture, j2k: bytes, pieces: int) -> None:
    item = b"\xfe\xff\x00\xe0"
    path = make(frame=b"", syntax=J2K)
    size = -(-len(j2k) // (2 * pieces)) * 2
    parts = [(j2k + b"\0" * (len(j2k) % 2))[at : at + size] for at in range(0, len(j2k), size)]
    assert len(parts) == pieces
    value = b"".join(item + struct.pack("<I", len(part)) + part for part in parts)
    path.write_bytes(path.read_bytes().replace(item + bytes(4), value))
    assert np.array_equal(read_mammogram(path, SETTINGS).pixels.codes, picture)


def test_uncompressed_pixels_in_one_item_alone_are_read(make: Make, picture: Picture) -> None:
    pixels = picture.tobytes()
    path = make(PixelData=b"\xfe\xff\x00\xe0" + struct.pack("<I", len(pixels)) + pixels)
    mammogram = read_mammogram(path, SETTINGS)
    assert np.array_equal(mammogram.pixels.codes, picture)
    assert Flag.MISLABELLED_SYNTAX in mammogram.flags


def test_a_stream_without_items_is_read_as_what_it_is(make: Make, picture: Picture, j2k: bytes) -> None:
    mammogram = read_mammogram(make(PixelData=j2k + b"\0" * (len(j2k) % 2)), SETTINGS)
    assert np.array_equal(mammogram.pixels.codes, picture)
    assert Flag.MISLABELLED_SYNTAX in mammogram.flags


def test_what_is_only_mislabelled_is_not_called_damaged(make: Make) -> None:
    path = make()
    path.write_bytes(path.read_bytes().replace(pad(EXPLICIT), pad(J2K), 1))
    message = refusal(path)
    assert "JPEG 2000" in message
    assert "another transfer syntax" in message
    assert "damaged" not in message


def test_several_frames_in_one_are_refused(make: Make, picture: Picture, j2k: bytes) -> None:
    refusal(make(frame=j2k + j2k, syntax=J2K))
    frame = bytes(LOSSLESS[JPEG_LS](picture))
    refusal(make(frame=frame + frame, syntax=JPEG_LS))
    assert dcmread(make(frame=frame, syntax=JPEG_LS)).Rows == picture.shape[0]
