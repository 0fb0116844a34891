"""Accuracy of diameters, and of macro against micro."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.evaluation.settings import ScoringSettings

SIZE_FIGURES: Final = (
    "bias_mm",
    "standard_deviation_mm",
    "agreement_low_mm",
    "agreement_high_mm",
    "error_p05_mm",
    "error_p95_mm",
    "median_error_mm",
    "within_tolerance",
)
"""What `size_figures` gives, in its order."""


def size_figures(
    true_mm: NDArray[np.float64], found_mm: NDArray[np.float64], settings: ScoringSettings
) -> tuple[float, ...]:
    """
    Compare measured diameters with the true ones.

    Parameters
    ----------
    true_mm, found_mm : ndarray of float64, shape (n,)
        Pairs; n of at least 1.
    settings : ScoringSettings
        The tolerance.

    Returns
    -------
    tuple of float
        Named by `SIZE_FIGURES`: mean error, its standard deviation, the 95 %
        limits of agreement (mean and 1.96 standard deviations to both sides,
        Bland and Altman 1986), the ends of the middle 90 % of errors, the
        median error, and the share within the tolerance. Errors are measured
        minus true.
    """
    error = found_mm - true_mm
    bias = float(error.mean())
    spread = float(error.std(ddof=1)) if len(error) > 1 else float("nan")
    p05, median, p95 = np.quantile(error, [0.05, 0.5, 0.95])
    within = np.abs(error) <= np.maximum(settings.size_tolerance_mm, settings.size_tolerance_share * true_mm)
    return (
        bias,
        spread,
        bias - 1.96 * spread,
        bias + 1.96 * spread,
        float(p05),
        float(p95),
        float(median),
        float(within.mean()),
    )
