"""A whole run: discover, plan, judge, collect."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.analyse import classifier_of, distribution_classifier_of
from pipeline.discover import discover
from pipeline.engine.cluster import Cluster
from pipeline.engine.isolation import WorkersUnavailableError
from pipeline.engine.plan import plan_run
from pipeline.engine.pool import Workers
from pipeline.engine.record import FINISHED, STOPPED, identify
from pipeline.engine.remote import RemoteFolder
from pipeline.engine.request import Progress, RunRequest, RunSummary
from pipeline.engine.resume import take_over
from pipeline.engine.session import ASKED, Session, out_of_room
from pipeline.engine.staff import ClusterStaff, LocalStaff, OwnStaff
from pipeline.engine.store import is_own, levels_for, own_files, probe, require_space
from pipeline.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

    from pipeline.config import Config
    from pipeline.discover import Discovery
    from pipeline.engine.plan import Plan
    from pipeline.engine.staff import Staff


def run(
    request: RunRequest,
    on_progress: Callable[[Progress], None] = lambda _progress: None,
    should_stop: Callable[[], bool] = lambda: False,
    open_executor: Callable[[int], Executor] | None = None,
) -> RunSummary:
    """
    Judge every mammogram of the inputs and leave the files of a run.

    A folder that holds an interrupted run of the same input, configuration
    and version is continued: what was judged is not judged again.

    Parameters
    ----------
    request : RunRequest
    on_progress : callable
        Told of every step, in this thread.
    should_stop : callable
        Asked several times a second; after True the files in hand are
        finished and what there is is written.
    open_executor : callable
        Starts an executor with so many workers, in which images are judged without limits; None for
        processes of this machine, with them.

    Returns
    -------
    RunSummary

    Raises
    ------
    CallError
        If the inputs hold nothing to look at, or the folder another run. Nothing was done.
    ConfigurationError
        If the classifier that the configuration names cannot be used. Nothing was done.
    KeyboardInterrupt
        If it was asked to stop while headers were read. Nothing was done.
    OutputError
        If the folder cannot take the results, before any file was judged. What goes wrong
        with it later ends the run and stands in the summary.
    """
    check_classifiers(request.resolved.config)
    with at_its_place(request) as request, staff_of(request, open_executor) as staff:  # noqa: PLR1704 - as it is meant
        is_new = probe(request.out)
        try:
            plan, passed_over = _plan(request, on_progress, should_stop)
            identity = identify(request.resolved, plan.input_digest)
            if plan.images:
                require_sight(staff, request, plan.images[0].files[0].path)
            take_over(request.out, identity, request.resolved, force=request.force)
            wants_all = request.resolved.config.outputs.overlays == "all"
            require_space(request.out, 0 if request.address else len(plan.images), with_overlays=wants_all)
        except BaseException:
            if is_new:
                with contextlib.suppress(OSError):
                    request.out.rmdir()
            raise
        levels = levels_for(len(plan.images))
        session = Session(request, identity, levels, on_progress, should_stop, staff)
        return close_down(session, lambda: (_judge_all(session, plan, on_progress), passed_over))


@contextlib.contextmanager
def at_its_place(request: RunRequest) -> Iterator[RunRequest]:
    """
    Give a request whose ``out`` is a folder of this machine that knows what an earlier run has left.

    That is the folder itself, or, for a run that lies at an address, one for
    as long as this lasts. Paths are whole where other machines use them.
    """
    if request.scheduler is not None:
        inputs = tuple(path.absolute() for path in request.inputs)
        request = replace(request, inputs=inputs, out=request.out.absolute())
    if request.address is None:
        yield request
        return
    remote = RemoteFolder(request.address)
    remote.probe()
    with tempfile.TemporaryDirectory(prefix="mammocalc") as name:
        if not request.force:
            remote.fetch(Path(name))
        yield replace(request, out=Path(name))


@contextlib.contextmanager
def staff_of(request: RunRequest, open_executor: Callable[[int], Executor] | None) -> Iterator[Staff]:
    """Give those who judge for a request: one cluster or set of workers for as long as this lasts."""
    if open_executor is not None:
        yield OwnStaff(request.workers, open_executor)
    elif request.scheduler is not None:
        with Cluster(request.scheduler) as cluster:
            yield ClusterStaff(cluster, request.limits)
    else:
        with Workers(request.workers) as workers:
            yield LocalStaff(request.workers, request.limits, workers)


def require_sight(staff: Staff, request: RunRequest, path: Path) -> None:
    """Raise CallError if workers on other machines do not see the input and the output of a run."""
    if isinstance(staff, ClusterStaff):
        staff.cluster.require_sight_of(path)
        if request.address is None:
            staff.cluster.require_sight_of(request.out)


def check_classifiers(config: Config) -> None:
    """Raise ConfigurationError if a classifier that a configuration names cannot be used: before any work."""
    classifier_of(config)
    distribution_classifier_of(config)


def close_down(session: Session, work: Callable[[], tuple[str | None, int]]) -> RunSummary:
    """
    Do the work of a run, and write what there is then, however far that came.

    Parameters
    ----------
    session : Session
    work : callable
        Gives None or why it stopped, and how many files were passed over.

    Returns
    -------
    RunSummary
    """
    passed_over = 0
    try:
        session.begin()
        why, passed_over = work()
        totals = session.collect(why, passed_over)
        return session.end(FINISHED if why is None else STOPPED, totals, why)
    except (WorkersUnavailableError, OSError) as error:
        why = out_of_room(error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)
        return session.end(STOPPED, session.count_alone(passed_over), why)


def _judge_all(session: Session, plan: Plan, on_progress: Callable[[Progress], None]) -> str | None:
    """Judge what is left of a plan; None, or why that is not all."""
    settled = session.take_up(plan.images, plan.rows)
    for number, row in enumerate(session.rows.all(), start=1):
        on_progress(Progress("files", number, plan.total, row, is_new=False))
    why = session.judge((image for image in plan.images if image.files[0].public_path not in settled), plan.total)
    return ASKED if why is None and len(session.rows) < plan.total else why


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
        message = f"the input holds no DICOM files{seen}"
        raise CallError(message)
    return plan_run(discovery, request.resolved.config, on_header), discovery.passed_over


def without_own(discovery: Discovery, inputs: Sequence[Path], out: Path) -> Discovery:
    """Leave out what an earlier run left in a folder that lies inside of the input."""
    files = tuple(file for file in discovery.files if not is_own(out, file.path))
    passed_over = discovery.passed_over
    if any(out.resolve().is_relative_to(given.resolve()) for given in inputs):
        passed_over -= sum(1 for _ in own_files(out))
    return replace(discovery, files=files, passed_over=passed_over)
