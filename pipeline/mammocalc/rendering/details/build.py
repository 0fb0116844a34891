"""Put the page of one image together."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from mammocalc.rendering.details.bars import Bar, distribution_bars, kind_bars
from mammocalc.rendering.details.breast_map import draw_map
from mammocalc.rendering.details.excluded import left_out
from mammocalc.rendering.pages import fill_page
from mammocalc.rendering.wording import called, name_of, say_counts, say_presence
from mammocalc.results.layout import details_path
from mammocalc.vocabulary.flag_sentences import FLAG_SENTENCES
from mammocalc.vocabulary.lexicon import SHORT_NOTICE, Flag, Morphology

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    overlay, call = document["overlay"], document["distribution"]
    clusters = sorted(
        (item for item in document["clusters"] if not item["loose"]),
        key=lambda item: (len(item["letter"]), item["letter"]),
    )
    page = fill_page(
        "rendering/details/details",
        result=document,
        json_path=posixpath.relpath(result_path, here),
        overlay_path=overlay and posixpath.relpath(overlay["path"], here),
        notice=SHORT_NOTICE,
        called=called(call["label"], call["between"]),
        side=_side(document["image"]),
        counts=_counts(document),
        presence=say_presence(document["presence_level"]),
        distribution=distribution_bars(call),
        cards=[_card(cluster) for cluster in clusters],
        excluded=left_out(document),
        nipple=_confidence("nipple", (document["breast"]["nipple"] or {}).get("confidence")),
        muscle=_confidence("muscle", document["breast"]["pectoral_confidence"]),
        nipple_doubt=_doubt(document, Flag.NIPPLE_UNCERTAIN),
        muscle_doubt=_doubt(document, Flag.PECTORAL_UNCERTAIN),
        map=draw_map(document),
        doubts=[f"{name_of(flag)}: {FLAG_SENTENCES[Flag(flag)]}" for flag in document["flags"]],
    )
    return page.encode(errors="replace")


def _side(image: Mapping[str, Any]) -> str:
    known = [image["laterality"], image["view"], *image["view_modifiers"]]
    return " ".join(part for part in known if part != "unknown") or "side and view unknown"


def _counts(document: Mapping[str, Any]) -> str:
    alone = sum(item["letter"] is not None and item["left_out"] is None for item in document["calcifications"])
    return " · ".join([say_counts(document["counts"]), *([f"{alone} alone"] if alone else [])])


def _card(cluster: Mapping[str, Any]) -> dict[str, Any]:
    """Give a cluster, what it is called, and its bars."""
    call, looks = cluster["distribution"], cluster["morphology"]
    is_assessed = looks is not None and looks["label"] != Morphology.NOT_ASSESSABLE
    return {
        "cluster": cluster,
        "called": called(call["label"], call["between"]),
        "distribution": distribution_bars(call),
        "is_assessed": is_assessed,
        "kinds": kind_bars(looks) if is_assessed or (looks and len(looks["probabilities"]) > 1) else None,
    }


def _confidence(name: str, confidence: float | None) -> Bar | None:
    return None if confidence is None else Bar(name, confidence)


def _doubt(document: Mapping[str, Any], flag: Flag) -> str | None:
    return FLAG_SENTENCES[flag] if flag in document["flags"] else None
