"""Every transfer syntax, with a real compressed file, against the pixels that went in."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import imagecodecs
import numpy as np
import pytest
from frames import BASELINE, JPEG_FAMILY, LOSSLESS, LOSSY, RLE, encode_baseline, encode_rle
from pydicom import dcmread

from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.dicom.pixels.decode import SYNTAXES
from mammocalc.dicom.pixels.decoders import DECODERS
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.lexicon import Flag, Reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Make = Callable[..., Path]
    Picture = NDArray[np.uint16]

SETTINGS = DicomSettings()
IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN = (f"1.2.840.10008.1.2{tail}" for tail in ("", ".1", ".1.99", ".2"))


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN])
def test_uncompressed_pixels_come_back_unchanged(make: Make, picture: Picture, syntax: str) -> None:
    mammogram = read_mammogram(make(syntax=syntax), SETTINGS)
    assert np.array_equal(mammogram.pixels.codes, picture)
    assert Flag.LOSSY not in mammogram.flags


@pytest.mark.parametrize("syntax", LOSSLESS)
def test_lossless_compression_gives_every_pixel_back(make: Make, picture: Picture, syntax: str) -> None:
    mammogram = read_mammogram(make(frame=LOSSLESS[syntax](picture), syntax=syntax), SETTINGS)
    assert np.array_equal(mammogram.pixels.codes, picture)
    assert Flag.LOSSY not in mammogram.flags


@pytest.mark.parametrize("syntax", LOSSY)
def test_lossy_compression_is_read_and_flagged(make: Make, picture: Picture, syntax: str) -> None:
    mammogram = read_mammogram(make(frame=LOSSY[syntax](picture), syntax=syntax), SETTINGS)
    inner = np.abs(mammogram.pixels.codes.astype(int) - picture)[3:]  # the first rows hold a step from 0 to 4095
    assert inner.max() < 60
    assert inner.mean() < 15
    assert Flag.LOSSY in mammogram.flags


@pytest.mark.parametrize("tail", ["50", "51"])
def test_jpeg_of_eight_bits_is_read(make: Make, picture: Picture, tail: str) -> None:
    image = (picture >> 4).astype(np.uint8)
    frame = imagecodecs.jpeg_encode(image, level=98)
    bits = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}
    mammogram = read_mammogram(make(image, frame=frame, syntax=JPEG_FAMILY + tail, **bits), SETTINGS)
    assert np.abs(mammogram.pixels.codes.astype(int) - image)[8:].max() < 8
    assert Flag.LOSSY in mammogram.flags


@pytest.mark.parametrize("syntax", [EXPLICIT, RLE, JPEG_FAMILY + "80", JPEG_FAMILY + "90", JPEG_FAMILY + "201"])
def test_eight_bits_are_read(make: Make, picture: Picture, syntax: str) -> None:
    image = (picture >> 4).astype(np.uint8)
    frame = None if syntax == EXPLICIT else LOSSLESS[syntax](image)
    bits = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}
    mammogram = read_mammogram(make(image, frame=frame, syntax=syntax, **bits), SETTINGS)
    assert np.array_equal(mammogram.pixels.codes, image)


@pytest.mark.parametrize("syntax", [EXPLICIT, BIG_ENDIAN, RLE, JPEG_FAMILY + "80", JPEG_FAMILY + "90"])
def test_sixteen_bits_are_read(make: Make, picture: Picture, syntax: str) -> None:
    image = picture * np.uint16(16) + np.uint16(7)
    frame = None if syntax in {EXPLICIT, BIG_ENDIAN} else LOSSLESS[syntax](image)
    bits = {"BitsStored": 16, "HighBit": 15}
    mammogram = read_mammogram(make(image, frame=frame, syntax=syntax, **bits), SETTINGS)
    assert np.array_equal(mammogram.pixels.codes, image)


def test_sixteen_bits_of_jpeg_lossless_are_read(make: Make, picture: Picture) -> None:
    image = picture * np.uint16(16) + np.uint16(7)
    frame = imagecodecs.ljpeg_encode(image, bitspersample=16)
    path = make(image, frame=frame, syntax=JPEG_FAMILY + "70", BitsStored=16, HighBit=15)
    assert np.array_equal(read_mammogram(path, SETTINGS).pixels.codes, image)


def test_jpeg_lossless_of_more_bits_than_are_stored_is_read(make: Make, picture: Picture) -> None:
    path = make(frame=imagecodecs.ljpeg_encode(picture, bitspersample=16), syntax=JPEG_FAMILY + "70")
    assert np.array_equal(read_mammogram(path, SETTINGS).pixels.codes, picture)


def test_a_lossy_overshoot_stays_white(make: Make) -> None:
    image = np.full((40, 30), 4090, dtype=np.uint16)
    image[:, 15:] = 4110  # as a 16-bit codestream may decode, above the 12 bits that are stored
    image[:, :3], image[:, 3:6] = 2000, 3000  # an image of two values would be a mask
    frame = imagecodecs.jpeg2k_encode(image, codecformat="j2k", level=0, reversible=True)
    codes = read_mammogram(make(image, frame=frame, syntax=JPEG_FAMILY + "91"), SETTINGS).pixels.codes
    assert (codes[:, 20] == 4095).all()


@pytest.mark.parametrize("syntax", [EXPLICIT, RLE, JPEG_FAMILY + "80"])
def test_signed_values_are_shifted_to_codes_from_zero(make: Make, picture: Picture, syntax: str) -> None:
    signed = picture.astype(np.int16) - 2048
    words = signed.view(np.uint16) & np.uint16(0x0FFF) if "4." in syntax else signed.view(np.uint16)
    frame = None if syntax == EXPLICIT else LOSSLESS[syntax](words)
    path = make(words, frame=frame, syntax=syntax, PixelRepresentation=1)
    pixels = read_mammogram(path, SETTINGS).pixels
    assert np.array_equal(pixels.codes, picture)
    assert np.array_equal(pixels.modality_values[pixels.codes], signed)


def test_signed_jpeg_2000_is_read(make: Make, picture: Picture) -> None:
    signed = picture.astype(np.int16) - 2048
    frame = imagecodecs.jpeg2k_encode(signed, codecformat="j2k", level=0, reversible=True, bitspersample=12)
    path = make(signed, frame=frame, syntax=JPEG_FAMILY + "90", PixelRepresentation=1)
    pixels = read_mammogram(path, SETTINGS).pixels
    assert np.array_equal(pixels.modality_values[pixels.codes], signed)


def test_overlay_bits_above_the_stored_ones_are_masked_off(make: Make, picture: Picture) -> None:
    words = picture | np.uint16(0x8000)
    assert np.array_equal(read_mammogram(make(words), SETTINGS).pixels.codes, picture)


def test_bits_that_are_stored_higher_in_the_word_are_brought_down(make: Make, picture: Picture) -> None:
    words = (picture << 4) | np.uint16(0x000F)
    assert np.array_equal(read_mammogram(make(words, HighBit=15), SETTINGS).pixels.codes, picture)


def test_a_frame_may_lie_in_several_fragments(make: Make, picture: Picture) -> None:
    frame = LOSSLESS[JPEG_FAMILY + "80"](picture)
    path = make(frame=frame, syntax=JPEG_FAMILY + "80")
    dataset = dcmread(path)
    from pydicom.encaps import encapsulate  # noqa: PLC0415 - used by this test alone

    dataset.PixelData = encapsulate([bytes(frame)], fragments_per_frame=3)
    dataset.save_as(path)
    assert np.array_equal(read_mammogram(path, SETTINGS).pixels.codes, picture)


def test_lossy_compression_in_the_past_is_flagged(make: Make) -> None:
    assert Flag.LOSSY in read_mammogram(make(LossyImageCompression="01"), SETTINGS).flags


@pytest.mark.parametrize("tail", ["5", "4.57", "4.70", "4.80", "4.90", "4.91"])
def test_pydicoms_decoders_agree(make: Make, picture: Picture, tail: str) -> None:
    syntax = f"1.2.840.10008.1.2.{tail}"
    path = make(frame=(LOSSLESS | LOSSY)[syntax](picture), syntax=syntax)
    assert np.array_equal(read_mammogram(path, SETTINGS).pixels.codes, dcmread(path).pixel_array)


def failure(path: Path) -> tuple[Reason, str]:
    with pytest.raises(ImageUnreadableError) as caught:
        read_mammogram(path, SETTINGS)
    return caught.value.reason, caught.value.message


@pytest.mark.parametrize("uid", [JPEG_FAMILY + "100", "1.2.3.4", "1.2.840.113619.5.2.99"])
def test_an_unknown_transfer_syntax_is_named(make: Make, uid: str) -> None:
    path = make()
    path.write_bytes(path.read_bytes().replace(b"1.2.840.10008.1.2.1\0", uid.encode().ljust(20, b"\0")[:20]))
    reason, message = failure(path)
    assert reason == Reason.UNKNOWN_TRANSFER_SYNTAX
    assert uid[:20] in message


def test_a_transfer_syntax_that_is_no_uid_is_not_repeated(make: Make) -> None:
    path = make()
    path.write_bytes(path.read_bytes().replace(b"1.2.840.10008.1.2.1\0", b"<script>alert(1)</s>"))
    reason, message = failure(path)
    assert reason == Reason.UNKNOWN_TRANSFER_SYNTAX
    assert "script" not in message


@pytest.mark.parametrize("syntax", [name for name, syntax in SYNTAXES.items() if syntax.kind is not None])
def test_a_missing_decoder_is_named(make: Make, picture: Picture, syntax: str) -> None:
    kind = SYNTAXES[syntax].kind
    assert kind is not None
    decoder = DECODERS[kind]
    frame = encode_baseline(picture) if syntax == BASELINE else (LOSSLESS | LOSSY)[syntax](picture)
    bits = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7} if syntax == BASELINE else {}
    path = make(frame=frame, syntax=syntax, **bits)
    hidden = sys.modules.get(decoder.module)
    sys.modules[decoder.module] = None  # type: ignore[assignment]  # what Python itself takes for "not there"
    try:
        reason, message = failure(path)
    finally:
        del sys.modules[decoder.module]
        if hidden is not None:
            sys.modules[decoder.module] = hidden
    assert reason == Reason.MISSING_DECODER
    assert f"pip install {decoder.package}" in message


@pytest.mark.parametrize("syntax", [JPEG_FAMILY + "70", JPEG_FAMILY + "80", JPEG_FAMILY + "90", JPEG_FAMILY + "201"])
def test_a_codestream_without_its_end_is_refused(make: Make, picture: Picture, syntax: str) -> None:
    frame = LOSSLESS[syntax](picture)
    assert failure(make(frame=frame[: len(frame) // 2], syntax=syntax))[0] == Reason.PIXELS_TOO_SHORT


def test_rle_without_its_end_is_refused(make: Make, picture: Picture) -> None:
    frame = encode_rle(picture)
    assert failure(make(frame=frame[: len(frame) // 2], syntax=RLE))[0] == Reason.UNDECODABLE_PIXELS


@pytest.mark.parametrize("syntax", [JPEG_FAMILY + "70", JPEG_FAMILY + "80", JPEG_FAMILY + "90"])
def test_a_codestream_of_other_dimensions_is_refused(make: Make, picture: Picture, syntax: str) -> None:
    path = make(frame=LOSSLESS[syntax](picture), syntax=syntax, Rows=41)
    assert failure(path)[0] == Reason.UNDECODABLE_PIXELS


@pytest.mark.parametrize("syntax", [*LOSSLESS, *LOSSY])
def test_bytes_that_are_no_image_are_refused(make: Make, syntax: str) -> None:
    assert failure(make(frame=b"this is no image" * 20, syntax=syntax))[0] == Reason.UNDECODABLE_PIXELS


def test_a_compressed_syntax_with_uncompressed_pixels_is_refused(make: Make) -> None:
    path = make()
    path.write_bytes(path.read_bytes().replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.5\0"))
    assert failure(path)[0] == Reason.UNDECODABLE_PIXELS


def test_no_compressed_bytes_at_all_are_refused(make: Make) -> None:
    assert failure(make(frame=b"", syntax=JPEG_FAMILY + "70"))[0] == Reason.PIXELS_TOO_SHORT


@pytest.mark.parametrize("bits", [0, 1, 17, 66, 255])
def test_a_precision_that_would_end_the_decoders_process_is_refused(make: Make, picture: Picture, bits: int) -> None:
    frame = bytearray(LOSSLESS[JPEG_FAMILY + "70"](picture))
    frame[frame.index(b"\xff\xc3") + 4] = bits
    assert failure(make(frame=frame, syntax=JPEG_FAMILY + "70"))[0] == Reason.UNDECODABLE_PIXELS


def test_a_jfif_revision_that_would_end_the_decoders_process_is_left_out(make: Make, picture: Picture) -> None:
    frame = bytearray(LOSSY[JPEG_FAMILY + "51"](picture))
    frame[frame.index(b"JFIF\0") + 5] = 80
    read_mammogram(make(frame=frame, syntax=JPEG_FAMILY + "51"), SETTINGS)


def test_a_broken_chain_of_segments_is_refused(make: Make, picture: Picture) -> None:
    frame = bytearray(LOSSY[JPEG_FAMILY + "51"](picture))
    frame[frame.index(b"\xff\xc4")] = 0x78
    assert failure(make(frame=frame, syntax=JPEG_FAMILY + "51"))[0] == Reason.UNDECODABLE_PIXELS


def test_decoders_write_nothing_to_the_error_stream(make: Make, picture: Picture) -> None:
    good = make(frame=LOSSY[JPEG_FAMILY + "51"](picture), syntax=JPEG_FAMILY + "51")
    damaged = bytearray(encode_rle(picture))
    damaged[70] = 0x7F
    bad = make(frame=damaged[:1500], syntax=RLE)
    program = (
        "import sys, pathlib\n"
        "from mammocalc.dicom import DicomSettings, read_mammogram\n"
        "from mammocalc.vocabulary.errors import ImageError\n"
        "for name in sys.argv[1:]:\n"
        "    try:\n"
        "        read_mammogram(pathlib.Path(name), DicomSettings())\n"
        "    except ImageError as error:\n"
        "        print(error.reason)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(good), str(bad)], capture_output=True, text=True, check=True, env=os.environ
    )
    assert (done.stdout, done.stderr) == ("undecodable_pixels\n", "")
