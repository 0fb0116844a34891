"""A whole run: discover, plan, analyse, collect."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from mammocalc.analysis.classifiers import check_classifiers
from mammocalc.dicom.discover import discover
from mammocalc.execution.backends.backend import DaskBackend, InProcessBackend, LocalBackend
from mammocalc.execution.backends.dask_cluster import DaskCluster
from mammocalc.execution.output_claim import local_output
from mammocalc.execution.outputs import written
from mammocalc.execution.own_files import is_own, own_files, own_places
from mammocalc.execution.plan import plan_run
from mammocalc.execution.resume import check_resumable, read_record
from mammocalc.execution.run import ASKED, Run
from mammocalc.execution.run_folder import out_of_room, require_space
from mammocalc.execution.run_manifest import FINISHED, STOPPED, identify
from mammocalc.execution.run_options import Progress, RunRequest, RunSummary
from mammocalc.execution.workers.pool import Workers
from mammocalc.execution.workers.worker_process import WorkersUnavailableError
from mammocalc.results.file_rows import read_rows
from mammocalc.results.layout import ROWS
from mammocalc.vocabulary.errors import OutputLostError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from mammocalc.dicom.discover import Discovery
    from mammocalc.execution.backends.backend import Backend
    from mammocalc.execution.plan import Plan


def run(
    request: RunRequest,
    on_progress: Callable[[Progress], None] = lambda _progress: None,
    should_stop: Callable[[], bool] = lambda: False,
    open_executor: Callable[[int], Executor] | None = None,
) -> RunSummary:
    """
    Analyse every mammogram of the inputs and write the files of a run.

    A folder that holds a run of the same configuration and version is gone on with, whether it was interrupted or its
    input has grown since: what was analysed is not analysed again, and what is gone or changed is named.

    Parameters
    ----------
    request : RunRequest
    on_progress : callable
        Told of every step, in this thread.
    should_stop : callable
        Asked several times a second; after True the files in hand are
        finished and what there is is written.
    open_executor : callable
        Starts an executor with so many workers, in which images are analysed without limits; None for
        processes of this machine, with them.

    Raises
    ------
    UsageError
        If the inputs hold nothing to look at, or the folder another run. Nothing was done.
    ConfigurationError
        If the classifier that the configuration names cannot be used. Nothing was done.
    KeyboardInterrupt
        If it was asked to stop while headers were read. Nothing was done.
    OutputError
        If the folder cannot take the results, before any file was analysed. What goes wrong
        with it later ends the run and stands in the summary.
    """
    check_classifiers(request.resolved.config)
    require_apart(request)
    with local_output(request) as (request, claims), open_backend(request, open_executor) as backend:  # noqa: PLR1704 - as it is meant
        plan, passed_over = _plan(request, on_progress, should_stop)
        identity = identify(request.resolved, plan.input_digest)
        if plan.images:
            require_shared_filesystem(backend, request, plan.images[0].files[0].path)
        check_resumable(request.out, identity, request.resolved, force=request.force)
        wants_all = request.resolved.config.outputs.overlays == "all"
        require_space(request.out, 0 if request.address else len(plan.images), with_overlays=wants_all)
        this_run = Run(request, claims, identity, on_progress, should_stop, backend)
        summary = finalise(this_run, lambda: (this_run.advance(plan, {}), passed_over))
        return replace(summary, notes=notes_on(request))


@contextlib.contextmanager
def open_backend(request: RunRequest, open_executor: Callable[[int], Executor] | None = None) -> Iterator[Backend]:
    """Open the backend that a request names: one cluster or set of workers for as long as this lasts."""
    if open_executor is not None:
        yield InProcessBackend(request.workers, open_executor)
    elif request.scheduler is not None:
        with DaskCluster(request.scheduler) as cluster:
            yield DaskBackend(cluster, request.limits)
    else:
        with Workers(request.workers) as workers:
            yield LocalBackend(request.workers, request.limits, workers)


def require_shared_filesystem(backend: Backend, request: RunRequest, path: Path) -> None:
    """Raise UsageError if workers on other machines do not see the input and the output of a run."""
    if isinstance(backend, DaskBackend):
        backend.cluster.require_shared_file(path)
        if request.address is None:
            backend.cluster.require_shared_file(request.out)


def finalise(this_run: Run, work: Callable[[], tuple[str | None, int]]) -> RunSummary:
    """
    Do the work of a run, and write what there is then, however far that came.

    Parameters
    ----------
    this_run : Run
    work : callable
        Gives None or why it stopped, and how many files were passed over.
    """
    passed_over = 0
    try:
        this_run.begin()
        why, passed_over = work()
        lost = this_run.drop_lost()
        why = lost if lost is not None and why in {None, ASKED} else why
        totals = this_run.collect(why, passed_over)
        return this_run.end(FINISHED if why is None else STOPPED, totals, why)
    except (WorkersUnavailableError, OutputLostError, OSError) as error:
        why = out_of_room(error) if isinstance(error, OSError) else str(error)
        return this_run.end_early(why, passed_over)


def _plan(
    request: RunRequest, on_progress: Callable[[Progress], None], should_stop: Callable[[], bool]
) -> tuple[Plan, int]:
    """Find the input and look at every header."""

    def on_header(done: int, total: int) -> None:
        on_progress(Progress("headers", done, total))
        if should_stop():  # nothing is in hand yet
            raise KeyboardInterrupt

    discovery = without_own(discover(request.inputs), request.inputs, request.out)
    if not discovery.files and not discovery.problems:
        seen = f"; {discovery.passed_over} files were passed over" if discovery.passed_over else ""
        if discovery.archives:
            seen += f", {len(discovery.archives)} of them archives: unpack them, and name the folder"
        message = f"the input holds no DICOM files{seen}"
        raise UsageError(message)
    earlier = () if request.force else [row.path for row in read_rows(request.out / ROWS)]
    return plan_run(discovery, request.resolved.config, on_header, earlier), discovery.passed_over


def require_apart(request: RunRequest) -> None:
    """
    Raise UsageError where a run would read what it writes, or write among the files of another.

    That is an input where it puts its own files, or an output folder where another run has put its own: whatever reads
    that other run would take these results for its own.
    """
    if request.address is not None:
        return
    out = request.out.resolve()
    for folder in out.parents:
        if out.relative_to(folder).parts[0] in written.folders() and read_record(folder) is not None:
            message = f"{request.out} lies among the files of another run, in {folder}. Choose another --out."
            raise UsageError(message)
    for given in request.inputs:
        if any(given.resolve().is_relative_to((request.out / name).resolve()) for name in own_places()):
            message = f"INPUT {given} lies where the run puts its own files, in {request.out}. Choose another --out."
            raise UsageError(message)


def notes_on(request: RunRequest) -> tuple[str, ...]:
    """Say of an output folder within the input that its files were not taken for input."""
    inside = [given for given in request.inputs if request.out.resolve().is_relative_to(given.resolve())]
    if request.address is not None or not inside:
        return ()
    return (f"--out {request.out} lies in INPUT {inside[0]}: only the files of this run were not taken as input",)


def without_own(discovery: Discovery, inputs: Sequence[Path], out: Path) -> Discovery:
    """Leave out what an earlier run left in a folder that lies inside of the input."""
    files = tuple(file for file in discovery.files if not is_own(out, file.path))
    passed_over = discovery.passed_over
    if any(out.resolve().is_relative_to(given.resolve()) for given in inputs):
        passed_over -= sum(1 for _ in own_files(out))
    return replace(discovery, files=files, passed_over=passed_over)
