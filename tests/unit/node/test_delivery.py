"""Objects reach a destination once, whatever it answers and whatever the disk does."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mammocalc.node import delivery as delivery_module
from mammocalc.node.delivery import Answer, Delivery, Fate, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mammocalc.node.spool import Spool

STUDY = "1.2.3"


class Archive:
    """Gives the answers that it was told to give, and stores after that."""

    name = "ARCHIVE"

    def __init__(self, *answers: Fate | Exception) -> None:
        self.answers: list[Fate | Exception] = list(answers)
        self.stored: list[str] = []

    def offer(self, files: Sequence[Path]) -> Iterator[Answer]:
        for file in files:
            fate = self.answers.pop(0) if self.answers else Fate.STORED
            if isinstance(fate, Exception):
                raise fate
            if fate is Fate.STORED:
                self.stored.append(file.name)
            yield Answer(file, fate, "why")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_module, "wait_seconds", lambda _tries: 0.01)


def put_out(spool: Spool, *names: str) -> None:
    objects = spool.study(STUDY) / "objects"
    objects.mkdir(parents=True)
    for name in names:
        (objects / name).write_bytes(b"object")
    spool.finish(STUDY, {"instances": {}, "objects": {}, "judged": []}, is_to_send=True)


def deliver(spool: Spool, archive: Archive) -> list[str]:
    said: list[str] = []
    delivery = Delivery(spool, archive, said.append)
    delivery.start()
    until = time.monotonic() + 10
    while spool.outgoing() and time.monotonic() < until:
        time.sleep(0.01)
    delivery.close(5)
    return said


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("trouble", [Fate.LATER, UnreachableError("it is away"), ValueError("secret")])
def test_what_did_not_arrive_is_sent_again_and_nothing_else(spool: Spool, trouble: Fate | Exception) -> None:
    put_out(spool, "1.1.dcm", "1.2.dcm")
    archive = Archive(Fate.STORED, trouble)
    said = deliver(spool, archive)
    assert archive.stored == ["1.1.dcm", "1.2.dcm"]
    assert spool.outgoing() == []
    assert "secret" not in "".join(said)


@pytest.mark.usefixtures("quick")
def test_what_is_refused_for_good_is_put_aside(spool: Spool) -> None:
    put_out(spool, "1.1.dcm", "1.2.dcm")
    archive = Archive(Fate.REFUSED)
    deliver(spool, archive)
    assert archive.stored == ["1.2.dcm"]
    assert [path.name for path in (spool.root / "refused" / STUDY).iterdir()] == ["1.1.dcm"]


@pytest.mark.usefixtures("quick")
def test_an_object_whose_file_cannot_be_removed_is_not_sent_again(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_out(spool, "1.1.dcm")
    archive, unlink, failures = Archive(), Path.unlink, [2]

    def fail_twice(path: Path, missing_ok: bool = False) -> None:
        if path.name == "1.1.dcm" and failures[0]:
            failures[0] -= 1
            raise PermissionError
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", fail_twice)
    deliver(spool, archive)
    assert archive.stored == ["1.1.dcm"]
    assert spool.outgoing() == []
