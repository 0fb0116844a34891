"""Messages on the terminal beside the result of a command."""
# ruff: noqa: T201 - a command line prints

from __future__ import annotations

import sys
import warnings
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TYPE_CHECKING

from mammocalc.files.plain_text import escaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def escape_unencodable() -> None:
    """Write the name of a file as backslash sequences where the encoding of a terminal or a log does not have it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def report_error(sentence: str, code: int) -> int:
    """Write a sentence on standard error, and give the exit code back."""
    print(f"mammocalc: {escaped(sentence)}", file=sys.stderr)
    return code


def report_count(things: str) -> Callable[[int], None]:
    """Give what tells, on a terminal, how many are done."""

    def say(done: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done} {things}", end="", file=sys.stderr, flush=True)

    return say


@contextmanager
def ignored_warnings() -> Iterator[None]:
    """Keep the warnings of libraries off the terminal: they quote headers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
