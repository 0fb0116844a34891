"""A run in progress: its destination, settled files and backend."""

from __future__ import annotations

import contextlib
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from mammocalc.execution.content import state_of
from mammocalc.execution.destination import Destination
from mammocalc.execution.event_log import Journal
from mammocalc.execution.file_status import Rows
from mammocalc.execution.lost_image import failed_outcome
from mammocalc.execution.name_map import NameMap
from mammocalc.execution.own_files import is_own, remove_parts
from mammocalc.execution.process import process_image
from mammocalc.execution.run_folder import RESERVE
from mammocalc.execution.run_manifest import RUNNING, STOPPED, count
from mammocalc.execution.run_options import Progress, RunSummary
from mammocalc.execution.run_record import RunRecord
from mammocalc.execution.settled import find_settled
from mammocalc.execution.stored_files import Present, is_complete
from mammocalc.execution.studies import write_tables_and_studies
from mammocalc.execution.volumes import describe_volumes
from mammocalc.execution.workers.pool import run_tasks
from mammocalc.rendering.index import write_page
from mammocalc.results.file_rows import read_rows
from mammocalc.results.layout import LOG, PAGE, RESULTS, ROWS, STUDIES, TABLES
from mammocalc.results.tables import read_image_rows
from mammocalc.vocabulary.errors import OutputLostError
from mammocalc.vocabulary.lexicon import Reason, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from mammocalc.execution.backends.backend import Backend
    from mammocalc.execution.content import State
    from mammocalc.execution.output_claim import Claims
    from mammocalc.execution.plan import Plan, PlannedImage
    from mammocalc.execution.run_manifest import Pace, RunIdentity, Totals
    from mammocalc.execution.run_options import RunRequest
    from mammocalc.execution.work_order import ImageOutcome
    from mammocalc.model import FileRow

ASKED: Final = "it was asked to stop"


class Run:
    """
    A run in progress.

    Parameters
    ----------
    request : RunRequest
    claims : Claims
        The right to write where the request says.
    identity : RunIdentity
    on_progress : callable
        Told of every step, in this thread.
    should_stop : callable
        Asked several times a second.
    backend : Backend
        Where images are analysed.
    """

    def __init__(
        self,
        request: RunRequest,
        claims: Claims,
        identity: RunIdentity,
        on_progress: Callable[[Progress], None],
        should_stop: Callable[[], bool],
        backend: Backend,
    ) -> None:
        self.request, self.claims, self.identity = request, claims, identity
        self._on_progress, self._should_stop, self._backend = on_progress, should_stop, backend
        self._to = Destination(request, claims)
        self.rows = Rows(self._to.folder)
        self.journal = Journal(request.out / LOG, claims.folder.is_there)
        self.names = NameMap(request.name_map)
        self.archives: tuple[str, ...] = ()
        self.resumed = 0
        self._about = RunRecord(request, backend)
        self._analysed = 0
        self._before: Mapping[tuple[str, int], FileRow] = {}
        self._results: AbstractSet[str] = frozenset()
        self._pending: set[tuple[str, int]] = set()
        self._own: set[str | None] = set()
        self._changed: set[str] = set()
        self._has_begun = False

    def begin(self) -> None:
        """Write the record and open the log."""
        if self.request.force:
            self._to.clear()
        self._record(RUNNING)
        self._has_begun = True
        self._to.reserve()
        self.journal.mend()
        self.journal.note("run_started", **asdict(self.identity), **self._backend.describe())
        if not self.claims.folder.is_locked:
            self.journal.note(
                "folder_not_locked", reason="its file system has no locks; signs of life stand in for one"
            )

    def advance(self, plan: Plan, known: dict[Path, State], on_hold: AbstractSet[Path] = frozenset()) -> str | None:
        """
        Bring the run to what its input is now.

        Parameters
        ----------
        plan : Plan
        known : dict of Path to State
            What this process has settled; is added to.
        on_hold : set of Path
            Files that are being written just now.

        Returns
        -------
        str or None
            None, or why that is not all.
        """
        self.identity = replace(self.identity, input_digest=plan.input_digest)
        self.names.take(plan.images)
        self.archives = plan.archives
        there = self._to.lay_out(plan)
        self._before = {row.place: row for row in self.earlier()}
        settled = find_settled(self.earlier(), plan, self._to.order, there, known=known, on_hold=on_hold)
        self.journal.note_changes(settled)
        self._changed.update(settled.changed, settled.exchanged)
        self.rows.replace([*plan.rows, *settled.rows])
        self.resumed += settled.settled
        self._results = set(there.places[RESULTS])
        for image in settled.left:
            for file in image.files:
                with contextlib.suppress(OSError):
                    known[file.path] = state_of(file.path)
        self._pending = {file.place for image in settled.left for file in image.files}
        done = [row for row in self.rows.all() if row.place not in self._pending and row.reason is not Reason.GONE]
        for number, row in enumerate(done, start=1):
            self._on_progress(Progress("files", number, plan.total, row, is_new=False))
        before = self.resumed - settled.settled
        why = self.analyse(settled.left, plan.total)
        if self.resumed > before:
            self.journal.note("run_continued", files=self.resumed - before)
        return ASKED if why is None and self._pending else why

    def earlier(self) -> tuple[FileRow, ...]:
        """Give the rows that were written so far, by this process or one before."""
        return self.rows.all() or read_rows(self._to.folder.root / ROWS)

    def analyse(self, images: Iterable[PlannedImage], total: int) -> str | None:
        """Analyse images and write their rows; None, or why the folder takes no more."""
        backend = self._backend
        outcomes = run_tasks(
            images,
            backend.as_call(partial(process_image, order=self._to.order)),
            failed_outcome,
            workers=backend.workers,
            open_executor=backend.open,
            capacity=backend.capacity,
            alone=backend.with_full_memory(partial(process_image, order=self._to.order)),
            should_stop=self._should_stop,
            note_lost=self.journal.note_lost,
        )
        with contextlib.closing(outcomes):
            for outcome in outcomes:
                if outcome.write_problem is not None:
                    self.journal.note("results_refused", reason=outcome.write_problem)
                    return outcome.write_problem
                self._settle(outcome, total)
        return None

    def _settle(self, outcome: ImageOutcome, total: int) -> None:
        """Note what became of the files of an image."""
        self.claims.check()
        rows = outcome.rows
        uid = rows[0].key
        if uid in self._results and not any(row.status is Status.ANALYSED for row in rows):
            Present.look_for(str(uid), self._to.order.folder).forget(str(uid), self._to.order.folder)
        self.rows.append(rows)
        self.resumed += outcome.adopted if uid not in self._own else 0
        self._analysed -= outcome.adopted
        self._own.add(uid)
        for number, row in enumerate(rows, start=total - len(self._pending) + 1):
            self._pending.discard(row.place)
            self._analysed += row.status is Status.ANALYSED
            self._note_row(row)
            self._on_progress(Progress("files", number, total, row))
        self._to.publish_at_times()

    def _note_row(self, row: FileRow) -> None:
        before = self._before.get(row.place)
        is_same_image = before is not None and before.key == row.key
        contents = {before.content if before is not None and is_same_image else None, row.content}
        if None not in contents and len(contents) == 2:
            self._changed.add(row.path)
            self.journal.note("file_changed", path=row.path)
        if row.status is Status.FAILED:
            self.journal.note("file_failed", path=row.path, reason=str(row.reason), seconds=row.seconds)

    def collect(self, why: str | None, passed_over: int) -> Totals:
        """Write rows, tables and page from what is there."""
        rows = self.rows.all()
        self.rows.replace(rows)
        self._on_progress(Progress("tables", 0, 1))
        self._to.collect()
        paths = {str(row.key): row.path for row in rows if row.status is Status.ANALYSED}
        parquet = self.request.resolved.config.outputs.parquet
        studies = write_tables_and_studies(self._to.folder, paths, parquet=parquet)
        self.claims.check()
        totals = count(rows, (row["distribution"] for row in read_image_rows(self._to.folder.root)), passed_over)
        write_page(self._to.folder.root, rows, self._about.facts(self.identity, why, describe_volumes(rows), studies))
        self.claims.check()
        self._to.publish(with_tables=True)
        self._on_progress(Progress("tables", 1, 1))
        return totals

    def drop_lost(self) -> str | None:
        """
        Remove rows whose results are no longer in the store.

        Returns
        -------
        str or None
            What was lost, so that nobody believes the count; None where each analysed image has all its files.
        """
        self.claims.check()
        there = Present.look(self._to.order.folder)
        rows = self.rows.all()
        lost = {
            str(row.key)
            for row in rows
            if row.status is Status.ANALYSED and not is_complete(str(row.key), self._to.order, there)
        }
        if not lost:
            return None
        for uid in lost:
            there.forget(uid, self._to.order.folder)
        self.rows.replace(row for row in rows if row.key not in lost)
        self.journal.note("results_lost", images=len(lost))
        images = "1 image that was" if len(lost) == 1 else f"{len(lost)} images that were"
        return (
            f"files of {images} analysed are not there any more: something removed or moved them from the output while "
            "the run went on, or its disk was exchanged. They are not counted"
        )

    def end(self, state: str, totals: Totals, why: str | None, *, has_page: bool = True) -> RunSummary:
        """Write the last record and the last line of the log; OSError or OutputLostError where that cannot be done."""
        rows = self.rows.all()
        pace = self._about.pace(rows, self._analysed)
        self.claims.check()
        (self._to.folder.root / RESERVE).unlink(missing_ok=True)
        volumes = describe_volumes(rows)
        self._record(state, totals=asdict(totals), pace=asdict(pace), volumes=volumes)
        self.journal.note("run_ended", state=state, reason=why, **asdict(pace), totals=asdict(totals))
        return self._summary(totals, why, pace, volumes, has_page=has_page)

    def end_early(self, why: str, passed_over: int) -> RunSummary:
        """
        End where the run cannot go on, with as much as can still be written.

        The record comes last, into room that was kept for it. Tables, studies and page that cannot be written anew are
        taken away: they would be those of another state.
        """
        totals = count(self.rows.all(), (), passed_over)
        pace = self._about.pace(self.rows.all(), self._analysed)
        if not self._has_begun:  # without a record, all else would be of unknown origin
            return RunSummary((), totals, 0, why, pace, has_page=False)
        with contextlib.suppress(OSError, OutputLostError):
            self.claims.check()
            has_page = True
            try:
                totals = self.collect(why, passed_over)
            except OSError:
                has_page = False
                remove_parts(self._to.folder.root)
                root = self._to.folder.root
                for path in (root / PAGE, *(root / TABLES).glob("*.*"), *(root / STUDIES).rglob("*.*")):
                    if is_own(root, path):
                        path.unlink(missing_ok=True)
            return self.end(STOPPED, totals, why, has_page=has_page)
        return self._summary(totals, why, pace, (), has_page=False)

    def _summary(
        self, totals: Totals, why: str | None, pace: Pace, volumes: tuple[str, ...], *, has_page: bool
    ) -> RunSummary:
        changed = tuple(sorted(self._changed))
        told = (self.names.hidden, changed, self.archives, volumes)
        return RunSummary(self.rows.all(), totals, self.resumed, why, pace, *told, has_page=has_page)

    def _record(self, state: str, **more: Any) -> None:
        """Write ``run.json``, and bring it to where the run lies."""
        self._about.write(self._to.folder, self.identity, state, self.archives, **more)
        self._to.publish()
