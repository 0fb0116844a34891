"""Comparison of all pairs of one or two runs: compared, written and counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mammocalc import __version__
from mammocalc.analysis.comparison import rivals
from mammocalc.execution.comparing.folder import (
    CHANGES,
    COMPARISONS,
    LOOKED_AT_PIXELS,
    PAGE,
    PICTURE_ENDINGS,
    PICTURES,
    RECORD,
    WHAT,
    ComparisonFolder,
    check_folder,
    describe,
    levels_of,
    place_in,
    require_apart,
    require_related,
)
from mammocalc.execution.comparing.image_files import ImageFile, find_image_files
from mammocalc.execution.comparing.page import page_of
from mammocalc.execution.comparing.pair import ImageTask, PairOutcome, PairTask, compare_pair, digest_of
from mammocalc.execution.comparing.request import CompareRequest, CompareSummary
from mammocalc.execution.comparing.sources import Source, find_pairs, open_source, say_of_runs, settings_that_differ
from mammocalc.execution.comparing.summary import doubts_of
from mammocalc.execution.workers.isolation import Isolated
from mammocalc.execution.workers.pool import run_tasks
from mammocalc.execution.workers.resources import free_memory_bytes
from mammocalc.files.claim import FolderClaim
from mammocalc.model.comparison import RegistrationKind
from mammocalc.results.comparison_from_json import comparison_from_json
from mammocalc.results.comparison_to_json import CHANGE_COLUMNS, change_rows
from mammocalc.results.parse import parse_json
from mammocalc.vocabulary.changes import Change
from mammocalc.vocabulary.errors import ResultError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mammocalc.analysis.comparison import Entry, Pairing
    from mammocalc.execution.workers.resource_limits import Lost
    from mammocalc.model import Comparison


def compare_runs(
    request: CompareRequest,
    report: Callable[[int, int], None] = lambda _done, _total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> CompareSummary:
    """
    Compare the images of a patient on two dates, for all patients of a run, or of a run and the one before.

    Parameters
    ----------
    request : CompareRequest
    report : callable
        Told how many pairs are done, and of how many.
    should_stop : callable
        Asked between two pairs.

    Returns
    -------
    CompareSummary

    Raises
    ------
    UsageError
        If a folder holds no run, there is no pair, or the output folder belongs to something else.
    OutputError
        If the output folder cannot be written to. Nothing was done.
    StoppedError, OutputLostError
        If it takes no more, or has gone. What there is is whole, and the same call goes on.
    """
    current = open_source(request.run)
    prior = None if request.prior_run is None else open_source(request.prior_run, is_prior=True)
    if prior is not None and prior.root.resolve() == current.root.resolve():
        message = "the run and the prior run are the same folder: give one of them alone, and its dates are compared."
        raise UsageError(message)
    require_apart(request.out, [source.root for source in (current, prior) if source is not None], request.images)
    pairings, unpaired = find_pairs(current, prior, request.pairs)
    notes = tuple(say_of_runs(current, prior))
    tasks = _tasks(request, current, prior, pairings, notes)
    identity = _identity(current, prior, request)
    with FolderClaim(request.out, WHAT) as claim:
        check_folder(request.out, identity, force=request.force)
        folder = ComparisonFolder(request.out, levels_of(len(tasks)), claim.token)
        made = [folder.place(COMPARISONS, task.uids, ".json") for task in tasks]
        removed = require_related(folder, made, force=request.force)
        folder.write(RECORD, describe(identity, "running", {}))
        work = _Work(folder, request, len(tasks), report, should_stop)
        work.through(tasks)
        summary = CompareSummary(
            pairs=work.done - len(work.failed),
            comparable=work.comparable,
            resumed=work.resumed,
            changes={change: work.changes[change] for change in Change},
            unpaired=unpaired,
            failed=tuple(work.failed),
            without_pixels=len(work.unseen) if request.images is not None else 0,
            notes=notes,
            stopped=work.done < len(tasks),
            removed=0 if work.done < len(tasks) else removed,
            doubts=dict(sorted(work.doubts.items(), key=lambda item: (-item[1], item[0]))),
        )
        _conclude(folder, tasks, work.compared, identity, summary)
    return summary


@dataclass(slots=True)
class _Work:
    """Pairs as they are done, and what was counted of them."""

    folder: ComparisonFolder
    request: CompareRequest
    total: int
    report: Callable[[int, int], None]
    should_stop: Callable[[], bool]
    done: int = 0
    comparable: int = 0
    resumed: int = 0
    changes: Counter[Change] = field(default_factory=Counter)
    doubts: Counter[str] = field(default_factory=Counter)
    unseen: set[str] = field(default_factory=set)
    failed: list[tuple[str, str]] = field(default_factory=list)
    compared: dict[str, Comparison] = field(default_factory=dict)
    """By the places of their documents, each as it is read back from there."""

    def through(self, tasks: list[PairTask]) -> None:
        """Take up what an earlier call has done, and compare the rest."""
        left = []
        for task in tasks:
            known = _known(self.folder, task)
            if known is None:
                left.append(task)
            else:
                self.resumed += 1
                self._count(task, known)
        task_of = {task.uids: task for task in left}
        for outcome in self._outcomes(left):
            if outcome.content is None:
                self.done += 1
                self.failed.append((" -> ".join(outcome.uids), outcome.failure or ""))
            else:
                for picture, drawn in outcome.pictures.items():
                    self.folder.write(picture, drawn)
                self.folder.write(self._place(outcome.uids), outcome.content)
                self._count(task_of[outcome.uids], comparison_from_json(parse_json(outcome.content)))
            self.report(self.done, self.total)

    def _place(self, uids: tuple[str, str]) -> str:
        return self.folder.place(COMPARISONS, uids, ".json")

    def _count(self, task: PairTask, comparison: Comparison) -> None:
        self.compared[self._place(task.uids)] = comparison
        self.done += 1
        self.comparable += comparison.registration.is_comparable
        self.changes.update(comparison.counts)
        self.doubts.update(doubts_of(comparison))
        is_searched = comparison.registration.kind is not RegistrationKind.NONE
        for uid, image, is_seen in zip(task.uids, (task.current, task.prior), comparison.looked_at, strict=True):
            if not is_seen and (is_searched or image.file is None):
                self.unseen.add(uid)

    def _outcomes(self, tasks: list[PairTask]) -> Iterator[PairOutcome]:
        """Compare in this process where nothing but results is read, and in others where files of patients are."""
        if all(task.current.file is None and task.prior.file is None for task in tasks):
            for task in tasks:
                if self.should_stop():
                    return
                yield compare_pair(task)
            return
        workers = min(self.request.workers, len(tasks))
        perform = Isolated(compare_pair, self.request.limits, free_memory_bytes() // workers)
        yield from run_tasks(tasks, perform, _lost, workers=workers, should_stop=self.should_stop)


def _lost(task: PairTask, lost: Lost) -> PairOutcome:
    return PairOutcome(task.uids, None, f"its files could not be read to the end ({lost.fault}: {lost.detail})")


def _known(folder: ComparisonFolder, task: PairTask) -> Comparison | None:
    """Give the comparison that an earlier call has made of the very same, from as many pixels or more."""
    content = folder.read(folder.place(COMPARISONS, task.uids, ".json"))
    if content is None or not task.inputs_digest:
        return None
    try:
        document = parse_json(content)
        comparison = comparison_from_json(document)
    except ResultError:
        return None
    lacking = [
        image.file is not None and not was_looked_at
        for image, was_looked_at in zip((task.current, task.prior), comparison.looked_at, strict=True)
    ]
    if comparison.registration.kind is not RegistrationKind.NONE and any(lacking):
        return None  # the files may be the right ones by now
    return comparison if document["provenance"]["inputs_digest"] == task.inputs_digest else None


def _tasks(
    request: CompareRequest,
    current: Source,
    prior: Source | None,
    pairings: tuple[Pairing, ...],
    notes: tuple[str, ...],
) -> list[PairTask]:
    files = [_files(request, source, pairings, are_priors=source is prior) for source in (current, prior)]

    def image(entry: Entry) -> ImageTask:
        source = prior if entry.is_prior and prior is not None else current
        return ImageTask(source.root, entry.result, files[entry.is_prior].get(entry.uid))

    tasks = []
    levels = levels_of(len(pairings))
    settings_differ = bool(settings_that_differ(current, prior))
    entries = [*current.entries, *(() if prior is None else prior.entries)]
    for pairing, sides in zip(pairings, rivals(entries, pairings), strict=True):
        images = image(pairing.current), image(pairing.prior)
        are_mixed = pairing.current.is_prior is not pairing.prior.is_prior  # else both are of one run
        of_runs = notes if are_mixed else ()
        said = (*pairing.notes, *of_runs)
        uids = (pairing.current.uid, pairing.prior.uid)
        pictures = tuple(place_in(levels, PICTURES, uids, ending) for ending in PICTURE_ENDINGS)
        source = prior if pairing.prior.is_prior and prior is not None else current
        others = tuple(ImageTask(source.root, entry.result) for entry in sides)
        digest = digest_of((*images, *others), (str(pairing.paired_by), *said))
        four = (pictures[0], pictures[1], pictures[2], pictures[3])
        tasks.append(PairTask(pairing, *images, of_runs, digest, four, settings_differ and are_mixed, others))
    return tasks


def _files(
    request: CompareRequest, source: Source | None, pairings: tuple[Pairing, ...], *, are_priors: bool
) -> Mapping[str, ImageFile]:
    """Find the files of all images of a run that are compared."""
    if request.images is None or source is None:
        return {}
    used = {e.uid for p in pairings for e in (p.current, p.prior) if e.is_prior == are_priors}
    return find_image_files(request.images, source, used, request.salt_file)


def _identity(current: Source, prior: Source | None, request: CompareRequest) -> dict[str, Any]:
    """Give what must be equal for two calls to be one and the same comparison; runs may have grown since."""
    records = [source.record for source in (current, prior) if source is not None]
    return {
        "version": __version__,
        "runs": [[record.get("version"), record.get("configuration_digest")] for record in records],
        "named_pairs": request.pairs is not None,
        LOOKED_AT_PIXELS: request.images is not None,
    }


def _conclude(
    folder: ComparisonFolder,
    tasks: list[PairTask],
    compared: Mapping[str, Comparison],
    identity: Mapping[str, Any],
    summary: CompareSummary,
) -> None:
    """Write what stands over all pairs: table, page and record."""
    places = [folder.place(COMPARISONS, task.uids, ".json") for task in tasks]
    if not summary.stopped:
        folder.remove_all_but([*places, *(picture for task in tasks for picture in task.pictures)])
    rows = (row for place in sorted(compared) for row in change_rows(compared[place]))
    folder.write_table(CHANGES, CHANGE_COLUMNS, rows)
    folder.write(PAGE, page_of(folder, tasks, compared, summary))
    folder.write(RECORD, describe(identity, "stopped" if summary.stopped else "finished", _totals(summary)))


def _totals(summary: CompareSummary) -> dict[str, Any]:
    return {
        "pairs": summary.pairs,
        "comparable": summary.comparable,
        "calcifications": {str(change): count for change, count in summary.changes.items()},
        "unpaired": [{"image": image, "reason": reason} for image, reason in summary.unpaired],
        "failed": [{"pair": pair, "reason": reason} for pair, reason in summary.failed],
        "notes": list(summary.notes),
    }
