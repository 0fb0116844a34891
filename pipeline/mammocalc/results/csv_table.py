"""Tables as CSV."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Any, Final, Self

from mammocalc.files.plain_text import escaped
from mammocalc.results.columns import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from mammocalc.results.columns import Columns, Row

# Not every reader (nor every version of the csv module) takes a line break inside of quotes well.
_ONE_LINE: Final = str.maketrans("\t\r\n", "   ")
_FORMULA: Final = re.compile(r"(^|[;,])(?=[\t\r\n]| *[=+\-@＝＋－＠])")
"""Where a cell would be run as a formula: at its start, and where a spreadsheet of another country cuts it in two."""

_BETWEEN: Final = {Kind.WORDS: " ", Kind.SENTENCES: "; "}


class CsvTable:
    """
    A CSV table written row by row; a context manager.

    Lines end in LF. Text of a header stays on one line, and a spreadsheet
    does not run it as a formula: ``'`` stands before what it would run.

    Parameters
    ----------
    path : Path
        Is replaced.
    columns : mapping
        In the order of the table.

    Raises
    ------
    OSError
        If the file cannot be written.
    """

    def __init__(self, path: Path, columns: Columns) -> None:
        self._columns = columns
        self._file = path.open("w", encoding="utf-8", errors="replace", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(columns)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def add(self, row: Row) -> None:
        """Write a row; its names must be those of the columns."""
        self._writer.writerow([_cell(row[name], kind) for name, kind in self._columns.items()])


def _cell(value: Any, kind: Kind) -> Any:
    """Write lists as one text, and text of a header so that it stays text; numbers stay numbers."""
    if kind in _BETWEEN and value is not None:
        return _BETWEEN[kind].join(value)
    if kind is Kind.TEXT and value is not None:
        return escaped(_FORMULA.sub(r"\1'", value).translate(_ONE_LINE))
    return value
