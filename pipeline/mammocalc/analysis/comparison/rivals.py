"""Other explanations of a prior: flipped, of the other side or of another view. If one fits, no change is reported."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from mammocalc.analysis.comparison.joined import LEAST_JOINED, OVER_CHANCE, join
from mammocalc.analysis.comparison.laid_out import lay_out, orientation_of
from mammocalc.model.comparison import RegistrationKind
from mammocalc.stages.registration import lay_over, match_points
from mammocalc.vocabulary.lexicon import FROM_ABOVE, Laterality

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mammocalc.analysis.comparison.joined import Joined
    from mammocalc.analysis.comparison.laid_out import LaidOut
    from mammocalc.model import Report

_OTHER: Final = {Laterality.LEFT: "R", Laterality.RIGHT: "L"}


@dataclass(frozen=True, slots=True, eq=False)
class Rival:
    """
    An image that may be meant instead of the prior.

    ``name`` says which; ``why`` what follows where it fits better.
    """

    laid: LaidOut
    name: str
    why: str


def rivals_of(current: Report, prior: Report, others: Sequence[Report]) -> Iterator[Rival]:
    """
    Give what the prior may be instead.

    Parameters
    ----------
    current, prior : Report
    others : sequence of Report
        Of the prior's date: of the other side in the same view, or of the same side in another one.

    Yields
    ------
    Rival
        None of an image without a spacing.
    """
    for laid in _turned_over(prior):
        yield Rival(laid, "the prior turned upside down", "one of the two is stored upside down")
    for other in others:
        is_other_side = other.identity.laterality is not prior.identity.laterality
        for laid in _laid_as_either(other, current):
            if is_other_side:
                what = "left and right may be exchanged on one of the two dates"
                yield Rival(laid, "the other side on the prior's date", what)
            else:
                what = "the views may be exchanged on one of the two dates"
                yield Rival(laid, f"the {other.identity.view} view on the prior's date", what)


def hold_against(joined: Joined, rivals: Iterable[Rival]) -> Joined:
    """
    Give up a pair of images where something else fits clearly better.

    Parameters
    ----------
    joined : Joined
    rivals : iterable of Rival

    Returns
    -------
    Joined
        The same, or one without pairs that is not comparable, and says what fits best.
    """
    current = joined.current
    best, said = 0.0, ""
    for rival in rivals:
        theirs = lay_over(current.anatomy, rival.laid.anatomy).to_current(rival.laid.points_mm)
        found = match_points(current.points_mm, theirs, current.traits, rival.laid.traits)
        is_clear = len(found.pairs) >= LEAST_JOINED and found.evidence >= OVER_CHANCE * joined.evidence
        if not is_clear or found.evidence <= best:
            continue
        registration = join(current, rival.laid).registration
        if registration.is_comparable:
            best = found.evidence
            said = f"{rival.name} fits better ({registration.joined} joined): {rival.why}"
    if not said:
        return joined
    given_up = replace(
        joined.registration,
        kind=RegistrationKind.LANDMARKS,
        is_comparable=False,
        reasons=(*joined.registration.reasons[:1], said),
    )
    return replace(joined, pairs=joined.pairs[:0], registration=given_up, is_rivalled=True)


def _turned_over(report: Report) -> Iterator[LaidOut]:
    """Lay an image out as if its Patient Orientation said the opposite of what is up."""
    if report.spacing is None:
        return
    who = report.identity
    if who.view in FROM_ABOVE:
        down = _OTHER.get(who.laterality, "") if who.is_upside_down else str(who.laterality)
    else:
        down = "F" if who.is_upside_down else "H"
    across = (*who.patient_orientation, "A")[0]
    turned = replace(report, identity=replace(who, patient_orientation=(across, down)))
    if orientation_of(turned) != orientation_of(report):
        yield lay_out(turned, report.spacing)


def _laid_as_either(other: Report, current: Report) -> Iterator[LaidOut]:
    """Lay an image out as its label says, and as one of the current side and view, which tell what is up."""
    if other.spacing is None:
        return
    yield lay_out(other, other.spacing)
    who = current.identity
    relabelled = replace(other, identity=replace(other.identity, laterality=who.laterality, view=who.view))
    if orientation_of(relabelled) != orientation_of(other):
        yield lay_out(relabelled, other.spacing)
