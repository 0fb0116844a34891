"""When a study is at rest."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from mammocalc.node.arrivals import Arrivals
from mammocalc.node.journal import MOST_REFUSALS, Journal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mammocalc.node.spool import Spool


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    return clock


def test_a_study_rests_when_nothing_comes_and_nobody_is_sending(
    spool: Spool, write: Callable[..., Path], clock: Clock
) -> None:
    arrivals = Arrivals(spool, 30.0, Journal(print))
    arrivals.store(write(spool.root / "receiving" / "a"), "", "", 1, "A")
    clock.now += 29
    arrivals.store(write(spool.root / "receiving" / "b", instance="1.2.3.5"), "", "", 2, "A")
    arrivals.leave(1, "A", is_aborted=False)
    clock.now += 31
    assert arrivals.at_rest() == [], "the second association is open"
    arrivals.leave(2, "A", is_aborted=False)
    clock.now += 29
    assert arrivals.at_rest() == []
    clock.now += 2
    assert arrivals.at_rest() == ["1.2.3"]
    assert arrivals.at_rest() == []


def test_an_association_that_goes_on_with_other_studies_does_not_hold_one_back_for_ever(
    spool: Spool, write: Callable[..., Path], clock: Clock
) -> None:
    arrivals = Arrivals(spool, 30.0, Journal(print))
    arrivals.store(write(spool.root / "receiving" / "a"), "", "", 1, "A")
    clock.now += 301
    assert arrivals.at_rest() == ["1.2.3"]


def test_what_a_killed_node_left_is_taken_up(spool: Spool, write: Callable[..., Path], clock: Clock) -> None:
    Arrivals(spool, 30.0, Journal(print)).store(write(spool.root / "receiving" / "a"), "", "", 1, "A")
    restarted = Arrivals(spool, 30.0, Journal(print))
    clock.now += 31
    assert restarted.at_rest() == ["1.2.3"]


def test_a_sender_that_breaks_off_is_named_with_the_end_of_the_study(
    spool: Spool, write: Callable[..., Path], clock: Clock
) -> None:
    said: list[str] = []
    arrivals = Arrivals(spool, 30.0, Journal(said.append))
    arrivals.store(write(spool.root / "receiving" / "a", "1.2.840.123456789"), "", "", 1, "A")
    arrivals.leave(1, "A", is_aborted=True)
    assert "A broke off while it sent study ..23456789" in said[-1]
    assert "1.2.840.123456789" not in said[-1]


def test_strangers_do_not_fill_the_log(clock: Clock) -> None:
    said: list[str] = []
    journal = Journal(said.append)
    for number in range(1000):
        journal.refuse(f"refused \x1b[31m {number}")
    assert len(said) == MOST_REFUSALS
    assert "\x1b" not in "".join(said)
    clock.now += 61
    journal.refuse("refused")
    assert "(970 refusals before were not written)" in said[-1]
