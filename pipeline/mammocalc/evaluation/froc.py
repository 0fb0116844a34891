"""FROC curves: found calcifications against false marks, at every threshold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.evaluation.matching import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.evaluation.bootstrap import Bootstrap, Figure
    from mammocalc.evaluation.matching import RankedMatch


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """
    All marks and all true calcifications of an evaluation, in one row.

    Attributes
    ----------
    score, mark_case : ndarray, shape (marks,)
        Score of each mark and the number of its case.
    outcome : ndarray of int8, shape (marks,)
    hit_score, true_case : ndarray, shape (truths,)
        The threshold at which each one is found (-inf: never), and its case.
    """

    score: NDArray[np.float64]
    mark_case: NDArray[np.intp]
    outcome: NDArray[np.int8]
    hit_score: NDArray[np.float64]
    true_case: NDArray[np.intp]


def collect(matches: Sequence[tuple[NDArray[np.float64], RankedMatch]]) -> Events:
    """
    Put the matches of all cases in one row.

    Parameters
    ----------
    matches : sequence of (scores, RankedMatch)
        One for each case, in order; empty arrays where a case has no marks.
    """
    counts = [len(scores) for scores, _ in matches]
    truths = [len(match.hit_score) for _, match in matches]
    number = np.arange(len(matches))
    return Events(
        score=np.concatenate([scores for scores, _ in matches] or [np.zeros(0)]),
        mark_case=np.repeat(number, counts),
        outcome=np.concatenate([match.outcome for _, match in matches] or [np.zeros(0, np.int8)]),
        hit_score=np.concatenate([match.hit_score for _, match in matches] or [np.zeros(0)]),
        true_case=np.repeat(number, truths),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Froc:
    """
    A curve that can be drawn again for other weights of the patients.

    Marks stand by falling score; those of equal score count together.

    Attributes
    ----------
    thresholds : ndarray of float64, shape (k,)
        Falling; each is the score of at least one mark.
    false_unit : ndarray of intp, shape (f,)
        Units of the false marks, by falling score.
    false_count : ndarray of intp, shape (k,)
        How many false marks each threshold lets in.
    found_unit : ndarray of intp, shape (h,)
        Units of the true ones that are ever found, by falling threshold.
    found_count : ndarray of intp, shape (k,)
        How many of them each threshold finds.
    per_unit : ndarray of float64, shape (units,)
        What false marks are divided by: images, normal images or cm2.
    true_per_unit : ndarray of float64, shape (units,)
        Number of true ones.
    """

    thresholds: NDArray[np.float64]
    false_unit: NDArray[np.intp]
    false_count: NDArray[np.intp]
    found_unit: NDArray[np.intp]
    found_count: NDArray[np.intp]
    per_unit: NDArray[np.float64]
    true_per_unit: NDArray[np.float64]

    def curve(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return thresholds, false marks (per image, or per unit of `per_unit`) and found shares, all (k,)."""
        false, found = self._sums(np.ones(len(self.per_unit)))
        divisor, truths = self.per_unit.sum(), self.true_per_unit.sum()
        return self.thresholds, false / max(divisor, 1e-12), found / max(truths, 1e-12)

    def found_at(
        self, rates: Sequence[float], weights: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """
        Give the share found at a maximum rate of false marks.

        Parameters
        ----------
        rates : sequence of float
        weights : ndarray of float64, shape (units,)

        Returns
        -------
        tuple of ndarray of float64, shape (rates,)
            Found shares, and the thresholds: inf where not even the first
            false mark may be let in and nothing was found before it.
        """
        false, found = self._sums(weights)
        divisor, truths = float(self.per_unit @ weights), float(self.true_per_unit @ weights)
        if divisor <= 0 or truths <= 0:
            return np.full(len(rates), np.nan), np.full(len(rates), np.nan)
        last = np.searchsorted(false / divisor, np.asarray(rates) + 1e-12, side="right")
        shares = np.concatenate([[0.0], found / truths])
        return shares[last], np.concatenate([[np.inf], self.thresholds])[last]

    def figures_at(self, rates: Sequence[float], bootstrap: Bootstrap) -> tuple[list[Figure], NDArray[np.float64]]:
        """Give the found share at some rates with intervals, and the thresholds; see `found_at`."""
        shares, thresholds = self.found_at(rates, np.ones(bootstrap.count))
        drawn = np.array([self.found_at(rates, weights)[0] for weights in bootstrap.weights])
        truths = round(float(self.true_per_unit.sum()))
        return [
            bootstrap.figure(float(share), drawn[:, column], truths) for column, share in enumerate(shares)
        ], thresholds

    def reaches(self, rate: float) -> bool:
        """Tell whether there are enough marks to reach a rate of false ones."""
        divisor = self.per_unit.sum()
        return bool(len(self.false_unit) / divisor >= rate) if divisor > 0 else False

    def _sums(self, weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        false = np.concatenate([[0.0], np.cumsum(weights[self.false_unit])])[self.false_count]
        found = np.concatenate([[0.0], np.cumsum(weights[self.found_unit])])[self.found_count]
        return false, found


def draw_froc(
    events: Events,
    bootstrap: Bootstrap,
    per_unit: NDArray[np.float64],
    *,
    among: NDArray[np.bool_] | None = None,
    duplicates_are_false: bool = False,
) -> Froc:
    """
    Prepare a curve.

    Parameters
    ----------
    events : Events
    bootstrap : Bootstrap
        Which case belongs to which unit.
    per_unit : ndarray of float64, shape (units,)
        What the false marks are divided by.
    among : ndarray of bool, shape (cases,) or None
        The cases whose false marks count; None for all.
    duplicates_are_false : bool
        Whether a second mark on a calcification is a false one; otherwise it
        is nothing.
    """
    is_false = events.outcome == Outcome.FALSE
    if duplicates_are_false:
        is_false |= events.outcome == Outcome.DUPLICATE
    if among is not None:
        is_false &= among[events.mark_case]
    scores, units = events.score[is_false], bootstrap.unit_of_case[events.mark_case[is_false]]
    order = np.argsort(-scores, kind="stable")
    scores, units = scores[order], units[order]
    thresholds = np.unique(np.concatenate([scores, events.hit_score[np.isfinite(events.hit_score)]]))[::-1]
    curve = Froc(
        thresholds=thresholds,
        false_unit=units,
        false_count=np.searchsorted(-scores, -thresholds, side="right"),
        found_unit=np.zeros(0, np.intp),
        found_count=np.zeros(len(thresholds), np.intp),
        per_unit=per_unit,
        true_per_unit=np.zeros(bootstrap.count),
    )
    return restrict(curve, events, bootstrap, np.ones(len(events.hit_score), dtype=bool))


def restrict(curve: Froc, events: Events, bootstrap: Bootstrap, of: NDArray[np.bool_]) -> Froc:
    """Draw the same curve for some of the true ones, as for those of one size; ``of`` has shape (truths,)."""
    units = bootstrap.unit_of_case[events.true_case]
    is_found = of & np.isfinite(events.hit_score)
    order = np.argsort(-events.hit_score[is_found], kind="stable")
    scores = events.hit_score[is_found][order]
    return replace(
        curve,
        found_unit=units[is_found][order],
        found_count=np.searchsorted(-scores, -curve.thresholds, side="right"),
        true_per_unit=np.bincount(units[of], minlength=bootstrap.count).astype(np.float64),
    )
