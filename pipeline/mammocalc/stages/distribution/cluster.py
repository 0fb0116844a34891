"""Distribution of one cluster: the definitions as limits, and the learned classifier within them."""

from __future__ import annotations

from dataclasses import fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from mammocalc.model import DistributionCall, Pattern
from mammocalc.stages.distribution.learned import ask
from mammocalc.stages.distribution.reasons import REASONS, breaks_definition, nipple_unknown
from mammocalc.stages.distribution.table import fit_definitions, ranked, within_definitions
from mammocalc.vocabulary.lexicon import Distribution
from mammocalc.vocabulary.numbers import say_percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.classifiers.trees import BoostedClasses
    from mammocalc.stages.distribution.learned import Learned
    from mammocalc.stages.distribution.settings import DistributionSettings

CHANCE_EVIDENCE: Final = "chance_probability"
"""Under this name the evidence holds the probability that the points lie together by chance."""

_MOST_WITHIN: Final = 0.5
"""Where more than this of the classifier's probability lies outside of the definitions, what is left of it says little,
and counts only where the definitions by themselves say the same."""

_OF_CONCERN: Final = frozenset({Distribution.LINEAR, Distribution.SEGMENTAL})
"""So it is with these where a set is wider than a group and holds none: seven specks along 47 mm of a curve."""

_MAX_CHANCE: Final = 0.5
"""A cluster that is no pattern with at least this probability is indeterminate. With trees only."""


def classify_pattern(
    pattern: Pattern, trees: BoostedClasses | None, settings: DistributionSettings
) -> DistributionCall:
    """
    Name the distribution of one cluster.

    The definitions hold the frame: a descriptor without its numbers has the
    probability 0 and is not given. What they say in words ("in a line",
    "conforming to a duct") the trees settle among those that are left.

    Parameters
    ----------
    pattern : Pattern
        The cluster in numbers.
    trees : BoostedClasses or None
        The learned classifier; None for the table alone.
    settings : DistributionSettings
        The definitions.

    Returns
    -------
    DistributionCall
        `indeterminate` where two descriptors are about equally good, where
        the numbers fit no definition (five specks across 15 mm), or where
        the points as well lie together by chance. Its probabilities are
        those of the descriptors, given that one applies whose numbers are
        there; none where no descriptor has its numbers.
    """
    p, s = pattern, settings
    by_table = fit_definitions(p, s)
    learned = None if trees is None else ask(trees, p)
    given = by_table if learned is None else learned.probabilities
    probabilities, allowed = within_definitions(given, p, s)
    first, second, margin = ranked(probabilities or given, given)
    agrees = ranked(by_table)[0] is first
    by_chance = learned is not None and learned.chance >= _MAX_CHANCE
    is_thin = p.most_in_circle < s.grouped_min_count and p.extent_mm > s.grouped_max_extent_mm
    is_doubtful = allowed < _MOST_WITHIN or (is_thin and first in _OF_CONCERN)
    is_outside = not probabilities or (is_doubtful and not agrees)
    unclear = is_outside or by_chance or margin < s.indeterminate_margin
    reasons = _reasons(p, s, probabilities, given) if unclear else [REASONS[first](p, s)]
    if by_chance and learned is not None:
        reasons.append(
            f"{p.count} of {p.image_count} calcifications lie here, as may be by chance: "
            f"{say_percent(learned.chance)} of such sets in simulated images were no pattern"
        )
    return DistributionCall(
        label=Distribution.INDETERMINATE if unclear else first,
        reasons=tuple(reasons),
        probabilities=probabilities,
        margin=margin if probabilities else None,
        between=(first, second) if unclear else (),
        evidence=_evidence(p, learned, agrees=agrees if learned is not None else None),
        calibrated_on=str(trees.origin.get("calibrated_on", "simulated")) if trees and probabilities else None,
        loose=unclear and p.most_in_circle < s.grouped_min_count,
    )


def _reasons(
    p: Pattern,
    s: DistributionSettings,
    probabilities: Mapping[Distribution, float],
    given: Mapping[Distribution, float],
) -> list[str]:
    """Say what is against the likeliest descriptor, or what speaks for the two that come into question."""
    likeliest, _, _ = ranked(given)
    if missing := breaks_definition(likeliest, p, s):
        return [missing]
    first, second, margin = ranked(probabilities, given)
    if {first, second} == {Distribution.REGIONAL, Distribution.SEGMENTAL} and p.axis_to_nipple_degrees is None:
        return [nipple_unknown(p)]
    reasons = [REASONS[first](p, s)]
    if margin < s.indeterminate_margin:
        reasons.append(f"{second.value} is about as good: {REASONS[second](p, s)}")
    return reasons


def _evidence(p: Pattern, learned: Learned | None, *, agrees: bool | None) -> Mapping[str, float]:
    values: dict[str, float] = {}
    for field in fields(Pattern):
        value = getattr(p, field.name)
        if value is not None:
            values[field.name] = value
    if learned is not None and agrees is not None:
        values[CHANCE_EVIDENCE] = learned.chance
        values["table_agrees"] = int(agrees)
    return MappingProxyType(values)
