"""The outline of a particle: its contour at half of its height, parted from its neighbours."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from skimage.measure import find_contours, points_in_poly
from skimage.segmentation import watershed

from mammocalc.imaging.tophat import line_footprints, line_tophat
from mammocalc.vocabulary.geometry import convex_hull, feret_diameters, fill_polygon, polygon_area

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Breast, Particle, Scale
    from mammocalc.vocabulary.geometry import PixelSpacing

_ANGLES = 8

LEVEL: Final = 0.5
"""Height of the contour, as a share of the particle's height above the background."""

_MERGE_SHARE: Final = 0.65
"""Two peaks belong to one particle when the saddle between them is at least this share of the lower peak. Two specks a
blur apart have a valley of half their height; the texture of one large calcification is shallower."""

_BACKGROUND_LENGTH_MM: Final = 2.2
"""Length of the lines with which the background below a particle of the fine scales is found, those with shorter
lines: well over that of the search, so that two particles that touch, or one of nearly that length, are no background
themselves."""


@dataclass(frozen=True, eq=False)
class Outline:
    """
    A closed outline in pixels of the breast's box, and the lines its background was found with.

    ``feret_mm`` are its largest and smallest Feret diameter, ``box`` its first
    row, first column, last row and last column, ``height`` that of its peak
    above the background, 0 where the search drew it.
    """

    outline: NDArray[np.float64]
    background_length_mm: float
    is_split: bool
    feret_mm: tuple[float, float]
    box: tuple[float, float, float, float]
    height: float

    @cached_property
    def solidity(self) -> float:
        """Share of the convex hull's area that lies inside."""
        return self.area_px / max(polygon_area(convex_hull(self.outline)), self.area_px)

    @cached_property
    def area_px(self) -> float:
        """Area inside, in pixels."""
        return polygon_area(self.outline)

    def shares(self, other: Outline) -> float:
        """Give the share of the smaller one's area that lies in the other as well."""
        (top, left, bottom, right), (top2, left2, bottom2, right2) = self.box, other.box
        if top >= bottom2 or top2 >= bottom or left >= right2 or left2 >= right:
            return 0.0  # nearly always, and it is asked of every two particles
        top, left, bottom, right = max(top, top2), max(left, left2), min(bottom, bottom2), min(right, right2)
        corner = np.floor([top, left])
        shape = (math.ceil(bottom - corner[0]) + 1, math.ceil(right - corner[1]) + 1)
        common = np.count_nonzero(
            fill_polygon(self.outline - corner, shape) & fill_polygon(other.outline - corner, shape)
        )
        return common / max(min(self.area_px, other.area_px), 1.0)

    def holds(self, position: tuple[float, float]) -> bool:
        """Tell whether a position lies inside."""
        return bool(points_in_poly([position], self.outline)[0])


def outline_of(
    corners: NDArray[np.float64],
    spacing: PixelSpacing,
    background_length_mm: float,
    *,
    is_split: bool,
    height: float = 0.0,
) -> Outline:
    """Give an outline by its corners, shape (n, 2), the last of them equal to the first."""
    (top, left), (bottom, right) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    feret_mm = feret_diameters(spacing.to_mm(corners))
    return Outline(corners, background_length_mm, is_split, feret_mm, (top, left, bottom, right), height)


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """
    The images in which the outlines of all particles are found.

    Attributes
    ----------
    scales : tuple of Scale
        From fine to coarse.
    corner_px : tuple of int
        Where their images begin in the stored one.
    footprints : tuple of ndarray of uint8
        The lines with which the background below fine particles is found.
    backgrounds : dict of int to ndarray of float32
        That of the other scales, as their own top-hats found it.
    peaks_px : ndarray of int, shape (n, 2)
        The particles of the finest scale, in pixels of its image.
    """

    scales: tuple[Scale, ...]
    corner_px: tuple[int, int]
    footprints: tuple[NDArray[np.uint8], ...]
    backgrounds: dict[int, NDArray[np.float32]]
    peaks_px: NDArray[np.int_]


def surroundings_of(
    particles: Sequence[Particle],
    scales: tuple[Scale, ...],
    breast: Breast,
    spacing: PixelSpacing,
) -> Surroundings:
    """Gather what `find_outline` needs, once for all particles of an image."""
    corner_px = breast.box_px[:2]
    peaks = [(p.row_px, p.column_px) for p in particles if p.scale == 0]
    coarse = {p.scale for p in particles if scales[p.scale].length_mm > _BACKGROUND_LENGTH_MM}
    return Surroundings(
        scales=scales,
        corner_px=corner_px,
        footprints=line_footprints(spacing, _BACKGROUND_LENGTH_MM, _ANGLES),
        backgrounds={i: cv2.subtract(scales[i].image, scales[i].tophat).astype(np.float32) for i in coarse},
        peaks_px=np.rint(np.array(peaks).reshape(-1, 2) - corner_px).astype(np.int_),
    )


def find_outline(
    particle: Particle, around: Surroundings, spacing: PixelSpacing, taken: Outline | None = None
) -> Outline | None:
    """Find the outline of one particle, without what is taken; None where its peak has no closed contour."""
    scale, finest = around.scales[particle.scale], around.scales[0]
    row, column = round(particle.row_px - around.corner_px[0]), round(particle.column_px - around.corner_px[1])
    is_fine = scale.length_mm <= _BACKGROUND_LENGTH_MM
    reach_mm = _BACKGROUND_LENGTH_MM if is_fine else scale.length_mm
    half = math.ceil(1.25 * reach_mm / finest.pixel_mm)
    top, left = max(0, row - half), max(0, column - half)
    patch = finest.image[top : row + half + 1, left : column + half + 1]
    if is_fine:
        excess = line_tophat(patch, around.footprints).astype(np.float64)
    else:
        excess = _above(around.backgrounds[particle.scale], scale.step_px, patch, (top, left))
    at = (row - top, column - left)
    if particle.scale > 0:  # the peak of an averaged image lies somewhere within its pixel
        reach = scale.step_px
        window = excess[max(0, at[0] - reach) : at[0] + reach + 1, max(0, at[1] - reach) : at[1] + reach + 1]
        inner = np.unravel_index(int(window.argmax()), window.shape)
        at = (max(0, at[0] - reach) + int(inner[0]), max(0, at[1] - reach) + int(inner[1]))
    height = float(excess[at])
    if height <= 0:
        return None
    region = _component(excess >= LEVEL * height, at)
    own = _without_neighbours(region, excess, at, around.peaks_px - (top, left))
    if taken is not None:
        own = own & (fill_polygon(taken.outline - (top, left), own.shape) == 0)
        if not own[at]:
            return None
        own = _component(own, at)
    framed, corner = _framed(np.where(own | ~region, excess, 0.0), own)
    outlines = [c + corner for c in find_contours(framed, LEVEL * height) if len(c) > 3]
    holding = [c for c in outlines if points_in_poly([at], c)[0]]
    if not holding:
        return None
    corners = max(holding, key=polygon_area) + np.array([top, left])
    return outline_of(corners, spacing, reach_mm, is_split=own is not region, height=height)


def _framed(excess: NDArray[np.float64], own: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.int_]]:
    """Cut out a part with the pixels around it, and give its first corner."""
    part = cv2.dilate(own.astype(np.uint8), np.ones((3, 3), np.uint8))
    left, top, width, height = cv2.boundingRect(part)
    box = slice(top, top + height), slice(left, left + width)
    framed = np.zeros((height + 2, width + 2))
    np.copyto(framed[1:-1, 1:-1], excess[box], where=part[box].astype(bool))
    return framed, np.array([top - 1, left - 1])


def _above(
    background: NDArray[np.float32], step_px: int, patch: NDArray[np.uint16], corner: tuple[int, int]
) -> NDArray[np.float64]:
    """Height of a part of the finest image above the background of a scale with larger pixels."""
    rows, columns = (np.arange(first, first + count) for first, count in zip(corner, patch.shape, strict=True))
    x, y = np.meshgrid((columns - (step_px - 1) / 2) / step_px, (rows - (step_px - 1) / 2) / step_px)
    smooth = cv2.remap(
        background, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.maximum(patch - smooth.astype(np.float64), 0.0)


def _without_neighbours(
    region: NDArray[np.bool_], excess: NDArray[np.float64], at: tuple[int, int], peaks: NDArray[np.int_]
) -> NDArray[np.bool_]:
    """Take away from a region what a watershed gives to its other peaks; the region itself where it has none."""
    near = peaks[((peaks >= 0) & (peaks < excess.shape)).all(axis=1) & (peaks != at).any(axis=1)]
    near = near[region[near[:, 0], near[:, 1]]]
    markers = np.zeros(excess.shape, np.int32)
    for number, (row, column) in enumerate(near.tolist(), start=2):
        saddle = _MERGE_SHARE * min(excess[at], excess[row, column])
        if not _component(excess >= saddle, at)[row, column]:
            markers[row, column] = number
    if not markers.any():
        return region
    markers[at] = 1
    return np.asarray(watershed(-excess, markers, mask=region) == 1)


def _component(mask: NDArray[np.bool_], at: tuple[int, int]) -> NDArray[np.bool_]:
    """Give the 8-connected part of a mask that holds a position."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    return np.asarray((labels == labels[at]) & mask)
