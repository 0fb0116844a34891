"""A pool of workers that works through a list and survives workers that die."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from mammocalc.execution.workers.resource_limits import Fault, Lost
from mammocalc.execution.workers.worker_group import WorkerGroup, join_group

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

Task = TypeVar("Task")
Result = TypeVar("Result")

TASKS_PER_WORKER: Final = 2  # one in hand and one waiting: enough to keep a worker busy, little to hold
POLL_SECONDS: Final = 0.2  # how soon a request to stop is noticed


class Workers(ThreadPoolExecutor):
    """
    An executor for `mammocalc.execution.workers.isolation.Isolated`: threads that each have a process of their own.

    Parameters
    ----------
    workers : int
        At least 1.
    """

    def __init__(self, workers: int) -> None:
        self._group = WorkerGroup()
        super().__init__(workers, thread_name_prefix="worker", initializer=join_group, initargs=(self._group,))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes: after the calls in progress, or at once if nobody waits for them."""
        if not wait:
            self._group.close()
        super().shutdown(wait, cancel_futures=cancel_futures)
        self._group.close()


class SharedExecutor(Executor):
    """
    An executor that outlives those who use it for a while.

    Leaving it waits for nothing and ends nothing; only an abrupt end goes through to the one that is shared.
    """

    def __init__(self, shared: Executor) -> None:
        self._shared = shared

    def submit(self, fn: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Hand a call on."""
        return self._shared.submit(fn, *arguments, **named)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the shared executor, but only if nobody waits for it."""
        if not wait:
            self._shared.shutdown(wait=False, cancel_futures=cancel_futures)


def run_tasks(  # noqa: PLR0913 - each is a question of its own, and all are named
    tasks: Iterable[Task],
    work: Callable[[Task], Result],
    failed_outcome: Callable[[Task, Lost], Result],
    *,
    workers: int,
    open_executor: Callable[[int], Executor] = Workers,
    capacity: Callable[[], int] | None = None,
    alone: Callable[[Task], Result] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    note_lost: Callable[[Task, Lost, bool], None] = lambda _task, _lost, _is_final: None,
) -> Generator[Result, None, None]:
    """
    Give the results of all tasks as they become ready.

    Parameters
    ----------
    tasks : iterable
        Taken one by one; at most two per worker are in hand at a time, so the
        memory needed does not grow with their number.
    work : callable
        Turns a task into a result; raises `Lost` if the process that it used is gone.
    failed_outcome : callable
        Turns a task that was lost for good into a result.
    workers : int
        At least 1.
    open_executor : callable
        Starts an executor with so many workers.
    capacity : callable or None
        Asked again and again how many tasks can be worked on at once; None for ``workers``.
    alone : callable or None
        As ``work``, with the memory of all workers; None if that is no more than it had.
    should_stop : callable
        Asked several times a second. After it said True no task is begun;
        those in hand are finished and given.
    note_lost : callable
        Told of every loss: the task, how it was lost, and whether for good.

    Yields
    ------
    Result
        One per task that was begun, in the order of completion.

    Notes
    -----
    Every worker has one task, so a worker that crashes or passes its time says which task is
    to blame. One that was killed from outside does not: when memory runs out the system kills
    whom it likes. Such a task is tried once more after all others, with no neighbour, and so is one that
    needed more than its share of the memory.
    """
    loop = _TaskLoop(work, alone, failed_outcome, note_lost)
    with open_executor(workers) as executor:
        try:
            yield from loop.work_through(iter(tasks), executor, capacity or (lambda: workers), should_stop)
            for task in loop.suspects:
                if should_stop():
                    break
                yield loop.try_alone(task, executor)
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            raise


@dataclass(slots=True)
class _TaskLoop(Generic[Task, Result]):
    """What is in hand, and what was lost on the way."""

    work: Callable[[Task], Result]
    alone: Callable[[Task], Result] | None
    failed_outcome: Callable[[Task, Lost], Result]
    note_lost: Callable[[Task, Lost, bool], None]
    pending: dict[Future[Result], Task] = field(default_factory=dict)
    suspects: list[Task] = field(default_factory=list)

    def work_through(
        self, queue: Iterator[Task], executor: Executor, capacity: Callable[[], int], should_stop: Callable[[], bool]
    ) -> Iterator[Result]:
        """Give the results of all tasks but the suspects."""
        is_open = True
        while is_open or self.pending:
            if is_open and should_stop():
                is_open = False
                self._cancel_waiting()
            while is_open and len(self.pending) < capacity() * TASKS_PER_WORKER:
                is_open = self._hand_out(queue, executor)
            done, _ = wait(self.pending, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                yield from self._collect(future)

    def try_alone(self, task: Task, executor: Executor) -> Result:
        """Give the result of a suspect, or give it up."""
        try:
            return executor.submit(self.alone or self.work, task).result()
        except Lost as lost:
            self.note_lost(task, lost, True)  # noqa: FBT003 - a callback has no names
            return self.failed_outcome(task, lost)

    def _hand_out(self, queue: Iterator[Task], executor: Executor) -> bool:
        """Begin the next task; False if there is none."""
        for task in queue:
            self.pending[executor.submit(self.work, task)] = task
            return True
        return False

    def _cancel_waiting(self) -> None:
        """Take back what no worker has begun."""
        for future in tuple(self.pending):
            if future.cancel():
                del self.pending[future]

    def _collect(self, future: Future[Result]) -> Iterator[Result]:
        """Give the result of a task that has ended, unless it is to be tried again."""
        task = self.pending.pop(future)
        try:
            yield future.result()
        except Lost as lost:
            has_more = self.alone is not None
            is_suspect = lost.fault is Fault.KILLED or (lost.fault is Fault.MEMORY and has_more)
            self.note_lost(task, lost, not is_suspect)
            if is_suspect:
                self.suspects.append(task)
            else:
                yield self.failed_outcome(task, lost)
