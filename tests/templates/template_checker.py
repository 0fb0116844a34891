"""
Holds a Mammography CAD SR against the templates and context groups of DICOM PS3.16: what no tool at hand does.

`check_report` gives a sentence for each thing that is wrong, and the conditions for which it has no words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from report_tree import Node, read_tree
from template_conditions import Place, group_of, holds
from template_rows import Match, Slot, match_children
from template_tables import Row, templates
from template_values import value_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydicom.dataset import Dataset
    from template_rows import Key

ROOT = "4000"


@dataclass
class Checked:
    """What is wrong with a report, and what could not be asked."""

    problems: list[str] = field(default_factory=list)
    unchecked: set[str] = field(default_factory=set)


@dataclass
class Report:
    """A report with what a check needs to know of it."""

    nodes: dict[tuple[int, ...], Node]
    headers: Mapping[str, Dataset]
    evidence: dict[str, str]
    slots: dict[Node, Slot] = field(default_factory=dict)

    def image_of(self, node: Node) -> str:
        """Give the UID of an IMAGE item, or of the one that a reference leads to."""
        item = self.nodes.get(node.target) if node.target else node
        referred = None if item is None else item.dataset.get("ReferencedSOPSequence")
        return str(referred[0].ReferencedSOPInstanceUID) if referred else ""


def check_report(dataset: Dataset, headers: Mapping[str, Dataset]) -> Checked:
    """
    Check a report.

    Parameters
    ----------
    dataset : Dataset
        A Mammography CAD SR.
    headers : mapping of str to Dataset
        Of its images, by SOP Instance UID.

    Returns
    -------
    Checked
    """
    root = read_tree(dataset)
    evidence = {
        str(item.ReferencedSOPInstanceUID): str(item.ReferencedSOPClassUID)
        for keyword in ("CurrentRequestedProcedureEvidenceSequence", "PertinentOtherEvidenceSequence")
        for study in dataset.get(keyword) or []
        for series in study.ReferencedSeriesSequence
        for item in series.ReferencedSOPSequence
    }
    report = Report({node.position: node for node in root}, headers, evidence)
    checked = Checked()
    [row] = templates()[ROOT]
    if (root.value_type, root.concept) != (row.value_type, row.concept):
        checked.problems.append(f"{root}: the root is {row.concept}")
    named = dataset.get("ContentTemplateSequence")
    if not named or named[0].get("TemplateIdentifier") != ROOT:
        checked.problems.append(f"{root}: the template is not named as {ROOT}")
    concepts = frozenset(node.concept for node in root)
    _check_below(root, row.children, Slot(row, (), {}), report, concepts, checked)
    return checked


def _check_below(
    node: Node, rows: Sequence[Row], slot: Slot, report: Report, concepts: frozenset[str], checked: Checked
) -> None:
    match = match_children(node, rows, slot)
    checked.problems += match.problems
    report.slots.update(match.slots)
    _check_block(match, rows, (), report, concepts, checked)
    for child, found in match.slots.items():
        if child.target is None:
            _check_below(child, found.row.children, found, report, concepts, checked)
        problems, unknown = value_problems(child, found, report)
        checked.problems += [f"{child}: {problem} ({found.row})" for problem in problems]
        checked.unchecked |= unknown


def _check_block(
    match: Match, rows: Sequence[Row], key: Key, report: Report, concepts: frozenset[str], checked: Checked
) -> None:
    """Check how often each row of one invocation is there, and whether it may or must be."""
    place = _place(match, rows, key, report, concepts)
    for row in rows:
        if row.included and row.included not in templates():
            continue
        there = place.count(row.name)
        checked.problems += [f"{match.node}: {problem}" for problem in _count_problems(row, there, place, checked)]
        for repetition in sorted(match.repetitions.get((key, id(row)), ())):
            _check_block(match, templates()[row.included], (*key, (id(row), repetition)), report, concepts, checked)


def _count_problems(row: Row, there: int, place: Place, checked: Checked) -> Iterator[str]:
    names, least = group_of(row)
    if names:
        if sum(place.count(name) for name in names) < least:
            yield f"fewer than {least} of rows {', '.join(names)} of TID {row.template}"
        return
    condition = holds(row, place) if row.condition else True
    if condition is None:
        checked.unchecked.add(f"{row}: {row.condition}")
    must = row.requirement == "M" or (row.requirement == "MC" and condition is True)
    must_not = condition is False and not row.condition.startswith("image has ")
    if must and not there:
        yield f"{row} is missing"
    if must_not and there:
        yield f"{row} must not be there: {row.condition}"
    most, fewest = {"1": (1, 1), "2": (2, 2), "2-n": (there, 2)}.get(row.multiplicity, (there, 1))
    if there and not fewest <= there <= most:
        yield f"{row} is there {there} times"


def _place(match: Match, rows: Sequence[Row], key: Key, report: Report, concepts: frozenset[str]) -> Place:
    by_name = {row.name: row for row in rows}

    def items(name: str) -> list[Node]:
        if name in by_name:
            return match.filled.get((key, id(by_name[name])), [])
        node: Node | None = match.node
        while node is not None:
            slot = report.slots.get(node) or match.slot
            if slot is not None and (slot.row.template, slot.row.name) == (rows[0].template, name):
                return [node]
            node = node.parent
        return []

    def count(name: str) -> int:
        row = by_name.get(name)
        if row is not None and row.included:
            return len(match.repetitions.get((key, id(row)), ()))
        return len(items(name))

    image = match.node
    while image.parent is not None and image.value_type != "IMAGE":  # a view's modifiers stand below the view
        image = image.parent
    return Place(match.node, items, count, report.headers.get(report.image_of(image)), concepts)
