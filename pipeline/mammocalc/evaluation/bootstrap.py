"""Bootstrap confidence intervals, resampled by patient because views of one patient are not independent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from mammocalc.evaluation.settings import ScoringSettings


@dataclass(frozen=True, slots=True)
class Figure:
    """
    A number with its interval.

    ``value`` is None where it does not exist (nothing to divide by), ``low``
    and ``high`` where the draws leave it open, as they do where all agree. ``n`` counts what it was
    computed from.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int


class Bootstrap:
    """
    Fixed draws of units (patients), shared by all figures of an evaluation.

    Parameters
    ----------
    units : sequence of str
        The unit of each case; cases of one unit are drawn together.
    settings : ScoringSettings
        Number of draws, seed and confidence.

    Attributes
    ----------
    unit_of_case : ndarray of intp, shape (cases,)
        Number of the unit of each case.
    weights : ndarray of float64, shape (replicates, units)
        How often each draw holds each unit.
    """

    def __init__(self, units: Sequence[str], settings: ScoringSettings) -> None:
        names = sorted(set(units))
        number = {name: index for index, name in enumerate(names)}
        self.unit_of_case = np.array([number[unit] for unit in units], dtype=np.intp)
        self.count = len(names)
        self._tail = (1 - settings.confidence) / 2
        generator = np.random.Generator(np.random.PCG64(settings.seed))
        draws = generator.integers(0, max(self.count, 1), size=(settings.replicates, self.count))
        self.weights = np.zeros((settings.replicates, self.count))
        rows = np.repeat(np.arange(settings.replicates), self.count)
        np.add.at(self.weights, (rows, draws.ravel()), 1.0)

    def sums(self, values: NDArray[np.floating], cases: NDArray[np.intp] | None = None) -> NDArray[np.float64]:
        """
        Add up values by unit.

        Parameters
        ----------
        values : ndarray, shape (n,)
        cases : ndarray of intp, shape (n,) or None
            The case of each value; None where there is one value for each case.

        Returns
        -------
        ndarray of float64, shape (units,)
        """
        units = self.unit_of_case if cases is None else self.unit_of_case[cases]
        added = np.bincount(units, weights=np.asarray(values, dtype=np.float64), minlength=self.count)
        return np.asarray(added, dtype=np.float64)

    def ratio(self, numerator: NDArray[np.floating], denominator: NDArray[np.floating]) -> Figure:
        """
        Give the ratio of two sums over units, as of hits over truths.

        Parameters
        ----------
        numerator, denominator : ndarray of float64, shape (units,)
            From `sums`.
        """
        total = float(denominator.sum())
        if total <= 0:
            return Figure(None, None, None, 0)
        below = self.weights @ denominator
        with np.errstate(invalid="ignore", divide="ignore"):
            drawn = np.where(below > 0, (self.weights @ numerator) / below, np.nan)
        return self.figure(float(numerator.sum()) / total, drawn, round(total))

    def figure(self, value: float | None, drawn: NDArray[np.floating], n: int) -> Figure:
        """Put a value and what the draws gave for it together; draws that gave nothing are nan and are left out."""
        if value is None or not np.isfinite(value):
            return Figure(None, None, None, n)
        drawn = drawn[np.isfinite(drawn)]
        if self.count < 2 or len(drawn) < 20:
            return Figure(float(value), None, None, n)
        low, high = np.quantile(drawn, [self._tail, 1 - self._tail])
        if (
            low == high
        ):  # all found, or none: draws cannot show how uncertain that is, and a width of 0 would claim none
            return Figure(float(value), None, None, n)
        return Figure(float(value), float(low), float(high), n)

    def of_items(
        self,
        cases: NDArray[np.intp],
        names: Sequence[str],
        statistic: Callable[[NDArray[np.intp]], Sequence[float]],
    ) -> dict[str, Figure]:
        """
        Return figures computed from items (pairs, images), each of which belongs to a case.

        Parameters
        ----------
        cases : ndarray of intp, shape (n,)
            The case of each item.
        names : sequence of str
            What ``statistic`` gives, in its order.
        statistic : callable
            Takes indices of items, repeated as they were drawn, and gives
            one number per name; nan where there is none.
        """
        count = len(cases)
        if count == 0:
            return {name: Figure(None, None, None, 0) for name in names}
        values = statistic(np.arange(count))
        units = self.unit_of_case[cases]
        drawn = np.full((len(self.weights), len(names)), np.nan)
        for row, weights in enumerate(self.weights):
            items = np.repeat(np.arange(count), weights[units].astype(np.intp))
            if len(items):
                drawn[row] = statistic(items)
        return {
            name: self.figure(float(value), drawn[:, column], count)
            for column, (name, value) in enumerate(zip(names, values, strict=True))
        }
