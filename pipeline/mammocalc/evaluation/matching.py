"""Matching of marks and calcifications: one to one, as many as possible."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial import KDTree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Outcome(IntEnum):
    """The outcome of a mark."""

    FALSE = 0
    """No true calcification lies near it."""
    HIT = 1
    """It found one."""
    DUPLICATE = 2
    """All true ones near it have marks of their own."""


@dataclass(frozen=True, slots=True, eq=False)
class RankedMatch:
    """
    The largest one-to-one matching at every threshold at once.

    Attributes
    ----------
    outcome : ndarray of int8, shape (marks,)
        An `Outcome` for each mark: what it is once the threshold has come
        down to its score.
    hit_score : ndarray of float64, shape (truths,)
        The highest threshold at which each true one is found; -inf for those
        that never are.
    """

    outcome: NDArray[np.int8]
    hit_score: NDArray[np.float64]


def neighbours(
    marks_mm: NDArray[np.float64], truths_mm: NDArray[np.float64], radius_mm: NDArray[np.float64]
) -> list[list[int]]:
    """
    List the true calcifications that each mark may have found, the nearest first.

    Parameters
    ----------
    marks_mm : ndarray of float64, shape (n, 2)
    truths_mm : ndarray of float64, shape (m, 2)
    radius_mm : ndarray of float64, shape (m,)
        How far a mark may lie from each true one, this distance included.

    Returns
    -------
    list of list of int
        One list for each mark; indices into the truths.
    """
    near: list[list[tuple[float, int]]] = [[] for _ in range(len(marks_mm))]
    if len(marks_mm) and len(truths_mm):
        tree = KDTree(marks_mm)
        for truth, (point, radius) in enumerate(zip(truths_mm, radius_mm, strict=True)):
            for mark in tree.query_ball_point(point, radius + 1e-9):
                near[mark].append((float(np.hypot(*(marks_mm[mark] - point))), truth))
    return [[truth for _, truth in sorted(pairs)] for pairs in near]


def match_ranked(near: Sequence[Sequence[int]], scores: NDArray[np.float64], truths: int) -> RankedMatch:
    """
    Match marks to truths, the highest score first, so that at every threshold as many as possible are matched.

    Marks enter in the order of their scores. One that finds its neighbours
    taken may take one of them if that mark's place can be moved to another
    neighbour, and so on (an augmenting path). What was matched stays matched,
    so the matching of every threshold is a part of the next one, and each is
    as large as any one-to-one matching of the marks above it can be.

    Parameters
    ----------
    near : sequence of sequence of int
        For each mark the truths it may have found (`neighbours`).
    scores : ndarray of float64, shape (marks,)
        Equal scores enter in the order of the marks.
    truths : int
        Number of true ones.

    Examples
    --------
    Both marks could be the first truth's, only the second could be the other's:

    >>> match_ranked([[0], [0, 1]], np.array([0.2, 0.9]), 2).hit_score.tolist()
    [0.9, 0.2]
    """
    outcome = np.full(len(near), Outcome.FALSE, dtype=np.int8)
    hit_score = np.full(truths, -np.inf)
    owner: dict[int, int] = {}  # truth -> mark
    place: dict[int, int] = {}  # mark -> truth
    for mark in np.argsort(-scores, kind="stable"):
        if not near[mark]:
            continue
        newly_found = _augment(int(mark), near, owner, place)
        if newly_found is None:
            outcome[mark] = Outcome.DUPLICATE
        else:
            outcome[mark] = Outcome.HIT
            hit_score[newly_found] = scores[mark]
    return RankedMatch(outcome, hit_score)


def _augment(start: int, near: Sequence[Sequence[int]], owner: dict[int, int], place: dict[int, int]) -> int | None:
    """Find a place for one more mark, moving others if needed (breadth first); give the truth that is newly found."""
    came_from: dict[int, int] = {}  # truth -> the mark from which it was reached
    queue = [start]
    for mark in queue:
        for truth in near[mark]:
            if truth in came_from:
                continue
            came_from[truth] = mark
            if truth in owner:
                queue.append(owner[truth])
                continue
            last: int | None = truth
            while last is not None:  # hand the truths on along the path
                taker = came_from[last]
                left = place.get(taker)
                owner[last], place[taker] = taker, last
                last = left
            return truth
    return None


def match_nearest(
    marks_mm: NDArray[np.float64], truths_mm: NDArray[np.float64], radius_mm: NDArray[np.float64]
) -> list[tuple[int, int]]:
    """
    Pair marks with truths: as many pairs as possible, and of those the ones with the least distance in sum.

    Parameters
    ----------
    marks_mm : ndarray of float64, shape (n, 2)
    truths_mm : ndarray of float64, shape (m, 2)
    radius_mm : ndarray of float64, shape (m,)
        How far a mark may lie from each true one.

    Returns
    -------
    list of tuple of int
        (mark, truth), by mark.

    Examples
    --------
    >>> match_nearest(np.array([[0.0, 0.1], [5.0, 5.0]]), np.array([[0.0, 0.0]]), np.array([0.5]))
    [(0, 0)]
    """
    if not len(marks_mm) or not len(truths_mm):
        return []
    apart = np.hypot(*np.moveaxis(marks_mm[:, None] - truths_mm[None], -1, 0))
    allowed = apart <= radius_mm + 1e-9
    rows = np.flatnonzero(allowed.any(axis=1))  # the rest only makes the problem larger
    if not len(rows):
        return []
    # A pair that is not allowed costs more than all allowed ones together, so none is avoided for distance.
    forbidden = float(radius_mm.sum() + len(truths_mm)) * 2 + 1
    cost = np.where(allowed[rows], apart[rows], forbidden)
    pairs = [(int(rows[row]), int(truth)) for row, truth in zip(*linear_sum_assignment(cost), strict=True)]
    return [pair for pair in pairs if allowed[pair]]
