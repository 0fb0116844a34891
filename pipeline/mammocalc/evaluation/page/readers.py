"""Agreement between readers, and between readers and program."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from mammocalc.evaluation.page.markup import cell, listing, part_of_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.evaluation.evaluation_report import Table

_NOTHING = '<td class="dim">none</td>'
_NAMES = {"distribution": "distribution", "presence": "any calcification", "marks": "marks one by one"}


def readers(document: Mapping[str, Any], _tables: Mapping[str, Table]) -> str:
    """List Cohen's kappa of every pair, and how many marks each reader accepted."""
    section = document.get("readers")
    if section is None:
        return ""
    own = [
        f"<td>{escape(entry['reader'])}</td><td>{entry['images']}</td><td>{entry['blinded']}</td>"
        f"{_kappa(entry, 'distribution')}{_kappa(entry, 'presence')}{cell(entry['marks_accepted'])}"
        f"<td>{entry['added']}</td>"
        for entry in section["with_program"]
    ]
    head = ("reader", "images", "blinded", "distribution", "any calcification", "marks accepted", "added")
    parts = [listing("Each reader and the program: Cohen's kappa", head, own)]
    if section["between"]:
        pairs = [
            f"<td>{escape(' and '.join(entry['readers']))}</td>" + "".join(_kappa(entry, name) for name in _NAMES)
            for entry in section["between"]
        ]
        parts.append(listing("Between readers: Cohen's kappa", ("readers", *_NAMES.values()), pairs))
    words = (
        "1 is full agreement, 0 what chance alone gives. Of blinded readings the label counts that was given before "
        "the program's was shown."
    )
    return part_of_page("Readers", words, below=parts)


def _kappa(entry: Mapping[str, Any], name: str) -> str:
    return _NOTHING if entry[name] is None else cell(entry[name]["kappa"])
