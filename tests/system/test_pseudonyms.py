"""UIDs, names of files and the salt: what stands in the outputs, and what does not."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pydicom
import pytest
from pydicom.uid import UID

from mammocalc.cli import main
from mammocalc.cli.console import summarise
from mammocalc.config import REDACTED, read_salt, uid_hasher
from mammocalc.review.server.decoders import Decoders
from mammocalc.review.server.locate import ImageFinder
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mammocalc.execution.run_options import RunSummary

    Judge = Callable[..., RunSummary]
    Rows = Callable[[Path], dict[str, dict[str, Any]]]

SOP, SERIES, STUDY = "1.2.840.99.447719.20010203.1", "1.2.840.99.447719.20010203", "1.2.840.99.20010203"
SECRETS = ("447719", "20010203", "quillfeather")


@pytest.fixture
def named(drawn: Path, tmp_path: Path) -> Path:
    """Give a folder with one image whose UIDs hold Patient ID and date, named by its UID in a folder of its patient."""
    dataset = pydicom.dcmread(drawn / "grouped.dcm")
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = UID(SOP)
    dataset.SeriesInstanceUID, dataset.StudyInstanceUID = SERIES, STUDY
    dataset.PatientName, dataset.PatientID, dataset.StudyDate = "Quillfeather^O", "00447719", "20010203"
    target = tmp_path / "in" / "Quillfeather" / f"{SOP}.dcm"
    target.parent.mkdir(parents=True)
    dataset.save_as(target)
    return tmp_path / "in"


def everything(out: Path) -> str:
    files = [path for path in out.rglob("*") if path.is_file()]
    texts = [path.read_bytes().decode("utf-8", "replace") for path in files]
    return "\n".join([*(path.relative_to(out).as_posix() for path in out.rglob("*")), *texts]).casefold()


def only_result(out: Path) -> dict[str, Any]:
    (path,) = (out / "results").glob("*.json")
    document: dict[str, Any] = json.loads(path.read_bytes())
    assert document["image"]["sop_instance_uid"] == path.stem
    return document


def test_uids_that_hold_an_identifier_are_flagged_and_no_output_holds_them_once_they_are_hashed(
    named: Path, tmp_path: Path, judge: Judge, rows_of: Rows
) -> None:
    judge(named, tmp_path / "kept")
    document = only_result(tmp_path / "kept")
    assert document["image"]["sop_instance_uid"] == SOP
    assert "uid_tells" in document["flags"]

    judge(named, tmp_path / "hashed", "privacy.uids=hash", "privacy.patient_key_salt=one")
    text = everything(tmp_path / "hashed")
    assert not [secret for secret in SECRETS if secret in text]
    image = only_result(tmp_path / "hashed")["image"]
    uids = [image[f"{level}_instance_uid"] for level in ("sop", "series", "study")]
    assert len(set(uids)) == 3
    assert all(uid.startswith("2.25.") and len(uid) <= 44 for uid in uids)
    assert image["sop_class_uid"].startswith("1.2.840.10008.")
    assert "uid_tells" not in only_result(tmp_path / "hashed")["flags"]
    (row,) = rows_of(tmp_path / "hashed").values()
    assert row["sop_instance_uid"] == uids[0]

    judge(named, tmp_path / "again", "privacy.uids=hash", "privacy.patient_key_salt=one")
    assert only_result(tmp_path / "again")["image"] == image
    judge(named, tmp_path / "other", "privacy.uids=hash", "privacy.patient_key_salt=two")
    other = only_result(tmp_path / "other")["image"]
    assert not {other[f"{level}_instance_uid"] for level in ("sop", "series", "study")} & set(uids)


@pytest.mark.parametrize(
    ("uid", "is_flagged"),
    [
        ("1.2.3.447719", True),
        ("1.2.3.99447719001", True),
        ("1.2.3.20010203101500", True),
        ("1.2.3.903022001", True),
        ("1.2.3.4477", False),
        ("2.25.329800735698586629295641978511506172918", False),
        ("1.2.3.2001", False),
    ],
)
def test_only_uids_that_hold_something_are_flagged(
    named: Path, tmp_path: Path, judge: Judge, uid: str, is_flagged: bool
) -> None:
    (path,) = named.rglob("*.dcm")
    dataset = pydicom.dcmread(path)
    for keyword in ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID"):
        setattr(dataset, keyword, "1.2.3")
    dataset.StudyInstanceUID = uid
    dataset.save_as(path)
    judge(named, tmp_path / "out", "outputs.overlays=none")
    assert ("uid_tells" in only_result(tmp_path / "out")["flags"]) is is_flagged


def test_a_truth_by_the_files_uids_is_joined_with_a_run_that_hashed_them(
    drawn: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    inputs, salt, out = tmp_path / "in", tmp_path / "salt", tmp_path / "out"
    inputs.mkdir()
    salt.write_text("a secret of the house\n")
    truth = ["sop_instance_uid,has_calcifications"]
    for name, has in (("grouped", 1), ("none", 0)):
        shutil.copy(drawn / f"{name}.dcm", inputs)
        truth.append(f"{pydicom.dcmread(inputs / f'{name}.dcm').SOPInstanceUID},{has}")
    (tmp_path / "truth.csv").write_text("\n".join(truth) + "\n")
    call = ["run", str(inputs), "--out", str(out), "--workers", "1", "--set", "privacy.uids=hash"]
    assert main([*call, "--salt-file", str(salt)]) == 0
    assert "a secret of the house" not in everything(out)
    assert (
        json.loads((out / "run.json").read_bytes())["configuration_origins"]["privacy.patient_key_salt"]
        == "--salt-file"
    )

    score = ["evaluate", str(out), "--truth", str(tmp_path / "truth.csv"), "--out", str(tmp_path / "scores")]
    assert main(score) == 2
    assert "--salt-file" in capfd.readouterr().err
    assert main([*score, "--salt-file", str(salt)]) == 0
    scored = json.loads((tmp_path / "scores" / "evaluation.json").read_bytes())
    assert (scored["truth"]["in_the_run"], scored["truth"]["analysed"]) == (2, 2)


def test_names_can_be_kept_and_are_told_to_their_owner(
    named: Path, tmp_path: Path, judge: Judge, rows_of: Rows
) -> None:
    (named / "Quillfeather" / "broken.dcm").write_bytes(b"")
    summary = judge(named, tmp_path / "hidden")
    assert "Quillfeather" not in summarise(summary, "out")
    assert "Quillfeather/broken.dcm: The file is empty" in summarise(summary, "out", with_real_names=True)
    judge(named, tmp_path / "kept", "privacy.file_names=keep")
    assert set(rows_of(tmp_path / "kept")) == {f"Quillfeather/{SOP}.dcm", "Quillfeather/broken.dcm"}


def test_images_csv_says_which_file_and_which_series_each_image_is(named: Path, tmp_path: Path, judge: Judge) -> None:
    judge(named, tmp_path / "out", "privacy.file_names=keep")
    with (tmp_path / "out" / "tables" / "images.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    image = only_result(tmp_path / "out")["image"]
    assert row["path"] == f"Quillfeather/{SOP}.dcm"
    assert (row["series_instance_uid"], row["study_instance_uid"]) == (SERIES, STUDY)
    assert (int(row["rows"]), int(row["columns"])) == (image["rows"], image["columns"])
    assert row["view_modifiers"] == ""


def test_the_map_of_names_is_for_its_owner_alone(named: Path, tmp_path: Path, rows_of: Rows) -> None:
    name_map, out = tmp_path / "map.csv", tmp_path / "out"
    name_map.write_text("an earlier one, for everybody")
    name_map.chmod(0o644)
    call = ["run", str(named), "--out", str(out), "--workers", "1", "--set", "privacy.uids=hash"]
    assert main([*call, "--name-map", str(name_map)]) == 0
    assert name_map.stat().st_mode & 0o777 == 0o600
    with name_map.open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert [row["path"]] == list(rows_of(out))
    assert row["real_path"] == str(named / "Quillfeather" / f"{SOP}.dcm")
    assert (row["sop_instance_uid"], row["original_sop_instance_uid"]) == (
        only_result(out)["image"]["sop_instance_uid"],
        SOP,
    )


def test_a_terminal_shows_names_and_a_pipe_does_not(named: Path, tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    os = pytest.importorskip("os")
    (named / "Quillfeather" / "broken.dcm").write_bytes(b"")
    command = [sys.executable, "-m", "mammocalc", "run", str(named), "--workers", "1", "--out"]
    piped = subprocess.run([*command, str(tmp_path / "a")], capture_output=True, check=False)
    assert b"Quillfeather" not in piped.stdout + piped.stderr
    main_end, terminal = pty.openpty()
    with subprocess.Popen([*command, str(tmp_path / "b")], stdout=terminal, stderr=subprocess.DEVNULL) as process:
        os.close(terminal)
        shown = b""
        try:
            while chunk := os.read(main_end, 1 << 16):
                shown += chunk
        except OSError:  # Linux: the other end is closed
            pass
        process.wait()
    os.close(main_end)
    assert b"Quillfeather/broken.dcm" in shown
    assert "quillfeather" not in everything(tmp_path / "b")


def test_archives_are_named_on_the_terminal_and_in_the_record_with_what_to_do(
    drawn: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    inputs, out = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    (inputs / "round2.zip").write_bytes(b"PK\3\4")
    assert main(["run", str(inputs), "--out", str(out)]) == 2
    assert "1 of them archives: unpack them" in capfd.readouterr().err
    dataset = pydicom.dcmread(drawn / "none.dcm")
    dataset.PatientName = "Quillfeather^O"
    dataset.save_as(inputs / "a.dcm")
    (inputs / "Quillfeather.tar.gz").write_bytes(b"\x1f\x8b")
    assert main(["run", str(inputs), "--out", str(out), "--workers", "1"]) == 0
    said = capfd.readouterr().out
    assert "2 archives were not looked into: ~" in said
    assert "round2.zip" in said
    assert "unpack" in said
    archives = json.loads((out / "run.json").read_bytes())["archives"]
    assert archives["passed_over"] == 2
    assert "round2.zip" in archives["first"]
    assert "quillfeather" not in everything(out) + said.casefold()


def test_a_review_finds_the_images_of_a_run_that_hashed_their_uids(named: Path, tmp_path: Path, judge: Judge) -> None:
    judge(named, tmp_path / "out", "privacy.uids=hash")
    image = only_result(tmp_path / "out")["image"]
    record = json.loads((tmp_path / "out" / "run.json").read_bytes())
    hasher = uid_hasher(record["configuration"], None)
    assert hasher is not None
    with Decoders(public_uid=hasher) as decoders:
        uid = image["sop_instance_uid"]
        path, why = ImageFinder(named, {uid: None}, decoders.read_uid).find(uid, 60)
        assert path is not None, why
        assert decoders.draw_small(path, uid, (image["rows"], image["columns"]), 200)


def test_without_its_secret_salt_no_hasher_is_guessed(tmp_path: Path) -> None:
    assert uid_hasher({"privacy": {"uids": "hash", "patient_key_salt": REDACTED}}, None) is None
    assert uid_hasher({"privacy": {"uids": "sometimes"}}, None) is None
    kept = uid_hasher({"privacy": None}, None)
    assert kept is not None
    assert kept("1.2.3") == "1.2.3"
    (tmp_path / "salt").write_text("\n")
    with pytest.raises(UsageError, match="empty"):
        read_salt(tmp_path / "salt")


def test_a_name_map_never_takes_the_place_of_a_pipe(
    named: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / "map.csv"
    os.mkfifo(pipe)
    assert main(["run", str(named), "--out", str(tmp_path / "out"), "--workers", "1", "--name-map", str(pipe)]) == 2
    assert "is not a file. Choose another --name-map" in capsys.readouterr().err
    assert pipe.is_fifo()
