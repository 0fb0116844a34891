"""One-to-one assignment of points that lie close together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from numpy.typing import NDArray


def assign(cost: NDArray[np.float64], gate: float) -> NDArray[np.intp]:
    """
    Join rows and columns one to one at the least cost, each with the choice to stay alone.

    Parameters
    ----------
    cost : ndarray of float64, shape (n, m)
    gate : float
        The most that a pair may cost: what two that stay alone cost together.

    Returns
    -------
    ndarray of int, shape (k, 2)
        Rows and columns, by row.
    """
    rows, columns = np.nonzero(cost < gate)
    if not len(rows):
        return np.zeros((0, 2), np.intp)
    # Those that share nobody are assigned apart: much less than the whole table.
    count = sum(cost.shape)
    links = coo_array((np.ones(len(rows), np.int8), (rows, columns + cost.shape[0])), shape=(count, count))
    _, labels = connected_components(links, directed=False)
    joined = []
    part_of_pair = labels[rows]
    for part in np.unique(part_of_pair):
        own = part_of_pair == part
        here, there = np.unique(rows[own]), np.unique(columns[own])
        if len(here) == len(there) == 1:
            joined.append((int(here[0]), int(there[0])))
            continue
        table = cost[np.ix_(here, there)]
        gain = np.where(table < gate, table - gate, 0.0)
        joined += [
            (int(here[row]), int(there[column]))
            for row, column in zip(*linear_sum_assignment(gain), strict=True)
            if table[row, column] < gate
        ]
    return np.array(sorted(joined), np.intp).reshape(-1, 2)
