"""Detection of particles that stand out from the measured noise in every direction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from pydantic import Field
from scipy.spatial import KDTree

from mammocalc.imaging.radial_profiles import cast_rays, directions
from mammocalc.model import Particle
from mammocalc.model.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.model import Breast, Scale

CANDIDATE_SIGMA: Final = 3.0
"""Smallest height above the background, in standard deviations of the noise, of a particle that is looked at."""

DIRECTIONS: Final = 16
"""Directions in which a particle must have an edge, a multiple of eight. Fibres, and crossings of fibres, have
none along themselves."""

_ANGLES: Final = (
    directions(DIRECTIONS)[:: DIRECTIONS // 4],
    directions(DIRECTIONS)[DIRECTIONS // 8 :: DIRECTIONS // 4],
    directions(DIRECTIONS)[1::2],
)
"""All directions, those first that tell most."""

SEPARATION_MM: Final = 0.3
"""Two particles of the finest scale are at least this far apart; in coarser ones the distance grows with the length
of their lines."""


class DetectSettings(Settings):
    """What counts as a particle."""

    threshold_sigma: float = Field(default=3.5, gt=0)
    """Smallest strength of a particle that is kept for the classifier: the geometric mean of its height and of its
    weakest edge, in standard deviations of the noise."""

    report_limit: int = Field(default=400, ge=1)
    """Largest number of reported particles; the strongest are kept and the image is flagged. A guard against storms of
    marks on images of noise."""


def find_particles(scales: tuple[Scale, ...], breast: Breast, settings: DetectSettings) -> tuple[Particle, ...]:
    """
    Find the particles that stand out from the noise of the breast.

    A particle is a local maximum of a top-hat that is higher than
    the noise at its grey level, and whose edge is steep in every direction.
    Both are needed: noise is high without edges, and a crossing of two fibres
    is high with edges in most directions only.

    Parameters
    ----------
    scales : tuple of Scale
        Top-hats from fine to coarse, each with its noise.
    breast : Breast
        Where particles may be.
    settings : DetectSettings
        What counts.

    Returns
    -------
    tuple of Particle
        The strongest first; equal ones by row, then column. Empty when nothing
        stands out. Their scores are 0 until they are classified.
    """
    found: list[Particle] = []
    for index, scale in enumerate(scales):
        found += _in_scale(index, scale, scales[0].length_mm, breast, settings)
    return tuple(sorted(found, key=lambda p: (-p.strength_sigma, p.row_px, p.column_px)))


def _in_scale(index: int, scale: Scale, finest_mm: float, breast: Breast, settings: DetectSettings) -> list[Particle]:
    relative = scale.length_mm / finest_mm
    reach_px = max(1, round(SEPARATION_MM * relative / scale.pixel_mm))
    tophat = scale.tophat
    candidate_sigma = min(CANDIDATE_SIGMA, settings.threshold_sigma)  # no particle is stronger than it is high
    floor = candidate_sigma * float(scale.noise.sigma.min())
    around = cv2.dilate(tophat, np.ones((2 * reach_px + 1,) * 2, np.uint8))
    np.maximum(around, np.uint16(min(floor, 65534.0) + 1), out=around)  # what is no higher is no peak
    peaks = np.flatnonzero(tophat == around)  # several times faster than nonzero
    rows, columns = np.divmod(peaks, tophat.shape[1])
    top, left, *_ = breast.box_px
    full_rows, full_columns = (scale.to_stored(axis) for axis in (rows, columns))
    cells = breast.cells_at(full_rows + top, full_columns + left)
    height = tophat[rows, columns].astype(np.float64)
    background = scale.image[rows, columns] - height
    sigma = scale.noise.at(background)  # that of the particle itself would hold its own edges
    keep = breast.is_searched[cells] & (height > candidate_sigma * sigma)
    kept = np.flatnonzero(keep)
    kept = kept[_separate(rows[kept], columns[kept], height[kept] / sigma[kept], reach_px)]
    length_px = scale.length_mm / scale.pixel_mm
    edge = np.full(len(kept), np.inf)
    for angles in _ANGLES:
        edge = np.minimum(edge, weakest_edge(scale.image, rows[kept], columns[kept], length_px, angles))
        # The weakest of some directions is no weaker than the weakest of all, and most end here.
        may_be = height[kept] * np.maximum(edge, 0.0) >= (0.999 * settings.threshold_sigma * sigma[kept]) ** 2
        kept, edge = kept[may_be], edge[may_be]
    rows, columns, height, sigma = rows[kept], columns[kept], height[kept], sigma[kept]
    contrast, edge = height / sigma, np.maximum(edge, 0.0) / sigma
    strength = np.sqrt(contrast * edge)
    full_rows, full_columns = full_rows[kept] + top, full_columns[kept] + left
    table = np.stack([full_rows, full_columns, contrast, edge, strength], axis=1)
    return [
        Particle(row, column, index, contrast_to_noise, edge_to_noise, strength_sigma, score=0.0)
        for row, column, contrast_to_noise, edge_to_noise, strength_sigma in table.tolist()
        if strength_sigma >= settings.threshold_sigma
    ]


def weakest_edge(
    image: NDArray[np.uint16],
    rows: NDArray[np.int_],
    columns: NDArray[np.int_],
    length_px: float,
    angles: NDArray[np.float64],
) -> NDArray[np.float64]:
    """
    Give the weakest of the steepest drops around some positions.

    From each position rays run outwards; on each the steepest drop over 0.3
    lengths within 1.6 lengths is taken, and the smallest of these is returned.
    A compact particle drops everywhere, a line does not along itself.

    Parameters
    ----------
    image : ndarray of uint16
        The image in which the positions lie.
    rows, columns : ndarray of int, shape (n,)
        0-based positions.
    length_px : float
        Largest width of a particle, in pixels.
    angles : ndarray, shape (k,)
        Of the rays, radians; at least one.

    Returns
    -------
    ndarray of float64, shape (n,)
        In units of the image; may be negative.
    """
    drop_px = max(1.0, 0.3 * length_px)
    radii = np.arange(0.0, max(1.6 * length_px, 2 * drop_px) + drop_px, drop_px / 3)
    rays = cast_rays(image, rows, columns, radii, angles)
    drops = rays[:, :, :-3] - rays[:, :, 3:]
    return np.asarray(drops.max(axis=2, initial=-np.inf).min(axis=1, initial=np.inf), dtype=np.float64)


def _separate(
    rows: NDArray[np.int_], columns: NDArray[np.int_], height: NDArray[np.float64], reach_px: int
) -> NDArray[np.int_]:
    """Keep the highest of neighbours on a plateau; returns indices, the highest first."""
    order = np.lexsort((columns, rows, -height))
    places = np.stack([rows[order], columns[order]], axis=1)
    is_left_out = np.zeros(len(order), bool)
    pairs = KDTree(places).query_pairs(reach_px, p=np.inf, output_type="ndarray") if len(order) else places
    for higher, lower in sorted(pairs.tolist()):
        if not is_left_out[higher]:
            is_left_out[lower] = True
    return np.asarray(order[~is_left_out], dtype=np.int_)
