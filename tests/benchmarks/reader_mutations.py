"""How a real DICOM file is damaged: its tags, types, lengths, values, sequences, pixels and fragments."""

from __future__ import annotations

import re
import struct
import zlib
from typing import TYPE_CHECKING, Final

from reader_corpus import JPEG_FAMILY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

KINDS: Final = b"AE AS AT CS DA DS DT FL FD IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV"
ELEMENT: Final = re.compile(rb"[\x02-\x54]\0..(?:" + KINDS.replace(b" ", b"|") + rb")", re.DOTALL)
"""The beginning of an element in Explicit VR Little Endian, at any depth; now and then something else, as well."""
LONG_KINDS: Final = frozenset(
    (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
)
ITEMS: Final = re.compile(rb"\xfe\xff(?:\x00\xe0|\x0d\xe0|\xdd\xe0)", re.DOTALL)
LENGTHS: Final = (
    0, 1, 2, 3, 7, 8, 255, 4096, 0xFFFE, 0xFFFF, 1 << 20, (1 << 20) + 1, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF,
)  # fmt: skip
TEXTS: Final = (
    b"", b" ", b"\\", b"\\\\\\\\", b"NaN", b"inf", b"-inf", b"1e308", b"1e-308", b"-0", b"0", b"-1", b"1e400",
    b"1_0", b"0x10", b"9" * 400, b"\xff\xfe", b"\0\0\0\0", b"../../../../etc/passwd", b"<script>alert(1)</script>",
    b"=1+1", b"\xe2\x80\xae", b"\xed\xa0\x80", b"\x1b$B\x1b(J\x1b", b"A" * 10_000, b"\\".join([b"1"] * 5000),
    b"%s%n{0}", b"1.2." + b"3" * 70, b"\r\n",
)  # fmt: skip
WORDS: Final = (0, 1, 2, 7, 8, 9, 12, 16, 17, 32, 255, 256, 1999, 2000, 2001, 4096, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF)
TAGS: Final = (
    0x00020010, 0x00080005, 0x00080008, 0x00080016, 0x00080018, 0x00080060, 0x00082218, 0x00100020, 0x00181164,
    0x00185101, 0x0020000D, 0x00200062, 0x00280002, 0x00280004, 0x00280008, 0x00280010, 0x00280011, 0x00280030,
    0x00280100, 0x00280101, 0x00280102, 0x00280103, 0x00280120, 0x00280121, 0x00281050, 0x00281051, 0x00281052,
    0x00281053, 0x00281056, 0x00283000, 0x00283002, 0x00283006, 0x00283010, 0x00540220, 0x52009229, 0x52009230,
    0x60003000, 0x7FE00008, 0x7FE00009, 0x7FE00010, 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD, 0xFFFCFFFC,
)  # fmt: skip
SYNTAXES: Final = (
    *(f"1.2.840.10008.1.2{tail}" for tail in ("", ".1", ".1.99", ".2", ".5", ".1.98", ".7.1")),
    *(f"{JPEG_FAMILY}{number}" for number in (50, 51, 57, 70, 80, 81, 90, 91, 92, 100, 103, 110, 201, 202, 203)),
    "", "1", "../x", "1.2.840.10008.1.2.4.70\0\0",
)  # fmt: skip
PIXEL_DATA: Final = b"\xe0\x7f\x10\0"
MAX_BYTES: Final = 1 << 21
"""Inputs stay small: what is looked for is a small file that costs much."""


def mutate(content: bytes, others: Sequence[bytes], random: Random) -> bytes:
    """
    Damage a file in one to four ways.

    Parameters
    ----------
    content : bytes
        A whole file.
    others : sequence of bytes
        Files to take parts from.
    random : Random
        Decides everything: equal states give equal files.
    """
    is_deflated = b"1.2.840.10008.1.2.1.99" in content[:400]
    start = b""
    if is_deflated and random.random() < 0.7:  # what is inside is reached by the same mutations
        length = int.from_bytes(content[140:144], "little")
        start, content = content[: 144 + length], _inflated(content[144 + length :])
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 4))):
        content = random.choice(MUTATIONS)(content, others, random)[:MAX_BYTES]
    if start:
        deflate = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
        content = start + deflate.compress(content) + deflate.flush()
    return content


def _inflated(deflated: bytes) -> bytes:
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(deflated, MAX_BYTES)


def _spot(content: bytes, random: Random) -> int:
    """Choose a place: in the header as often as anywhere."""
    end = content.find(PIXEL_DATA)
    return random.randrange(max(end if end > 0 and random.random() < 0.6 else len(content), 1))


def _element(content: bytes, random: Random) -> tuple[int, int, int] | None:
    """Choose an element: where it begins, where its value does, and how long that is."""
    end = content.rfind(PIXEL_DATA)
    found = [match.start() for match in ELEMENT.finditer(content, 0, end + 6 if end > 0 else len(content))]
    if not found:
        return None
    at = random.choice(found)
    if content[at + 4 : at + 6] in LONG_KINDS:
        return at, at + 12, int.from_bytes(content[at + 8 : at + 12], "little")
    return at, at + 8, int.from_bytes(content[at + 6 : at + 8], "little")


def _bytes(content: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(random.choice((1, 2, 4, 16)) if damaged else 0):
        damaged[_spot(content, random)] = random.choice((0, 1, 0x7F, 0x80, 0xFF, random.randrange(256)))
    return bytes(damaged)


def _length(content: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    """Let an element, an item or a fragment lie about its length."""
    value = random.choice((*LENGTHS, len(content), random.randrange(1 << 32)))
    items = [match.start() + 4 for match in ITEMS.finditer(content)]
    if items and random.random() < 0.4:
        at, size = random.choice(items[:50] + items[-5:]), 4
    else:
        chosen = _element(content, random)
        if chosen is None:
            return content
        size = 4 if chosen[1] - chosen[0] == 12 else 2
        at = chosen[1] - size
    return content[:at] + (value & ((1 << 8 * size) - 1)).to_bytes(size, "little") + content[at + size :]


def _kind(content: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    chosen = _element(content, random)
    if chosen is None:
        return content
    kind = random.choice((*KINDS.split(), b"\0\0", b"ZZ", b"us"))
    return content[: chosen[0] + 4] + kind + content[chosen[0] + 6 :]


def _value(content: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    """Replace a value by one that a careless reader stumbles over, with a length that fits."""
    chosen = _element(content, random)
    if chosen is None or chosen[2] > len(content):
        return content
    at, start, length = chosen
    kind = content[at + 4 : at + 6]
    if kind in {b"US", b"SS"}:
        value = struct.pack("<H", random.choice(WORDS)) * random.choice((1, 1, 1, 2, 3, 100))
    elif kind in {b"FD", b"FL", b"OB", b"OW", b"UN"}:
        value = bytes(
            random.choice((0, 0xFF, 0x7F, random.randrange(256))) for _ in range(random.choice((0, 1, 2, 8, 99)))
        )
    else:
        value = random.choice(TEXTS)
    value += b" " * (len(value) % 2)
    size = start - at - 4 - 2
    head = bytes(2) + len(value).to_bytes(4, "little") if size == 6 else len(value).to_bytes(2, "little")
    return content[: at + 6] + head + value + content[start + length :]


def _tag(content: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    chosen = _element(content, random)
    tag = random.choice(TAGS)
    if chosen is None:
        return content
    return content[: chosen[0]] + struct.pack("<HH", tag >> 16, tag & 0xFFFF) + content[chosen[0] + 4 :]


def _move(content: bytes, others: Sequence[bytes], random: Random) -> bytes:
    """Drop an element, write it twice, or put it or another file's somewhere else."""
    chosen = _element(content, random)
    if chosen is None or chosen[2] > len(content):
        return content
    at, end = chosen[0], chosen[1] + chosen[2]
    what = random.randrange(4)
    if what == 0:
        return content[:at] + content[end:]
    if what == 1:
        return content[:end] + content[at:end] * random.choice((1, 2, 500)) + content[end:]
    other = content if what == 2 else random.choice(others)
    there = _element(other, random)
    if there is None or there[2] > 100_000:
        return content
    return content[:at] + other[there[0] : there[1] + there[2]] + content[at:]


def _syntax(content: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    """Name another transfer syntax than the one that was used."""
    at = content.find(b"\x02\0\x10\0UI", 0, 400)
    if at < 0:
        return content
    length = int.from_bytes(content[at + 6 : at + 8], "little")
    uid = random.choice(SYNTAXES).encode()
    uid += b"\0" * (len(uid) % 2)
    return content[: at + 6] + len(uid).to_bytes(2, "little") + uid + content[at + 8 + length :]


def _pixels(content: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    """Damage the bytes of the pixels, most often those at their start, where a codestream keeps its own header."""
    start = content.rfind(PIXEL_DATA) + 12
    if start < 12 or start >= len(content):
        return content
    damaged = bytearray(content)
    within = min(len(content) - start, random.choice((40, 40, 200, 1 << 30)))
    for _ in range(random.choice((1, 1, 2, 8))):
        damaged[start + random.randrange(within)] = random.choice((0, 1, 0xFE, 0xFF, 0x80, random.randrange(256)))
    return bytes(damaged)


def _sizes(content: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    """Let the header, and with it the codestream, claim an image of another size."""
    sides = (1, 2, 199, 200, 201, 1000, 2000, 2049, 5000, 20_000, 65_535)
    for element, old in ((b"\x28\0\x10\0US\x02\0", 240), (b"\x28\0\x11\0US\x02\0", 200)):
        new = random.choice((old, random.choice(sides)))
        at = content.find(element)
        if at >= 0:
            content = content[: at + 8] + struct.pack("<H", new) + content[at + 10 :]
            start = content.rfind(PIXEL_DATA)
            if random.random() < 0.8:
                head = content[start : start + 400]
                for form in (">I", ">H"):
                    head = head.replace(struct.pack(form, old), struct.pack(form, new), 1)
                content = content[:start] + head + content[start + 400 :]
    return content


def _encapsulation(content: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    """Damage the items around the compressed pixels: missing, empty, too many, nested, or of another kind."""
    start = content.rfind(PIXEL_DATA) + 12
    if start < 12:
        return content
    head, rest, item = content[:start], content[start:], b"\xfe\xff\x00\xe0"
    noise = bytes(random.randrange(256) for _ in range(400))
    lengths = (0, 8, len(rest), 0xFFFFFFFF)
    return random.choice(
        (
            head + (item + bytes(4)) * random.choice((1, 3, 5000)) + rest,
            head + rest[8:],  # no Basic Offset Table
            head + item + struct.pack("<I", len(noise)) + noise + rest,
            head[:-4] + struct.pack("<I", random.choice(lengths)) + rest,
            content.replace(b"\xfe\xff\xdd\xe0", random.choice((b"", b"\xfe\xff\x0d\xe0", item))),
            head + rest[:8] + item + struct.pack("<I", len(content)) + rest[8:],
        )
    )


def _cut(content: bytes, others: Sequence[bytes], random: Random) -> bytes:
    """Cut off, take out, repeat, or go on with another file."""
    first, second = sorted((_spot(content, random), _spot(content, random)))
    what = random.randrange(5)
    if what == 0:
        return content[:first]
    if what == 1:
        return content[:first] + content[second:]
    if what == 2:
        return content[:second] + content[first:]
    if what == 3:
        return content[:first] + bytes(random.randrange(256) for _ in range(random.choice((1, 2, 8)))) + content[first:]
    other = random.choice(others)
    return content[:first] + other[random.randrange(len(other)) :]


def _nesting(content: bytes, _others: Sequence[bytes], random: Random) -> bytes:
    """Put a sequence in a sequence in a sequence, with lengths or without, closed or not."""
    at = content.find(b"\x28\0\x02\0US")
    if at < 0:
        return content
    depth = random.choice((2, 30, 300, 3000, 20_000))
    tag = random.choice((b"\x08\0\x18\x22", b"\x54\0\x20\x02", b"\x28\0\x10\x30", b"\x00\x52\x29\x92"))
    opened = (tag + b"SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff") * depth
    closed = (b"\xfe\xff\x0d\xe0" + bytes(4) + b"\xfe\xff\xdd\xe0" + bytes(4)) * depth
    return content[:at] + opened + (closed if random.random() < 0.5 else b"") + content[at:]


MUTATIONS: Final[tuple[Callable[[bytes, Sequence[bytes], Random], bytes], ...]] = (
    _bytes, _length, _length, _kind, _value, _value, _tag, _move, _syntax, _pixels, _pixels, _sizes, _encapsulation,
    _cut, _nesting,
)  # fmt: skip
"""Each as often as it stands here."""
