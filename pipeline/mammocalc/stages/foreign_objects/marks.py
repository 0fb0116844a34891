"""Height, sharpness and uniformity of marks in the stored pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.imaging.histogram import count_levels
from mammocalc.imaging.neighbours import neighbour_steps, noise_of_steps
from mammocalc.stages.foreign_objects import tiles as tiling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Breast, Density, Particle
    from mammocalc.vocabulary.geometry import PixelSpacing

DENSEST: Final = np.iinfo(np.uint16).max
"""What a window clips, it clips to this."""
_PATCH_MM: Final = 2.0
_SEARCH_MM: Final = 0.35
"""How far from a particle its densest pixel may be: the particle of a letter can be the middle of its bow."""
_LEAST_SIGMA: Final = 6.0
_LEAST_STEPS: Final = 10.0
"""Height in noise, and in steps of the grey scale: where tissue has a dozen grey levels, equal ones mean nothing."""
_CLEAN_RIM: Final = 0.12
"""Mean height of the pixels just outside of the contour at half height, as a share of the mark's. What a detector saw
is blurred: 0.15 to 0.34 in nine of ten real calcifications; what is drawn ends with a pixel."""
_LEVEL_SIGMA: Final = 0.25
"""Grey levels this close, as a share of the noise, are one level."""
_SOLID_PX: Final = 3
_SOLID_SHARE: Final = 0.12
"""A mark is solid if so many of its pixels, and such a share of them, have the grey level of its densest one. Noise
gives that to no calcification, for it lies on those as on everything else."""
_STEEP_SHARE: Final = 0.65
"""Of the area of a line that reaches the largest density, what is within a fifth of its height: 0.67 to 0.9 in letters,
0.4 to 0.6 in branching calcifications that a window clips."""
_GROUND_PX: Final = (2, tiling.GAP_PX)
"""Where the ground around a mark begins and ends, in pixels from it; its rim is the first pixel."""
_SMALL_PX: Final = 10
"""How far small tiles reach beyond the densest pixel: what is larger than a speck is measured in whole ones."""
_AT_ONCE: Final = 128
"""So many particles are measured together: more take memory and no less time."""


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """
    A mark: the connected area above half of a particle's height, in the stored pixels.

    ``rim`` is the mean height just outside of it as a share of its own,
    ``solid_px`` the number of pixels at the level of the densest, ``high_px``
    that above four fifths of the height, ``outline`` its length over that of a
    square of equal area. ``run_px`` counts the pixels of its largest piece that
    has one and the same grey level, that of the densest. Of ``edge_px`` pixels
    on either side of the outline, ``soft_px`` lie between a fifth and four
    fifths of the height. ``inside`` is the area itself, in a tile of the image
    that begins at ``corner_px``, and ``half_width_px`` how deep one can be in it.
    """

    row_px: float
    column_px: float
    level: float
    height: float
    rim: float
    solid_px: int
    high_px: int
    area_px: int
    outline: float
    run_px: int
    edge_px: int
    soft_px: int
    half_width_px: float
    corner_px: tuple[int, int]
    inside: NDArray[np.bool_]

    @property
    def pixels(self) -> NDArray[np.int_]:
        """Its pixels in the stored image, shape (area_px, 2)."""
        return np.asarray(np.argwhere(self.inside) + self.corner_px)

    @property
    def is_solid(self) -> bool:
        """Pixels without noise, and no blur."""
        is_flat = self.rim <= _CLEAN_RIM and self.solid_px >= max(_SOLID_PX, _SOLID_SHARE * self.area_px)
        return is_flat and self.is_not_clipped

    @property
    def is_not_clipped(self) -> bool:
        """A window clips calcifications to flat tops at the largest density; what is left of their slope shows."""
        is_all_solid = self.rim <= 0.03 and self.solid_px >= 0.9 * self.area_px
        is_steep_line = self.outline >= 1.6 and self.high_px >= _STEEP_SHARE * self.area_px
        return self.level < DENSEST - 1 or is_all_solid or is_steep_line

    @property
    def is_stroke(self) -> bool:
        """Long for its area, of one height along itself, and no blur; ``outline`` is 1 for a square, 1.3 for specks."""
        high = self.high_px / self.area_px
        is_broad = self.outline >= 1.6 and self.area_px >= 6 and (high >= 0.4 or self.rim <= 0.1)
        is_long = is_broad or (self.outline >= 2.2 and self.area_px >= 8 and high >= 0.2)
        return self.rim <= 0.16 and is_long and (self.is_not_clipped or self.rim <= 0.1)

    @property
    def is_block(self) -> bool:
        """A dot with a flat top and no rim at all."""
        return self.rim <= 0.05 and self.area_px >= 4 and self.high_px >= 0.75 * self.area_px and self.is_not_clipped

    @property
    def is_cut_out(self) -> bool:
        """No rim at all, whatever its form."""
        return self.rim <= 0.05 and self.area_px >= 6 and self.is_not_clipped


@dataclass(frozen=True, slots=True)
class Grain:
    """
    The grain of an image: the noise between neighbours, and the step of the grey scale.

    ``alike`` is the share of neighbours that have the same grey level.
    """

    sigma: float
    step: float
    alike: float

    @property
    def tolerance(self) -> float:
        """Grey levels that differ by no more are one level."""
        return max(_LEVEL_SIGMA * self.sigma, 0.5)


def grain_of(density: Density, breast: Breast) -> Grain:
    """Measure the grain of an image on every third row and column of the breast's box."""
    top, left, bottom, right = breast.box_px
    box = density.image[top:bottom, left:right]
    rows, columns = np.arange(top, bottom, 3), np.arange(left, right - 1, 3)
    inside = breast.is_searched[np.ix_(*breast.cells_at(rows, columns))]
    steps = count_levels(neighbour_steps(box, 3), inside)
    sigma = noise_of_steps(steps)
    levels = np.flatnonzero(count_levels(box[::3, :-1:3]))
    step = float(np.median(np.diff(levels))) if len(levels) > 1 else 1.0
    return Grain(max(sigma, 1.0), step, float(steps[0] / max(steps.sum(), 1)))


def measure_marks(
    particles: Sequence[Particle], density: Density, spacing: PixelSpacing, grain: Grain
) -> list[Mark | None]:
    """
    Measure the mark at each particle; None if it is too faint.

    All are looked at together: what surrounds each of them is a tile, and the
    tiles lie below each other in one array, too far apart to touch.
    """
    found: list[Mark | None] = []
    for start in range(0, len(particles), _AT_ONCE):
        found += _measure_together(particles[start : start + _AT_ONCE], density.image, spacing, grain)
    return found


def _measure_together(
    particles: Sequence[Particle], image: NDArray[np.uint16], spacing: PixelSpacing, grain: Grain
) -> list[Mark | None]:
    """Measure small marks in small tiles, a fifth as many pixels, and in large ones what does not fit into them."""
    half, near = (max(1, math.ceil(length / spacing.mean_mm)) for length in (_PATCH_MM, _SEARCH_MM))
    ground = tiling.median_of(*tiling.cut_out(particles, image, half))
    small = min(half, near + _SMALL_PX)
    found, does_fit = _measure_tiles(particles, ground, image, small, near, grain)
    rest = np.flatnonzero(~does_fit).tolist()
    if small < half and rest:
        marks, _ = _measure_tiles([particles[i] for i in rest], ground[rest], image, half, near, grain)
        for i, mark in zip(rest, marks, strict=True):
            found[i] = mark
    return found


def _measure_tiles(
    particles: Sequence[Particle],
    ground: NDArray[np.float64],
    image: NDArray[np.uint16],
    half: int,
    near: int,
    grain: Grain,
) -> tuple[list[Mark | None], NDArray[np.bool_]]:
    """Measure marks in tiles that reach so far; give them, and whether they and the ground around them fit in."""
    tiles, is_image = tiling.cut_out(particles, image, half)
    peaks = tiling.densest_near_middle(tiles, half, near)
    level = tiles[peaks].astype(np.float64)
    inside = tiling.joined(is_image & (tiles >= ((ground + level) / 2)[:, None, None]), peaks)
    edge = _GROUND_PX[1]
    does_fit = tiling.count(inside) == tiling.count(inside[:, edge : -2 * edge, edge:-edge])
    rim = tiling.widened(inside, 1) & is_image & ~inside
    around = tiling.widened(inside, _GROUND_PX[1]) & is_image & ~tiling.widened(inside, _GROUND_PX[0])
    rim_px, area_px = tiling.count(rim), tiling.count(inside)
    height = level - tiling.median_within(tiles, around)
    least = max(_LEAST_SIGMA * grain.sigma, _LEAST_STEPS * grain.step)
    is_mark = (level - ground >= least) & (rim_px > 0) & (height >= least)
    rim_level = np.where(rim, tiles, 0).sum(axis=(1, 2)) / np.maximum(rim_px, 1)
    is_high = tiles >= (level - 0.2 * height).astype(np.float32)[:, None, None]
    high_px = tiling.count(inside & is_high)
    solid_px = tiling.count(inside & (tiles >= (level - grain.tolerance).astype(np.float32)[:, None, None]))
    touching = tiling.count(inside[:, 1:] & inside[:, :-1]) + tiling.count(inside[:, :, 1:] & inside[:, :, :-1])
    outline = (4 * area_px - 2 * touching) / (4 * np.sqrt(np.maximum(area_px, 1)))
    brim = inside & tiling.widened(~inside, 1)
    edge_px = rim_px + tiling.count(brim)
    is_low = tiles <= (level - 0.8 * height).astype(np.float32)[:, None, None]
    soft_px = tiling.count(rim & ~is_low) + tiling.count(brim & ~is_high)
    run_px = tiling.largest_part(inside & (tiles == level.astype(np.uint16)[:, None, None]))
    half_width_px = tiling.half_width_px(inside)
    marks = [
        Mark(
            row_px=particle.row_px,
            column_px=particle.column_px,
            level=float(level[i]),
            height=float(height[i]),
            rim=float((rim_level[i] - level[i] + height[i]) / height[i]),
            solid_px=int(solid_px[i]),
            high_px=int(high_px[i]),
            area_px=int(area_px[i]),
            outline=float(outline[i]),
            run_px=int(run_px[i]),
            edge_px=int(edge_px[i]),
            soft_px=int(soft_px[i]),
            half_width_px=float(half_width_px[i]),
            corner_px=(round(particle.row_px) - half, round(particle.column_px) - half),
            inside=inside[i],
        )
        if is_mark[i]
        else None
        for i, particle in enumerate(particles)
    ]
    return marks, does_fit
