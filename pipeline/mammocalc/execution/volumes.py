"""Messages about tomosynthesis volumes: one for each, not for each slice."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mammocalc.model import FileRow

KEY_BYTES: Final = 4
LISTED: Final = 10
"""Volumes that are described one by one; files.jsonl has the rows of all."""


def volume_key(series_instance_uid: str) -> str | None:
    """Give the key that the slices of one series have in common: 8 hexadecimal digits, None without a series."""
    if not series_instance_uid:
        return None
    return hashlib.blake2b(series_instance_uid.encode(), digest_size=KEY_BYTES).hexdigest()


def describe_volumes(rows: Iterable[FileRow]) -> tuple[str, ...]:
    """
    Describe the volumes of a run, which are not analysed.

    Returns
    -------
    tuple of str
        A sentence for each of the first volumes, numbered by their first
        file, and one for how many there are beyond; empty without any.
    """
    volumes: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: row.path):
        if row.volume is not None:
            volumes.setdefault(row.volume, []).append(row.path)
    sentences = [
        f"volume {number} of tomosynthesis: {_files(paths)}: skipped, because volumes are not analysed yet"
        for number, paths in enumerate(volumes.values(), start=1)
    ]
    more = len(sentences) - LISTED
    return (*sentences[:LISTED], *([f"and {more} more volumes, in files.jsonl"] if more > 0 else []))


def _files(paths: list[str]) -> str:
    return f"1 file, {paths[0]}" if len(paths) == 1 else f"{len(paths)} files, from {paths[0]} to {paths[-1]}"
