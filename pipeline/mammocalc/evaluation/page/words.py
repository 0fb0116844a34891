"""The words of images against those of readers."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from mammocalc.evaluation.page.markup import cell, listing, part_of_page
from mammocalc.evaluation.page.plots import grid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.evaluation.evaluation_report import Table

_WHAT = (
    "Words that readers gave whole images, first and second. An image counts once; it is right by the first word where "
    "any of its readers says so first. Recall and precision go by first words."
)


def words(document: Mapping[str, Any], _tables: Mapping[str, Table]) -> str:
    """Draw the confusion matrix, what readers reach among each other, and each word in a row."""
    section = document.get("words")
    if section is None:
        return ""
    names = [label.replace("_", " ") for label in section["labels"]]
    title = f"Words of readers (rows) and of the program (n {section['images']})"
    drawn = f"<h3>{title}</h3>" + grid(title, names, section["confusion"])
    always = f"always saying {section['always']['word'].replace('_', ' ')}"
    whole = {
        "the program": section["program"],
        always: section["always"],
        "the program, where several have read": section["program_on_images_read_twice"],
        "one reader against the others": section["one_reader_against_the_others"],
    }
    rows = [
        f"<td>{escape(name)}</td><td>{own['n']}</td>{cell(own['first'])}{cell(own['first_or_second'])}"
        f"{cell(own['mean_recall'])}"
        for name, own in whole.items()
        if own is not None
    ]
    reached = listing("All words", ("", "n", "first word", "first or second", "mean recall"), rows)
    each = [
        f"<td>{escape(entry['word'].replace('_', ' '))}</td><td>{entry['read']}</td><td>{entry['called']}</td>"
        f"{cell(entry['recall'])}{cell(entry['precision_first'])}{cell(entry['precision_first_or_second'])}"
        for entry in section["by_word"]
    ]
    concern = section["linear_or_segmental"]
    each.append(
        f'<td>linear or segmental</td><td></td><td>{concern["called"]}</td><td class="dim"></td>'
        f"{cell(concern['first'])}{cell(concern['first_or_second'])}"
    )
    head = ("word", "read", "called", "recall", "precision", "precision, first or second")
    return part_of_page("Words", _WHAT, drawn, below=(reached, listing("Each word", head, each)))
