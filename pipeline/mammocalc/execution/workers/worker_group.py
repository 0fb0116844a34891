"""Worker processes of one executor, and the one of this thread."""

from __future__ import annotations

import threading
from typing import Final, cast

from mammocalc.execution.workers.worker_process import WorkerProcess, WorkersUnavailableError

STARTS: Final = 3  # a worker that is killed while it starts says nothing of the next; three in a row do


class WorkerGroup(set["WorkerProcess"]):
    """The worker processes of one executor. Workers that start after `close` are terminated at once."""

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
    group: WorkerGroup | None = None


_OWN: Final = _Own()


def join_group(group: WorkerGroup) -> None:
    """Add the workers of this thread to a group; the initialiser of an executor's threads."""
    _OWN.group = group


def worker_of_this_thread(first: bytes) -> WorkerProcess:
    """Return the worker of this thread; a new one if it was lost or has other work."""
    worker = _OWN.worker
    if worker is not None and (worker.first != first or not worker.is_alive()):
        worker.end()
        worker = None
    for is_last in (*[False] * (STARTS - 1), True):
        if worker is not None:
            break
        worker = WorkerProcess(first)
        _OWN.worker = worker
        if _OWN.group is not None:
            _OWN.group.take(worker)
        try:
            worker.wait_until_ready()
        except WorkersUnavailableError:
            if is_last or (_OWN.group is not None and _OWN.group.is_closed):
                raise
            worker = None
    return cast("WorkerProcess", worker)
