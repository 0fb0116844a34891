"""Watching a folder: the run is repeated whenever files have arrived and settled."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from mammocalc.analysis.classifiers import check_classifiers
from mammocalc.dicom.discover import Discovery, discover
from mammocalc.execution.batch import (
    finalise,
    notes_on,
    open_backend,
    require_apart,
    require_shared_filesystem,
    without_own,
)
from mammocalc.execution.content import State, state_of
from mammocalc.execution.output_claim import local_output
from mammocalc.execution.paths import PublicPaths
from mammocalc.execution.plan import Header, plan_run, read_header
from mammocalc.execution.resume import check_resumable
from mammocalc.execution.run import ASKED, Run
from mammocalc.execution.run_manifest import identify
from mammocalc.model.settings import Settings
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mammocalc.config import Config
    from mammocalc.dicom.discover import FoundFile
    from mammocalc.execution.plan import Plan
    from mammocalc.execution.run_options import Progress, RunRequest, RunSummary

NAP_SECONDS: Final = 0.2  # how soon a request to stop is noticed
REST: Final = 10  # tables and page are written again after ten times as long as that took: a tenth of the time at most


class WatchSettings(Settings):
    """When a file that arrives is complete."""

    settle_seconds: Annotated[float, Field(gt=0, le=86_400)] = 10.0
    """A file is taken up when its size and its date have not changed for so long. 10: senders that pause longer
    within a file are rare, and a file that fails because it was not complete is taken up again when it grows."""

    @property
    def poll_seconds(self) -> float:
        """Seconds between searches of the folders; polling also works on network shares."""
        return min(max(self.settle_seconds / 4, NAP_SECONDS), 5.0)


@dataclass(slots=True)
class _Arrival:
    """A file that was seen: its state, since when it is so, and its header as it was last read, in which state."""

    state: State
    since: float
    header: Header | None = None
    read_in: State | None = None


@dataclass(slots=True)
class _Lookout:
    """What was seen in the inputs so far, by real path."""

    inputs: tuple[Path, ...]
    out: Path
    config: Config
    settle_seconds: float
    paths: PublicPaths
    arrivals: dict[str, _Arrival] = field(default_factory=dict)
    last: Discovery = field(default_factory=lambda: Discovery((), 0, ()))
    planned: object = None

    def look(self) -> bool:
        """Look through the inputs; True where they are no longer what the last plan was made of."""
        try:
            self.last = without_own(discover(self.inputs), self.inputs, self.out)
        except UsageError:  # a share that is away for a while
            return False
        now = time.monotonic()
        seen = {}
        for file in self.last.files:
            key = os.path.realpath(file.path)
            try:
                state = state_of(file.path)
            except OSError:
                state = State(-1, -1, -1)  # it has a row, with what keeps it from being read
            known = self.arrivals.get(key)
            if known is None:
                known = _Arrival(state, now)
            elif known.state != state:
                known.state, known.since = state, now
            seen[key] = known
        self.arrivals = seen
        return self._signature() != self.planned

    def plan(self, earlier: list[str]) -> tuple[Plan, frozenset[Path]]:
        """
        Plan settled files and those planned before; also return those that are being written just now.

        The first plan has all files, so that nothing counts as gone that is only not known to have settled.
        """
        is_first = not any(arrival.header for arrival in self.arrivals.values())
        files = [
            file for file in self.last.files if is_first or self._is_settled(file) or self._of(file).header is not None
        ]
        on_hold = frozenset(file.path for file in files if not self._is_settled(file))
        found = replace(self.last, files=tuple(files))
        plan = plan_run(found, self.config, lambda _done, _total: None, earlier, self._read, self.paths)
        return plan, on_hold

    def remember(self, *, is_all: bool) -> None:
        """Note that the last plan was carried out, or that some of it is left."""
        self.planned = self._signature() if is_all else None

    def _signature(self) -> object:
        """Tell what a plan would be made of; what is being written counts as it was."""
        files = [
            (file.relative, *((True, self._of(file).state) if self._is_settled(file) else (False, None)))
            for file in self.last.files
            if self._is_settled(file) or self._of(file).header is not None
        ]
        return files, self.last.problems

    def _of(self, file: FoundFile) -> _Arrival:
        return self.arrivals[os.path.realpath(file.path)]

    def _is_settled(self, file: FoundFile) -> bool:
        return time.monotonic() - self._of(file).since >= self.settle_seconds

    def _read(self, file: FoundFile, config: Config, paths: PublicPaths) -> Header:
        """Read a header where it is not known for this state of its file; what is being written keeps its old one."""
        arrival = self._of(file)
        if arrival.header is None or (arrival.read_in != arrival.state and self._is_settled(file)):
            arrival.header, arrival.read_in = read_header(file, config, paths), arrival.state
        return replace(arrival.header, file=file)


def watch(
    request: RunRequest,
    settings: WatchSettings,
    on_progress: Callable[[Progress], None] = lambda _progress: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> RunSummary:
    """
    Analyse files as they arrive, until asked to stop.

    It is `mammocalc.execution.batch.run` over and over: what a folder holds in the end gives the same results whether
    it was watched or analysed at once. Rows and results are written at once, tables and page when nothing is waiting.

    Parameters
    ----------
    request : RunRequest
    settings : WatchSettings
    on_progress, should_stop
        As for `mammocalc.execution.batch.run`.

    Returns
    -------
    RunSummary
        When it was asked to stop, or when the folder took no more.

    Raises
    ------
    UsageError
        If an input does not exist at the start, or the folder holds another run. Nothing was done.
    ConfigurationError
        If the classifier that the configuration names cannot be used. Nothing was done.
    OutputError
        If the folder cannot take the results at the start.
    """
    check_classifiers(request.resolved.config)
    require_apart(request)
    with local_output(request) as (request, claims), open_backend(request) as backend:  # noqa: PLR1704 - as it is meant
        discover(request.inputs)
        identity = identify(request.resolved, "")
        require_shared_filesystem(backend, request, request.inputs[0])
        check_resumable(request.out, identity, request.resolved, force=request.force)
        run = Run(request, claims, identity, on_progress, should_stop, backend)
        summary = finalise(run, partial(_keep_watch, run, settings, should_stop))
        return replace(summary, notes=notes_on(request))


def _keep_watch(run: Run, settings: WatchSettings, should_stop: Callable[[], bool]) -> tuple[str, int]:
    """Look, analyse and collect until something ends it; gives what that was, and how many files were passed over."""
    request = run.request
    config = request.resolved.config
    paths = PublicPaths(config.privacy.patient_key_salt, hides=config.privacy.file_names == "hide")
    lookout = _Lookout(request.inputs, request.out, config, settings.settle_seconds, paths)
    run.rows.replace(run.earlier())
    run.journal.note("watching", settle_seconds=settings.settle_seconds)
    known: dict[Path, State] = {}
    is_stale, not_before = True, 0.0
    while not should_stop():
        run.claims.check()
        if lookout.look():
            plan, on_hold = lookout.plan([row.path for row in run.earlier()])
            why = run.advance(plan, known, on_hold)
            lookout.remember(is_all=why is None)
            is_stale = True
            if why is not None:
                return why, lookout.last.passed_over
        elif is_stale and time.monotonic() >= not_before:
            began = time.monotonic()
            run.collect(None, lookout.last.passed_over)
            is_stale, not_before = False, time.monotonic() + REST * (time.monotonic() - began)
        _nap(settings.poll_seconds, should_stop)
    return ASKED, lookout.last.passed_over


def _nap(seconds: float, should_stop: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not should_stop():
        time.sleep(NAP_SECONDS)
