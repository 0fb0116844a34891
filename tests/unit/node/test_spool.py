"""Whatever happens between two renames, nothing is lost and nothing is done twice."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from mammocalc.node.spool import OBJECTS, open_spool
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mammocalc.node.spool import Spool


def receive(spool: Spool, write: Callable[..., Path], *instances: str, study: str = "1.2.3") -> None:
    for instance in instances:
        spool.accept(write(spool.root / "receiving" / "x", study, instance), study, instance)


def finish(spool: Spool, *objects: str, study: str = "1.2.3") -> bool:
    folder = spool.study(study) / OBJECTS
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for uid in objects:
        (folder / f"{uid}.dcm").write_bytes(b"object")
    before = (spool.record(study) or {}).get("objects", {})
    record = {"instances": spool.contents(study), "judged": [], "objects": {**before, **dict.fromkeys(objects, "now")}}
    return spool.finish(study, record, is_to_send=bool(objects))


def test_a_study_goes_from_incoming_to_done(spool: Spool, write: Callable[..., Path]) -> None:
    receive(spool, write, "1.2.3.4", "1.2.3.5")
    assert spool.waiting() == ["1.2.3"]
    assert spool.take_in("1.2.3").images == 2
    assert not finish(spool, "1.9.1", "1.9.2")
    assert spool.waiting() == []
    assert spool.outgoing() == ["1.2.3"]
    for file in spool.unsent("1.2.3"):
        spool.settle("1.2.3")  # nothing happens as long as an object is left
        file.unlink()
    spool.settle("1.2.3")
    assert spool.outgoing() == []
    assert set((spool.record("1.2.3") or {})["objects"]) == {"1.9.1", "1.9.2"}


def test_the_same_again_is_dropped_and_nothing_is_to_be_done(spool: Spool, write: Callable[..., Path]) -> None:
    receive(spool, write, "1.2.3.4")
    spool.take_in("1.2.3")
    finish(spool, "1.9.1")
    receive(spool, write, "1.2.3.4")
    assert spool.take_in("1.2.3").images == 0
    assert not (spool.root / "incoming" / "1.2.3").exists()


def test_a_late_image_brings_the_whole_study_again(spool: Spool, write: Callable[..., Path]) -> None:
    receive(spool, write, "1.2.3.4")
    spool.take_in("1.2.3")
    finish(spool, "1.9.1")
    receive(spool, write, "1.2.3.5")
    taken = spool.take_in("1.2.3")
    assert (taken.images, taken.fresh, taken.missing) == (2, 1, 0)
    assert finish(spool, "1.9.2"), "the first object had not been sent"
    assert [path.name for path in spool.unsent("1.2.3")] == ["1.9.2.dcm"]


def test_a_late_image_without_the_others_waits_for_them(spool: Spool, write: Callable[..., Path]) -> None:
    receive(spool, write, "1.2.3.4")
    spool.take_in("1.2.3")
    finish(spool, "1.9.1")
    shutil.rmtree(spool.study("1.2.3"))  # as after the time that images are kept
    receive(spool, write, "1.2.3.5")
    assert spool.take_in("1.2.3").missing == 1
    receive(spool, write, "1.2.3.4")
    taken = spool.take_in("1.2.3")
    assert (taken.images, taken.missing) == (2, 0)


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_a_crash_while_a_study_is_taken_in_is_made_good(spool: Spool, write: Callable[..., Path], moved: int) -> None:
    receive(spool, write, "1.2.3.4", "1.2.3.5")
    (spool.study("1.2.3") / "images").mkdir(parents=True)
    for path in sorted((spool.root / "incoming" / "1.2.3").iterdir())[:moved]:
        path.replace(spool.study("1.2.3") / "images" / path.name)
    assert spool.waiting() == ["1.2.3"]
    assert spool.take_in("1.2.3").images == 2


def test_the_folder_is_closed_to_others_and_to_a_second_node(tmp_path: Path) -> None:
    with open_spool(tmp_path / "spool") as spool:
        if sys.platform != "win32":
            assert spool.root.stat().st_mode & 0o777 == 0o700
        with pytest.raises(UsageError, match="being written to by"), open_spool(tmp_path / "spool"):
            pass


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").touch()
    mode = tmp_path.stat().st_mode
    with pytest.raises(UsageError, match="holds something else"), open_spool(tmp_path):
        pass
    assert tmp_path.stat().st_mode == mode


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    os.chown(tmp_path / "spool", 65534, 65534)
    with pytest.raises(UsageError, match="belongs to another user"), open_spool(tmp_path / "spool"):
        pass
