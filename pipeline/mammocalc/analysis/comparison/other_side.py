"""The other side on the prior's date: where it fits better, left and right may be exchanged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mammocalc.analysis.comparison.joined import LEAST_JOINED, OVER_CHANCE, join
from mammocalc.model.comparison import RegistrationKind
from mammocalc.stages.registration import lay_over, match_points

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mammocalc.analysis.comparison.joined import Joined
    from mammocalc.analysis.comparison.laid_out import LaidOut


def hold_against_other_side(joined: Joined, others: Iterable[LaidOut]) -> Joined:
    """
    Give up a pair of images where the other side on the prior's date fits clearly better.

    Parameters
    ----------
    joined : Joined
    others : iterable of LaidOut
        Of the other side, of the same view on the prior's date.

    Returns
    -------
    Joined
        The same, or one without pairs that is not comparable, and says why.
    """
    current = joined.current
    for other in others:
        theirs = lay_over(current.anatomy, other.anatomy).to_current(other.points_mm)
        found = match_points(current.points_mm, theirs, current.traits, other.traits)
        if len(found.pairs) < LEAST_JOINED or found.evidence < OVER_CHANCE * joined.evidence:
            continue
        rival = join(current, other)
        if rival.registration.is_comparable:
            said = (
                f"the other side on the prior's date fits better ({rival.registration.joined} joined): left and right "
                "may be exchanged on one of the two dates"
            )
            registration = replace(
                joined.registration,
                kind=RegistrationKind.LANDMARKS,
                is_comparable=False,
                reasons=(*joined.registration.reasons[:1], said),
            )
            return replace(joined, pairs=joined.pairs[:0], registration=registration, may_be_other_side=True)
    return joined
