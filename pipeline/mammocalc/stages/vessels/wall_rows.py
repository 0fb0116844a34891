"""Two rows of plaques at an even distance: the walls of a vessel, even if it is not visible."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.polynomial import legendre

from mammocalc.stages.vessels.chains import STEP_MM
from mammocalc.stages.vessels.limits import ELONGATED, MIN_RAIL_COUNT, TRACK_GAP_MM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.stages.vessels.evidence import Points

_BEND_MM, _MOST_BENDS = 12.0, 4
"""A middle line has one degree more for every 12 mm, up to the fourth: arteries wind gently."""

_FREE = 3
"""Points beyond the number of unknowns; with fewer any points lie in two rows."""

_ONE_OFF_IN, _MOST_OFF = 8, 2
_ROUNDS = 20
_FEWEST_IN_ROW = 3

_MAX_UNEVENNESS: Final = 0.2
"""Rows: largest standard deviation of the particles from their row, over half of the gap. Simulated arteries have 0.04
to 0.14, casts that fill one duct or a wedge 0.25 to 0.9."""

_MAX_WIDENING: Final = 1.6
"""Rows: the gap at one end over the gap at the other. Walls stay apart as they are; two ducts draw apart away from the
nipple."""

_MIN_SHARED: Final = 0.3
"""Rows: smallest share of their whole length along which there are both."""

_MIN_RAIL_ALIGNMENT: Final = 0.8
"""Rows: smallest mean cosine of twice the angle between the particles and the middle line. Simulated arteries have 0.87
to 0.99, wedges of casts up to 0.5."""


@dataclass(frozen=True, slots=True, eq=False)
class Rails:
    """
    Two rows beside one middle line.

    Attributes
    ----------
    line_mm : ndarray of float64, shape (n, 2)
        The middle line (down, across), `STEP_MM` apart.
    gap_mm : float
        Distance between the rows.
    unevenness : float
        Standard deviation of the points from their row over half of the gap:
        0 for perfect rows, about 0.5 for points that fill the band evenly.
    widening : float
        The larger gap of both ends over the smaller; infinite where the rows
        cross.
    shared : float
        Length along which there are both rows, over the whole length.
    alignment : float
        Mean cosine of twice the angle between elongated particles and the
        line: 1 where all lie along it, 0 for any direction alike or for none.
    count : int
        Points in both rows.
    """

    line_mm: NDArray[np.float64]
    gap_mm: float
    unevenness: float
    widening: float
    shared: float
    alignment: float
    count: int


def fit_rails(members: NDArray[np.intp], points: Points) -> Rails | None:
    """
    Fit a smooth middle line and a row on each side of it to particles.

    One particle in eight, at most two, may lie off both rows, and is left out
    where they are not even otherwise.

    Parameters
    ----------
    members : ndarray of intp
        Indices of the particles. A round one lies in a row like any other; only
        its direction means nothing.
    points : Points
        All of them.

    Returns
    -------
    Rails or None
        None where there are too few, or no two rows of three.
    """
    found = _fit(members, points)
    for _ in range(min(len(members) // _ONE_OFF_IN, _MOST_OFF)):
        if found is None or found.unevenness <= _MAX_UNEVENNESS:
            break
        rests = [np.delete(members, number) for number in range(len(members))]
        fits = [_fit(rest, points) for rest in rests]
        best = int(np.argmin([math.inf if fit is None else fit.unevenness for fit in fits]))
        members, found = rests[best], fits[best]
    return found


def are_walls(rails: Rails) -> bool:
    """Tell whether two rows are so even, so far apart and so well aligned as the walls of an artery."""
    low, high = TRACK_GAP_MM
    return (
        low <= rails.gap_mm <= high
        and rails.count >= MIN_RAIL_COUNT
        and rails.unevenness <= _MAX_UNEVENNESS
        and rails.widening <= _MAX_WIDENING
        and rails.shared >= _MIN_SHARED
        and rails.alignment >= _MIN_RAIL_ALIGNMENT
    )


def _fit(members: NDArray[np.intp], points: Points) -> Rails | None:
    if len(members) < 2 * _FEWEST_IN_ROW:
        return None
    at_mm, is_long = points.at_mm[members], points.ratio[members] >= ELONGATED
    middle = at_mm.mean(axis=0)
    axes = np.linalg.svd(at_mm - middle, full_matrices=False)[2]
    along, off = ((at_mm - middle) @ axes.T).T
    first, length = along.min(), float(np.ptp(along))
    if length <= STEP_MM:
        return None
    degree = min(round(length / _BEND_MM) + 1, _MOST_BENDS, max(1, len(off) - 2 - _FREE))
    place = 2 * (along - first) / length - 1
    base = legendre.legvander(place, degree)
    sides = [side for start in _starts(base, off) if (side := _settled(base, off, start)) is not None]
    if not sides:
        return None
    fits = [np.linalg.lstsq(np.column_stack([base, side]), off, rcond=None)[0] for side in sides]
    misses = [off - base @ fit[:-1] - fit[-1] * side for fit, side in zip(fits, sides, strict=True)]
    best = int(np.argmin([float(miss @ miss) for miss in misses]))
    side, fit = sides[best], fits[best]
    spread = math.sqrt(float(misses[best] @ misses[best]) / max(len(off) - degree - 2, 1))
    one, other = along[side > 0], along[side < 0]
    shared = max(0.0, float(min(one.max(), other.max()) - max(one.min(), other.min()))) / length
    slope = legendre.legval(place, legendre.legder(fit[:-1])) * 2 / length
    way = axes[0] + slope[:, None] * axes[1]
    turned = points.direction[members] - np.arctan2(way[:, 0], way[:, 1])
    steps = np.linspace(-1.0, 1.0, max(3, round(length / STEP_MM) + 1))
    line = (
        middle
        + np.outer((steps + 1) * length / 2 + first, axes[0])
        + np.outer(legendre.legval(steps, fit[:-1]), axes[1])
    )
    return Rails(
        line_mm=line,
        gap_mm=2 * abs(float(fit[-1])),
        unevenness=spread / max(abs(float(fit[-1])), 1e-9),
        widening=_widening(base, place, off, side),
        shared=shared,
        alignment=float(np.cos(2 * turned[is_long]).mean()) if is_long.any() else 0.0,
        count=len(off),
    )


def _starts(base: NDArray[np.float64], off: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Give first guesses of who lies on which side: of each simpler line, and at the widest gap beside it."""
    starts = []
    for terms in range(1, base.shape[1] + 1):
        rest = off - base[:, :terms] @ np.linalg.lstsq(base[:, :terms], off, rcond=None)[0]
        ordered = np.sort(rest)
        widest = int(np.diff(ordered).argmax())
        starts += [rest > 0, rest > (ordered[widest] + ordered[widest + 1]) / 2]
    return [np.where(start, 1.0, -1.0) for start in starts]


def _settled(
    base: NDArray[np.float64], off: NDArray[np.float64], side: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Fit and part by turns until nobody changes sides; None where one side is left with too few."""
    for _ in range(_ROUNDS):
        if min(int((side > 0).sum()), int((side < 0).sum())) < _FEWEST_IN_ROW:
            return None
        fit = np.linalg.lstsq(np.column_stack([base, side]), off, rcond=None)[0]
        now = np.where((off - base @ fit[:-1]) * math.copysign(1.0, fit[-1]) > 0, 1.0, -1.0)
        if np.array_equal(now, side):
            break
        side = now
    return side


def _widening(
    base: NDArray[np.float64], place: NDArray[np.float64], off: NDArray[np.float64], side: NDArray[np.float64]
) -> float:
    """Give the gap at one end over that at the other, where it may grow along the line as between two ducts."""
    *_, gap, growth = np.linalg.lstsq(np.column_stack([base, side, side * place]), off, rcond=None)[0]
    near, far = sorted((gap - growth, gap + growth), key=abs)
    return math.inf if near * far <= 0 else float(far / near)
