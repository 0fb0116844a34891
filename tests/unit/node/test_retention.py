"""What is kept of patients, and for how long."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from mammocalc.node.retention import clean

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mammocalc.node.spool import Spool


def grow_old(root: Path, hours: float) -> None:
    at = time.time() - hours * 3600
    for path in [*root.rglob("*"), root]:
        os.utime(path, (at, at))


def analysed(spool: Spool, write: Callable[..., Path], study: str, *, is_sent: bool) -> None:
    spool.accept(write(spool.root / "receiving" / "x", study, f"{study}.1"), study, f"{study}.1")
    spool.take_in(study)
    objects = spool.study(study) / "objects"
    objects.mkdir()
    (objects / f"{study}.9.dcm").write_bytes(b"object")
    record = {"instances": spool.contents(study), "objects": {f"{study}.9": "now"}, "judged": []}
    spool.finish(study, record, is_to_send=True)
    if is_sent:
        spool.unsent(study)[0].unlink()
        spool.settle(study)


def test_images_go_when_their_results_were_sent_long_ago(spool: Spool, write: Callable[..., Path]) -> None:
    analysed(spool, write, "1.2.3", is_sent=True)
    analysed(spool, write, "1.2.4", is_sent=False)
    spool.accept(write(spool.root / "receiving" / "x", "1.2.5", "1.2.5.1"), "1.2.5", "1.2.5.1")
    grow_old(spool.root, 23)
    said: list[str] = []
    clean(spool, 24, said.append)
    assert said == []
    grow_old(spool.root, 25)
    clean(spool, 24, said.append)
    assert not spool.study("1.2.3").exists()
    assert spool.study("1.2.4").exists(), "its results are not sent yet"
    assert spool.waiting() == ["1.2.5"], "it is not analysed yet"
    assert spool.record("1.2.3") is not None, "that it was done is remembered, so that nothing is sent twice"
    assert len(said) == 1


def test_a_part_of_a_study_that_waits_for_the_rest_goes_as_well(spool: Spool, write: Callable[..., Path]) -> None:
    analysed(spool, write, "1.2.3", is_sent=True)
    clean(spool, 0, print)
    spool.accept(write(spool.root / "receiving" / "x", "1.2.3", "1.2.3.2"), "1.2.3", "1.2.3.2")
    assert spool.take_in("1.2.3").missing == 1
    clean(spool, 24, print)
    assert spool.study("1.2.3").exists()
    grow_old(spool.root, 25)
    clean(spool, 24, print)
    assert not spool.study("1.2.3").exists()


def test_records_go_after_a_year(spool: Spool, write: Callable[..., Path]) -> None:
    analysed(spool, write, "1.2.3", is_sent=True)
    grow_old(spool.root, 366 * 24)
    clean(spool, 24, print)
    assert spool.record("1.2.3") is None
