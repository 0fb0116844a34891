"""A run without an end: files are taken up as they arrive."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from pipeline.discover import Discovery, discover
from pipeline.engine.batch import at_its_place, check_classifiers, close_down, require_sight, staff_of, without_own
from pipeline.engine.paths import PublicPaths
from pipeline.engine.plan import PlannedImage, put_together, read_header
from pipeline.engine.record import identify, read_rows
from pipeline.engine.resume import settled_rows, take_over
from pipeline.engine.session import ASKED, Session
from pipeline.engine.store import ROWS, probe
from pipeline.errors import CallError
from pipeline.lexicon import Status
from pipeline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable
    from concurrent.futures import Executor
    from pathlib import Path

    from pipeline.discover import FoundFile
    from pipeline.engine.plan import Header, PlannedFile
    from pipeline.engine.request import Progress, RunRequest, RunSummary
    from pipeline.model import FileRow

LEVELS: Final = 1  # nobody knows how many images will come: as in runs of 2,001 to 512,000
NAP_SECONDS: Final = 0.2  # how soon a request to stop is noticed
REST: Final = 10  # tables and page are written again after ten times as long as that took: a tenth of the time at most


class WatchSettings(Settings):
    """When a file that arrives is complete."""

    settle_seconds: Annotated[float, Field(gt=0, le=86_400)] = 10.0
    """A file is taken up when its size and its date have not changed for so long. 10: senders that pause longer
    within a file are rare, and a file that fails because it was not complete is taken up again when it grows."""

    @property
    def poll_seconds(self) -> float:
        """How often folders are looked through; asking works on network shares too, where nobody reports arrivals."""
        return min(max(self.settle_seconds / 4, NAP_SECONDS), 5.0)


@dataclass(slots=True)
class _Arrival:
    """A file that was seen: its size and date, since when they are so, and what is known since it was taken up."""

    file: FoundFile
    state: tuple[int, int]
    since: float
    header: Header | None = None
    name: str | None = None
    is_taken: bool = False
    is_judged: bool = False


@dataclass(slots=True)
class _Lookout:
    """What was seen in the inputs so far, by real path."""

    inputs: tuple[Path, ...]
    out: Path
    settle_seconds: float
    paths: PublicPaths
    arrivals: dict[str, _Arrival] = field(default_factory=dict)
    last: Discovery = field(default_factory=lambda: Discovery((), 0, ()))

    def look(self, note: Callable[..., None]) -> list[_Arrival]:
        """Look through the inputs; gives those files that have settled and were not taken up in this state."""
        try:
            self.last = without_own(discover(self.inputs), self.inputs, self.out)
        except CallError:  # a share that is away for a while
            return []
        now = time.monotonic()
        for file in self.last.files:
            try:
                status = file.path.stat()
            except OSError:
                continue
            self._see(file, (status.st_size, status.st_mtime_ns), now, note)
        return [
            arrival
            for arrival in self.arrivals.values()
            if not arrival.is_taken and now - arrival.since >= self.settle_seconds
        ]

    def _see(self, file: FoundFile, state: tuple[int, int], now: float, note: Callable[..., None]) -> None:
        key = os.path.realpath(file.path)
        known = self.arrivals.get(key)
        if known is None:
            self.arrivals[key] = _Arrival(file, state, now)
        elif known.state != state:
            known.state, known.since = state, now
            if known.is_judged:
                note("file_changed_after_it_was_judged", path=known.name)
            else:
                known.is_taken = False


def watch(
    request: RunRequest,
    settings: WatchSettings,
    on_progress: Callable[[Progress], None] = lambda _progress: None,
    should_stop: Callable[[], bool] = lambda: False,
    open_executor: Callable[[int], Executor] | None = None,
) -> RunSummary:
    """
    Judge files as they arrive, until it is asked to stop.

    Rows and results are written at once, tables and page when nothing is
    waiting. A run that was stopped goes on with what has arrived since: what was judged is not judged
    again, and stays in the tables when its file is gone.

    Parameters
    ----------
    request : RunRequest
    settings : WatchSettings
    on_progress, should_stop, open_executor
        As for `pipeline.engine.batch.run`.

    Returns
    -------
    RunSummary
        When it was asked to stop, or when the folder took no more.

    Raises
    ------
    CallError
        If an input does not exist at the start, or the folder holds another run. Nothing was done.
    ConfigurationError
        If the classifier that the configuration names cannot be used. Nothing was done.
    OutputError
        If the folder cannot take the results at the start.

    Notes
    -----
    Of several files with one SOP Instance UID the first to arrive that can be
    judged is, where a run over a whole folder takes the first by path. A file
    that changes after it was judged is not judged again.
    """
    check_classifiers(request.resolved.config)
    with at_its_place(request) as request, staff_of(request, open_executor) as staff:  # noqa: PLR1704 - as it is meant
        discover(request.inputs)
        probe(request.out)
        identity = identify(request.resolved, _digest_of_folders(request))
        require_sight(staff, request, request.inputs[0])
        take_over(request.out, identity, request.resolved, force=request.force)
        session = Session(request, identity, LEVELS, on_progress, should_stop, staff)
        return close_down(session, partial(_keep_watch, session, settings, should_stop))


def _keep_watch(session: Session, settings: WatchSettings, should_stop: Callable[[], bool]) -> tuple[str, int]:
    """Look, judge and collect until something ends it; gives what that was, and how many files were passed over."""
    request = session.request
    privacy = request.resolved.config.privacy
    paths = PublicPaths(privacy.patient_key_salt, hides=privacy.file_names == "hide")
    lookout = _Lookout(request.inputs, request.out, settings.settle_seconds, paths)
    session.rows.replace(read_rows(session.folder.root / ROWS))
    session.journal.note("watching", settle_seconds=settings.settle_seconds)
    is_stale, not_before = True, 0.0
    while not should_stop():
        ready = lookout.look(session.journal.note)
        if ready:
            why = _take_up(session, lookout, ready, should_stop)
            is_stale = True
            if why is not None:
                return why, lookout.last.passed_over
        elif is_stale and time.monotonic() >= not_before:
            began = time.monotonic()
            session.collect(None, lookout.last.passed_over)
            is_stale, not_before = False, time.monotonic() + REST * (time.monotonic() - began)
        _nap(settings.poll_seconds, should_stop)
    return ASKED, lookout.last.passed_over


def _nap(seconds: float, should_stop: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not should_stop():
        time.sleep(NAP_SECONDS)


def _take_up(session: Session, lookout: _Lookout, ready: list[_Arrival], should_stop: Callable[[], bool]) -> str | None:
    """Judge what has settled; None, or why the folder takes no more."""
    config = session.request.resolved.config
    taken = []
    for arrival in ready:
        if should_stop():
            break
        arrival.header, arrival.is_taken = read_header(arrival.file, config, lookout.paths), True
        taken.append(arrival)
    known = sorted(
        (arrival for arrival in lookout.arrivals.values() if arrival.header is not None),
        key=lambda arrival: arrival.file.relative,
    )
    headers = [arrival.header for arrival in known if arrival.header is not None]
    images, rows = put_together(headers, lookout.last.problems, lookout.paths)
    session.note_names(images)
    by_path = {arrival.file.path: arrival for arrival in known}
    _rename(session, images, by_path)
    new = {arrival.file.path for arrival in taken}
    images = tuple(image for image in images if any(file.path in new for file in image.files))
    settled = _settled(session, images)
    session.note_continued(sum(not by_path[file.path].is_judged for file in settled))
    session.rows.append([*rows, *settled.values()])
    left = (_left_of(image, settled, new) for image in images)
    why = session.judge((image for image in left if image.files), len(known) + len(rows))
    for image in images:
        for file in image.files:
            row = session.rows.get(file.public_path)
            by_path[file.path].is_judged = row is not None and row.status is Status.JUDGED
            by_path[file.path].is_taken = row is not None  # else it was stopped before it
    return why


def _settled(session: Session, images: Iterable[PlannedImage]) -> dict[PlannedFile, FileRow]:
    """Find the files that stand for their images already: by their rows, or by a result without one."""
    candidates = {}
    for image in images:
        for file in image.files:
            row = session.rows.get(file.public_path)
            if len(image.files) == 1 or (row is not None and row.status is Status.JUDGED):
                candidates[file.public_path] = file
    rows = settled_rows(session.rows.all(), [PlannedImage((file,)) for file in candidates.values()], session.order)
    return {candidates[path]: row for path, row in rows.items()}


def _rename(session: Session, images: tuple[PlannedImage, ...], by_path: dict[Path, _Arrival]) -> None:
    """Hide the parts of earlier names of which only now a header has told that they name a person."""
    changed = False
    for image in images:
        for file in image.files:
            arrival = by_path[file.path]
            if arrival.name is not None and arrival.name != file.public_path:
                session.rows.rename(arrival.name, file.public_path)
                changed = True
            arrival.name = file.public_path
    if changed:
        session.rows.replace(session.rows.all())


def _left_of(image: PlannedImage, settled: Container[PlannedFile], new: Container[Path]) -> PlannedImage:
    """Leave out what is settled, and remember which file was judged for this image."""
    for file in image.files:
        if file in settled:
            others = tuple(other for other in image.files if other is not file and other.path in new)
            return PlannedImage(others, judged=file.path)
    return image


def _digest_of_folders(request: RunRequest) -> str:
    """Fingerprint which folders are watched: what lies in them changes."""
    digest = hashlib.sha256(b"watched\n" + request.resolved.config.privacy.patient_key_salt.encode())
    for path in request.inputs:
        with contextlib.suppress(OSError):
            path = path.resolve()  # noqa: PLW2901 - the same folder
        digest.update(f"{path}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()[:16]
