"""Tables that are being written, as CSV and optionally Parquet, whole or not at all."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from mammocalc.files.replacing import replacing
from mammocalc.results.csv_table import CsvTable
from mammocalc.results.layout import table_path
from mammocalc.results.parquet_table import ParquetTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mammocalc.results.columns import Columns, Row


class OpenTable:
    """A table in all its formats."""

    def __init__(self, *forms: CsvTable | ParquetTable) -> None:
        self._forms = forms

    def add(self, row: Row) -> None:
        """Write a row; its names must be those of the columns."""
        for form in self._forms:
            form.add(row)


@contextmanager
def open_tables(run_folder: Path, tables: Mapping[str, Columns], *, parquet: bool) -> Iterator[dict[str, OpenTable]]:
    """
    Open tables of a run for writing.

    Parameters
    ----------
    run_folder : Path
        Its folder ``tables`` is made where it is not there.
    tables : mapping
        Their columns by their names.
    parquet : bool
        Write each as Parquet as well, beside its CSV.

    Yields
    ------
    dict of str to OpenTable
        They take the place of older ones at the end, and are gone after an error.

    Raises
    ------
    OSError
        If a table cannot be written.
    """
    with ExitStack() as stack:
        opened = {}
        for name, columns in tables.items():
            (run_folder / table_path(name)).parent.mkdir(exist_ok=True)
            part = stack.enter_context(replacing(run_folder / table_path(name)))
            forms: list[CsvTable | ParquetTable] = [stack.enter_context(CsvTable(part, columns))]
            if parquet:
                part = stack.enter_context(replacing(run_folder / table_path(name, ".parquet")))
                forms.append(stack.enter_context(ParquetTable(part, columns)))
            opened[name] = OpenTable(*forms)
        yield opened
