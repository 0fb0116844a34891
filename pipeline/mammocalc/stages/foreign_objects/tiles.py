"""Many small pieces of an image in one array, too far apart to touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Particle

GAP_PX: Final = 5
"""Empty rows below each tile; nothing may be widened by more."""
_LEVELS: Final = np.iinfo(np.uint16).max + 1


def cut_out(
    particles: Sequence[Particle], image: NDArray[np.uint16], half: int
) -> tuple[NDArray[np.uint16], NDArray[np.bool_]]:
    """Cut a tile around each particle, shape (n, side + gap, side), and a mask of pixels inside the image."""
    side = 2 * half + 1
    tiles = np.zeros((len(particles), side + GAP_PX, side), np.uint16)
    is_image = np.zeros(tiles.shape, np.bool_)
    for tile, shown, particle in zip(tiles, is_image, particles, strict=True):
        row, column = round(particle.row_px) - half, round(particle.column_px) - half
        patch = image[max(row, 0) : row + side, max(column, 0) : column + side]
        top, left = max(-row, 0), max(-column, 0)
        here = slice(top, top + patch.shape[0]), slice(left, left + patch.shape[1])
        tile[here], shown[here] = patch, True
    return tiles, is_image


def densest_near_middle(tiles: NDArray[np.uint16], half: int, near: int) -> tuple[NDArray[np.int_], ...]:
    """Give the densest pixel near the middle of each tile, as an index of all tiles."""
    window = tiles[:, half - near : half + near + 1, half - near : half + near + 1]
    row, column = divmod(window.reshape(len(tiles), -1).argmax(axis=1), window.shape[2])
    return np.arange(len(tiles)), row + half - near, column + half - near


def median_of(tiles: NDArray[np.uint16], is_image: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Median of the image in each tile."""
    whole = tiles[:, :-GAP_PX].reshape(len(tiles), -1)
    medians = np.median(whole, axis=1)
    for i in np.flatnonzero(count(is_image) < whole.shape[1]):  # at the edge of the image
        medians[i] = np.median(tiles[i][is_image[i]])
    return np.asarray(medians, dtype=np.float64)


def median_within(tiles: NDArray[np.uint16], masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Median of each tile within its mask; infinite if the mask is empty."""
    counts = count(masks)
    owner = np.repeat(np.arange(len(masks)), counts)
    ranked = np.sort(owner * _LEVELS + tiles[masks]) % _LEVELS  # by tile, then by level
    first = np.cumsum(counts) - counts
    middle = np.full(len(masks), np.inf)
    full = counts > 0
    middle[full] = (ranked[(first + (counts - 1) // 2)[full]] + ranked[(first + counts // 2)[full]]) / 2
    return middle


def count(masks: NDArray[np.bool_]) -> NDArray[np.int_]:
    """Count the pixels of each mask."""
    return np.asarray(np.count_nonzero(masks, axis=(1, 2)))


def joined(masks: NDArray[np.bool_], places: tuple[NDArray[np.int_], ...]) -> NDArray[np.bool_]:
    """Give the 8-connected part of each mask that holds a place; nothing where the place is not in the mask."""
    _, labels = cv2.connectedComponents(_below_each_other(masks), connectivity=8)
    labels = labels.reshape(masks.shape)
    return np.asarray(masks & (labels == labels[places][:, None, None]))


def largest_part(masks: NDArray[np.bool_]) -> NDArray[np.int_]:
    """Count the pixels of the largest 8-connected part of each mask; 0 where it is empty."""
    _, _, parts, _ = cv2.connectedComponentsWithStats(_below_each_other(masks), connectivity=8)
    largest = np.zeros(len(masks), np.int_)
    np.maximum.at(largest, parts[1:, cv2.CC_STAT_TOP] // masks.shape[1], parts[1:, cv2.CC_STAT_AREA])
    return largest


def half_width_px(masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give how far the innermost pixel of each mask is from what is outside; 0 where it is empty."""
    inwards = cv2.distanceTransform(_below_each_other(masks), cv2.DIST_L2, cv2.DIST_MASK_5)
    return np.asarray(inwards.reshape(masks.shape).max(axis=(1, 2)), dtype=np.float64)


def widened(masks: NDArray[np.bool_], reach_px: int) -> NDArray[np.bool_]:
    """Dilate each mask by a number of pixels, diagonally too."""
    side = 2 * reach_px + 1
    return cv2.dilate(_below_each_other(masks), np.ones((side, side), np.uint8)).reshape(masks.shape) > 0


def _below_each_other(masks: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(masks).reshape(-1, masks.shape[2]).view(np.uint8)
