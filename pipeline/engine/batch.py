"""A whole run: discover, plan, judge, collect."""

from __future__ import annotations

import contextlib
import csv
import json
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Literal

from pipeline import __version__
from pipeline.analyse import classifier_of, distribution_classifier_of
from pipeline.config import digest
from pipeline.discover import discover
from pipeline.engine.isolation import MIB, Isolated, WorkersUnavailableError
from pipeline.engine.limits import Limits
from pipeline.engine.machine import free_memory_bytes
from pipeline.engine.plan import plan_run
from pipeline.engine.pool import Workers, run_tasks
from pipeline.engine.process import WorkOrder, files_of, give_up, process_image
from pipeline.engine.record import (
    FINISHED,
    RUNNING,
    SOFTWARE,
    STOPPED,
    Totals,
    count,
    describe_run,
    identify,
    to_line,
)
from pipeline.engine.resume import finished_rows, take_over
from pipeline.engine.store import (
    RECORD,
    ROWS,
    SHARDED_ABOVE,
    TABLES,
    RunFolder,
    is_own,
    own_files,
    probe,
    require_space,
)
from pipeline.errors import CallError
from pipeline.outputs.page import write_page
from pipeline.outputs.report import Provenance
from pipeline.outputs.tables import write_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Executor
    from pathlib import Path

    from pipeline.config import ResolvedConfig
    from pipeline.engine.plan import Plan
    from pipeline.engine.record import RunIdentity
    from pipeline.model import FileRow


@dataclass(frozen=True, slots=True)
class RunRequest:
    """
    What is to be run.

    ``workers`` is the number of worker processes, and ``limits`` what each may
    take for an image. ``force`` replaces another run that lies in ``out``.
    """

    inputs: tuple[Path, ...]
    out: Path
    resolved: ResolvedConfig
    workers: int
    force: bool = False
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Progress:
    """
    A step of a run.

    ``row`` is the file that was just settled, and None while headers are
    read or results collected. ``is_new`` is False for rows that an earlier, interrupted
    run had settled.
    """

    stage: Literal["headers", "files", "tables"]
    done: int
    total: int
    row: FileRow | None = None
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class RunSummary:
    """How a run ended. ``stopped_because`` is None where it came to its end."""

    rows: tuple[FileRow, ...]
    totals: Totals
    resumed: int
    stopped_because: str | None


@dataclass(slots=True)
class _Rows:
    """The rows of a run, in memory and, as they come, on disk."""

    folder: RunFolder
    rows: list[FileRow] = field(default_factory=list)

    def replace(self, rows: Iterable[FileRow]) -> None:
        """Write the whole file anew, in the order of paths."""
        self.rows = sorted(rows, key=lambda row: row.path)
        self.folder.write(ROWS, "".join(to_line(row) for row in self.rows).encode())

    def append(self, row: FileRow) -> None:
        """Add a row at once, so that a run that is killed can go on behind it."""
        self.rows.append(row)
        with (self.folder.root / ROWS).open("a", encoding="utf-8") as file:
            file.write(to_line(row))


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
    started = datetime.now(UTC)
    classifier_of(request.resolved.config)  # an unusable one is said before any work
    distribution_classifier_of(request.resolved.config)
    is_new = probe(request.out)
    try:
        plan, passed_over = _plan(request, on_progress, should_stop)
        identity = identify(request.resolved, plan.input_digest)
        take_over(request.out, identity, request.resolved, force=request.force)
        require_space(request.out, len(plan.images), with_overlays=request.resolved.config.outputs.overlays == "all")
    except BaseException:
        if is_new:
            with contextlib.suppress(OSError):
                request.out.rmdir()
        raise
    folder = RunFolder(request.out, sharded=len(plan.images) > SHARDED_ABOVE)
    settled = finished_rows(folder, plan)
    rows = _Rows(folder)
    record = partial(_write_record, folder, identity, request, started=started)
    why: str | None = None
    try:
        record(RUNNING)
        rows.replace([*plan.rows, *settled.values()])
        why = _judge(plan, settled, rows, request, on_progress, should_stop, open_executor)
        rows.replace(rows.rows)
        on_progress(Progress("tables", 0, 1))
        write_tables(request.out, parquet=request.resolved.config.outputs.parquet)
        totals = count(rows.rows, _distributions(request.out), passed_over)
        write_page(request.out, rows.rows, _facts(identity, request, started, why))
        on_progress(Progress("tables", 1, 1))
        record(FINISHED if why is None else STOPPED, totals=totals)
    except WorkersUnavailableError as error:
        why = str(error)
        totals = count(rows.rows, (), passed_over)
        record(STOPPED, totals=totals)
    except OSError as error:
        why = _full(error.strerror or type(error).__name__)
        totals = count(rows.rows, (), passed_over)
        with contextlib.suppress(OSError):
            record(STOPPED, totals=totals)
    return RunSummary(tuple(rows.rows), totals, len(settled), why)


def _plan(
    request: RunRequest, on_progress: Callable[[Progress], None], should_stop: Callable[[], bool]
) -> tuple[Plan, int]:
    """Find the input, without what an earlier run left in a folder that lies inside of it."""

    def on_header(done: int, total: int) -> None:
        on_progress(Progress("headers", done, total))
        if should_stop():  # nothing is in hand yet
            raise KeyboardInterrupt

    discovery = discover(request.inputs)
    files = tuple(file for file in discovery.files if not is_own(request.out, file.path))
    passed_over = discovery.passed_over
    if any(request.out.resolve().is_relative_to(given.resolve()) for given in request.inputs):
        passed_over -= sum(1 for _ in own_files(request.out))
    if not files and not discovery.problems:
        seen = f"; {passed_over} files were passed over" if passed_over else ""
        message = f"the input holds no DICOM files{seen}"
        raise CallError(message)
    plan = plan_run(replace(discovery, files=files), request.resolved.config, on_header)
    return plan, passed_over


def _judge(
    plan: Plan,
    settled: dict[str, FileRow],
    rows: _Rows,
    request: RunRequest,
    on_progress: Callable[[Progress], None],
    should_stop: Callable[[], bool],
    open_executor: Callable[[int], Executor] | None,
) -> str | None:
    """Judge what is left; None, or why the run stopped before all was done."""
    config = request.resolved.config
    provenance = Provenance(SOFTWARE, __version__, digest(config), config.name)
    order = WorkOrder(config, provenance, rows.folder)
    for number, row in enumerate(rows.rows, start=1):
        on_progress(Progress("files", number, plan.total, row, is_new=False))
    work = partial(process_image, order=order)
    share = _memory_of_worker(request)
    isolated = Isolated(work, request.limits, share, files_of)
    outcomes = run_tasks(
        (image for image in plan.images if image.files[0].public_path not in settled),
        work if open_executor else isolated,
        give_up,
        workers=request.workers,
        open_executor=open_executor or Workers,
        alone=isolated.with_memory(request.workers * share) if request.workers > 1 else None,
        should_stop=should_stop,
    )
    with contextlib.closing(outcomes):
        for outcome in outcomes:
            if outcome.write_problem is not None:
                return _full(outcome.write_problem)
            for row in outcome.rows:
                rows.append(row)
                on_progress(Progress("files", len(rows.rows), plan.total, row))
    return None if len(rows.rows) == plan.total else "it was asked to stop"


def _memory_of_worker(request: RunRequest) -> int:
    """Give the memory that a worker may take: what was asked for, or its share of what is free now."""
    if request.limits.memory_mib is not None:
        return request.limits.memory_mib * MIB
    return free_memory_bytes() // request.workers


def _distributions(root: Path) -> list[str]:
    """Read the labels of all judged images back from their table."""
    with (root / TABLES / "images.csv").open(encoding="utf-8", newline="") as file:
        return [line["distribution"] for line in csv.DictReader(file)]


def _facts(identity: RunIdentity, request: RunRequest, started: datetime, why: str | None) -> dict[str, str]:
    """Say at the top of the page what this run is."""
    facts = {
        "Version": f"{SOFTWARE} {identity.version}",
        "Configuration": f"{request.resolved.config.name} ({identity.configuration_digest})",
        "Started": started.strftime("%Y-%m-%d %H:%M UTC"),
    }
    return facts if why is None else {**facts, "Stopped": why}


def _write_record(
    folder: RunFolder,
    identity: RunIdentity,
    request: RunRequest,
    state: str,
    *,
    started: datetime,
    totals: Totals | None = None,
) -> None:
    now = datetime.now(UTC)
    times = {
        "started": started.isoformat(timespec="seconds"),
        "ended": None if state == RUNNING else now.isoformat(timespec="seconds"),
        "seconds": None if state == RUNNING else round((now - started).total_seconds(), 1),
    }
    record = describe_run(identity, request.resolved, state, request.workers, times)
    if totals is not None:
        record["totals"] = asdict(totals)
    folder.write(RECORD, (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode())


def _full(problem: str) -> str:
    return f"the output folder does not take the results any more ({problem}); make room"
