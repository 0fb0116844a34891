"""The words of images against those of readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.evaluation.page.blocks import Cell, Listing, Section, cell
from mammocalc.evaluation.page.plots import grid
from mammocalc.rendering.wording import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.evaluation.evaluation_report import Table

_WHAT = (
    "Words that readers gave whole images, first and second. An image counts once; it is right by the first word where "
    "any of its readers says so first. Recall and precision go by first words."
)


def words(document: Mapping[str, Any], _tables: Mapping[str, Table]) -> Section | None:
    """Draw the confusion matrix, what readers reach among each other, and each word in a row."""
    section = document.get("words")
    if section is None:
        return None
    names = [name_of(label) for label in section["labels"]]
    title = f"Words of readers (rows) and of the program (n {section['images']})"
    drawn = grid(title, names, section["confusion"], heading=title)
    always = f"always saying {name_of(section['always']['word'])}"
    whole = {
        "the program": section["program"],
        always: section["always"],
        "the program, where several have read": section["program_on_images_read_twice"],
        "one reader against the others": section["one_reader_against_the_others"],
    }
    rows = [
        (name, own["n"], cell(own["first"]), cell(own["first_or_second"]), cell(own["mean_recall"]))
        for name, own in whole.items()
        if own is not None
    ]
    reached = Listing("All words", ("", "n", "first word", "first or second", "mean recall"), rows)
    shares = ("recall", "precision_first", "precision_first_or_second")
    each = [
        (name_of(entry["word"]), entry["read"], entry["called"], *(cell(entry[share]) for share in shares))
        for entry in section["by_word"]
    ]
    concern = section["linear_or_segmental"]
    both = cell(concern["first"]), cell(concern["first_or_second"])
    each.append(("linear or segmental", "", concern["called"], Cell(""), *both))
    head = ("word", "read", "called", "recall", "precision", "precision, first or second")
    return Section("Words", _WHAT, [[drawn]], [[reached], [Listing("Each word", head, each)]])
