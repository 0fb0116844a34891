"""Drawings in the pixels: letters, dots, rulers, rings, arrows, marks of other programs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from mammocalc.stages.foreign_objects.marks import grain_of, measure_marks
from mammocalc.stages.foreign_objects.odds import decades_drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Breast, Density, Particle, Scale
    from mammocalc.stages.foreign_objects.marks import Grain, Mark
    from mammocalc.vocabulary.geometry import PixelSpacing

# Measured on 269 real images (INbreast, mini-MIAS, clinical files) and the ten samples, in none of which anything is
# drawn. Solid marks of one grey level: at most two in an image. Strokes of one height, and long ones of one grey level:
# at most three; blocks: three.

_LEAST_SCORE: Final = 0.1
"""Particles that are surely none are not looked at."""
_SOFT_RIM: Final = 0.16
_TOUCHING_RIM: Final = 0.25
"""Largest rim of what lies beside marks that are drawn: their thinner ends, or after the image was made smaller."""
_LEAST_SOLID: Final = 3
_LEAST_SOLID_COARSE: Final = 4
"""The same where the noise is less than three grey levels, as in 8 bits: there equal levels are met by chance."""
_LEAST_STROKES: Final = 4
_LEAST_BLOCKS: Final = 5
_USUAL_DECADES: Final = 1.0
_LEAST_DECADES: Final = 5.0
_LEAST_DECADES_COARSE: Final = 6.5
"""From these odds on a single mark is drawn, and letters of a word that are as far beyond the usual ones together. In
269 real images and 94 simulated ones the most was 3.75, and 6.0 where the noise is less than three grey levels (but for
the defects of a scanner in two of mini-MIAS)."""
_SELDOM_ALONE_DECADES: Final = 2.5
"""So much likelier are other drawings where there is one."""
_NEXT_LETTER_MM: Final = 0.5
"""Between the outlines of two letters of a word there is less."""
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


def find_drawn(
    particles: Sequence[Particle],
    density: Density,
    scales: tuple[Scale, ...],
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
    through a detector has neither. A single letter, and a short word, is told
    where all of that together is improbable enough (`decades_drawn`). Once there
    is a drawing, all that lies on it, or beside it and as sharp, is a part of it.

    Parameters
    ----------
    particles : sequence of Particle
        Scored, in any order, none of them on metal.
    density : Density
        The whole image, before any filter.
    scales : tuple of Scale
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
    looked_at = [p for p in particles if p.score >= _LEAST_SCORE]
    if not looked_at:
        return ()
    grain = grain_of(density, breast)
    marks = [mark for mark in measure_marks(looked_at, density, spacing, grain) if mark is not None]
    drawn = _drawn(marks, grain, spacing)
    if not drawn:
        return ()
    drawn = _with_its_parts(drawn, marks, grain, spacing)
    tree = KDTree(spacing.to_mm(np.concatenate([mark.pixels for mark in drawn])))
    away = tree.query(spacing.to_mm(np.array([(p.row_px, p.column_px) for p in particles])))[0].tolist()
    reach = [max(_ON_IT_MM, _ON_IT_SHARE * scales[p.scale].length_mm) for p in particles]
    return tuple(p for p, near, far in zip(particles, away, reach, strict=True) if near <= far)


def _drawn(marks: Sequence[Mark], grain: Grain, spacing: PixelSpacing) -> list[Mark]:
    """Give the marks that are drawn for certain: enough solid ones of a level, or strokes or blocks of a height."""
    # A set in the order in which they were found.
    drawn = dict.fromkeys(_written(marks, grain, spacing))
    solid = [m for m in marks if m.is_solid]
    for one in solid:
        alike = [m for m in solid if abs(m.level - one.level) <= grain.tolerance]
        if _places(alike, spacing) >= (_LEAST_SOLID_COARSE if _is_coarse(grain) else _LEAST_SOLID):
            drawn |= dict.fromkeys(alike)
    strokes = [m for m in marks if m.is_stroke]
    for one in (long := [m for m in strokes if m.outline >= _SCATTERED_OUTLINE]):
        near = max(_SCATTERED_SIGMA * grain.sigma, 0.5)
        if _places([m for m in long if abs(m.level - one.level) <= near], spacing) >= _LEAST_SCATTERED:
            drawn |= dict.fromkeys(m for m in strokes if abs(m.level - one.level) <= 2 * near)
    for of_a_kind, least in (
        (strokes, _LEAST_STROKES),
        ([m for m in marks if m.is_block], _LEAST_BLOCKS),
    ):
        for one in of_a_kind:
            alike = [m for m in of_a_kind if abs(m.height - one.height) <= _ONE_HEIGHT * one.height]
            row = _row_of(one, alike, spacing)
            if _places(row, spacing) >= least:
                drawn |= dict.fromkeys(row)
    cut_out = [m for m in marks if m.is_cut_out]
    for one in cut_out:
        row = _row_of(one, cut_out, spacing)
        if _places(row, spacing) >= _LEAST_CUT_OUT:
            drawn |= dict.fromkeys(row)
    return list(drawn)


def _written(marks: Sequence[Mark], grain: Grain, spacing: PixelSpacing) -> list[Mark]:
    """Give the marks that are drawn by what each of them looks like alone, or a few of them together."""
    beyond = {m: decades_drawn(m, grain, spacing) - _USUAL_DECADES for m in marks}
    apart: list[Mark] = []
    taken: set[tuple[int, int]] = set()
    for mark in sorted((m for m in marks if beyond[m] > 0), key=lambda m: -beyond[m]):
        pixels = {(row, column) for row, column in mark.pixels.tolist()}
        if taken.isdisjoint(pixels):  # several scales see the same one
            apart.append(mark)
            taken |= pixels
    together = _words(apart, spacing)
    decades = np.bincount(together, [beyond[m] for m in apart])
    return [
        m
        for m, word in zip(apart, together.tolist(), strict=True)
        if decades[word] >= _least_decades(grain) - _USUAL_DECADES
    ]


def _least_decades(grain: Grain) -> float:
    return _LEAST_DECADES_COARSE if _is_coarse(grain) else _LEAST_DECADES


def _is_coarse(grain: Grain) -> bool:
    """Tell whether the noise is less than three grey levels, as in 8 bits."""
    return grain.sigma < 3 * grain.step


def _words(marks: Sequence[Mark], spacing: PixelSpacing) -> NDArray[np.int_]:
    """Give each mark the number of its word: of what lies together as closely as letters do."""
    if not marks:
        return np.zeros(0, np.int_)
    owner = np.repeat(np.arange(len(marks)), [m.area_px for m in marks])
    pixels_mm = spacing.to_mm(np.concatenate([m.pixels for m in marks]))
    near = owner[KDTree(pixels_mm).query_pairs(_NEXT_LETTER_MM, output_type="ndarray")]
    links = coo_array((np.ones(len(near)), (near[:, 0], near[:, 1])), shape=(len(marks), len(marks)))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int_)


def _row_of(one: Mark, marks: Sequence[Mark], spacing: PixelSpacing) -> list[Mark]:
    """Give the marks that can be reached from one by short steps."""
    pairs = KDTree(_places_mm(marks, spacing)).query_pairs(_NEXT_MM, output_type="ndarray")
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(marks), len(marks)))
    _, part = connected_components(links, directed=False)
    return [m for m, number in zip(marks, part, strict=True) if number == part[marks.index(one)]]


def _places(marks: Sequence[Mark], spacing: PixelSpacing) -> int:
    """Count marks; several scales see the same one."""
    places: list[tuple[float, float]] = []
    for row_mm, column_mm in _places_mm(marks, spacing).tolist():
        if all(math.hypot(row_mm - row, column_mm - column) > _APART_MM for row, column in places):
            places.append((row_mm, column_mm))
    return len(places)


def _with_its_parts(drawn: Sequence[Mark], marks: Sequence[Mark], grain: Grain, spacing: PixelSpacing) -> list[Mark]:
    """Add what has the level of solid marks or is likely drawn, and on and on what is nearly as sharp beside those."""
    levels = [m.level for m in drawn if m.is_solid]
    found, rest = list(drawn), [m for m in marks if m not in drawn and m.rim <= _TOUCHING_RIM]
    found += [m for m in rest if m.is_solid and any(abs(m.level - level) <= grain.tolerance for level in levels)]
    least_decades = _least_decades(grain) - _SELDOM_ALONE_DECADES
    found += [m for m in rest if m not in found and decades_drawn(m, grain, spacing) >= least_decades]
    for rim, reach_mm in ((_SOFT_RIM, _BESIDE_MM), (_TOUCHING_RIM, _TOUCHING_MM)):
        while candidates := [m for m in rest if m not in found and m.rim <= rim]:
            away = KDTree(_places_mm(found, spacing)).query(_places_mm(candidates, spacing))[0].tolist()
            joining = [m for m, far in zip(candidates, away, strict=True) if far <= reach_mm]
            found += joining
            if not joining or rim > _SOFT_RIM:  # blurred ones are no bridge to others
                break
    return found


def _places_mm(marks: Sequence[Mark], spacing: PixelSpacing) -> NDArray[np.float64]:
    return spacing.to_mm(np.array([(m.row_px, m.column_px) for m in marks]))
