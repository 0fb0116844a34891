"""The air in a picture, and the end of the grey scale at which it lies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mammocalc.dicom.pixels.overview import FEWEST_CELLS, SAME_VALUE, contacts_of, measure_texture, scale_within_borders

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEVEL_REACH: Final = 0.1
"""How far from its level air lies, as a share of the scale: fields are up to a tenth darker at one side."""
_SMALLEST_AREA: Final = 0.03
_LARGEST_AREA: Final = 0.9
_MOST_BEYOND: Final = 0.03
"""Share of the cells that may lie beyond air: letters, holes, dead pixels. No tissue does."""
_FADE: Final = 0.85
"""Largest height of the breast's rim (1.5 to 4 cells from air) as a share of that of its core. The breast thins out
towards its skin, 0.03 to 0.86 on 263 real images; at the edge of a collimator it is as thick as anywhere."""
_SMALLEST_FADE: Final = 0.02
_WALL: Final = 0.35
"""Share of one side of the picture that the breast takes at its chest wall. The disc of a round collimator touches
all four sides, and takes less of each."""
_CUT: Final = 0.25
"""Share of a side along which the breast is cut, that counts."""
_CURVED: Final = 0.02
"""How much the depth of air varies from row to row and from column to column, as a share of the side, at least: the
skin is curved. A field that grows dimmer towards one side has a straight end."""
_CALM: Final = 0.2
"""Texture of air, as a share of that of tissue, at most."""
_DEAD: Final = 0.1
"""Texture below which a region has none, and cannot be tissue."""
_UNSTRUCTURED: Final = 0.45
"""Where air is noisy, as in exposures: its coarse texture over its fine one, as a share of the same in tissue. White
noise has a third; tissue, whose texture is coarse, has one and more."""
_MOST_NOISE: Final = 2.0
"""Texture of such noisy air, as a share of that of tissue, at most."""
_RIM: Final = 0.2
"""Where padding took the place of air: share of the rim that may be denser, or thinner, than the core. 95 of 100 images
had less when their air was declared as padding; round windows cut out of 263 breasts had 0.27 and more on the wrong
side, and what bounds square ones is a border."""
_SQUARE: Final = np.ones((3, 3), np.uint8)


class AirEnd(StrEnum):
    """The values of air: the smallest, the largest, or unknown."""

    SMALLEST = "smallest"
    LARGEST = "largest"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Air:
    """
    The air of a picture, and the tissue relative to it.

    Attributes
    ----------
    end : AirEnd
        Among the values that were looked at.
    tissue_level : float or None
        Where the median of the tissue lies between the densest value (0) and
        air (1); None where air is unseen. In exposures most of the tissue lets
        a few per cent pass, 0.02 to 0.1; processing spreads it, 0.11 to 0.8.
    cut_sides : int or None
        Sides of the picture at which the breast is cut along a quarter of the
        side or more; None where air is unseen.
    """

    end: AirEnd
    tissue_level: float | None = None
    cut_sides: int | None = None


@dataclass(frozen=True, slots=True)
class _Region:
    """A level region at the lower end of a picture that touches its border: air, if this is the thin end."""

    area_share: float
    beyond_share: float
    fade: float
    texture: float
    structure: float
    has_wall: bool
    is_curved: bool
    tissue_level: float
    cut_sides: int

    @property
    def has_shape(self) -> bool:
        """Whether what it leaves has the shape of a breast: nothing beyond it, a chest wall, a curved skin."""
        return (
            _SMALLEST_AREA <= self.area_share <= _LARGEST_AREA
            and self.beyond_share <= _MOST_BEYOND
            and self.has_wall
            and self.is_curved
        )

    @property
    def is_dead(self) -> bool:
        """Whether the region is as level as only air, lead or print can be."""
        return self.area_share >= _SMALLEST_AREA and self.beyond_share <= _MOST_BEYOND and self.texture <= _DEAD

    @property
    def is_air(self) -> bool:
        """Whether the rim of what has that shape fades, and it is calmer than tissue, too."""
        is_noise = self.structure <= _UNSTRUCTURED and self.texture <= _MOST_NOISE
        return self.has_shape and _SMALLEST_FADE < self.fade <= _FADE and (self.texture <= _CALM or is_noise)


def find_air(picture: NDArray[np.float64], hidden: NDArray[np.bool_]) -> Air:
    """
    Find the end of the grey scale at which the air lies.

    Air is a level region along the border of the picture, with nothing beyond
    it, and calmer than tissue; the breast beside it thins out towards it and
    is cut off straight at its chest wall. Rows and columns at the edge that
    have one value from end to end are left out first, since they may be
    printed, padded or the mount of a film. Where padding took the place of
    air, the rim of the breast alone has to tell. A spot view, which tissue
    fills, tells nothing, nor does one that a collimator bounds.

    Parameters
    ----------
    picture : ndarray of float64, shape (rows, columns)
        Modality values, averaged over cells by `shrink`.
    hidden : ndarray of bool, shape (rows, columns)
        Cells that are mostly padding.

    Returns
    -------
    Air
        ``UNSEEN`` unless the evidence lies at one end alone.

    Notes
    -----
    Linear exposures squeeze the tissue into a few per cent of the scale,
    where it looks as level as air and as thick at its rim as at its core.
    Where the largest values may be air but do not show it, their logarithm
    decides.

    What this tells of real and simulated images, and of what was made of them
    (inverted, framed, padded, cropped, as exposures), is measured by
    ``tests/benchmarks/polarity.py`` and stands in docs/evidence/dicom.md.
    """
    if np.count_nonzero(~hidden) < FEWEST_CELLS:
        return Air(AirEnd.UNSEEN)
    low, high, rim = _both_ends(picture, hidden)
    end = _decide(low, high, rim)
    if end is AirEnd.UNSEEN and high is not None and high.has_shape and picture[~hidden].min() >= 0:
        dimmed = np.log(np.maximum(picture, 1.0))
        end = AirEnd.LARGEST if _decide(*_both_ends(dimmed, hidden)) is AirEnd.LARGEST else AirEnd.UNSEEN
    region = {AirEnd.SMALLEST: low, AirEnd.LARGEST: high}.get(end)
    if region is not None:
        return Air(end, region.tissue_level, region.cut_sides)
    return Air(end) if end is AirEnd.UNSEEN else Air(end, cut_sides=_cut_sides(~hidden, (True,) * 4))


def _both_ends(
    picture: NDArray[np.float64], hidden: NDArray[np.bool_]
) -> tuple[_Region | None, _Region | None, float | None]:
    """Look for air at either end, and for the share of the rim beside padding that is thinner than the core."""
    inner = scale_within_borders(picture, hidden)
    if inner is None:
        return None, None, None
    scaled, hidden, own = inner.scaled, inner.hidden, inner.own_sides
    return _region(scaled, hidden, own), _region(1 - scaled, hidden, own), _thin_rim(scaled, hidden)


def _decide(low: _Region | None, high: _Region | None, rim: float | None) -> AirEnd:
    """Weigh what was seen at both ends; unseen where they speak against each other."""
    is_low = low is not None and low.is_air and (rim is None or rim > 0.5)
    is_high = high is not None and high.is_air and (rim is None or rim < 0.5)
    if low is not None and high is not None:
        is_low &= low.is_dead or not high.is_dead
        is_high &= high.is_dead or not low.is_dead
        if is_low and is_high and low.is_dead != high.is_dead:
            is_low, is_high = low.is_dead, high.is_dead
    if is_low != is_high:
        return AirEnd.SMALLEST if is_low else AirEnd.LARGEST
    if rim is not None and not is_low and (rim >= 1 - _RIM or rim <= _RIM):
        return AirEnd.SMALLEST if rim >= 1 - _RIM else AirEnd.LARGEST
    return AirEnd.UNSEEN


def _region(scaled: NDArray[np.float32], hidden: NDArray[np.bool_], own: tuple[bool, ...]) -> _Region | None:
    """Find the level region at the lower end that touches the border (``own``: which sides are the picture's)."""
    shown = ~hidden
    count = int(shown.sum())
    is_level = shown & (cv2.dilate(scaled, _SQUARE) - cv2.erode(scaled, _SQUARE) <= SAME_VALUE)
    reach = max(2, min(scaled.shape) // 16)
    at_border = np.ones(scaled.shape, bool)
    at_border[reach:-reach, reach:-reach] = False
    seeds = scaled[is_level & at_border & (scaled < 0.5)]
    if count < FEWEST_CELLS or seeds.size < 0.01 * count:
        return None
    heights, edges = np.histogram(seeds, bins=50, range=(0, 0.5))
    level = float(edges[np.convolve(heights, (1, 2, 3, 2, 1), "same").argmax()]) + 0.005
    _, labels = cv2.connectedComponents(
        (is_level & (np.abs(scaled - level) <= _LEVEL_REACH)).astype(np.uint8), connectivity=4
    )
    touching = np.unique(labels[at_border])
    region = np.isin(labels, touching[touching > 0])
    outside = region | hidden
    distance = cv2.distanceTransform((~outside).astype(np.uint8), cv2.DIST_L2, 3)
    rim = scaled[(distance >= 1.5) & (distance < 4)]
    core = scaled[(distance >= 10) & ~at_border]
    tissue = scaled[~outside]
    if min(rim.size, core.size) < 20 or tissue.size < FEWEST_CELLS:
        return None
    texture, structure = _textures(scaled, region, ~outside)
    return _Region(
        area_share=float(region.sum()) / count,
        beyond_share=float((shown & (scaled < level - _LEVEL_REACH)).sum()) / count,
        fade=float(np.median(rim) - level) / max(float(np.median(core)) - level, 1e-3),
        texture=texture,
        structure=structure,
        has_wall=_has_wall(outside),
        is_curved=all(np.std(outside.mean(axis=axis)) >= _CURVED for axis in (0, 1)),
        cut_sides=_cut_sides(~outside, own),
        tissue_level=float((1 - np.median(tissue)) / max(1 - level, 1e-3)),
    )


def _textures(scaled: NDArray[np.float32], region: NDArray[np.bool_], tissue: NDArray[np.bool_]) -> tuple[float, float]:
    """Compare the coarse texture of two regions, and how much of their texture is coarse; large where unknown."""
    air, beside = measure_texture(scaled, region), measure_texture(scaled, tissue)
    if air is None or beside is None:
        return np.inf, np.inf
    (fine_air, coarse_air), (fine_tissue, coarse_tissue) = air, beside
    if coarse_tissue < 1e-4:  # as level as air itself
        return np.inf, np.inf
    ratio_of_tissue = coarse_tissue / max(fine_tissue, 1e-5)
    ratio_of_air = coarse_air / max(fine_air, 1e-5)
    return coarse_air / coarse_tissue, ratio_of_air / ratio_of_tissue


def _has_wall(outside: NDArray[np.bool_]) -> bool:
    """Whether what is inside takes a good part of one side of the picture."""
    return max(contacts_of(~outside)) >= _WALL


def _cut_sides(tissue: NDArray[np.bool_], own: tuple[bool, ...]) -> int:
    """Count the sides at which tissue is cut; ``own`` says which of top, left, bottom and right are the picture's."""
    return sum(is_own and contact >= _CUT for contact, is_own in zip(contacts_of(tissue), own, strict=True))


def _thin_rim(scaled: NDArray[np.float32], hidden: NDArray[np.bool_]) -> float | None:
    """Give the share of the rim beside padding that lies below the median of the core; None where padding is none."""
    if hidden.mean() < _SMALLEST_AREA or not _has_wall(hidden):
        return None
    distance = cv2.distanceTransform((~hidden).astype(np.uint8), cv2.DIST_L2, 3)
    distance[:5] = distance[-5:] = distance[:, :5] = distance[:, -5:] = 0
    rim, core = scaled[(distance >= 1) & (distance < 3)], scaled[distance >= 10]
    if min(rim.size, core.size) < 30:
        return None
    return float(np.mean(rim < np.median(core)))
