"""The files of an evaluation."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from pipeline.errors import OutputError
from pipeline.scoring.page import render_page

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.scoring.document import Table
    from pipeline.scoring.evaluation import Evaluation


def write_evaluation(folder: Path, evaluation: Evaluation) -> None:
    """
    Write evaluation.json, evaluation.html and one CSV for each table.

    Parameters
    ----------
    folder : Path
        Made if needed; files of an earlier evaluation are replaced, and
        others stay.
    evaluation : Evaluation

    Raises
    ------
    OutputError
        If the folder cannot be written to.
    """
    files = {
        "evaluation.json": json.dumps(evaluation.document, indent=1, ensure_ascii=False, allow_nan=False) + "\n",
        "evaluation.html": render_page(evaluation),
        **{f"{name}.csv": to_csv(table) for name, table in evaluation.tables.items()},
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        message = f"cannot be written to ({error.strerror}). Choose another --out."
        raise OutputError(folder, message) from None


def to_csv(table: Table) -> str:
    """Write a table as CSV with one header line."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return text.getvalue()
