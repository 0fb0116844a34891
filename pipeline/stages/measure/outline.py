"""The outline of a particle: its contour at half of its height, parted from its neighbours."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from skimage.measure import find_contours, points_in_poly
from skimage.segmentation import watershed

from pipeline.geometry import polygon_area
from pipeline.tophat import line_footprints, line_tophat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.geometry import PixelSpacing
    from pipeline.model import Breast, Channel, Particle
    from pipeline.stages.measure.settings import MeasureSettings

_ANGLES = 8


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A closed outline in pixels of the breast's box, and the lines its background was found with."""

    outline: NDArray[np.float64]
    background_length_mm: float
    is_split: bool

    @property
    def middle(self) -> tuple[float, float]:
        """The mean of its corners."""
        row, column = self.outline.mean(axis=0)
        return float(row), float(column)

    def holds(self, position: tuple[float, float]) -> bool:
        """Tell whether a position lies inside."""
        low, high = self.outline.min(axis=0), self.outline.max(axis=0)
        if not (low[0] <= position[0] <= high[0] and low[1] <= position[1] <= high[1]):
            return False
        return bool(points_in_poly([position], self.outline)[0])


def find_outline(
    particle: Particle,
    fine: Sequence[Particle],
    channels: tuple[Channel, ...],
    breast: Breast,
    spacing: PixelSpacing,
    settings: MeasureSettings,
) -> Outline | None:
    """Find the outline of one particle; None where its peak has no closed contour."""
    channel = channels[particle.channel]
    top, left, *_ = breast.box_px
    row, column = round(particle.row_px - top), round(particle.column_px - left)
    is_fine = channel.length_mm <= settings.background_length_mm
    reach_mm = settings.background_length_mm if is_fine else channel.length_mm
    half = math.ceil(1.25 * reach_mm / channels[0].pixel_mm)
    if is_fine:
        footprints = line_footprints(spacing, reach_mm, _ANGLES)
        excess, origin = _fine_excess(channels[0], row, column, half, footprints)
    else:
        excess, origin = _coarse_excess(channels, particle.channel, row, column, half)
    at = (row - origin[0], column - origin[1])
    if particle.channel > 0:  # the peak of an averaged image lies somewhere within its pixel
        reach = channel.step_px
        window = excess[max(0, at[0] - reach) : at[0] + reach + 1, max(0, at[1] - reach) : at[1] + reach + 1]
        inner = np.unravel_index(int(window.argmax()), window.shape)
        at = (max(0, at[0] - reach) + int(inner[0]), max(0, at[1] - reach) + int(inner[1]))
    height = float(excess[at])
    if height <= 0:
        return None
    excess, is_split = _without_neighbours(excess, origin, at, particle, fine, breast, settings)
    framed = np.pad(excess, 1)
    outlines = [c - 1 for c in find_contours(framed, settings.level * height) if len(c) > 3]
    around = [c for c in outlines if points_in_poly([at], c)[0]]
    if not around:
        return None
    outline = max(around, key=polygon_area)
    return Outline(outline + origin, reach_mm, is_split)


def _fine_excess(
    channel: Channel, row: int, column: int, half: int, footprints: tuple[NDArray[np.uint8], ...]
) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """Height above the background around a position, and the patch's origin."""
    top, left = max(0, row - half), max(0, column - half)
    patch = channel.image[top : row + half + 1, left : column + half + 1]
    return line_tophat(patch, footprints).astype(np.float64), (top, left)


def _coarse_excess(
    channels: tuple[Channel, ...], index: int, row: int, column: int, half: int
) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """Height above the channel's background around a position, on the finest pixels, and the patch's origin."""
    image = channels[0].image
    top, left = max(0, row - half), max(0, column - half)
    bottom, right = min(image.shape[0], row + half + 1), min(image.shape[1], column + half + 1)
    channel = channels[index]
    step = channel.step_px
    rows, columns = np.arange(top, bottom), np.arange(left, right)
    background = cv2.subtract(channel.image, channel.residue).astype(np.float32)
    x, y = np.meshgrid((columns - (step - 1) / 2) / step, (rows - (step - 1) / 2) / step)
    smooth = cv2.remap(
        background, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.maximum(image[top:bottom, left:right] - smooth.astype(np.float64), 0.0), (top, left)


def _without_neighbours(
    excess: NDArray[np.float64],
    origin: tuple[int, int],
    at: tuple[int, int],
    particle: Particle,
    fine: Sequence[Particle],
    breast: Breast,
    settings: MeasureSettings,
) -> tuple[NDArray[np.float64], bool]:
    """Blank out what a watershed gives to other peaks of the same region."""
    region = _component(excess >= settings.level * excess[at], at)
    markers = np.zeros(excess.shape, np.int32)
    for number, other in enumerate(fine, start=2):
        row = round(other.row_px - breast.box_px[0]) - origin[0]
        column = round(other.column_px - breast.box_px[1]) - origin[1]
        inside = 0 <= row < excess.shape[0] and 0 <= column < excess.shape[1]
        if other is particle or not inside or not region[row, column]:
            continue
        saddle = settings.merge_share * min(excess[at], excess[row, column])
        if not _component(excess >= saddle, at)[row, column]:
            markers[row, column] = number
    if not markers.any():
        return excess, False
    markers[at] = 1
    labels = watershed(-excess, markers, mask=region)
    return np.where(region & (labels != 1), 0.0, excess), True


def _component(mask: NDArray[np.bool_], at: tuple[int, int]) -> NDArray[np.bool_]:
    """Give the 8-connected part of a mask that holds a position."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    return np.asarray((labels == labels[at]) & mask)
