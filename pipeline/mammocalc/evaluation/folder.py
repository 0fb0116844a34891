"""The files of an evaluation."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Final

from mammocalc.evaluation.page import render_page
from mammocalc.files.replacing import write_whole
from mammocalc.results.layout import KINDS
from mammocalc.results.parse import record_in
from mammocalc.vocabulary.errors import OutputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mammocalc.evaluation.evaluation import Evaluation
    from mammocalc.evaluation.evaluation_report import Table

DOCUMENT, PAGE = "evaluation.json", "evaluation.html"
TABLES: Final = (
    "readers",
    "words",
    "region_froc",
    "roc",
    "froc",
    "found_by_group",
    "sizes",
    "size_figures",
    "cluster_froc",
    "confusion",
)
"""What evaluations of some truths have, and those of others have not; each links what it has."""


def require_apart(out: Path, run: Path, truth: Path) -> None:
    """
    Raise UsageError where an evaluation would lie among what it is made of.

    Parameters
    ----------
    out : Path
        Its folder, which need not exist.
    run : Path
        Its files would outlive the next run there, so that they seemed to be of that one.
    truth : Path
        A file, or a folder that is read as a whole.
    """
    if out.resolve() == run.resolve():
        message = f"{out} is the folder of the run itself, whose page and tables are others. Choose another folder."
        raise UsageError(message)
    for place in [*(run / kind for kind in KINDS), *([truth] if truth.is_dir() else [])]:
        if out.resolve().is_relative_to(place.resolve()):
            message = f"{out} lies in {place}, whose files are read as results or truth. Choose another folder."
            raise UsageError(message)


def require_own(folder: Path) -> None:
    """Raise UsageError where files of somebody else have the names that an evaluation needs."""
    names = (PAGE, *(f"{name}.csv" for name in TABLES))
    foreign = [] if (folder / DOCUMENT).exists() else [name for name in names if (folder / name).exists()]
    if foreign:
        message = f"{folder} holds {', '.join(foreign)}, and not of an evaluation. Choose another --out."
        raise UsageError(message)


def held_before(folder: Path) -> Mapping[str, Any]:
    """
    Read the evaluation that a folder holds.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    mapping
        Its document; empty where there is none that can be read.
    """
    return record_in(folder / DOCUMENT)


def write_evaluation(folder: Path, evaluation: Evaluation) -> None:
    """
    Write evaluation.json, evaluation.html and one CSV for each table.

    Parameters
    ----------
    folder : Path
        Made if needed; files of an earlier evaluation are replaced or, where
        this one has none of that name, removed. Others stay.
    evaluation : Evaluation

    Raises
    ------
    OutputError
        If the folder cannot be written to.
    """
    files = {
        DOCUMENT: json.dumps(evaluation.document, indent=1, ensure_ascii=False, allow_nan=False) + "\n",
        PAGE: render_page(evaluation),
        **{f"{name}.csv": to_csv(table) for name, table in evaluation.tables.items()},
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / DOCUMENT).exists():
            for name in TABLES:
                (folder / f"{name}.csv").unlink(missing_ok=True)
        for name, text in files.items():
            write_whole(folder / name, text)
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
