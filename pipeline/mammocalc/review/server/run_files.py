"""Untrusted files of a run: nothing outside its folder is read."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any, Final

from mammocalc.results.parse import parse_json as parse_result_json
from mammocalc.vocabulary.errors import ResultError

if TYPE_CHECKING:
    from pathlib import Path, PurePath

MOST_BYTES: Final = 256 << 20
"""Of one file: a result with a hundred thousand marks has less."""


class WrongFileError(ValueError):
    """A file of the run cannot be used; the message says why."""


def say_why(error: OSError | WrongFileError) -> str:
    """Say why a file of the run cannot be used, as the end of a sentence."""
    return (error.strerror or "input/output error") if isinstance(error, OSError) else str(error)


def read_inside(folder: Path, place: PurePath, first_bytes: int | None = None) -> bytes:
    """
    Read a file of a run.

    Parameters
    ----------
    folder : Path
        Of the run.
    place : PurePath
        Relative to it.
    first_bytes : int or None
        How much of its beginning is wanted; None for all.

    Raises
    ------
    WrongFileError
        If it lies outside of the folder, as behind a link, is no ordinary
        file, or is too large.
    OSError
        If it cannot be read.
    """
    found = find_inside(folder, place)
    # A pipe would not be opened before somebody writes to it.
    descriptor = os.open(found, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as file:
        seen = os.fstat(descriptor)
        if not stat.S_ISREG(seen.st_mode):
            message = "it is no ordinary file"
            raise WrongFileError(message)
        if first_bytes is None and seen.st_size > MOST_BYTES:
            message = f"it has more than {MOST_BYTES >> 20} MB"
            raise WrongFileError(message)
        return file.read(MOST_BYTES if first_bytes is None else first_bytes)


def find_inside(folder: Path, place: PurePath) -> Path:
    """Give the real place of a file of a run; raises as `read_inside`."""
    try:
        found = (folder / place).resolve(strict=True)
    except (RuntimeError, ValueError):  # a link in a circle, or a name that no system has
        found = None
    if found is None or not found.is_relative_to(folder.resolve()):
        message = "it is a link that leads out of the run's folder"
        raise WrongFileError(message)
    return found


def parse_json(text: str | bytes) -> Any:
    """
    Parse JSON of somebody else.

    Returns
    -------
    JSON value
        Without NaN and infinite numbers.

    Raises
    ------
    WrongFileError
        If it is not JSON, or deeper than anything that a program of ours writes.

    Examples
    --------
    >>> parse_json('{"presence": 0.5}')
    {'presence': 0.5}
    >>> parse_json("[1e999]")
    Traceback (most recent call last):
        ...
    mammocalc.review.server.run_files.WrongFileError: it contains an invalid number: 1e999
    """
    try:
        return parse_result_json(text)
    except ResultError as error:
        raise WrongFileError(error.message) from None
