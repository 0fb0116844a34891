"""Stored bits become codes: as the header says, or as the pixels show if the header is wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import itemgetter
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.dicom.pixels.continuity import (
    ROUGH,
    SMOOTHER,
    check_rows,
    count_jumps,
    find_folds,
    has_swapped_pairs,
    roughness,
)
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.lexicon import Flag, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mammocalc.dicom.pixels.continuity import Folds
    from mammocalc.dicom.pixels.layout import PixelLayout

FOLDED_SHARE: Final = 1e-3
"""Above this share of neighbours that lie at both ends of the range, values wrapped before they were written."""
OVERSHOOT_SHARE: Final = 1 / 8
"""How far beyond its range, as a share of it, a lossy decoder's value is an overshoot: ringing at a sharp edge."""
CLIPPED_SHARE: Final = 0.01
"""Of more pixels than this, an overshoot is worth a flag."""
LEFT_SHARE: Final = 0.3
"""A right reading leaves at most this share of the folds: edges of letters, which are jumps in any reading."""
MADE_SHARE: Final = 0.5
"""A right reading has no folds of its own, or far fewer than there were: edges of letters with noise."""
EQUAL: Final = 1.2
"""Readings whose roughness differs by less than this factor are equally smooth."""
LOW_BITS_SHARE: Final = 0.25
"""Where more of the pixels than this use the bits below the stored ones, those are no overlay."""


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """
    Pixels before their bits are read.

    Attributes
    ----------
    values : ndarray of uint16, shape (rows, columns)
        Bit patterns.
    bits : int
        How many bits of each word there are: those that are allocated, or
        the precision of a compressed stream.
    is_packed : bool
        Whether High Bit speaks of these words: uncompressed ones and RLE.
    is_signed : bool or None
        What the stream says; None where it cannot.
    is_lossy : bool
        Whether values may overshoot those that were compressed.
    is_swapped : bool
        Whether the two bytes of each word were exchanged after reading.
    """

    values: NDArray[np.uint16]
    bits: int
    is_packed: bool
    is_signed: bool | None = None
    is_lossy: bool = False
    is_swapped: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """The bits of a word that are the stored value, and whether it is signed."""

    bits: int
    shift: int
    is_signed: bool

    def codes(self, values: NDArray[np.uint16]) -> NDArray[np.uint16]:
        """Take the stored bits out of each word, and shift signed values so that the smallest is 0."""
        codes = values >> np.uint16(self.shift) if self.shift else values
        if self.bits < 16 and codes.max(initial=0) >> self.bits:  # looking is cheaper than a copy of the image
            codes = codes & np.uint16((1 << self.bits) - 1)
        return codes ^ np.uint16(1 << (self.bits - 1)) if self.is_signed else codes

    def applied_to(self, layout: PixelLayout) -> PixelLayout:
        """Give the layout that this reading makes of the header's."""
        return replace(layout, bits_stored=self.bits, high_bit=self.bits + self.shift - 1, is_signed=self.is_signed)


def settle_words(words: Words, layout: PixelLayout) -> tuple[NDArray[np.uint16], PixelLayout, frozenset[Flag]]:
    """
    Read the stored bits of each word, and hold what the header says of them against the picture.

    A mammogram is smooth: neighbours differ little, but for noise and a few
    edges. Values that are read with too few bits, the wrong ones or the wrong
    sign fold over where they cross a power of two, and words with swapped
    bytes are noise. Another reading is taken only where the header's has such
    folds and the other has not; old overlays in unused bits have none.

    Returns
    -------
    ndarray of uint16, shape (rows, columns)
        Codes.
    PixelLayout
        With the bits and the sign that were read.
    frozenset of Flag
        ``bytes_swapped`` and ``bits_contradicted``.

    Raises
    ------
    ImageUnreadableError
        ``invalid_dimensions`` where the rows do not continue one another,
        ``invalid_tag`` where values wrapped and no reading mends them.
    """
    stated = _header_reading(words, layout)
    flags: set[Flag] = set()
    codes = stated.codes(words.values)
    words, header = _unscramble(words, stated, codes)
    if words.is_swapped:
        flags.add(Flag.BYTES_SWAPPED)
    if words.is_swapped or header != stated:
        codes = header.codes(words.values)
    if words.is_packed:
        check_rows(codes)
    clipped = _clip_overshoot(words, header) if words.is_lossy and words.bits > header.bits else None
    if clipped is not None:
        codes, share = clipped
        flags |= {Flag.BITS_CONTRADICTED} if header != stated or share > CLIPPED_SHARE else set()
        return codes, header.applied_to(layout), frozenset(flags)
    reading = _choose(words, header, codes)
    if reading != stated or words.bits < layout.bits_stored or _sign_differs(words, layout):
        flags.add(Flag.BITS_CONTRADICTED)
    codes = codes if reading == header else reading.codes(words.values)
    return codes, reading.applied_to(layout), frozenset(flags)


def _header_reading(words: Words, layout: PixelLayout) -> Reading:
    """Read as the header says, with no more bits than there are."""
    if words.is_packed:
        return Reading(layout.bits_stored, layout.high_bit + 1 - layout.bits_stored, layout.is_signed)
    return Reading(min(layout.bits_stored, words.bits), 0, layout.is_signed)


def _unscramble(words: Words, header: Reading, codes: NDArray[np.uint16]) -> tuple[Words, Reading]:
    """
    Give words and reading of which the picture is no noise: swapped bytes, and values at the wrong end of the word.

    Of readings that are as smooth as the best, the one that is nearest to the
    header's is taken. ``codes`` are what the header's gives.
    """
    if words.bits == 8:
        is_swapped = words.is_packed and has_swapped_pairs(words.values)
        return (_with_swapped_bytes(words) if is_swapped else words), header
    stated = roughness(codes)
    if stated <= ROUGH:
        return words, header
    candidates = [
        (candidate, reading, roughness(reading.codes(candidate.values)))
        for candidate in ((words, _with_swapped_bytes(words)) if words.is_packed else (words,))
        for reading in (header, *_other_readings(candidate, header, _used(candidate.values)))
    ]
    least = min(rough for _, _, rough in candidates)
    if least * SMOOTHER >= stated:
        return words, header
    return next((candidate, reading) for candidate, reading, rough in candidates if rough <= EQUAL * least)


def _with_swapped_bytes(words: Words) -> Words:
    """Swap the bytes of each word, or of each pair of pixels of 8 bits."""
    if words.bits == 16:
        return replace(words, values=words.values.byteswap(), is_swapped=True)
    swapped = words.values.ravel().copy()
    even = swapped.size // 2 * 2
    swapped[:even] = swapped[:even].reshape(-1, 2)[:, ::-1].ravel()
    return replace(words, values=swapped.reshape(words.values.shape), is_swapped=True)


def _used(values: NDArray[np.uint16]) -> int:
    """Give how many bits of the words are in use: up to the highest that is set anywhere."""
    return max(int(values.max()).bit_length(), 2)


def _sign_differs(words: Words, layout: PixelLayout) -> bool:
    """Whether the stream says of the sign what the header does not, and a value depends on it."""
    if words.is_signed in {None, layout.is_signed}:
        return False
    return bool(int(words.values.max()) >> (min(words.bits, layout.bits_stored) - 1))


def _clip_overshoot(words: Words, header: Reading) -> tuple[NDArray[np.uint16], float] | None:
    """
    Clip what a lossy decoder overshot, at both ends; masking would turn white into black.

    Returns
    -------
    (ndarray of uint16, float) or None
        Codes, and the share of pixels that were clipped; None where the
        values lie too far beyond the range for that.
    """
    is_signed = header.is_signed if words.is_signed is None else words.is_signed
    values = Reading(words.bits, 0, is_signed).codes(words.values).astype(np.int32)
    values -= ((1 << (words.bits - 1)) if is_signed else 0) - ((1 << (header.bits - 1)) if header.is_signed else 0)
    largest = (1 << header.bits) - 1
    reach = largest * OVERSHOOT_SHARE
    if values.min() < -reach or values.max() > largest + reach:
        return None
    share = float(np.mean((values < 0) | (values > largest)))
    return np.clip(values, 0, largest).astype(np.uint16), share


def _choose(words: Words, stated: Reading, codes: NDArray[np.uint16]) -> Reading:
    """Choose the reading that gave these codes, or another that the picture shows to be right."""
    values, used = words.values, _used(words.values)
    header = _with_low_bits(values, stated, used)
    codes = codes if header == stated else header.codes(values)
    others = [reading for reading in _other_readings(words, header, used) if reading != header]
    range_bits = _range_bits(header, codes)
    folds = find_folds(codes, range_bits)
    if folds is None:
        return _follow_stream(words, header)
    least = 1 << (range_bits - 1 + header.shift)
    counts = [(*_count_what_is_left(folds, other, values, least), other) for other in others]
    better = [
        (left + made, other)
        for left, made, other in counts
        if left <= LEFT_SHARE * folds.count and made <= MADE_SHARE * folds.count
    ]
    if better:
        return min(better, key=itemgetter(0))[1]
    if folds.count > FOLDED_SHARE * folds.n_pairs:
        message = (
            f"Values jump by {1 << range_bits} between neighbours all over the image: they were cut to {range_bits} "
            "bits, or Bits Stored, High Bit or Pixel Representation is wrong. Export the image again from the source."
        )
        raise ImageUnreadableError(Reason.INVALID_TAG, message)
    return header


def _with_low_bits(values: NDArray[np.uint16], header: Reading, used: int) -> Reading:
    """Take the bits below the stored ones too, where the picture uses them: High Bit is too high, or bits too few."""
    if not header.shift:
        return header
    low = values & np.uint16((1 << header.shift) - 1)
    n_varying = low.size - int(np.bincount(low.ravel()).max())  # bits that are set everywhere say nothing
    if n_varying <= LOW_BITS_SHARE * np.count_nonzero(values):
        return header
    return replace(header, bits=header.bits if used <= header.bits else header.bits + header.shift, shift=0)


def _range_bits(reading: Reading, codes: NDArray[np.uint16]) -> int:
    """Give the bits in which values may have wrapped: an unsigned image may use a part of its bits only."""
    return reading.bits if reading.is_signed else max(int(codes.max()).bit_length(), 2)


def _count_what_is_left(folds: Folds, other: Reading, values: NDArray[np.uint16], least: int) -> tuple[int, int]:
    """Count the folds that are jumps in another reading too, and the folds of its own."""
    codes = other.codes(values)
    made = find_folds(codes, _range_bits(other, codes))
    return count_jumps(folds, codes.astype(np.int32) << other.shift, least), made.count if made else 0


def _follow_stream(words: Words, header: Reading) -> Reading:
    """Take the sign of the stream where both readings are smooth: it is what was encoded."""
    if words.is_signed is None or words.is_signed == header.is_signed:
        return header
    stream = Reading(words.bits, 0, words.is_signed)
    codes = stream.codes(words.values)
    return header if find_folds(codes, _range_bits(stream, codes)) else stream


def _other_readings(words: Words, header: Reading, used: int) -> Iterator[Reading]:
    """Yield what else the words may be: values at the top of the word, more bits, the other sign."""
    is_top_used, spare = used == words.bits, words.bits - header.bits
    is_at_top = is_top_used and spare and not np.any(words.values & np.uint16((1 << spare) - 1))
    if is_at_top:
        yield replace(header, shift=spare)
    if used > header.bits:
        yield Reading(used, 0, is_signed=False)
    yield replace(header, is_signed=not header.is_signed)
    if is_top_used:
        yield Reading(words.bits, 0, is_signed=True)
    if is_at_top:
        yield Reading(header.bits, spare, not header.is_signed)
