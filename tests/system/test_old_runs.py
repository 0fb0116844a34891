"""Runs of an older or a newer schema: read, or refused by a sentence that says what to do."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

import mammocalc as mc
from mammocalc.cli import main
from mammocalc.evaluation import read_run
from mammocalc.results.file_rows import read_rows
from mammocalc.results.from_json import from_json
from mammocalc.results.schema_version import HISTORY, SCHEMA_VERSION
from mammocalc.review.server.run_index import read_index
from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.lexicon import Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def rewrite(file: Path, change: Callable[[Any], Any]) -> None:
    file.write_text("".join(json.dumps(change(json.loads(line))) + "\n" for line in file.read_text().splitlines()))


@pytest.fixture(scope="module")
def analysed(drawn: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of one image with a finding and of a file that is no image."""
    top = tmp_path_factory.mktemp("schema")
    (top / "in").mkdir()
    shutil.copy(drawn / "grouped.dcm", top / "in")
    (top / "in" / "broken.dcm").write_bytes(b"\0" * 128 + b"DICM")
    main(["run", str(top / "in"), "--out", str(top / "run"), "--quiet"])
    return top


@pytest.fixture
def of_version(analysed: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Give the run as a program of another schema would have left it."""

    def copy(version: str) -> Path:
        run = tmp_path / "run"
        shutil.copytree(analysed / "run", run)
        record = json.loads((run / "run.json").read_text())
        record["schema_version"] = version
        (run / "run.json").write_text(json.dumps(record))
        for file in (run / "results").rglob("*.json"):
            document = {**json.loads(file.read_text()), "schema_version": version}
            if version == "1.0":
                del document["image"]["study_day"]
            file.write_text(json.dumps(document))
        if version == "1.0":
            rewrite(run / "files.jsonl", lambda r: {**r, "status": r["status"].replace("analysed", "judged")})
        return run

    return copy


def test_the_newest_version_is_the_one_that_is_written(analysed: Path) -> None:
    assert json.loads((analysed / "run" / "run.json").read_text())["schema_version"] == SCHEMA_VERSION
    assert tuple(HISTORY) == tuple(sorted(HISTORY, key=lambda version: tuple(map(int, version.split(".")))))
    assert '"status": "analysed"' in (analysed / "run" / "files.jsonl").read_text()
    assert "judged" not in (analysed / "run" / "files.jsonl").read_text()


def test_a_run_of_the_first_schema_is_read(of_version: Callable[[str], Path]) -> None:
    run = of_version("1.0")
    assert '"judged"' in (run / "files.jsonl").read_text()
    assert sorted(row.status for row in read_rows(run / "files.jsonl")) == [Status.ANALYSED, Status.FAILED]
    finished = read_run(run)
    assert (len(finished.images), len(finished.unnamed)) == (1, 1)
    index = read_index(run)
    assert len(index.images) == 1
    assert [row["status"] for row in index.not_analysed] == ["failed"]
    (file,) = (run / "results").rglob("*.json")
    shown, _ = index.document(file.stem)
    assert (shown["schema_version"], shown["image"]["study_day"]) == (SCHEMA_VERSION, None)
    assert from_json(json.loads(file.read_text())).report.identity.study_day is None


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        (
            "3.0",
            "schema_version: 3.0 is newer than 2.0, the newest that this mammocalc reads: install a newer mammocalc",
        ),
        ("0.9", "schema_version: there is no version 0.9; those that can be read are 1.0, 2.0"),
        ("of mine", "schema_version: a version such as 2.0 is needed; this is no document of a mammocalc run"),
    ],
)
def test_any_other_schema_is_refused_by_every_reader(
    version: str, sentence: str, of_version: Callable[[str], Path]
) -> None:
    run = of_version(version)
    for read in (read_run, read_index):
        with pytest.raises(UsageError) as refused:
            read(run)
        assert sentence in str(refused.value)


def test_a_run_of_an_older_schema_is_not_added_to(
    analysed: Path, of_version: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    run = of_version("1.0")
    assert main(["run", str(analysed / "in"), "--out", str(run), "--quiet"]) == 2
    said = capsys.readouterr().err
    assert "its files are of schema 1.0, this writes 2.0" in said
    assert "--force" in said
    assert main(["run", str(analysed / "in"), "--out", str(run), "--quiet", "--force"]) == 1
    assert json.loads((run / "run.json").read_text())["schema_version"] == SCHEMA_VERSION


@pytest.mark.parametrize(
    ("name", "command", "code", "sentence"),
    [
        ("run.json", "compare", 2, "run.json cannot be read, or is not what a run of mammocalc writes"),
        ("run.json", "evaluate", 2, "run.json cannot be read, or is not what a run of mammocalc writes"),
        ("files.jsonl", "run", 2, "files.jsonl cannot be read (Is a directory)"),
        ("files.jsonl", "evaluate", 2, "files.jsonl cannot be read (Is a directory)"),
        ("made.jsonl", "run", 3, "(made.jsonl: it is no ordinary file); see to that first"),
        ("index.html", "run", 3, "(index.html: it is no ordinary file); see to that first"),
        ("tables/images.csv", "compare", 2, "tables/images.csv of"),
        ("results", "run", 3, "(results: "),
    ],
)
def test_a_file_of_a_run_that_cannot_be_read_is_named(
    analysed: Path, tmp_path: Path, name: str, command: str, code: int, sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    run = tmp_path / "run"
    shutil.copytree(analysed / "run", run)
    if name == "results":
        shutil.rmtree(run / name)
        (run / name).write_text("a file")
    else:
        (run / name).unlink()
        (run / name).mkdir()
    arguments = {
        "run": [str(analysed / "in"), "--out", str(run), "--quiet"],
        "compare": [str(run), "--out", str(tmp_path / "out")],
        "evaluate": [str(run), "--truth", str(analysed / "in"), "--out", str(tmp_path / "out")],
    }
    assert main([command, *arguments[command]]) == code
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("run.json", '{"software": "mammocalc", "configuration": 5}', "run.json cannot be read, or is not what a run"),
        ("results", "[]", r"is no result \(an object is needed, not a list\)"),
        ("results", "[", r"cannot be read \(it is not JSON\)"),
        ("studies", "{}", "is no study"),
    ],
)
def test_a_document_of_a_run_that_another_program_changed_is_named_from_python(
    analysed: Path, tmp_path: Path, name: str, text: str, sentence: str
) -> None:
    run = tmp_path / "run"
    shutil.copytree(analysed / "run", run)
    file = run / name if (run / name).is_file() else next((run / name).rglob("*.json"))
    file.write_text(text, encoding="utf-8")

    def read() -> None:
        opened = mc.open_run(run)
        opened.studies()
        list(opened)

    with pytest.raises(UsageError, match=sentence):
        read()


def test_rows_that_no_run_writes_are_passed_over(analysed: Path, tmp_path: Path) -> None:
    row = json.loads((analysed / "run" / "files.jsonl").read_text().splitlines()[0])
    wrong: tuple[dict[str, Any], ...] = (
        {"path": 7},
        {"status": []},
        {"frame": -1},
        {"frame": "1"},
        {"sop_instance_uid": 4},
        {"seconds": None},
    )
    lines = [json.dumps({**row, **change}) for change in ({"more": 1}, *wrong)]
    (tmp_path / "files.jsonl").write_text("\n".join(lines))
    assert [row.path for row in read_rows(tmp_path / "files.jsonl")] == [row["path"]]
