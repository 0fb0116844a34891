"""A study in its own process: what lies there of an earlier run is gone on with, or begun anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.config import load
from mammocalc.files.claim import FolderClaim
from mammocalc.node import study_run
from mammocalc.node.objects import ObjectsWanted
from mammocalc.node.study_run import StudyTask, process_study
from mammocalc.vocabulary.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest


def task(folder: Path, write: Callable[..., Path]) -> StudyTask:
    images = folder / "images"
    images.mkdir()
    write(images / "1.2.3.4.dcm", Modality="CR", BodyPartExamined="CHEST")
    return StudyTask(folder, images, folder / "run", folder / "objects", ObjectsWanted(), load(), workers=1)


def test_a_run_of_another_version_is_begun_anew(tmp_path: Path, write: Callable[..., Path]) -> None:
    one = task(tmp_path, write)
    one.run.mkdir()
    (one.run / "run.json").write_text('{"software": "mammocalc", "version": "0.0.1"}')
    outcome = process_study(one)
    assert (outcome.problem, outcome.skipped + outcome.failed) == ("", 1)
    assert "0.0.1" not in (one.run / "run.json").read_text()


def test_a_run_that_is_still_being_written_is_waited_for(tmp_path: Path, write: Callable[..., Path]) -> None:
    one = task(tmp_path, write)
    with FolderClaim(one.run):
        outcome = process_study(one)
    assert "still being written" in outcome.problem
    assert not outcome.is_lasting


def test_two_patients_are_told_before_anything_is_run(tmp_path: Path, write: Callable[..., Path]) -> None:
    one = task(tmp_path, write)
    write(one.images / "1.2.3.5.dcm", instance="1.2.3.5", PatientID="P2")
    outcome = process_study(one)
    assert "two patients" in outcome.problem
    assert outcome.is_lasting
    assert not one.run.exists()


def test_a_disk_without_room_for_the_run_is_called_so_and_tried_again(
    tmp_path: Path, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OutputError(tmp_path, "has no room")

    monkeypatch.setattr(study_run, "run", full)
    outcome = process_study(task(tmp_path, write))
    assert outcome.problem == "the disk of the spool does not take the results"
    assert not outcome.is_lasting
