"""The page of a comparison, from its files and the results of the runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc import __version__
from mammocalc.execution.comparing.drawing import canvases_of
from mammocalc.execution.comparing.folder import COMPARISONS, ComparisonFolder
from mammocalc.execution.comparing.pair import read_pair
from mammocalc.rendering.comparison import PairView, render_comparison_page, view_pair
from mammocalc.vocabulary.errors import MammocalcError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.execution.comparing.pair import PairTask
    from mammocalc.execution.comparing.request import CompareSummary
    from mammocalc.model import Comparison


def page_of(
    folder: ComparisonFolder, tasks: list[PairTask], compared: Mapping[str, Comparison], summary: CompareSummary
) -> str:
    """
    Write the page over all pairs that were compared.

    Parameters
    ----------
    folder : ComparisonFolder
    tasks : list of PairTask
    compared : mapping of str to Comparison
        By the places of their documents.
    summary : CompareSummary

    Returns
    -------
    str
        Pairs that could be laid over each other come first; then by patient, side and view, however they were listed.
    """
    views = []
    for task in tasks:
        place = folder.place(COMPARISONS, task.uids, ".json")
        if place not in compared:
            continue
        try:
            results = read_pair(task)
        except (MammocalcError, OSError):  # its run has gone meanwhile; the table has the pair all the same
            continue
        one, other, crops, prior_crops = (
            picture if (folder.root / picture).is_file() else None for picture in task.pictures
        )
        pictures = (one, other, crops, prior_crops)
        views.append(view_pair(PairView(compared[place], results, canvases_of(results), pictures, place)))
    views.sort(key=lambda view: (not view["comparable"], view["patient"], view["name"], view["uids"]))
    facts = {
        "pairs": str(summary.pairs),
        "laid over each other": str(summary.comparable),
        "compared with none": str(len(summary.unpaired)),
        "failed": str(len(summary.failed)),
        "version": __version__,
    }
    return render_comparison_page(views, facts, summary.notes)
