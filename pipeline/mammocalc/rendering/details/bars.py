"""Probabilities as small bars, each beside its name and its number."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

from mammocalc.rendering.details.markup import Html, element
from mammocalc.rendering.palette import APPEARANCES, DIM, css_colour, name_of, percent, svg_path
from mammocalc.vocabulary.lexicon import DESCRIPTORS, Distribution

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_BAR_WIDTH: Final = 100.0  # units of the drawing, which is stretched to the room there is
_KINDS_SHOWN: Final = 4  # the rest is a few per cent


@functools.cache
def symbol(label: Distribution | str) -> Html:
    """Draw the symbol of a label in its colour; the word stands beside it."""
    looks = APPEARANCES[Distribution(label)]
    path = element("path", d=svg_path(looks.symbol), fill=css_colour(looks.colour))
    return element("svg", path, viewBox="-1.1 -1.1 2.2 2.2", class_="symbol", aria_hidden="true")


def distribution_bars(call: Mapping[str, Any]) -> Html:
    """Draw the five probabilities of a distribution in the order of the descriptors, and the margin under them."""
    probabilities = call["probabilities"]
    if probabilities is None:
        return Html()
    candidates = call["between"] or [call["label"]]
    rows = [
        _row(
            element("span", symbol(label), name_of(label), class_="name"),
            probabilities[label],
            css_colour(APPEARANCES[label].colour),
            is_chosen=str(label) in candidates,
        )
        for label in DESCRIPTORS
    ]
    origin = call["calibrated_on"]
    calibrated = "not calibrated" if origin is None else f"calibrated on {name_of(origin)} images"
    note = f"{calibrated} · margin {percent(call['margin'])}, the largest less the second"
    return element("figure", _bars(rows, "Probabilities of the distribution"), element("figcaption", note))


def kind_bars(call: Mapping[str, Any]) -> Html:
    """Draw the shares of the likeliest kinds of calcification."""
    shares = sorted(call["probabilities"].items(), key=lambda item: -item[1])[:_KINDS_SHOWN]
    rows = [
        _row(element("span", name_of(kind), class_="name"), share, css_colour(DIM), is_chosen=kind == call["label"])
        for kind, share in shares
        if share >= 0.005 or kind == call["label"]
    ]
    origin = call["calibrated_on"]
    note = "shares by a table; nothing calibrated them" if origin is None else f"calibrated on {name_of(origin)} images"
    return element("figure", _bars(rows, "Shares of the kinds of calcification"), element("figcaption", note))


def confidence_bar(name: str, confidence: float) -> Html:
    """Draw one confidence."""
    row = _row(element("span", name, class_="name"), confidence, css_colour(DIM), is_chosen=True)
    return _bars([row], f"Confidence of the {name}")


def _row(name: Html, share: float, colour: str, *, is_chosen: bool) -> Html:
    width = f"{_BAR_WIDTH * share:.1f}"
    bar = element(
        "svg",
        element("rect", width=f"{_BAR_WIDTH:g}", height="8", class_="track"),
        element("rect", width=width, height="8", fill=colour),
        viewBox=f"0 0 {_BAR_WIDTH:g} 8",
        preserveAspectRatio="none",
        class_="bar",
        aria_hidden="true",
    )
    value = element("span", percent(share), class_="value")
    return element("li", name, bar, value, class_="chosen" if is_chosen else "other")


def _bars(rows: Iterable[Html], label: str) -> Html:
    return element("ul", *rows, class_="bars", aria_label=label)
