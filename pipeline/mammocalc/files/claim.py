"""Claim of a folder by one process: a lock that ends with it, and a mark that identifies the folder."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
import time
from typing import TYPE_CHECKING, Final, Self

from mammocalc.files.lock import UNSUPPORTED, is_same_file, lock, read_content, write_at_start
from mammocalc.files.lock_holder import Holder, decode_holder, held_by_another, this_process
from mammocalc.vocabulary.errors import OutputError, OutputLostError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOCK: Final = ".mammocalc.lock"

BEAT_SECONDS: Final = 5.0
"""How often a holder gives a sign of life, for file systems whose locks another machine does not see."""

PATIENCE_SECONDS: Final = 3 * BEAT_SECONDS
"""After so long without a sign a holder on another machine is dead. No clocks are compared: they differ."""

ATTEMPTS: Final = 50  # somebody who ends removes the file that another one has just opened


def is_alive(read: Callable[[], bytes | None]) -> Holder | None:
    """
    Return the holder in a record if it is alive, for places without locks.

    Parameters
    ----------
    read : callable
        Gives the record, with its sign of life, as it is now; None where there is none.

    Returns
    -------
    Holder or None
        None at once where the process is known to be gone, and after `PATIENCE_SECONDS` where it gives no sign.
    """
    before = read()
    holder = None if before is None else decode_holder(before)
    if holder is None or holder.has_died():
        return None
    if holder.has_died() is False:
        return holder
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        time.sleep(BEAT_SECONDS / 10)
        now = read()
        if now != before:
            return None if now is None else decode_holder(now)
    return None


class FolderClaim:
    """
    The right to write into a folder, for as long as this lasts; a context manager.

    Parameters
    ----------
    root : Path
        Made if it does not exist, and taken away again if it was made here and is empty in the end.
    what : str
        What the folder is called in sentences.

    Attributes
    ----------
    root : Path
    token : str
        Stands in the folder's lock file: by it this folder is told from any other that comes to lie in its place.
    is_locked : bool
        Whether the file system has locks. Where it has none, only signs of life keep a second process out.

    Raises
    ------
    UsageError
        If another process holds the folder.
    OutputError
        If it cannot be made or written to.

    Notes
    -----
    The lock is the operating system's (``flock``, on Windows ``msvcrt.locking``), so it ends with the process, however
    that ends. Network shares may keep it to one machine; therefore the holder gives a sign of life every few seconds,
    and who comes later from another machine waits for one. The file goes when the claim ends. The folder is known by
    the token and not by device and inode, which some shares change, and which Windows and other machines number
    otherwise.
    """

    def __init__(self, root: Path, what: str = "output folder") -> None:
        self.root, self.what, self.is_locked = root, what, True
        self._holder = this_process()
        self.token = self._holder.token
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        """Take the folder."""
        self.is_new = not self.root.exists()
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self._descriptor = self._take()
        except FileExistsError:
            raise OutputError(self.root, "is a file, and a folder is needed. Choose another one.") from None
        except OSError as error:
            self._take_away()
            raise OutputError(self.root, f"cannot be written to ({_why(error)}). Choose another one.") from None
        threading.Thread(target=self._beat, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        self._ended.set()
        is_there = self.is_there()
        if sys.platform == "win32":  # no open file is removed there
            os.close(self._descriptor)
        if is_there:
            with contextlib.suppress(OSError):
                (self.root / LOCK).unlink()
        if sys.platform != "win32":
            os.close(self._descriptor)
        if is_there:  # what lies in its place otherwise is somebody else's
            self._take_away()

    def is_there(self) -> bool:
        """Whether the folder at this path is still the one that was taken."""
        return holds_token(self.root, self.token)

    def check(self) -> None:
        """Raise OutputLostError if the folder is not the one that was taken any more."""
        require_folder(self.root, self.token, self.what)

    def _take(self) -> int:
        for _ in range(ATTEMPTS):
            path = self.root / LOCK
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o644)
            try:
                self._lock(descriptor)
                if not is_same_file(descriptor, path):
                    os.close(descriptor)
                    continue
                self._wait_for_others(descriptor)
                os.ftruncate(descriptor, 0)
                write_at_start(descriptor, self._holder.encode())
            except BaseException:
                os.close(descriptor)
                raise
            return descriptor
        raise held_by_another(self.root, None)

    def _lock(self, descriptor: int) -> None:
        try:
            lock(descriptor)
        except BlockingIOError:
            raise held_by_another(self.root, decode_holder(read_content(descriptor))) from None
        except OSError as error:
            if error.errno not in UNSUPPORTED:
                raise
            self.is_locked = False

    def _wait_for_others(self, descriptor: int) -> None:
        """Raise UsageError if a process that the lock does not know of holds the folder."""
        before = decode_holder(read_content(descriptor))
        if before is None or (self.is_locked and before.host == self._holder.host):
            return

        def sign_of_life() -> bytes:
            return read_content(descriptor).rstrip() + b" " * (os.fstat(descriptor).st_mtime_ns % 2**20)

        alive = is_alive(sign_of_life)
        if alive is not None:
            raise held_by_another(self.root, alive)

    def _beat(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            with contextlib.suppress(OSError):
                if self.is_there():
                    os.utime(self.root / LOCK)

    def _take_away(self) -> None:
        """Take the folder away again if it was made here and nothing is in it."""
        if self.is_new:
            with contextlib.suppress(OSError):
                self.root.rmdir()


def holds_token(root: Path, token: str) -> bool:
    """Whether a folder is the one that was taken under a token."""
    try:
        holder = decode_holder((root / LOCK).read_bytes())
    except OSError:
        return False
    return holder is not None and holder.token == token


def require_folder(root: Path, token: str, what: str = "output folder") -> None:
    """Raise OutputLostError, with what has happened, if a folder is not the one that was taken under a token."""
    if holds_token(root, token):
        return
    if not root.is_dir():
        message = f"the {what} is gone: it was renamed or removed, or its disk was unmounted. Bring it back first"
        raise OutputLostError(message)
    if (root / LOCK).exists():
        message = f"another process has taken the {what} over. Let only one write there"
        raise OutputLostError(message)
    message = (
        f"another folder lies in the place of the {what}, without the mark of this run ({LOCK}): it was replaced or "
        "emptied, or a disk was mounted over it. Bring back the one in which the run began first"
    )
    raise OutputLostError(message)


def is_claimed(root: Path) -> bool:
    """Whether a process is writing to a folder now; does not wait, and changes nothing."""
    try:
        descriptor = os.open(root / LOCK, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return False
    except OSError:  # that of another user
        return True
    try:
        lock(descriptor)
        holder = decode_holder(read_content(descriptor))
        age_seconds = time.time() - os.fstat(descriptor).st_mtime
        return holder is not None and holder.host != socket.gethostname() and age_seconds < PATIENCE_SECONDS
    except OSError:
        return True
    finally:
        os.close(descriptor)


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__


def state_of(root: Path, recorded: str | None) -> str | None:
    """
    Return the state of the run in a folder, from its record and its lock.

    Parameters
    ----------
    root : Path
    recorded : str or None
        ``state`` of run.json. A process that was killed leaves "running".

    Returns
    -------
    str or None
        "interrupted" where the record says "running" and nobody writes; else what is recorded.
    """
    return "interrupted" if recorded == "running" and not is_claimed(root) else recorded
