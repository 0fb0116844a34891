"""Metrics of links and changes against readers: the share confirmed, and the links missed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.evaluation.bootstrap import Bootstrap
from mammocalc.evaluation.evaluation_report import Table, figure_cells, figure_to_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
FOUND: Final = "found_links"
"""Stands for the claim in rows of links that readers made, of which those count that the program made as well."""


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
        finding, those of all readers first, with intervals over patients.
        ``found_links`` holds for each reader the share of the links that the
        reader made or confirmed which the program made, and how many it missed:
        readers see its links, so the share is an upper bound. ``without_claim``
        counts answers to pairs of which the program says nothing. None without
        any answer.
    dict of str to Table
        ``pairs``: the same rows, those of ``found_links`` last.
    """
    if not words:
        return None, {}
    claimed = [word for word in words if word.claim in CONFIRMS]
    rows = []
    for reader in (ALL, *sorted({word.reader for word in claimed})):
        own = [word for word in claimed if reader in {ALL, word.reader}]
        for claim, of in sorted({(_group(word), word.of) for word in own}):
            rows.append(_row(reader, claim, of, [w for w in own if (_group(w), w.of) == (claim, of)], settings))
    found = list(_found_links([word for word in words if _is_link_of_reader(word)], settings))
    section: Section = {"confirmed": rows, "found_links": found, "without_claim": len(words) - len(claimed)}
    columns = ("reader", "claim", "of", "confirmed", "low", "high", "n", "patients")
    cells = [
        (row["reader"], row["claim"], row["of"], *figure_cells(row["share"]), row["patients"])
        for row in [*rows, *found]
    ]
    return section, {"pairs": Table(columns, tuple(cells))}


def _is_link_of_reader(word: PairWord) -> bool:
    return word.relation == "link" and word.answer == "same"


def _found_links(links: Sequence[PairWord], settings: ScoringSettings) -> Iterator[Section]:
    """Give the share of readers' links that the program made; no row where nobody made any."""
    for reader in (ALL, *sorted({word.reader for word in links})):
        for of in ("cluster", "calcification"):
            own = [word for word in links if reader in {ALL, word.reader} and word.of == of]
            if own:
                is_found = [word.claim in CONFIRMS for word in own]
                row = {"reader": reader, "claim": FOUND, "of": of, **_share(own, is_found, settings)}
                yield {**row, "missed": len(own) - sum(is_found)}


def _group(word: PairWord) -> str:
    return _GROUPS.get(str(word.claim), "matches")


def _row(reader: str, claim: str, of: str, words: Sequence[PairWord], settings: ScoringSettings) -> Section:
    is_confirmed = [word.answer == CONFIRMS[str(word.claim)] for word in words]
    return {"reader": reader, "claim": claim, "of": of, **_share(words, is_confirmed, settings)}


def _share(words: Sequence[PairWord], counts: Sequence[bool], settings: ScoringSettings) -> Section:
    bootstrap = Bootstrap([word.patient for word in words], settings)
    share = bootstrap.ratio(bootstrap.sums(np.array(counts, dtype=np.float64)), bootstrap.sums(np.ones(len(words))))
    return {"share": figure_to_json(share), "patients": bootstrap.count}
