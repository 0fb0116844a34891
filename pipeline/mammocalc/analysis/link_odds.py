"""Odds that two clusters in two images of one breast are the same finding, with reasons."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mammocalc.analysis.cluster_traits import Traits

CALIBRATED_ON: Final = "simulated patients, two views"
"""What `log_odds` was calibrated on; INbreast was kept for the check (docs/evidence/studies.md)."""


_SUREST: Final = 0.99
"""Nothing is surer."""


@dataclass(frozen=True, slots=True)
class Term:
    """
    What one difference adds to the log odds.

    ``at_none`` where there is no difference, ``per_unit`` times the difference taken away; a difference larger than
    ``most`` says no more than that one: detection tears clusters apart and swallows their ends.
    """

    at_none: float
    per_unit: float
    most: float

    def __call__(self, difference: float) -> float:
        """Give the log odds for a difference of either sign."""
        return self.at_none - self.per_unit * min(abs(difference), self.most)


EVEN: Final = 2.87
"""What the terms of looks begin with, where same and other clusters are as frequent."""
USUAL: Final = 1.0
"""Two views of a breast mostly show the same places, so a cluster has a partner more often than not: added to the log
odds. With 0, 0.5 and 1 links of simulated patients have a recall of 0.85, 0.89 and 0.92 at a precision of 0.95."""
LOOKS: Final[Mapping[str, Term]] = MappingProxyType(
    {
        "count": Term(0.0, 0.59, 1.5),
        "extent": Term(0.0, 1.53, 1.5),
        "median_diameter": Term(0.0, 3.06, 0.6),
        "upper_diameter": Term(0.0, 2.36, 0.7),
        "contrast": Term(0.0, 0.45, 1.0),
        "nearest": Term(0.0, 1.72, 1.5),
    }
)
"""By natural logarithms of ratios."""
PLACES: Final[Mapping[str, Term]] = MappingProxyType(
    {
        "arc_mm": Term(1.05, 0.056, 80.0),
        "straight_mm": Term(0.67, 0.056, 80.0),
        "apart_mm": Term(1.05, 0.056, 80.0),
    }
)
"""
By mm; a place that is not known adds nothing. Two images of one view are compared by the distance between the places
in place of the other two, at the weight of the arc: that is cautious, as nothing was turned between them.

All weights are of a logistic regression on pairs of clusters of simulated patients (`tests/benchmarks/link_weights.py`:
999 that are the same, 1,394 of one breast or of two patients that are not), with the place known wholly, in part and
not at all. The simulation's differences of place are those of true pairs of INbreast (median of the arc 9.5 mm).
"""
CHOSEN: Final = (1.5, 0.8)
"""
Offset and slope from the log odds of a pair among its rivals to those of a link that was made: it was also the best of
all, and rivals are often parts of the same. Fitted on links of the same simulated patients.
"""


def chosen(odds: float, rivals: float) -> float:
    """
    Give the probability of a link that was made.

    Parameters
    ----------
    odds : float
        Of the pair.
    rivals : float
        Sum of the odds of all other pairs with one of the two, in the same two images.

    Returns
    -------
    float
        Short of 1: a finding may look like its neighbour.

    Examples
    --------
    >>> round(chosen(20.0, 0.0), 2), round(chosen(20.0, 20.0), 2)
    (0.98, 0.81)
    """
    offset, slope = CHOSEN
    chances = math.exp(offset + slope * math.log(odds / (1 + rivals)))
    return min(chances / (1 + chances), _SUREST)


def differences(first: Traits, second: Traits) -> Mapping[str, float]:
    """
    Compare two clusters.

    Returns
    -------
    mapping of str to float
        Natural logarithms of ratios (the second over the first) of all `LOOKS`; mm of those `PLACES` that both have.
    """
    found = {
        "count": math.log(second.count / first.count),
        "extent": _log_ratio(second.extent_mm, first.extent_mm, 0.5),
        "median_diameter": _log_ratio(second.median_diameter_mm, first.median_diameter_mm, 0.02),
        "upper_diameter": _log_ratio(second.upper_diameter_mm, first.upper_diameter_mm, 0.02),
        "contrast": _log_ratio(second.contrast, first.contrast, 0.5),
        "nearest": _log_ratio(second.nearest_mm, first.nearest_mm, 0.1),
    }
    if first.arc_mm is not None and second.arc_mm is not None:
        found["arc_mm"] = second.arc_mm - first.arc_mm
        if first.straight_mm is not None and second.straight_mm is not None:
            found["straight_mm"] = second.straight_mm - first.straight_mm
    return found


def apart_in_one_view(first: Traits, second: Traits) -> float | None:
    """Give the distance in mm between two clusters as seen from the nipple, in two images of the same view."""
    if first.from_nipple_mm is None or second.from_nipple_mm is None:
        return None
    return float(np.hypot(*(second.from_nipple_mm - first.from_nipple_mm)))


def log_odds(found: Mapping[str, float]) -> float:
    """
    Weigh differences.

    Parameters
    ----------
    found : mapping of str to float
        As `differences` gives them.

    Returns
    -------
    float
        Natural logarithm of the odds that the two are the same.
    """
    return EVEN + USUAL + sum(({**LOOKS, **PLACES})[name](value) for name, value in found.items())


def _log_ratio(second: float, first: float, least: float) -> float:
    """Compare two measures that are never below what can be measured."""
    return math.log(max(second, least) / max(first, least))


def reasons_for(first: Traits, second: Traits, names: tuple[str, str]) -> Iterator[str]:
    """
    Say in numbers what two clusters were compared by.

    Parameters
    ----------
    first, second : Traits
    names : tuple of two str
        Of their images, such as ``R CC`` and ``R MLO``.

    Yields
    ------
    str
        Sentences without a full stop.
    """
    one, other = names
    if first.arc_mm is not None and second.arc_mm is not None:
        yield f"from the nipple {first.arc_mm:.0f} mm in {one}, {second.arc_mm:.0f} mm in {other}"
        if first.straight_mm is not None and second.straight_mm is not None:
            yield (
                f"of these towards the chest wall {first.straight_mm:.0f} mm in {one}, "
                f"{second.straight_mm:.0f} mm in {other}"
            )
    yield (
        f"{first.count} and {second.count} calcifications over {first.extent_mm:.1f} and {second.extent_mm:.1f} mm, "
        f"nearest neighbours {first.nearest_mm:.1f} and {second.nearest_mm:.1f} mm apart"
    )
    yield (
        f"median diameter {first.median_diameter_mm:.2f} and {second.median_diameter_mm:.2f} mm, "
        f"90th percentile {first.upper_diameter_mm:.2f} and {second.upper_diameter_mm:.2f} mm"
    )
    yield f"contrast {first.contrast:.1f} and {second.contrast:.1f} standard deviations of the noise"
