"""The questions of docs/cohort.md, asked of a real run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from pipeline.engine import RunSummary

    Judge = Callable[..., RunSummary]

PAGE = Path(__file__).parents[2] / "docs" / "cohort.md"


def test_every_question_has_the_answer_that_the_page_shows(
    mammograms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judge: Judge
) -> None:
    """Of another run, so that the figures differ; the columns of the answers do not."""
    judge(mammograms, tmp_path / "run", "outputs.parquet=true", "outputs.overlays=none")
    monkeypatch.chdir(tmp_path)
    questions = re.findall(r"```sql\n(.*?)```\n\n\| (.*?) \|\n", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(questions) == 3
    with duckdb.connect() as database:
        for question, columns in questions:
            answer = database.execute(question)
            assert [column[0] for column in answer.description or ()] == columns.split(" | ")
            assert len(answer.fetchall()) > 0
        types = "SELECT count(*), typeof(any_value(presence)) FROM 'run/tables/images.parquet'"
        assert database.execute(types).fetchall() == [(3, "DOUBLE")]


def test_a_cohort_of_several_runs_is_one_table(
    mammograms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judge: Judge
) -> None:
    for name in ("grouped.dcm", "macro_only.dcm"):
        judge(mammograms / name, tmp_path / "runs" / name, "outputs.parquet=true", "outputs.overlays=none")
    monkeypatch.chdir(tmp_path)
    with duckdb.connect() as database:
        images = database.execute("SELECT count(*) FROM 'runs/*/tables/images.parquet'").fetchall()
    assert images == [(2,)]
