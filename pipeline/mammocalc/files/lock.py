"""Lock of an open file on each operating system, and the content of that file."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

LOCKED_BYTE: Final = 1 << 30  # far behind what is written: Windows lets nobody read a byte that is locked

UNSUPPORTED: Final = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})

if sys.platform == "win32":
    import msvcrt

    def lock(descriptor: int) -> None:
        """Lock an open file for this process; BlockingIOError if another has."""
        os.lseek(descriptor, LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in {errno.EACCES, errno.EDEADLK}:
                raise BlockingIOError from None
            raise
else:
    import fcntl

    def lock(descriptor: int) -> None:
        """Lock an open file for this process; BlockingIOError if another has."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in {errno.EACCES, errno.EAGAIN}:
                raise BlockingIOError from None
            raise


def is_same_file(descriptor: int, path: Path) -> bool:
    """Whether an open file still lies at its path."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False


def read_content(descriptor: int) -> bytes:
    """Read an open file from its beginning."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    return os.read(descriptor, 4096)


def write_at_start(descriptor: int, content: bytes) -> None:
    """Write over the beginning of an open file, down to the disk."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, content)
    os.fsync(descriptor)
