"""References between items of a report, resolved once the tree is complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.dicom.writer.sr import items

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydicom.dataset import Dataset

    from mammocalc.dicom.writer.sr.items import Position


class Links:
    """References that are open until `resolve` tells them where their items stand."""

    def __init__(self) -> None:
        self._open: list[tuple[Dataset, Dataset]] = []

    def to(self, relationship: str, target: Dataset) -> Dataset:
        """Refer to an item that stands in the report once, now or later."""
        reference = items.reference(relationship, ())
        self._open.append((reference, target))
        return reference

    def resolve(self, tree: Iterable[Dataset]) -> None:
        """
        Close all references.

        Parameters
        ----------
        tree : iterable of Dataset
            The items below the root, in their order.
        """
        if not self._open:
            return
        places = {id(item): place for item, place in _places(tree, (1,))}
        for reference, target in self._open:
            reference.ReferencedContentItemIdentifier = list(places[id(target)])


def _places(tree: Iterable[Dataset], above: Position) -> Iterator[tuple[Dataset, Position]]:
    for number, item in enumerate(tree, start=1):
        place = (*above, number)
        yield item, place
        yield from _places(item.get("ContentSequence") or (), place)
