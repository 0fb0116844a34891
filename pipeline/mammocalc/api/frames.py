"""Tables of a run as DataFrames: the columns of their CSV, each with its type."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from mammocalc.results.columns import TABLES, Kind
from mammocalc.results.layout import table_path
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pandas as pd

    from mammocalc.results.columns import Columns

MAY_BE_EMPTY: Final = frozenset(
    {"study_day", "clock", "cluster", "vessel", "published_n", "linked_cluster", "n_places_right", "n_places_left"}
)
"""Counts that a row need not have; all others are in every row."""


def dtypes_of(columns: Columns) -> dict[str, str | type]:
    """
    Give the type of each column.

    Parameters
    ----------
    columns : mapping
        Of a table.

    Returns
    -------
    dict
        The text of pandas for words and UIDs, ``float64`` for measurements, ``int64`` for counts, and ``Int64`` for
        those that a row need not have.
    """
    return {name: _dtype(name, kind) for name, kind in columns.items()}


def _dtype(name: str, kind: Kind) -> str | type:
    if kind is Kind.NUMBER:
        return "float64"
    if kind is Kind.COUNT:
        return "Int64" if name in MAY_BE_EMPTY else "int64"
    return str


def read_frame(run: Path, table: str) -> pd.DataFrame:
    """
    Read a table of a run.

    Parameters
    ----------
    run : Path
        Its folder.
    table : str
        One of the names of `TABLES`.

    Returns
    -------
    DataFrame
        The rows and columns of the CSV, in their order. Empty cells are missing values, and no word is taken for one;
        a UID or a key is text, whatever it looks like.

    Raises
    ------
    UsageError
        If pandas is not installed, or the table is not there or cannot be read.
    """
    pandas = require_pandas()
    file = run / table_path(table)
    try:
        frame = pandas.read_csv(file, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8")
    except FileNotFoundError:
        message = (
            f"{file} is not there: tables are written when a run ends. Repeat the run, which continues where it stopped"
        )
        raise UsageError(message) from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        message = f"{file} cannot be read as a table of a run ({why}). Repeat the run"
        raise UsageError(message) from error
    if list(frame.columns) != list(TABLES[table]):
        message = f"{file} does not have the columns of this version. Repeat the run with this version"
        raise UsageError(message)
    try:
        return frame.assign(**{name: _typed(frame[name], dtype) for name, dtype in dtypes_of(TABLES[table]).items()})
    except (TypeError, ValueError) as error:
        message = f"{file} holds what no run writes ({error}). Repeat the run"
        raise UsageError(message) from error


def _typed(column: pd.Series, dtype: str | type) -> pd.Series:
    """Read numbers as Python does, to the last bit; parsers of CSV that are made for speed do not."""
    if dtype is str:
        return column
    values = column.astype("object")
    if dtype == "Int64":
        return values.where(values.isna(), values.map(int, na_action="ignore")).astype(dtype)
    return values.astype(dtype)


def frame_of_rows(rows: Iterable[Mapping[str, Any]], dtypes: Mapping[str, str | type]) -> pd.DataFrame:
    """Make a table of rows; its columns are those of ``dtypes``, also where there is no row."""
    pandas = require_pandas()
    return pandas.DataFrame(list(rows), columns=list(dtypes)).astype(dtypes)


def require_pandas() -> Any:
    """Import pandas; UsageError says how to install it if it is missing."""
    try:
        return importlib.import_module("pandas")
    except ImportError:
        message = "tables as DataFrames need pandas: pip install 'mammocalc[frames]'"
        raise UsageError(message) from None
