"""Courses of arteries that a person traced, from a CSV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.files.csv_rows import read_csv
from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.uid import as_uid

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from mammocalc.files.csv_rows import CsvRow


_UNSURE: Final = ("guess", "unsure")
"""Words of a note: such a course is used, and on its image nothing is taken for certainly not arterial."""


@dataclass(frozen=True, slots=True, eq=False)
class Traced:
    """What a reader saw in one image: the courses of arteries in stored pixels, maybe none, and if all are certain."""

    courses_px: tuple[NDArray[np.float64], ...]
    is_certain: bool


def read_courses(path: Path) -> dict[str, Traced]:
    """
    Read what a reader traced.

    Parameters
    ----------
    path : Path
        A CSV with the columns ``sop_instance_uid``, ``course_row_column`` and perhaps ``note``. A course is
        ``row:column`` points in stored pixels with semicolons between them. An image without arteries has a row
        with an empty course; one that no row names is left out.

    Returns
    -------
    dict of str to Traced
        By SOP Instance UID.

    Raises
    ------
    UsageError
        If the file cannot be read, lacks a column, or a course is none.
    """
    rows = read_csv(path, f"the list of courses {path}", ("sop_instance_uid", "course_row_column"))
    if not rows:
        message = "the list of courses names no image"
        raise UsageError(message)
    courses: dict[str, list[NDArray[np.float64]]] = {}
    unsure = set()
    for row in rows:
        uid = as_uid(row["sop_instance_uid"])
        own = courses.setdefault(uid, [])
        if row["course_row_column"]:
            own.append(_course(row))
        if any(word in row.get("note", "").lower() for word in _UNSURE):
            unsure.add(uid)
    return {uid: Traced(tuple(own), uid not in unsure) for uid, own in courses.items()}


def _course(row: CsvRow) -> NDArray[np.float64]:
    """Read the points of one course."""
    try:
        points = np.array([[float(px) for px in point.split(":")] for point in row["course_row_column"].split(";")])
        if points.ndim != 2 or points.shape[1] != 2 or len(points) < 2 or not np.isfinite(points).all():
            raise ValueError  # noqa: TRY301 - as what is not a number
    except ValueError:
        needed = "course_row_column holds no course: it takes two or more row:column in pixels with ; between"
        raise row.wrong(needed) from None
    return points
