"""Comparison of two images of one view of one breast: registered, joined and put into words."""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.analysis.comparison.calcification_words import (
    alone,
    compare_sizes,
    doubt_sizes,
    word_of_pair,
    words_of_one_sided,
)
from mammocalc.analysis.comparison.cluster_words import Words, cluster_alone, words_of_clusters
from mammocalc.analysis.comparison.doubts import may_show_another_part, refusal, say_doubts
from mammocalc.analysis.comparison.joined import join
from mammocalc.analysis.comparison.laid_out import lay_out
from mammocalc.analysis.comparison.one_sided import one_sided
from mammocalc.analysis.comparison.rivals import hold_against, rivals_of
from mammocalc.model.comparison import (
    ComparedImage,
    Comparison,
    PairedBy,
    Registration,
    RegistrationKind,
)
from mammocalc.vocabulary.changes import Change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mammocalc.analysis.comparison.sight import Sight
    from mammocalc.model import Report


def compare_images(
    current: Report,
    prior: Report,
    paired_by: PairedBy = PairedBy.NAMED,
    notes: Sequence[str] = (),
    sights: tuple[Sight | None, Sight | None] = (None, None),
    rivals: Sequence[Report] = (),
) -> Comparison:
    """
    Compare two images.

    Parameters
    ----------
    current, prior : Report
        Of one view of one breast.
    paired_by : PairedBy
    notes : sequence of str
        What is already to be said of the pair.
    sights : tuple of Sight or None
        Second looks at the pixels of the current image and of the prior. Without that of the prior nothing is called
        new, and without that of the current image nothing gone.
    rivals : sequence of Report
        Of the prior's date, of the other side or of another view: where one fits clearly better, sides or views may be
        exchanged.

    Returns
    -------
    Comparison
        Everything is ``not_comparable``, with the reason, where the two cannot be laid over each other.
    """
    notes = (*notes, *say_doubts(current, prior))
    why_not = refusal(current, prior)
    if why_not is not None or current.spacing is None or prior.spacing is None:
        return _not_compared(current, prior, paired_by, notes, why_not or "")
    tissues = tuple(None if sight is None else sight.tissue for sight in sights)
    joined = join(lay_out(current, current.spacing), lay_out(prior, prior.spacing), (tissues[0], tissues[1]))
    joined = hold_against(joined, rivals_of(current, prior, rivals))
    sizes = compare_sizes(joined)
    new_side = one_sided(joined, sights, of_current=True)
    gone_side = one_sided(joined, sights, of_current=False)
    is_one_part = joined.registration.is_comparable and not may_show_another_part(current, prior)
    pairs = [
        word_of_pair(current.calcifications[one], prior.calcifications[other], sizes, log)
        for (one, other), log in zip(joined.pairs.tolist(), joined.log_ratios.tolist(), strict=True)
    ]
    only_current = words_of_one_sided(new_side, is_one_part=is_one_part)
    only_prior = words_of_one_sided(gone_side, is_one_part=is_one_part)
    words = Words(
        new_side.index[[item.change is Change.NEW for item in only_current]],
        gone_side.index[[item.change is Change.GONE for item in only_prior]],
    )
    comparison = Comparison(
        current=ComparedImage.of(current),
        prior=ComparedImage.of(prior),
        paired_by=paired_by,
        registration=joined.registration,
        clusters=words_of_clusters(joined, sizes, words),
        calcifications=(
            *sorted([*pairs, *only_current], key=lambda item: item.calcification or 0),
            *sorted(only_prior, key=lambda item: item.prior_calcification or 0),
        ),
        looked_at=(sights[0] is not None, sights[1] is not None),
        diameter_ratio=float(np.exp(sizes.shift)) if sizes.is_own else None,
        diameter_spread=sizes.spread if sizes.is_own else None,
        notes=(*notes, *doubt_sizes(sizes)),
    )
    return _given_up(comparison) if joined.is_rivalled else comparison


def _given_up(comparison: Comparison) -> Comparison:
    """Say with each mark and cluster, none of which is compared, why the two images are not."""
    _, reason, *_ = comparison.registration.reasons
    word = Change.NOT_COMPARABLE
    return replace(
        comparison,
        calcifications=tuple(replace(item, change=word, reason=reason) for item in comparison.calcifications),
        clusters=tuple(replace(item, change=word, reasons=(reason,)) for item in comparison.clusters),
    )


def _not_compared(
    current: Report, prior: Report, paired_by: PairedBy, notes: tuple[str, ...], reason: str
) -> Comparison:
    """Say of everything that it is not comparable."""
    word, by_number = Change.NOT_COMPARABLE, operator.attrgetter("number")
    return Comparison(
        current=ComparedImage.of(current),
        prior=ComparedImage.of(prior),
        paired_by=paired_by,
        registration=Registration(
            RegistrationKind.NONE,
            None,
            None,
            None,
            0,
            None,
            None,
            None,
            None,
            None,
            is_comparable=False,
            reasons=(reason,),
        ),
        clusters=(
            *(cluster_alone(c, word, reason, of_current=True) for c in sorted(current.clusters, key=by_number)),
            *(cluster_alone(c, word, reason, of_current=False) for c in sorted(prior.clusters, key=by_number)),
        ),
        calcifications=(
            *(alone(c, word, None, reason, of_current=True) for c in sorted(current.calcifications, key=by_number)),
            *(alone(c, word, None, reason, of_current=False) for c in sorted(prior.calcifications, key=by_number)),
        ),
        looked_at=(False, False),
        diameter_ratio=None,
        diameter_spread=None,
        notes=notes,
    )
