"""The shape of a set of calcifications in numbers: what the definitions of distribution ask about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from pydantic import Field
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
from scipy.spatial.distance import cdist

from pipeline.geometry import convex_hull, feret_diameters, polygon_area
from pipeline.model import Pattern
from pipeline.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.geometry import PixelSpacing
    from pipeline.model import Breast, Nipple


class PatternSettings(Settings):
    """How the shape of a set of points is measured."""

    circle_mm: float = Field(default=10.0, gt=0)
    """Diameter of the circle in which neighbours are counted: the 1 cm of BI-RADS."""

    thinning_mm: float = Field(default=2.5, ge=0)
    """Points closer than this are merged before the path through them is measured. Without it, the two rails of an
    artery and the jitter across a duct look like branches."""

    cover_mm: float = Field(default=10.0, gt=0)
    """A place in the breast counts as covered when a calcification is this near."""

    nipple_confidence: float = Field(default=0.5, ge=0, le=1)
    """A nipple with less confidence is treated as unknown: one that is wrong by more than about 11 mm tells less than
    none."""


def describe_pattern(
    points_mm: NDArray[np.float64],
    breast: Breast,
    nipple: Nipple | None,
    spacing: PixelSpacing,
    settings: PatternSettings,
) -> Pattern:
    """
    Measure the shape of a set of calcifications.

    Parameters
    ----------
    points_mm : ndarray of float64, shape (n, 2), n >= 2
        Positions (down, across) in mm from the centre of the top-left pixel.
    breast : Breast
        What the shares refer to.
    nipple : Nipple or None
        Used if its confidence suffices.
    spacing : PixelSpacing
        Between the points' mm and the breast's pixels.
    settings : PatternSettings
        Radii.

    Returns
    -------
    Pattern
        All numbers finite.

    Raises
    ------
    ValueError
        For fewer than two points.
    """
    if len(points_mm) < 2:
        message = "a pattern needs at least two points"
        raise ValueError(message)
    along, across, axis = _principal_axes(points_mm)
    hull = convex_hull(points_mm)
    breast_mm2 = float(breast.is_breast.sum()) * breast.cell_px**2 * spacing.pixel_area_mm2
    seen: dict[str, float | None] = dict.fromkeys(
        ("axis_to_nipple_degrees", "angular_span_degrees", "radial_over_transverse", "widening")
    )
    if nipple is not None and nipple.confidence >= settings.nipple_confidence:
        seen = _seen_from(spacing.to_mm(np.array([nipple.row_px, nipple.column_px])), points_mm, axis)
    return Pattern(
        count=len(points_mm),
        extent_mm=feret_diameters(points_mm)[0],
        most_within_10_mm=most_within(points_mm, settings.circle_mm),
        length_mm=_spread(along),
        width_mm=_spread(across),
        elongation=float(along.std() / max(across.std(), 0.05)),
        line_share=_line_share(points_mm, settings.thinning_mm),
        hull_share=min(1.0, polygon_area(hull) / breast_mm2),
        covered_share=_covered_share(points_mm, breast, spacing, settings.cover_mm),
        **seen,
    )


def most_within(points_mm: NDArray[np.float64], diameter_mm: float) -> int:
    """
    Count the most points that one circle of a given diameter can hold.

    Parameters
    ----------
    points_mm : ndarray of float64, shape (n, 2)
        Positions.
    diameter_mm : float
        Points exactly this far apart still fit.

    Returns
    -------
    int
        0 for no points.

    Examples
    --------
    >>> most_within(np.array([[0.0, 0.0], [0.0, 10.0], [0.0, 20.1]]), 10.0)
    2
    """
    count = len(points_mm)
    if count < 2:
        return count
    radius = diameter_mm / 2
    # The fullest circle can be moved until two points lie on its rim, or one is its centre.
    first, second = np.triu_indices(count, 1)
    gap = points_mm[second] - points_mm[first]
    length = np.hypot(gap[:, 0], gap[:, 1])
    near = (length <= diameter_mm + 1e-9) & (length > 0)
    middle = (points_mm[first] + points_mm[second])[near] / 2
    height = np.sqrt(np.maximum(radius**2 - (length[near] / 2) ** 2, 0.0))
    normal = np.stack([-gap[near, 1], gap[near, 0]], axis=1) / length[near, None] * height[:, None]
    best = 1
    for centres in (points_mm, middle + normal, middle - normal):
        for start in range(0, len(centres), 4096):
            inside = cdist(centres[start : start + 4096], points_mm) <= radius + 1e-6
            best = max(best, int(inside.sum(axis=1).max(initial=0)))
    return best


def _principal_axes(
    points: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Positions along and across the main axis, and its direction."""
    centred = points - points.mean(axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    axis = vectors[:, 1]
    return centred @ axis, centred @ vectors[:, 0], axis


def _spread(values: NDArray[np.float64]) -> float:
    low, high = np.quantile(values, (0.05, 0.95))
    return float(high - low)


def _line_share(points: NDArray[np.float64], thinning_mm: float) -> float:
    """Longest path through the spanning tree of the thinned points, over the tree's length."""
    if thinning_mm > 0:
        labels = fcluster(linkage(points, "complete"), thinning_mm, "distance")
        points = np.array([points[labels == label].mean(axis=0) for label in np.unique(labels)])
    if len(points) < 3:
        return 1.0
    tree = minimum_spanning_tree(cdist(points, points) + 1e-9)
    lengths = dijkstra(tree, directed=False)
    return float(np.clip(lengths.max() / tree.sum(), 0.0, 1.0))


def _covered_share(points_mm: NDArray[np.float64], breast: Breast, spacing: PixelSpacing, cover_mm: float) -> float:
    free = np.ones(breast.is_breast.shape, np.uint8)
    for row, column in spacing.to_px(points_mm).tolist():
        free[breast.cell_of(row, column)] = 0
    away_mm = cv2.distanceTransform(free, cv2.DIST_L2, 5) * breast.cell_px * spacing.mean_mm
    return float((away_mm[breast.is_breast] <= cover_mm).mean())


def _seen_from(
    nipple_mm: NDArray[np.float64], points: NDArray[np.float64], axis: NDArray[np.float64]
) -> dict[str, float | None]:
    """Describe what the pattern looks like from the nipple."""
    centre = points.mean(axis=0)
    towards = centre - nipple_mm
    distance = float(np.hypot(*towards))
    if distance < 1e-6:
        return dict.fromkeys(("axis_to_nipple_degrees", "angular_span_degrees", "radial_over_transverse", "widening"))
    towards = towards / distance
    transverse = np.array([-towards[1], towards[0]])
    along, across = (points - nipple_mm) @ towards, (points - nipple_mm) @ transverse
    order = np.argsort(along, kind="stable")
    third = max(2, len(points) // 3)
    near, far = across[order[:third]].std(), across[order[-third:]].std()
    return {
        "axis_to_nipple_degrees": float(np.degrees(np.arccos(min(1.0, abs(float(axis @ towards)))))),
        "angular_span_degrees": _spread(np.degrees(np.arctan2(across, along))),
        "radial_over_transverse": float(along.std() / max(across.std(), 0.05)),
        "widening": float(min(10.0, far / max(near, 0.05))),
    }
