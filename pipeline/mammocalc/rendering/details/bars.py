"""Small bars of probabilities, with name and number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.rendering.palette import APPEARANCES, DIM, css_colour
from mammocalc.rendering.wording import name_of, percent
from mammocalc.vocabulary.lexicon import DESCRIPTORS

if TYPE_CHECKING:
    from mammocalc.model import DistributionCall, MorphologyCall

_KINDS_SHOWN: Final = 4  # the rest is a few per cent


@dataclass(frozen=True, slots=True)
class Bar:
    """A share under its name; ``label`` is the distribution whose symbol stands before it, if it is one."""

    name: str
    share: float
    is_chosen: bool = True
    colour: str = css_colour(DIM)
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars one below the other, and what is said under them."""

    title: str
    bars: tuple[Bar, ...]
    note: str


def distribution_bars(call: DistributionCall) -> Chart | None:
    """Give the five probabilities of a distribution in the order of the descriptors, and the margin under them."""
    probabilities = call.probabilities
    if not probabilities:
        return None
    candidates = call.between or (call.label,)
    bars = tuple(
        Bar(name_of(label), probabilities[label], label in candidates, css_colour(APPEARANCES[label].colour), label)
        for label in DESCRIPTORS
    )
    origin = call.calibrated_on
    calibrated = "not calibrated" if origin is None else f"calibrated on {name_of(origin)} images"
    note = f"{calibrated} · margin {percent(call.margin or 0.0)} between the first two"
    return Chart("Probabilities of the distribution", bars, note)


def kind_bars(call: MorphologyCall) -> Chart:
    """Give the shares of the likeliest kinds of calcification."""
    shares = sorted(call.probabilities.items(), key=lambda item: -item[1])[:_KINDS_SHOWN]
    bars = tuple(
        Bar(name_of(kind), share, kind is call.label) for kind, share in shares if share >= 0.005 or kind is call.label
    )
    origin = call.calibrated_on
    note = "shares by a table; nothing calibrated them" if origin is None else f"calibrated on {name_of(origin)} images"
    return Chart("Shares of the kinds of calcification", bars, note)
