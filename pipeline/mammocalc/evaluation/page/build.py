"""An evaluation as one page that opens from the disk: no script, no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mammocalc.evaluation.page.calcifications import calcifications
from mammocalc.evaluation.page.groups import clusters, regions
from mammocalc.evaluation.page.labels import labels
from mammocalc.evaluation.page.pairs import pairs
from mammocalc.evaluation.page.presence import presence
from mammocalc.evaluation.page.readers import readers
from mammocalc.evaluation.page.sizes import sizes
from mammocalc.evaluation.page.words import words
from mammocalc.evaluation.summary import say
from mammocalc.rendering.pages import fill_page
from mammocalc.rendering.wording import name_of
from mammocalc.vocabulary.lexicon import SHORT_NOTICE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mammocalc.evaluation.evaluation import Evaluation

_SECTIONS: Final = (presence, calcifications, clusters, regions, sizes, labels, words, readers, pairs)
"""In the order of the page."""


def render_page(evaluation: Evaluation) -> str:
    """
    Write the page.

    Parameters
    ----------
    evaluation : Evaluation

    Returns
    -------
    str
        HTML that needs nothing else. Names and identifiers are written as
        text, and the page's policy admits no style but its own.
    """
    document = evaluation.document
    return fill_page(
        "evaluation/page/page",
        document=document,
        notice=SHORT_NOTICE,
        tiles=[_tile(name, figure, digits) for name, figure, digits in _headlines(document) if figure is not None],
        sections=[section for draw in _SECTIONS if (section := draw(document, evaluation.tables))],
        listed=_listed(document["truth"]),
    )


def _headlines(document: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any] | None, int]]:
    for name, curve in (document["presence"] or {}).items():
        yield f"ROC area of presence, images {name_of(name)}", curve["area"], 3
    if document["marks"] is not None:
        yield "marks on an image without, mean", document["marks"]["marks_on_without_mean"], 2
        yield "images with calcifications that have a mark", document["marks"]["with_marked"], 3
    if document["calcifications"] is not None:
        point = document["calcifications"]["at_operating_point"]
        yield "calcifications found", point["found"], 3
        yield "false marks per image", point["false_per_image"], 2
    if document["clusters"] is not None:
        yield "clusters found", document["clusters"]["at_operating_point"]["found"], 3
    if document["regions"] is not None:
        point = document["regions"]["at_operating_point"]
        yield "regions with a cluster's centroid", point["cluster_centroid"]["found"], 3
        yield "false clusters per normal image", point["cluster_centroid"]["false_per_normal_image"], 2
    if document["sizes"] is not None:
        yield "error of the diameter, mean, mm", document["sizes"]["all"]["bias_mm"], 3
    if document["macro_or_micro"] is not None:
        yield "macro or micro right", document["macro_or_micro"]["right"], 3
    if document["distribution"] is not None and document["distribution"]["of_images"] is not None:
        yield "distribution of images right", document["distribution"]["of_images"]["accuracy"], 3
    if document.get("words") is not None:
        yield "word of a reader, first", document["words"]["program"]["first"], 3
        yield "word of a reader, mean recall", document["words"]["program"]["mean_recall"], 3


def _tile(name: str, figure: Mapping[str, Any], digits: int) -> tuple[str, str, str]:
    value, _, interval = say(figure, digits).partition(" ")
    return name, value, f"{interval.strip('()')}, n {figure['n']}" if interval else f"n {figure['n']}"


def _listed(truth: Mapping[str, Any]) -> list[str]:
    """Name the images that are in no figure, or in which all is missed, each with the reason."""
    listed = [f"{item['sop_instance_uid']}: {item['status']}, {item['reason']}" for item in truth["not_analysed"]]
    listed += [f"{uid}: not in the run" for uid in truth["not_in_the_run"]]
    return listed + [f"{uid}: no pixel spacing" for uid in truth["without_a_spacing"]]
