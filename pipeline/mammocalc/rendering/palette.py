"""Palette of the distributions, on overlays and pages: a colour, a line and a symbol."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.vocabulary.lexicon import Distribution

if TYPE_CHECKING:
    from collections.abc import Iterable

Colour = tuple[int, int, int]
Polygon = tuple[tuple[float, float], ...]

BACKGROUND: Final[Colour] = (11, 13, 16)
PANEL: Final[Colour] = (21, 24, 29)
LINE: Final[Colour] = (58, 64, 73)
TEXT: Final[Colour] = (236, 239, 243)
DIM: Final[Colour] = (160, 168, 178)
SINGLE: Final[Colour] = (255, 255, 255)
"""Marks of calcifications that belong to no cluster."""
ARTERY: Final[Colour] = (240, 130, 130)
"""Marks of calcifications in the wall of an artery; their shape tells them as well."""
FOLLOWED_MM: Final = 8.0
"""From this length on a mark follows the outline: around such a body another shape would lie over its neighbours."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """
    One distribution's looks; any one of the three is enough to tell it.

    Attributes
    ----------
    colour : tuple of int
        Red, green and blue, 0 to 255.
    dashes : tuple of float
        Drawn and left out in turn, in line widths; empty for a solid line.
    symbol : tuple of polygons
        Filled shapes as (x, y) within -1 to 1, y downwards.
    """

    colour: Colour
    dashes: tuple[float, ...]
    symbol: tuple[Polygon, ...]


def _disc(x: float, y: float, radius: float) -> Polygon:
    corners = 20
    angles = [2 * math.pi * index / corners for index in range(corners)]
    return tuple((round(x + radius * math.cos(a), 3), round(y + radius * math.sin(a), 3)) for a in angles)


def _ring(outer: float, inner: float) -> Polygon:
    """Give a ring as one polygon, cut open on its right."""
    around, back = _disc(0.0, 0.0, outer), _disc(0.0, 0.0, inner)
    return (*around, around[0], back[0], *reversed(back))


# Five of the eight colours of Okabe and Ito (2008). Of the choices that are light enough for a dark
# background, this one keeps the largest distances in normal vision, protanopia and deuteranopia.
APPEARANCES: Final[dict[Distribution, Appearance]] = {
    Distribution.DIFFUSE: Appearance(
        (86, 180, 233),
        (0.01, 3.0),
        tuple(_disc(x, y, 0.27) for x, y in ((-0.7, -0.7), (0.7, -0.7), (0.0, 0.0), (-0.7, 0.7), (0.7, 0.7))),
    ),
    Distribution.REGIONAL: Appearance(
        (0, 158, 115),
        (5.0, 4.0),
        (((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),),
    ),
    Distribution.GROUPED: Appearance((240, 228, 66), (), (_disc(0.0, 0.0, 0.9),)),
    Distribution.LINEAR: Appearance(
        (213, 94, 0),
        (9.0, 3.5, 0.01, 3.5),
        (((-1.0, 0.55), (0.55, -1.0), (1.0, -0.55), (-0.55, 1.0)),),
    ),
    Distribution.SEGMENTAL: Appearance(
        (204, 121, 167),
        (12.0, 3.5, 4.0, 3.5, 4.0, 3.5),
        (((0.0, -0.95), (1.0, 0.85), (-1.0, 0.85)),),
    ),
    Distribution.NONE: Appearance((150, 158, 168), (1.5, 6.0), (_ring(0.85, 0.6),)),
    Distribution.SCATTERED: Appearance(
        (222, 226, 231),
        (0.01, 6.0),
        tuple(_disc(x, y, 0.27) for x, y in ((-0.6, -0.5), (0.65, -0.1), (-0.2, 0.7))),
    ),
    Distribution.VASCULAR: Appearance(
        ARTERY,
        (6.0, 2.5),
        (
            ((-1.0, -0.65), (1.0, -0.65), (1.0, -0.25), (-1.0, -0.25)),
            ((-1.0, 0.25), (1.0, 0.25), (1.0, 0.65), (-1.0, 0.65)),
        ),
    ),
    Distribution.TYPICALLY_BENIGN: Appearance((196, 178, 138), (8.0, 2.5), (_ring(0.95, 0.5), _disc(0.0, 0.0, 0.15))),
    Distribution.INDETERMINATE: Appearance(
        (200, 205, 212),
        (2.5, 2.5),
        (
            ((0.0, -1.0), (0.42, -0.58), (-0.58, 0.42), (-1.0, 0.0)),
            ((1.0, 0.0), (0.0, 1.0), (-0.42, 0.58), (0.58, -0.42)),
        ),
    ),
    Distribution.NOT_APPLICABLE: Appearance(
        (150, 158, 168),
        (2.5, 5.0),
        (((-0.9, -0.25), (0.9, -0.25), (0.9, 0.25), (-0.9, 0.25)),),
    ),
}


def css_colour(colour: Colour) -> str:
    """Write a colour as CSS does: ``#rrggbb``."""
    return "#" + "".join(f"{value:02x}" for value in colour)


def svg_path(symbol: Iterable[Polygon]) -> str:
    """Write a symbol as the ``d`` of an SVG path."""
    return "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in polygon) + "Z" for polygon in symbol)


def svg_looks() -> dict[str, dict[str, str]]:
    """Give the colour and the symbol of each distribution as a page draws them: ``colour`` and ``path``."""
    return {
        str(label): {"colour": css_colour(looks.colour), "path": svg_path(looks.symbol)}
        for label, looks in APPEARANCES.items()
    }
