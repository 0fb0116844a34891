"""How counts, sizes and presence are said: once, for overlays and pages alike."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from mammocalc.results.rounding import LEVEL_DECIMALS, MILLIMETRE_DECIMALS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.vocabulary.lexicon import CalcificationSize


def say_counts(counts: Mapping[str, int]) -> str:
    """
    Say how many calcifications are listed.

    Parameters
    ----------
    counts : mapping of str to int
        As `mammocalc.model.Counts` has them, by the names of its fields.

    Examples
    --------
    >>> found = {"calcifications": 96, "micro": 95, "macro": 1, "size_unknown": 0, "vascular": 72}
    >>> found |= {"clusters": 1, "vessels": 2}
    >>> say_counts(found)
    '95 micro · 1 macro (72 vascular) · 1 cluster · 2 vessels'
    >>> say_counts({**found, "micro": 0, "macro": 0, "size_unknown": 96, "vascular": 0, "clusters": 0, "vessels": 0})
    '96 calcifications of unknown size · 0 clusters'
    >>> say_counts(dict.fromkeys(found, 0))
    'no calcifications reported'
    """
    if not counts["calcifications"]:
        return "no calcifications reported"
    unknown = f"{_many(counts['size_unknown'], 'calcification')} of unknown size"
    sizes = unknown if counts["size_unknown"] else f"{counts['micro']} micro · {counts['macro']} macro"
    arteries = f" ({counts['vascular']} vascular)" if counts["vascular"] else ""
    vessels = f" · {_many(counts['vessels'], 'vessel')}" if counts["vessels"] else ""
    return f"{sizes}{arteries} · {_many(counts['clusters'], 'cluster')}{vessels}"


def say_presence(level: float | None) -> str:
    """
    Say how sure it is that there is any calcification.

    Examples
    --------
    >>> say_presence(7.2496), say_presence(None)
    ('presence 7.3 of 10', 'presence not judged')
    """
    if level is None:
        return "presence not judged"
    return f"presence {fixed(level, 1, LEVEL_DECIMALS)} of 10"


def say_size(size: CalcificationSize | None, width_mm: float | None, length_mm: float | None) -> list[str]:
    """
    Say the size of a calcification, and the width and length that it goes by; an empty list without a spacing.

    The width decides between micro and macro, so it is said, and rounded
    down: a width just below the limit must not read as the limit.

    Examples
    --------
    >>> say_size("micro", 0.997, 2.304)
    ['micro', '0.99 × 2.30 mm']
    """
    if size is None or width_mm is None or length_mm is None:
        return []
    width = math.floor(round(width_mm, MILLIMETRE_DECIMALS) * 100 + 1e-6) / 100
    return [str(size), f"{width:.2f} × {fixed(length_mm, 2, MILLIMETRE_DECIMALS)} mm"]


def fixed(value: float, decimals: int, kept: int = MILLIMETRE_DECIMALS) -> str:
    """
    Write a number with so many decimals, as a browser does that reads it in a result, where ``kept`` ones are left.

    Of two that are equally near, browsers take the one further from zero, and
    Python the even one; overlays and pages have to say the same.

    Examples
    --------
    >>> fixed(7.25, 1), fixed(2.12499, 2), f"{7.25:.1f}"
    ('7.3', '2.13', '7.2')
    """
    return str(Decimal(round(value, kept) + 0.0).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
