"""Every cluster with its distribution, its morphology, the reasons for both, and what is published; every vessel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.rendering.details.bars import distribution_bars, kind_bars, symbol
from mammocalc.rendering.details.evidence import published_evidence
from mammocalc.rendering.details.markup import Html, element, listing, together
from mammocalc.rendering.palette import called, name_of
from mammocalc.rendering.wording import fixed
from mammocalc.vocabulary.lexicon import Distribution, Morphology

if TYPE_CHECKING:
    from collections.abc import Mapping


def cluster_cards(document: Mapping[str, Any]) -> Html:
    """Tell every cluster that is worth a look, in the order of their letters."""
    shown = [item for item in document["clusters"] if not item["loose"]]
    ordered = sorted(shown, key=lambda item: (len(item["letter"]), item["letter"]))
    return together(*(_card(item) for item in ordered))


def vessel_cards(document: Mapping[str, Any]) -> Html:
    """Tell every artery, the one with most calcifications first."""
    return together(*(_vessel_card(item) for item in document["vessels"]))


def _vessel_card(vessel: Mapping[str, Any]) -> Html:
    key = element("span", vessel["letter"], class_="key")
    count = len(vessel["members"])
    many = f"{count} calcifications · {fixed(vessel['length_mm'], 1)} mm along" if count > 1 else "1 calcification"
    return element(
        "article",
        element("h3", key, symbol(Distribution.VASCULAR), name_of(Distribution.VASCULAR)),
        element("p", many, class_="dim"),
        class_="card",
        id=f"vessel-{vessel['id']}",
    )


def _card(cluster: Mapping[str, Any]) -> Html:
    call = cluster["distribution"]
    key = element("span", cluster["letter"], class_="key")
    title = element("h3", key, symbol(call["label"]), called(call["label"], call["between"]))
    figures = (
        f"{len(cluster['members'])} calcifications · {fixed(cluster['extent_mm'], 1)} mm across · "
        f"{cluster['area_mm2']:.0f} mm² · {fixed(cluster['density_per_cm2'], 1)} per\N{NO-BREAK SPACE}cm²"
    )
    return element(
        "article",
        title,
        element("p", figures, class_="dim"),
        distribution_bars(call),
        listing(call["reasons"], "reasons"),
        _morphology(cluster["morphology"]),
        published_evidence(cluster["published_association"]),
        class_="card",
        id=f"cluster-{cluster['id']}",
    )


def _morphology(call: Mapping[str, Any] | None) -> Html:
    if call is None:
        return Html()
    assessed = call["label"] != Morphology.NOT_ASSESSABLE
    bars = kind_bars(call) if assessed or len(call["probabilities"]) > 1 else Html()
    title = f"Morphology: looks {name_of(call['label'])}" if assessed else "Morphology: not assessable"
    return element("section", element("h4", title), bars, listing(call["reasons"], "reasons"))
