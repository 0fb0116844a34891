"""What is listed and not counted for the distribution: arteries, skin, and what looks typically benign; and why."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from mammocalc.rendering.details.markup import Html, element
from mammocalc.rendering.palette import name_of
from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from collections.abc import Mapping


def left_out(document: Mapping[str, Any]) -> Html:
    """List the kinds that are left out, the most frequent first, with their letters and reasons; equal reasons once."""
    reasons: dict[str, Counter[str]] = {}
    letters: dict[str, set[str]] = {}
    vessels = {vessel["id"]: vessel["letter"] for vessel in document["vessels"]}
    for item in document["calcifications"]:
        if item["left_out"] is not None:
            reasons.setdefault(_kind(item), Counter())[item["left_out"]] += 1
            called = item["letter"] or vessels.get(item["vessel"])
            letters.setdefault(_kind(item), set()).update([called] if called else [])
    if not reasons:
        return element("p", "Nothing was left out.", class_="dim")
    ordered = sorted(reasons.items(), key=lambda pair: (-pair[1].total(), pair[0]))
    return element("dl", *(_entry(kind, counts, letters[kind]) for kind, counts in ordered), class_="apart")


def _kind(item: Mapping[str, Any]) -> str:
    if Flag.VASCULAR in item["flags"] or item["morphology"] is None:
        return name_of(Flag.VASCULAR)
    return name_of(item["morphology"]["label"])


def _entry(kind: str, counts: Counter[str], letters: set[str]) -> Html:
    lines = (element("dd", f"{count} × {why}" if count > 1 else why) for why, count in counts.most_common())
    name = f"{counts.total()} {kind}"
    called = f": {' '.join(sorted(letters, key=lambda one: (len(one), one)))}" if letters else ""
    return element("div", element("dt", name + called), *lines)
