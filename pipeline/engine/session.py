"""A run that is under way: where it writes, what is settled, who judges."""

from __future__ import annotations

import contextlib
import csv
import json
import time
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from pipeline import __version__
from pipeline.config import digest, without_salt
from pipeline.engine.journal import Journal
from pipeline.engine.names import NameMap
from pipeline.engine.pool import run_tasks
from pipeline.engine.process import WorkOrder, give_up, process_image
from pipeline.engine.record import RUNNING, SOFTWARE, count, describe_run, measure_pace, read_rows
from pipeline.engine.remote import RemoteFolder
from pipeline.engine.request import Progress, RunSummary
from pipeline.engine.resume import settled_rows
from pipeline.engine.rows import Rows
from pipeline.engine.store import LOG, RECORD, ROWS, TABLES, RunFolder, remove_parts
from pipeline.lexicon import Status
from pipeline.outputs.page import write_page
from pipeline.outputs.report import Provenance
from pipeline.outputs.tables import write_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pipeline.engine.limits import Lost
    from pipeline.engine.plan import PlannedImage
    from pipeline.engine.record import RunIdentity, Totals
    from pipeline.engine.request import RunRequest
    from pipeline.engine.staff import Staff
    from pipeline.model import FileRow

PUBLISH_SECONDS: Final = 60.0  # what a killed client loses of its rows; results are where they belong at once
ASKED: Final = "it was asked to stop"


class Session:
    """
    A run that is under way.

    Parameters
    ----------
    request : RunRequest
    identity : RunIdentity
    levels : int
        Of subfolders for the files of images.
    on_progress : callable
        Told of every step, in this thread.
    should_stop : callable
        Asked several times a second.
    staff : Staff
        Who judges.
    """

    def __init__(
        self,
        request: RunRequest,
        identity: RunIdentity,
        levels: int,
        on_progress: Callable[[Progress], None],
        should_stop: Callable[[], bool],
        staff: Staff,
    ) -> None:
        self.request, self.identity = request, identity
        self._on_progress, self._should_stop, self._staff = on_progress, should_stop, staff
        self.folder = RunFolder(request.out, levels)
        self._remote = None if request.address is None else RemoteFolder(request.address, levels)
        config = request.resolved.config
        provenance = Provenance(SOFTWARE, __version__, digest(config), config.name)
        self.order = WorkOrder(without_salt(config), provenance, self._remote or self.folder)
        self.rows = Rows(self.folder)
        self.journal = Journal(request.out / LOG)
        self.names = NameMap(request.name_map)
        self.resumed = 0
        self._started = datetime.now(UTC)
        self._clock = time.monotonic()
        self._judged = 0
        self._published = time.monotonic()

    def begin(self) -> None:
        """Write the record and open the log."""
        if self._remote is not None and self.request.force:
            self._remote.clear()
        self.record(RUNNING)
        self.journal.mend()
        self.journal.note("run_started", **asdict(self.identity), **self._staff.describe())

    def take_up(self, images: Iterable[PlannedImage], known: Iterable[FileRow]) -> dict[str, FileRow]:
        """Find what an earlier run has judged, and begin the rows with it and with what is known from the start."""
        images = tuple(images)
        self.note_names(images)
        settled = settled_rows(read_rows(self.folder.root / ROWS), images, self.order)
        self.note_continued(len(settled))
        self.rows.replace([*known, *settled.values()])
        return settled

    def note_names(self, images: Iterable[PlannedImage]) -> None:
        """Remember which files stand behind the names of the outputs, and write that to the file of their owner."""
        self.names.take(images)

    def note_continued(self, files: int) -> None:
        """Count files that an earlier run has judged."""
        self.resumed += files
        if files:
            self.journal.note("run_continued", files=files)

    def judge(self, images: Iterable[PlannedImage], total: int) -> str | None:
        """Judge images and write their rows; None, or why the folder takes no more."""
        staff = self._staff
        outcomes = run_tasks(
            images,
            staff.calls(partial(process_image, order=self.order)),
            give_up,
            workers=staff.workers,
            open_executor=staff.open,
            capacity=staff.capacity,
            alone=staff.calls_alone(partial(process_image, order=self.order)),
            should_stop=self._should_stop,
            note_lost=self._note_lost,
        )
        with contextlib.closing(outcomes):
            for outcome in outcomes:
                if outcome.write_problem is not None:
                    self.journal.note("results_refused", reason=outcome.write_problem)
                    return out_of_room(outcome.write_problem)
                self._settle(outcome.rows, total)
        return None

    def _settle(self, rows: Sequence[FileRow], total: int) -> None:
        """Note what became of the files of an image."""
        self.rows.append(rows)
        for number, row in enumerate(rows, start=len(self.rows) - len(rows) + 1):
            self._judged += row.status is Status.JUDGED
            if row.status is Status.FAILED:
                self.journal.note("file_failed", path=row.path, reason=str(row.reason), seconds=row.seconds)
            self._on_progress(Progress("files", number, total, row))
        if time.monotonic() - self._published >= PUBLISH_SECONDS:
            self._publish()

    def _publish(self, *, with_tables: bool = False) -> None:
        """Bring what is written here to where the run lies."""
        if self._remote is not None:
            self._remote.publish(self.folder.root, with_tables=with_tables)
            self._published = time.monotonic()

    def _note_lost(self, image: PlannedImage, lost: Lost, is_final: bool) -> None:
        self.journal.note(
            "worker_lost",
            path=image.files[0].public_path,
            fault=str(lost.fault),
            detail=lost.detail,
            seconds=round(lost.seconds, 3),
            is_tried_again=not is_final,
        )

    def collect(self, why: str | None, passed_over: int) -> Totals:
        """Write rows, tables and page from what is there."""
        rows = self.rows.all()
        self.rows.replace(rows)
        self._on_progress(Progress("tables", 0, 1))
        remove_parts(self.folder.root)  # of workers that were killed
        if self._remote is not None:
            self._remote.collect(self.folder.root)
        paths = {str(row.sop_instance_uid): row.path for row in rows if row.status is Status.JUDGED}
        write_tables(self.folder.root, paths, parquet=self.request.resolved.config.outputs.parquet)
        totals = count(rows, self._distributions(), passed_over)
        write_page(self.folder.root, rows, self._facts(why))
        self._publish(with_tables=True)
        self._on_progress(Progress("tables", 1, 1))
        return totals

    def count_alone(self, passed_over: int) -> Totals:
        """Count the rows where tables cannot be written."""
        return count(self.rows.all(), (), passed_over)

    def end(self, state: str, totals: Totals, why: str | None) -> RunSummary:
        """Write the last record and the last line of the log."""
        rows = self.rows.all()
        pace = measure_pace(rows, self._judged, time.monotonic() - self._clock)
        self.journal.note("run_ended", state=state, reason=why, **asdict(pace), totals=asdict(totals))
        with contextlib.suppress(OSError):  # a full disk is what may have ended it
            self.record(state, totals=asdict(totals), pace=asdict(pace))
        return RunSummary(rows, totals, self.resumed, why, pace, self.names.hidden)

    def record(self, state: str, **more: Any) -> None:
        """Write ``run.json``."""
        now = datetime.now(UTC)
        times = {
            "started": self._started.isoformat(timespec="seconds"),
            "ended": None if state == RUNNING else now.isoformat(timespec="seconds"),
            "seconds": None if state == RUNNING else round((now - self._started).total_seconds(), 1),
        }
        staff = self._staff.describe()
        record = {**describe_run(self.identity, self.request.resolved, state, staff, times), **more}
        self.folder.write(RECORD, (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode())
        self._publish()

    def _distributions(self) -> list[str]:
        """Read the labels of all judged images back from their table."""
        with (self.folder.root / TABLES / "images.csv").open(encoding="utf-8", newline="") as file:
            return [line["distribution"] for line in csv.DictReader(file)]

    def _facts(self, why: str | None) -> dict[str, str]:
        """Say at the top of the page what this run is."""
        facts = {
            "Version": f"{SOFTWARE} {self.identity.version}",
            "Configuration": f"{self.request.resolved.config.name} ({self.identity.configuration_digest})",
            "Started": self._started.strftime("%Y-%m-%d %H:%M UTC"),
        }
        return facts if why is None else {**facts, "Stopped": why}


def out_of_room(problem: str) -> str:
    """Say that the folder takes no more."""
    return f"the output folder does not take the results any more ({problem}); make room"
