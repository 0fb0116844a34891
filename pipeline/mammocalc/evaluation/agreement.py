"""Agreement of labels: confusion, F1, kappa, and the baseline of guessing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

AGREEMENT_FIGURES: Final = ("accuracy", "macro_f1", "kappa", "commonest_share", "abstained")
"""What `agreement_figures` gives, in its order."""


def confusion(true: Sequence[str], found: Sequence[str], labels: Sequence[str]) -> NDArray[np.int64]:
    """
    Count pairs of labels.

    Returns
    -------
    ndarray of int64, shape (labels, labels)
        Rows are true, columns are found.

    Examples
    --------
    >>> confusion(["a", "a", "b"], ["a", "b", "b"], ["a", "b"]).tolist()
    [[1, 1], [0, 1]]
    """
    index = {label: number for number, label in enumerate(labels)}
    table = np.zeros((len(labels), len(labels)), dtype=np.int64)
    for one, other in zip(true, found, strict=True):
        table[index[one], index[other]] += 1
    return table


def agreement_figures(table: NDArray[np.int64], abstentions: Sequence[int] = ()) -> tuple[float, ...]:
    """
    Sum a confusion up.

    Parameters
    ----------
    table : ndarray of int64, shape (labels, labels)
        Rows are true; it holds at least one pair.
    abstentions : sequence of int
        Columns that are no answer (indeterminate, not analysed). They count as
        wrong everywhere, and their share is given.

    Returns
    -------
    tuple of float
        Named by `AGREEMENT_FIGURES`. Macro F1 is the mean over the labels
        that occur in the truth; Cohen's kappa is nan where chance alone agrees
        always; ``commonest_share`` is the accuracy of always giving the
        commonest true label.

    Examples
    --------
    >>> agreement_figures(np.array([[20, 5], [10, 15]]))[2]  # Cohen's kappa
    0.4
    """
    total = table.sum()
    right = np.diag(table).astype(np.float64)
    rows, columns = table.sum(axis=1).astype(np.float64), table.sum(axis=0).astype(np.float64)
    occurs = rows > 0
    f1 = 2 * right[occurs] / (rows + columns)[occurs]
    accuracy = float(right.sum() / total)
    chance = float((rows @ columns) / total**2)
    return (
        accuracy,
        float(f1.mean()),
        round((accuracy - chance) / (1 - chance), 12) if chance < 1 else float("nan"),
        float(rows.max() / total),
        float(sum(columns[column] for column in abstentions) / total),
    )


def calibration_error(confidence: NDArray[np.float64], is_right: NDArray[np.bool_]) -> float:
    """
    Give the expected calibration error: how far probabilities are from the shares that come true.

    Parameters
    ----------
    confidence : ndarray of float64, shape (n,)
        Probability of the likeliest label.
    is_right : ndarray of bool, shape (n,)
        Whether that label was true.

    Returns
    -------
    float
        Mean over all n of the difference between mean confidence and share of
        right ones in their bin, ten of equal width from 0 to 1 as in Guo et
        al. 2017; nan for none.

    Examples
    --------
    >>> calibration_error(np.array([0.75, 0.75]), np.array([True, False]))
    0.25
    """
    if not len(confidence):
        return float("nan")
    place = np.minimum((confidence * 10).astype(np.intp), 9)
    gap = np.bincount(place, confidence - is_right, 10)
    return float(np.abs(gap).sum() / len(confidence))
