"""Features of a particle that do not depend on dose, detector or pixel size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import KDTree

from mammocalc.imaging.radial_profiles import cast_rays, directions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Breast, Particle, Scale
    from mammocalc.vocabulary.geometry import PixelSpacing

_DIRECTIONS = 16
_FINEST_MM = 0.6
"""Length of the lines for which the radii are written; for other scales they grow with the length."""
_RADII_MM = np.array([0.0, 0.07, 0.14, 0.21, 0.28, 0.35, 0.45, 0.55, 0.7, 0.85, 1.0, 1.2, 1.5, 1.8, 2.2, 2.6])
_SURROUNDINGS = slice(9, 13)
_EDGE_STEP_MM = 0.07
_EDGE_REACH_MM = 1.25
_SKIN_MM = 5.0
_CROWDS_MM = (2.0, 5.0, 10.0)
_CROWD_STRENGTH_SIGMA = 20.0
"""A neighbour counts for no more than this: one popcorn does not make the noise beside it calcium."""

_OUTLINE_STEP_MM = 0.1
_OUTLINE_STEPS = 4
_OUTLINE_REACH = 0.9

FEATURES = (
    "contrast",
    "strength",
    *(f"coarser_contrast_{k}" for k in (1, 2)),
    "finer_contrast",
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
    *(f"sharpness_{k}" for k in (0, 2, 4, 8, 12, 15)),
    "edge_radius",
    "edge_radius_spread",
    "skin_mm",
    "length_mm",
    "pixel_mm",
    "relative_noise",
    *(f"crowd_{reach:.0f}mm" for reach in _CROWDS_MM),
    *(f"others_{reach:.0f}mm" for reach in _CROWDS_MM[:2]),
)
"""Names of the columns of `describe_particles`, in order."""


def describe_particles(
    particles: Sequence[Particle], scales: tuple[Scale, ...], breast: Breast, spacing: PixelSpacing
) -> NDArray[np.float32]:
    """
    Describe particles by their surroundings.

    Grey levels are divided by the noise at the particle's level, distances are
    millimetres, and for coarser scales all lengths grow in proportion
    to the length of their lines. Rays around the particle give
    its mean profile, the steepest drops sorted by direction (a line has none
    along itself), the angular harmonics (a line has a strong second one, a
    crossing a fourth), the texture around it, and how sharp its edge is for
    its height: calcium ends within the detector's blur, a knot of tissue does
    not. The other particles give the crowd it stands in.

    Parameters
    ----------
    particles : sequence of Particle
        All of their scales that are to be classified: they are each other's
        crowd.
    scales : tuple of Scale
        From fine to coarse; the neighbouring ones tell whether the particle is
        part of something larger, or a sum of smaller ones.
    breast : Breast
        For the distance to the skin.
    spacing : PixelSpacing
        Size of a pixel.

    Returns
    -------
    ndarray of float32, shape (n, len(FEATURES))
        Finite, in the order of ``particles``; columns as in `FEATURES`. Empty
        for no particles.
    """
    table = np.zeros((len(particles), len(FEATURES)), np.float32)
    for index in sorted({p.scale for p in particles}):
        which = [i for i, p in enumerate(particles) if p.scale == index]
        named = _describe_scale([particles[i] for i in which], index, scales, breast, spacing)
        table[which] = np.stack([named[name] for name in FEATURES], axis=1)
    return table


def _describe_scale(
    particles: Sequence[Particle], index: int, scales: tuple[Scale, ...], breast: Breast, spacing: PixelSpacing
) -> dict[str, NDArray[np.float64]]:
    """Give the columns for the particles of one scale, by name; some names are left over."""
    scale, finest = scales[index], scales[0]
    zoom = scale.length_mm / _FINEST_MM
    top, left, *_ = breast.box_px
    full = np.array([(p.row_px - top, p.column_px - left) for p in particles])
    rows, columns = np.rint((full.T - (scale.step_px - 1) / 2) / scale.step_px).astype(np.int_)
    contrast = np.array([p.contrast_to_noise for p in particles])
    strength = np.array([p.strength_sigma for p in particles])
    height = scale.tophat[rows, columns].astype(np.float64)
    sigma = height / np.maximum(contrast, 1e-6)
    rays = cast_rays(scale.image, rows, columns, _RADII_MM * zoom / scale.pixel_mm, directions(_DIRECTIONS))
    rays /= sigma[:, None, None].astype(np.float32)
    rays -= np.median(rays[:, :, _SURROUNDINGS], axis=(1, 2))[:, None, None]
    mean = rays.mean(axis=1)
    peak = np.maximum(mean[:, 0], 1e-3)
    drops = np.sort((rays[:, :, :-3] - rays[:, :, 3:]).max(axis=2), axis=1)
    short_drops = np.sort((rays[:, :, :-2] - rays[:, :, 2:]).max(axis=2), axis=1)
    harmonics = np.abs(np.fft.rfft(rays[:, :, (3, 5, 7, 9, 12)], axis=1)) / _DIRECTIONS
    sharpness, edge_radius = _edges(finest, np.rint(full).astype(np.int_), sigma, zoom)
    return {
        "contrast": contrast,
        "strength": strength,
        **{f"coarser_contrast_{k}": _tophat_at(scales, index + k, full) / sigma for k in (1, 2)},
        "finer_contrast": _tophat_at(scales, index - 1, full) / sigma,
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
        **{f"sharpness_{k}": sharpness[:, k] for k in range(_DIRECTIONS)},
        "edge_radius": np.median(edge_radius, axis=1),
        "edge_radius_spread": edge_radius.std(axis=1),
        "skin_mm": _skin_mm(particles, breast, spacing),
        "length_mm": np.full(len(rows), scale.length_mm),
        "pixel_mm": np.full(len(rows), scale.pixel_mm),
        "relative_noise": sigma / float(np.median(scale.noise.sigma)),
        **_crowds(full * spacing.mean_mm, strength),
    }


def edge_sigma(particles: Sequence[Particle], scales: tuple[Scale, ...], breast: Breast) -> NDArray[np.float64]:
    """
    Tell how sharply particles end, on the finest image.

    On each ray the steepest drop over 0.4 mm is taken, as far out as the lines
    of the particle's own top-hat reach; seven eighths of the directions have a
    steeper one than the result. Calcium ends within the blur of the detector
    however large it is, a lump of tissue over millimetres.

    Parameters
    ----------
    particles : sequence of Particle
        Of coarse scales.
    scales : tuple of Scale
        From fine to coarse.
    breast : Breast
        Its box.

    Returns
    -------
    ndarray of float64, shape (n,)
        In standard deviations of the finest image's noise, in the order of
        ``particles``.
    """
    finest = scales[0]
    top, left, *_ = breast.box_px
    found = np.zeros(len(particles))
    for index in sorted({p.scale for p in particles}):
        which = [i for i, p in enumerate(particles) if p.scale == index]
        places = np.rint([(particles[i].row_px - top, particles[i].column_px - left) for i in which]).astype(np.int_)
        radii_mm = np.arange(0.0, _OUTLINE_REACH * scales[index].length_mm, _OUTLINE_STEP_MM)
        rays = cast_rays(finest.image, places[:, 0], places[:, 1], radii_mm / finest.pixel_mm, directions(_DIRECTIONS))
        drops = (rays[:, :, :-_OUTLINE_STEPS] - rays[:, :, _OUTLINE_STEPS:]).max(axis=2)
        weak = np.sort(drops, axis=1)[:, _DIRECTIONS // 8].astype(np.float64)
        found[which] = weak / finest.noise.at(rays.mean(axis=(1, 2)).astype(np.float64))
    return found


def _edges(
    finest: Scale, places: NDArray[np.int_], sigma: NDArray[np.float64], zoom: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Look at the edges on the finest image, whatever scale found the particle.

    Gives the steepest drop over two steps on each ray as a share of the
    particle's height, sorted by direction, and where on the ray it is, in
    steps.
    """
    step_mm = _EDGE_STEP_MM * max(1.0, zoom / 1.6)
    near = np.arange(0.0, _EDGE_REACH_MM * zoom, step_mm) / finest.pixel_mm
    far = _RADII_MM[_SURROUNDINGS] * zoom / finest.pixel_mm
    rays = cast_rays(finest.image, places[:, 0], places[:, 1], np.concatenate([near, far]), directions(_DIRECTIONS))
    ground = np.median(rays[:, :, len(near) :], axis=(1, 2))
    height = np.maximum(rays[:, 0, 0] - ground, 0.5 * sigma)
    drops = rays[:, :, : len(near) - 2] - rays[:, :, 2 : len(near)]
    steepest = np.sort(drops.max(axis=2), axis=1) / height[:, None]
    return steepest.astype(np.float64), drops.argmax(axis=2).astype(np.float64)


def _tophat_at(scales: tuple[Scale, ...], index: int, full: NDArray[np.float64]) -> NDArray[np.float64]:
    """Height of another top-hat at positions in the breast's box; 0 where there is no such scale."""
    if not 0 <= index < len(scales):
        return np.zeros(len(full))
    tophat, step = scales[index].tophat, scales[index].step_px
    rows, columns = (full // step).astype(np.int_).T
    heights = tophat[np.clip(rows, 0, tophat.shape[0] - 1), np.clip(columns, 0, tophat.shape[1] - 1)]
    return np.asarray(heights, dtype=np.float64)


def _skin_mm(particles: Sequence[Particle], breast: Breast, spacing: PixelSpacing) -> NDArray[np.float64]:
    """Distance to the skin line, as far as it tells anything: where a speck lies deeper in the breast must not."""
    cells = [breast.cell_of(p.row_px, p.column_px) for p in particles]
    distance = np.array([breast.skin_distance_px[cell] for cell in cells]) * spacing.mean_mm
    return np.minimum(distance, _SKIN_MM)


def _crowds(places_mm: NDArray[np.float64], strength: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """
    Tell how strong the others nearby are: a speck among specks is likelier than one alone.

    The sum of the strengths of the strongest three (four within 10 mm), and
    how many there are.
    """
    tree = KDTree(places_mm)
    strength = np.minimum(strength, _CROWD_STRENGTH_SIGMA)
    named = {}
    for reach in _CROWDS_MM:
        counted = 4 if reach == _CROWDS_MM[-1] else 3
        pairs = tree.query_pairs(reach, output_type="ndarray")
        near = np.zeros((len(strength), max(len(strength), counted)))
        for one, other in (pairs.T, pairs.T[::-1]):
            near[one, other] = strength[other]
        named[f"crowd_{reach:.0f}mm"] = np.sort(near, axis=1)[:, -counted:].sum(axis=1)
        named[f"others_{reach:.0f}mm"] = np.bincount(pairs.ravel(), minlength=len(strength)).astype(np.float64)
    return named
