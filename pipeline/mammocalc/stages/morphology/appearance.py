"""Features of a particle's interior and outline."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mammocalc.imaging.edge_width import edge_width_mm
from mammocalc.stages.morphology.limits import RIM_MIN_LENGTH_MM, SOFTNESS
from mammocalc.vocabulary.geometry import convex_hull, fill_polygon, perimeter, polygon_area
from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.model import Breast, Calcification, Scale
    from mammocalc.vocabulary.geometry import PixelSpacing

_SECTORS = 12
_SURROUND_MM = 0.5
_CELLS = 40
_RINGS = 8


@dataclass(frozen=True, slots=True)
class Appearance:
    """
    The measured quantities that the decision table looks at.

    Attributes
    ----------
    diameter_mm : float
        Of the circle of equal area.
    length_mm, width_mm : float
        Largest and smallest Feret diameter.
    across_px : float
        Width in pixels of the finest image: how much shape they can carry.
    elongation : float
        Length over width.
    solidity : float
        Area over that of the convex hull: 1 for a disc, less with bays.
    out_of_round : float
        Area in which the outline and the disc of equal area and centre
        differ, as a share of the area: 0 for a disc, about 0.25 for an
        ellipse half as long again as wide.
    curl : float
        Half of the perimeter over the length: about 1 for a straight rod,
        1.6 for a disc, more for what is bent or has many bays.
    ribbon_mm : float
        Area over half of the perimeter: the thickness of what is long and
        thin, straight or bent.
    lucency : float
        How far the middle lies below the rim, as a share of the rim's height
        above the surroundings; negative where the middle is the highest.
    rim_share : float
        Share of the directions in which the rim is higher than the middle.
    wall_mm : float
        Thickness of the rim; the half width where there is none.
    unevenness : float
        Spread of the height inside, beyond the noise and beyond what depends
        on the distance to the outline, over its mean.
    lobulation : float
        ``1 - solidity`` plus half of the unevenness: how knobbly a body is
        outside and inside.
    edge_width_mm : float
        Height over the slope that three quarters of the outline exceed: how
        wide the edge is.
    contrast_to_noise : float
        As it was measured.
    near_skin : float
        1 for particles with that flag, else 0.
    """

    diameter_mm: float
    length_mm: float
    width_mm: float
    across_px: float
    elongation: float
    solidity: float
    out_of_round: float
    curl: float
    ribbon_mm: float
    lucency: float
    rim_share: float
    wall_mm: float
    unevenness: float
    lobulation: float
    edge_width_mm: float
    contrast_to_noise: float
    near_skin: float


def describe_appearance(
    calcification: Calcification,
    scale: Scale,
    breast: Breast,
    spacing: PixelSpacing,
) -> Appearance | None:
    """
    Look at one measured particle again, on the finest pixels.

    Parameters
    ----------
    calcification : Calcification
        With its outline and its size in mm.
    scale : Scale
        The finest one.
    breast : Breast
        Its box is where the scale's image begins.
    spacing : PixelSpacing
        Size of a pixel.

    Returns
    -------
    Appearance or None
        None where the outline encloses no area or the size is unknown.
    """
    length_mm, width_mm = calcification.length_mm, calcification.width_mm
    outline = np.array(calcification.outline_px).reshape(-1, 2) - breast.box_px[:2]
    step = np.array([spacing.row_mm, spacing.column_mm])
    outline_mm = outline * step
    area_mm2 = polygon_area(outline_mm)
    if length_mm is None or width_mm is None or len(outline) < 4 or area_mm2 <= 0:
        return None
    margin = np.ceil(_SURROUND_MM / step).astype(int) + 1
    low = np.maximum(np.floor(outline.min(axis=0)).astype(int) - margin, 0)
    high = np.ceil(outline.max(axis=0)).astype(int) + margin + 1
    patch = scale.image[low[0] : high[0], low[1] : high[1]].astype(np.float32)
    inside = fill_polygon(outline - low, patch.shape)
    if cv2.countNonZero(inside) < 4:
        return None
    height = patch - _median_of_border(patch)
    perimeter_mm = perimeter(outline_mm)
    lucency, rim_share, wall_mm, unevenness = 0.0, 0.0, width_mm / 2, 0.0
    # Below three steps of softness nothing of the inside is seen, and nothing is asked for.
    if length_mm >= RIM_MIN_LENGTH_MM * (1 - 3 * SOFTNESS):
        noise = float(scale.noise.at(np.array([float(patch[inside > 0].mean())]))[0])
        depth_mm = cv2.distanceTransform(inside, cv2.DIST_L2, 5) * spacing.mean_mm
        lucency, rim_share, wall_mm, unevenness = _inner(height, inside, depth_mm, noise)
    solidity = min(area_mm2 / max(polygon_area(convex_hull(outline_mm)), area_mm2), 1.0)
    return Appearance(
        diameter_mm=calcification.diameter_mm or 0.0,
        length_mm=length_mm,
        width_mm=width_mm,
        across_px=width_mm / spacing.mean_mm,
        elongation=length_mm / width_mm,
        solidity=solidity,
        out_of_round=_out_of_round(outline_mm),
        curl=perimeter_mm / 2 / length_mm,
        ribbon_mm=2 * area_mm2 / perimeter_mm,
        lucency=lucency,
        rim_share=rim_share,
        wall_mm=wall_mm,
        unevenness=unevenness,
        lobulation=1 - solidity + unevenness / 2,
        edge_width_mm=edge_width_mm(height, inside, spacing),
        contrast_to_noise=calcification.contrast_to_noise,
        near_skin=float(Flag.NEAR_SKIN in calcification.flags),
    )


def _median_of_border(patch: NDArray[np.float32]) -> np.float32:
    border = np.sort(np.concatenate([patch[0], patch[-1], patch[:, 0], patch[:, -1]]))
    upper = len(border) // 2  # their number is even; np.median takes three times as long for so few
    return np.float32((border[upper - 1] + border[upper]) / 2)


def _inner(
    height: NDArray[np.float32], inside: NDArray[np.uint8], depth_mm: NDArray[np.float32], noise: float
) -> tuple[float, float, float, float]:
    """Compare the middle with the rim: lucency, share of directions with a rim, its thickness, unevenness."""
    rows, columns = np.nonzero(inside)
    value, depth = height[rows, columns].astype(np.float64), depth_mm[rows, columns].astype(np.float64)
    deepest = float(depth.max())
    share = depth / deepest
    is_middle = share >= 0.7
    middle = float(value[is_middle].mean())
    ring = np.minimum((share * _RINGS).astype(int), _RINGS - 1)
    counts = np.bincount(ring, minlength=_RINGS)
    profile = np.bincount(ring, value, minlength=_RINGS) / np.maximum(counts, 1)
    profile[counts == 0] = -np.inf
    top = int(np.argmax(profile[:6]))
    rim = float(profile[top])
    if rim <= 0:
        return 0.0, 0.0, deepest, 0.0
    lucency = (rim - middle) / rim
    # Seen from the middle, in how many directions is there something higher than it?
    angle = np.arctan2(rows - rows[is_middle].mean(), columns - columns[is_middle].mean())
    sector = ((angle + math.pi) / (2 * math.pi) * _SECTORS).astype(int) % _SECTORS
    highest = np.full(_SECTORS, -np.inf)
    np.maximum.at(highest, sector[~is_middle], value[~is_middle])
    rim_share = np.count_nonzero(highest > middle + max(0.2 * rim, noise)) / _SECTORS
    below = np.flatnonzero(profile[top:] < (rim + middle) / 2)
    wall_mm = deepest * ((top + int(below[0])) / _RINGS if lucency > 0 and below.size else 1.0)
    spread = float((value - profile[ring])[share > 0.25].std())
    unevenness = math.sqrt(max(spread**2 - noise**2, 0.0)) / max(float(value.mean()), 1e-6)
    return lucency, rim_share, float(wall_mm), unevenness


def _out_of_round(outline_mm: NDArray[np.float64]) -> float:
    """Compare the outline with a disc; see `Appearance.out_of_round`."""
    low = outline_mm.min(axis=0)
    cell_mm = float((outline_mm.max(axis=0) - low).max()) / _CELLS
    filled = fill_polygon((outline_mm - low) / cell_mm + 1, (_CELLS + 3, _CELLS + 3))
    moments = cv2.moments(filled)
    count = moments["m00"]
    row, column = moments["m01"] / count, moments["m10"] / count
    along = np.arange(len(filled))
    disc = (along[:, None] - row) ** 2 + (along - column) ** 2 <= count / math.pi
    # What of the disc lies outside of the box is as large as what of the outline lies outside of the disc.
    return 2 * np.count_nonzero(filled > disc) / count
