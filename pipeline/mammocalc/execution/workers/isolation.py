"""A call in a process of its own, that may hang, crash or eat memory there."""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Generic, Self, TypeVar, cast

import psutil

from mammocalc.execution.workers.resource_limits import Fault, Limits, Lost
from mammocalc.execution.workers.worker import IDLE_SECONDS, RETIRED, Channel, unpack
from mammocalc.vocabulary.errors import MammocalcError

if TYPE_CHECKING:
    from collections.abc import Callable

Task = TypeVar("Task")
Result = TypeVar("Result")

LOOK_SECONDS: Final = 0.05  # a process fills 0.1 GB in that time at most, which a limit on memory can be passed by
STARTS: Final = 3  # a worker that is killed while it starts says nothing of the next; three in a row do
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


class WorkersUnavailableError(MammocalcError):
    """No worker process can be started."""


def one_file(_task: object) -> int:
    """Count the files of a task that is one."""
    return 1


class Isolated(Generic[Task, Result]):
    """
    A function whose calls run in a worker process that belongs to the calling thread.

    The worker is kept from call to call, and started anew where it was lost.

    Parameters
    ----------
    work : callable
        Takes a task and gives a result; both can be pickled, and so can this object.
    limits : Limits
    memory_bytes : int
        Most resident memory of the worker.
    files_of : callable
        How many files a task has; each has the time limit.
    idle_seconds : float
        After which a worker that is asked for nothing ends.

    Notes
    -----
    Memory is what the process has resident, measured twenty times a second,
    and not a limit that the system holds (``RLIMIT_AS``): libraries reserve address space that they
    never fill, and a decoder in C++ that is refused memory ends in an abort that says nothing.
    """

    def __init__(
        self,
        work: Callable[[Task], Result],
        limits: Limits,
        memory_bytes: int,
        files_of: Callable[[Task], int] = one_file,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._first = pickle.dumps((work, limits.time_seconds, idle_seconds))
        self._time_seconds = limits.time_seconds
        self.memory_bytes = memory_bytes
        self._files_of = files_of

    def with_memory(self, memory_bytes: int) -> Isolated[Task, Result]:
        """Give the same with another limit of memory; the worker is shared."""
        other = object.__new__(Isolated)
        other.__dict__.update(self.__dict__, memory_bytes=memory_bytes)
        return other

    def __call__(self, task: Task) -> Result:
        """
        Call the function there.

        Raises
        ------
        Lost
            If the process passed a limit or ended.
        WorkersUnavailableError
            If none can be started.
        """
        while True:
            worker = _worker_of_this_thread(self._first)
            files = self._files_of(task)
            try:
                return cast("Result", worker.call(task, files, self._time_seconds * files, self.memory_bytes))
            except _RetiredError:
                continue


class _RetiredError(Exception):
    """The worker had ended by itself before the call; nothing was lost."""


class Crew(set["WorkerProcess"]):
    """The worker processes of an executor; once it is closed, each that is started late ends at once."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self.is_closed = False

    def take(self, worker: WorkerProcess) -> None:
        """Add a worker."""
        with self._lock:
            self.add(worker)
            is_late = self.is_closed
        if is_late:
            worker.end()

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            self.is_closed = True
            workers = list(self)
        for worker in workers:
            worker.end()


class _Own(threading.local):
    """What belongs to a thread."""

    worker: WorkerProcess | None = None
    crew: Crew | None = None


_OWN: Final = _Own()


def join_crew(crew: Crew) -> None:
    """Let the workers of this thread belong to a crew; the initialiser of an executor's threads."""
    _OWN.crew = crew


def _worker_of_this_thread(first: bytes) -> WorkerProcess:
    worker = _OWN.worker
    if worker is not None and (worker.first != first or not worker.is_alive()):
        worker.end()
        worker = None
    for is_last in (*[False] * (STARTS - 1), True):
        if worker is not None:
            break
        worker = WorkerProcess(first)
        _OWN.worker = worker
        if _OWN.crew is not None:
            _OWN.crew.take(worker)
        try:
            worker.wait_until_ready()
        except WorkersUnavailableError:
            if is_last or (_OWN.crew is not None and _OWN.crew.is_closed):
                raise
            worker = None
    return cast("WorkerProcess", worker)


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
                env={**os.environ, **ONE_THREAD, "PYTHONPATH": path},
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
            return _RetiredError()
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
