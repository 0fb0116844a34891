"""Content of a file, and whether it has changed."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

DIGEST_DIGITS: Final = 32  # of SHA-256: 128 bits, so that no two files of any archive share one by chance
TAG_BYTES: Final = 8
COARSEST_SECONDS: Final = 3.0
"""The coarsest dates in use (FAT) have steps of two seconds: what changed less than this ago can change once more
without its date telling."""
CHUNK_BYTES: Final = 1 << 20


class State(NamedTuple):
    """
    What a file system says of a file without reading it.

    ``changed_ns`` is the date of the last change of content, name or rights, which no program can set back (``ctime``).
    On Windows it is the date of creation, and an equal size with a date that was set back goes unnoticed there.
    """

    size: int
    modified_ns: int
    changed_ns: int


def state_of(path: Path) -> State:
    """Ask for the state of a file; OSError if it is not there."""
    status = path.stat()
    return State(status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def key_of(salt: str) -> bytes:
    """Derive a key from the salt, for workers who have no use for the salt itself; empty where there is no salt."""
    return hashlib.blake2b(salt.encode(), person=b"content").digest() if salt else b""


def digest_of(path: Path, key: bytes = b"") -> str:
    """
    Read a file to its end, and give the beginning of the SHA-256 of the key and its content.

    Raises
    ------
    OSError
        If it cannot be read, or is no ordinary file.
    """
    digest = hashlib.sha256(key)
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            message = "is no ordinary file"
            raise OSError(message)
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()[:DIGEST_DIGITS]


def tag_of(state: State, key: bytes) -> str | None:
    """
    Give a short mark of a state, which tells equal from different and no date.

    Parameters
    ----------
    state : State
    key : bytes
        Of `key_of`: dates of files can be those of examinations.

    Returns
    -------
    str or None
        16 hexadecimal digits. None where the file changed so lately that it can change again within one step of its
        dates, or has dates in the future: its content has to be read.
    """
    if time.time() - max(state.modified_ns, state.changed_ns) / 1e9 < COARSEST_SECONDS:
        return None
    numbers = "{} {} {}".format(*state).encode()
    return hashlib.blake2b(numbers, key=key, digest_size=TAG_BYTES).hexdigest()
