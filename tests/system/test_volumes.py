"""Tomosynthesis in a folder: its slices are left out, and each volume is spoken of once."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pydicom
from pydicom.uid import generate_uid

from mammocalc.cli import main
from mammocalc.execution.volumes import LISTED, describe_volumes, volume_key
from mammocalc.model import FileRow
from mammocalc.vocabulary.lexicon import Reason, Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    Rows = Callable[[Path], dict[str, dict[str, Any]]]


def write_slices(original: Path, folder: Path, count: int, sop_class: str) -> None:
    """Write slices of one series."""
    folder.mkdir()
    dataset = pydicom.dcmread(original)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = pydicom.uid.UID(sop_class)
    dataset.SeriesInstanceUID = generate_uid(entropy_srcs=[folder.name])
    dataset.SeriesNumber = 7300
    for number in range(count):
        uid = generate_uid(entropy_srcs=[folder.name, str(number)])
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = uid
        dataset.save_as(folder / f"{number:03}.dcm")


def test_each_volume_is_one_sentence_on_terminal_and_page(
    drawn: Path, tmp_path: Path, rows_of: Rows, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    shutil.copy(drawn / "none.dcm", folder)
    write_slices(drawn / "none.dcm", folder / "slices", 5, "1.2.840.10008.5.1.4.1.1.13.1.3")
    write_slices(drawn / "none.dcm", folder / "views", 3, "1.2.840.10008.5.1.4.1.1.13.1.4")
    assert main(["run", str(folder), "--out", str(out), "--workers", "1"]) == 0

    rows = rows_of(out)
    assert rows["none.dcm"]["status"] == "analysed"
    assert rows["none.dcm"]["volume"] is None
    slices = [row for path, row in rows.items() if path.startswith("slices/")]
    assert {(row["status"], row["reason"]) for row in slices} == {("skipped", "tomosynthesis")}
    assert len({row["volume"] for row in rows.values()}) == 3
    assert all("series 7300" in row["message"] for row in slices)
    why = "skipped, because volumes are not analysed yet"
    sentences = [
        f"volume 1 of tomosynthesis: 5 files, from slices/000.dcm to slices/004.dcm: {why}",
        f"volume 2 of tomosynthesis: 3 files, from views/000.dcm to views/002.dcm: {why}",
    ]
    said = capsys.readouterr().out
    assert json.loads((out / "run.json").read_text())["volumes"] == sentences
    for sentence in sentences:
        assert said.count(sentence) == 1
        assert sentence in (out / "index.html").read_text(encoding="utf-8")
    assert "slices/001.dcm" not in said


def row(path: str, volume: str | None) -> FileRow:
    return FileRow(path, "1.2", Status.SKIPPED, Reason.TOMOSYNTHESIS, "A slice.", 0.0, volume=volume)


def test_volumes_are_numbered_by_their_first_files_and_a_few_are_listed() -> None:
    assert describe_volumes([row("a.dcm", None)]) == ()
    few = describe_volumes([row("b.dcm", "two"), row("a.dcm", "one"), row("c.dcm", "one")])
    assert [sentence.split(":")[0] for sentence in few] == ["volume 1 of tomosynthesis", "volume 2 of tomosynthesis"]
    assert "2 files, from a.dcm to c.dcm" in few[0]
    many = describe_volumes(row(f"{number:03}.dcm", str(number)) for number in range(LISTED + 3))
    assert len(many) == LISTED + 1
    assert many[-1] == "and 3 more volumes, in files.jsonl"


def test_the_key_of_a_volume_follows_its_series() -> None:
    assert volume_key("") is None
    assert volume_key("1.2") == volume_key("1.2") != volume_key("1.3")
