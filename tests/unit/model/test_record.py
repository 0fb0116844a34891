"""Findings are given as plain values."""

from __future__ import annotations

import copy
import json
import pickle
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from mammocalc.model import Calcification, Cluster, DistributionCall, MorphologyCall, Vessel
from mammocalc.vocabulary.lexicon import CalcificationSize, Distribution, Flag, Morphology

CALL = DistributionCall(Distribution.GROUPED, ("near",), {Distribution.GROUPED: 0.75}, evidence={"count": 6})
KIND = MorphologyCall(Morphology.ROUND, {Morphology.ROUND: 1.0}, ())
MARK = Calcification(
    3, 0, 1.5, 2.0, ((1.0, 2.0), (1.0, 3.0)), 5.0, None, None, None, None, CalcificationSize.MICRO, 0.9, 8.0,
    flags=frozenset({Flag.VASCULAR, Flag.SECOND_LOOK}), morphology=KIND, memberships=((1, 0.5),),
)  # fmt: skip


@pytest.mark.parametrize(
    "record", [CALL, KIND, MARK, Cluster(1, (3,), 1.0, 2.0, 3.0, (), CALL), Vessel(1, (3,), ((1.0, 2.0),), 0.0)]
)
def test_a_record_is_what_json_takes(record: Any) -> None:
    plain = record.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert set(plain) == set(record.__dataclass_fields__)


def test_words_sets_and_records_within_are_plain_too() -> None:
    plain = MARK.to_dict()
    assert type(plain["size"]) is str
    assert plain["flags"] == ["second_look", "vascular"]
    assert plain["outline_px"] == [[1.0, 2.0], [1.0, 3.0]]
    assert plain["morphology"]["probabilities"] == {"round": 1.0}
    assert CALL.to_dict()["evidence"] == {"count": 6}


def test_a_call_is_its_label_wherever_a_text_is_wanted() -> None:
    assert json.dumps({"distribution": CALL, "of": [KIND]}) == '{"distribution": "grouped", "of": ["round"]}'
    assert (str(CALL), f"{CALL:>8}", {"grouped": 1}[CALL]) == ("grouped", " grouped", 1)
    assert (CALL == "grouped", CALL != "grouped") == (True, False)
    for copied in (copy.deepcopy(CALL), pickle.loads(pickle.dumps(CALL))):  # noqa: S301 - our own
        assert (type(copied), copied.to_dict(), str(copied)) == (DistributionCall, CALL.to_dict(), "grouped")


@pytest.mark.parametrize(
    ("call", "change"),
    [
        (CALL, {"reasons": ("far",)}),
        (CALL, {"probabilities": {Distribution.GROUPED: 0.5}}),
        (CALL, {"margin": 0.5}),
        (CALL, {"between": (Distribution.GROUPED, Distribution.LINEAR)}),
        (CALL, {"evidence": {"count": 7}}),
        (CALL, {"calibrated_on": "simulated"}),
        (CALL, {"loose": True}),
        (KIND, {"probabilities": {Morphology.ROUND: 0.5}}),
        (KIND, {"reasons": ("round",)}),
        (KIND, {"evidence": {"across_px": 7.0}}),
        (KIND, {"calibrated_on": "simulated"}),
    ],
)
def test_calls_are_equal_if_all_that_they_say_is(call: Any, change: dict[str, Any]) -> None:
    assert (call == replace(call), call != replace(call), hash(call) == hash(replace(call))) == (True, False, True)
    other = replace(call, **change)
    assert (call == other, call != other) == (False, True)
    assert str(call) == other == call.label
    assert replace(MARK, morphology=KIND) != replace(MARK, morphology=replace(KIND, evidence={"across_px": 1.0}))


def test_calls_are_counted_by_their_label() -> None:
    calls = [CALL, replace(CALL, probabilities={}, evidence={})]
    assert Counter(call.label for call in calls) == {"grouped": 2}


def test_a_call_is_shown_in_one_line() -> None:
    shares = {Distribution.LINEAR: 0.0941, Distribution.GROUPED: 0.9, Distribution.DIFFUSE: 0.004}
    assert repr(replace(CALL, probabilities=shares)) == "<DistributionCall grouped: grouped 0.90, linear 0.09>"
    assert repr(DistributionCall(Distribution.NONE, ("nothing",))) == "<DistributionCall none>"
    assert repr(KIND) == "<MorphologyCall round: round 1.00>"
    assert "outline" not in repr(MARK)
    assert "<MorphologyCall round: round 1.00>" in repr(MARK)
