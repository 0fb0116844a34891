"""Stored files of a run, by kind and by the key of their image."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Self

from mammocalc.execution.outputs import written
from mammocalc.results.from_json import head_from_json
from mammocalc.results.layout import RESULTS
from mammocalc.results.parse import parse_json
from mammocalc.vocabulary.errors import ResultError

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
        By kind and by the key of the image. As a rule one place; a run that was killed while its files moved to other
        subfolders has left two.
    """

    places: Mapping[str, Mapping[str, list[str]]]

    @classmethod
    def look(cls, store: Store) -> Self:
        """Look through a store once: much sooner than asking for every file."""
        places: dict[str, dict[str, list[str]]] = {}
        for output in written.OUTPUTS:
            by_uid = defaultdict(list)
            for name in store.names(output.kind):
                path = PurePosixPath(name)
                if path.suffix in output.endings:
                    by_uid[path.stem].append(name)
            places[output.kind] = dict(by_uid)
        return cls(places)

    @classmethod
    def look_for(cls, uid: str, store: Store) -> Self:
        """Name the files that one image can have, whether they are there or not."""
        return cls(
            {
                output.kind: {uid: [store.place(output.kind, uid, ending).as_posix() for ending in output.endings]}
                for output in written.OUTPUTS
            }
        )

    def has(self, kind: str, place: str) -> bool:
        """Whether there is a file at a place."""
        return place in self.places[kind].get(PurePosixPath(place).stem, ())

    def forget(self, uid: str, store: Store) -> None:
        """Remove all files of an image, its result first."""
        for output in written.OUTPUTS:
            for place in self.places[output.kind].get(uid, ()):
                with contextlib.suppress(FileNotFoundError):
                    store.remove(place)


def is_complete(uid: str, order: WorkOrder, there: Present) -> bool:
    """Whether all files of an analysed image exist; their content is read only if necessary."""
    store, config = order.folder, order.config
    missing = [
        output
        for output in written.OUTPUTS
        if output.is_wanted(config, True)  # noqa: FBT003 - that anything was found
        and not there.has(output.kind, store.place(output.kind, uid, output.ending(config)).as_posix())
    ]
    if not missing:
        return True
    if any(output.is_wanted(config, False) for output in missing):  # noqa: FBT003 - that nothing was found
        return False
    try:
        return not head_from_json(parse_json(store.read(store.place(RESULTS, uid, ".json")))).has_findings
    except (OSError, ResultError):
        return False
