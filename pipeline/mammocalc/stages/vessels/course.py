"""The course of an artery: from its first mark to its last, along the clearest ridge."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
from scipy.spatial.distance import cdist
from skimage.graph import MCP_Geometric

from mammocalc.vocabulary.geometry import points_along

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.stages.vessels.clarity import ClarityMap

_APART_MM: Final = 4.0
"""Marks nearer than this to the last one that the course was led through are passed by: they lie in the other wall, and
a way through all of them would go from wall to wall."""
_ROOM_MM: Final = 4.0
"""How far beside the straight way between two marks a course may swing."""
_FLOOR, _CLEAREST = 2.0, 2.5
"""A millimetre costs 1 / (floor + clarity), which counts up to a limit: the clearest tube is worth a way twice as
long, and no more. The arms, which start from a mark to find any tube at all, have a floor of 0.15; with that a course
left its artery for a fibre wherever the artery is hidden. Between 1 and 3 drawn courses lie equally near to traced
ones."""
_STEP_MM, _SMOOTH_MM = 0.2, 1.5
"""Points of the way, and the standard deviation of their average: the width of an artery. A way from pixel to pixel has
eight directions, and marks lie in either wall; arteries do not bend so."""
_OFF_MM: Final = 0.2
"""How far the corners that are kept may lie off the way; half a pixel of the map."""


def draw_course(clarity: ClarityMap, at_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Draw the course of one artery.

    Parameters
    ----------
    clarity : ClarityMap
    at_mm : ndarray of float64, shape (n, 2)
        Its marks, (down, across); at least one.

    Returns
    -------
    ndarray of float64, shape (m, 2)
        Corners of the way from one end to the other: through marks 4 mm apart
        and more, and along the ridge between them, smoothed. Branches are
        left out. One corner where there is one mark.
    """
    stops = at_mm[_along(at_mm)]
    ways = [_way_between(clarity, one, other) for one, other in itertools.pairwise(stops)]
    course = np.concatenate([stops[:1], *ways])
    if len(course) < 3:
        return course
    corners = cv2.approxPolyDP(_smoothed(course).astype(np.float32)[:, None], _OFF_MM, closed=False)
    return np.asarray(corners[:, 0], np.float64)


def _smoothed(course: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average a way along itself; its ends stay, for beyond them it is thought to go on as it came, turned about."""
    points = np.concatenate([points_along(course, _STEP_MM), course[-1:]])
    room = min(round(4 * _SMOOTH_MM / _STEP_MM), len(points) - 1)
    before, after = 2 * points[0] - points[room:0:-1], 2 * points[-1] - points[-2 : -room - 2 : -1]
    longer = np.concatenate([before, points, after])
    smooth = gaussian_filter1d(longer, _SMOOTH_MM / _STEP_MM, axis=0, mode="nearest")
    return np.asarray(smooth[room : room + len(points)])


def _along(at_mm: NDArray[np.float64]) -> list[int]:
    """Give marks in order along the longest way through their spanning tree, those too near the one before left out."""
    if len(at_mm) < 2:
        return list(range(len(at_mm)))
    apart = cdist(at_mm, at_mm)
    tree = minimum_spanning_tree(apart + 1e-6)  # no two marks are at one place, or the tree would not hold both
    lengths, before = dijkstra(tree, directed=False, return_predecessors=True)
    # There and back are equally long but for rounding, which must not decide where a course begins.
    first, last = (int(number) for number in np.unravel_index(np.tril(lengths).argmax(), lengths.shape))
    way = [last]
    while way[-1] != first:
        way.append(int(before[first, way[-1]]))
    kept = [way[0]]
    for number in way[1:-1]:
        if apart[kept[-1], number] >= _APART_MM and apart[number, way[-1]] >= _APART_MM:
            kept.append(number)
    return [*kept, way[-1]]


def _way_between(clarity: ClarityMap, one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the cheapest way from one mark to another, without its beginning."""
    ends = np.rint((np.stack([one, other]) - clarity.origin_mm) / clarity.pixel_mm).astype(int)
    room = np.ceil(_ROOM_MM / np.array(clarity.pixel_mm)).astype(int)
    low = np.maximum(ends.min(axis=0) - room, 0)
    high = np.minimum(ends.max(axis=0) + room + 1, clarity.values.shape)
    ends = np.clip(ends, low, high - 1) - low
    price = 1 / (_FLOOR + np.clip(clarity.values[low[0] : high[0], low[1] : high[1]], 0, _CLEAREST))
    search = MCP_Geometric(price, sampling=clarity.pixel_mm)
    search.find_costs([tuple(ends[0])], [tuple(ends[1])])
    way = np.array(search.traceback(tuple(ends[1])), np.float64) + low
    return np.concatenate([(way[1:-1] * clarity.pixel_mm + clarity.origin_mm).reshape(-1, 2), other[None]])
