"""The kind of a folder entry, and its name in printable form."""

from __future__ import annotations

import errno
import os
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def real_path(path: str | Path) -> str:
    """Resolve links; one that is unreadable or has just disappeared resolves to itself."""
    try:
        return os.path.realpath(path)
    except OSError:
        return os.path.abspath(path)  # noqa: PTH100 - resolve() would follow links


def is_circle(entry: os.DirEntry[str], folder: str, target: str) -> bool:
    """Whether a link leads to itself, or to a folder that it lies in (both real paths)."""
    if folder == target or folder.startswith(f"{target.rstrip(os.sep)}{os.sep}"):
        return True
    try:
        entry.stat()
    except OSError as error:
        return error.errno == errno.ELOOP
    return False


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder or leads to one; a link that leads in a circle does not."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def is_file(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is an ordinary file or leads to one."""
    try:
        return entry.is_file()
    except OSError:
        return False


def join_path(folder: str, name: str) -> str:
    """Join names as posix does."""
    return f"{folder}/{name}" if folder else name


def printable(name: str) -> str:
    r"""
    Write a name so that it is safe in JSON, logs, pages and terminals.

    Bytes that are no UTF-8, and characters that steer a terminal or the
    direction of a text (line breaks, escapes, overrides), become backslash
    sequences.

    Examples
    --------
    >>> printable("a\nb\u202egpj.exe")
    'a\\nb\\u202egpj.exe'
    """
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or unicodedata.category(c) == "Zs" else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    """Write a character as Python would."""
    return character.encode("unicode_escape").decode("ascii")
