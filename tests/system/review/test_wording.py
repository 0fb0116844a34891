"""The page of the review says counts, presence and sizes as overlays and pages do."""

from __future__ import annotations

from typing import Any

import numpy as np

from mammocalc.model import Counts
from mammocalc.rendering.wording import say_counts, say_presence, say_size
from mammocalc.vocabulary.lexicon import CalcificationSize


def test_the_page_uses_the_words_of_overlays(visit: Any, uid: str) -> None:
    rng = np.random.default_rng(3)
    names = ("calcifications", "micro", "macro", "size_unknown", "vascular", "clusters", "vessels")
    counts = [dict(zip(names, row, strict=True)) for row in rng.integers(0, 3, (60, len(names))).tolist()]
    levels: list[float | None] = [None, *rng.uniform(0.1, 9.9, 60).round(2).tolist(), 7.25, 0.05, 9.95]
    widths = [*rng.uniform(0.1, 2, 60).round(3).tolist(), 0.999, 0.29, 0.57]
    sizes = [
        {"size": "micro", "width_mm": width, "length_mm": round(width * 1.5, 3), "diameter_mm": width, "flags": []}
        for width in widths
    ]
    page = visit("Ida", f"#/image/{uid}/large")
    said = page.evaluate(
        """async ([counts, levels, sizes]) => {
          const { sayCounts, sayPresence } = await import("./rendering/pages/scripts/wording.js");
          const { aboutOf } = await import("./review/page/findings.js");
          const said = sizes.map((item) => aboutOf({ kind: "calcification", item, said: {} }));
          return [counts.map(sayCounts), levels.map(sayPresence), said];
        }""",
        [counts, levels, sizes],
    )
    assert said[0] == [say_counts(Counts(**one, left_out=0, loose_chains=0)) for one in counts]
    assert said[1] == [say_presence(level) for level in levels]
    assert said[2] == [", ".join(say_size(CalcificationSize.MICRO, one["width_mm"], one["length_mm"])) for one in sizes]
