"""Which row of a template each item of a report is, and which rows are there how often."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from template_tables import codes_in, fits_concept, templates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from report_tree import Node
    from template_tables import Row

EXTENSIBLE = frozenset({"4020", "1400", "1401"})

Key = tuple[tuple[int, int], ...]
"""Which INCLUDE, by its row, and which repetition of it, from the outermost to the innermost."""


@dataclass(eq=False)
class Slot:
    """A row where it may be filled: by which INCLUDEs it came there, and what they pass on."""

    row: Row
    includes: tuple[Row, ...]
    parameters: Mapping[str, str]

    @property
    def relationship(self) -> str:
        around = [self.row, *reversed(self.includes)]
        return next((row.relationship for row in around if row.relationship), "")


@dataclass(eq=False)
class Match:
    """Which items fill which rows below one item; ``problems`` are of items that fill none."""

    node: Node
    slot: Slot | None
    slots: dict[Node, Slot] = field(default_factory=dict)
    filled: dict[tuple[Key, int], list[Node]] = field(default_factory=lambda: defaultdict(list))
    repetitions: dict[tuple[Key, int], set[int]] = field(default_factory=lambda: defaultdict(set))
    problems: list[str] = field(default_factory=list)


def unfold(rows: Sequence[Row], parameters: Mapping[str, str], includes: tuple[Row, ...] = ()) -> list[Slot]:
    """Give the slots of some rows, included templates in their place."""
    slots = []
    for row in rows:
        if row.included not in templates():
            if not row.included:
                slots.append(Slot(row, includes, parameters))
            continue
        passed = dict(part.split("=", 1) for part in row.values.split("; ") if part.startswith("$") and "=" in part)
        slots += unfold(templates()[row.included], {**parameters, **passed}, (*includes, row))
    return slots


def is_excluded(row: Row, value: str) -> bool:
    """Whether a condition on the value of the item above keeps a row from being there."""
    for part in row.condition.split("; "):
        codes = codes_in(part)
        if part.startswith("only if value of parent is not ") and value in codes:
            return True
        if part.startswith("only if value of parent is ") and " is not " not in part and value not in codes:
            return True
        if part.startswith("unless value of parent is ") and value in codes:
            return True
    return False


def match_children(node: Node, rows: Sequence[Row], slot: Slot | None) -> Match:
    """Give each child of an item its row: the first that fits from the last one on, or an INCLUDE begins again."""
    match = Match(node, slot)
    slots = _slots_of(slot, rows)
    free = [one for one in slots if not any(is_excluded(row, node.value) for row in (one.row, *one.includes))]
    at = -1
    key: Key = ()
    for child in node.children:
        fitting = [index for index, one in enumerate(free) if misfit(child, one) is None]
        ahead = [index for index in fitting if index > at or (index == at and free[index].row.may_repeat)]
        if ahead:
            index = ahead[0]
            key = _next_key(key, free[index].includes, free[at].includes if at >= 0 else ())
        else:
            again = [(_depth_again(free[index], free[at]), index) for index in fitting if at >= 0]
            again = [(depth, index) for depth, index in again if depth]
            if not again:
                if not slot or slot.row.template not in EXTENSIBLE:
                    match.problems.append(f"{child}: {_why_not(child, free, fitting)}")
                continue
            depth, index = max(again, key=lambda pair: pair[0])
            key = _again(key, depth, free[index].includes)
        at = index
        match.slots[child] = free[index]
        match.filled[key, id(free[index].row)].append(child)
        for depth, one in enumerate(key):
            match.repetitions[key[:depth], one[0]].add(one[1])
    return match


_UNFOLDED: dict[tuple[int, tuple[tuple[str, str], ...]], list[Slot]] = {}
"""Slots by the row above them and what is passed on: the same for every item of that row."""


def _slots_of(slot: Slot | None, rows: Sequence[Row]) -> list[Slot]:
    parameters = slot.parameters if slot else {}
    key = (id(slot.row) if slot else 0, tuple(sorted(parameters.items())))
    if key not in _UNFOLDED:
        _UNFOLDED[key] = unfold(rows, parameters)
    return _UNFOLDED[key]


def misfit(child: Node, slot: Slot) -> str | None:
    """Say what of an item is not as a row wants it: its kind, its name or its relationship; None where all is."""
    if (child.target is not None) is not slot.row.is_reference:
        return "kind"
    if child.target is None:
        if child.value_type != slot.row.value_type:
            return "kind"
        if fits_concept(child.concept, slot.row.concept) is False:
            return "name"
    return None if child.relationship == slot.relationship else "relationship"


def _next_key(key: Key, includes: tuple[Row, ...], before: tuple[Row, ...]) -> Key:
    """Go on in the INCLUDEs that both slots share, and begin those that are new."""
    shared = 0
    while shared < min(len(includes), len(before)) and includes[shared] is before[shared]:
        shared += 1
    return (*key[:shared], *((id(row), 0) for row in includes[shared:]))


def _depth_again(slot: Slot, last: Slot) -> int:
    """Give how deep the innermost INCLUDE lies that holds both slots and may begin again; 0 where there is none."""
    depth = 0
    for number, (one, other) in enumerate(zip(slot.includes, last.includes, strict=False), start=1):
        if one is not other:
            break
        if one.may_repeat:
            depth = number
    return depth


def _again(key: Key, depth: int, includes: tuple[Row, ...]) -> Key:
    include, repetition = key[depth - 1]
    return (*key[: depth - 1], (include, repetition + 1), *((id(row), 0) for row in includes[depth:]))


def _why_not(child: Node, free: Sequence[Slot], fitting: Sequence[int]) -> str:
    if fitting:
        return f"out of order, or more often than {free[fitting[0]].row} admits"
    related = [one for one in free if misfit(child, one) == "relationship"]
    if related:
        return f"{related[0].row} wants {related[0].relationship}, not {child.relationship}"
    return "is in no row"
