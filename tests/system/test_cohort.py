"""The questions of docs/cohort.md, asked of a real run."""

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


def test_every_question_has_the_answer_that_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judge: Judge
) -> None:
    judge(ROOT / "sample_data", tmp_path / "run", "outputs.parquet=true", "outputs.overlays=none")
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "cohort.md").read_text(encoding="utf-8")
    questions = re.findall(r"```sql\n(.*?)```\n\n(\| .*?\n)\n", f"{page}\n", re.DOTALL)
    assert len(questions) == 3
    with duckdb.connect() as database:
        for question, table in questions:
            answer = database.execute(question)
            columns = [column[0] for column in answer.description or ()]
            head, _, *lines = table.splitlines()
            assert head == f"| {' | '.join(columns)} |"
            assert lines == [f"| {' | '.join(str(value) for value in row)} |" for row in answer.fetchall()]
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
