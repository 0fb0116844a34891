"""The questions of docs/cohort.sql, asked of a real run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from mammocalc.execution.run_options import RunSummary

    Judge = Callable[..., RunSummary]

ROOT = Path(__file__).parents[2]


def test_every_question_has_the_answer_that_stands_below_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judge: Judge
) -> None:
    judge(ROOT / "sample_data", tmp_path / "run", "outputs.parquet=true", "outputs.overlays=none")
    monkeypatch.chdir(tmp_path)
    script = (ROOT / "docs" / "cohort.sql").read_text(encoding="utf-8")
    questions = re.findall(r"^(SELECT .*?);\n((?:--   [^\n]*\n)+)", script, re.DOTALL | re.MULTILINE)
    assert len(questions) == 3
    with duckdb.connect() as database:
        for question, lines in questions:
            answer = database.execute(question)
            columns = [column[0] for column in answer.description or ()]
            rows = [columns, *([str(value) for value in row] for row in answer.fetchall())]
            assert lines.splitlines() == [f"--   {' | '.join(row)}" for row in rows]
        types = "SELECT count(*), typeof(any_value(presence)) FROM 'run/tables/images.parquet'"
        assert database.execute(types).fetchall() == [(len(list((ROOT / "sample_data").glob("*.dcm"))), "DOUBLE")]


def test_a_cohort_of_several_runs_is_one_table(
    mammograms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judge: Judge
) -> None:
    for name in ("grouped.dcm", "macro_only.dcm"):
        judge(mammograms / name, tmp_path / "runs" / name, "outputs.parquet=true", "outputs.overlays=none")
    monkeypatch.chdir(tmp_path)
    with duckdb.connect() as database:
        images = database.execute("SELECT count(*) FROM 'runs/*/tables/images.parquet'").fetchall()
    assert images == [(2,)]
