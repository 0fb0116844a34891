"""Links over views and matches over dates against what readers said of them: the share that they confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.evaluation.bootstrap import Bootstrap
from mammocalc.evaluation.evaluation_report import Table, figure_cells, figure_to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mammocalc.evaluation.evaluation_report import Section
    from mammocalc.evaluation.settings import ScoringSettings
    from mammocalc.evaluation.truth import PairWord

CONFIRMS: Final = {
    "linked": "same",
    "matched": "same",
    "grown": "same",
    "smaller": "same",
    "new": "new",
    "new_faint": "new",
    "gone": "gone",
}
"""What the program says of a pair, and the word of a reader that confirms it: a size that changed is not judged."""
_GROUPS: Final = {"linked": "links", "new": "new", "new_faint": "new_faint", "gone": "gone"}
ALL: Final = "all"
"""Stands for the reader where the answers of all of them count."""


def score_pairs(words: Sequence[PairWord], settings: ScoringSettings) -> tuple[Section | None, dict[str, Table]]:
    """
    Give the shares of links and matches that readers confirmed.

    Parameters
    ----------
    words : sequence of PairWord
        May be empty.
    settings : ScoringSettings

    Returns
    -------
    dict or None
        ``confirmed`` holds a row for each reader, kind of claim and kind of
        finding, those of all readers first, with intervals over patients;
        ``without_claim`` counts answers to pairs of which the program says
        nothing. None without any answer.
    dict of str to Table
        ``pairs``: the same rows.
    """
    if not words:
        return None, {}
    claimed = [word for word in words if word.claim in CONFIRMS]
    rows = []
    for reader in (ALL, *sorted({word.reader for word in claimed})):
        own = [word for word in claimed if reader in {ALL, word.reader}]
        for claim, of in sorted({(_group(word), word.of) for word in own}):
            rows.append(_row(reader, claim, of, [w for w in own if (_group(w), w.of) == (claim, of)], settings))
    section: Section = {"confirmed": rows, "without_claim": len(words) - len(claimed)}
    columns = ("reader", "claim", "of", "confirmed", "low", "high", "n", "patients")
    cells = [(row["reader"], row["claim"], row["of"], *figure_cells(row["share"]), row["patients"]) for row in rows]
    return section, {"pairs": Table(columns, tuple(cells))}


def _group(word: PairWord) -> str:
    return _GROUPS.get(str(word.claim), "matches")


def _row(reader: str, claim: str, of: str, words: Sequence[PairWord], settings: ScoringSettings) -> Section:
    bootstrap = Bootstrap([word.patient for word in words], settings)
    confirmed = np.array([word.answer == CONFIRMS[str(word.claim)] for word in words], dtype=np.float64)
    share = bootstrap.ratio(bootstrap.sums(confirmed), bootstrap.sums(np.ones(len(words))))
    return {"reader": reader, "claim": claim, "of": of, "share": figure_to_json(share), "patients": bootstrap.count}
