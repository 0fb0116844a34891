"""Curves over a list of thresholds, for steps that must be repeated at each, such as clustering."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.evaluation.evaluation_report import figure_to_json, rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.evaluation.bootstrap import Bootstrap, Figure
    from mammocalc.evaluation.evaluation_report import Section

STEPS: Final = 60
"""Thresholds of a curve; a step then changes the number of marks by about a tenth."""
MARKS_PER_IMAGE: Final = (0.1, 300.0)
"""Marks per image at the highest and at the lowest threshold: from nearly none to a storm."""


@dataclass(frozen=True, slots=True, eq=False)
class TabulatedCurve:
    """
    Hits and false ones at each threshold.

    Attributes
    ----------
    thresholds : ndarray of float64, shape (k,)
        Falling.
    found, false : ndarray of float64, shape (k, units)
    true_per_unit, per_unit : ndarray of float64, shape (units,)
        What they are divided by.
    """

    thresholds: NDArray[np.float64]
    found: NDArray[np.float64]
    false: NDArray[np.float64]
    true_per_unit: NDArray[np.float64]
    per_unit: NDArray[np.float64]

    def rates(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return false ones (per image or other unit) and found shares at each threshold."""
        divisor, truths = self.per_unit.sum(), self.true_per_unit.sum()
        return self.false.sum(axis=1) / max(divisor, 1e-12), self.found.sum(axis=1) / max(truths, 1e-12)

    def figures_at(self, rates: Sequence[float], bootstrap: Bootstrap) -> tuple[list[Figure], list[float]]:
        """
        Give the best found share with no more false ones than each rate allows.

        Clusters merge when marks are added, so fewer can be found at a lower
        threshold: the best threshold down to where the rate is first exceeded
        counts. Each draw of the bootstrap chooses its own, as a user would.

        Returns
        -------
        tuple of list
            Found shares and their thresholds (inf where even the first is too
            low).
        """
        everyone = np.ones((1, len(self.per_unit)))
        shares, best = self._at(rates, everyone)
        drawn, _ = self._at(rates, bootstrap.weights)
        truths = round(float(self.true_per_unit.sum()))
        figures = [bootstrap.figure(float(shares[0, i]), drawn[:, i], truths) for i in range(len(rates))]
        return figures, [float(np.concatenate([[np.inf], self.thresholds])[i]) for i in best[0]]

    def found_at(self, rates: Sequence[float], bootstrap: Bootstrap) -> list[Section]:
        """Give `figures_at` as JSON, one entry for each rate."""
        return [
            {"rate": rounded(rate), "found": figure_to_json(figure), "threshold": rounded(threshold)}
            for rate, figure, threshold in zip(rates, *self.figures_at(rates, bootstrap), strict=True)
        ]

    def rows(self, name: str) -> list[tuple[str | float | None, ...]]:
        """Give the course of the curve for a table: name, threshold, false ones and found share."""
        course = zip(self.thresholds, *self.rates(), strict=True)
        return [(name, *map(rounded, point)) for point in course]

    def _at(self, rates: Sequence[float], weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        divisor, truths = weights @ self.per_unit, weights @ self.true_per_unit
        with np.errstate(invalid="ignore", divide="ignore"):
            false = np.maximum.accumulate((weights @ self.false.T) / divisor[:, None], axis=1)
            found = (weights @ self.found.T) / truths[:, None]
        found = np.concatenate([np.zeros((len(found), 1)), found], axis=1)
        steps = np.arange(found.shape[1])
        best = np.stack(
            [
                np.where(steps <= (false <= rate + 1e-12).sum(axis=1)[:, None], found, -1.0).argmax(axis=1)
                for rate in rates
            ],
            axis=1,
        )
        shares = np.take_along_axis(found, best, axis=1)
        shares[(divisor <= 0) | (truths <= 0)] = np.nan
        return shares, best


def thresholds_of(scores: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """
    Choose the thresholds of a curve, so that the number of marks grows evenly on a logarithmic scale.

    Parameters
    ----------
    scores : sequence of ndarray
        Scores of the marks of each image.

    Returns
    -------
    ndarray of float64, shape (k,)
        Falling, each the score of a mark; empty without marks.
    """
    ranked = np.sort(np.concatenate([*scores, np.zeros(0)]))[::-1]
    if not len(ranked):
        return ranked
    counts = np.geomspace(*MARKS_PER_IMAGE, STEPS) * len(scores)
    places = np.unique(np.clip(np.rint(counts), 1, len(ranked)).astype(np.intp)) - 1
    return np.unique(ranked[places])[::-1]
