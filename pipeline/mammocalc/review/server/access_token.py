"""Token in the address of the page: new at every start, or kept in a file."""

from __future__ import annotations

import os
import re
import secrets
import stat
from typing import TYPE_CHECKING, Final

from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22,128}")
"""22 characters of this alphabet hold 132 bits, when they were drawn at random."""
RANDOM_BYTES: Final = 24


def new_token() -> str:
    """Draw a token."""
    return secrets.token_urlsafe(RANDOM_BYTES)


def keep_token(file: Path) -> str:
    """
    Read the token that a file holds, or draw one and write it there, for its owner's eyes alone.

    Raises
    ------
    UsageError
        If the file can be read by others, cannot be read or written, or
        holds no token.
    """
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(file)
    except OSError as error:
        message = f"the token file {file} cannot be written ({error.strerror}). Choose another place."
        raise UsageError(message) from None
    token = new_token()
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(f"{token}\n")
    return token


def _read(file: Path) -> str:
    try:
        if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
            message = f"the token file {file} can be read by other users. Change that with: chmod 600 {file}"
            raise UsageError(message)
        token = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        token = ""
    if not TOKEN.fullmatch(token):
        message = (
            f"the token file {file} holds no token: 22 to 128 letters, digits, - and _. "
            "Name a file that does not exist, and one is written there."
        )
        raise UsageError(message)
    return token
