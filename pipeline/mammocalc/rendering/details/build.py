"""Put the page of one image together."""

from __future__ import annotations

import base64
import functools
import hashlib
import posixpath
from importlib import resources
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from mammocalc.rendering.details.bars import confidence_bar, distribution_bars, symbol
from mammocalc.rendering.details.breast_map import draw_map
from mammocalc.rendering.details.clusters import cluster_cards, vessel_cards
from mammocalc.rendering.details.excluded import left_out
from mammocalc.rendering.details.markup import Html, element, listing, together
from mammocalc.rendering.palette import called, name_of
from mammocalc.rendering.wording import say_counts, say_presence
from mammocalc.vocabulary.flag_sentences import FLAG_SENTENCES
from mammocalc.vocabulary.lexicon import SHORT_NOTICE, Flag

if TYPE_CHECKING:
    from collections.abc import Mapping

_POLICY: Final = (
    "default-src 'none'; img-src 'self' file:; style-src '{style}'; script-src '{script}'; "
    "base-uri 'none'; form-action 'none'"
)


def details_path(result_path: str) -> str:
    """
    Give the path of an image's page.

    Parameters
    ----------
    result_path : str
        Of its result, relative to the run's folder, with forward slashes.

    Returns
    -------
    str
        Relative to the run's folder, with forward slashes.

    Examples
    --------
    >>> details_path("results/ab/1.2.3.json")
    'details/ab/1.2.3.html'
    """
    parts = PurePosixPath(result_path).parts
    return PurePosixPath("details", *parts[1:]).with_suffix(".html").as_posix()


def render_details(document: Mapping[str, Any], result_path: str) -> bytes:
    """
    Write the page of one image.

    It says what the result holds of the distribution, its clusters and their
    morphology, with the reasons, and adds nothing; the picture is the overlay.

    Parameters
    ----------
    document : mapping
        A result, as `mammocalc.results.to_json.to_json` gives it.
    result_path : str
        Where the result lies, relative to the run's folder.

    Returns
    -------
    bytes
        HTML in UTF-8; equal arguments give equal bytes. Texts are escaped,
        and the page's policy admits no style and no script but its own, which
        only hands three keys to the page of the run around it.
    """
    here = posixpath.dirname(details_path(result_path))
    style, script, style_hash, script_hash = _parts()
    policy = _POLICY.format(style=style_hash, script=script_hash)
    overlay = document["overlay"] and posixpath.relpath(document["overlay"]["path"], here)
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{_called(document)} · mammocalc"),
        element("style", style),
    )
    words = element(
        "main",
        _heading(document),
        _distribution(document),
        _section("Clusters", _clusters(document)),
        *([_section("Arteries", vessel_cards(document))] if document["vessels"] else []),
        _section("Listed, and left out of the distribution", left_out(document)),
        _section("Nipple and pectoral muscle", _landmarks(document)),
        _section("Doubts about the image", _doubts(document)),
        _foot(document, posixpath.relpath(result_path, here)),
    )
    body = element("body", _picture(document, overlay), words, element("script", script))
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n".encode(errors="replace")


@functools.cache
def _parts() -> tuple[Html, Html, str, str]:
    """Read style and script, each with its hash."""
    folder = resources.files("mammocalc.rendering.details")
    texts = [folder.joinpath(name).read_text(encoding="utf-8") for name in ("details.css", "details.js")]
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
    return Html(texts[0]), Html(texts[1]), f"sha256-{hashes[0]}", f"sha256-{hashes[1]}"


def _called(document: Mapping[str, Any]) -> str:
    return called(document["distribution"]["label"], document["distribution"]["between"])


def _section(title: str, *parts: str) -> Html:
    return element("section", element("h2", title), *parts)


def _picture(document: Mapping[str, Any], overlay: str | None) -> Html:
    if overlay is None:
        return Html()
    alt = f"The image with its findings: {_called(document)}, {_counts(document)}"
    image = element("img", src=overlay, alt=alt)
    link = element("a", image, href=overlay, target="_blank", rel="noopener", title="Open in its full size")
    return element("div", link, class_="picture")


def _heading(document: Mapping[str, Any]) -> Html:
    image, call = document["image"], document["distribution"]
    known = [image["laterality"], image["view"], *image["view_modifiers"]]
    side = " ".join(part for part in known if part != "unknown") or "side and view unknown"
    parts = [side, _counts(document), say_presence(document["presence_level"])]
    return element(
        "header",
        element("p", SHORT_NOTICE, class_="notice"),
        element("h1", symbol(call["label"]), _called(document)),
        element("p", " · ".join(parts), class_="dim"),
    )


def _counts(document: Mapping[str, Any]) -> str:
    alone = sum(item["letter"] is not None and item["left_out"] is None for item in document["calcifications"])
    return " · ".join([say_counts(document["counts"]), *([f"{alone} alone"] if alone else [])])


def _distribution(document: Mapping[str, Any]) -> Html:
    call = document["distribution"]
    return _section("Distribution of the image", distribution_bars(call), listing(call["reasons"], "reasons"))


def _clusters(document: Mapping[str, Any]) -> Html:
    loose = document["counts"]["loose_chains"]
    if not document["clusters"]:
        return element("p", "No cluster was found.", class_="dim")
    if not loose:
        return cluster_cards(document)
    many = "One loose chain" if loose == 1 else f"{loose} loose chains"
    words = f"{many} of specks without a descriptor, no five of which lie close together: in JSON and tables alone."
    return together(cluster_cards(document), element("p", words, class_="dim"))


def _landmarks(document: Mapping[str, Any]) -> Html:
    breast, flags = document["breast"], document["flags"]
    nipple = breast["nipple"]
    parts = [element("p", "Nipple: not found.")] if nipple is None else [confidence_bar("nipple", nipple["confidence"])]
    if Flag.NIPPLE_UNCERTAIN in flags:
        parts.append(element("p", FLAG_SENTENCES[Flag.NIPPLE_UNCERTAIN]))
    elif nipple is not None:
        parts.append(element("p", "Sure enough to be used: patterns are seen from it.", class_="dim"))
    if breast["pectoral_confidence"] is None:
        parts.append(element("p", "Pectoral muscle: none seen."))
    else:
        parts.append(confidence_bar("muscle", breast["pectoral_confidence"]))
    if Flag.PECTORAL_UNCERTAIN in flags:
        parts.append(element("p", FLAG_SENTENCES[Flag.PECTORAL_UNCERTAIN]))
    return element("div", element("div", *parts), draw_map(document), class_="landmarks")


def _doubts(document: Mapping[str, Any]) -> Html:
    if not document["flags"]:
        return element("p", "None.", class_="dim")
    sentences = [f"{name_of(flag)}: {FLAG_SENTENCES[Flag(flag)]}" for flag in document["flags"]]
    return listing([*sentences, *document["image"]["notes"]], "reasons")


def _foot(document: Mapping[str, Any], result: str) -> Html:
    made = document["provenance"]
    configuration = f"configuration {made['operating_point']} ({made['configuration_digest']})"
    how = f"{made['software']} {made['version']}, {configuration}"
    link = element("a", "the same as JSON", href=result, target="_blank", rel="noopener")
    return element(
        "footer",
        element("p", document["notice"]),
        element("p", together(how, " · ", document["image"]["sop_instance_uid"], " · ", link)),
    )
