"""Tables as Parquet, with typed columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from mammocalc.results.columns import Kind
from mammocalc.vocabulary.lexicon import NOTICE

if TYPE_CHECKING:
    from pathlib import Path

    from mammocalc.results.columns import Columns, Row

ROWS_PER_GROUP: Final = 10_000
"""Rows that are held until they are written: some 15 MB, and enough for columns to be compressed well."""


class ParquetTable:
    """
    A Parquet table written in row groups; a context manager.

    Equal rows give equal bytes under one version of pyarrow: there is no time
    and no name in the file.

    Parameters
    ----------
    path : Path
        Is replaced.
    columns : mapping
        In the order of the table. Text becomes ``string``, counts ``int32``,
        numbers ``double``, words and sentences ``list<string>``; all may be null.

    Raises
    ------
    ImportError
        Without pyarrow (the extra ``parquet``).
    OSError
        If the file cannot be written.
    """

    def __init__(self, path: Path, columns: Columns) -> None:
        import pyarrow as pa  # noqa: PLC0415 - an extra, of 170 MB
        from pyarrow.parquet import ParquetWriter  # noqa: PLC0415 - as above

        kinds = {
            Kind.TEXT: pa.string(),
            Kind.COUNT: pa.int32(),
            Kind.NUMBER: pa.float64(),
            Kind.WORDS: pa.list_(pa.string()),
            Kind.SENTENCES: pa.list_(pa.string()),
        }
        self._table = pa.table
        self._schema = pa.schema([(name, kinds[kind]) for name, kind in columns.items()], metadata={"notice": NOTICE})
        self._writer = ParquetWriter(path, self._schema, compression="zstd")
        self._held: dict[str, list[Any]] = {name: [] for name in columns}
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        try:
            if kind is None and self._count:
                self._flush()
        finally:
            self._writer.close()

    def add(self, row: Row) -> None:
        """Take a row; its names must be those of the columns."""
        for name, held in self._held.items():
            held.append(row[name])
        self._count += 1
        if self._count == ROWS_PER_GROUP:
            self._flush()

    def _flush(self) -> None:
        """Write what is held as a group of rows."""
        self._writer.write_table(self._table(self._held, schema=self._schema))
        for held in self._held.values():
            held.clear()
        self._count = 0
