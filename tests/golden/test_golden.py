"""The results of sample_data are as promised; one that moves is seen, named and put in the changelog."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

import pytest
from golden import EXPECTED, ROOT, SAMPLES, differences, digest_of_expected, expected, judge

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SPACING_MM = 0.1


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_has_the_result_that_is_promised(sample: Path) -> None:
    found = differences(expected(sample.stem), judge(sample))
    assert not found, "\n".join([f"{sample.name} has moved (python tests/golden/golden.py):", *found])


def test_each_sample_has_a_promise_and_each_promise_a_sample() -> None:
    assert {path.stem for path in EXPECTED.glob("*.json")} == {path.stem for path in SAMPLES}


def test_promised_results_that_moved_stand_in_the_changelog_under_results_change() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    section = re.split(r"^## ", changelog, flags=re.MULTILINE)[1]
    entries = [part for part in re.split(r"^### ", section, flags=re.MULTILINE) if part.startswith("Results change")]
    assert entries, "the newest version of CHANGELOG.md has no heading 'Results change'"
    assert digest_of_expected() in "".join(entries), (
        "The promised results have moved. Say in CHANGELOG.md, under 'Results change' of the newest version, what "
        f"moved and why, and end the entry with: Golden results: {digest_of_expected()}"
    )


def remove(document: dict[str, Any]) -> None:
    del document["calcifications"][0]


def add(document: dict[str, Any]) -> None:
    document["calcifications"].append({**document["calcifications"][0], "id": 99, "row": 1.0, "column": 2.0})


def move(document: dict[str, Any]) -> None:
    document["calcifications"][0]["row"] += 0.3


def grow(document: dict[str, Any]) -> None:
    document["calcifications"][0]["diameter_mm"] += 0.006


def call_macro(document: dict[str, Any]) -> None:
    document["calcifications"][0]["size"] = "macro"


def doubt(document: dict[str, Any]) -> None:
    document["calcifications"][0]["score"] = 1 - 1.2 * (1 - document["calcifications"][0]["score"])


def leave(document: dict[str, Any]) -> None:
    document["clusters"][0]["members"].pop()


def rename(document: dict[str, Any]) -> None:
    document["distribution"]["label"] = "regional"


def shift_probability(document: dict[str, Any]) -> None:
    document["clusters"][0]["distribution"]["probabilities"]["grouped"] -= 0.02


def reword(document: dict[str, Any]) -> None:
    document["distribution"]["reasons"][0] += "!"


def flag(document: dict[str, Any]) -> None:
    document["flags"].append("lossy")


def tell_more(document: dict[str, Any]) -> None:
    document["breast"]["thickness_mm"] = 50.0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (remove, r"^lost: calcification \d+ at \(\d+\.\d\d, \d+\.\d\d\) mm, \d\.\d{3} mm, score"),
        (add, r"^appeared: calcification 99 at \(0\.\d\d, 0\.\d\d\) mm"),
        (move, r"^changed: calcification \d+ at .*: moved by 0\.0\d+ mm$"),
        (grow, r"diameter_mm: [\d.]+ -> [\d.]+$"),
        (call_macro, r'size: "micro" -> "macro"$'),
        (doubt, r"score: 0\.\d+ -> 0\.\d+$"),
        (leave, r"^clusters\[0\]\.members"),
        (rename, r'^distribution\.label: "grouped" -> "regional"$'),
        (shift_probability, r"^clusters\[0\]\.distribution\.probabilities\.grouped: "),
        (reword, r"^distribution\.reasons\[0\]: "),
        (flag, r'^flags: \[\] -> \["lossy"\]$'),
        (tell_more, r"^breast\.thickness_mm appeared$"),
    ],
)
def test_whatever_moves_is_said_and_nothing_else(change: Callable[[dict[str, Any]], None], said: str) -> None:
    before = expected("03_grouped")
    now = copy.deepcopy(before)
    change(now)
    [sentence] = differences(before, now)
    assert re.search(said, sentence), sentence


def test_what_a_processor_rounds_otherwise_is_no_change() -> None:
    before = expected("03_grouped")
    now = copy.deepcopy(before)
    for calcification in now["calcifications"]:
        calcification["row"] += 0.001
        calcification["diameter_mm"] += 0.0001
        calcification["score"] = 1 - 1.001 * (1 - calcification["score"])
    now["presence"] = 1 - 1.001 * (1 - now["presence"])
    assert differences(before, now) == []
