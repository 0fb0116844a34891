"""Shape features of a set of calcifications, as the definitions of distribution use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from pydantic import Field
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist
from scipy.special import betainc

from mammocalc.model import Pattern
from mammocalc.model.settings import Settings
from mammocalc.stages.cluster_features.counts import cells_with, most_within
from mammocalc.vocabulary.geometry import convex_hull, feret_diameters, perimeter, polygon_area

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Breast, Nipple
    from mammocalc.vocabulary.geometry import PixelSpacing


SEEN_FROM_NIPPLE: Final = (
    "axis_to_nipple_degrees",
    "angular_span_degrees",
    "radial_over_transverse",
    "widening",
    "axis_miss_mm",
    "span_over_disc",
)
"""The numbers that are None without a nipple."""

_LEARNED_CIRCLE_MM: Final = 10.0
"""The circle whose count the learned classifier asks about: it knows no other, so this one does not follow the
definitions' (`PatternSettings.circle_mm`)."""

THINNING_MM: Final = 2.5
"""Points closer than this are merged before the path through them is measured. Without it, the two rails of an artery
and the jitter across a duct look like branches."""

COVER_MM: Final = 10.0
"""A place in the breast counts as covered when a calcification is this near."""

STRAIGHT_MM: Final = 6.0
"""How far the neighbours may be that tell whether a point lies in a line: a duct is straight over this way."""

RIM_MM: Final = 2.0
"""By this much a hull is widened before points are counted per area, so that a row of points has an area."""


class PatternSettings(Settings):
    """How the shape of a set of points is measured."""

    circle_mm: float = Field(default=10.0, gt=0)
    """Diameter of the circle in which the definitions count: the 1 cm of BI-RADS. Reasons and evidence name it."""


def describe_pattern(
    members: Sequence[int],
    points_mm: NDArray[np.float64],
    breast: Breast,
    nipple: Nipple | None,
    spacing: PixelSpacing,
    settings: PatternSettings,
) -> Pattern:
    """
    Measure the shape of a set of calcifications, and its density among all others.

    Parameters
    ----------
    members : sequence of int, at least two
        Which points are the set.
    points_mm : ndarray of float64, shape (n, 2)
        Positions (down, across) of all points of the image in mm from the
        centre of the top-left pixel.
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
    if len(members) < 2:
        message = "a pattern needs at least two points"
        raise ValueError(message)
    points = points_mm[list(members)]
    along, across, axis = _principal_axes(points)
    hull = convex_hull(points)
    hull_mm2 = polygon_area(hull)
    widened_mm2 = _widened_area(hull, RIM_MM)
    breast_mm2 = float(breast.is_breast.sum()) * breast.cell_px**2 * spacing.pixel_area_mm2
    width_of_path, line_share = _along_the_path(points, THINNING_MM)
    nearest = KDTree(points).query(points, k=2)[0][:, 1].mean()
    with_one, of_breast = cells_with(points, breast, spacing)
    seen: dict[str, float | None] = dict.fromkeys(SEEN_FROM_NIPPLE)
    if nipple is not None:
        place_mm = spacing.to_mm(np.array([nipple.row_px, nipple.column_px]))
        seen = _seen_from(place_mm, points, axis, widened_mm2)
    return Pattern(
        count=len(points),
        extent_mm=feret_diameters(points)[0],
        most_within_10_mm=most_within(points, _LEARNED_CIRCLE_MM),
        circle_mm=settings.circle_mm,
        most_in_circle=most_within(points, settings.circle_mm),
        length_mm=_spread(along),
        width_mm=_spread(across),
        elongation=float(along.std() / max(across.std(), 0.05)),
        line_share=line_share,
        hull_share=min(1.0, hull_mm2 / breast_mm2),
        covered_share=_covered_share(points, breast, spacing, COVER_MM),
        cover_mm=COVER_MM,
        cells_with=with_one,
        cells_of_breast=of_breast,
        path_width_mm=width_of_path,
        straightness=_straightness(points - points.mean(axis=0), STRAIGHT_MM),
        taper=_taper(along, across),
        nearest_mm=float(nearest),
        evenness=float(nearest / (0.5 * np.sqrt(widened_mm2 / len(points)))),
        image_count=len(points_mm),
        image_share=len(points) / len(points_mm),
        image_hull_share=min(1.0, polygon_area(convex_hull(points_mm)) / breast_mm2),
        chance_exponent=_chance_exponent(len(points), len(points_mm), min(1.0, widened_mm2 / breast_mm2)),
        **seen,
    )


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


def _along_the_path(points: NDArray[np.float64], thinning_mm: float) -> tuple[float, float]:
    """Follow the longest path through the thinned points: how near nine of ten lie, and its share of the tree."""
    thinned = points
    if thinning_mm > 0:
        label = fcluster(linkage(points, "complete"), thinning_mm, "distance") - 1
        thinned = np.stack([np.bincount(label, points[:, k]) / np.bincount(label) for k in (0, 1)], axis=1)
    if len(thinned) < 3:
        away = _distance_to_path(points, thinned)
        return float(np.quantile(away, 0.9)), 1.0
    tree = minimum_spanning_tree(np.triu(cdist(thinned, thinned) + 1e-9))  # each pair once
    lengths, before = dijkstra(tree, directed=False, return_predecessors=True)
    start, end = np.unravel_index(int(lengths.argmax()), lengths.shape)
    path = [int(end)]
    while path[-1] != start:
        path.append(int(before[start, path[-1]]))
    away = _distance_to_path(points, thinned[path])
    return float(np.quantile(away, 0.9)), float(np.clip(lengths.max() / tree.sum(), 0.0, 1.0))


def _distance_to_path(points: NDArray[np.float64], path: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of each point to a chain of straight pieces."""
    if len(path) == 1:
        return np.asarray(np.hypot(*(points - path[0]).T))
    start, run = path[None, :-1], np.diff(path, axis=0)[None]
    share = ((points[:, None] - start) * run).sum(axis=-1) / np.maximum((run**2).sum(axis=-1), 1e-12)
    gap = points[:, None] - start - np.clip(share, 0.0, 1.0)[..., None] * run
    return np.asarray(np.hypot(gap[..., 0], gap[..., 1]).min(axis=1))


def _straightness(points: NDArray[np.float64], reach_mm: float) -> float:
    """How nearly the neighbourhoods of the points are lines; 0.5 where no point has two neighbours."""
    near = (cdist(points, points) <= reach_mm).astype(np.float64)
    number = near.sum(axis=1)
    means = near @ points / number[:, None]
    row, column = (near @ points**2 / number[:, None] - means**2).T
    both = near @ points.prod(axis=1) / number - means.prod(axis=1)
    half, root = (row + column) / 2, np.hypot((row - column) / 2, both)
    share = np.maximum(half - root, 0.0) / np.maximum(half + root, 1e-9)
    values = (1.0 - np.sqrt(share))[number >= 3]
    return float(np.median(values)) if len(values) else 0.5


def _taper(along: NDArray[np.float64], across: NDArray[np.float64]) -> float:
    """Rank correlation between the place along the axis and the distance from it, without its sign."""
    if len(along) < 3:
        return 0.0
    ranks = [np.argsort(np.argsort(values, kind="stable")) for values in (along, np.abs(across))]
    return float(abs(np.corrcoef(ranks[0], ranks[1])[0, 1]))


def _widened_area(hull: NDArray[np.float64], rim_mm: float) -> float:
    """Area of a hull widened all around, so that a row of points has an area as well."""
    return polygon_area(hull) + perimeter(hull) * rim_mm + np.pi * rim_mm**2


def _chance_exponent(count: int, in_image: int, share_of_breast: float) -> float:
    """How improbable it is that so many of all points lie in this share of the breast: -log10, 0 to 60."""
    probability = float(betainc(count, in_image - count + 1, share_of_breast))
    return float(min(60.0, -np.log10(max(probability, 1e-60))))


def _covered_share(points_mm: NDArray[np.float64], breast: Breast, spacing: PixelSpacing, cover_mm: float) -> float:
    free = np.ones(breast.is_breast.shape, np.uint8)
    for row, column in spacing.to_px(points_mm).tolist():
        free[breast.cell_of(row, column)] = 0
    away_mm = cv2.distanceTransform(free, cv2.DIST_L2, 5) * breast.cell_px * spacing.mean_mm
    return np.count_nonzero((away_mm <= cover_mm) & breast.is_breast) / np.count_nonzero(breast.is_breast)


def _seen_from(
    nipple_mm: NDArray[np.float64], points: NDArray[np.float64], axis: NDArray[np.float64], area_mm2: float
) -> dict[str, float | None]:
    """Describe what the pattern looks like from the nipple."""
    centre = points.mean(axis=0)
    towards = centre - nipple_mm
    distance = float(np.hypot(*towards))
    if distance < 1e-6:
        return dict.fromkeys(SEEN_FROM_NIPPLE)
    axis_miss_mm = float(abs(axis[0] * towards[1] - axis[1] * towards[0]))
    towards = towards / distance
    transverse = np.array([-towards[1], towards[0]])
    along, across = (points - nipple_mm) @ towards, (points - nipple_mm) @ transverse
    order = np.argsort(along, kind="stable")
    third = max(2, len(points) // 3)
    near, far = across[order[:third]].std(), across[order[-third:]].std()
    span_degrees = _spread(np.degrees(np.arctan2(across, along)))
    disc_degrees = 2 * np.degrees(np.arctan2(np.sqrt(area_mm2 / np.pi), distance))
    return {
        "axis_to_nipple_degrees": float(np.degrees(np.arccos(min(1.0, abs(float(axis @ towards)))))),
        "angular_span_degrees": span_degrees,
        "radial_over_transverse": float(along.std() / max(across.std(), 0.05)),
        "widening": float(min(10.0, far / max(near, 0.05))),
        "axis_miss_mm": axis_miss_mm,
        "span_over_disc": float(span_degrees / disc_degrees),
    }
