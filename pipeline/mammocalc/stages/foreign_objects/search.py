"""Metal, lead and drawings over the breast, and the surroundings of the nipple."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mammocalc.stages.foreign_objects.drawn import find_drawn
from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Breast, Calcification, Density, Landmarks, Particle, Scale
    from mammocalc.stages.foreign_objects.settings import ForeignSettings
    from mammocalc.vocabulary.geometry import PixelSpacing


Place = tuple[int, float, float]
"""What a particle keeps when it is scored again: its scale, row and column."""

_Site = tuple[int, int, int]
"""Row and column of a particle's densest pixel in the finest image, and how far around it is looked at."""

_PATCH_MM = 4.0
"""What is looked at around a peak: the largest clips lie in it, and enough of what is around them. Around a large body,
as far again as it reaches."""

_METAL_OVER_SHARE: Final = 0.1
"""Metal is denser than the densest tissue by at least this share of the tissue's range (from the 5th to the 99.5th
percentile of the breast)."""

_METAL_FLAT_SHARE: Final = 0.4
"""Smallest share of the area above half of an object's height that reaches nine tenths of it. Next to nothing passes
through metal, so its top is flat; in a dome, like a calcification, a quarter of the area is so high."""

_METAL_FLANK_MM: Final = 0.15
"""Largest mean width of the flank between half and nine tenths of the height. The wall of metal is as steep as the
detector's blur allows, 0.03 to 0.14 mm; real large calcifications with tops nearly as flat, saturated ones among them,
had 0.29 mm and more."""

_METAL_AREA_MM2: Final = 1.2
"""Smallest area of a piece of metal: that of a BB of 1.2 mm, or the end of a clip. Real round calcifications below this
have too few pixels to be told from it by their flanks."""

_AREOLA_RADIUS_MM: Final = 20.0
"""Calcifications this close to a nipple that was found with confidence are flagged; areolas are 30 to 50 mm wide."""


@dataclass(frozen=True, slots=True)
class _Tissue:
    """The densities that tissue has in this image."""

    low: float
    high: float

    @property
    def span(self) -> float:
        return max(self.high - self.low, 1.0)


@dataclass(frozen=True, slots=True)
class _Body:
    """What metal is told by."""

    over_share: float
    flat_share: float
    flank_mm: float
    area_mm2: float


def find_metal(particles: Sequence[Particle], scales: tuple[Scale, ...], breast: Breast) -> frozenset[Place]:
    """
    Find the particles that lie on metal or lead.

    Clips, biopsy markers, BBs, wires and lead letters are denser than any
    tissue, flat on top, and end within the detector's blur. Large
    calcifications are denser than tissue as well, but they are rounded: their
    flanks are wide. Those that are not clearly metal stay.

    Parameters
    ----------
    particles : sequence of Particle
        In any order.
    scales : tuple of Scale
        As they were searched; the image of the first, the finest, is looked at.
    breast : Breast
        Its box, and the densities of its tissue.

    Returns
    -------
    frozenset of Place
        Where they are.
    """
    cells = breast.cell_density[_tissue_cells(particles, breast)]
    if cells.size == 0:
        return frozenset()
    low, high = np.quantile(cells, (0.05, 0.995)).tolist()
    tissue = _Tissue(low, high)
    sites = {place_of(p): _site_of(p, scales, breast) for p in particles}
    metal = {site for site in set(sites.values()) if site and _is_metal(site, scales[0], tissue)}
    return frozenset(place for place, site in sites.items() if site in metal)


def leave_out_metal(
    particles: Sequence[Particle], metal: frozenset[Place], settings: ForeignSettings
) -> tuple[tuple[Particle, ...], frozenset[Flag]]:
    """
    Leave out the particles that lie on metal.

    Parameters
    ----------
    particles : sequence of Particle
        In any order.
    metal : frozenset of Place
        As given by `find_metal`.
    settings : ForeignSettings
        Whether it is done.

    Returns
    -------
    particles : tuple of Particle
        Those that are left, in the same order.
    flags : frozenset of Flag
        ``metal`` where any was left out.
    """
    others = tuple(p for p in particles if place_of(p) not in metal)
    if not settings.leave_out_metal or len(others) == len(particles):
        return tuple(particles), frozenset()
    return others, frozenset({Flag.METAL})


def leave_out_drawn(
    particles: Sequence[Particle],
    metal: frozenset[Place],
    density: Density,
    scales: tuple[Scale, ...],
    breast: Breast,
    spacing: PixelSpacing,
    settings: ForeignSettings,
) -> tuple[tuple[Particle, ...], frozenset[Flag]]:
    """
    Leave out particles on what was drawn into the pixels: text, dots, rulers, rings, marks of other programs.

    Metal is no drawing, though where it saturates it looks as much like one:
    it is left to `leave_out_metal`, whether that leaves it out or not.

    Parameters
    ----------
    particles : sequence of Particle
        Scored, in any order.
    metal : frozenset of Place
        As given by `find_metal`.
    density : Density
        The whole image, before any filter.
    scales : tuple of Scale
        As they were searched.
    breast : Breast
        Where the noise is looked at.
    spacing : PixelSpacing
        Size of a pixel.
    settings : ForeignSettings
        Whether it is done.

    Returns
    -------
    particles : tuple of Particle
        Those that are left, in the same order.
    flags : frozenset of Flag
        ``burned_in_marks`` where any was left out.
    """
    if not settings.leave_out_drawn:
        return tuple(particles), frozenset()
    others = [p for p in particles if place_of(p) not in metal]
    drawn = set(find_drawn(others, density, scales, breast, spacing))
    if not drawn:
        return tuple(particles), frozenset()
    return tuple(p for p in particles if p not in drawn), frozenset({Flag.BURNED_IN_MARKS})


def flag_areola(
    calcifications: Sequence[Calcification], landmarks: Landmarks, spacing: PixelSpacing
) -> tuple[Calcification, ...]:
    """
    Flag calcifications that may lie in the skin of the areola.

    One view cannot tell the skin of the areola from the ducts behind it, and
    calcifications in those matter. So they keep their place in clusters, and
    the flag says what else they may be.

    Parameters
    ----------
    calcifications : sequence of Calcification
        In any order.
    landmarks : Landmarks
        The nipple; without one nothing is flagged.
    spacing : PixelSpacing
        Size of a pixel.

    Returns
    -------
    tuple of Calcification
        In the same order.
    """
    nipple = landmarks.known_nipple
    if nipple is None:
        return tuple(calcifications)

    def is_near(one: Calcification) -> bool:
        row_mm = (one.row_px - nipple.row_px) * spacing.row_mm
        return math.hypot(row_mm, (one.column_px - nipple.column_px) * spacing.column_mm) <= _AREOLA_RADIUS_MM

    return tuple(replace(c, flags=c.flags | {Flag.NEAR_NIPPLE}) if is_near(c) else c for c in calcifications)


def place_of(particle: Particle) -> Place:
    """Tell which particle it is, whatever its score."""
    return particle.scale, particle.row_px, particle.column_px


def _tissue_cells(particles: Sequence[Particle], breast: Breast) -> NDArray[np.bool_]:
    """Give the cells of tissue: a disc of metal of 10 mm would be the densest two hundredth of a breast itself."""
    is_tissue = breast.is_searched.astype(np.uint8)
    outlines = [np.array(p.outline_px) for p in particles if p.outline_px]
    cv2.fillPoly(is_tissue, [(outline[:, ::-1] // breast.cell_px).astype(np.int32) for outline in outlines], 0)
    return is_tissue > 0


def _site_of(particle: Particle, scales: tuple[Scale, ...], breast: Breast) -> _Site | None:
    """Give the densest pixel of the finest image at a particle, and how far to look; None outside of the image."""
    finest = scales[0]
    row = round((particle.row_px - breast.box_px[0] - (finest.step_px - 1) / 2) / finest.step_px)
    column = round((particle.column_px - breast.box_px[1] - (finest.step_px - 1) / 2) / finest.step_px)
    # The particle of a coarse top-hat is the middle of what it saw, which may be the hole of a ring.
    reach = max(1, math.ceil(scales[particle.scale].length_mm / 2 / finest.pixel_mm))
    top, left, bottom, right = row - reach, column - reach, row + reach, column + reach
    half = math.ceil(_PATCH_MM / finest.pixel_mm)
    if particle.outline_px:
        corners = (np.array(particle.outline_px) - breast.box_px[:2]) / finest.step_px
        (top, left), (bottom, right) = (
            corners.min(axis=0).astype(int).tolist(),
            corners.max(axis=0).astype(int).tolist(),
        )
        half += max(bottom - top, right - left)
    top, left = max(0, top), max(0, left)
    window = finest.image[top : bottom + 1, left : right + 1]
    if window.size == 0:
        return None
    below, beside = divmod(int(window.argmax()), window.shape[1])
    return top + below, left + beside, half


def _is_metal(site: _Site, finest: Scale, tissue: _Tissue) -> bool:
    """Tell whether what stands out at a pixel is metal."""
    row, column, half = site
    if float(finest.image[row, column]) < tissue.high + _METAL_OVER_SHARE * tissue.span:
        return False
    top, left = max(0, row - half), max(0, column - half)
    patch = finest.image[top : row + half + 1, left : column + half + 1].astype(np.float64)
    body = _body(patch, (row - top, column - left), tissue, finest.pixel_mm)
    return (
        body.over_share >= _METAL_OVER_SHARE
        and body.flat_share >= _METAL_FLAT_SHARE
        and body.flank_mm <= _METAL_FLANK_MM
        and body.area_mm2 >= _METAL_AREA_MM2
    )


def _body(patch: NDArray[np.float64], peak: tuple[int, int], tissue: _Tissue, pixel_mm: float) -> _Body:
    """Measure what stands out at a peak: the connected area above half of its height."""
    is_tissue = (patch >= tissue.low) & (patch <= tissue.high)
    ground = float(np.median(patch[is_tissue])) if is_tissue.any() else tissue.low
    _, labels = cv2.connectedComponents((patch >= (ground + patch[peak]) / 2).astype(np.uint8), connectivity=8)
    inside = labels == labels[peak]
    summit = float(np.quantile(patch[inside], 0.95))
    flat = inside & (patch >= ground + 0.9 * (summit - ground))
    framed = np.pad(inside, 1)
    edges = np.count_nonzero(framed[1:] != framed[:-1]) + np.count_nonzero(framed[:, 1:] != framed[:, :-1])
    area_px, flat_px = int(inside.sum()), int(flat.sum())
    return _Body(
        over_share=(summit - tissue.high) / tissue.span,
        flat_share=flat_px / area_px,
        # Along stairs of pixels an outline is 4/pi times as long as it is.
        flank_mm=(area_px - flat_px) / (edges * math.pi / 4) * pixel_mm,
        area_mm2=area_px * pixel_mm**2,
    )
