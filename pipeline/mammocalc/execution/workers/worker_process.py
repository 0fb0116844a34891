"""One worker process: started, called, limited and ended."""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import time
from typing import Any, BinaryIO, Final, Self, cast

import psutil

from mammocalc.execution.workers.resource_limits import Fault, Lost
from mammocalc.execution.workers.worker import RETIRED, Channel, unpack
from mammocalc.vocabulary.errors import MammocalcError

LOOK_SECONDS: Final = 0.05  # a process fills 0.1 GB in that time at most, which a limit on memory can be passed by

START_SECONDS: Final = 120.0  # imports from a slow network share take many seconds, and never this long

END_SECONDS: Final = 5.0  # a process that waits for a dead disk cannot be ended even by force; nobody waits for it

MIB: Final = 1 << 20

KILLED: Final = -9  # by SIGKILL, which no program sends to itself

PROGRAM: Final = "from mammocalc.execution.workers.worker import serve; serve()"

ONE_THREAD: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}  # workers are the parallelism; threads in each would only wait for one another

KEPT_MEMORY: Final = {
    "MALLOC_MMAP_THRESHOLD_": str(64 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(512 << 20),
}
"""For the C library of Linux: a worker keeps what it freed for the next image, in place of asking the system for some
10,000 pages anew. That took a twelfth of an image's time; at its peak a worker has as much as before."""


class WorkersUnavailableError(MammocalcError):
    """No worker process can be started."""


class WorkerRetiredError(Exception):
    """The worker had ended by itself before the call; nothing was lost."""


class WorkerProcess:
    """
    One worker process, as the one who gives it work sees it.

    Parameters
    ----------
    first : bytes
        The first message to it; see `mammocalc.execution.workers.worker.serve`.
    """

    def __init__(self, first: bytes) -> None:
        self.first = first
        _occupy_standard_streams()
        # The search path of this process, whatever made it; -P keeps the current folder out of it.
        path = os.pathsep.join(entry for entry in sys.path if entry)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this very Python
                [sys.executable, "-P", "-c", PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**KEPT_MEMORY, **os.environ, **ONE_THREAD, "PYTHONPATH": path},
                start_new_session=True,  # Ctrl-C on a terminal is for the main process
            )
        except OSError as error:
            message = f"no worker process can be started ({error.strerror or type(error).__name__})"
            raise WorkersUnavailableError(message) from None
        _widen(cast("BinaryIO", self._process.stdout))
        self._channel = Channel(cast("BinaryIO", self._process.stdout), cast("BinaryIO", self._process.stdin))
        self._memory = psutil.Process(self._process.pid)
        self.peak_bytes = 0

    def __enter__(self) -> Self:
        """Nothing more is needed."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.end()

    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def wait_until_ready(self) -> None:
        """Wait for its imports; WorkersUnavailableError if they fail."""
        seen = "did not answer"
        try:
            with contextlib.suppress(OSError, ValueError):  # its end of the pipe is closed
                self._channel.send(self.first)
                if self._channel.receive(START_SECONDS) is not None:
                    return
            # Its pipes close a moment before its exit code is there.
            seen = f"ended with {_ending(self._process.wait(END_SECONDS))}"
        except (queue.Empty, subprocess.TimeoutExpired):
            pass
        self.end()
        message = f"no worker process can be started (it {seen}). Check that memory is free and packages are whole."
        raise WorkersUnavailableError(message)

    def call(self, task: object, files: int, seconds: float, memory_bytes: int) -> Any:
        """Have one task done; raises what it raised, or `Lost`."""
        started = time.monotonic()
        with contextlib.suppress(OSError, ValueError):  # its end shows as the end of its answers
            self._channel.send(pickle.dumps((task, files)))
        while True:
            try:
                answer = self._channel.receive(LOOK_SECONDS)
            except queue.Empty:
                self._hold_to(started, seconds, memory_bytes)
                continue
            if answer is None:
                raise self._describe_end(started)
            is_result, value = unpack(answer)
            if is_result:
                return value
            raise value

    def end(self) -> None:
        """End the process at once."""
        self._process.kill()
        with contextlib.suppress(OSError):
            cast("BinaryIO", self._process.stdin).close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_SECONDS)

    def _hold_to(self, started: float, seconds: float, memory_bytes: int) -> None:
        """End the process if it passed a limit."""
        passed = time.monotonic() - started
        used = 0
        with contextlib.suppress(psutil.Error):  # it has just ended
            used = self._memory.memory_info().rss
        self.peak_bytes = max(self.peak_bytes, used)
        if used > memory_bytes:
            self.end()
            raise Lost(Fault.MEMORY, f"{memory_bytes // MIB} MiB", passed)
        if passed > seconds:
            self.end()
            raise Lost(Fault.TIME, f"{seconds:g} s", passed)

    def _describe_end(self, started: float) -> Exception:
        """Say how a process ended that was not ended here."""
        passed = time.monotonic() - started
        try:
            code = self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:  # it has closed its end of the pipe, and still runs
            self.end()
            return Lost(Fault.CRASH, "a closed pipe", passed)
        self.end()
        if code == RETIRED:
            return WorkerRetiredError()
        return Lost(Fault.KILLED if code == KILLED else Fault.CRASH, _ending(code), passed)


def _widen(pipe: BinaryIO) -> None:
    """Let a pipe hold a megabyte, where a system can: each filling of it waits for its reader to be woken."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl  # noqa: PLC0415 - not on every system

        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, MIB)


def _ending(code: int) -> str:
    """Name a signal or an exit code."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _occupy_standard_streams() -> None:
    """Open those of the first three descriptors that are closed, as under some services: no pipe must become one."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
