"""Files of images that lie in other subfolders than a run of the present size puts them into."""

from __future__ import annotations

import json
import posixpath
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mammocalc.execution.settled import source_of
from mammocalc.results.layout import (
    CANDIDATES,
    DETAILS,
    OVERLAYS,
    RESULTS,
    THUMBNAILS,
    candidates_path,
    details_path,
    thumbnail_path,
)
from mammocalc.results.to_json import encode

if TYPE_CHECKING:
    from mammocalc.execution.present import Present
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
            _copy(old[0], wanted, uid, order)
        for place in sorted(strays, key=lambda place: not place.startswith(RESULTS)):
            order.folder.remove(place)
    return moved


def _copy(old: str, new: str, uid: str, order: WorkOrder) -> None:
    """Write the files of an image at their new places; what they say of one another moves with them."""
    store = order.folder
    document = json.loads(store.read(old))
    page = store.read(details_path(old))
    before, after = posixpath.dirname(details_path(old)), posixpath.dirname(details_path(new))
    links = [(posixpath.relpath(old, before), posixpath.relpath(new, after))]
    if document["overlay"] is not None:
        picture = document["overlay"]["path"]
        ending = PurePosixPath(picture).suffix
        place = store.place(OVERLAYS, uid, ending).as_posix()
        store.write(place, store.read(picture))
        if order.config.outputs.thumbnails:
            store.write(store.place(THUMBNAILS, uid, ".jpg"), store.read(thumbnail_path(picture)))
        document["overlay"]["path"] = place
        links.append((posixpath.relpath(picture, before), posixpath.relpath(place, after)))
    if order.config.outputs.candidates:
        store.write(store.place(CANDIDATES, uid, ".json"), store.read(candidates_path(old)))
    for was, now in links:
        page = page.replace(f'"{was}"'.encode(), f'"{now}"'.encode())
    store.write(store.place(DETAILS, uid, ".html"), page)
    store.write(new, encode(document))
