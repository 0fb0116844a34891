"""Agreement between readers, and between readers and program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.evaluation.page.blocks import Cell, Listing, Section, cell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.evaluation.evaluation_report import Table
    from mammocalc.evaluation.page.blocks import Row

_NAMES = {"distribution": "distribution", "presence": "any calcification", "marks": "marks one by one"}


def readers(document: Mapping[str, Any], _tables: Mapping[str, Table]) -> Section | None:
    """List Cohen's kappa of every pair, and how many marks each reader accepted."""
    section = document.get("readers")
    if section is None:
        return None
    own = [
        (
            entry["reader"],
            entry["images"],
            entry["blinded"],
            _kappa(entry, "distribution"),
            _kappa(entry, "presence"),
            cell(entry["marks_accepted"]),
            entry["added"],
        )
        for entry in section["with_program"]
    ]
    head = ("reader", "images", "blinded", "distribution", "any calcification", "marks accepted", "added")
    below = [[Listing("Each reader and the program: Cohen's kappa", head, own)]]
    if section["between"]:
        pairs: list[Row] = [
            (" and ".join(entry["readers"]), *(_kappa(entry, name) for name in _NAMES)) for entry in section["between"]
        ]
        below.append([Listing("Between readers: Cohen's kappa", ("readers", *_NAMES.values()), pairs)])
    words = (
        "1 is full agreement, 0 what chance alone gives. Of blinded readings the label counts that was given before "
        "the program's was shown."
    )
    return Section("Readers", words, below=below)


def _kappa(entry: Mapping[str, Any], name: str) -> Cell:
    return Cell("none") if entry[name] is None else cell(entry[name]["kappa"])
