"""Word of the image: the first row of one table that holds."""

from __future__ import annotations

from dataclasses import asdict, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from mammocalc.model import DistributionCall
from mammocalc.stages.distribution.cluster import classify_pattern
from mammocalc.stages.distribution.image_words import (
    CONCERN,
    WORDS,
    ImageEvidence,
    is_undecided,
    similar_clusters,
    sure_call,
)
from mammocalc.stages.distribution.table import ranked
from mammocalc.vocabulary.lexicon import Distribution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mammocalc.classifiers.trees import BoostedClasses
    from mammocalc.model import Pattern, Spread
    from mammocalc.stages.distribution.settings import DistributionSettings


def classify_image(
    spread: Spread,
    whole: Pattern | None,
    clusters: Sequence[DistributionCall],
    trees: BoostedClasses | None,
    settings: DistributionSettings,
) -> DistributionCall:
    """
    Give an image the word that a reader would use for it.

    The rows, from the top; docs/distribution.md holds them with their numbers:

    1. `vascular`: most lie in arteries, and there is no region.
    2. `typically_benign`: several are, and a good part of all.
    3. `segmental`, `linear`: a set that stands out has this descriptor by a
       wide margin, and points to a known nipple.
    4. `regional`: many close together over more than 2 cm.
    5. `diffuse`: many, throughout the breast; or several similar clusters.
    6. `regional`: one cluster that is so holds nearly all there is, however
       thinly; `indeterminate` where it may as well be a segment, as without
       a known nipple.
    7. `grouped`: five within 1 cm, anywhere.
    8. `scattered`: three and more that are sure by themselves.
    9. `none`.

    Parameters
    ----------
    spread : Spread
        All calcifications in a few numbers.
    whole : Pattern or None
        All that count for clusters as one set; None for fewer than two.
    clusters : sequence of DistributionCall
        One per cluster, the largest first.
    trees : BoostedClasses or None
        The learned classifier; None for the table alone.
    settings : DistributionSettings
        The definitions.

    Returns
    -------
    DistributionCall
        Its evidence counts what the rows ask about; its reasons begin with
        that of the row, and name a cluster that is of more concern by itself.
        Probabilities are those of the cluster that bears the word, and none
        where no cluster does: nothing calibrates the table's rows.
    """
    calls = tuple(clusters)
    as_one = None if whole is None else classify_pattern(whole, trees, settings)
    if as_one is not None and len(clusters) != 1 and not spread.arterial:
        calls = (*calls, as_one)  # missed calcifications can tear a pattern into several clusters
    knows_nipple = whole is None or whole.axis_to_nipple_degrees is not None
    seen = ImageEvidence(spread, tuple(clusters), calls, knows_nipple, settings)
    word, reason = next((word, reason) for word, row in WORDS if (reason := row(seen)))
    bearing = _bearing(word, seen)
    evidence: dict[str, float] = {"microcalcifications": spread.microcalcifications, "clusters": len(clusters)}
    evidence |= {f"image_{name}": value for name, value in asdict(spread).items() if name != "microcalcifications"}
    if (similar := similar_clusters(calls)) > 1:
        evidence["similar_clusters"] = similar
    if bearing is None:
        evidence = {**(dict(as_one.evidence) if as_one is not None else {}), **evidence}
        bearing = DistributionCall(word, ())
    reasons = (reason, *_besides(word, clusters))
    between = (Distribution.REGIONAL, Distribution.SEGMENTAL) if word is Distribution.INDETERMINATE else ()
    return replace(
        bearing,
        label=word,
        reasons=reasons,
        between=between,
        loose=False,
        evidence=MappingProxyType({**bearing.evidence, **evidence}),
    )


def withhold(call: DistributionCall, reason: str) -> DistributionCall:
    """
    Take back a descriptor that rests on calcifications of doubtful belonging.

    Parameters
    ----------
    call : DistributionCall
        Of a cluster.
    reason : str
        Why, in words.

    Returns
    -------
    DistributionCall
        Indeterminate between the two most probable descriptors, with the
        reason before the others; unchanged where it names no descriptor.
    """
    if call.label not in CONCERN:
        return call
    first, second, _ = ranked(call.probabilities)
    return replace(call, label=Distribution.INDETERMINATE, between=(first, second), reasons=(reason, *call.reasons))


def not_calibrated() -> DistributionCall:
    """
    Give the call for an image without a pixel spacing, since all definitions are in millimetres.

    Returns
    -------
    DistributionCall
        `not_applicable`, with that reason.
    """
    reason = "no believable pixel spacing, and every definition is in millimetres"
    return DistributionCall(Distribution.NOT_APPLICABLE, (reason,))


def _bearing(word: Distribution, seen: ImageEvidence) -> DistributionCall | None:
    """Find the set that has the image's word by itself."""
    if word in {Distribution.SEGMENTAL, Distribution.LINEAR}:
        return sure_call(word, seen)
    undecided = word is Distribution.INDETERMINATE
    own = [call for call in seen.calls if (is_undecided(call) if undecided else call.label is word)]
    return own[0] if own else None


def _besides(word: Distribution, clusters: Sequence[DistributionCall]) -> tuple[str, ...]:
    """Say what the cluster of most concern is by itself, where the image as a whole is called something else."""
    shown = [call for call in clusters if not call.loose]
    named = [call for call in shown if call.label in CONCERN]
    if not named:
        return ()
    most = min(named, key=lambda call: CONCERN.index(call.label))
    if most.label is word:
        return (f"the cluster of most concern among {len(shown)}",) if len(shown) > 1 else ()
    return (f"by itself the cluster of most concern, of {len(shown)}, is {most.label.value}: {most.reasons[0]}",)
