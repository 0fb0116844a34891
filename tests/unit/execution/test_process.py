from __future__ import annotations

import errno
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mammocalc.config import Config
from mammocalc.execution.fault import describe_fault
from mammocalc.execution.lost_image import failed_outcome
from mammocalc.execution.plan import PlannedFile, PlannedImage
from mammocalc.execution.process import process_image
from mammocalc.execution.run_folder import RunFolder, out_of_room
from mammocalc.execution.work_order import WorkOrder
from mammocalc.execution.workers.resource_limits import Fault, Lost
from mammocalc.results.result import Provenance
from mammocalc.simulation import simulate
from mammocalc.simulation.identity import sop_instance_uid
from mammocalc.simulation.recipe import Recipe, Scene
from mammocalc.simulation.vocabulary import Kind
from mammocalc.vocabulary.lexicon import Reason, Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCENE = Scene(name="none", kind=Kind.NONE, seed=1, field_mm=(70.0, 50.0), pixel_spacing_mm=0.2)
UID = str(sop_instance_uid(SCENE))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (path,) = simulate(tmp_path_factory.mktemp("drawn"), Recipe(scenes=(SCENE,)))
    return path


@pytest.fixture
def order(tmp_path: Path) -> Callable[[Path], WorkOrder]:
    return lambda root: WorkOrder(Config(), Provenance("mammocalc", "0", "0" * 16, "default"), RunFolder(root))


def test_a_judged_image_is_a_row_and_its_files(drawn: Path, tmp_path: Path, order: Callable[[Path], WorkOrder]) -> None:
    outcome = process_image(PlannedImage((PlannedFile(drawn, "a.dcm", UID),)), order(tmp_path))
    (row,) = outcome.rows
    assert (row.path, row.sop_instance_uid, row.status, row.reason) == ("a.dcm", UID, Status.ANALYSED, None)
    assert row.seconds > 0
    assert outcome.write_problem is None
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == sorted(
        [f"{UID}.json", f"{UID}.html", f"{UID}.jpg", f"{UID}.jpg"]
    )


def test_what_nobody_foresaw_is_a_row_that_quotes_nothing(
    drawn: Path, tmp_path: Path, order: Callable[[Path], WorkOrder]
) -> None:
    broken = replace(order(tmp_path), provenance=None)  # type: ignore[arg-type]  # what nobody foresaw
    outcome = process_image(PlannedImage((PlannedFile(drawn, "a.dcm", UID),)), broken)
    (row,) = outcome.rows
    assert (row.status, row.reason) == (Status.FAILED, Reason.INTERNAL_ERROR)
    assert row.message is not None
    assert "TypeError in mammocalc/execution/outputs/analysed_image.py, line" in row.message
    assert UID not in row.message
    assert str(drawn.parent) not in row.message
    assert not list(tmp_path.iterdir())


def test_a_folder_that_takes_nothing_is_told_apart_from_a_faulty_file(
    drawn: Path, tmp_path: Path, order: Callable[[Path], WorkOrder]
) -> None:
    (tmp_path / "file").write_text("in the way")
    outcome = process_image(PlannedImage((PlannedFile(drawn, "a.dcm", UID),)), order(tmp_path / "file"))
    assert outcome.rows == ()
    assert outcome.write_problem == out_of_room(NotADirectoryError(errno.ENOTDIR, "Not a directory", "thumbnails"))


@pytest.mark.parametrize(
    ("fault", "reason", "said"),
    [
        (Fault.TIME, Reason.TIMED_OUT, "limit of 7 units"),
        (Fault.MEMORY, Reason.OUT_OF_MEMORY, "--memory-limit"),
        (Fault.CRASH, Reason.CRASHED, "crashed (7 units)"),
        (Fault.KILLED, Reason.CRASHED, "killed from outside"),
    ],
)
def test_a_lost_image_has_a_row_for_each_of_its_files(drawn: Path, fault: Fault, reason: Reason, said: str) -> None:
    image = PlannedImage((PlannedFile(drawn, "a.dcm", UID), PlannedFile(drawn, "b.dcm", UID)))
    rows = failed_outcome(image, Lost(fault, "7 units", 3.0)).rows
    assert [(row.path, row.status, row.reason) for row in rows] == [
        ("a.dcm", Status.FAILED, reason),
        ("b.dcm", Status.FAILED, reason),
    ]
    assert all(said in str(row.message) for row in rows)
    assert sum(row.seconds for row in rows) == 3.0


def test_a_fault_outside_of_this_package_has_no_place() -> None:
    assert "ValueError in an unknown place" in describe_fault(ValueError("secret"))
    assert "secret" not in describe_fault(ValueError("secret"))
