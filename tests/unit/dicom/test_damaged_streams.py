"""Bytes that are missing, doubled or changed in the middle of a frame: refused in every syntax that can know."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import imagecodecs
import numpy as np
import pytest
from frames import BASELINE, JPEG_FAMILY, LOSSLESS, LOSSY, RLE, encode_baseline
from fuzz_frames import fuzz

from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.lexicon import Reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Make = Callable[..., Path]

SETTINGS = DicomSettings()
SYNTAXES = [*LOSSLESS, *LOSSY, BASELINE]
ANY_LENGTH = [syntax for syntax in SYNTAXES if syntax[-2:] not in {"50", "51", "57", "70"}]
"""Syntaxes in which one byte too few shows: lengths of tile parts (JPEG 2000), contexts (JPEG-LS), counts (RLE)."""
PLACES = (0.2, 0.35, 0.5, 0.65, 0.8)
EIGHT_BITS: dict[str, Any] = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}


@pytest.fixture(scope="module")
def breast() -> NDArray[np.uint16]:
    """A bright half with noise beside a black one, large enough for a cut to have a middle."""
    row, column = np.mgrid[:320, :240]
    image = 2000 + 900 * np.sin(row / 60) * np.cos(column / 50) + np.random.default_rng(5).normal(0, 25, row.shape)
    image[:, 160:] = 0
    clipped: NDArray[np.uint16] = np.clip(image, 0, 4095).astype(np.uint16)
    return clipped


def encoded(image: NDArray[np.uint16], syntax: str) -> bytes:
    return encode_baseline(image) if syntax == BASELINE else bytes((LOSSLESS | LOSSY)[syntax](image))


def is_refused(make: Make, image: NDArray[np.uint16], syntax: str, frame: bytes) -> bool:
    bits = EIGHT_BITS if syntax == BASELINE else {}
    path = make(frame=frame, syntax=syntax, Rows=image.shape[0], Columns=image.shape[1], **bits)
    try:
        read_mammogram(path, SETTINGS)
    except ImageUnreadableError as error:
        return error.reason in {Reason.UNDECODABLE_PIXELS, Reason.PIXELS_TOO_SHORT}
    return False


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_the_frame_that_is_damaged_below_can_be_read(make: Make, breast: NDArray[np.uint16], syntax: str) -> None:
    assert not is_refused(make, breast, syntax, encoded(breast, syntax))


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("share", [0.05, 0.2])
def test_bytes_that_are_missing_in_the_middle_are_refused(
    make: Make, breast: NDArray[np.uint16], syntax: str, share: float
) -> None:
    frame = encoded(breast, syntax)
    for place in PLACES:
        at = int(place * len(frame))
        assert is_refused(make, breast, syntax, frame[:at] + frame[at + int(share * len(frame)) :]), place


@pytest.mark.parametrize("syntax", ANY_LENGTH)
@pytest.mark.parametrize("length", [1, 2, 7, 64])
def test_a_few_missing_bytes_are_refused(make: Make, breast: NDArray[np.uint16], syntax: str, length: int) -> None:
    frame = encoded(breast, syntax)
    for place in PLACES:
        at = int(place * len(frame))
        assert is_refused(make, breast, syntax, frame[:at] + frame[at + length :]), place


@pytest.mark.parametrize("syntax", [syntax for syntax in SYNTAXES if syntax != RLE])
def test_bytes_that_are_there_twice_are_refused(make: Make, breast: NDArray[np.uint16], syntax: str) -> None:
    frame = encoded(breast, syntax)
    for place in PLACES:
        at, length = int(place * len(frame)), len(frame) // 20
        assert is_refused(make, breast, syntax, frame[:at] + frame[at - length :]), place


@pytest.mark.parametrize("tail", ["80", "81"])
def test_one_changed_bit_in_jpeg_ls_is_refused(make: Make, breast: NDArray[np.uint16], tail: str) -> None:
    """Its contexts carry an error to the end; other syntaxes may decode a changed bit to other pixels."""
    frame = encoded(breast, JPEG_FAMILY + tail)
    for place in PLACES:
        damaged = bytearray(frame)
        damaged[int(place * len(frame))] ^= 0x10
        assert is_refused(make, breast, JPEG_FAMILY + tail, bytes(damaged)), place


@pytest.mark.parametrize("tail", [".1", ".2", "", ".1.99"])
def test_uncompressed_pixels_with_bytes_missing_are_refused(make: Make, breast: NDArray[np.uint16], tail: str) -> None:
    path = make(breast, syntax=f"1.2.840.10008.1.2{tail}")
    content = path.read_bytes()
    for place in PLACES:
        at = int(place * len(content))
        path.write_bytes(content[:at] + content[at + 100 :])
        with pytest.raises(ImageUnreadableError):
            read_mammogram(path, SETTINGS)


def test_samples_outside_of_the_range_of_a_lossless_stream_are_refused(make: Make) -> None:
    """A difference that was changed leads out of twelve bits; the decoder counts on, modulo 65536."""
    image = np.full((320, 240), 20, dtype=np.uint16)
    image[:, 100:140] = np.arange(320, dtype=np.uint16)[:, None] + np.uint16(1000)
    frame = bytearray(LOSSLESS[JPEG_FAMILY + "70"](image))
    missed = 0
    for at in range(len(frame) // 4, len(frame) * 3 // 4, len(frame) // 20):
        missed += not is_refused(make, image, JPEG_FAMILY + "70", bytes(frame[:at] + frame[at + 2 :]))
    assert missed <= 2


def test_warnings_of_a_decoder_are_heard_without_an_error_stream(make: Make, breast: NDArray[np.uint16]) -> None:
    frame = encoded(breast, BASELINE)
    path = make(
        frame=frame[: len(frame) // 3] + frame[len(frame) // 2 :], syntax=BASELINE, Rows=320, Columns=240, **EIGHT_BITS
    )
    program = (
        "import os, sys, pathlib\n"
        "os.close(2)\n"
        "from mammocalc.dicom import DicomSettings, read_mammogram\n"
        "from mammocalc.vocabulary.errors import ImageError\n"
        "try:\n"
        "    read_mammogram(pathlib.Path(sys.argv[1]), DicomSettings())\n"
        "except ImageError as error:\n"
        "    print(error.reason)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout == "undecodable_pixels\n"


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_no_damage_ends_the_process(syntax: str) -> None:
    """Longer by hand: python tests/benchmarks/fuzz_frames.py."""
    outcomes = fuzz(syntax, inputs=150, seed=1)
    assert sum(outcomes.values()) == 150
    assert set(outcomes) <= {"read", Reason.UNDECODABLE_PIXELS, Reason.PIXELS_TOO_SHORT}


@pytest.mark.parametrize("bits", range(2, 17))
def test_jpeg_lossless_of_any_precision_is_read(make: Make, bits: int) -> None:
    """GDCM ended its process over fewer than eight bits."""
    kind = np.uint8 if bits <= 8 else np.uint16
    image = np.random.default_rng(bits).integers(0, 1 << bits, (40, 30)).astype(kind)
    frame = imagecodecs.jpeg_encode(image, lossless=True, predictor=4, bitspersample=bits)
    path = make(image.astype(np.uint16), frame=frame, syntax=JPEG_FAMILY + "57", BitsStored=bits, HighBit=bits - 1)
    assert np.array_equal(read_mammogram(path, SETTINGS).pixels.codes, image)
