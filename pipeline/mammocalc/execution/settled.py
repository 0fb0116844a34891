"""Files that an earlier part of a run has settled, and those that are missing or changed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from mammocalc.execution.content import state_of, tag_of
from mammocalc.execution.outputs import written
from mammocalc.model import FileRow
from mammocalc.results.from_json import head_from_json
from mammocalc.results.layout import RESULTS, beside
from mammocalc.results.parse import parse_json
from mammocalc.vocabulary.errors import ResultError
from mammocalc.vocabulary.image_key import split_key
from mammocalc.vocabulary.lexicon import Reason, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from mammocalc.execution.content import State
    from mammocalc.execution.plan import Plan, PlannedFile, PlannedImage
    from mammocalc.execution.stored_files import Present
    from mammocalc.execution.work_order import WorkOrder

CHECKS_AT_ONCE: Final = 16
GONE: Final = "The file is not there any more; its result, of when it was analysed, stays."
EXCHANGED: Final = "The file holds another image now; the result of the one that it held before stays."
UNKNOWN_PATH: Final = "~unknown/{}"  # a result of this run whose row was lost, and whose file is gone


@dataclass(frozen=True, slots=True)
class Settled:
    """
    What is known of a plan before anything is analysed.

    Attributes
    ----------
    rows : tuple of FileRow
        Of files that need not be looked at, of those that are gone, and, until they are settled anew, of those that do.
    left : tuple of PlannedImage
        What is to be looked at, each with the content from which the result was made that lies there whole.
    settled : int
        Files that need not be looked at, and that another process had settled.
    changed : tuple of str
        Paths of files that had other frames of the same object before, of which nothing stays.
    exchanged : tuple of str
        Paths that held another image before.
    vanished : tuple of str
        Paths of files that are not there any more: analysed ones keep a row, others do not.
    """

    rows: tuple[FileRow, ...]
    left: tuple[PlannedImage, ...]
    settled: int
    changed: tuple[str, ...]
    exchanged: tuple[str, ...]
    vanished: tuple[str, ...]


def find_settled(
    rows: Iterable[FileRow],
    plan: Plan,
    order: WorkOrder,
    there: Present,
    *,
    known: Mapping[Path, State],
    on_hold: AbstractSet[Path],
) -> Settled:
    """
    Hold what was settled before against what is there now.

    A file is what it holds: neither its name nor its dates. It need not be looked at where its row says so: where its
    size and dates are still those under which its content was read (`mammocalc.execution.content.tag_of`), all files
    that bear its UID are the same as before, and the result was made from that content and lies there whole, with
    everything that it refers to. Else the content is read, and what has the content of a whole result is not analysed
    again. What failed is always looked at again.

    Parameters
    ----------
    rows : iterable of FileRow
        Those that were written, as they lie in ``files.jsonl``: of several with one path and frame the last counts.
    plan : Plan
    order : WorkOrder
    there : Present
        What lies in the store.
    known : mapping of Path to State
        Files that this process has settled, and their states then: these are not looked at again, failed ones either.
    on_hold : set of Path
        Files that are being written just now: their images stay as they are.
    """
    rows, of_others = _take_away_frames(rows, plan, order, there)
    written = {row.place: row for row in rows if row.reason is not Reason.GONE}
    gone_before = {str(row.key): row for row in rows if row.reason is Reason.GONE}
    planned = {file.place: file for image in plan.images for file in image.files}
    uids = {image.key for image in plan.images}
    sources = _sources(uids, order, there)
    together: dict[str | None, set[tuple[str, int]]] = {}
    stated = {row.place for row in plan.rows}
    for row in written.values():
        if row.place in stated:
            continue
        together.setdefault(row.key, set()).add(row.place)

    known_rows: list[FileRow] = []
    left: list[PlannedImage] = []
    settled = 0
    for image in plan.images:
        own = [written[file.place] for file in image.files if file.place in written]
        source = sources.get(str(image.key))
        own = [row for row in own if row.status is not Status.ANALYSED or row.content == source]
        known_rows += own
        if any(file.path in on_hold for file in image.files):
            continue
        is_same_group = {file.place for file in image.files} == together.get(image.key)
        is_done = len(own) == len(image.files) and (is_same_group or image.key is None)
        if is_done and _says_all(own, source) and all(map(_is_seen(written, known, order.key), image.files)):
            settled += sum(file.path not in known for file in image.files)
        else:
            left.append(replace(image, source=source))

    paths = {path for path, _ in planned}
    changed = [row.path for row in of_others if row.path in paths and row.reason is None]
    paths |= {row.path for row in plan.rows}
    gone, exchanged, vanished = [], [], []
    for place, row in written.items():
        is_other = place in planned and planned[place].key != row.key
        if is_other:
            exchanged.append(row.path)
        elif row.path not in paths and row.key not in uids:
            vanished.append(row.path)
        if row.status is Status.ANALYSED and row.key not in uids:
            gone.append(replace(row, reason=Reason.GONE, message=EXCHANGED if is_other else GONE, seen=None))
    gone += [row for uid, row in gone_before.items() if uid not in uids]
    gone += _without_rows(there, {str(row.key) for row in gone} | {str(uid) for uid in uids}, order)
    rows_now = (*known_rows, *(replace(row, path=plan.renamed.get(row.path, row.path)) for row in gone))
    told = (tuple(sorted(set(paths))) for paths in (changed, exchanged, vanished))
    return Settled(rows_now, tuple(left), settled, *told)


def _take_away_frames(
    rows: Iterable[FileRow], plan: Plan, order: WorkOrder, there: Present
) -> tuple[list[FileRow], list[FileRow]]:
    """Remove results of frames that their object has no more, as a changed file's; also gives the rows of these."""
    planned = {image.key: image.files[0].sop_instance_uid for image in plan.images if image.key is not None}
    objects = set(planned.values())
    for key in set(there.places[RESULTS]) - set(planned):
        if split_key(key)[0] in objects:
            there.forget(key, order.folder)
    kept: list[FileRow] = []
    of_others: list[FileRow] = []
    for row in rows:
        (of_others if row.sop_instance_uid in objects and row.key not in planned else kept).append(row)
    return kept, of_others


def _says_all(rows: list[FileRow], source: str | None) -> bool:
    """Whether the rows of an image account for its result, or for there being none."""
    analysed = [row for row in rows if row.status is Status.ANALYSED]
    if not analysed:
        return source is None
    return len(analysed) == 1 and source is not None and analysed[0].content == source


class _is_seen:  # noqa: N801 - a question with its context
    """Whether a file is as it was when its row was written, without reading it."""

    def __init__(self, written: Mapping[tuple[str, int], FileRow], known: Mapping[Path, State], key: bytes) -> None:
        self._written, self._known, self._key = written, known, key

    def __call__(self, file: PlannedFile) -> bool:
        row = self._written[file.place]
        try:
            state = state_of(file.path)
        except OSError:
            return False
        if self._known.get(file.path) == state:
            return True
        is_final = row.status is not Status.FAILED or row.reason is Reason.UID_COLLISION
        return is_final and row.seen is not None and row.seen == tag_of(state, self._key)


def _sources(uids: AbstractSet[str | None], order: WorkOrder, there: Present) -> dict[str, str]:
    """From which content each whole result of the planned images was made; what is only partly there is removed."""
    candidates = sorted(uid for uid in uids if uid is not None and uid in there.places[RESULTS])
    # A store on a network answers many questions at once much sooner than one by one.
    with ThreadPoolExecutor(CHECKS_AT_ONCE) as checks:
        found = list(
            checks.map(lambda uid: source_of(order.folder.place(RESULTS, uid, ".json").as_posix(), order), candidates)
        )
    for uid, source in zip(candidates, found, strict=True):
        if source is None:
            there.forget(uid, order.folder)
    return {uid: source for uid, source in zip(candidates, found, strict=True) if source is not None}


def source_of(place: str, order: WorkOrder) -> str | None:
    """
    Give the digest of the content from which a result was made.

    Returns
    -------
    str or None
        None where it is not there, is not of this run, or lacks anything that was to be written with it.
    """
    store, config = order.folder, order.config
    try:
        head = head_from_json(parse_json(store.read(place)))
        source = head.provenance.source_digest
        is_ours = head.provenance == replace(order.provenance, source_digest=source)
        if not is_ours or head.image.identity.key != PurePosixPath(place).stem:
            return None
        is_whole = all(
            output.is_whole(store.read(beside(place, output.kind, output.ending(config))))
            for output in written.OUTPUTS[1:]
            if output.is_wanted(config, head.has_findings)
        )
    except (OSError, ResultError):
        return None
    return source if is_whole else None


def _without_rows(there: Present, accounted: AbstractSet[str], order: WorkOrder) -> list[FileRow]:
    """Give rows to results of this run whose rows were lost; results of any other are removed, for nothing is mixed."""
    rows = []
    for uid in sorted(set(there.places[RESULTS]) - accounted):
        source = source_of(order.folder.place(RESULTS, uid, ".json").as_posix(), order)
        if source is None:
            there.forget(uid, order.folder)
        else:
            path, (sop_instance_uid, frame) = UNKNOWN_PATH.format(uid), split_key(uid)
            row = FileRow(path, sop_instance_uid, Status.ANALYSED, Reason.GONE, GONE, 0.0, source, frame=frame)
            rows.append(row)
    return rows
