"""Calls in a process of their own, which may hang, crash or exhaust memory."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from mammocalc.execution.workers.worker import IDLE_SECONDS
from mammocalc.execution.workers.worker_group import worker_of_this_thread
from mammocalc.execution.workers.worker_process import WorkerRetiredError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mammocalc.execution.workers.resource_limits import Limits

Task = TypeVar("Task")

Result = TypeVar("Result")


def one_file(_task: object) -> int:
    """Count the files of a task that has just one."""
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
            worker = worker_of_this_thread(self._first)
            files = self._files_of(task)
            try:
                return cast("Result", worker.call(task, files, self._time_seconds * files, self.memory_bytes))
            except WorkerRetiredError:
                continue
