from __future__ import annotations

from typing import Any

import pytest

from mammocalc.model import Calcification
from mammocalc.review.server.action import ActionError
from mammocalc.review.server.actions import parse_action
from mammocalc.review.server.reader_name import check_reader
from mammocalc.review.server.reader_state import verdict_of
from mammocalc.review.server.replay import compute_state, undone_by


def numbered(*documents: dict[str, Any]) -> list[tuple[int, Any]]:
    return [(number, parse_action(document)) for number, document in enumerate(documents, start=1)]


def comment(text: str) -> dict[str, Any]:
    return {"type": "comment", "text": text}


UNDO, REDO = {"type": "undo"}, {"type": "redo"}


def test_nothing_done_is_an_empty_answer() -> None:
    state = compute_state([])
    assert not any((state.calcifications, state.added, state.comment, state.is_read, state.can_undo, state.can_redo))


@pytest.mark.parametrize(
    ("documents", "text", "can_undo", "can_redo"),
    [
        ([comment("a"), UNDO], "", False, True),
        ([comment("a"), comment("b"), UNDO, UNDO, REDO], "a", True, True),
        ([comment("a"), comment("b"), UNDO, comment("c")], "c", True, False),
        ([comment("a"), comment("b"), UNDO, comment("c"), UNDO], "a", True, True),
        ([UNDO, REDO, comment("a")], "a", True, False),
    ],
)
def test_undo_and_redo_follow_the_usual_rules(
    documents: list[dict[str, Any]], text: str, can_undo: bool, can_redo: bool
) -> None:
    state = compute_state(numbered(*documents))
    assert (state.comment, state.can_undo, state.can_redo) == (text, can_undo, can_redo)


def test_what_was_undone_names_the_undo_and_what_was_redone_does_not() -> None:
    actions = numbered(comment("a"), comment("b"), UNDO, UNDO, REDO, comment("c"))
    assert undone_by(actions) == {2: 3}


def test_the_key_of_an_added_one_survives_undo_and_redo() -> None:
    add = {"type": "add_calcification", "row": 1, "column": 2, "diameter_mm": 0.3}
    resize = {"type": "resize_calcification", "key": "a1", "diameter_mm": 0.5}
    assert compute_state(numbered(add, UNDO, REDO, resize)).added == {"a1": {"row": 1, "column": 2, "diameter_mm": 0.5}}


@pytest.mark.parametrize(
    ("documents", "verdict"),
    [
        ([], None),
        ([{"type": "judge_cluster", "id": 7, "verdict": "reject"}], "reject"),
        ([{"type": "agree_image"}], "accept"),
        ([{"type": "agree_image"}, {"type": "judge_cluster", "id": 7, "verdict": "reject"}], "reject"),
        (
            [
                {"type": "judge_cluster", "id": 7, "verdict": "reject"},
                {"type": "judge_calcification", "id": 3, "verdict": "accept"},
            ],
            "accept",
        ),
        ([{"type": "agree_image"}, {"type": "agree_image", "agreed": False}], None),
    ],
)
def test_a_mark_follows_its_own_verdict_then_its_clusters_then_the_images(
    documents: list[dict[str, Any]], verdict: str | None
) -> None:
    mark = Calcification(3, 0, 1.0, 2.0, (), 5.0, 0.3, 0.3, 0.3, 0.1, None, 0.9, 8.0, cluster=7)
    assert verdict_of(compute_state(numbered(*documents)), mark) == verdict


def test_agreement_ends_where_the_reader_contradicts() -> None:
    agree = {"type": "agree_image"}
    other = {"type": "set_distribution", "cluster": None, "label": "linear"}
    assert compute_state(numbered(agree)).is_agreed("grouped")
    assert not compute_state(numbered(agree, other)).is_agreed("grouped")
    assert compute_state(numbered(agree, other)).is_agreed("linear")


@pytest.mark.parametrize("document", [{"type": "judge_calcification", "id": 3}, {"type": "judge_cluster", "id": 7}])
def test_who_rejects_one_finding_does_not_agree_with_the_image(document: dict[str, Any]) -> None:
    agree = {"type": "agree_image"}
    assert not compute_state(numbered(agree, {**document, "verdict": "reject"})).is_agreed("grouped")
    assert compute_state(numbered(agree, {**document, "verdict": "accept"})).is_agreed("grouped")


def test_a_readers_name_is_trimmed() -> None:
    assert check_reader("  Ada Lovelace ") == "Ada Lovelace"
    with pytest.raises(ActionError, match="printable"):
        check_reader("Ada\x1b[2J")
