"""Small files that would cost much, or stop a run while it is planned: found by tests/benchmarks/fuzz_reader.py."""

from __future__ import annotations

import tracemalloc
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from mammocalc.dicom import DicomSettings, read_mammogram, read_sop_instance_uid
from mammocalc.dicom.privacy.identifiers import personal_tokens
from mammocalc.dicom.reader.bounded_reader import MAX_READS
from mammocalc.dicom.reader.parser import INFLATED_SPARE_BYTES
from mammocalc.vocabulary.errors import ImageError
from mammocalc.vocabulary.lexicon import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Make = Callable[..., Path]

SETTINGS = DicomSettings()
PIXELS = 2 * SETTINGS.read.max_pixels
UID = "1.2.826.0.1.3680043.8.498.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
ROWS = b"\x28\x00\x10\x00US"
FOUR_GIGABYTES = b"\xfe\xff\xff\xff"
UNDEFINED = b"\xff\xff\xff\xff"
OTHER_IDS = b"\x10\x00\x02\x10SQ\0\0"
ITEM, ITEM_END, SEQUENCE_END = b"\xfe\xff\x00\xe0", b"\xfe\xff\x0d\xe0\0\0\0\0", b"\xfe\xff\xdd\xe0\0\0\0\0"


def before_rows(path: Path, inserted: bytes) -> Path:
    """Put bytes into the header, before Rows."""
    content = path.read_bytes()
    at = content.index(ROWS)
    path.write_bytes(content[:at] + inserted + content[at:])
    return path


def reason_of(path: Path) -> Reason:
    with pytest.raises(ImageError) as caught:
        read_mammogram(path, SETTINGS)
    return caught.value.reason


@contextmanager
def less_memory_than(limit: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < limit
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "claim",
    [
        b"\x20\x00\x00\x40UT\0\0" + FOUR_GIGABYTES,
        b"\x08\x00\x18\x22SQ\0\0" + UNDEFINED + ITEM + UNDEFINED + b"\x08\x00\x00\x01UT\0\0" + FOUR_GIGABYTES,
    ],
    ids=["in the data set", "in a sequence"],
)
def test_a_length_beyond_the_end_of_the_file_takes_no_memory(make: Make, claim: bytes) -> None:
    path = before_rows(make(), claim)
    with less_memory_than(20 << 20):
        assert reason_of(path) in {Reason.TRUNCATED, Reason.UNREADABLE}
        assert read_sop_instance_uid(path) in {UID, None}
        personal_tokens(path, PIXELS)


def test_a_length_beyond_the_end_of_the_file_hides_no_name(make: Make) -> None:
    path = before_rows(make(PatientName="Quillfeather^Ottoline"), b"\x20\x00\x00\x40UT\0\0" + FOUR_GIGABYTES)
    assert reason_of(path) == Reason.TRUNCATED
    assert {"quillfeather", "ottoline"} <= personal_tokens(path, PIXELS)
    assert read_sop_instance_uid(path) == UID


def test_a_large_value_at_the_end_of_a_header_without_pixels_is_passed_over(make: Make) -> None:
    path = make(PixelData=None, EncapsulatedDocument=bytes(3 << 20))
    assert reason_of(path) == Reason.TRUNCATED
    assert "jane" in personal_tokens(path, PIXELS)


def test_elements_without_end_are_not_read_to_the_end(make: Make) -> None:
    path = before_rows(make(), b"\x20\x00\x00\x40LT\0\0" * 2 * MAX_READS)
    assert reason_of(path) == Reason.TOO_LARGE
    assert read_sop_instance_uid(path) == UID, "what came before is known"
    assert "jane" in personal_tokens(path, PIXELS)


def test_elements_without_end_in_a_sequence_are_not_read_to_the_end(make: Make) -> None:
    element = b"\x08\x00\x00\x01SH\0\0"
    inside = ITEM + UNDEFINED + element * 2 * MAX_READS + ITEM_END
    path = before_rows(make(), b"\x08\x00\x18\x22SQ\0\0" + UNDEFINED + inside + SEQUENCE_END)
    assert reason_of(path) == Reason.TOO_LARGE


def test_fragments_without_end_are_not_read_to_the_end(make: Make) -> None:
    path = make(frame=b"\xff\xd8\xff\xd9", syntax="1.2.840.10008.1.2.4.70")
    content = path.read_bytes()
    at = content.rindex(ITEM)
    path.write_bytes(content[:at] + (ITEM + bytes(4)) * MAX_READS + content[at:])
    assert reason_of(path) == Reason.TOO_LARGE


def test_a_header_is_inflated_no_further_than_a_header_goes(make: Make) -> None:
    """A file of a few hundred kilobytes, whose comments would be half a gigabyte."""
    path = make(syntax=DEFLATED)
    content = path.read_bytes()
    at = 144 + int.from_bytes(content[140:144], "little")
    data_set = zlib.decompress(content[at:], -zlib.MAX_WBITS)
    rows = data_set.index(ROWS)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    head = deflate.compress(data_set[:rows] + b"\x20\x00\x00\x40UT\0\0" + (512 << 20).to_bytes(4, "little"))
    block = deflate.flush(zlib.Z_FULL_FLUSH) + deflate.compress(bytes(1 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)
    path.write_bytes(content[:at] + head + block * 512)
    with less_memory_than(3 * INFLATED_SPARE_BYTES):
        assert read_sop_instance_uid(path) == UID
        assert "jane" in personal_tokens(path, PIXELS)
    assert reason_of(path) == Reason.TOO_LARGE


def test_identifiers_within_identifiers_within_identifiers_come_to_an_end(make: Make) -> None:
    nested = b""
    for _ in range(2000):
        item = ITEM + len(nested).to_bytes(4, "little") + nested
        nested = OTHER_IDS + len(item).to_bytes(4, "little") + item
    path = make(PatientID=None)
    content = path.read_bytes()
    at = content.index(b"\x18\x00\x15\x00CS")
    path.write_bytes(content[:at] + nested + content[at:])
    assert "jane" in personal_tokens(path, PIXELS)
