"""Runs of an older or a newer schema: read, or refused by a sentence that says what to do."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.cli import main
from mammocalc.evaluation import read_run
from mammocalc.execution.run_manifest import read_rows
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
