"""Results in a notebook: self-contained HTML that loads nothing."""

from __future__ import annotations

import base64
import io
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from mammocalc.rendering.wording import say_counts, say_presence
from mammocalc.vocabulary.flag_sentences import FLAG_SENTENCES
from mammocalc.vocabulary.lexicon import Laterality, Status, View

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PIL.Image import Image as Picture

    from mammocalc.model import FileRow
    from mammocalc.results.result import Result

WIDTH_PX: Final = 900
"""Twice the width at which a notebook's column shows it on most screens."""
QUALITY: Final = 88
ROWS: Final = 10
"""Calcifications that are listed; the table of a busy image would push the next cell off the screen."""
IMAGES: Final = 20
"""Images of a run that are listed, and files that were not analysed."""
_NOT_ANALYSED: Final = frozenset({Status.SKIPPED, Status.FAILED})
_CELL: Final = "text-align:left;padding:2px 12px 2px 0;border-bottom:1px solid rgba(128,128,128,.35)"


def say_result(result: Result) -> str:
    """
    Say in one line what was found.

    Returns
    -------
    str
        Side and view, distribution, counts and presence.
    """
    report = result.report
    return (
        f"{say_view(report.identity.laterality, report.identity.view)}: {plain(report.distribution.label)}; "
        f"{say_counts(report.counts)}; {say_presence(result.presence_level)}"
    )


def say_view(laterality: str, view: str) -> str:
    """Name side and view, if they are known."""
    known = [word for word in (laterality, view) if word not in {Laterality.UNKNOWN.value, View.UNKNOWN.value}]
    return " ".join(known) or "unknown view"


def plain(word: str) -> str:
    """Write a word of a vocabulary as people do."""
    return word.replace("_", " ")


def result_to_html(result: Result, picture: Picture | None, why_no_picture: str = "") -> str:
    """
    Show a result.

    Parameters
    ----------
    result : Result
    picture : PIL.Image.Image or None
        Its overlay.
    why_no_picture : str
        Stands in its place.

    Returns
    -------
    str
        HTML with the picture in it.
    """
    report = result.report
    call = report.distribution
    view = say_view(report.identity.laterality, report.identity.view)
    said = (view, say_counts(report.counts), say_presence(result.presence_level))
    parts = [
        f"<div style='font-size:1.2em'><b>{_text(plain(call.label))}</b></div>",
        f"<div>{_text(' · '.join(said))}</div>",
        _picture(picture, say_result(result)) if picture is not None else f"<p>{_text(why_no_picture)}</p>",
        _list(call.reasons),
        _clusters(result),
        _calcifications(result),
        _list([f"{plain(flag)}: {FLAG_SENTENCES[flag]}" for flag in sorted(report.flags)]),
        f"<div style='opacity:.7;font-size:.85em'>{_text(result.notice)}</div>",
    ]
    return f"<div class='mammocalc-result' style='max-width:{WIDTH_PX}px'>{''.join(parts)}</div>"


def run_to_html(heading: str, results: Iterable[Result], rows: Sequence[FileRow]) -> str:
    """
    Show a run.

    Parameters
    ----------
    heading : str
        What it is, in one line.
    results : iterable of Result
        As many are read as are listed.
    rows : sequence of FileRow
        Of all files.

    Returns
    -------
    str
        HTML: the first images, and the files that were skipped or failed.
    """
    paths = {row.key: row.path for row in rows if row.status is Status.ANALYSED}
    shown = [
        (
            paths.get(result.report.identity.key),
            say_view(result.report.identity.laterality, result.report.identity.view),
            plain(result.report.distribution.label),
            result.presence_level,
            say_counts(result.report.counts),
        )
        for result in islice(results, IMAGES)
    ]
    left = [(row.path, row.status, row.reason, row.message) for row in rows if row.status in _NOT_ANALYSED]
    parts = [f"<div><b>{_text(heading)}</b></div>"]
    parts += [table(("file", "view", "distribution", "presence of 10", "calcifications"), shown)] if shown else []
    parts += [table(("file", "status", "reason", "what to do"), left[:IMAGES])] if left else []
    parts += [_more(max(len(paths) - IMAGES, 0), "images() has all")]
    parts += [_more(max(len(left) - IMAGES, 0), "files() has all")]
    return f"<div class='mammocalc-run'>{''.join(parts)}</div>"


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table; every cell is escaped, None is an empty one, and floats have three digits at most."""
    head = "".join(f"<th style='{_CELL}'>{_text(heading)}</th>" for heading in headings)
    body = "".join(
        "<tr>" + "".join(f"<td style='{_CELL};vertical-align:top'>{_text(cell)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return (
        "<table style='border-collapse:collapse;margin:.6em 0;font-size:.92em'>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _picture(picture: Picture, said: str) -> str:
    """Write a picture into the page, small enough for a notebook that holds many."""
    small = picture.copy()
    small.thumbnail((WIDTH_PX, 2 * WIDTH_PX))
    content = io.BytesIO()
    small.save(content, "JPEG", quality=QUALITY)
    data = base64.b64encode(content.getvalue()).decode("ascii")
    return (
        f"<img alt='{_text(said)}' style='display:block;max-width:100%;height:auto;margin:.5em 0' "
        f"src='data:image/jpeg;base64,{data}'>"
    )


def _clusters(result: Result) -> str:
    shown = [cluster for cluster in result.report.clusters if not cluster.distribution.loose]
    if not shown:
        return ""
    rows = [
        (
            result.letters.clusters.get(cluster.number),
            plain(cluster.distribution.label),
            len(cluster.members),
            cluster.extent_mm,
            cluster.morphology and plain(cluster.morphology.label),
        )
        for cluster in shown
    ]
    return table(("cluster", "distribution", "calcifications", "extent mm", "morphology"), rows)


def _calcifications(result: Result) -> str:
    found = result.report.calcifications
    if not found:
        return ""
    letters = result.letters.clusters
    rows = [
        (
            item.number,
            None if item.cluster is None else letters.get(item.cluster),
            item.row_px,
            item.column_px,
            item.diameter_mm,
            item.size,
            item.score,
            item.morphology and plain(item.morphology.label),
        )
        for item in found[:ROWS]
    ]
    headings = ("calcification", "cluster", "row px", "column px", "diameter mm", "size", "score", "morphology")
    return table(headings, rows) + _more(max(len(found) - ROWS, 0), "to_frame() has all")


def _more(count: int, where: str) -> str:
    return f"<div>and {count} more: {_text(where)}</div>" if count else ""


def _list(sentences: Iterable[str]) -> str:
    items = "".join(f"<li>{_text(sentence)}</li>" for sentence in sentences)
    return f"<ul style='margin:.5em 0'>{items}</ul>" if items else ""


def _text(value: Any) -> str:
    """Write a value so that it cannot be read as markup."""
    if value is None:
        return ""
    return escape(f"{value:.4g}" if isinstance(value, float) and abs(value) < 1000 else str(value), quote=True)
