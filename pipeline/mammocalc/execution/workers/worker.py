"""Main function of a worker process: calls arrive by a pipe, and results leave by another."""

from __future__ import annotations

import faulthandler
import gc
import os
import pickle
import queue
import signal
import struct
import threading
import warnings
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

RETIRED: Final = 0
"""Exit code of a worker that nobody had asked for anything for a while; every other one is a fault."""
ORPHANED: Final = 3
IDLE_SECONDS: Final = 120.0  # a cluster's process keeps its worker from image to image, and not from run to run
GRACE: Final = (
    1.5  # the one who waits ends a worker at the limit; where that one is gone, it ends itself somewhat later
)
_LENGTH: Final = struct.Struct("<Q")


class Channel:
    """
    Messages of bytes between two processes, over two pipes.

    A thread of its own listens, so that the end of the other side is noticed
    at once, also while this one is busy.

    Parameters
    ----------
    incoming, outgoing : binary files
    on_end : callable
        Called in the listening thread when the other side is gone.
    """

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO, on_end: Callable[[], object] = lambda: None) -> None:
        self._incoming, self._outgoing, self._on_end = incoming, outgoing, on_end
        self._inbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def send(self, *parts: bytes | memoryview) -> None:
        """Send a message, given in parts; OSError if the other side is gone."""
        self._outgoing.write(_LENGTH.pack(sum(len(part) for part in parts)))
        for part in parts:
            self._outgoing.write(part)
        self._outgoing.flush()

    def receive(self, timeout_seconds: float) -> bytes | None:
        """Give the next message, or None when the other side is gone; `queue.Empty` after the time."""
        return self._inbox.get(timeout=timeout_seconds)

    def _listen(self) -> None:
        try:
            while (head := self._incoming.read(_LENGTH.size)) and len(head) == _LENGTH.size:
                [length] = _LENGTH.unpack(head)
                message = self._incoming.read(length)
                if len(message) < length:
                    break
                self._inbox.put(message)
        except (OSError, ValueError):  # closed by this side
            pass
        self._incoming.close()
        self._inbox.put(None)
        self._on_end()


def serve() -> None:
    """
    Work through the calls that come on standard input, until they end.

    The first message is the function, pickled, the time in seconds that a
    call may take, and how long to wait for the next one; it is answered by an empty one. Every other is an
    argument and the number of files in it, answered by ``(True, result)`` or ``(False, exception)`` as `pack` gives it.
    """
    _be_deaf()
    channel = Channel(_taken(0, "rb"), _taken(1, "wb"), on_end=lambda: os._exit(ORPHANED))
    _prepare()
    first = channel.receive(IDLE_SECONDS)
    if first is None:
        return
    work, limit_seconds, idle_seconds = pickle.loads(first)  # noqa: S301 - from the process that started this one
    gc.freeze()  # what was imported for it stays, and need not be gone through again and again
    channel.send(b"")
    while True:
        try:
            message = channel.receive(idle_seconds)
        except queue.Empty:
            os._exit(RETIRED)
        if message is None:
            return
        task, files = pickle.loads(message)  # noqa: S301 - as above
        # Counted by a thread that needs no lock of Python's: decoders hold that while they hang.
        with open(os.devnull, "w", encoding="ascii") as nowhere:  # noqa: PTH123 - os.devnull is no Path
            faulthandler.dump_traceback_later(limit_seconds * files * GRACE, exit=True, file=nowhere)
            answer = _call(work, task)
            faulthandler.cancel_dump_traceback_later()
        channel.send(*answer)


def _call(work: Callable[[Any], Any], task: Any) -> list[bytes | memoryview]:
    try:
        return pack((True, work(task)))
    except Exception as error:  # noqa: BLE001 - it is raised again where the result is waited for
        return pack((False, error))


def pack(value: Any) -> list[bytes | memoryview]:
    """Pickle a value, and leave its arrays where they are: a picture is some 70 MB."""
    arrays: list[pickle.PickleBuffer] = []
    head = pickle.dumps(value, pickle.HIGHEST_PROTOCOL, buffer_callback=arrays.append)
    parts: list[bytes | memoryview] = [head, *(array.raw() for array in arrays)]
    lengths = b"".join(_LENGTH.pack(len(part)) for part in parts)
    return [_LENGTH.pack(len(parts)), lengths, *parts]


def unpack(message: bytes) -> Any:
    """Read what `pack` gave; its arrays lie in the message, and cannot be written to."""
    whole = memoryview(message)
    [count] = _LENGTH.unpack_from(whole)
    at = _LENGTH.size * (count + 1)
    parts = []
    for number in range(count):
        [length] = _LENGTH.unpack_from(whole, _LENGTH.size * (number + 1))
        parts.append(whole[at : at + length])
        at += length
    return pickle.loads(parts[0], buffers=parts[1:])  # noqa: S301 - from the process that was started here


def _taken(descriptor: int, mode: str) -> BinaryIO:
    """Take one of the first descriptors for oneself; what libraries read or print there goes nowhere."""
    own = os.dup(descriptor)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
    return os.fdopen(own, mode)  # type: ignore[return-value]  # typeshed cannot know that the mode is binary


def _be_deaf() -> None:
    """Ignore what ends the whole group of processes: the one that gave the work decides when it is over."""
    for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):  # Windows has no SIGHUP
        signal.signal(number, signal.SIG_IGN)


def _prepare() -> None:
    """Make this process a good worker: one thread and silent, for decoders print warnings that can quote a header."""
    warnings.simplefilter("ignore")
    import cv2  # noqa: PLC0415 - only a worker needs it here

    cv2.setNumThreads(1)
