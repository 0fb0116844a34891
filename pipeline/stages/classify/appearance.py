"""What a particle looks like, in numbers that do not depend on dose, detector or pixel size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import KDTree

from pipeline.rays import cast_rays

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.geometry import PixelSpacing
    from pipeline.model import Breast, Channel, Particle

_DIRECTIONS = 16
_RADII_MM = np.array([0.0, 0.07, 0.14, 0.21, 0.28, 0.35, 0.45, 0.55, 0.7, 0.85, 1.0, 1.2, 1.5, 1.8, 2.2, 2.6])
_SURROUNDINGS = slice(9, 13)
_SKIN_MM = 5.0
_CROWD_MM = 10.0

FEATURES = (
    "contrast",
    "strength",
    *(f"coarse_contrast_{k}" for k in (1, 2)),
    *(f"mean_{k}" for k in (0, 1, 2, 3, 4, 5, 7, 8, 10, 12, 14)),
    *(f"drop_{k}" for k in (0, 1, 2, 4, 8, 15)),
    *(f"short_drop_{k}" for k in (0, 2, 8)),
    "weakest_over_median_drop",
    *(f"harmonic_{h}_at_{k}" for k in (3, 5, 7, 9) for h in (1, 2, 4)),
    "texture_near",
    "texture_far",
    "slope",
    "half_width",
    *(f"profile_{k}" for k in (1, 3, 5)),
    "skin_mm",
    "pixel_mm",
    "relative_noise",
    "crowd",
)
"""Names of the columns of `describe_particles`, in order."""


def describe_particles(
    particles: Sequence[Particle], channels: tuple[Channel, ...], breast: Breast, spacing: PixelSpacing
) -> NDArray[np.float32]:
    """
    Describe particles of the finest channel by their surroundings.

    Grey levels are divided by the noise at the particle's level, distances are
    millimetres. Rays around the particle give its mean profile, the steepest
    drops sorted by direction (a line has none along itself), the angular
    harmonics (a line has a strong second one, a crossing a fourth) and the
    texture around it; the other particles give the crowd it stands in.

    Parameters
    ----------
    particles : sequence of Particle
        All of the finest channel.
    channels : tuple of Channel
        From fine to coarse; the coarser ones tell whether the particle is part
        of something larger.
    breast : Breast
        For the distance to the skin.
    spacing : PixelSpacing
        Size of a pixel.

    Returns
    -------
    ndarray of float32, shape (n, len(FEATURES))
        Finite; columns as in `FEATURES`. Empty for no particles.
    """
    fine = channels[0]
    top, left, *_ = breast.box_px
    rows = np.array([round(p.row_px) - top for p in particles], dtype=np.int_)
    columns = np.array([round(p.column_px) - left for p in particles], dtype=np.int_)
    contrast = np.array([p.contrast_to_noise for p in particles])
    strength = np.array([p.strength_sigma for p in particles])
    if len(rows) == 0:
        return np.zeros((0, len(FEATURES)), np.float32)
    height = fine.residue[rows, columns].astype(np.float64)
    sigma = height / np.maximum(contrast, 1e-6)
    rays = cast_rays(fine.image, rows, columns, _RADII_MM / fine.pixel_mm, _DIRECTIONS) / sigma[:, None, None]
    rays -= np.median(rays[:, :, _SURROUNDINGS], axis=(1, 2))[:, None, None]
    mean = rays.mean(axis=1)
    peak = np.maximum(mean[:, 0], 1e-3)
    drops = np.sort((rays[:, :, :-3] - rays[:, :, 3:]).max(axis=2), axis=1)
    short_drops = np.sort((rays[:, :, :-2] - rays[:, :, 2:]).max(axis=2), axis=1)
    harmonics = np.abs(np.fft.rfft(rays[:, :, (3, 5, 7, 9, 12)], axis=1)) / _DIRECTIONS
    named = {
        "contrast": contrast,
        "strength": strength,
        **{f"coarse_contrast_{k}": _residue_at(channels, k, rows, columns) / sigma for k in (1, 2)},
        **{f"mean_{k}": mean[:, k] for k in range(len(_RADII_MM))},
        **{f"drop_{k}": drops[:, k] for k in range(_DIRECTIONS)},
        **{f"short_drop_{k}": short_drops[:, k] for k in range(_DIRECTIONS)},
        "weakest_over_median_drop": drops[:, 0] / np.maximum(drops[:, 8], 1e-3),
        **{f"harmonic_{h}_at_{k}": harmonics[:, h, i] for i, k in enumerate((3, 5, 7, 9)) for h in (1, 2, 4)},
        "texture_near": rays[:, :, 7:11].std(axis=(1, 2)),
        "texture_far": rays[:, :, 10:].std(axis=(1, 2)),
        "slope": harmonics[:, 1, 4],
        "half_width": (mean > 0.5 * peak[:, None]).cumprod(axis=1).sum(axis=1),
        **{f"profile_{k}": mean[:, k] / peak for k in (1, 3, 5)},
        "skin_mm": _skin_mm(particles, breast, spacing),
        "pixel_mm": np.full(len(rows), fine.pixel_mm),
        "relative_noise": sigma / float(np.median(fine.noise.sigma)),
        "crowd": _crowd(np.stack([rows, columns], axis=1).astype(np.float64) * fine.pixel_mm, strength),
    }
    return np.stack([named[name] for name in FEATURES], axis=1).astype(np.float32)


def _residue_at(
    channels: tuple[Channel, ...], index: int, rows: NDArray[np.int_], columns: NDArray[np.int_]
) -> NDArray[np.float64]:
    """Height of a coarser top-hat at positions of the finest one; 0 where there is no such channel."""
    if index >= len(channels):
        return np.zeros(len(rows))
    residue, step = channels[index].residue, channels[index].step_px
    near_rows = np.clip(rows // step, 0, residue.shape[0] - 1)
    near_columns = np.clip(columns // step, 0, residue.shape[1] - 1)
    return residue[near_rows, near_columns].astype(np.float64)


def _skin_mm(particles: Sequence[Particle], breast: Breast, spacing: PixelSpacing) -> NDArray[np.float64]:
    """Distance to the skin line, as far as it tells anything: where a speck lies deeper in the breast must not."""
    cells = [breast.cell_of(p.row_px, p.column_px) for p in particles]
    distance = np.array([breast.skin_distance_px[cell] for cell in cells]) * spacing.mean_mm
    return np.minimum(distance, _SKIN_MM)


def _crowd(places_mm: NDArray[np.float64], strength: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of the strengths of the four strongest others nearby: a speck among specks is likelier than one alone."""
    crowd = np.zeros(len(strength))
    for i, near in enumerate(KDTree(places_mm).query_ball_point(places_mm, _CROWD_MM)):
        others = np.sort(strength[[j for j in near if j != i]])
        crowd[i] = others[-4:].sum()
    return crowd
