"""What is said of two findings: kept with its action, undone like any other, and of two sides the last word."""

from __future__ import annotations

from typing import Any

import pytest

from mammocalc.review.server.action import ActionError, Before
from mammocalc.review.server.actions import parse_action
from mammocalc.review.server.reader_state import PairName, State
from mammocalc.review.server.replay import compute_state

RESULT = {"clusters": [{"id": 1}], "calcifications": [{"id": 5}]}
PAIR: dict[str, Any] = {"type": "judge_pair", "relation": "change", "of": "cluster", "id": 1, "other": "2.25.1"}
NAME = PairName("change", "cluster", 1, "2.25.1", 1)


def before() -> Before:
    return Before(State(), RESULT, lambda _uid: (RESULT, "digest"), lambda _pair: "matched")


def said(answer: str | None, **changes: Any) -> Any:
    return parse_action({**PAIR, "other_id": 1, "answer": answer, **changes})


def test_the_server_notes_what_the_program_says_and_which_result_was_judged() -> None:
    action = said("same")
    action.check(before())
    kept = action.sealed(before())
    assert (kept.claim, kept.other_digest) == ("matched", "digest")
    assert parse_action(kept.model_dump(mode="json")) == kept


def test_a_word_is_undone_and_taken_back() -> None:
    undo = parse_action({"type": "undo"})
    assert compute_state([(1, said("same"))]).pairs[NAME]["answer"] == "same"
    assert compute_state([(1, said("same")), (2, undo)]).pairs == {}
    assert compute_state([(1, said("same")), (2, said("new")), (3, undo)]).pairs[NAME]["answer"] == "same"
    taken = compute_state([(1, said("same")), (4, said(None))]).pairs[NAME]
    assert (taken["answer"], taken["number"]) == (None, 4)  # it stands against what the other side said before


@pytest.mark.parametrize(
    "changes",
    [
        {"relation": "link", "answer": "new"},
        {"relation": "link", "other_id": None, "answer": "same"},
        {"answer": "gone"},
        {"other_id": None, "answer": "gone"},
        {"id": None, "answer": "new"},
        {"id": None, "other_id": None, "answer": None},
        {"id": 2, "answer": "same"},
        {"of": "calcification", "answer": "same"},
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ActionError):
        said(**{"answer": "same", **changes}).check(before())


@pytest.mark.parametrize(("id_", "other_id", "answer"), [(1, None, "new"), (None, 1, "gone"), (1, 1, "new")])
def test_what_is_on_one_date_alone_has_words_of_its_own(id_: int | None, other_id: int | None, answer: str) -> None:
    said(answer, id=id_, other_id=other_id).check(before())


@pytest.mark.parametrize(("relation", "named"), [("link", "another view"), ("change", "the prior")])
def test_images_that_are_no_pair_are_refused(relation: str, named: str) -> None:
    met = Before(State(), RESULT, lambda _uid: (RESULT, "digest"), lambda _pair: None, lambda _pair: False)
    with pytest.raises(ActionError, match=named):
        said("same", relation=relation).check(met)
