"""Work through a list with worker processes, and outlive those that die."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import warnings
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from typing import TYPE_CHECKING, Final, TypeVar

import cv2

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

Task = TypeVar("Task")
Result = TypeVar("Result")

TASKS_PER_WORKER: Final = 2  # one in hand and one waiting: enough to keep a worker busy, little to hold
BYTES_PER_WORKER: Final = 1 << 30  # what the largest mammograms need at their peak
POLL_SECONDS: Final = 0.2  # how soon a request to stop is noticed


def default_workers() -> int:
    """One worker per processor that this process may use, but no more than the memory has room for; at least one."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if "SC_PHYS_PAGES" in getattr(os, "sysconf_names", {}):
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        processors = min(processors, memory // BYTES_PER_WORKER)
    return max(processors, 1)


def open_workers(workers: int) -> Executor:
    """Start worker processes by ``spawn``, so that they inherit nothing from this one and behave alike everywhere."""
    _occupy_standard_streams()
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare_worker)


def _occupy_standard_streams() -> None:
    """Open those of the first three descriptors that are closed, as under some services: no pipe must become one."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)


def _prepare_worker() -> None:
    """
    Make a process a good worker: one thread, silent, and deaf to Ctrl-C.

    Decoders and pydicom write warnings that can quote a header, so what a
    worker prints goes nowhere; what matters comes back as a row. Ctrl-C
    reaches every process of a terminal; the main process decides.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    cv2.setNumThreads(1)
    warnings.simplefilter("ignore")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _end_with_parent() -> None:
    """End this worker when the main process is gone, even by a signal that it could not hear: nobody else would."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def run_tasks(
    tasks: Iterable[Task],
    work: Callable[[Task], Result],
    give_up: Callable[[Task], Result],
    *,
    workers: int,
    open_executor: Callable[[int], Executor] = open_workers,
    should_stop: Callable[[], bool] = lambda: False,
) -> Generator[Result, None, None]:
    """
    Give the results of all tasks as they become ready.

    Parameters
    ----------
    tasks : iterable
        Taken one by one; at most two per worker are in hand at a time, so the
        memory needed does not grow with their number.
    work : callable
        Turns a task into a result, in a worker; must be picklable and must not raise.
    give_up : callable
        Turns a task that ended its worker into a result, here.
    workers : int
        At least 1.
    open_executor : callable
        Starts an executor with so many workers.
    should_stop : callable
        Asked several times a second. After it said True no task is begun;
        those in hand are finished and given.

    Yields
    ------
    Result
        One per task that was begun, in the order of completion.

    Notes
    -----
    When a worker dies, all tasks in hand are lost with it, and nobody can say
    which one was to blame. They are run again one at a time: the guilty one
    ends its worker again and is given up, the others get their results.
    """
    queue = iter(tasks)
    finished = False
    foreign = set(multiprocessing.active_children())
    while not finished:
        pending: dict[Future[Result], Task] = {}
        suspects: list[Task] = []
        with open_executor(workers) as executor:
            try:
                while not suspects:
                    finished = _fill(executor, queue, pending, work, suspects, workers * TASKS_PER_WORKER, should_stop)
                    if not pending:
                        break
                    done, _ = wait(pending, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
                    yield from _collect(done, pending, suspects)
                wait(pending)  # after a breakdown: all of them end at once
                yield from _collect(set(pending), pending, suspects)
            except (KeyboardInterrupt, GeneratorExit):
                executor.shutdown(wait=False, cancel_futures=True)
                _end_children(foreign)
                raise
        yield from _one_by_one(suspects, work, give_up, open_executor)


def _fill(
    executor: Executor,
    queue: Iterator[Task],
    pending: dict[Future[Result], Task],
    work: Callable[[Task], Result],
    suspects: list[Task],
    limit: int,
    should_stop: Callable[[], bool],
) -> bool:
    """Hand out tasks up to the limit; True once there will be no more."""
    while len(pending) < limit:
        if should_stop():
            return True
        try:
            task = next(queue)
        except StopIteration:
            return True
        try:
            pending[executor.submit(work, task)] = task
        except BrokenExecutor:
            suspects.append(task)
            return False
    return False


def _collect(done: set[Future[Result]], pending: dict[Future[Result], Task], suspects: list[Task]) -> Iterator[Result]:
    for future in done:
        task = pending.pop(future)
        try:
            result = future.result()
        except BrokenExecutor:
            suspects.append(task)
        else:
            yield result


def _one_by_one(
    tasks: list[Task],
    work: Callable[[Task], Result],
    give_up: Callable[[Task], Result],
    open_executor: Callable[[int], Executor],
) -> Iterator[Result]:
    """Run suspects alone, so that whoever ends a worker now is the one to blame."""
    waiting = list(reversed(tasks))
    while waiting:
        with open_executor(1) as executor:
            is_broken = False
            while waiting and not is_broken:
                task = waiting.pop()
                try:
                    yield executor.submit(work, task).result()
                except BrokenExecutor:
                    is_broken = True
                    yield give_up(task)


def _end_children(foreign: set[multiprocessing.process.BaseProcess]) -> None:
    """End the worker processes that were started here: nobody waits for their results any more."""
    for child in set(multiprocessing.active_children()) - foreign:
        child.terminate()
