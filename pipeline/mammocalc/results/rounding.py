"""Decimals of each kind of number in a result."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

_Name = TypeVar("_Name")

POSITION_DECIMALS: Final = 2  # a hundredth of a pixel is below the noise of any centroid
MILLIMETRE_DECIMALS: Final = 3  # a micrometre
SPACING_DECIMALS: Final = 6  # as DICOM decimal strings usually hold it
PROBABILITY_DECIMALS: Final = 4
SCORE_DECIMALS: Final = 6  # scores are ranked: fewer decimals would tie the surest ones
LEAST_SCORE: Final = 1e-6  # as close to 0 and 1 as they are written: nothing is certain
LEVEL_DECIMALS: Final = 2
CONTRAST_DECIMALS: Final = 2
EVIDENCE_DECIMALS: Final = 4


def rounded(value: float | None, decimals: int) -> float | None:
    """
    Round a number; None stays None.

    Raises
    ------
    ValueError
        If it is not finite.
    """
    if value is None:
        return None
    number = float(value)
    if not math.isfinite(number):
        message = f"a result holds finite numbers only, not {number!r}"
        raise ValueError(message)
    return round(number, decimals) + 0.0  # + 0.0 turns -0.0 into 0.0


def rounded_score(value: float | None) -> float | None:
    """Round a score, short of 0 and of 1."""
    score = rounded(value, SCORE_DECIMALS)
    return None if score is None else min(max(score, LEAST_SCORE), 1 - LEAST_SCORE)


def summing_to_one(shares: Mapping[_Name, float]) -> dict[_Name, float]:
    """
    Round shares as a result holds them: so that they still sum to 1.

    What rounding down leaves goes to the largest remainders.

    Parameters
    ----------
    shares : mapping of any key to float
        They sum to 1.

    Returns
    -------
    dict
        The same keys in the same order, each share to four decimals.
    """
    units = 10**PROBABILITY_DECIMALS
    whole = {name: math.floor(float(share) * units + 1e-6) for name, share in shares.items()}
    by_remainder = sorted(whole, key=lambda name: whole[name] - float(shares[name]) * units)
    for name in by_remainder[: units - sum(whole.values())]:
        whole[name] += 1
    return {name: count / units for name, count in whole.items()}
