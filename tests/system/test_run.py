from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import psutil
import pytest
from run_files import contents, copy_many, row_count, wait_until

import mammocalc
from mammocalc.cli import main
from mammocalc.config import Config, digest
from mammocalc.execution.run_folder import RunFolder
from mammocalc.results.columns import TABLES
from mammocalc.results.layout import SHARDED_ABOVE
from mammocalc.results.schema import read_schema
from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.lexicon import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from mammocalc.execution.run_options import Progress, RunSummary

    Judge = Callable[..., RunSummary]
    Rows = Callable[[Path], dict[str, dict[str, Any]]]


def record_of(out: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((out / "run.json").read_text(encoding="utf-8"))
    return record


def test_a_run_leaves_every_file_that_the_contract_names(
    mammograms: Path, tmp_path: Path, rows_of: Rows, capsys: pytest.CaptureFixture[str]
) -> None:
    (mammograms / "notes.txt").write_text("not DICOM")
    out = tmp_path / "out"
    assert main(["run", str(mammograms), "--out", str(out), "--workers", "1", "--set", "outputs.candidates=true"]) == 0

    rows = rows_of(out)
    assert list(rows) == ["deep/er/none.dcm", "grouped.dcm", "macro_only.dcm"]
    assert {row["status"] for row in rows.values()} == {"analysed"}
    assert all(
        set(row)
        == {"path", "sop_instance_uid", "frame", "status", "reason", "message", "seconds", "content", "seen", "volume"}
        for row in rows.values()
    )
    uids = {row["sop_instance_uid"] for row in rows.values()}
    kinds = {"results": ".json", "details": ".html", "overlays": ".jpg", "thumbnails": ".jpg", "candidates": ".json"}
    for folder, ending in kinds.items():
        assert {path.name for path in (out / folder).iterdir()} == {uid + ending for uid in uids}
    assert {path.name for path in (out / "tables").iterdir()} == {f"{table}.csv" for table in TABLES}
    assert (out / "index.html").stat().st_size > 1000
    assert sorted(path.name for path in out.iterdir()) == sorted(
        ["run.json", "files.jsonl", "log.jsonl", "index.html", "studies", "made.jsonl", "tables", *kinds]
    )

    said = capsys.readouterr()
    assert "3 files: 3 analysed, 0 skipped, 0 failed" in said.out
    assert "1 passed over" in said.out
    assert str(out / "index.html") in said.out
    assert "analysing 3/3: 3 analysed" in said.err


def test_results_follow_their_schema_and_say_how_they_came_to_be(
    mammograms: Path, tmp_path: Path, judge: Judge
) -> None:
    judge(mammograms, tmp_path / "out", "name=mine")
    config = Config(name="mine")
    validator = jsonschema.Draft202012Validator(read_schema())
    for path in (tmp_path / "out" / "results").iterdir():
        document = json.loads(path.read_bytes())
        validator.validate(document)
        assert document["image"]["sop_instance_uid"] == path.stem
        assert document["provenance"] == {
            "software": "mammocalc",
            "version": mammocalc.__version__,
            "configuration_digest": digest(config),
            "operating_point": "mine",
            "source_digest": document["provenance"]["source_digest"],
            "medium": "digital",
        }
        assert (tmp_path / "out" / document["overlay"]["path"]).is_file()


def test_run_json_holds_configuration_platform_times_and_totals(mammograms: Path, tmp_path: Path, judge: Judge) -> None:
    judge(mammograms, tmp_path / "out", "outputs.overlays=none", "privacy.patient_key_salt=hunter2")
    record = record_of(tmp_path / "out")
    assert record["version"] == mammocalc.__version__
    assert record["state"] == "finished"
    assert record["configuration"]["outputs"]["overlays"] == "none"
    assert record["configuration_origins"]["outputs.overlays"] == "--set"
    assert record["platform"]["libraries"]["numpy"]
    assert record["started"] <= record["ended"]
    assert record["totals"]["files"] == 3
    assert record["totals"]["status"] == {"analysed": 3, "skipped": 0, "failed": 0}
    assert sum(record["totals"]["distribution"].values()) == 3
    assert "hunter2" not in (tmp_path / "out" / "run.json").read_text()
    assert not (tmp_path / "out" / "overlays").exists()


def test_overlays_only_of_findings_leave_the_others_without(mammograms: Path, tmp_path: Path, judge: Judge) -> None:
    out = tmp_path / "out"
    judge(mammograms, out, "outputs.overlays=findings", "outputs.thumbnails=false")
    documents = [json.loads(path.read_bytes()) for path in (out / "results").iterdir()]
    assert any(document["calcifications"] for document in documents)
    for document in documents:
        assert (document["overlay"] is not None) == bool(document["calcifications"])
    drawn = {document["image"]["sop_instance_uid"] for document in documents if document["calcifications"]}
    assert {path.stem for path in (out / "overlays").iterdir()} == drawn
    assert not (out / "thumbnails").exists()


def test_any_number_of_workers_gives_equal_bytes(mammograms: Path, tmp_path: Path) -> None:
    copy_many(mammograms / "grouped.dcm", mammograms / "more", 3)
    for workers in ("1", "2"):
        out = tmp_path / workers
        assert main(["run", str(mammograms), "--out", str(out), "--workers", workers, "--quiet"]) == 0
    one, two = (contents(tmp_path / workers) for workers in ("1", "2"))
    assert len(one) == 4 * 6 + len(TABLES)
    assert one == two


def test_an_interrupted_run_goes_on_where_it_was(mammograms: Path, tmp_path: Path, judge: Judge, rows_of: Rows) -> None:
    copy_many(mammograms / "grouped.dcm", mammograms / "more", 3)
    judge(mammograms, tmp_path / "whole")
    out = tmp_path / "out"
    seen: list[Progress] = []
    stopped = judge(mammograms, out, on_progress=seen.append, should_stop=lambda: any(step.row for step in seen))
    assert stopped.stopped_because == "it was asked to stop"
    assert 1 <= len(stopped.rows) < 6
    assert record_of(out)["state"] == "stopped"
    assert list(rows_of(out)) == sorted(row.path for row in stopped.rows)
    assert (out / "index.html").exists()

    before = {path: path.stat().st_mtime_ns for path in (out / "results").iterdir()}
    (out / "results" / ".9.9.json.1.part").write_bytes(b"half")
    with (out / "files.jsonl").open("a") as file:
        file.write('{"path": "half a li')
    resumed = judge(mammograms, out)
    assert resumed.stopped_because is None
    assert resumed.resumed == len(stopped.rows)
    assert len(resumed.rows) == 6
    assert record_of(out)["state"] == "finished"
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert contents(out) == contents(tmp_path / "whole")


def test_a_request_to_stop_is_heard_while_headers_are_read(mammograms: Path, tmp_path: Path, judge: Judge) -> None:
    seen: list[Progress] = []
    with pytest.raises(KeyboardInterrupt):
        judge(mammograms, tmp_path / "out", on_progress=seen.append, should_stop=lambda: bool(seen))
    assert [(step.stage, step.done) for step in seen] == [("headers", 1)]
    assert not (tmp_path / "out").exists()


def test_workers_end_with_a_run_that_was_killed_and_the_run_goes_on(
    mammograms: Path, tmp_path: Path, judge: Judge
) -> None:
    copy_many(mammograms / "grouped.dcm", mammograms / "more", 20)
    judge(mammograms, tmp_path / "whole")
    out = tmp_path / "out"
    command = [
        sys.executable,
        *("-m", "mammocalc", "run", str(mammograms), "--out", str(out), "--workers", "2", "--quiet"),
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        wait_until(lambda: row_count(out))
        children = psutil.Process(process.pid).children()
        process.kill()
    assert len(children) == 2
    wait_until(lambda: not any(is_running(child) for child in children))
    assert 1 <= judge(mammograms, out).resumed < 23
    assert contents(out) == contents(tmp_path / "whole")


def is_running(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)  # dead, and nobody has asked how it died
    except psutil.NoSuchProcess:
        return False


def test_a_lost_result_is_judged_again(mammograms: Path, tmp_path: Path, judge: Judge) -> None:
    out = tmp_path / "out"
    judge(mammograms, out)
    lost = next((out / "results").iterdir())
    lost.unlink()
    assert judge(mammograms, out).resumed == 2
    assert lost.exists()


def test_ctrl_c_finishes_what_is_in_hand_and_says_how_to_go_on(mammograms: Path, tmp_path: Path) -> None:
    copy_many(mammograms / "grouped.dcm", mammograms / "more", 40)
    out = tmp_path / "out"
    command = [sys.executable, "-m", "mammocalc", "run", str(mammograms), "--out", str(out), "--workers", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: process.poll() is not None or row_count(out))
    process.send_signal(signal.SIGINT)
    said, complained = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "The same command continues" in complained
    assert "Traceback" not in said + complained
    record = record_of(out)
    assert record["state"] == "stopped"
    assert 0 < record["totals"]["files"] < 43


def test_a_second_ctrl_c_ends_the_run_at_once(mammograms: Path, tmp_path: Path) -> None:
    copy_many(mammograms / "grouped.dcm", mammograms / "more", 20)
    out = tmp_path / "out"
    command = [sys.executable, "-m", "mammocalc", "run", str(mammograms), "--out", str(out), "--workers", "1"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        process.stderr.readline()  # the headers are read
        process.send_signal(signal.SIGINT)
        assert process.stderr.readline().startswith("Stopping")
        process.send_signal(signal.SIGINT)
        complained = process.stderr.read()
    assert process.returncode == 3
    assert "the same command continues where it stopped" in complained
    assert "Traceback" not in complained


def test_a_killed_worker_costs_no_other_file_its_result(mammograms: Path, tmp_path: Path, judge: Judge) -> None:
    copy_many(mammograms / "grouped.dcm", mammograms / "more", 3)
    killed: list[int] = []
    others = psutil.Process().children()  # such as the browser of other tests

    def kill_once(step: Progress) -> None:
        if step.stage == "files" and not killed:
            for child in (child for child in psutil.Process().children() if child not in others):
                killed.append(child.pid)
                child.kill()

    summary = judge(mammograms, tmp_path / "out", on_progress=kill_once, open_executor=None)
    assert killed
    assert [row.status for row in summary.rows] == [Status.ANALYSED] * 6


def test_another_run_in_the_folder_is_refused_with_what_differs(mammograms: Path, tmp_path: Path, judge: Judge) -> None:
    out = tmp_path / "out"
    judge(mammograms, out)
    before = contents(out, ".")
    with pytest.raises(UsageError, match=re.escape("outputs.candidates")) as configured:
        judge(mammograms, out, "outputs.candidates=true")
    assert "--force" in str(configured.value)
    with pytest.raises(UsageError, match="its configuration differs"):
        judge(mammograms, out, "privacy.patient_key_salt=other")
    assert contents(out, ".") == before


def test_a_folder_with_results_of_unknown_origin_is_refused(mammograms: Path, tmp_path: Path, judge: Judge) -> None:
    out = tmp_path / "out"
    judge(mammograms, out)
    (out / "run.json").write_text("{}")
    with pytest.raises(UsageError, match=r"run\.json is missing or cannot be read"):
        judge(mammograms, out)


def test_force_replaces_a_run_and_leaves_foreign_files_alone(mammograms: Path, tmp_path: Path, judge: Judge) -> None:
    out = tmp_path / "out"
    judge(mammograms, out, "outputs.candidates=true")
    foreign = [out / "thesis.txt", out / "results" / "1.2.3.dcm", out / "tables" / "mine.csv"]
    for path in foreign:
        path.write_text("mine")
    (mammograms / "grouped.dcm").unlink()
    judge(mammograms, out, force=True)
    assert all(path.read_text() == "mine" for path in foreign)
    assert len(list((out / "results").glob("*.json"))) == 2
    assert len(list((out / "overlays").iterdir())) == 2
    assert not (out / "candidates").exists()


def test_the_output_folder_inside_of_the_input_is_not_read_as_input(
    mammograms: Path, tmp_path: Path, judge: Judge
) -> None:
    out = mammograms / "out"
    (mammograms / "notes.txt").write_text("not DICOM")
    first = judge(mammograms, out)
    again = judge(mammograms, out)
    assert [row.path for row in again.rows] == [row.path for row in first.rows]
    assert again.resumed == 3
    assert again.totals.passed_over == first.totals.passed_over == 1


def test_a_run_may_lie_beside_its_input(mammograms: Path, judge: Judge) -> None:
    assert len(judge(mammograms / "deep", mammograms).rows) == 1
    assert len(judge(mammograms, mammograms, force=True).rows) == 3


def test_several_inputs_are_one_run(mammograms: Path, tmp_path: Path, judge: Judge) -> None:
    inputs = [mammograms / "grouped.dcm", mammograms / "deep"]
    summary = judge(inputs, tmp_path / "out")
    assert [row.path for row in summary.rows] == ["deep/er/none.dcm", "grouped.dcm"]


def test_large_runs_are_spread_over_subfolders(
    mammograms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judge: Judge
) -> None:
    monkeypatch.setattr("mammocalc.results.layout.SHARDED_ABOVE", 2)
    out = tmp_path / "out"
    judge(mammograms, out)
    for kind, ending in (("results", ".json"), ("details", ".html"), ("overlays", ".jpg"), ("thumbnails", ".jpg")):
        assert not [path for path in (out / kind).iterdir() if path.is_file()]
        for path in (out / kind).rglob(f"*{ending}"):
            expected = RunFolder(out, levels=1).place(kind, path.name.removesuffix(ending), ending)
            assert path.relative_to(out).as_posix() == expected.as_posix()
            assert re.fullmatch("[0-9a-f]{2}", path.parent.name)
    assert judge(mammograms, out).resumed == 3
    judge(mammograms, out, force=True)
    assert len(list((out / "results").rglob("*.json"))) == 3


def test_the_limit_for_one_folder_is_what_the_document_says() -> None:
    document = Path(__file__).parents[2] / "docs" / "evidence" / "runs.md"
    assert f"With more than {SHARDED_ABOVE} images" in document.read_text(encoding="utf-8")


def test_a_terminal_shows_a_bar_with_rate_remaining_time_and_counts(mammograms: Path, tmp_path: Path) -> None:
    copy_many(mammograms / "grouped.dcm", mammograms / "more", 5)
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "mammocalc", "run", str(mammograms), "--out", str(tmp_path / "out")]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "160"}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=slave, env=environment) as process:
        os.close(slave)
        shown = b""
        try:
            while block := os.read(master, 65536):
                shown += block
        except OSError:  # the other end is closed
            pass
        os.close(master)
    assert process.returncode == 0
    text = shown.decode()
    assert "analysing" in text
    assert "8/8" in text
    assert "8 analysed, 0 skipped, 0 failed" in text
    assert re.search(r"\d+(\.\d)?/(s|min)", text)
    assert re.search(r"\d:\d\d:\d\d", text)
