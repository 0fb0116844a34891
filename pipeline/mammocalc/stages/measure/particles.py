"""Size of each particle from its contour at half height, in millimetres; macro or micro."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.model import Calcification
from mammocalc.stages.measure.blur import unblurred
from mammocalc.stages.measure.body import find_body
from mammocalc.stages.measure.outline import LEVEL, find_outline, outline_of, surroundings_of
from mammocalc.vocabulary.geometry import polygon_area
from mammocalc.vocabulary.lexicon import CalcificationSize, Flag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Breast, Landmarks, Particle, Scale
    from mammocalc.stages.measure.outline import Outline, Surroundings
    from mammocalc.stages.measure.settings import MeasureSettings
    from mammocalc.vocabulary.geometry import PixelSpacing


_WRITTEN_DECIMALS: Final = 3
"""Of millimetres in a result: a micrometre."""

_ROD_MIN_LENGTH_MM: Final = 1.8
"""What the search took for a rod for its length and is outlined shorter is a part of something else, as a lobe of
popcorn."""

_BODY_MIN_LENGTH_MM: Final = 0.6
"""Particles shorter than this are not taken for a part of something larger."""

_FINER_SHARE: Final = 0.75
"""A particle of a coarse scale that is shorter than this share of the next finer scale's lines is left to that
scale, which sees it, and its neighbours, better."""

_LONGEST_SHARE: Final = 1.5
"""A particle that is longer than this many times the lines its background was found with is part of something longer, a
wire or a fibre, and is dropped."""

_SAME_SHARE: Final = 0.5
"""Outlines that share so much of the smaller one are of one body."""

_TWO_MIN_ELONGATION: Final = 1.5
_TWO_MAX_SOLIDITY: Final = 0.9
"""Particles that touch are long together, or have bays between them; one body is shorter and has none."""
_ONE_MIN_SOLIDITY: Final = 0.9
_ONE_MIN_AREA_SHARE: Final = 0.4
"""What the brighter of two leaves is compact and not much smaller. What the brighter part of one body leaves is a rim,
a bay or a crumb."""

_NEAR_SKIN_MM: Final = 3.0
"""Calcifications closer than this to the skin line are flagged: skin calcifications and folds are found there."""


def measure_particles(
    particles: Sequence[Particle],
    scales: tuple[Scale, ...],
    breast: Breast,
    landmarks: Landmarks,
    spacing: PixelSpacing,
    settings: MeasureSettings,
) -> tuple[Calcification, ...]:
    """
    Measure particles on the pixels of the stored image.

    The outline of a particle is its contour at half of its height above the
    background that the top-hat found. A disc blurred by the detector keeps its
    true diameter there as long as it is wider than the blur; below, the known
    blur is taken out. Peaks inside one outline are one particle, as sure as
    the surest of them, unless a valley parts them: then a watershed draws the
    border. Outlines that share half of the smaller one are of one body, too,
    but specks that stand on much fainter ground.
    Where the outline is a part of a larger even body, such as the wall of a
    rim, the body is the calcification. What the search has outlined, a large
    body, comes first: what lies in it is a part of it.

    Parameters
    ----------
    particles : sequence of Particle
        Those to be reported.
    scales : tuple of Scale
        From fine to coarse, as they were searched.
    breast : Breast
        Its box and skin line.
    landmarks : Landmarks
        Its pectoral muscle.
    spacing : PixelSpacing
        Size of a pixel.
    settings : MeasureSettings
        Level, limits and blur.

    Returns
    -------
    tuple of Calcification
        By row, then column; numbered from 1 in that order. Fewer than
        particles where several were peaks of one calcification.
    """

    def rank(index: int) -> tuple[bool, int, float, int]:
        particle = particles[index]
        return not particle.outline_px, -particle.scale, -particle.strength_sigma, index

    order = sorted(range(len(particles)), key=rank)
    around = surroundings_of(particles, scales, breast, spacing)
    accepted: list[tuple[Particle, Outline]] = []
    for i in order:
        particle = particles[i]
        peak = (particle.row_px - breast.box_px[0], particle.column_px - breast.box_px[1])
        holder = _holder_of(peak, accepted)
        if holder is not None:
            accepted[holder] = _surer(accepted[holder][0], particle), accepted[holder][1]
            continue
        shape = _shape_of(particle, around, breast, spacing)
        if shape is None:
            continue
        body = None
        if not particle.outline_px and shape.feret_mm[0] >= _BODY_MIN_LENGTH_MM:
            body = find_body(scales[0].image, shape.outline, spacing)
        if body is not None:
            shape = outline_of(body, spacing, shape.background_length_mm, is_split=False, height=shape.height)
        shared = [one for one in accepted if shape.shares(one[1]) >= _SAME_SHARE]
        if body is None and sum(_stands_on(shape, other) for _, other in shared) > 1:
            continue  # the ground of several specks
        rest = None if body is not None else _beside(particle, shape, shared, around, spacing)
        if rest is not None:
            accepted.append((particle, rest))
            continue
        for one in shared:
            accepted.remove(one)
            particle, shape = _body_of(one, (particle, shape))
        accepted.append((particle, shape))
    blur_mm = _blur_mm(scales[0], settings)
    measured = [_calcification(*one, breast, landmarks, spacing, blur_mm, settings) for one in accepted]
    measured.sort(key=lambda c: (c.row_px, c.column_px))
    return tuple(replace(c, number=number) for number, c in enumerate(measured, start=1))


def _shape_of(particle: Particle, around: Surroundings, breast: Breast, spacing: PixelSpacing) -> Outline | None:
    """Give the outline that the search drew, or find it; None for a part of something longer, or of something finer."""
    scales = around.scales
    if particle.outline_px:
        corners = np.array(particle.outline_px) - breast.box_px[:2]
        return outline_of(corners, spacing, scales[particle.scale].length_mm, is_split=False)
    shape = find_outline(particle, around, spacing)
    if shape is None:
        return None
    longest_mm = shape.feret_mm[0]
    is_no_rod = particle.is_rod and longest_mm < _ROD_MIN_LENGTH_MM
    is_finer = particle.scale > 0 and longest_mm < _FINER_SHARE * scales[particle.scale - 1].length_mm
    if is_no_rod or is_finer or longest_mm > _LONGEST_SHARE * shape.background_length_mm:
        return None
    return shape


def _holder_of(peak: tuple[float, float], accepted: Sequence[tuple[Particle, Outline]]) -> int | None:
    """Give the index of the first outline that a peak lies in; a plain loop, for it is asked of every two particles."""
    row, column = peak
    for index, (_, shape) in enumerate(accepted):
        top, left, bottom, right = shape.box
        if top <= row <= bottom and left <= column <= right and shape.holds(peak):
            return index
    return None


def _beside(
    particle: Particle,
    shape: Outline,
    shared: Sequence[tuple[Particle, Outline]],
    around: Surroundings,
    spacing: PixelSpacing,
) -> Outline | None:
    """Give what another leaves of an outline where that is a second particle which touches the first; else None."""
    is_compact = shape.feret_mm[0] < _TWO_MIN_ELONGATION * shape.feret_mm[1] and shape.solidity >= _TWO_MAX_SOLIDITY
    if len(shared) != 1 or particle.outline_px or is_compact:
        return None
    [(_, other)] = shared
    rest = find_outline(particle, around, spacing, other)
    if rest is None or rest.solidity < _ONE_MIN_SOLIDITY or rest.area_px < _ONE_MIN_AREA_SHARE * other.area_px:
        return None
    return rest


def _stands_on(ground: Outline, speck: Outline) -> bool:
    """Tell whether what is too short for a part of a body stands out of another by more than half of its height."""
    return speck.feret_mm[0] < _BODY_MIN_LENGTH_MM and LEVEL * speck.height > ground.height


def _body_of(one: tuple[Particle, Outline], other: tuple[Particle, Outline]) -> tuple[Particle, Outline]:
    """
    Give the body that two outlines are of: the larger, or one that the search drew.

    A peak in the duller part of a body has its half height around the whole of it, and around what a brighter peak has.
    """
    first, second = (one, other) if one[0].outline_px or one[1].area_px > other[1].area_px else (other, one)
    return _surer(first[0], second[0]), first[1]


def _surer(particle: Particle, other: Particle) -> Particle:
    """Give a particle the score of another peak of the same calcification where that is surer."""
    return replace(particle, score=max(particle.score, other.score))


def _calcification(
    particle: Particle,
    shape: Outline,
    breast: Breast,
    landmarks: Landmarks,
    spacing: PixelSpacing,
    blur_mm: float,
    settings: MeasureSettings,
) -> Calcification:
    outline_mm = spacing.to_mm(shape.outline)
    area_mm2 = polygon_area(outline_mm)
    seen_mm = 2 * math.sqrt(area_mm2 / math.pi)
    diameter_mm = unblurred(seen_mm, blur_mm)
    length_mm, width_mm = (unblurred(feret, blur_mm) for feret in shape.feret_mm)
    width_mm = min(width_mm, diameter_mm)
    diameter_px = diameter_mm / spacing.mean_mm
    centre = shape.outline.mean(axis=0) if len(shape.outline) < 3 else _centroid(shape.outline)
    top, left, *_ = breast.box_px
    row, column = float(centre[0]) + top, float(centre[1]) + left
    cell = breast.cell_of(row, column)
    flags = set()
    if breast.has_background and breast.skin_distance_px[cell] * spacing.mean_mm < _NEAR_SKIN_MM:
        flags.add(Flag.NEAR_SKIN)
    if landmarks.is_pectoral[cell] and Flag.PECTORAL_UNCERTAIN not in landmarks.flags:
        flags.add(Flag.IN_PECTORAL)
    if abs(width_mm - settings.macro_min_width_mm) <= spacing.mean_mm:
        flags.add(Flag.NEAR_SIZE_LIMIT)
    if diameter_px < 2:
        flags.add(Flag.AT_RESOLUTION_LIMIT)
    if shape.is_split:
        flags.add(Flag.SPLIT_FROM_NEIGHBOUR)
    # The width as it is written decides, so that nobody reads a size that contradicts it.
    is_macro = round(width_mm, _WRITTEN_DECIMALS) >= settings.macro_min_width_mm
    outline_px = shape.outline[:-1] + np.array([top, left])
    return Calcification(
        number=0,
        frame=0,
        row_px=row,
        column_px=column,
        outline_px=tuple((r, c) for r, c in outline_px.tolist()),
        diameter_px=diameter_px,
        diameter_mm=diameter_mm,
        length_mm=length_mm,  # no outline is shorter than the circle of its area
        width_mm=width_mm,
        area_mm2=math.pi / 4 * diameter_mm**2,
        size=CalcificationSize.MACRO if is_macro else CalcificationSize.MICRO,
        score=particle.score,
        contrast_to_noise=particle.contrast_to_noise,
        flags=frozenset(flags),
    )


def _centroid(outline: NDArray[np.float64]) -> NDArray[np.float64]:
    """Centre of the area inside a closed polygon; the mean of its corners where that has none."""
    following = np.concatenate([outline[1:], outline[:1]])
    cross = outline[:, 0] * following[:, 1] - following[:, 0] * outline[:, 1]
    area = cross.sum() / 2
    if abs(area) < 1e-9:
        return np.asarray(outline.mean(axis=0))
    moments = [float((both * cross).sum()) for both in (outline + following).T]
    return np.array(moments) / (6 * float(area))


def _blur_mm(scale: Scale, settings: MeasureSettings) -> float:
    """Full width at half maximum of everything that blurs a particle before it is measured."""
    return math.hypot(settings.detector_blur_mm, scale.blur_mm * 2.3548, 0.8 * scale.pixel_mm)
