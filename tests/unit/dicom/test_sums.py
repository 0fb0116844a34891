"""No sum of a header is chosen by the file: neither of its bytes, nor of its elements, nor of its depth."""

from __future__ import annotations

import struct
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from mammocalc.dicom import DicomSettings, read_claim, read_mammogram
from mammocalc.vocabulary.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Make = Callable[..., Path]

ROWS = b"\x28\x00\x10\x00US"
ITEM, EMPTY = b"\xfe\xff\x00\xe0", b"\xfe\xff\x00\xe0\0\0\0\0"
MEGABYTE = 1 << 20
LIMIT_BYTES = 100 * MEGABYTE


def long_element(tag: int, vr: bytes, value: bytes) -> bytes:
    return struct.pack("<HH2s2xI", tag >> 16, tag & 0xFFFF, vr, len(value)) + value


def nested(depth: int) -> bytes:
    value = b""
    for _ in range(depth):
        value = long_element(0x00082112, b"SQ", item(value))
    return value


def item(value: bytes) -> bytes:
    return ITEM + struct.pack("<I", len(value)) + value


TINY = struct.pack("<HH2sH", 0x0008, 0x0050, b"SH", 2) + b"1 "
BOMBS: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "a thousand private elements of a megabyte": (
        lambda: b"".join(long_element(0x00210000 + 0x1000 + n, b"OB", bytes(MEGABYTE)) for n in range(1000)),
        None,
    ),
    "three hundred public elements that nobody reads": (
        lambda: b"".join(long_element(0x00220000 + n, b"OW", bytes(MEGABYTE)) for n in range(300)),
        None,
    ),
    "ten lists of half a million numbers": (
        lambda: b"".join(long_element(0x00280A00 + n, b"UT", b"1\\" * (MEGABYTE // 2)) for n in range(10)),
        None,
    ),
    "two hundred lookup tables of a megabyte": (
        lambda: b"".join(long_element(0x00280003, b"OW", bytes(MEGABYTE)) for n in range(200)),
        "too_large",
    ),
    "a sequence of empty items": (lambda: long_element(0x00082112, b"SQ", EMPTY * (MEGABYTE // 8)), "too_large"),
    "a sequence within a sequence of tiny elements": (
        lambda: long_element(0x00082112, b"SQ", item(long_element(0x00081140, b"SQ", item(TINY * 90_000)))),
        "too_large",
    ),
    "a thousand sequences within one another": (lambda: nested(1000), None),
    "as many as there is room for": (lambda: nested(40_000), None),
    "ten thousand items without an end": (
        lambda: (struct.pack("<HH2s2xI", 8, 0x2112, b"SQ", 0xFFFFFFFF) + ITEM + b"\xff" * 4) * 10_000,
        "unreadable",
    ),
    "a million tiny elements": (lambda: TINY * 1_000_000, "too_large"),
}  # fmt: skip


@pytest.mark.parametrize(("bomb", "reason"), BOMBS.values(), ids=BOMBS)
def test_a_header_costs_no_more_than_a_header(
    make: Make, tmp_path: Path, bomb: Callable[[], bytes], reason: str | None
) -> None:
    content = make(PatientName="Quillfeather^O").read_bytes()
    at = content.index(ROWS)
    path = tmp_path / "bomb.dcm"
    with path.open("wb") as file:
        file.write(content[:at])
        file.write(bomb())
        file.write(content[at:])
    settings = DicomSettings()
    tracemalloc.start()
    try:
        found = None
        try:
            read_mammogram(path, settings)
        except ImageError as error:
            found = str(error.reason)
        claim = read_claim(path, settings)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found == reason
    assert "quillfeather" in claim.tokens, "the path of a refused file names nobody either"
    assert peak < LIMIT_BYTES
