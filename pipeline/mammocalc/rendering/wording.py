"""Wording of counts, sizes and presence, shared by overlays and pages."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from mammocalc.results.rounding import LEVEL_DECIMALS, MILLIMETRE_DECIMALS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mammocalc.model import Counts
    from mammocalc.vocabulary.lexicon import CalcificationSize, Distribution


def name_of(label: Distribution | str) -> str:
    """Give the words for a label: ``not applicable`` for ``not_applicable``."""
    return str(label).replace("_", " ")


def called(label: Distribution | str, between: Iterable[Distribution | str]) -> str:
    """
    Return the words of a call, with both candidates if it is indeterminate.

    Examples
    --------
    >>> called("indeterminate", ("regional", "segmental"))
    'indeterminate: regional or segmental'
    """
    candidates = " or ".join(name_of(candidate) for candidate in between)
    return f"{name_of(label)}: {candidates}" if candidates else name_of(label)


def percent(share: float) -> str:
    """
    Write a probability as people read it, and none as certain: they are rounded in a result.

    Halves go up, as in the review's page.

    Examples
    --------
    >>> [percent(value) for value in (0.0, 0.0004, 0.125, 0.9996, 1.0)]
    ['< 1 %', '< 1 %', '13 %', '> 99 %', '> 99 %']
    """
    return "< 1 %" if share < 0.005 else "> 99 %" if share > 0.995 else f"{math.floor(100 * round(share, 4) + 0.5)} %"


def say_share(share: float) -> str:
    """
    Write the share that a publication gives, with three digits.

    Examples
    --------
    >>> print(say_share(0.765), say_range((0.42, 0.765)), say_range((0.5, 0.5)), sep=", ")
    76.5 %, 42 to 76.5 %, 50 %
    """
    return f"{100 * share:.3g}\N{NO-BREAK SPACE}%"


def say_range(ends: tuple[float, float]) -> str:
    """Write the least and the greatest share of several publications; one share where both are equal."""
    low, high = ends
    return say_share(low) if low == high else f"{100 * low:.3g} to {say_share(high)}"


def say_number(count: int) -> str:
    """Write how many there are, with thousands parted."""
    return f"{count:,}"


def say_counts(counts: Counts) -> str:
    """
    Say how many calcifications are listed.

    Examples
    --------
    >>> from mammocalc.model import Counts
    >>> say_counts(Counts(96, micro=95, macro=1, size_unknown=0, vascular=72, left_out=0, clusters=1, loose_chains=0,
    ...     vessels=2))
    '95 micro · 1 macro (72 vascular) · 1 cluster · 2 vessels'
    >>> say_counts(Counts(96, 0, 0, size_unknown=96, vascular=0, left_out=0, clusters=0, loose_chains=0, vessels=0))
    '96 calcifications of unknown size · 0 clusters'
    >>> say_counts(Counts(*[0] * 9))
    'no calcifications reported'
    """
    if not counts.calcifications:
        return "no calcifications reported"
    unknown = f"{many(counts.size_unknown, 'calcification')} of unknown size"
    sizes = unknown if counts.size_unknown else f"{counts.micro} micro · {counts.macro} macro"
    arteries = f" ({counts.vascular} vascular)" if counts.vascular else ""
    vessels = f" · {many(counts.vessels, 'vessel')}" if counts.vessels else ""
    return f"{sizes}{arteries} · {many(counts.clusters, 'cluster')}{vessels}"


def say_presence(level: float | None) -> str:
    """
    Say how sure it is that there is any calcification.

    Examples
    --------
    >>> say_presence(7.2496), say_presence(None)
    ('presence 7.3 of 10', 'presence not scored')
    """
    if level is None:
        return "presence not scored"
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
    Write a number with a given number of decimals, as a browser would from a result with ``kept`` decimals.

    Of two that are equally near, browsers take the one further from zero, and
    Python the even one; overlays and pages have to say the same.

    Examples
    --------
    >>> fixed(7.25, 1), fixed(2.12499, 2), f"{7.25:.1f}"
    ('7.3', '2.13', '7.2')
    """
    return str(Decimal(round(value, kept) + 0.0).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def many(count: int, noun: str) -> str:
    """
    Give a count and its noun.

    Examples
    --------
    >>> many(1, "vessel"), many(0, "vessel")
    ('1 vessel', '0 vessels')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
