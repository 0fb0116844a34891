"""The page's own copies of closed vocabularies against those of the server: a word that the page lacks is not shown."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any, get_args

import pytest

from mammocalc.evaluation.pair_metrics import CONFIRMS
from mammocalc.review.server.pair_actions import SAID, PairAnswer, Relation
from mammocalc.vocabulary.changes import Change

SIDES: dict[str, tuple[Relation, tuple[bool, bool]]] = {
    "link": ("link", (True, True)),
    "both": ("change", (True, True)),
    "here": ("change", (True, False)),
    "there": ("change", (False, True)),
}
"""What the page calls the kinds of pairs: the relation, and whether there is a finding here and there."""


def constant(script: str, name: str) -> Any:
    """A constant of a script of the package that holds texts alone."""
    text = resources.files("mammocalc").joinpath(script).read_text(encoding="utf-8")
    found = re.search(rf"^(?:export )?const {name} = ([^;]+);", text, re.MULTILINE)
    assert found
    return json.loads(re.sub(r"(\w+):", r'"\1":', found.group(1)))


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("SAYINGS", {name: list(SAID[relation][sides]) for name, (relation, sides) in SIDES.items()}),
        ("PAIR_WORDS", list(get_args(PairAnswer))),
        ("CLAIMS", {word: answer for word, answer in CONFIRMS.items() if word != "linked"}),
    ],
)
def test_the_page_says_of_pairs_what_the_server_takes(name: str, known: Any) -> None:
    assert constant("review/page/partners.js", name) == known


def test_the_table_of_changes_has_a_place_for_every_word() -> None:
    assert sorted(constant("rendering/pages/scripts/change_order.js", "CHANGE_ORDER")) == sorted(Change)
