"""Large bodies: popcorn, calcified cysts and fat necrosis, some of them wider than the lines of every top-hat."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from skimage.measure import find_contours

from mammocalc.imaging.holes import without_holes
from mammocalc.model import Particle
from mammocalc.vocabulary.geometry import convex_hull, feret_diameters, polygon_area

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mammocalc.model import Breast, Scale

_DIAGONALS_MM: Final = (6.0, 35.0)
"""Of its frame: a round one has 4 to 25 mm. Smaller ones, the top-hats see whole. Larger ones are implants, folds,
pacemakers, and neighbours cut out together."""
_LEAST_WIDTH_MM: Final = 3.0
"""Narrower ones, the top-hats see, and a stretch of an artery whose walls are full of calcium is 2.4 mm wide."""
_LEAST_AREA_MM2: Final = 12.0
_LEAST_HEIGHT_SIGMA: Final = 22.0
"""Height above what lies around, in its noise, that a quarter of the body exceeds. Ligaments and dense tissue in 200
images of patients reach 20, 26 where they branch; of 34 large calcifications there all but one exceed 24."""
_LEAST_DROP_SIGMA: Final = 15.0
"""Fall within `_DROP_MM` that four fifths of the edge exceed. Calcium ends within a millimetre; tissue does not."""
_LEAST_DROP_SHARE: Final = 0.35
"""The same as a share of the height: a fold that ends sharply at one side only has 0.2 to 0.33, calcifications 0.37 and
more."""
_DROP_MM: Final = 1.0
_LEAST_SOLIDITY: Final = 0.6
"""Share of the convex hull: popcorn is lobed, and neighbours touch; crossings of ligaments fill less."""
_LEVELS: Final = 40
"""Levels at which the image is cut: bodies differ in height, and neighbours part at one level or another."""
_LEVEL: Final = 0.5
"""A body ends at half of its height, as every outline does."""
_AROUND_MM: Final = 3.0
"""What is looked at around a body."""
_WINDOW_MM: Final = 12.0
"""What is looked at around sharp pixels: at low levels neighbours are cut out together."""
_SQUARE: Final = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class _Body:
    """A body in one level's cut, in pixels of a scale."""

    inside: NDArray[np.uint8]
    corner: tuple[int, int]
    ground: float
    height: float
    height_sigma: float
    drop_sigma: float
    off_half: float

    def overlaps(self, other: _Body) -> bool:
        """Tell whether the frames of two bodies share a pixel of both."""
        top, left = (max(one, two) for one, two in zip(self.corner, other.corner, strict=True))
        parts = [body.inside[max(top - body.corner[0], 0) :, max(left - body.corner[1], 0) :] for body in (self, other)]
        rows, columns = (min(part.shape[axis] for part in parts) for axis in (0, 1))
        return bool((parts[0][:rows, :columns] & parts[1][:rows, :columns]).any())


def find_large_bodies(scales: tuple[Scale, ...], breast: Breast) -> tuple[Particle, ...]:
    """
    Find what is large, far brighter than its surroundings, and sharp along most of its edge.

    The top-hats see the lobes and the rim of a large calcification, or
    nothing where it is wider than their lines. Here the image is cut at
    many levels wherever sharp pixels span enough. Of the cuts through one
    body that closest to half of its height counts.

    Parameters
    ----------
    scales : tuple of Scale
        From fine to coarse, at least two.
    breast : Breast
        Where particles may be.

    Returns
    -------
    tuple of Particle
        Each with its outline, at its middle and in the coarsest scale; the
        strongest first, which is the sharpest. Empty where there is none.
    """
    fine = scales[-2]
    seen = [body for window in _windows(scales[-1], fine, breast) for body in _bodies(fine, window, breast)]
    seen.sort(key=lambda body: (body.off_half, body.corner))
    kept: list[_Body] = []
    for body in seen:
        if not any(body.overlaps(other) for other in kept):
            kept.append(body)
    particles = (_particle(body, scales, breast) for body in kept)
    return tuple(sorted(particles, key=lambda p: (-p.strength_sigma, p.row_px, p.column_px)))


def _on_grid(cells: NDArray[np.bool_], scale: Scale, breast: Breast, window: tuple[slice, slice]) -> NDArray[np.bool_]:
    """Give a map of the breast's cells for the pixels of a part of a scale."""
    rows, columns = (
        scale.to_stored(np.arange(count)[part]) + first
        for count, part, first in zip(scale.image.shape, window, breast.box_px[:2], strict=True)
    )
    return np.asarray(cells[np.ix_(*breast.cells_at(rows, columns))])


def _windows(coarse: Scale, fine: Scale, breast: Breast) -> Iterator[tuple[slice, slice]]:
    """Give the parts of the fine image around sharp pixels that span enough: in most images there are none."""
    lowest = _lowest(coarse.image, coarse.pixel_mm)
    sharp = cv2.subtract(coarse.image, lowest) > _LEAST_DROP_SIGMA * coarse.noise.at(lowest.astype(np.float64))
    sharp &= _on_grid(breast.is_searched, coarse, breast, (slice(None), slice(None)))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(cv2.dilate(sharp.astype(np.uint8), _SQUARE))
    diagonals_mm = np.hypot(boxes[:, cv2.CC_STAT_WIDTH], boxes[:, cv2.CC_STAT_HEIGHT]) * coarse.pixel_mm
    is_large = (diagonals_mm >= _DIAGONALS_MM[0]) & (boxes[:, cv2.CC_STAT_AREA] * coarse.pixel_mm**2 >= _LEAST_AREA_MM2)
    is_large[0] = False
    if not is_large.any():
        return
    width_px = 2 * round(_WINDOW_MM / coarse.pixel_mm) + 1
    whole = cv2.dilate(is_large[labels].astype(np.uint8), np.ones((width_px, width_px), np.uint8))
    _, _, boxes, _ = cv2.connectedComponentsWithStats(whole)
    ratio = coarse.step_px / fine.step_px
    for left, top, wide, tall in boxes[1:, :4].tolist():
        rows, columns = (
            slice(int(ratio * first), int(ratio * (first + size)) + 1) for first, size in ((top, tall), (left, wide))
        )
        yield rows, columns


def _lowest(image: NDArray[np.uint16], pixel_mm: float) -> NDArray[np.uint16]:
    """Give the lowest value around each pixel, as far as calcium takes to end."""
    width_px = 2 * round(_DROP_MM / pixel_mm) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width_px, width_px))
    return np.asarray(cv2.erode(image, disc), dtype=np.uint16)


def _bodies(scale: Scale, window: tuple[slice, slice], breast: Breast) -> Iterator[_Body]:
    """Give the bodies that lie wholly in a part of an image, of each level's cut."""
    margin = round(_AROUND_MM / scale.pixel_mm)
    image = np.pad(scale.image[window], margin, mode="edge")
    on_breast = np.pad(_on_grid(breast.is_breast, scale, breast, window), margin, constant_values=True)
    corner = np.array([window[0].start, window[1].start]) - margin
    drop = np.asarray(cv2.subtract(image, _lowest(image, scale.pixel_mm)), dtype=np.uint16)
    least = _LEAST_HEIGHT_SIGMA * float(scale.noise.sigma.min())
    low, high = float(np.median(image)), float(image.max())
    if high - float(image.min()) < least:
        return
    for level in np.linspace(low, high, _LEVELS + 2)[1:-1].tolist():
        _, labels, boxes, _ = cv2.connectedComponentsWithStats((image >= level).astype(np.uint8), connectivity=8)
        diagonals_mm = np.hypot(boxes[:, cv2.CC_STAT_WIDTH], boxes[:, cv2.CC_STAT_HEIGHT]) * scale.pixel_mm
        is_one = (diagonals_mm >= _DIAGONALS_MM[0]) & (diagonals_mm <= _DIAGONALS_MM[1])
        is_one &= boxes[:, cv2.CC_STAT_AREA] * scale.pixel_mm**2 >= _LEAST_AREA_MM2
        for label in (1 + np.flatnonzero(is_one[1:])).tolist():
            left, top, wide, tall = boxes[label, :4].tolist()
            first, last = (top - margin, left - margin), (top + tall + margin, left + wide + margin)
            frame = slice(first[0], last[0]), slice(first[1], last[1])
            is_cut = min(first) < 0 or last[0] > image.shape[0] or last[1] > image.shape[1]
            if is_cut or not on_breast[frame].all():
                continue
            body = _measured(image[frame], drop[frame], without_holes(labels[frame] == label), level, scale)
            if body is not None:
                start = (corner + first).tolist()
                rows, columns = (slice(max(0, -s), size - s) for s, size in zip(start, scale.image.shape, strict=True))
                yield replace(body, inside=body.inside[rows, columns], corner=(max(0, start[0]), max(0, start[1])))


def _measured(
    patch: NDArray[np.uint16], drop: NDArray[np.uint16], inside: NDArray[np.uint8], level: float, scale: Scale
) -> _Body | None:
    """Measure what a level cuts out; None where it is no large calcification."""
    edge = (inside - cv2.erode(inside, _SQUARE)) > 0
    fall = float(np.percentile(drop[edge], 20))
    if fall < _LEAST_DROP_SIGMA * float(scale.noise.sigma.min()):
        return None
    near, far = (
        cv2.dilate(inside, _SQUARE, iterations=max(1, int(factor * _DROP_MM / scale.pixel_mm))) for factor in (1, 2)
    )
    ground = float(np.median(patch[(far - near) > 0]))
    height = float(np.percentile(patch[inside > 0], 75)) - ground
    noise = float(scale.noise.at(np.array([ground]))[0])
    is_high = height >= _LEAST_HEIGHT_SIGMA * noise
    is_sharp = fall >= max(_LEAST_DROP_SIGMA * noise, _LEAST_DROP_SHARE * height)
    if not is_high or not is_sharp or not _is_compact(inside, scale.pixel_mm):
        return None
    off_half = abs(level - ground - _LEVEL * height) / height
    return _Body(inside, (0, 0), ground, height, height / noise, fall / noise, off_half)


def _is_compact(inside: NDArray[np.uint8], pixel_mm: float) -> bool:
    """Tell whether a body fills enough of its hull and is wide enough."""
    contour = max(find_contours(inside, 0.5), key=polygon_area)
    width_mm = pixel_mm * feret_diameters(contour)[1]
    return width_mm >= _LEAST_WIDTH_MM and polygon_area(contour) >= _LEAST_SOLIDITY * polygon_area(convex_hull(contour))


def _particle(body: _Body, scales: tuple[Scale, ...], breast: Breast) -> Particle:
    """Outline a body in the finest image at half of its height."""
    fine, finest = scales[-2], scales[0]
    first, last = (
        [int(fine.to_stored(np.array(place))) for place in places]
        for places in (body.corner, np.add(body.corner, body.inside.shape) - 1)
    )
    patch = finest.image[first[0] : last[0] + 1, first[1] : last[1] + 1].astype(np.float32)
    around = cv2.dilate(body.inside, np.ones((5, 5), np.uint8))
    around = cv2.resize(around, (patch.shape[1], patch.shape[0]), interpolation=cv2.INTER_NEAREST)
    contours = find_contours(np.where(around > 0, patch - body.ground, 0.0), _LEVEL * body.height)
    outline = max(contours, key=polygon_area) + np.array(first) + breast.box_px[:2]
    row, column = outline.mean(axis=0).tolist()
    return Particle(
        row,
        column,
        len(scales) - 1,
        body.height_sigma,
        body.drop_sigma,
        body.drop_sigma,
        score=0.0,
        outline_px=tuple((r, c) for r, c in outline.tolist()),
    )
