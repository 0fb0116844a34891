"""Backend on an existing Dask cluster."""

from __future__ import annotations

import contextlib
import logging
import re
import time
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any, Final, Generic, Self, TypeVar

from mammocalc import __version__
from mammocalc.execution.workers.resource_limits import Fault, Lost
from mammocalc.execution.workers.resources import free_memory_bytes
from mammocalc.execution.workers.worker_process import WorkersUnavailableError
from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.loopback import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mammocalc.execution.workers.isolation import Isolated

Task = TypeVar("Task")
Result = TypeVar("Result")

NOISY: Final = ("distributed", "distributed.client", "tornado", "tornado.application", "asyncio")
ENCRYPTED: Final = "tls"
CONNECT_SECONDS: Final = "20s"
WORKERS_SECONDS: Final = 60  # batch systems start workers one after another; the first is enough to begin
RECOUNT_SECONDS: Final = 5.0  # workers come and go


def what_is_exposed(address: str) -> str | None:
    """
    Describe what a connection to a scheduler exposes, in a sentence; None if it is encrypted or local.

    Examples
    --------
    >>> what_is_exposed("tls://host:8786"), what_is_exposed("tcp://127.0.0.1:8786")
    (None, None)
    """
    scheme, separator, place = address.rpartition("://")
    if separator and scheme == ENCRYPTED:
        return None
    host = place.rpartition(":")[0].strip("[]") or place
    if is_loopback(host):
        return None
    return (
        "the scheduler is not reached over tls://: who listens on the network can read the paths of files, which may "
        "name patients, and whoever reaches the scheduler can run programs on its workers (docs/scale.md)"
    )


class OnDask(Generic[Task, Result]):
    """
    An isolated call, as a worker of the cluster makes it.

    It runs in a process beside the worker's own, so that the cluster's worker
    outlives what a decoder does. Its memory is the worker's own limit, divided among its threads, if nothing else was
    asked for.

    Parameters
    ----------
    isolated : Isolated
    is_memory_given : bool
        Whether its limit of memory was asked for.
    """

    def __init__(self, isolated: Isolated[Task, Result], *, is_memory_given: bool) -> None:
        self._isolated = isolated
        self._is_memory_given = is_memory_given
        self._version = __version__

    def __call__(self, task: Task) -> Result:
        """Make the call; WorkersUnavailableError where another version is installed."""
        if self._version != __version__:
            message = f"a worker of the cluster has version {__version__}, this is {self._version}: install the same"
            raise WorkersUnavailableError(message)
        if self._is_memory_given:
            return self._isolated(task)
        return self._isolated.with_memory(_share_of_worker())(task)


def _share_of_worker() -> int:
    from distributed import get_worker  # noqa: PLC0415 - an extra

    worker = get_worker()
    limit = worker.memory_manager.memory_limit or free_memory_bytes()
    return int(limit) // max(worker.state.nthreads, 1)


class DaskCluster(Executor):
    """
    The workers that a Dask scheduler has.

    A context manager, and an executor for `OnDask`.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://host:8786``.

    Raises
    ------
    UsageError
        If the extra is not installed, nobody answers there, or no worker comes within a minute.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client  # noqa: PLC0415 - an extra
        except ImportError:
            message = "--scheduler needs Dask: pip install 'mammocalc[dask]'"
            raise UsageError(message) from None
        if not re.fullmatch(r"(\w+://)?[^/]+:\d+/?", address):
            message = f"--scheduler {address} is no address: write tcp://HOST:PORT, such as tcp://host:8786"
            raise UsageError(message)
        _require_certificates(address)
        for name in NOISY:  # what went wrong is said once, in words of the run
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        try:
            self._client: Any = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            message = f"no Dask scheduler answers at {address} ({type(error).__name__})"
            raise UsageError(message) from None
        self._threads, self._counted = 0, float("-inf")
        try:
            self._client.wait_for_workers(1, timeout=WORKERS_SECONDS)
        except TimeoutError:
            self._client.close()
            message = f"the Dask scheduler at {address} has no workers; start some with `dask worker {address}`"
            raise UsageError(message) from None

    def __enter__(self) -> Self:
        """Nothing more is needed."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the cluster as it was."""
        self._client.close()

    def capacity(self) -> int:
        """Count the threads of all workers, anew every few seconds; at least 1."""
        now = time.monotonic()
        if now - self._counted >= RECOUNT_SECONDS:
            with contextlib.suppress(Exception):  # the last count will do
                self._threads = sum(self._client.nthreads().values())
            self._counted = now
        return max(self._threads, 1)

    def require_shared_file(self, path: Path) -> None:
        """
        Make sure that a worker sees a file or folder.

        Raises
        ------
        UsageError
            If it does not.
        """
        sees = self._client.submit(_is_there, path, pure=False, key=None).result()
        if not sees:
            what = "output folder" if path.is_dir() else "input"
            message = (
                f"the workers of the cluster do not see the {what}. Put it into a folder that all machines share, "
                "under one path; an output can be an address such as s3://bucket/run as well."
            )
            raise UsageError(message)

    def submit(self, fn: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Hand a call to the scheduler."""
        # The function travels with every call: what is scattered is gone for good with the workers that hold it. No key
        # of one's own: those that Dask makes name nobody, and stand on its dashboard.
        remote = self._client.submit(_apply, fn, *arguments, **named, pure=False)
        local: Future[Any] = Future()
        local.set_running_or_notify_cancel()
        remote.add_done_callback(lambda _done: _pass_on(remote, local))
        return local

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stop taking calls; return at once unless calls in progress are awaited."""
        if not wait and cancel_futures:
            self._client.close()


def _require_certificates(address: str) -> None:
    """Raise UsageError where an encrypted connection is asked for and Dask knows no certificates for it."""
    from distributed.security import Security  # noqa: PLC0415 - an extra

    if not address.startswith(f"{ENCRYPTED}://"):
        return
    try:
        is_told = Security().get_connection_args("client")["ssl_context"] is not None
    except (OSError, ValueError):  # a file that is not there, or is no certificate
        is_told = False
    if not is_told:
        message = (
            f"{address} needs certificates, which Dask reads from its own configuration "
            "(DASK_DISTRIBUTED__COMM__TLS__CA_FILE, ..__CLIENT__CERT and ..__CLIENT__KEY, see docs/scale.md), and does "
            "not find there"
        )
        raise UsageError(message)


def _apply(call: Callable[..., Result], *arguments: Any) -> Result:
    return call(*arguments)


def _is_there(path: Path) -> bool:
    return path.exists()


def _pass_on(remote: Any, local: Future[Any]) -> None:
    """Hand over what became of a call, in the words of the engine."""
    status = remote.status
    if status == "finished":
        try:
            local.set_result(remote.result())
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is waited for
            local.set_exception(_translated(error))
    elif status == "error":
        local.set_exception(_translated(remote.exception()))
    else:
        local.set_exception(WorkersUnavailableError("the connection to the Dask scheduler was lost"))


def _translated(error: BaseException) -> BaseException:
    if type(error).__name__ == "KilledWorker":  # several workers in a row died of it
        return Lost(Fault.CRASH, "with several workers of the cluster", 0.0)
    return error
