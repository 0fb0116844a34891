"""CSV files of users: rows with their columns and their place in the file."""

from __future__ import annotations

import csv
import math
from collections import Counter
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from mammocalc.vocabulary.errors import MammocalcError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

DELIMITERS: Final = ",;\t"
"""A spreadsheet writes semicolons where commas stand in numbers, and tabs as text; the first line tells which."""
_YES: Final = frozenset({"1", "1.0", "true", "yes"})
_NO: Final = frozenset({"0", "0.0", "false", "no"})


class CsvRow(dict[str, str]):
    """
    The cells of a row by their columns, without blanks around them; what is missing is empty.

    Parameters
    ----------
    cells : iterable of (str, str)
    place : str
        The table and the line, for messages.
    error : type of MammocalcError
        What is raised where a cell is not what it should be.
    """

    def __init__(self, cells: Iterable[tuple[str, str]], place: str, error: type[MammocalcError]) -> None:
        super().__init__(cells)
        self._place, self._error = place, error

    def wrong(self, needed: str) -> MammocalcError:
        """Make the error of this row; ``needed`` is a sentence without its full stop."""
        return self._error(f"{self._place}: {needed}.")

    def number(self, column: str) -> float | None:
        """Give the number in a column, None for an empty cell; raises the error of the table for anything else."""
        text = self[column]
        try:
            value = float(text) if text else None
        except ValueError:
            value = math.nan
        if value is None or math.isfinite(value):
            return value
        raise self.wrong(f"{column} must be a number with a decimal point, and is {text!r}")

    def whole(self, column: str, most: int) -> int | None:
        """Give a whole number from 0 on, as `number` does."""
        value = self.number(column)
        if value is None or (value.is_integer() and 0 <= value <= most):
            return None if value is None else int(value)
        raise self.wrong(f"{column} must be a whole number from 0 to {most}, and is {self[column]!r}")

    def is_yes(self, column: str) -> bool | None:
        """Give what 1 or 0 says in a column, or yes or no, or true or false; None for an empty cell."""
        text = self[column].lower()
        if text in _YES | _NO or not text:
            return text in _YES if text else None
        raise self.wrong(f"{column} must be 1 or 0, and is {self[column]!r}")


def read_csv(
    path: Path, name: str, needed: Collection[str] = (), *, error: type[MammocalcError] = UsageError
) -> list[CsvRow]:
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
    list of CsvRow
        Those that are not empty.

    Raises
    ------
    MammocalcError
        If it cannot be read, lacks a column, has two of one name, or a row has more cells than the first line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            file.seek(0)
            reader = csv.reader(file, delimiter=max(DELIMITERS, key=head.count), strict=True)
            lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        why = problem.strerror if isinstance(problem, OSError) else "it is not a CSV in UTF-8"
        message = f"{name} cannot be read ({why})."
        raise error(message) from None
    columns = lines[0][1] if lines else []
    missing = sorted(set(needed) - set(columns))
    if missing:
        message = f"{name} lacks {' and '.join(missing)}: its first line has to name {' and '.join(needed)}."
        raise error(message)
    twice = [column for column, count in Counter(columns).items() if column and count > 1]
    if twice:
        message = f"{name} has two columns {twice[0]}, and which one counts is not said. Take one of them out."
        raise error(message)
    rows = []
    for line, cells in lines[1:]:
        row = CsvRow(zip_longest(columns, cells[: len(columns)], fillvalue=""), f"{name}, line {line}", error)
        if any(cells[len(columns) :]):
            raise row.wrong("there are more cells than columns in the first line; put text with a comma into quotes")
        row.pop("", None)
        if any(cells):
            rows.append(row)
    return rows
