"""A file that was named to be written: nothing but a file may be replaced by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.vocabulary.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path


def require_no_special_file(target: Path, option: str) -> None:
    """
    Raise OutputError where a folder, a pipe or a device has the name of a file that is to be written.

    Parameters
    ----------
    target : Path
        What was named; it need not exist.
    option : str
        Of the command line, by which it was named.
    """
    if target.exists() and not target.is_file():
        raise OutputError(target, f"is no file. Choose another {option}.")
