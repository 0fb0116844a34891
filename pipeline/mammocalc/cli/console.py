"""Progress of a run on the terminal, and its summary."""
# ruff: noqa: T201 - a command line prints

from __future__ import annotations

import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Final, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from mammocalc.vocabulary.lexicon import Reason, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from rich.progress import Task, TaskID

    from mammocalc.execution.run_manifest import Pace
    from mammocalc.execution.run_options import Progress as Step
    from mammocalc.execution.run_options import RunSummary

SECONDS_BETWEEN_LINES: Final = 30  # where no terminal is: a log of a night's run stays readable
STAGES: Final = {"headers": "reading headers", "files": "analysing", "tables": "writing tables"}
LISTED: Final = 10  # failures that are named in the summary; files.jsonl has all of them


class _Rate(ProgressColumn):
    """Files per second or per minute, whichever reads better."""

    def render(self, task: Task) -> Text:
        """Give the rate of the last half minute."""
        speed = task.speed
        if speed is None:
            return Text("")
        return Text(f"{speed:.1f}/s" if speed >= 1 else f"{speed * 60:.0f}/min")


class Display:
    """
    Progress on standard error: a bar on a terminal, a few plain lines elsewhere, nothing if ``quiet``.

    A context manager; `update` takes the steps of a run.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._console = Console(stderr=True, highlight=False)
        self._is_live = self._console.is_terminal and not quiet
        self._counts: Counter[Status] = Counter()
        self._done = 0
        self._stage = ""
        self._last_line = time.monotonic()
        self._task: TaskID | None = None
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[counts]}"),
            console=self._console,
            speed_estimate_period=30,
        )

    def __enter__(self) -> Self:
        """Show the bar, if there is a terminal for it."""
        if self._is_live:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the terminal as it was."""
        if self._is_live:
            self._bar.stop()

    def say(self, sentence: str) -> None:
        """Say something above the bar."""
        if not self._quiet:
            self._console.print(sentence, markup=False)

    def update(self, step: Step) -> None:
        """Show a step of the run."""
        if step.row is not None:
            if step.done <= self._done:  # a watched folder is gone through once more
                self._counts.clear()
            self._done = step.done
            self._counts[step.row.status] += 1
        if self._is_live:
            self._move_bar(step)
        elif not self._quiet:
            self._print_line(step)

    def _move_bar(self, step: Step) -> None:
        counts = self._counted() if step.stage == "files" else ""
        if self._task is None or step.stage != self._stage:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task = self._bar.add_task(STAGES[step.stage], total=step.total, counts=counts)
            self._stage = step.stage
        self._bar.update(self._task, completed=step.done, counts=counts)
        if step.done == step.total:  # the next stage may begin before the bar is drawn again by itself
            self._bar.refresh()

    def _print_line(self, step: Step) -> None:
        now = time.monotonic()
        if step.done == step.total or now - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = now
            counts = f": {self._counted()}" if step.stage == "files" else ""
            print(f"{STAGES[step.stage]} {step.done}/{step.total}{counts}", file=sys.stderr, flush=True)

    def _counted(self) -> str:
        return ", ".join(f"{self._counts[status]} {status}" for status in Status)


def summarise(summary: RunSummary, out: str, *, with_real_names: bool = False) -> str:
    """
    Put the end of a run into words.

    Parameters
    ----------
    summary : RunSummary
    out : str
        The run's folder or address, as the user named it.
    with_real_names : bool
        Name hidden files as they are called: on the terminal of their owner, in no file.

    Returns
    -------
    str
        Several lines: counts, distributions, reasons with their first files, pace, and where to look.
    """
    totals, names = summary.totals, summary.real_paths if with_real_names else {}
    counted = ", ".join(f"{number} {status}" for status, number in totals.status.items())
    lines = [f"{_files(summary)}: {counted}"]
    if totals.passed_over:
        lines.append(f"{totals.passed_over} passed over: not DICOM")
    lines += _archives(summary.archives)
    if summary.resumed:
        verb = "was" if summary.resumed == 1 else "were"
        lines.append(f"{summary.resumed} of them {verb} analysed before, by the run that goes on here")
    lines += summary.notes
    gone = list(dict.fromkeys(row.path for row in summary.rows if row.reason is Reason.GONE))
    lines += _named(
        gone, "gone since it was analysed; its result stays", "gone since they were analysed; their results stay"
    )
    lines += _named(
        summary.changed, "holds something else than before, and was looked at again",
        "hold something else than before, and were looked at again",
    )  # fmt: skip
    if totals.distribution:
        labels = ", ".join(f"{number} {label.replace('_', ' ')}" for label, number in totals.distribution.items())
        lines.append(f"distribution: {labels}")
    lines += _reasons(summary, Status.SKIPPED, names)
    lines += [f"  {sentence}" for sentence in summary.volumes]
    lines += _reasons(summary, Status.FAILED, names)
    lines += _pace(summary.pace, names)
    if summary.has_page:
        lines.append(f"open {out.rstrip('/')}/index.html")
    return "\n".join(lines)


def _files(summary: RunSummary) -> str:
    """Count files, and images where the frames of a file were analysed one by one."""
    number = summary.totals.files
    if all(row.frame is None for row in summary.rows):
        return f"{number} file{'' if number == 1 else 's'}"
    files = len({row.path for row in summary.rows})
    return f"{number} images and frames in {files} file{'' if files == 1 else 's'}"


def _named(paths: Sequence[str], one: str, many: str) -> list[str]:
    """Name files of which one thing is to be said."""
    if not paths:
        return []
    lines = [f"{len(paths)} {one if len(paths) == 1 else many}", *(f"  {path}" for path in paths[:LISTED])]
    return lines if len(paths) <= LISTED else [*lines, f"  and {len(paths) - LISTED} more, in log.jsonl"]


def _archives(archives: Sequence[str]) -> list[str]:
    """Name archives, in which mammograms may lie, and say what to do."""
    if not archives:
        return []
    named = ", ".join(map(_printable, archives[:LISTED])) + (", and others" if len(archives) > LISTED else "")
    what = "1 archive was" if len(archives) == 1 else f"{len(archives)} archives were"
    return [f"{what} not looked into: {named}", "  if mammograms lie in there: unpack, and give the folder as INPUT"]


def _pace(pace: Pace, names: Mapping[str, str]) -> list[str]:
    """Say how fast it was, and which files took longest."""
    if pace.images_per_hour is None:
        return []
    lines = [f"{pace.analysed} analysed in {_duration(pace.seconds)}, {pace.images_per_hour:,.0f} images per hour"]
    if pace.analysed > len(pace.slowest) > 0:  # of a few files, none is worth naming
        lines.append(
            "slowest: "
            + ", ".join(f"{_printable(names.get(path, path))} ({seconds:.1f} s)" for path, seconds in pace.slowest)
        )
    return lines


def _printable(name: str) -> str:
    """Write a name so that it can steer no terminal."""
    text = name.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(c if c.isprintable() or c == " " else c.encode("unicode_escape").decode("ascii") for c in text)


def _duration(seconds: float) -> str:
    """Write a duration as people do."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def _reasons(summary: RunSummary, status: Status, names: Mapping[str, str]) -> list[str]:
    rows = [row for row in summary.rows if row.status is status]
    by_reason = Counter(row.reason for row in rows)
    lines = (
        [f"{status}: " + ", ".join(f"{number} {reason}" for reason, number in by_reason.most_common())] if rows else []
    )
    if status is Status.FAILED:
        lines += [f"  {_printable(names.get(row.path, row.path))}: {row.message}" for row in rows[:LISTED]]
        if len(rows) > LISTED:
            lines.append(f"  and {len(rows) - LISTED} more, in files.jsonl")
    return lines
