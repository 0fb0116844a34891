"""Decision trees evaluated for many rows at once, instead of node by node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MOST_LEAVES: Final = 64
"""Of a tree; each is a bit of a number. Those that come with the program have 8 and 12."""


@dataclass(frozen=True, slots=True, eq=False)
class Questions:
    """
    Trees as a list of questions, each evaluated for all trees and rows at once.

    The leaves of a tree are numbered from left to right. Where a value is
    above a threshold, the leaves on the left of that node are ruled out; when
    all nodes were asked, a row ends in the first leaf that is left.

    Attributes
    ----------
    feature : ndarray of int, shape (questions, trees)
        The column that is asked about.
    threshold : ndarray of float32, same shape
        Infinite where a tree has fewer nodes.
    on_the_left : ndarray of unsigned int, same shape
        The leaves to the left of the node, a bit for each.
    value : ndarray of float64, shape (trees, leaves)
        What each leaf adds.

    References
    ----------
    Lucchese, C., et al.: QuickScorer: a fast algorithm to rank documents with
    additive ensembles of regression trees. SIGIR 2015.
    """

    feature: NDArray[np.intp]
    threshold: NDArray[np.float32]
    on_the_left: NDArray[np.unsignedinteger]
    value: NDArray[np.float64]

    def ask(self, table: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """
        Give what each tree adds for each row of a table.

        Parameters
        ----------
        table : ndarray of float32, shape (n, columns)
            Wider numbers are narrowed first. A missing one (NaN) counts as 0, as where the trees were grown.

        Returns
        -------
        ndarray of float64, shape (n, trees)
        """
        columns = np.array(table.T, np.float32, order="C")
        columns[np.isnan(columns)] = 0
        ruled_out = np.zeros((len(self.value), len(table)), self.on_the_left.dtype)
        for feature, threshold, on_the_left in zip(self.feature, self.threshold, self.on_the_left, strict=True):
            ruled_out |= (columns.take(feature, axis=0) > threshold[:, None]) * on_the_left[:, None]
        leaf = np.bitwise_count(ruled_out & ~(ruled_out + 1))  # the first that is left: so many are ruled out before it
        return np.ascontiguousarray(self.value[np.arange(len(leaf))[:, None], leaf].T)


def to_questions(
    feature: NDArray[np.int32],
    threshold: NDArray[np.float32],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    value: NDArray[np.float32],
) -> Questions:
    """Turn the nodes of trees into questions; the arrays are those of `mammocalc.classifiers.trees.BoostedTrees`."""
    orders = [_from_left_to_right(*tree) for tree in zip(left.tolist(), right.tolist(), strict=True)]
    n_leaves = max(len(leaves) for leaves, _ in orders)
    shape = (n_leaves - 1, len(orders))
    asked = Questions(
        feature=np.zeros(shape, np.intp),
        threshold=np.full(shape, np.inf, np.float32),
        on_the_left=np.zeros(shape, np.min_scalar_type((1 << n_leaves) - 1)),
        value=np.zeros((len(orders), n_leaves)),
    )
    for tree, (leaves, inner) in enumerate(orders):
        asked.value[tree, : len(leaves)] = value[tree, leaves]
        below = {leaf: 1 << number for number, leaf in enumerate(leaves)}
        for place, node in reversed(list(enumerate(inner))):
            on_the_left = below[int(left[tree, node])]
            below[node] = on_the_left | below[int(right[tree, node])]
            asked.feature[place, tree], asked.threshold[place, tree] = feature[tree, node], threshold[tree, node]
            asked.on_the_left[place, tree] = on_the_left
    return asked


def _from_left_to_right(left: Sequence[int], right: Sequence[int]) -> tuple[list[int], list[int]]:
    """Give the leaves of a tree from left to right, and its other nodes, each before those that follow it."""
    leaves: list[int] = []
    inner: list[int] = []
    waiting = [0]
    while waiting:
        node = waiting.pop()
        if left[node] == node:
            leaves.append(node)
        else:
            inner.append(node)
            waiting += [right[node], left[node]]
    return leaves, inner
