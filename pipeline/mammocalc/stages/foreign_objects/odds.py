"""Odds that a mark was drawn rather than imaged: the sum of three kinds of evidence, in decades."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from scipy.special import log_ndtr

from mammocalc.stages.foreign_objects.marks import DENSEST

if TYPE_CHECKING:
    from mammocalc.stages.foreign_objects.marks import Grain, Mark
    from mammocalc.vocabulary.geometry import PixelSpacing

# Measured on 26,000 marks of 269 real images (INbreast, mini-MIAS, clinical files), 8,000 of 118 simulated ones, also
# as a window clips them, and on the marks of 320 words, letters and arrowheads that were drawn into simulated images.

_SOFT_IF_DRAWN: Final = 0.25
_SOFT_IF_SEEN: Final = 0.6
"""Share of the pixels on either side of the outline that lie between a fifth and four fifths of the height. In real
marks of ten pixels and more it is below 0.28 in two of a thousand; in what is drawn it is 0, or 0.1 to 0.4 where its
edges are smoothed."""
_MOST_EDGE_PX: Final = 30
"""So many pixels of an outline are witnesses of their own: where one is soft, the next is as well."""
_RUN_CHOICES: Final = 5.0
"""A run of equal pixels can go on in several directions."""
_MOST_FLAT: Final = 8.0
_MOST_FLAT_CLIPPED: Final = 3.0
_CLIPPED_RIM: Final = 0.12
"""A window that clips makes flat tops and steep slopes, too: they tell little where the foot of a slope lies around."""
_LEAST_OUTLINE: Final = 1.35
_LEAST_RUN_SHARE: Final = 0.75
"""A compact speck may end as sharply as the detector's pixels: it is drawn only where it is flat. Strokes have longer
outlines."""
_USUAL_BRIGHT: Final = 2.83
_BRIGHT_SPREAD: Final = 0.25
"""Height in noise over width in mm and pixel in mm, as a logarithm: as much calcium as fits into a mark of this width
stands out so far, and what is drawn does not know. The largest in real images was 5,300."""
_MOST_BRIGHT: Final = 6.0
_MOST_BRIGHT_CLIPPED: Final = 1.0
"""With such a rim."""
_DUST_PX: Final = 10
_DUST_BRIGHT: Final = 4.0
_DUST_SPREAD: Final = 0.1
"""Dust on a plate and hot pixels are up to 11,000 bright, but no larger than a few pixels."""


def decades_drawn(mark: Mark, grain: Grain, spacing: PixelSpacing) -> float:
    """
    Give the logarithm of the odds that a mark is drawn, to those that a detector saw it.

    A pen has no blur: the outline is not soft. It has no noise: neighbours have
    one grey level. And it knows no physics: it may be brighter than calcium of
    that width can be.

    Parameters
    ----------
    mark : Mark
        As measured.
    grain : Grain
        Of its image.
    spacing : PixelSpacing
        Size of a pixel.

    Returns
    -------
    float
        In decades; negative for what looks as if it was seen.
    """
    flat = _flat(mark, grain)
    if mark.outline < _LEAST_OUTLINE and mark.run_px < _LEAST_RUN_SHARE * mark.area_px:
        return flat
    return flat + _cut_out(mark) + _bright(mark, grain, spacing)


def _cut_out(mark: Mark) -> float:
    soft = mark.soft_px / mark.edge_px
    is_soft = math.log10(_SOFT_IF_DRAWN / _SOFT_IF_SEEN)
    is_hard = math.log10((1 - _SOFT_IF_DRAWN) / (1 - _SOFT_IF_SEEN))
    return min(mark.edge_px, _MOST_EDGE_PX) * (soft * is_soft + (1 - soft) * is_hard)


def _flat(mark: Mark, grain: Grain) -> float:
    most = _MOST_FLAT
    if mark.level >= DENSEST - 1:
        most = 0.0 if _is_clipped(mark) else _MOST_FLAT_CLIPPED
    by_chance = min(_RUN_CHOICES * grain.alike, 1.0)
    if by_chance <= 0:
        return most if mark.run_px > 1 else 0.0
    decades = -(mark.run_px - 1) * math.log10(by_chance) - math.log10(mark.area_px)
    return min(max(decades, 0.0), most)


def _bright(mark: Mark, grain: Grain, spacing: PixelSpacing) -> float:
    width_mm = max(2 * mark.half_width_px - 1, 1.0) * spacing.mean_mm
    bright = math.log10(mark.height / (grain.sigma * width_mm * spacing.mean_mm))
    if mark.area_px < _DUST_PX:
        decades = (bright - _DUST_BRIGHT) / _DUST_SPREAD
    else:
        decades = -float(log_ndtr(-(bright - _USUAL_BRIGHT) / _BRIGHT_SPREAD)) / math.log(10)
    return min(max(decades, 0.0), _MOST_BRIGHT_CLIPPED if _is_clipped(mark) else _MOST_BRIGHT)


def _is_clipped(mark: Mark) -> bool:
    return mark.level >= DENSEST - 1 and mark.run_px > 1 and mark.rim > _CLIPPED_RIM
