"""References between items of a report, resolved once the tree is complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.dicom.writer.sr import items

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mammocalc.dicom.writer.sr.encoding import Item
    from mammocalc.dicom.writer.sr.items import Position


class Links:
    """References that are open until `resolve` tells them where their items stand."""

    def __init__(self) -> None:
        self._open: list[tuple[Item, Item]] = []

    def to(self, relationship: str, target: Item) -> Item:
        """Refer to an item that stands in the report once, now or later."""
        reference = items.reference(relationship, ())
        self._open.append((reference, target))
        return reference

    def resolve(self, tree: Iterable[Item]) -> None:
        """
        Close all references.

        Parameters
        ----------
        tree : iterable of Item
            The items below the root, in their order.
        """
        if not self._open:
            return
        places = {id(item): place for item, place in _places(tree, (1,))}
        for reference, target in self._open:
            reference["ReferencedContentItemIdentifier"] = places[id(target)]


def _places(tree: Iterable[Item], above: Position) -> Iterator[tuple[Item, Position]]:
    for number, item in enumerate(tree, start=1):
        place = (*above, number)
        yield item, place
        yield from _places(item.get("ContentSequence", ()), place)
