"""The outside of a compressed breast: skin line, nipple, pectoral edge and thickness, in millimetres."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.spatial import KDTree

from mammocalc.simulation.grids import Grid
from mammocalc.vocabulary.lexicon import View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.recipe import Scene

OBLIQUE = frozenset({View.MLO, View.ML})
"""Views that show the pectoral muscle along the chest wall."""

_COARSE_MM = 1.0
"""Distances are smooth, so they are searched on a coarse grid; a spline through it is good to 0.01 mm."""
_OUTLINE_STEP_MM = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Anatomy:
    """
    A breast with its chest wall at x = 0; all points are (y, x) in mm.

    Attributes
    ----------
    outline_mm : ndarray of float64, shape (n, 2)
        The skin line from top to bottom; it begins and ends outside the image.
    nipple_mm : ndarray of float64, shape (2,)
        Where the nipple's axis crosses the skin line.
    nipple_axis : ndarray of float64, shape (2,)
        Unit vector from the breast through the nipple.
    nipple_radius_mm, nipple_length_mm : float
        The nipple is a rounded cylinder outside the skin line.
    depth_mm : float
        Distance of the nipple from the chest wall.
    thickness_mm : float
        Compressed thickness away from the edge.
    skin_mm : float
        Thickness of the skin.
    pectoral_mm : ndarray of float64, shape (m, 2)
        The edge of the pectoral muscle from the top of the image to the chest
        wall; shape (0, 2) where the view does not show it.
    muscle_share : float
        Thickness of the muscle as a share of the usual.
    """

    outline_mm: NDArray[np.float64]
    nipple_mm: NDArray[np.float64]
    nipple_axis: NDArray[np.float64]
    nipple_radius_mm: float
    nipple_length_mm: float
    depth_mm: float
    thickness_mm: float
    skin_mm: float
    pectoral_mm: NDArray[np.float64]
    muscle_share: float


def _cc_outline(field_mm: tuple[float, float], view: View, rng: np.random.Generator) -> NDArray[np.float64]:
    """Half a superellipse, a little uneven, that continues beyond the chest wall."""
    height, width = field_mm
    reach = min(rng.uniform(0.74, 0.86) * width, width - 9.0)
    half = min(rng.uniform(0.42, 0.47) * height, 1.25 * reach)
    middle = height / 2 + rng.uniform(-0.3, 0.3) * max(0.0, height / 2 - half - 3.0)
    power = rng.uniform(2.1, 2.5)
    t = np.linspace(-math.pi / 2, math.pi / 2, 400)
    lean = rng.uniform(-0.06, 0.06) + (0.15 if view is View.XCCL else 0.0)
    bulge = 1 + lean * np.sin(t) + rng.uniform(-0.02, 0.02) * np.sin(3 * t)
    y = middle + half * np.sign(np.sin(t)) * np.abs(np.sin(t)) ** (2 / power)
    x = reach * bulge * np.abs(np.cos(t)) ** (2 / power)
    flare = rng.uniform(-4.0, 8.0, size=2)
    above = np.array([[y[0] - flare[0], -40.0], [y[0] - 0.3 * flare[0], -15.0]])
    below = np.array([[y[-1] + 0.3 * flare[1], -15.0], [y[-1] + flare[1], -40.0]])
    return np.concatenate([above, np.stack([y, x], axis=1)[5:-5:12], below])


def _oblique_outline(field_mm: tuple[float, float], rng: np.random.Generator) -> NDArray[np.float64]:
    """From the axilla down over the nipple to the inframammary fold."""
    height, width = field_mm
    corners = np.array(
        [
            [-0.35, 0.36], [-0.15, 0.40], [0.0, 0.44], [0.17, 0.555], [0.33, 0.71], [0.47, 0.81], [0.58, 0.835],
            [0.70, 0.765], [0.80, 0.59], [0.865, 0.36], [0.895, 0.13], [0.915, -0.08], [0.95, -0.3],
        ]
    )  # fmt: skip
    corners[:, 1] += rng.normal(0.0, 0.008, len(corners)) + 0.1 * rng.uniform(-1, 1) * (0.58 - corners[:, 0])
    corners[:, 0] += rng.uniform(-0.04, 0.02)
    corners *= (height, min(width, 0.82 * height))
    corners[:, 1] *= rng.uniform(0.92, 1.04)
    corners[:, 1] -= max(0.0, corners[:, 1].max() + 9.0 - width)
    return corners


def sample_curve(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Run a smooth curve through some corners and give points at even distances on it."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    spline = CubicSpline(along, corners, bc_type="natural")
    return np.asarray(spline(np.linspace(0.0, along[-1], math.ceil(along[-1] / _OUTLINE_STEP_MM))))


def inward_normals(outline: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give unit normals that point into the breast, for an outline that runs from top to bottom."""
    tangent = np.gradient(outline, axis=0)
    normal = np.stack([tangent[:, 1], -tangent[:, 0]], axis=1)
    return np.asarray(normal / np.hypot(normal[:, 0], normal[:, 1])[:, None])


def make_anatomy(scene: Scene, rng: np.random.Generator) -> Anatomy:
    """Draw a breast that fits into the scene's field."""
    oblique = scene.view in OBLIQUE
    corners = _oblique_outline(scene.field_mm, rng) if oblique else _cc_outline(scene.field_mm, scene.view, rng)
    outline = sample_curve(corners)
    tip = int(np.argmax(outline[:, 1]))
    place = int(np.clip(tip + rng.normal(0.0, 3.0) / _OUTLINE_STEP_MM, 0, len(outline) - 1))
    depth = float(outline[place, 1])
    height, width = scene.field_mm
    pectoral = np.zeros((0, 2))
    if oblique:
        size = 1.0 if scene.view is View.MLO else 0.55
        top = size * rng.uniform(0.24, 0.32) * min(width, 0.82 * height)
        down = size * rng.uniform(0.5, 0.66) * height
        share = np.linspace(0.0, 1.0, 60)
        bow = rng.uniform(0.02, 0.08) * top * np.sin(math.pi * share)
        pectoral = np.stack([share * down, top * (1 - share) + bow], axis=1)
    return Anatomy(
        outline_mm=outline,
        nipple_mm=outline[place],
        nipple_axis=-inward_normals(outline)[place],
        nipple_radius_mm=float(rng.uniform(4.2, 5.8)),
        nipple_length_mm=float(rng.uniform(4.0, 6.5)) * (not scene.flat_nipple),
        depth_mm=depth,
        thickness_mm=scene.thickness_mm or min(65.0, 25.0 + 0.25 * depth),
        skin_mm=float(rng.uniform(1.4, 2.0)),
        pectoral_mm=pectoral,
        muscle_share=scene.muscle_share,
    )


def skin_distance(anatomy: Anatomy, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance in mm of points (y, x) to the skin line; positive inside the breast. The nipple does not count."""
    _, nearest = KDTree(anatomy.outline_mm).query(points_mm)
    gap = points_mm - anatomy.outline_mm[nearest]
    across = (gap * inward_normals(anatomy.outline_mm)[nearest]).sum(axis=-1)
    straight = np.hypot(gap[..., 0], gap[..., 1]) * np.where(across < 0, -1.0, 1.0)
    # Close to the line the way along the normal is exact; the way to the nearest sample is not.
    return np.asarray(np.where(np.abs(straight) < 2.0, across, straight))


def skin_distance_map(anatomy: Anatomy, field_mm: tuple[float, float]) -> tuple[Grid, NDArray[np.float64]]:
    """`skin_distance` of every cell of a coarse grid over a field, with that grid; `refine` carries it to others."""
    grid = Grid.covering(field_mm, _COARSE_MM)
    y, x = np.broadcast_arrays(*grid.centres_mm())
    distance = skin_distance(anatomy, np.stack([y, x], axis=-1).reshape(-1, 2))
    return grid, distance.reshape(grid.shape)


def pectoral_depth(anatomy: Anatomy, y: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance in mm along x from the pectoral edge; positive in the muscle, and very negative without one."""
    if len(anatomy.pectoral_mm) == 0:
        return np.full(np.broadcast_shapes(y.shape, x.shape), -1e3)
    edge = np.interp(y, anatomy.pectoral_mm[:, 0], anatomy.pectoral_mm[:, 1])
    below = np.maximum(y - anatomy.pectoral_mm[-1, 0], 0.0)
    return np.asarray(edge - below - x)


def breast_thickness(anatomy: Anatomy, distance: NDArray[np.floating]) -> NDArray[np.float64]:
    """Compressed thickness in mm at some distances to the skin line: constant inside, a half circle at the edge."""
    radius = anatomy.thickness_mm / 2
    part = np.clip(1 - np.asarray(distance, dtype=np.float64) / radius, 0.0, 1.0)
    return np.asarray(anatomy.thickness_mm * np.sqrt(1 - part**2))


def nipple_thickness(anatomy: Anatomy, grid: Grid) -> NDArray[np.float64]:
    """Thickness in mm of the nipple's rounded cylinder in every cell of a grid; within the breast it does not add."""
    y, x = grid.centres_mm()
    dy, dx = y - anatomy.nipple_mm[0], x - anatomy.nipple_mm[1]
    along = dy * anatomy.nipple_axis[0] + dx * anatomy.nipple_axis[1]
    across = dx * anatomy.nipple_axis[0] - dy * anatomy.nipple_axis[1]
    radius = anatomy.nipple_radius_mm
    cap = np.maximum(along - (anatomy.nipple_length_mm - radius), 0.0)
    inner = np.where(along > -radius, radius**2 - across**2 - cap**2, 0.0)
    return np.asarray(2 * np.sqrt(np.maximum(inner, 0.0)))
