"""Whatever goes wrong with one study, the node goes on."""

from __future__ import annotations

import errno
import os
import time
from typing import TYPE_CHECKING

import pytest

from mammocalc.config import load
from mammocalc.execution.workers.resource_limits import Fault, Lost
from mammocalc.node.arrivals import Arrivals
from mammocalc.node.journal import Journal
from mammocalc.node.objects import ObjectsWanted
from mammocalc.node.study_queue import TRIES, StudyQueue
from mammocalc.node.study_run import StudyOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mammocalc.node.spool import Spool


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def queue(spool: Spool, said: list[str]) -> Iterator[StudyQueue]:
    arrivals = Arrivals(spool, 0.0, Journal(said.append))
    queue = StudyQueue(spool, arrivals, load(), ObjectsWanted(), 1, said.append)
    yield queue
    queue.close()


def wait_for(said: list[str], words: str) -> None:
    until = time.monotonic() + 10
    while words not in "".join(said) and time.monotonic() < until:
        time.sleep(0.02)
    assert words in "".join(said)


def test_a_disk_that_takes_no_more_is_tried_again(
    spool: Spool, write: Callable[..., Path], queue: StudyQueue, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_uid: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(spool, "take_in", full)
    spool.accept(write(spool.root / "receiving" / "a"), "1.2.3", "1.2.3.4")
    queue._arrivals.again("1.2.3", 0)
    queue.start(lambda: None)
    wait_for(said, "the disk of the spool does not take it (No space left on device); tried again in 2 s")
    assert spool.waiting() == ["1.2.3"]


def test_a_study_that_ends_its_process_again_and_again_is_given_up(
    spool: Spool, write: Callable[..., Path], queue: StudyQueue, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_task: object) -> None:
        raise Lost(Fault.CRASH, "SIGSEGV", 0.1)

    monkeypatch.setattr(queue, "_process", crash)
    spool.accept(write(spool.root / "receiving" / "a"), "1.2.3", "1.2.3.4")
    for _ in range(TRIES):
        queue._try_again("1.2.3", "the disk is full")  # for which the study is not to blame
    for _ in range(TRIES):
        assert "Nothing is sent of it" not in "".join(said)
        assert not queue.work("1.2.3")
    assert "the process that analysed it ended (SIGSEGV). Nothing is sent of it" in said[-1]
    assert spool.waiting() == []
    assert spool.outgoing() == []


def test_what_no_mammogram_is_has_nothing_sent(
    spool: Spool, write: Callable[..., Path], queue: StudyQueue, said: list[str]
) -> None:
    chest = {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.1", "Modality": "CR", "BodyPartExamined": "CHEST"}
    spool.accept(write(spool.root / "receiving" / "a", **chest), "1.2.3", "1.2.3.4")
    assert not queue.work("1.2.3")
    assert "0 analysed" in said[-1]
    assert spool.outgoing() == []


def test_a_study_of_which_no_object_could_be_written_is_not_called_nothing_new(
    spool: Spool, write: Callable[..., Path], queue: StudyQueue, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = StudyOutcome(analysed=1, judged=("1.2.3.4",), remarks=("Series Instance UID is missing",))
    monkeypatch.setattr(queue, "_process", lambda _task: outcome)
    spool.accept(write(spool.root / "receiving" / "a"), "1.2.3", "1.2.3.4")
    assert not queue.work("1.2.3")
    assert "no object could be written, nothing to send" in said[-1]
    assert "Series Instance UID is missing" in said[-2]
