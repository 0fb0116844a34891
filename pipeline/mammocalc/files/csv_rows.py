"""Rows of a CSV that somebody else has written."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from mammocalc.vocabulary.errors import MammocalcError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


def read_csv(
    path: Path, name: str, needed: Collection[str] = (), *, error: type[MammocalcError] = UsageError
) -> list[dict[str, str]]:
    """
    Read a table of a user.

    Parameters
    ----------
    path : Path
        A CSV in UTF-8, with or without a byte order mark, whose first line names the columns.
    name : str
        What messages call it, as ``--pairs pairs.csv``.
    needed : collection of str
        Columns that it must have.
    error : type of MammocalcError
        What is raised.

    Returns
    -------
    list of dict of str to str
        The cells of each row by their column, without blanks around names and cells; what is missing is empty.

    Raises
    ------
    MammocalcError
        If it cannot be read, or lacks a column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            reader.fieldnames = columns = [column.strip() for column in reader.fieldnames or ()]
            rows = [{key: (cell or "").strip() for key, cell in row.items() if key is not None} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        why = problem.strerror if isinstance(problem, OSError) else "it is not a CSV in UTF-8"
        message = f"{name} cannot be read ({why})."
        raise error(message) from None
    missing = sorted(set(needed) - set(columns))
    if missing:
        message = f"{name} lacks {' and '.join(missing)}: its first line has to name {' and '.join(needed)}."
        raise error(message)
    return rows
