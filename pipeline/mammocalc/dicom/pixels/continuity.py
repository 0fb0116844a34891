"""Continuity of neighbouring pixels, which shows whether they were read correctly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.lexicon import Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

N_FAR: Final = 20_000
"""Pairs of pixels far apart; a mean over them holds to a few per cent."""
ROUGH: Final = 0.12
"""Neighbours that differ by more than this share of what pixels far apart do are looked at: 0.02 on real images, 0.06
on the noisiest simulated one, 0.2 and more with swapped bytes or a wrong width."""
SMOOTHER: Final = 3.0
"""How many times smoother swapped bytes, or exchanged sides, have to be before they are believed."""
SHEARS_PX: Final = (1, 2, 4, 8, 16, 32, 64)
"""A width that is a little wrong moves each row against the one above by as many pixels; a step near it shows too."""
SHEAR_ROWS: Final = 8
"""Rows so far apart are compared: over one row noise hides a movement of a pixel."""
EVERY_ROWS: Final = 48
SHEARED: Final = 0.95
"""Rows that fit so much better when moved were sheared: 0.88 at one pixel, 0.4 at eight; of 279 real and simulated
images none fits better anywhere than at its own place."""
END_SHARE: Final = 1 / 8
"""The ends of the range, in which the pixels of a folded pair lie."""
SWAPPED_PAIRS: Final = 1.04
"""How much more pixels that touch have to differ than pixels three apart: 0.94 at most where they are in order."""
MIN_PIXELS: Final = 1 << 16
"""On fewer, that ratio is chance, and a gradient alone makes neighbours differ."""
MIN_FOLDS: Final = 64
MIN_FOLDS_SHARE: Final = 2e-5
"""Fewer folded pairs prove nothing."""
MIN_LEVELS: Final = 8
MAX_LEVEL_SHARE: Final = 0.2
"""Folded values come from noise over many levels; letters, air and saturation have one, which is left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Folds:
    """Neighbours at opposite ends of a range (rows, columns in each half of `_pairs`), their number, and the total."""

    at: tuple[tuple[NDArray[np.intp], NDArray[np.intp]], ...]
    count: int
    n_pairs: int


def roughness(codes: NDArray[np.uint16]) -> float:
    """
    Give how much neighbours in a row differ, as a share of how much pixels far apart do.

    Returns
    -------
    float
        About 1 for noise, and for a constant image, which shows nothing.
    """
    far = _mean_far_difference(codes)
    return _mean_difference(codes[::2, 1:], codes[::2, :-1]) / far if far else 1.0


def has_swapped_pairs(values: NDArray[np.uint16]) -> bool:
    """Tell whether 8-bit pixels are swapped in pairs, like the bytes of a word."""
    row = values.reshape(-1)[: values.size // 2 * 2]
    if row.size < MIN_PIXELS:
        return False
    # Those that touch are then three pixels apart, and those three apart touch.
    touching, apart = _mean_difference(row[1:-2:2], row[2::2]), _mean_difference(row[:-3:2], row[3::2])
    return touching > SWAPPED_PAIRS * apart


def check_rows(codes: NDArray[np.uint16]) -> None:
    """
    Refuse an image whose successive rows do not fit together, as happens if its width is wrong.

    Raises
    ------
    ImageUnreadableError
        ``invalid_dimensions``.
    """
    if codes.size < MIN_PIXELS:
        return
    far = _mean_far_difference(codes)
    along = _mean_difference(codes[::2, 1:], codes[::2, :-1])
    across = _mean_difference(codes[1::2], codes[: codes.shape[0] // 2 * 2 : 2])
    if (across <= ROUGH * far or across <= SMOOTHER * along) and not _is_sheared(codes):
        return
    rows, columns = codes.shape
    turned = codes.reshape(columns, rows)
    exchanged = _mean_difference(turned[1::2], turned[: columns // 2 * 2 : 2]) * SMOOTHER < across
    why = "they are those of an image with Rows and Columns exchanged" if exchanged else "one of the two is wrong"
    message = (
        f"The rows of the image do not continue one another at {rows} Rows and {columns} Columns: {why}. "
        "Export the image again from the source."
    )
    raise ImageUnreadableError(Reason.INVALID_DIMENSIONS, message)


def find_folds(codes: NDArray[np.uint16], bits: int) -> Folds | None:
    """
    Find neighbours at opposite ends of a range of bits, if there are enough, of many grey levels.

    Returns
    -------
    Folds or None
        None where they are too few, or of too few levels, to prove anything.
    """
    low = round((1 << bits) * END_SHARE)
    high = (1 << bits) - low
    at = [_pairs_over(first, second, low, high) for first, second in _pairs(codes)]
    n_pairs = sum(first.size for first, _ in _pairs(codes))
    for _ in range(2):  # black air and white letters are two levels at most
        both = [
            np.sort([first[places], second[places]], axis=0)
            for (first, second), places in zip(_pairs(codes), at, strict=True)
        ]
        lower, upper = np.concatenate(both, axis=1)
        if lower.size < max(MIN_FOLDS, MIN_FOLDS_SHARE * n_pairs):
            return None
        dark, light = _frequent_level(lower), _frequent_level(upper)
        kept = [(below != dark) & (above != light) for below, above in both]
        at = [(rows[some], columns[some]) for (rows, columns), some in zip(at, kept, strict=True)]
    if min(len(np.unique(lower)), len(np.unique(upper))) < MIN_LEVELS:
        return None
    return Folds(tuple(at), sum(len(rows) for rows, _ in at), n_pairs)


def count_jumps(folds: Folds, values: NDArray[np.int32], least: int) -> int:
    """
    Count the folds at which the values of another reading still jump.

    Parameters
    ----------
    folds : Folds
    values : ndarray of int32, shape (rows, columns)
        The same pixels, read otherwise.
    least : int
        Neighbours that differ by so much are a jump.
    """
    jumps = 0
    for places, (first, second) in zip(folds.at, _pairs(values), strict=True):
        jumps += int(np.count_nonzero(np.abs(first[places] - second[places]) >= least))
    return jumps


def _pairs_over(
    first: NDArray[np.uint16], second: NDArray[np.uint16], low: int, high: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give rows and columns of the pairs of which one lies below the one and one not below the other level."""
    if not first.size:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    # Few differ by so much, and only these are looked at more closely.
    rows, columns = np.divmod(np.flatnonzero(cv2.absdiff(first, second) > high - low), first.shape[1])
    one, other = first[rows, columns], second[rows, columns]
    is_over = (np.minimum(one, other) < low) & (np.maximum(one, other) >= high)
    return rows[is_over], columns[is_over]


def _is_sheared(codes: NDArray[np.uint16]) -> bool:
    """Tell whether rows fit those below them better where they are moved by as much at each row."""
    rows, columns = codes.shape
    values = codes.reshape(-1)
    last = rows - 2 * SHEAR_ROWS
    if last <= 0 or columns < 2 * SHEAR_ROWS * SHEARS_PX[0]:
        return False
    upper = codes[:last:EVERY_ROWS]

    def misfit(shear_px: int) -> float:
        moved = values[SHEAR_ROWS * (columns + shear_px) :]
        below = np.lib.stride_tricks.sliding_window_view(moved, columns)[:: EVERY_ROWS * columns][: len(upper)]
        return _mean_difference(upper, below)

    # Moved by nearly a whole width, a row comes to lie on the next one, which always fits better.
    shears = [side * shear_px for shear_px in SHEARS_PX if SHEAR_ROWS * shear_px <= columns / 2 for side in (1, -1)]
    return min(misfit(shear_px) for shear_px in shears) < SHEARED * misfit(0)


def _pairs(image: NDArray[Any]) -> tuple[tuple[NDArray[Any], NDArray[Any]], ...]:
    """Give the neighbours in every other row, and those of every other row with the next."""
    upper, lower = image[::2], image[1::2]
    return (upper[:, :-1], upper[:, 1:]), (upper[: lower.shape[0]], lower)


def _frequent_level(values: NDArray[np.uint16]) -> int:
    """Give the level of more than a fifth of the values, or -1."""
    levels, counts = np.unique(values, return_counts=True)
    return int(levels[counts.argmax()]) if int(counts.max()) > MAX_LEVEL_SHARE * values.size else -1


def _mean_difference(first: NDArray[np.uint16], second: NDArray[np.uint16]) -> float:
    """Give the mean absolute difference of two arrays of one shape."""
    return cv2.norm(first, second, cv2.NORM_L1) / first.size if first.size else 0.0


def _mean_far_difference(codes: NDArray[np.uint16]) -> float:
    """Give the mean absolute difference of pixels far apart: always the same ones."""
    places = np.random.default_rng(0).integers(0, codes.size, (2, N_FAR))
    first, second = codes.reshape(-1)[places]
    return _mean_difference(first, second)
