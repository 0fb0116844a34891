"""Backends of a run: processes of this machine, a cluster, or this process itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from mammocalc.execution.backends.dask_cluster import DaskCluster, OnDask
from mammocalc.execution.process import files_of
from mammocalc.execution.workers.isolation import Isolated
from mammocalc.execution.workers.pool import SharedExecutor, Workers
from mammocalc.execution.workers.resources import free_memory_bytes
from mammocalc.execution.workers.worker_process import MIB

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from mammocalc.execution.plan import PlannedImage
    from mammocalc.execution.work_order import ImageOutcome
    from mammocalc.execution.workers.resource_limits import Limits

    Work = Callable[[PlannedImage], ImageOutcome]


class Backend(Protocol):
    """What runs the tasks of a run."""

    workers: int

    def open(self, workers: int) -> Executor:
        """Give an executor for the calls."""

    def capacity(self) -> int:
        """Count how many images can be analysed at once, now."""

    def as_call(self, work: Work) -> Work:
        """Turn work into a call for the executor."""

    def with_full_memory(self, work: Work) -> Work | None:
        """Make work a call that may take the memory of all; None if it may do so anyway."""

    def describe(self) -> dict[str, Any]:
        """Describe the backend for the record: workers and the limits of each."""


class LocalBackend:
    """
    Processes of this machine.

    Parameters
    ----------
    workers : int
    limits : Limits
    executor : Executor
        Has so many threads with a process each, and outlives this.
    """

    def __init__(self, workers: int, limits: Limits, executor: Workers) -> None:
        self.workers, self._limits, self._executor = workers, limits, executor
        given = limits.memory_mib
        self._memory_bytes = free_memory_bytes() // workers if given is None else given * MIB

    def open(self, workers: int) -> Executor:  # noqa: ARG002 - it has them already
        """Give the executor."""
        return SharedExecutor(self._executor)

    def capacity(self) -> int:
        """Count the workers."""
        return self.workers

    def as_call(self, work: Work) -> Work:
        """Isolate it."""
        return Isolated(work, self._limits, self._memory_bytes, files_of)

    def with_full_memory(self, work: Work) -> Work | None:
        """Isolate it with the memory of all workers."""
        if self.workers == 1:
            return None
        return Isolated(work, self._limits, self.workers * self._memory_bytes, files_of)

    def describe(self) -> dict[str, Any]:
        """Give the number of workers and the limits of each."""
        return {"workers": self.workers, "limits": _limits(self._limits, self._memory_bytes // MIB)}


class DaskBackend:
    """The workers of a Dask cluster, with a process beside each of their threads."""

    def __init__(self, cluster: DaskCluster, limits: Limits) -> None:
        self.cluster, self._limits = cluster, limits
        self.workers = cluster.capacity()

    def open(self, workers: int) -> Executor:  # noqa: ARG002 - a cluster has as many as it has
        """Give the cluster, which outlives the run."""
        return SharedExecutor(self.cluster)

    def capacity(self) -> int:
        """Count the threads of all workers."""
        return self.cluster.capacity()

    def as_call(self, work: Work) -> Work:
        """Isolate it on the worker."""
        given = self._limits.memory_mib
        isolated = Isolated(work, self._limits, (given or 0) * MIB, files_of)
        return OnDask(isolated, is_memory_given=given is not None)

    def with_full_memory(self, work: Work) -> Work | None:  # noqa: ARG002 - nobody is alone on a cluster
        """Give None."""
        return None

    def describe(self) -> dict[str, Any]:
        """Give the number of threads and the limits; no address, which would name a machine."""
        return {
            "workers": self.capacity(),
            "scheduler": "dask",
            "limits": _limits(self._limits, self._limits.memory_mib),
        }


class InProcessBackend:
    """
    The process that asks, without isolation: for images that are trusted, and for tests.

    Parameters
    ----------
    workers : int
    open_executor : callable
        Starts an executor with so many workers.
    """

    def __init__(self, workers: int, open_executor: Callable[[int], Executor]) -> None:
        self.workers, self._open = workers, open_executor

    def open(self, workers: int) -> Executor:
        """Start the executor."""
        return self._open(workers)

    def capacity(self) -> int:
        """Count the workers."""
        return self.workers

    def as_call(self, work: Work) -> Work:
        """Leave it as it is."""
        return work

    def with_full_memory(self, work: Work) -> Work | None:  # noqa: ARG002 - as it is
        """Give None: it has all memory anyway."""
        return None

    def describe(self) -> dict[str, Any]:
        """Give the number of workers."""
        return {"workers": self.workers, "limits": None}


def _limits(limits: Limits, memory_mib: int | None) -> dict[str, float | int | None]:
    return {"time_seconds": limits.time_seconds, "memory_mib": memory_mib}
