"""A comparison in a few lines, for the terminal and for Python."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mammocalc.rendering.wording import many
from mammocalc.vocabulary.changes import STABILITY_NOTICE, Change
from mammocalc.vocabulary.lexicon import SHORT_NOTICE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mammocalc.execution.comparing.request import CompareSummary
    from mammocalc.model import Comparison

_OWN_NUMBERS: Final = re.compile(r" \(\d+ joined\)")
_OF_ONE_PAIR: Final = re.compile(r"\d\.\d|^\d+ of \d+ ")
LISTED: Final = 10  # what is named; comparison.json has all of it


def summarise(summary: CompareSummary, where: str) -> str:
    """
    Say how a comparison went.

    Parameters
    ----------
    summary : CompareSummary
    where : str
        Its folder, as it was named.

    Returns
    -------
    str
        Lines. Wherever something is said to be unchanged, what that is worth stands beside it.
    """
    counts = ", ".join(f"{count} {str(change).replace('_', ' ')}" for change, count in summary.changes.items() if count)
    before = f" ({summary.resumed} of them before)" if summary.resumed else ""
    lines = [
        f"{many(summary.pairs, 'pair')} of images compared{before}, {summary.comparable} of them laid over each other",
        f"calcifications: {counts or 'none'}",
    ]
    if summary.changes.get(Change.MATCHED):
        lines.append(STABILITY_NOTICE)
    if summary.without_pixels:
        lines.append(
            f"{many(summary.without_pixels, 'image')} of them not found under --images or not looked at: nothing is "
            "new or gone there"
        )
    doubts = [
        f"  {many(count, 'pair')}: {doubt}" for doubt, count in summary.doubts.items() if doubt not in summary.notes
    ]
    if doubts:
        lines += ["said of pairs:", *doubts[:LISTED]]
        if len(doubts) > LISTED:
            lines.append(f"  and {len(doubts) - LISTED} more, in the pairs' files and on the page")
    if summary.removed:
        lines.append(f"{many(summary.removed, 'pair')} of an earlier call are none any more and were removed")
    lines += [f"note: {note}" for note in summary.notes]
    for title, items in (("failed", summary.failed), ("compared with none", summary.unpaired)):
        if items:
            lines.append(f"{len(items)} {title}:")
            lines += [f"  {name}: {reason}" for name, reason in items[:LISTED]]
            if len(items) > LISTED:
                lines.append(f"  and {len(items) - LISTED} more, in comparison.json")
    lines += [f"written to {where}", f"{SHORT_NOTICE}."]
    return "\n".join(lines)


def doubts_of(comparison: Comparison) -> Iterator[str]:
    """
    Give what is said of a pair as a whole, without its own numbers, so that pairs of which the same holds are counted.

    Parameters
    ----------
    comparison : Comparison

    Yields
    ------
    str
        Why it is not comparable, then its notes.
    """
    registration = comparison.registration
    said = comparison.notes if registration.is_comparable else (*registration.reasons, *comparison.notes)
    for sentence in said:
        bare = _OWN_NUMBERS.sub("", sentence)
        if not _OF_ONE_PAIR.search(bare):
            yield bare
