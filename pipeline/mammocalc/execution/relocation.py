"""Relocation of outputs that a smaller run has put into other subfolders."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from mammocalc.execution.outputs import written
from mammocalc.execution.settled import source_of
from mammocalc.results.from_json import head_from_json
from mammocalc.results.layout import RESULTS, beside
from mammocalc.results.parse import parse_json

if TYPE_CHECKING:
    from mammocalc.execution.stored_files import Present
    from mammocalc.execution.work_order import WorkOrder


def relocate(there: Present, order: WorkOrder) -> int:
    """
    Bring all files of images to where a run of this size has them, so that a folder that grew is as one that did not.

    New files are written whole before old ones go, the result last and first: a run that is killed here goes on.

    Parameters
    ----------
    there : Present
        What lies in the store.
    order : WorkOrder
        Its store says how many levels of subfolders there are.

    Returns
    -------
    int
        How many images were moved or tidied up.
    """
    moved = 0
    for uid in sorted(set().union(*there.places.values())):
        results = there.places[RESULTS].get(uid, [])
        wanted = order.folder.place(RESULTS, uid, ".json").as_posix()
        old = [place for place in results if place != wanted]
        stays = posixpath.dirname(wanted).partition("/")[2]
        strays = [
            place
            for kind, by_uid in there.places.items()
            for place in by_uid.get(uid, [])
            if posixpath.dirname(place).partition("/")[2] != stays
        ]
        if not strays:
            continue
        moved += 1
        if old and wanted not in results and source_of(old[0], order) is not None:
            _copy(old[0], wanted, order)
        for place in sorted(strays, key=lambda place: not place.startswith(RESULTS)):
            order.folder.remove(place)
    return moved


def _copy(old: str, new: str, order: WorkOrder) -> None:
    """Write the files of an image at their new places; what they say of one another moves with them."""
    store, config = order.folder, order.config
    has_findings = head_from_json(parse_json(store.read(old))).has_findings
    wanted = [output for output in written.OUTPUTS if output.is_wanted(config, has_findings)]
    before = {output.kind: beside(old, output.kind, output.ending(config)) for output in wanted}
    after = {output.kind: beside(new, output.kind, output.ending(config)) for output in wanted}
    for output in reversed(wanted):
        store.write(after[output.kind], output.moved(store.read(before[output.kind]), before, after))
