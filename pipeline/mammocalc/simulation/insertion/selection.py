"""Selection of images for insertion by a CSV."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.uid import as_uid

if TYPE_CHECKING:
    from pathlib import Path


NO_CALCIFICATIONS: Final = frozenset({"0", "0.0", "false", "no"})


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
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        message = f"the list of images cannot be read ({type(error).__name__})"
        raise UsageError(message) from None
    missing = {"sop_instance_uid", "has_calcifications"} - set(rows[0] if rows else ())
    if missing:
        message = f"the list of images lacks {' and '.join(sorted(missing))}"
        raise UsageError(message)
    empty = frozenset(
        as_uid(row["sop_instance_uid"] or "")
        for row in rows
        if (row["has_calcifications"] or "").strip().lower() in NO_CALCIFICATIONS
        and not (row.get("seen") or "").strip()
    )
    if not empty:
        message = "the list of images names none without calcifications"
        raise UsageError(message)
    return empty
