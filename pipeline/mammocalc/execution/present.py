"""Which files of images lie in the store of a run, by UID."""

from __future__ import annotations

import contextlib
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Self

from mammocalc.results.layout import CANDIDATES, DETAILS, ENDINGS, OVERLAYS, RESULTS, THUMBNAILS, details_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.execution.run_folder import Store
    from mammocalc.execution.work_order import WorkOrder


@dataclass(frozen=True, slots=True)
class Present:
    """
    What a store held when it was looked through.

    Attributes
    ----------
    places : mapping of str to mapping of str to list of str
        By kind and by SOP Instance UID. As a rule one place; a run that was killed while its files moved to other
        subfolders has left two.
    """

    places: Mapping[str, Mapping[str, list[str]]]

    @classmethod
    def look(cls, store: Store) -> Self:
        """Look through a store once: much sooner than asking for every file."""
        places: dict[str, dict[str, list[str]]] = {}
        for kind, endings in ENDINGS.items():
            by_uid = defaultdict(list)
            for name in store.names(kind):
                path = PurePosixPath(name)
                if path.suffix in endings:
                    by_uid[path.stem].append(name)
            places[kind] = dict(by_uid)
        return cls(places)

    @classmethod
    def look_for(cls, uid: str, store: Store) -> Self:
        """Name the files that one image can have, whether they are there or not."""
        return cls(
            {
                kind: {uid: [store.place(kind, uid, ending).as_posix() for ending in endings]}
                for kind, endings in ENDINGS.items()
            }
        )

    def has(self, kind: str, place: str) -> bool:
        """Whether there is a file at a place."""
        return place in self.places[kind].get(PurePosixPath(place).stem, ())

    def forget(self, uid: str, store: Store) -> None:
        """Remove all files of an image, its result first."""
        for kind in ENDINGS:
            for place in self.places[kind].get(uid, ()):
                with contextlib.suppress(FileNotFoundError):
                    store.remove(place)


def is_complete(uid: str, order: WorkOrder, there: Present) -> bool:
    """Whether all files are there that belong to a analysed image; what is in them is not looked at."""
    store, outputs = order.folder, order.config.outputs
    result = store.place(RESULTS, uid, ".json").as_posix()
    if not there.has(RESULTS, result) or not there.has(DETAILS, details_path(result)):
        return False
    if outputs.candidates and not there.has(CANDIDATES, store.place(CANDIDATES, uid, ".json").as_posix()):
        return False
    if outputs.overlays == "none":
        return True
    if uid not in there.places[OVERLAYS]:
        try:
            return outputs.overlays == "findings" and json.loads(store.read(result))["overlay"] is None
        except (OSError, ValueError, KeyError, TypeError):
            return False
    return not outputs.thumbnails or uid in there.places[THUMBNAILS]
