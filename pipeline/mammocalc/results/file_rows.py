"""What became of each input file: the lines of ``files.jsonl``."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

from mammocalc.files.json_lines import read_json_lines
from mammocalc.model import FileRow
from mammocalc.vocabulary.lexicon import Reason, Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


_NAMES: Final = frozenset(field.name for field in fields(FileRow))
"""Another version may write more."""


def to_line(row: FileRow) -> str:
    """Write a row as a line of ``files.jsonl``."""
    return json.dumps(asdict(row), ensure_ascii=False) + "\n"


def read_rows(file: Path) -> tuple[FileRow, ...]:
    """
    Read ``files.jsonl`` back, as far as it was written.

    Returns
    -------
    tuple of FileRow
        In the file's order. Lines that a killed run left unfinished, or that no run writes, are left out; empty where
        there is no file.

    Raises
    ------
    UsageError
        If the file cannot be read.
    """
    rows = map(_row, read_json_lines(file))
    return tuple(row for row in rows if row is not None)


def _row(values: Mapping[str, Any]) -> FileRow | None:
    """Give a row; None where a value is not of its type."""
    try:
        reason = values.get("reason")
        told = {name: value for name, value in values.items() if name in _NAMES}
        told |= {"status": Status(values["status"]), "reason": None if reason is None else Reason(reason)}
        row = FileRow(**{"message": None, "seconds": 0.0, **told})
    except (ValueError, KeyError, TypeError):
        return None
    texts = (row.sop_instance_uid, row.message, row.content, row.seen, row.volume)
    are_right = isinstance(row.path, str) and all(text is None or isinstance(text, str) for text in texts)
    frame: Any = row.frame
    is_frame = frame is None or (type(frame) is int and frame >= 0)
    return row if are_right and is_frame and type(row.seconds) in {int, float} else None
