"""The rows of the templates and the codes of the context groups, as the two tables hold them."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(eq=False)
class Row:
    """A row of a template; ``children`` are the rows one level below it."""

    template: str
    name: str
    relationship: str
    is_reference: bool
    value_type: str
    concept: str
    multiplicity: str
    requirement: str
    condition: str
    values: str
    children: list[Row] = field(default_factory=list)

    @property
    def included(self) -> str:
        """The template that the row includes, or nothing."""
        return self.concept.removeprefix("TID ") if self.value_type == "INCLUDE" else ""

    @property
    def may_repeat(self) -> bool:
        return self.multiplicity != "1"

    def __str__(self) -> str:
        return f"TID {self.template} row {self.name}"


@cache
def templates() -> dict[str, list[Row]]:
    """Give the rows of the outermost level of each template, by its number."""
    found: dict[str, list[Row]] = {}
    above: list[Row] = []
    with (HERE / "templates.tsv").open(encoding="utf-8", newline="") as file:
        for line in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if line[0] == "tid" or line[0].startswith("#"):
                continue
            tid, name, level, relationship, value_type, concept, multiplicity, requirement, condition, values = line
            is_reference = relationship.startswith("R-")
            row = Row(
                tid, name, relationship.removeprefix("R-"), is_reference, value_type, concept, multiplicity,
                requirement, condition, values,
            )  # fmt: skip
            above = [*above[: int(level)], row] if int(level) else [row]
            siblings = above[-2].children if int(level) else found.setdefault(tid, [])
            siblings.append(row)
    return found


@cache
def groups() -> dict[str, frozenset[str]]:
    """Give the codes of each context group as ``value,scheme``, by its number."""
    found: dict[str, set[str]] = {}
    with (HERE / "cids.tsv").open(encoding="utf-8", newline="") as file:
        for cid, value, scheme, *_ in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if cid.isdigit():
                found.setdefault(cid, set()).add(f"{value},{scheme}")
    return {cid: frozenset(codes) for cid, codes in found.items()}


def codes_in(text: str) -> list[str]:
    """Give the codes that a cell names, as ``value,scheme``."""
    return re.findall(r"[\w.{}:']+,(?:DCM|SCT|UCUM|NCIt|RFC5646)", text)


def fits_concept(concept: str, wanted: str) -> bool | None:
    """Whether a concept name is the one, or one of the group, that a row wants; None where the group is not listed."""
    if not wanted:
        return concept == ""
    if wanted.startswith("CID "):
        group = groups().get(wanted.removeprefix("CID "))
        return None if group is None else concept in group
    return concept == wanted
