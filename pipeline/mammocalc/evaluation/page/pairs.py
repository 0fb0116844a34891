"""What readers said of links over views and of changes over dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.evaluation.page.blocks import Listing, Section, cell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.evaluation.evaluation_report import Table


def pairs(document: Mapping[str, Any], _tables: Mapping[str, Table]) -> Section | None:
    """List the shares that readers confirmed."""
    section = document.get("pairs")
    if section is None:
        return None
    rows = [
        (row["reader"], f"{row['claim'].replace('_', ' ')}, {row['of']}s", cell(row["share"]), row["patients"])
        for row in section["confirmed"]
    ]
    words = (
        "Of the links between views and of what a comparison says of two dates: the share of those that a reader "
        "answered which the reader confirmed. Intervals are over patients."
    )
    head = ("reader", "said by the program", "confirmed", "patients")
    listings = [Listing("Confirmed by readers", head, rows)]
    if section["found_links"]:
        found = [
            (row["reader"], f"{row['of']}s", cell(row["share"]), row["missed"], row["patients"])
            for row in section["found_links"]
        ]
        links_head = ("reader", "of", "made by the program as well", "missed by the program", "patients")
        title = "Links that readers made or confirmed: an upper bound, as readers see those of the program"
        listings.append(Listing(title, links_head, found))
    return Section("Links and changes", words, below=[listings])
