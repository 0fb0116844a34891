"""What is drawn into the pixels and is no anatomy: letters, dots, rulers, rings, arrows, marks of other programs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.geometry import PixelSpacing
    from pipeline.model import Breast, Channel, Density, Particle

# Measured on 269 real images (INbreast, mini-MIAS, clinical files) and the ten samples, in none of which anything is
# drawn. Solid marks of one grey level: at most two in an image. Strokes of one height, and long ones of one grey level:
# at most three; blocks: three.

_DENSEST: Final = np.iinfo(np.uint16).max
_LEAST_SCORE: Final = 0.1
"""Particles that are surely none are not looked at."""
_PATCH_MM: Final = 2.0
_SEARCH_MM: Final = 0.35
"""How far from a particle its densest pixel may be: the particle of a letter can be the middle of its bow."""
_LEAST_SIGMA: Final = 6.0
_LEAST_STEPS: Final = 10.0
"""Height in noise, and in steps of the grey scale: where tissue has a dozen grey levels, equal ones mean nothing."""
_CLEAN_RIM: Final = 0.12
"""Mean height of the pixels just outside of the contour at half height, as a share of the mark's. What a detector saw
is blurred: 0.15 to 0.34 in nine of ten real calcifications; what is drawn ends with a pixel."""
_SOFT_RIM: Final = 0.16
_TOUCHING_RIM: Final = 0.25
"""The same for what lies beside marks that are drawn: their thinner ends, or after the image was made smaller."""
_LEVEL_SIGMA: Final = 0.25
"""Grey levels this close, as a share of the noise, are one level."""
_SOLID_PX: Final = 3
_SOLID_SHARE: Final = 0.12
"""A mark is solid if so many of its pixels, and such a share of them, have the grey level of its densest one. Noise
gives that to no calcification, for it lies on those as on everything else."""
_STEEP_SHARE: Final = 0.65
"""Of the area of a line that reaches the largest density, what is within a fifth of its height: 0.67 to 0.9 in letters,
0.4 to 0.6 in branching calcifications that a window clips."""
_LEAST_SOLID: Final = 3
_LEAST_SOLID_COARSE: Final = 4
"""The same where the noise is less than three grey levels, as in 8 bits: there equal levels are met by chance."""
_LEAST_STROKES: Final = 4
_LEAST_BLOCKS: Final = 5
_LEAST_SCATTERED: Final = 5
_SCATTERED_SIGMA: Final = 0.5
_SCATTERED_OUTLINE: Final = 2.1
"""Strokes that stand alone, as numbers at findings do, have one grey level as well, and longer outlines."""
_LEAST_CUT_OUT: Final = 6
"""Of any height: thin letters, and what is drawn half transparent, reach different ones. At most three of the marks in
a row have no rim at all in the real images, four after they were sharpened."""
_ONE_HEIGHT: Final = 0.15
"""Strokes, and blocks, whose heights differ by no more than this share are of one height."""
_NEXT_MM: Final = 3.0
"""Strokes and blocks count where each has another so near: letters and dashes stand in rows, casts seldom do."""
_APART_MM: Final = 0.6
"""Marks closer than this are counted once."""
_BESIDE_MM: Final = 1.5
_TOUCHING_MM: Final = 1.0
_ON_IT_MM: Final = 0.5
_ON_IT_SHARE: Final = 0.3
"""What lies this close to a mark, in mm or as a share of the lines of its own top-hat, is a part of it."""


@dataclass(frozen=True, slots=True, eq=False)
class _Mark:
    """
    What stands out at a particle: the connected area above half of its height, in the stored pixels.

    ``rim`` is the mean height just outside of it, ``solid_px`` the number of
    pixels at the level of the densest, ``high_px`` that above four fifths of
    the height, ``outline`` its length over that of a square of equal area.
    """

    index: int
    row_px: float
    column_px: float
    level: float
    height: float
    rim: float
    solid_px: int
    high_px: int
    area_px: int
    outline: float
    pixels: NDArray[np.int_]

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
        return self.level < _DENSEST - 1 or is_all_solid or is_steep_line

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
class _Grain:
    """What tells one grey level from the next: the noise between neighbours, and the step of the grey scale."""

    sigma: float
    step: float

    @property
    def tolerance(self) -> float:
        return max(_LEVEL_SIGMA * self.sigma, 0.5)


def find_drawn(
    particles: Sequence[Particle],
    density: Density,
    channels: tuple[Channel, ...],
    breast: Breast,
    spacing: PixelSpacing,
) -> tuple[Particle, ...]:
    """
    Find the particles on what was drawn into the pixels.

    Two things give a drawing away. It has no noise: three marks and more whose
    pixels have one and the same grey level. And a pen has no blur: four strokes
    or five dots and more of one height that end within a pixel, or six of any
    height, which also tells what is drawn half transparent, or was made smaller;
    strokes that stand alone are told by one grey level for all. What was seen
    through a detector has neither. Once there is a drawing, all that lies on
    it, or beside it and as sharp, is a part of it.

    Parameters
    ----------
    particles : sequence of Particle
        Scored, in any order, none of them on metal.
    density : Density
        The whole image, before any filter.
    channels : tuple of Channel
        As they were searched.
    breast : Breast
        Where the noise is looked at.
    spacing : PixelSpacing
        Size of a pixel.

    Returns
    -------
    tuple of Particle
        In the same order; empty where nothing is drawn.
    """
    grain = _grain(density, breast)
    looked_at = ((i, _mark(i, p, density, spacing, grain)) for i, p in enumerate(particles) if p.score >= _LEAST_SCORE)
    marks = {i: mark for i, mark in looked_at if mark is not None}
    drawn = _drawn(list(marks.values()), grain, spacing)
    if not drawn:
        return ()
    drawn = _with_its_parts(drawn, marks, grain, spacing)
    tree = KDTree(spacing.to_mm(np.concatenate([mark.pixels for mark in drawn])))
    away = tree.query(spacing.to_mm(np.array([(p.row_px, p.column_px) for p in particles])))[0].tolist()
    reach = [max(_ON_IT_MM, _ON_IT_SHARE * channels[p.channel].length_mm) for p in particles]
    return tuple(p for p, near, far in zip(particles, away, reach, strict=True) if near <= far)


def _grain(density: Density, breast: Breast) -> _Grain:
    top, left, bottom, right = breast.box_px
    rows, columns = np.arange(top, bottom, 3), np.arange(left, right - 1, 3)
    inside = breast.is_judged[np.ix_(rows // breast.cell_px, columns // breast.cell_px)]
    values = density.image[np.ix_(rows, columns)].astype(np.float64)
    steps = np.abs(density.image[np.ix_(rows, columns + 1)] - values)[inside]
    sigma = 1.4826 * float(np.median(steps)) / math.sqrt(2) if steps.size else 0.0
    levels = np.unique(values)
    return _Grain(max(sigma, 1.0), float(np.median(np.diff(levels))) if len(levels) > 1 else 1.0)


def _mark(index: int, particle: Particle, density: Density, spacing: PixelSpacing, grain: _Grain) -> _Mark | None:
    """Measure what stands out at a particle; None where it is too low to tell anything."""
    half, near = (max(1, math.ceil(length / spacing.mean_mm)) for length in (_PATCH_MM, _SEARCH_MM))
    row, column = round(particle.row_px), round(particle.column_px)
    top, left = max(0, row - half), max(0, column - half)
    patch = density.image[top : row + half + 1, left : column + half + 1].astype(np.float32)
    above, before = max(0, row - top - near), max(0, column - left - near)
    window = patch[above : row - top + near + 1, before : column - left + near + 1]
    if window.size == 0:
        return None
    at = np.unravel_index(int(window.argmax()), window.shape)
    peak = above + int(at[0]), before + int(at[1])
    level, least = float(patch[peak]), max(_LEAST_SIGMA * grain.sigma, _LEAST_STEPS * grain.step)
    ground = float(np.median(patch))
    if level - ground < least:
        return None
    _, labels = cv2.connectedComponents((patch >= (ground + level) / 2).astype(np.uint8), connectivity=8)
    inside = labels == labels[peak]
    rings = [inside.astype(np.uint8)]
    for _ in range(5):
        rings.append(cv2.dilate(rings[-1], np.ones((3, 3), np.uint8)))
    rim, around = (rings[1] > rings[0]), (rings[5] > rings[2])
    if not rim.any() or not around.any():
        return None
    height = level - float(np.median(patch[around]))
    if height < least:
        return None
    framed = np.pad(inside, 1)
    edges = np.count_nonzero(framed[1:] != framed[:-1]) + np.count_nonzero(framed[:, 1:] != framed[:, :-1])
    area = int(inside.sum())
    return _Mark(
        index=index,
        row_px=particle.row_px,
        column_px=particle.column_px,
        level=level,
        height=height,
        rim=(float(patch[rim].mean()) - level + height) / height,
        high_px=int((patch[inside] >= level - 0.2 * height).sum()),
        solid_px=int((patch[inside] >= level - grain.tolerance).sum()),
        area_px=area,
        outline=edges / (4 * math.sqrt(area)),
        pixels=np.argwhere(inside) + np.array([top, left]),
    )


def _drawn(marks: Sequence[_Mark], grain: _Grain, spacing: PixelSpacing) -> list[_Mark]:
    """Give the marks that are drawn for certain: enough solid ones of a level, or strokes or blocks of a height."""
    drawn: dict[int, _Mark] = {}
    solid = [m for m in marks if m.is_solid]
    for one in solid:
        alike = [m for m in solid if abs(m.level - one.level) <= grain.tolerance]
        if _places(alike, spacing) >= (_LEAST_SOLID if grain.sigma >= 3 * grain.step else _LEAST_SOLID_COARSE):
            drawn |= {m.index: m for m in alike}
    strokes = [m for m in marks if m.is_stroke]
    for one in (long := [m for m in strokes if m.outline >= _SCATTERED_OUTLINE]):
        near = max(_SCATTERED_SIGMA * grain.sigma, 0.5)
        if _places([m for m in long if abs(m.level - one.level) <= near], spacing) >= _LEAST_SCATTERED:
            drawn |= {m.index: m for m in strokes if abs(m.level - one.level) <= 2 * near}
    for of_a_kind, least in (
        (strokes, _LEAST_STROKES),
        ([m for m in marks if m.is_block], _LEAST_BLOCKS),
    ):
        for one in of_a_kind:
            alike = [m for m in of_a_kind if abs(m.height - one.height) <= _ONE_HEIGHT * one.height]
            row = _row_of(one, alike, spacing)
            if _places(row, spacing) >= least:
                drawn |= {m.index: m for m in row}
    cut_out = [m for m in marks if m.is_cut_out]
    for one in cut_out:
        row = _row_of(one, cut_out, spacing)
        if _places(row, spacing) >= _LEAST_CUT_OUT:
            drawn |= {m.index: m for m in row}
    return list(drawn.values())


def _row_of(one: _Mark, marks: Sequence[_Mark], spacing: PixelSpacing) -> list[_Mark]:
    """Give the marks that can be reached from one by short steps."""
    places = spacing.to_mm(np.array([(m.row_px, m.column_px) for m in marks]))
    pairs = KDTree(places).query_pairs(_NEXT_MM, output_type="ndarray")
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(marks), len(marks)))
    _, part = connected_components(links, directed=False)
    return [m for m, number in zip(marks, part, strict=True) if number == part[marks.index(one)]]


def _places(marks: Sequence[_Mark], spacing: PixelSpacing) -> int:
    """Count marks; several channels see the same one."""
    places: list[tuple[float, float]] = []
    for row_mm, column_mm in spacing.to_mm(np.array([(m.row_px, m.column_px) for m in marks])).tolist():
        if all(math.hypot(row_mm - row, column_mm - column) > _APART_MM for row, column in places):
            places.append((row_mm, column_mm))
    return len(places)


def _with_its_parts(
    drawn: Sequence[_Mark], marks: dict[int, _Mark], grain: _Grain, spacing: PixelSpacing
) -> list[_Mark]:
    """Add what has the level of solid marks, and what lies beside drawn ones and is nearly as sharp, on and on."""
    found = {m.index: m for m in drawn}
    levels = [m.level for m in drawn if m.is_solid]
    rest = {i: m for i, m in marks.items() if i not in found and m.rim <= _TOUCHING_RIM}
    for i, mark in list(rest.items()):
        if mark.is_solid and any(abs(mark.level - level) <= grain.tolerance for level in levels):
            found[i] = rest.pop(i)
    for rim, reach_mm in ((_SOFT_RIM, _BESIDE_MM), (_TOUCHING_RIM, _TOUCHING_MM)):
        while candidates := {i: m for i, m in rest.items() if m.rim <= rim}:
            tree = KDTree(spacing.to_mm(np.array([(m.row_px, m.column_px) for m in found.values()])))
            places = spacing.to_mm(np.array([(m.row_px, m.column_px) for m in candidates.values()]))
            near = tree.query(places)[0] <= reach_mm
            joining = [i for i, is_near in zip(candidates, near.tolist(), strict=True) if is_near]
            if not joining:
                break
            found |= {i: rest.pop(i) for i in joining}
            if rim > _SOFT_RIM:  # blurred ones are no bridge to others
                break
    return list(found.values())
