"""A new kind of file of an image is one Output in one tuple: whatever a run does with files, it does with these."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mammocalc.config import Config
from mammocalc.execution.outputs import written
from mammocalc.execution.outputs.output import Output
from mammocalc.execution.own_files import clear, is_own
from mammocalc.execution.plan import PlannedFile, PlannedImage
from mammocalc.execution.process import process_image
from mammocalc.execution.relocation import relocate
from mammocalc.execution.run_folder import RunFolder
from mammocalc.execution.settled import source_of
from mammocalc.execution.stored_files import Present, is_complete
from mammocalc.execution.work_order import WorkOrder
from mammocalc.results.layout import place_of
from mammocalc.results.result import Provenance
from mammocalc.simulation import simulate
from mammocalc.simulation.identity import sop_instance_uid
from mammocalc.simulation.recipe import Recipe, Scene
from mammocalc.simulation.vocabulary import Kind

if TYPE_CHECKING:
    from pathlib import Path

SCENE = Scene(name="none", kind=Kind.NONE, seed=1, field_mm=(70.0, 50.0), pixel_spacing_mm=0.2)
UID = str(sop_instance_uid(SCENE))
END = b"that is all\n"
TOY = Output(
    kind="words",
    endings=(".txt",),
    ending=lambda _config: ".txt",
    is_wanted=lambda config, _has_findings: config.outputs.thumbnails,
    render=lambda image: f"{image.stored.report.distribution.label}\n".encode() + END,
    is_whole=lambda content: content.endswith(END),
)
PLACE = f"words/{UID}.txt"


@pytest.fixture
def order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WorkOrder:
    """Analyse one image with one more output than the house has."""
    monkeypatch.setattr(written, "OUTPUTS", (*written.OUTPUTS, TOY))
    (drawn,) = simulate(tmp_path / "drawn", Recipe(scenes=(SCENE,)))
    out = tmp_path / "out"
    out.mkdir()
    order = WorkOrder(Config(), Provenance("mammocalc", "0", "0" * 16, "default"), RunFolder(out))
    outcome = process_image(PlannedImage((PlannedFile(drawn, "a.dcm", UID),)), order)
    assert outcome.write_problem is None
    return order


def result_of(order: WorkOrder) -> str:
    return order.folder.place("results", UID, ".json").as_posix()


def test_it_is_written_with_the_others_and_missed_where_it_is_not(order: WorkOrder, tmp_path: Path) -> None:
    file = tmp_path / "out" / PLACE
    assert file.read_bytes() == b"none\n" + END
    assert is_complete(UID, order, Present.look(order.folder))
    assert source_of(result_of(order), order) is not None
    file.write_bytes(b"none\n")  # half of it
    assert source_of(result_of(order), order) is None
    file.unlink()
    assert not is_complete(UID, order, Present.look(order.folder))
    without = Config.model_validate({"outputs": {"thumbnails": False}})
    assert is_complete(UID, replace(order, config=without), Present.look(order.folder)), "nobody wanted it"


def test_it_moves_with_the_others_when_the_run_grows(order: WorkOrder, tmp_path: Path) -> None:
    grown = replace(order, folder=RunFolder(tmp_path / "out", levels=1))
    assert relocate(Present.look(order.folder), grown) == 1
    assert (tmp_path / "out" / place_of("words", UID, ".txt", 1)).read_bytes() == b"none\n" + END
    assert not (tmp_path / "out" / PLACE).exists()
    assert source_of(result_of(grown), grown) is not None


def test_it_goes_with_the_others_and_foreign_files_stay(order: WorkOrder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert is_own(out, out / PLACE)
    theirs = out / "words" / "novel.txt"
    theirs.write_text("theirs")
    assert not is_own(out, theirs)
    clear(out)
    assert [path for path in out.rglob("*") if path.is_file()] == [theirs]
