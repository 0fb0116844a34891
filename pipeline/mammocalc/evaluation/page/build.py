"""An evaluation as one page that opens from the disk: no script, no network."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from mammocalc.evaluation.page.calcifications import calcifications
from mammocalc.evaluation.page.groups import clusters, regions
from mammocalc.evaluation.page.labels import labels
from mammocalc.evaluation.page.presence import presence
from mammocalc.evaluation.page.readers import readers
from mammocalc.evaluation.page.sizes import sizes
from mammocalc.evaluation.page.words import words
from mammocalc.evaluation.summary import say
from mammocalc.vocabulary.lexicon import SHORT_NOTICE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mammocalc.evaluation.evaluation import Evaluation

_SECTIONS: Final = (presence, calcifications, clusters, regions, sizes, labels, words, readers)
"""In the order of the page."""
_POLICY: Final = "default-src 'none'; style-src '{}'; base-uri 'none'; form-action 'none'"


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
    style = resources.files("mammocalc.evaluation.page").joinpath("page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    sections = "".join(draw(document, evaluation.tables) for draw in _SECTIONS)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY.format(f"sha256-{digest}")}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>mammocalc evaluation</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f"{_header(document)}<main>\n{_tiles(document)}{_shows(document)}{sections}{_coverage(document)}"
        f"<footer>{escape(document['notice'])}</footer>\n</main>\n</body>\n</html>\n"
    )


def _header(document: Mapping[str, Any]) -> str:
    run, truth, bootstrap = document["run"], document["truth"], document["bootstrap"]
    unit = "women" if bootstrap["unit"] == "patient" else "images"
    facts = {
        "Operating point": run["operating_point"],
        "Version": run["version"],
        "Configuration": run["configuration_digest"],
        "Truth": f"{truth['kind']}, inserted" if truth["inserted"] else truth["kind"],
        "Images": f"{truth['judged']} judged of {truth['images']}",
        "Intervals": f"{bootstrap['confidence']:.0%}, {bootstrap['replicates']} draws of {bootstrap['units']} {unit}",
    }
    items = "".join(f"<div><dt>{name}</dt><dd>{escape(str(value))}</dd></div>" for name, value in facts.items())
    return (
        '<header><div><div class="top"><h1>How well the run found what is there</h1>'
        f'<span class="notice">{escape(SHORT_NOTICE)}</span></div><dl class="facts">{items}</dl></div></header>\n'
    )


def _tiles(document: Mapping[str, Any]) -> str:
    tiles = [_tile(name, figure, digits) for name, figure, digits in _headlines(document) if figure is not None]
    return f'<dl class="tiles">{"".join(tiles)}</dl>\n'


def _headlines(document: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any] | None, int]]:
    for name, curve in (document["presence"] or {}).items():
        yield f"ROC area of presence, images {name.replace('_', ' ')}", curve["area"], 3
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


def _tile(name: str, figure: Mapping[str, Any], digits: int) -> str:
    value, _, interval = say(figure, digits).partition(" ")
    interval = f"{interval.strip('()')}, n {figure['n']}" if interval else f"n {figure['n']}"
    return f"<div><dt>{escape(name)}</dt><dd>{value}<small>{interval}</small></dd></div>"


def _shows(document: Mapping[str, Any]) -> str:
    said = "".join(f"<li>{escape(sentence)}</li>" for sentence in document["shows"])
    return f'<section class="shows"><h2>What this can show, and what it cannot</h2><ul>{said}</ul></section>\n'


def _coverage(document: Mapping[str, Any]) -> str:
    truth = document["truth"]
    counts = [
        ("images in the truth", truth["images"]),
        ("of them judged", truth["judged"]),
        ("skipped or failed; all in them is missed", len(truth["not_judged"])),
        ("not in the run; in no figure", len(truth["not_in_the_run"])),
        ("without a pixel spacing; calcifications in no figure", len(truth["without_a_spacing"])),
        ("judged without truth; in no figure", truth["judged_without_truth"]),
    ]
    rows = "".join(f"<tr><td>{name}</td><td>{count}</td></tr>" for name, count in counts)
    notes = "".join(f"<p>{escape(note[0].upper() + note[1:])}</p>" for note in truth["notes"])
    listed = [f"{item['sop_instance_uid']}: {item['status']}, {item['reason']}" for item in truth["not_judged"]]
    listed += [f"{uid}: not in the run" for uid in truth["not_in_the_run"]]
    listed += [f"{uid}: no pixel spacing" for uid in truth["without_a_spacing"]]
    names = "".join(f"<li><code>{escape(line)}</code></li>" for line in listed)
    details = f"<details><summary>Which ones ({len(listed)})</summary><ul>{names}</ul></details>" if listed else ""
    return (
        '<section><h2>Images</h2><div class="pair"><div>'
        f"<table><tbody>{rows}</tbody></table>{details}</div><div>{notes}</div></div></section>\n"
    )
