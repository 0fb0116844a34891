"""The content tree of a structured report, as a checker walks through it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

Position = tuple[int, ...]


@dataclass(eq=False)
class Node:
    """A content item, or a reference to one; the root stands at (1,)."""

    dataset: Dataset
    position: Position
    parent: Node | None
    children: list[Node] = field(default_factory=list)

    @cached_property
    def relationship(self) -> str:
        return str(self.dataset.get("RelationshipType", ""))

    @cached_property
    def target(self) -> Position | None:
        """Where the item stands that this one refers to; None where it is one itself."""
        value = self.dataset.get("ReferencedContentItemIdentifier")
        if value is None:
            return None
        return tuple(map(int, value)) if hasattr(value, "__iter__") else (int(value),)

    @cached_property
    def value_type(self) -> str:
        return str(self.dataset.get("ValueType", ""))

    @cached_property
    def concept(self) -> str:
        return code_in(self.dataset, "ConceptNameCodeSequence")

    @cached_property
    def value(self) -> str:
        """The code of a CODE item."""
        return code_in(self.dataset, "ConceptCodeSequence")

    @cached_property
    def units(self) -> str:
        measured = self.dataset.get("MeasuredValueSequence") or []
        return code_in(measured[0], "MeasurementUnitsCodeSequence") if measured else ""

    @cached_property
    def number(self) -> float | None:
        measured = self.dataset.get("MeasuredValueSequence") or []
        return float(measured[0].NumericValue) if measured else None

    def __iter__(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.position))} {self.value_type or 'reference'} {self.concept}"


def code_in(dataset: Dataset, keyword: str) -> str:
    """Give the first code of a sequence as ``value,scheme``."""
    items = dataset.get(keyword) or []
    return f"{items[0].get('CodeValue', '')},{items[0].get('CodingSchemeDesignator', '')}" if items else ""


def read_tree(dataset: Dataset, position: Position = (1,), parent: Node | None = None) -> Node:
    """Read a report into nodes."""
    node = Node(dataset, position, parent)
    for number, item in enumerate(dataset.get("ContentSequence") or [], start=1):
        node.children.append(read_tree(item, (*position, number), node))
    return node
