"""One set of calcifications: the definitions as its frame, the learned classifier for what they leave to words."""

from __future__ import annotations

from dataclasses import fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from pipeline.lexicon import Distribution
from pipeline.model import DistributionCall, Pattern
from pipeline.stages.distribution.learned import ask
from pipeline.stages.distribution.reasons import REASONS, breaks_definition
from pipeline.stages.distribution.table import fit_definitions, ranked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.boosting import BoostedClasses
    from pipeline.stages.distribution.learned import Learned
    from pipeline.stages.distribution.settings import DistributionSettings

CHANCE_EVIDENCE: Final = "chance_probability"
"""Under this name the evidence holds the probability that the points lie together by chance."""


def classify_pattern(
    pattern: Pattern, trees: BoostedClasses | None, settings: DistributionSettings
) -> DistributionCall:
    """
    Name the distribution of one cluster.

    The definitions hold the frame: a label without its numbers is not given.
    What they say in words ("in a line", "conforming to a duct", "throughout
    the breast") the trees settle, where there are any; where the table would
    say something else, the reasons say so.

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
        those of the descriptors, given that one applies.
    """
    p, s = pattern, settings
    by_table = fit_definitions(p, s)
    learned = None if trees is None else ask(trees, p)
    probabilities = by_table if learned is None else learned.probabilities
    first, second, margin = ranked(probabilities)
    missing = breaks_definition(first, p, s)
    by_chance = learned is not None and learned.chance >= s.max_chance
    unclear = bool(missing) or by_chance or margin < s.indeterminate_margin
    reasons = [missing or REASONS[first](p, s)]
    if by_chance and learned is not None:
        reasons.append(
            f"{p.count} of {p.image_count} calcifications lie here, as may be by chance: {learned.chance:.0%} of "
            "such sets in simulated images were no pattern"
        )
    elif margin < s.indeterminate_margin:
        reasons.append(f"{second.value} is about as good: {REASONS[second](p, s)}")
    if first in {Distribution.REGIONAL, Distribution.SEGMENTAL} and p.axis_to_nipple_degrees is None:
        reasons.append("the nipple is not known, so a wedge that points to it cannot be told from a region")
    agrees = _agreement(by_table, first, reasons, p, s) if learned is not None else None
    return DistributionCall(
        label=Distribution.INDETERMINATE if unclear else first,
        reasons=tuple(reasons),
        probabilities=probabilities,
        margin=margin,
        between=(first, second) if unclear else (),
        evidence=_evidence(p, learned, agrees=agrees),
        calibrated_on=None if trees is None else str(trees.origin.get("calibrated_on", "simulated")),
    )


def _agreement(
    by_table: Mapping[Distribution, float],
    first: Distribution,
    reasons: list[str],
    p: Pattern,
    s: DistributionSettings,
) -> bool:
    """Tell whether the table has the same first label; add to the reasons what it says if it does not."""
    other, _, margin = ranked(by_table)
    if other is first:
        return True
    missing = breaks_definition(other, p, s)
    certain = "" if margin >= s.indeterminate_margin and not missing else " with doubt"
    reasons.append(
        f"the definitions by themselves would say {other.value}{certain}: {missing or REASONS[other](p, s)}; "
        f"the shape as a whole speaks for {first.value}"
    )
    return False


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
