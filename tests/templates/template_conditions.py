"""When a row has to be there, and when it must not: the conditions of the table, a small grammar of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from template_tables import codes_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset
    from report_tree import Node
    from template_tables import Row


@dataclass(frozen=True)
class Place:
    """
    Where a condition is asked: the item above, what is in rows, the header of an image, and the whole report.

    ``items`` gives the items of a row by its number, from the same block, or the item above that is that row itself.
    """

    node: Node
    items: Callable[[str], list[Node]]
    count: Callable[[str], int]
    header: Dataset | None
    concepts: frozenset[str]


def holds(row: Row, place: Place) -> bool | None:
    """Whether a row's condition holds; None where the grammar has no words for it, or where it speaks of a group."""
    answers = [_holds(part, place) for part in row.condition.split("; ") if not part.startswith("at least ")]
    if not answers or None in answers:
        return None
    return all(answers)


def group_of(row: Row) -> tuple[list[str], int]:
    """Give the rows of which some must be there, and how many items; none where the row speaks of no group."""
    found = re.match(r"at least (one|two items) of rows ([\d,]+)", row.condition)
    if not found:
        return [], 0
    return found[2].split(","), 2 if found[1].startswith("two") else 1


def _holds(part: str, place: Place) -> bool | None:
    """Ask the first rule whose words those of a condition are; None where there is none."""
    for pattern, answer in RULES:
        found = re.fullmatch(pattern, part)
        if found:
            return answer(found, place)
    return None


def _image_has(found: re.Match[str], place: Place) -> bool | None:
    return None if place.header is None else any(_has(place.header, tag) for tag in re.findall(r"\((.+?)\)", found[1]))


def _is_parent(found: re.Match[str], place: Place) -> bool:
    return place.node.value in codes_in(found[1]) and not _any_there(found[2], place)


def _is_concept(found: re.Match[str], place: Place) -> bool:
    is_named = any(node.concept in codes_in(found[1]) for node in place.items("1"))
    return is_named and not _any_there(found[2], place)


def _child_is(found: re.Match[str], place: Place) -> bool:
    codes = codes_in(found[2])
    return any(child.concept.startswith(f"{found[1]},") and child.value in codes for child in place.node.children)


def _is(codes: str, place: Place) -> bool:
    return place.node.value in codes_in(codes)


def _any_there(names: str | None, place: Place) -> bool:
    return names is not None and any(place.count(name) for name in names.split(","))


def _numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+", text))


def _has(header: Dataset, tag: str) -> bool:
    group, element = (int(half, 16) for half in tag.split(","))
    places = [header, *(header.get("ViewCodeSequence") or [])]  # a view's modifiers stand within its code
    return any((group, element) in place and place[group, element].value not in (None, "", []) for place in places)


RULES: tuple[tuple[str, Callable[[re.Match[str], Place], bool | None]], ...] = (
    (r"image has (.+)", _image_has),
    (r"if any (.+) is reported", lambda found, place: any(code in place.concepts for code in codes_in(found[1]))),
    (
        r"unless value of row (\w+) is (.+)",
        lambda found, place: not any(node.value in codes_in(found[2]) for node in place.items(found[1])),
    ),
    (
        r"(?:only if value of parent is not|unless value of parent is) (.+)",
        lambda found, place: not _is(found[1], place),
    ),
    (r"(?:only if )?value of parent is (.+?)(?: and no row ([\d,]+))?", _is_parent),
    (r"concept of row 1 is (.+?)(?: and no row ([\d,]+))?", _is_concept),
    (r"not with row (\w+)", lambda found, place: not place.count(found[1])),
    (r"row (\w+) is present", lambda found, place: bool(place.count(found[1]))),
    (r"shall be present if row (\w+) is", lambda found, place: bool(place.count(found[1]))),
    (r"only if (\d+) is (.+)", _child_is),
    (
        r"only if ((?:\d+, )*\d+ or \d+) is present",
        lambda found, place: bool({child.concept.split(",")[0] for child in place.node.children} & _numbers(found[1])),
    ),
)
