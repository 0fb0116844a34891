"""Rows of the files of a run, as far as they can be read."""

from __future__ import annotations

from contextlib import suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from mammocalc.results.layout import ROWS
from mammocalc.review.server.run_files import WrongFileError, parse_json, read_inside, say_why
from mammocalc.vocabulary.lexicon import Status

if TYPE_CHECKING:
    from pathlib import Path

DAMAGED: Final = "damaged_result"
LONGEST_S: Final = 1e9


def problem_row(path: str, message: str) -> dict[str, Any]:
    """Make a row of what cannot be shown."""
    return {"path": path, "sop_instance_uid": None, "status": Status.FAILED, "reason": DAMAGED, "message": message}


def read_rows(folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Read the rows of the files, and make rows of the lines that are none; all but an unfinished last one."""
    place = PurePosixPath(ROWS)
    try:
        text = read_inside(folder, place)
    except FileNotFoundError:
        return [], []
    except (OSError, WrongFileError) as error:
        return [], [problem_row(place.name, f"The rows of the files cannot be read: {say_why(error)}.")]
    rows, problems = [], []
    lines = text.split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        try:
            rows.append(_row(parse_json(line.decode("utf-8", "replace"))))
        except WrongFileError as error:
            if number < len(lines):  # what has no end was being written when the run was killed
                problems.append(problem_row(place.name, f"Line {number} cannot be read: {error}."))
    return rows, problems


def _row(values: Any) -> dict[str, Any]:
    """Take of a row what the review shows, as the types that it has there."""
    if not isinstance(values, dict) or not isinstance(values.get("status"), str):
        message = "it names no status"
        raise WrongFileError(message)
    texts = {name: _text(values.get(name)) for name in ("path", "sop_instance_uid", "status", "reason", "message")}
    with suppress(ValueError):
        texts["status"] = Status(values["status"])  # a word of an earlier schema, or one that is none
    seconds = values.get("seconds")
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool) and abs(seconds) < LONGEST_S
    frame = values.get("frame")
    is_frame = isinstance(frame, int) and not isinstance(frame, bool) and frame >= 0
    return {**texts, "seconds": seconds if is_number else None, "frame": frame if is_frame else None}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
