"""Rods: long, narrow candidates with edges as sharp as calcium's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mammocalc.imaging.edge_width import edge_width_mm
from mammocalc.model import Particle
from mammocalc.vocabulary.geometry import PixelSpacing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mammocalc.model import Breast, Scale

_NOISE_MM: Final = 1.0
"""They are looked for in the image of the finest scale with longer lines than this: its noise holds what the texture
of the gland adds within the width of a rod."""
_WIDEST_MM: Final = 1.6
"""A disc of this diameter fits into no secretory rod (0.5 to 1 mm, seldom 1.5), however long it is."""
_LENGTHS_MM: Final = (1.8, 11.0)
"""Shorter ones, the top-hats see; longer ones are wires, folds and ligaments."""
_LEAST_ASPECT: Final = 2.2
"""Length over mean width."""
_LEAST_FILL: Final = 0.62
"""Share of the smallest rectangle around it: fibres bend and branch, and what hangs on them is ragged."""
_MAX_EDGE_WIDTH_MM: Final = 0.75
"""Most of `edge_width_mm` over three quarters of the edge. On pixels of 0.14 mm most simulated rods have 0.5 to
0.75 mm; ligaments, folds and crossings in patients have 0.8 to 1.3 mm."""
_LEAST_SIGMA: Final = 8.0
"""Height above the noise from which on pixels belong together; bright fibres reach 10 to 12 on average."""
_PEAK_SIGMA: Final = 12.0
"""A rod is higher than this somewhere, or its mean is too low to be reported."""
_LEVEL: Final = 0.5
"""A rod ends at half of its height, as every outline does."""


def find_rods(scales: tuple[Scale, ...], breast: Breast) -> tuple[Particle, ...]:
    """
    Find what is long, narrow and sharp on all sides.

    A top-hat of lines takes a rod for a fibre where it is longer than its
    lines, and where the lines are long enough the texture of the gland is as
    high as a rod. A disc wider than the rod leaves it whole, and fibres with
    it; these are fainter, bend and branch, and their edge is several times as
    wide. So a rod is told by its shape and its edge, and its mean height in
    the noise is its strength.

    Parameters
    ----------
    scales : tuple of Scale
        From fine to coarse.
    breast : Breast
        Where particles may be.

    Returns
    -------
    tuple of Particle
        ``is_rod`` is true. Each lies on the middle of a rod, in the finest
        scale whose lines are longer than it, else in the coarsest; the
        strongest first. Empty where there is none.
    """
    index = next((i for i, one in enumerate(scales) if one.length_mm > _NOISE_MM), len(scales) - 1)
    scale = scales[index]
    rods: dict[tuple[float, float], Particle] = {}
    for window in _windows(scales[min(index + 1, len(scales) - 1)], scale):
        for body, height in _bodies(scale, window):
            length_mm = _length_of_rod(body, height, scale.pixel_mm)
            if length_mm is None:
                continue
            places = np.argwhere(body)
            middle = places[np.argmin(np.hypot(*(places - places.mean(axis=0)).T))]
            corner = np.array([window[0].start, window[1].start])
            row, column = (scale.to_stored(middle + corner) + breast.box_px[:2]).tolist()
            if breast.is_searched[breast.cell_of(row, column)]:
                strength = float(height[body].mean())
                seen_by = next((i for i, c in enumerate(scales) if c.length_mm >= length_mm), len(scales) - 1)
                rods[row, column] = Particle(row, column, seen_by, strength, strength, strength, score=0.0, is_rod=True)
    return tuple(sorted(rods.values(), key=lambda p: (-p.strength_sigma, p.row_px, p.column_px)))


def _windows(coarse: Scale, fine: Scale) -> Iterator[tuple[slice, slice]]:
    """Give the parts of the fine image in which something long may stand out: on coarser pixels this costs little."""
    height = cv2.subtract(coarse.image, _ground(coarse.image, coarse.pixel_mm))
    least = float(fine.noise.sigma.min())
    _, _, boxes, _ = cv2.connectedComponentsWithStats((height > _LEAST_SIGMA * least).astype(np.uint8))
    across_mm = np.hypot(boxes[:, cv2.CC_STAT_WIDTH], boxes[:, cv2.CC_STAT_HEIGHT]) * coarse.pixel_mm
    is_long = (across_mm >= _LENGTHS_MM[0]) & (across_mm <= 2 * _LENGTHS_MM[1])
    is_long[0] = False
    ratio = coarse.step_px / fine.step_px
    margin = round(_WIDEST_MM / fine.pixel_mm) + 1
    for left, top, wide, tall in boxes[is_long, :4].tolist():
        if height[top : top + tall, left : left + wide].max() <= _PEAK_SIGMA * least:
            continue
        rows, columns = (
            slice(max(int(ratio * first) - margin, 0), int(ratio * (first + size)) + margin)
            for first, size in ((top, tall), (left, wide))
        )
        yield rows, columns


def _ground(image: NDArray[np.uint16], pixel_mm: float) -> NDArray[np.uint16]:
    """Give what a disc that fits into no rod leaves of an image."""
    width_px = 2 * round(_WIDEST_MM / pixel_mm / 2) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width_px, width_px))
    return np.asarray(cv2.morphologyEx(image, cv2.MORPH_OPEN, disc), dtype=np.uint16)


def _bodies(scale: Scale, window: tuple[slice, slice]) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.float32]]]:
    """Give each body that lies wholly in a part of an image, and the heights there in the noise."""
    image = scale.image[window]
    ground = _ground(image, scale.pixel_mm)
    height = (cv2.subtract(image, ground) / scale.noise.at(ground.astype(np.float64))).astype(np.float32)
    count, labels = cv2.connectedComponents((height > _LEAST_SIGMA).astype(np.uint8))
    for label in range(1, count):
        component = labels == label
        is_cut = component[[0, -1]].any() or component[:, [0, -1]].any()
        if not is_cut and height[component].max() > _PEAK_SIGMA:
            yield _body(height, component), height


def _body(height: NDArray[np.float32], component: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Give the largest part of a component that is at least half as high as its higher quarter."""
    values = height[component]
    place = int(0.75 * (len(values) - 1))
    level = _LEVEL * float(np.partition(values, place)[place])
    _, labels, boxes, _ = cv2.connectedComponentsWithStats((component & (height >= level)).astype(np.uint8))
    return np.asarray(labels == 1 + int(np.argmax(boxes[1:, cv2.CC_STAT_AREA])))


def _length_of_rod(body: NDArray[np.bool_], height: NDArray[np.float32], pixel_mm: float) -> float | None:
    """Give the length of a body that is shaped as a rod; None for another."""
    _, sides, _ = cv2.minAreaRect(np.argwhere(body).astype(np.float32))
    length_mm, width_mm = (pixel_mm * (max(sides) + 1), pixel_mm * (min(sides) + 1))
    area_mm2 = pixel_mm**2 * int(body.sum())
    is_long = _LENGTHS_MM[0] <= length_mm <= _LENGTHS_MM[1] and length_mm**2 >= _LEAST_ASPECT * area_mm2
    if not is_long or area_mm2 < _LEAST_FILL * length_mm * width_mm:
        return None
    width_mm = edge_width_mm(height, body.astype(np.uint8), PixelSpacing(pixel_mm, pixel_mm))
    return length_mm if width_mm <= _MAX_EDGE_WIDTH_MM else None
