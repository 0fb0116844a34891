"""Learned classifier of distributions: its features and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.vocabulary.lexicon import DESCRIPTORS, Distribution

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mammocalc.classifiers.trees import BoostedClasses
    from mammocalc.model import Pattern

FEATURES: Final = (
    "count",
    "extent_mm",
    "most_within_10_mm",
    "length_mm",
    "width_mm",
    "elongation",
    "line_share",
    "hull_share",
    "covered_share",
    "path_width_mm",
    "straightness",
    "taper",
    "nearest_mm",
    "evenness",
    "image_count",
    "image_share",
    "image_hull_share",
    "chance_exponent",
    "axis_to_nipple_degrees",
    "angular_span_degrees",
    "radial_over_transverse",
    "widening",
    "axis_miss_mm",
    "span_over_disc",
)
"""The numbers of a pattern that are asked about, in the order of the columns."""

CHANCE: Final = "chance"
"""The sixth class: points that lie together without being a pattern."""

CLASSES: Final = (*(label.value for label in DESCRIPTORS), CHANCE)

_UNKNOWN: Final = -1.0
"""Stands for what cannot be known without a nipple; all numbers are otherwise positive."""


@dataclass(frozen=True, slots=True)
class Learned:
    """
    The classifier's answer for one set of points.

    ``chance`` is the probability that it is no pattern; ``probabilities`` are
    those of the descriptors, given that it is one.
    """

    chance: float
    probabilities: Mapping[Distribution, float]


def table_of(patterns: Sequence[Pattern]) -> NDArray[np.float32]:
    """
    Give the features of patterns, as the classifier of distributions takes them.

    Parameters
    ----------
    patterns : sequence of Pattern
        May be empty.

    Returns
    -------
    ndarray of float32, shape (n, len(FEATURES))
    """
    rows = [[_UNKNOWN if (value := getattr(p, name)) is None else value for name in FEATURES] for p in patterns]
    return np.array(rows, dtype=np.float32).reshape(-1, len(FEATURES))


def ask(trees: BoostedClasses, pattern: Pattern) -> Learned:
    """Ask the classifier about one pattern."""
    shares = dict(zip(trees.classes, trees.decide(table_of([pattern]))[0].tolist(), strict=True))
    chance = shares[CHANCE]
    rest = max(1e-12, sum(shares[label.value] for label in DESCRIPTORS))
    return Learned(chance, MappingProxyType({label: shares[label.value] / rest for label in DESCRIPTORS}))
