"""Criteria for a true cluster to count as found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mammocalc.vocabulary.geometry import convex_hull, distance_to_hull, polygon_area

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.evaluation.settings import ScoringSettings


def is_found(
    true_hull_mm: NDArray[np.float64], members_mm: NDArray[np.float64], matched: int, settings: ScoringSettings
) -> bool:
    """
    Tell whether a found cluster finds a true one.

    It does when its centroid lies within the true hull (or close to it) and
    enough of the true members were found by its own members, one by one; or
    when the two hulls overlap enough.

    Parameters
    ----------
    true_hull_mm : ndarray of float64, shape (n, 2)
        Corners of the true hull in order.
    members_mm : ndarray of float64, shape (m, 2)
        Members of the found cluster.
    matched : int
        Members of the true cluster that members of the found one have found.
    settings : ScoringSettings
    """
    if matched >= settings.cluster_members:
        apart = distance_to_hull(members_mm.mean(axis=0), true_hull_mm)
        if apart <= settings.cluster_margin_mm + 1e-9:
            return True
    return overlap(true_hull_mm, convex_hull(members_mm)) >= settings.cluster_overlap


def is_found_kallergi(
    true_hull_mm: NDArray[np.float64],
    members_mm: NDArray[np.float64],
    matched_mm: NDArray[np.float64],
    settings: ScoringSettings,
) -> bool:
    """
    Tell the same by Kallergi's rule (Med Phys 26:267, 1999).

    The found area lies between half and four times the true one, and three
    found members lie within 1 cm2, each with another within the square root
    of 2 cm.

    Parameters
    ----------
    true_hull_mm : ndarray of float64, shape (n, 2)
    members_mm : ndarray of float64, shape (m, 2)
        All members of the found cluster.
    matched_mm : ndarray of float64, shape (k, 2)
        Those that found a member of the true cluster.
    settings : ScoringSettings
    """
    share = widened_area(convex_hull(members_mm), settings) / widened_area(true_hull_mm, settings)
    if not settings.kallergi_smallest_share <= share <= settings.kallergi_largest_factor:
        return False
    if len(matched_mm) < settings.cluster_members:
        return False
    apart = np.hypot(*np.moveaxis(matched_mm[:, None] - matched_mm[None], -1, 0))
    np.fill_diagonal(apart, np.inf)
    has_neighbour = apart.min(axis=1) < settings.kallergi_neighbour_mm
    return most_in_circle(matched_mm[has_neighbour], settings.kallergi_circle_mm2) >= settings.cluster_members


def widened_area(hull_mm: NDArray[np.float64], settings: ScoringSettings) -> float:
    """Area of a hull that was widened all around, in mm2, so that points and lines have one too."""
    perimeter = float(np.hypot(*(hull_mm - np.roll(hull_mm, 1, axis=0)).T).sum())
    margin = settings.area_margin_mm
    return polygon_area(hull_mm) + perimeter * margin + float(np.pi) * margin**2


def most_in_circle(points: NDArray[np.float64], area: float) -> int:
    """
    Count the most points that a circle of some area can hold.

    A circle that holds most can be moved until it has two of its points on its
    edge, or one in its centre.
    """
    if not len(points):
        return 0
    radius = float(np.sqrt(area / np.pi))
    first, second = np.triu_indices(len(points), 1)
    step = points[second] - points[first]
    apart = np.hypot(*step.T)
    near = (apart > 0) & (apart <= 2 * radius)
    middle, step, apart = (points[first] + points[second])[near] / 2, step[near], apart[near]
    rise = np.sqrt(radius**2 - (apart / 2) ** 2)
    normal = np.stack([-step[:, 1], step[:, 0]], axis=1) / apart[:, None] * rise[:, None]
    most = 1
    for centres in (points, middle + normal, middle - normal):
        for centre in centres:
            most = max(most, int((np.hypot(*(points - centre).T) <= radius + 1e-9).sum()))
    return most


def overlap(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """
    Intersection over union of two convex hulls; 0 where one of them has no area.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [0.0, 2.0], [2.0, 2.0], [2.0, 0.0]])
    >>> round(overlap(square, square + (0.0, 1.0)), 4)
    0.3333
    """
    areas = polygon_area(one), polygon_area(other)
    if min(areas) <= 0:
        return 0.0
    shared = polygon_area(_clip(one, other))
    return shared / (sum(areas) - shared)


def _clip(subject: NDArray[np.float64], clip: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cut one convex polygon with the sides of another (Sutherland and Hodgman)."""
    following = np.roll(clip, -1, axis=0)
    turning = float((clip[:, 0] * following[:, 1] - clip[:, 1] * following[:, 0]).sum())
    for start, end in zip(clip, following, strict=True):
        if not len(subject):
            break
        side = np.sign(turning) * (
            (end[0] - start[0]) * (subject[:, 1] - start[1]) - (end[1] - start[1]) * (subject[:, 0] - start[0])
        )
        kept: list[NDArray[np.float64]] = []
        for index, corner in enumerate(subject):
            before, here = side[index - 1], side[index]
            if (before > 0 > here) or (before < 0 < here):
                kept.append(subject[index - 1] + before / (before - here) * (corner - subject[index - 1]))
            if here >= 0:
                kept.append(corner)
        subject = np.array(kept).reshape(-1, 2)
    return subject
