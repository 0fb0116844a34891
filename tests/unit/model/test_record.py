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


def test_calls_of_one_label_are_counted_together_whatever_speaks_for_them() -> None:
    other = replace(CALL, probabilities={}, evidence={})
    assert Counter([CALL, other, "grouped", Distribution.GROUPED]) == {"grouped": 4}
    assert len({CALL, other}) == 1
    assert CALL.to_dict() != other.to_dict()
