"""Chains of points: the longest smooth paths through their spanning tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.ndimage import gaussian_filter1d
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import KDTree

from mammocalc.vocabulary.geometry import path_length, points_along

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

STEP_MM: Final = 0.5
"""Distance between the points of a middle line."""

_MERGED_MM = 2.0
"""Points closer than this are one, so that a way through two tracks does not go back and forth between them. Tracks
farther apart are a chain each, beside which the other lies."""

_SMOOTH_MM = 3.0
"""Standard deviation of the smoothing: twice the width of the arteries it must not follow from wall to wall."""

_BEND_MM, _BEND_DEGREES = 4.0, 55.0
"""A line is cut where the 4 mm before and after it differ by more than this; arteries wind more gently."""


def find_chains(points_mm: NDArray[np.float64], reach_mm: float, min_length_mm: float) -> list[NDArray[np.float64]]:
    """
    Draw the middle lines of chains of points.

    Parameters
    ----------
    points_mm : ndarray of float64, shape (n, 2)
        Positions (down, across) in mm.
    reach_mm : float
        Longest gap.
    min_length_mm : float
        Shorter lines are left out.

    Returns
    -------
    list of ndarray of float64, shape (m, 2)
        Points along each line, `STEP_MM` apart, the longest way of each group
        of points first. Every point lies on one line at most.
    """
    if len(points_mm) < 3:
        return []
    label = fcluster(linkage(points_mm, "complete"), _MERGED_MM, "distance") - 1
    nodes = np.stack([np.bincount(label, points_mm[:, k]) / np.bincount(label) for k in (0, 1)], axis=1)
    pairs = KDTree(nodes).query_pairs(reach_mm, output_type="ndarray")
    if len(pairs) == 0:
        return []
    apart = np.hypot(*(nodes[pairs[:, 0]] - nodes[pairs[:, 1]]).T)
    places = tuple(pairs.T.astype(np.int32))  # before SciPy 1.17 its graphs take no wider ones
    tree = minimum_spanning_tree(coo_array((apart, places), shape=(len(nodes),) * 2).tocsr())
    lines = []
    for way in _longest_ways(tree, min_length_mm):
        lines += _pieces(_smoothed(nodes[way]))
    return [line for line in lines if path_length(line) >= min_length_mm]


def tangents(line_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give unit vectors along a line of at least two points, shape (n, 2)."""
    along = np.gradient(line_mm, axis=0)
    return np.asarray(along / np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None])


def _longest_ways(tree: csr_array, min_length_mm: float) -> Iterator[list[int]]:
    """Take the longest way out of each tree of a forest, again and again until what is left is short."""
    links: list[list[tuple[int, float]]] = [[] for _ in range(tree.shape[0])]
    entries = tree.tocoo()
    for one, other, apart in zip(entries.row.tolist(), entries.col.tolist(), entries.data.tolist(), strict=True):
        links[one].append((other, apart))
        links[other].append((one, apart))
    waiting = [list(range(len(links)))]
    while waiting:
        nodes = waiting.pop()
        if len(nodes) < 3:
            continue
        left = set(nodes)
        reached, _ = _ways_from(nodes[0], links, left)
        if len(reached) < len(nodes):  # another tree: put back what this start cannot reach
            waiting.append([node for node in nodes if node not in reached])
        here = [node for node in nodes if node in reached]
        lengths, before = _ways_from(max(here, key=reached.__getitem__), links, left)
        way = [max(here, key=lengths.__getitem__)]
        if lengths[way[0]] < min_length_mm:
            continue
        while way[-1] in before:
            way.append(before[way[-1]])
        yield way
        taken = set(way)
        waiting.append([node for node in here if node not in taken])


def _ways_from(
    start: int, links: list[list[tuple[int, float]]], left: set[int]
) -> tuple[dict[int, float], dict[int, int]]:
    """Give how far each node of a tree is that is left, and which comes before it; a tree has one way to each."""
    lengths, before, open_ends = {start: 0.0}, dict[int, int](), [start]
    while open_ends:
        node = open_ends.pop()
        for other, apart in links[node]:
            if other in left and other not in lengths:
                lengths[other], before[other] = lengths[node] + apart, node
                open_ends.append(other)
    return lengths, before


def _smoothed(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put points at even distances on a way and smooth it; its ends stay where they are."""
    line = points_along(corners, STEP_MM)
    around = min(round(4 * _SMOOTH_MM / STEP_MM), len(line) - 1)
    if around < 1:
        return line
    before, after = 2 * line[0] - line[around:0:-1], 2 * line[-1] - line[-2 : -around - 2 : -1]
    longer = gaussian_filter1d(np.concatenate([before, line, after]), _SMOOTH_MM / STEP_MM, axis=0)
    return np.asarray(longer[around : around + len(line)])


def _pieces(line: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Cut a line where it turns sharply, at the sharpest turns first."""
    reach = round(_BEND_MM / STEP_MM)
    turn = np.zeros(len(line))
    if len(line) > 2 * reach:
        before, after = line[reach:-reach] - line[: -2 * reach], line[2 * reach :] - line[reach:-reach]
        cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
        turn[reach:-reach] = np.abs(np.degrees(np.arctan2(cross, (before * after).sum(axis=1))))
    cuts = []
    while len(line) and turn.max() > _BEND_DEGREES:
        sharpest = int(turn.argmax())
        cuts.append(sharpest)
        turn[max(0, sharpest - reach) : sharpest + reach + 1] = 0
    return [piece for piece in np.split(line, sorted(cuts)) if len(piece) >= 3]
