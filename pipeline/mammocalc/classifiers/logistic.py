"""Logistic regression: read from a readable file, evaluated and fitted with NumPy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

FORMAT = "mammocalc logistic regression 1"
_ROUNDS, _SETTLED = 100, 1e-9
_LARGEST = 30.0
"""Log odds beyond this are certain in any case, and their exponential would overflow in narrower types."""


@dataclass(frozen=True, slots=True, eq=False)
class LogisticModel:
    """
    A weighted sum of standardised features.

    Attributes
    ----------
    features : tuple of str
        Names of the columns that are asked for, in order.
    mean, spread, weight : ndarray of float64, shape (len(features),)
        A column is taken relative to its mean, in units of its spread (positive), and multiplied by its weight.
    intercept : float
        What the sum begins with.
    origin : mapping
        On what it was fitted, in words and numbers; carried along, not used.
    """

    features: tuple[str, ...]
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    weight: NDArray[np.float64]
    intercept: float
    origin: Mapping[str, Any]

    def probabilities(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """
        Give the probability of the class for each row of a table.

        Parameters
        ----------
        table : ndarray of float64, shape (n, len(features))
            Finite values.

        Returns
        -------
        ndarray of float64, shape (n,)
            Between 0 and 1. It is one where both classes are as frequent as in the fit.
        """
        odds = (table - self.mean) / self.spread @ self.weight + self.intercept
        return np.asarray(1 / (1 + np.exp(-np.clip(odds, -_LARGEST, _LARGEST))))

    def to_json(self) -> dict[str, Any]:
        """Give the model as JSON values; `from_json` reads them again."""
        columns = zip(self.features, self.mean.tolist(), self.spread.tolist(), self.weight.tolist(), strict=True)
        return {
            "format": FORMAT,
            "origin": dict(self.origin),
            "intercept": self.intercept,
            "terms": [
                {"feature": feature, "mean": mean, "spread": spread, "weight": weight}
                for feature, mean, spread, weight in columns
            ],
        }


def from_json(document: Any) -> LogisticModel:
    """
    Read a model from JSON values.

    Raises
    ------
    ValueError
        If they are not what `LogisticModel.to_json` gives.
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        message = f"it is not of the format {FORMAT!r}"
        raise ValueError(message)
    try:
        terms = document["terms"]
        numbers = [[float(term[key]) for term in terms] for key in ("mean", "spread", "weight")]
        features, intercept = tuple(str(term["feature"]) for term in terms), float(document["intercept"])
        origin = dict(document["origin"])
    except (KeyError, TypeError, ValueError) as error:
        message = "it lacks a part, or a part is not a number"
        raise ValueError(message) from error
    mean, spread, weight = np.array(numbers, np.float64)
    if not np.isfinite([*mean, *spread, *weight, intercept]).all() or (spread <= 0).any():
        message = "a number in it is not finite, or a spread not positive"
        raise ValueError(message)
    return LogisticModel(features, mean, spread, weight, intercept, origin)


def fit(
    table: NDArray[np.float64],
    is_class: NDArray[np.bool_],
    weights: NDArray[np.float64],
    features: tuple[str, ...],
    strength: float,
    origin: Mapping[str, Any],
) -> LogisticModel:
    """
    Fit by Newton's method, with a penalty on the square of the weights.

    Parameters
    ----------
    table : ndarray of float64, shape (n, len(features))
        Finite values.
    is_class : ndarray of bool, shape (n,)
        Some of them True, and some False.
    weights : ndarray of float64, shape (n,)
        How much each row counts, not negative; the penalty is worth ``1 / strength`` rows of weight 1.
    features : tuple of str
    strength : float
        Positive; the smaller, the smaller the weights.
    origin : mapping
        Stands in the file.

    Returns
    -------
    LogisticModel
        The only best one: equal rows in any order give equal weights, but for rounding.
    """
    mean = np.average(table, axis=0, weights=weights)
    spread = np.sqrt(np.average((table - mean) ** 2, axis=0, weights=weights))
    spread = np.where(spread > 1e-9 * np.maximum(1, np.abs(mean)), spread, 1.0)  # one that never changes
    rows = np.column_stack([(table - mean) / spread, np.ones(len(table))])
    penalty = np.append(np.full(table.shape[1], 1 / strength), 1e-9)
    found = np.zeros(rows.shape[1])
    for _ in range(_ROUNDS):
        share = 1 / (1 + np.exp(-np.clip(rows @ found, -_LARGEST, _LARGEST)))
        slope = rows.T @ (weights * (share - is_class)) + penalty * found
        bend = (rows * (weights * share * (1 - share))[:, None]).T @ rows + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        found = found - step
        if np.abs(step).max() < _SETTLED:
            break
    return LogisticModel(features, mean, spread, found[:-1], float(found[-1]), origin)
