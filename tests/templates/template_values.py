"""Whether the value of an item is one that its row admits, and whether what it refers to is there."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from template_tables import codes_in, fits_concept, groups

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from report_tree import Node
    from template_checker import Report
    from template_rows import Slot

LIBRARY = "111028,DCM"
COUNTS = {"POINT": (2, 2), "CIRCLE": (4, 4), "ELLIPSE": (8, 8), "POLYLINE": (4, 1 << 31), "MULTIPOINT": (2, 1 << 31)}
SILENT = ("root", "$", "passed on", "all regions", "a frame of", "later than", "a 111059")
"""Beginnings of what is asked elsewhere, or of nothing that these reports have."""


def value_problems(node: Node, slot: Slot, report: Report) -> tuple[list[str], set[str]]:
    """Give what is wrong with an item's value, and which words of its row were not understood."""
    unknown: set[str] = set()
    problems = [*_reference_problems(node, report)]
    if node.value_type == "SCOORD":
        problems += _graphic_problems(node, report)
    if node.value_type == "IMAGE":
        problems += _image_problems(node, report)
    values = slot.row.values
    for name, group in slot.parameters.items():
        values = values.replace(name, group)
    parts = [part for part in values.split("; ") if part and not re.match(r"\$\w+=|CID \d+=", part)]
    parts += [
        part for include in slot.includes[-1:] for part in include.values.split("; ") if part.startswith("value ")
    ]
    for part in parts:
        problem = _problem(part, node, slot, report)
        if problem is None:
            unknown.add(f"{slot.row}: {part}")
        elif problem:
            problems.append(problem)
    if node.target is None and fits_concept(node.concept, slot.row.concept) is None:
        unknown.add(f"{slot.row}: {slot.row.concept}")
    return problems, unknown


def _problem(part: str, node: Node, slot: Slot, report: Report) -> str | None:
    """Give what one word of a row finds wrong with a value, or nothing; None for a word that is not known."""
    if part.startswith(SILENT) or part.endswith("passed on"):
        return ""
    for pattern, is_right in RULES:
        found = re.fullmatch(pattern, part)
        if found and (is_right is not _is_graphic or node.value_type == "SCOORD"):
            answer = is_right(found, node, report)
            return None if answer is None else "" if answer else f"is not as the row has it: {part}"
    return None


def _is_in_group(found: re.Match[str], node: Node, report: Report) -> bool | None:
    group = groups().get(found[1])
    return None if group is None else node.value in group


def _is_for_parent(found: re.Match[str], node: Node, report: Report) -> bool:
    is_meant = node.parent is not None and node.parent.value in codes_in(found[2])
    return not is_meant or node.value in codes_in(found[1])


def _has_units(found: re.Match[str], node: Node, report: Report) -> bool:
    listed = re.findall(r"\b(7\d{3}|6046)\b", found[1])
    return node.units in set(codes_in(found[1])).union(*(groups().get(cid, set()) for cid in listed))


def _is_whole(found: re.Match[str], node: Node, report: Report) -> bool:
    least = float(found[1]) if found[1] else -math.inf
    return node.number is not None and node.number == int(node.number) and node.number >= least


def _is_in_library(found: re.Match[str], node: Node, report: Report) -> bool:
    item = report.nodes.get(node.target or ())
    return item is not None and item.parent is not None and item.parent.concept == LIBRARY


def _is_graphic(found: re.Match[str], node: Node, report: Report) -> bool:
    kind = str(node.dataset.get("GraphicType", ""))
    return (kind in found[2].split(", ")) is not bool(found[1])


def _refers_to_alike(found: re.Match[str], node: Node, report: Report) -> bool:
    """Whether the references beside this one lead to numbers of one name, in the units of what is inferred of them."""
    above = node.parent
    targets = [report.nodes.get(one.target) for one in above.children if one.target] if above is not None else []
    are_numbers = all(one is not None and one.value_type == "NUM" for one in targets)
    alike = {(one.concept, one.units) for one in targets if one is not None}
    return are_numbers and len(alike) == 1 and above is not None and alike.pop()[1] == above.units


RULES: tuple[tuple[str, Callable[[re.Match[str], Node, Report], bool | None]], ...] = (
    (r"same concept name, same units as row 11", _refers_to_alike),
    (r"(.+) if the parent is (.+)", _is_for_parent),
    (r"CID (\d+)", _is_in_group),
    (r"value (.+)", lambda found, node, _: node.value in codes_in(found[1])),
    (r"units (.+)", _has_units),
    (r"0-100", lambda _found, node, _: node.number is not None and 0 <= node.number <= 100),
    (r"integer(?: >= (\d+).*)?", _is_whole),
    (r"> 0", lambda _found, node, _: node.number is not None and node.number > 0),
    (r"in the Image Library", _is_in_library),
    (r"same as row 2", lambda _found, node, _: node.target in set(_geometry_targets(node))),
    (r"(not )?([A-Z]+(?:, [A-Z]+)*)", _is_graphic),
)


def _geometry_targets(node: Node) -> Iterator[tuple[int, ...]]:
    """Give what the centre beside the item above refers to."""
    around = node.parent.parent if node.parent is not None else None
    for sibling in around.children if around is not None else []:
        if sibling.concept == "111010,DCM":
            yield from (child.target for child in sibling.children if child.target)


def _reference_problems(node: Node, report: Report) -> Iterator[str]:
    if node.target is None:
        return
    if node.target not in report.nodes:
        yield f"refers to {node.target}, where there is nothing"
    elif node.position[: len(node.target)] == node.target:
        yield "refers to an item above itself"
    elif node.relationship == "SELECTED FROM" and report.nodes[node.target].value_type != "IMAGE":
        yield "is selected from something that is no image"


def _graphic_problems(node: Node, report: Report) -> Iterator[str]:
    kind, data = str(node.dataset.get("GraphicType", "")), list(node.dataset.get("GraphicData") or [])
    fewest, most = COUNTS.get(kind, (0, -1))
    if not fewest <= len(data) <= most or len(data) % 2:
        yield f"a {kind} of {len(data)} numbers"
    for child in node.children:
        header = report.headers.get(report.image_of(child))
        if header is None:
            continue
        columns, rows = float(header.Columns), float(header.Rows)
        if not all(0 <= x <= columns for x in data[::2]) or not all(0 <= y <= rows for y in data[1::2]):
            yield "lies outside of its image"


def _image_problems(node: Node, report: Report) -> Iterator[str]:
    [referred] = node.dataset.get("ReferencedSOPSequence") or [None]
    if referred is None:
        yield "names no image"
        return
    uid, sop_class = str(referred.ReferencedSOPInstanceUID), str(referred.ReferencedSOPClassUID)
    if report.evidence.get(uid) != sop_class:
        yield "is not in the evidence, or there of another class"
    header = report.headers.get(uid)
    if header is not None and header.SOPClassUID != sop_class:
        yield "is of another class than its header says"
