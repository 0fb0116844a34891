"""Processes that decode images, isolated as in a run."""

from __future__ import annotations

import os
import threading
from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self
from weakref import WeakValueDictionary

from mammocalc.execution.workers.isolation import Isolated
from mammocalc.execution.workers.pool import Workers
from mammocalc.execution.workers.resource_limits import Fault, Limits, Lost
from mammocalc.execution.workers.resources import BYTES_PER_WORKER, free_memory_bytes
from mammocalc.execution.workers.worker_process import WorkersUnavailableError
from mammocalc.review.server.decoding import Draw, NoPixelsError, ReadUid, perform
from mammocalc.vocabulary.image_key import split_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from mammocalc.review.server.pixels import Picture

MOST: Final = 4
"""A case has four views. Also on fewer processors: one that hangs over a file leaves the others to everybody else."""
FEWEST: Final = 2
TIME_S: Final = 30.0
"""The largest mammograms in use take a second, from a slow share ten; a reader does not wait for much longer."""
IDLE_S: Final = 86_400.0
"""They stay ready for a day: a reader who comes back from a coffee does not wait for a start."""

_AGAIN: Final = "Export the image again from the source."
_LOST: Final = {
    Fault.TIME: f"Opening the file took longer than {{detail}}, so it was given up. {_AGAIN}",
    Fault.MEMORY: f"Opening the file needed more than {{detail}} of memory, so it was given up. {_AGAIN}",
    Fault.CRASH: f"The decoder of this file ended with {{detail}}: the file is damaged or hostile. {_AGAIN}",
    Fault.KILLED: "The process that opened the file was ended by somebody else, as a system short of memory does. "
    "Open the image again.",
}


class Decoders:
    """
    A few worker processes that read files; a context manager.

    A file that one was lost over is not tried again before it has changed,
    unless somebody else ended the process.

    Parameters
    ----------
    limits : Limits
        Of one file.
    public_uid : callable
        Gives the UID that the run has for that of a file, where it has hashed them.
    """

    def __init__(self, limits: Limits | None = None, public_uid: Callable[[str], str] = str) -> None:
        self._public_uid = public_uid
        self._originals: dict[str, str] = {}
        limits = limits or Limits(time_seconds=TIME_S)
        count = max(FEWEST, min(MOST, free_memory_bytes() // BYTES_PER_WORKER))
        memory = free_memory_bytes() // count if limits.memory_mib is None else limits.memory_mib << 20
        self._perform = Isolated(perform, limits, memory, idle_seconds=IDLE_S)
        self._workers = Workers(count)
        self._is_closed = False
        self._lock = threading.Lock()
        self._lost: dict[Path, tuple[object, str]] = {}
        self._turns: WeakValueDictionary[Path, _Turn] = WeakValueDictionary()
        for _ in range(FEWEST):  # the others start when they are needed
            self._start_one()

    def __enter__(self) -> Self:
        """Nothing more is needed."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all processes."""
        self.close()

    def close(self) -> None:
        """End all processes, whatever they are at."""
        self._is_closed = True
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._workers.shutdown()  # the threads see at once that their processes are gone

    def read_uid(self, path: Path) -> str | None:
        """Read a file's SOP Instance UID, as the run has it; None without one, or where its reading was given up."""
        try:
            found = self._ask(path, ReadUid(path))
        except NoPixelsError:
            return None
        if not isinstance(found, str):
            return None
        public = self._public_uid(found)
        self._originals[public] = found
        return public

    def draw(self, path: Path, uid: str, shape: tuple[int, int], smallest_level_px: int) -> Picture:
        """
        Make the picture of an image.

        Raises
        ------
        NoPixelsError
            If the file cannot be read, is another image, or has cost its process.
        """
        picture: Picture = self._ask(path, self._task(path, uid, shape, is_small=False, side_px=smallest_level_px))
        return picture

    def draw_small(self, path: Path, uid: str, shape: tuple[int, int], longer_px: int) -> bytes:
        """Make a thumbnail; raises as `draw`."""
        thumbnail: bytes = self._ask(path, self._task(path, uid, shape, is_small=True, side_px=longer_px))
        return thumbnail

    def _task(self, path: Path, key: str, shape: tuple[int, int], *, is_small: bool, side_px: int) -> Draw:
        uid, frame = split_key(key)
        return Draw(path, self._originals.get(uid, uid), frame, shape, is_small=is_small, side_px=side_px)

    def _ask(self, path: Path, task: ReadUid | Draw) -> Any:
        """Have a task done; of one file one after the other, so that it can hold up one process at most."""
        with self._lock:
            turn = self._turns.setdefault(path, _Turn())
        with turn.lock:
            return self._ask_now(path, task)

    def _ask_now(self, path: Path, task: ReadUid | Draw) -> Any:
        stamp = _stamp(path)
        with self._lock:
            before, why = self._lost.get(path, (None, ""))
        if why and before == stamp:
            raise NoPixelsError(why)
        try:
            return self._workers.submit(self._perform, task).result()
        except Lost as lost:
            why = _LOST[lost.fault].format(detail=lost.detail)
            self._start_one()
            if lost.fault is not Fault.KILLED:
                with self._lock:
                    self._lost[path] = (stamp, why)
            raise NoPixelsError(why) from None
        except NoPixelsError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was: the other readers go on
            if self._is_closed or isinstance(error, CancelledError):
                why = "The server is stopping."
            elif isinstance(error, WorkersUnavailableError):
                why = f"The image cannot be opened now: {error}"
            else:
                from mammocalc.execution.fault import describe_fault  # noqa: PLC0415 - brings the whole of a run with it

                why = describe_fault(error)
            raise NoPixelsError(why) from None

    def _start_one(self) -> None:
        """Have a process ready before it is needed."""
        self._workers.submit(self._perform, ReadUid(Path(os.devnull)))


class _Turn:
    """Whose turn it is with a file, for as long as anybody asks."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


def _stamp(path: Path) -> object:
    """Give what changes with a file."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return (seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns)
