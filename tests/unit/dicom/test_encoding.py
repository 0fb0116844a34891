"""A data set is read as it is written, whatever transfer syntax the file names."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
from frames import JPEG_FAMILY, LOSSLESS

from mammocalc.dicom import DicomSettings, read_mammogram, read_sop_instance_uid
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.lexicon import Flag, Reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Make = Callable[..., Path]

SETTINGS = DicomSettings()
IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN = (f"1.2.840.10008.1.2{tail}" for tail in ("", ".1", ".1.99", ".2"))
J2K = JPEG_FAMILY + "90"


def renamed(path: Path, old: str, new: str) -> Path:
    """Let a file name another transfer syntax, and mend the length of its meta group."""
    content = path.read_bytes()
    before, after = element(old), element(new)
    length = struct.unpack_from("<I", content, 140)[0] + len(after) - len(before)
    content = content[:140] + struct.pack("<I", length) + content[144:].replace(before, after, 1)
    path.write_bytes(content)
    return path


def element(uid: str) -> bytes:
    value = uid.encode() + b"\0" * (len(uid) % 2)
    return b"\x02\0\x10\0UI" + struct.pack("<H", len(value)) + value


@pytest.mark.parametrize("written", [IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN])
@pytest.mark.parametrize("named", [IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN])
def test_uncompressed_data_sets(make: Make, picture: NDArray[np.uint16], written: str, named: str) -> None:
    path = renamed(make(syntax=written), written, named)
    if named == DEFLATED and written in {IMPLICIT, BIG_ENDIAN}:  # begins as a deflated one may
        with pytest.raises(ImageUnreadableError) as caught:
            read_mammogram(path, SETTINGS)
        assert caught.value.reason == Reason.UNREADABLE
        assert "does not inflate" in caught.value.message
        return
    mammogram = read_mammogram(path, SETTINGS)
    assert np.array_equal(mammogram.pixels.codes, picture)
    is_one_order = {written, named} <= {IMPLICIT, EXPLICIT}  # pydicom tells these apart by themselves
    assert (Flag.MISLABELLED_SYNTAX in mammogram.flags) == (written != named and not is_one_order)
    assert read_sop_instance_uid(path) == mammogram.identity.sop_instance_uid


@pytest.mark.parametrize("named", [IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN])
def test_a_compressed_frame_under_an_uncompressed_name(make: Make, picture: NDArray[np.uint16], named: str) -> None:
    path = renamed(make(frame=LOSSLESS[J2K](picture), syntax=J2K), J2K, named)
    mammogram = read_mammogram(path, SETTINGS)
    assert np.array_equal(mammogram.pixels.codes, picture)
    assert Flag.MISLABELLED_SYNTAX in mammogram.flags


@pytest.mark.parametrize("written", [DEFLATED, BIG_ENDIAN])
def test_an_uncompressed_data_set_under_a_compressed_name(
    make: Make, picture: NDArray[np.uint16], written: str
) -> None:
    mammogram = read_mammogram(renamed(make(syntax=written), written, J2K), SETTINGS)
    assert np.array_equal(mammogram.pixels.codes, picture)
    assert Flag.MISLABELLED_SYNTAX in mammogram.flags
