"""Paths of this machine as arguments of calls."""

from __future__ import annotations

import os
from pathlib import Path

from mammocalc.files.possible_path import why_impossible
from mammocalc.vocabulary.errors import UsageError


def require_folder_path(path: object, name: str, what: str = "a folder") -> Path:
    """Give a path of this machine; ``what`` is needed there."""
    if not isinstance(path, str | os.PathLike):
        message = f"{name} is of the type {type(path).__name__}, and the path of {what} is needed"
        raise UsageError(message)
    text = os.fspath(path)
    if not text:
        message = f"{name} is empty: name {what}" + (", or '.' for the current one" if what == "a folder" else "")
        raise UsageError(message)
    if "://" in text:
        kind = what.removeprefix("a ")
        message = f"{name}={text!r} is no {kind} of this machine: `mammocalc run` on the command line takes addresses"
        raise UsageError(message)
    found = Path(text).expanduser()
    if why := why_impossible(found):
        message = f"{name}: {why}"
        raise UsageError(message)
    return found


def path_or_none(path: object, name: str, what: str = "a folder") -> Path | None:
    """Give a path as `require_folder_path` does; None for None."""
    return None if path is None else require_folder_path(path, name, what)
