"""Unforeseen failures, described without data of a patient."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Final

import mammocalc

_PACKAGE: Final = Path(mammocalc.__file__).parent


def describe_fault(error: BaseException) -> str:
    """Describe an unforeseen failure by its type and its place in this package: no data, no path of this machine."""
    place = "an unknown place"
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(_PACKAGE):
            place = f"{path.relative_to(_PACKAGE.parent).as_posix()}, line {frame.lineno}"
    return f"A fault of this program: {type(error).__name__} in {place}. Please report it, with the version."
