"""Selection of images for insertion, from a CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.files.csv_rows import read_csv
from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.uid import as_uid

if TYPE_CHECKING:
    from pathlib import Path


def read_selection(path: Path) -> frozenset[str]:
    """
    Read which images are without calcifications.

    Parameters
    ----------
    path : Path
        A CSV with the columns ``sop_instance_uid`` and ``has_calcifications``,
        and perhaps ``seen``.

    Returns
    -------
    frozenset of str
        SOP Instance UIDs of the rows that say 0 and in which nothing was seen.

    Raises
    ------
    UsageError
        If the file cannot be read, lacks a column, or leaves no image.
    """
    empty = frozenset(
        as_uid(row["sop_instance_uid"])
        for row in read_csv(path, f"the list of images {path}", ("sop_instance_uid", "has_calcifications"))
        if row.is_yes("has_calcifications") is False and not row.get("seen")
    )
    if not empty:
        message = "the list of images names none without calcifications"
        raise UsageError(message)
    return empty
