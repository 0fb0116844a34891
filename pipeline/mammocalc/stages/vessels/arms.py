"""Arms of each mark: the two clearest ways out of it, along a tube if there is one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.imaging.radial_profiles import directions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.stages.vessels.clarity import ClarityMap

STEP_MM: Final = 1.0
"""From one circle around a mark to the next."""
REACH_MM: Final = (10.0, 25.0)
"""How far arms go: the near and the far look."""
_DIRECTIONS: Final = 128
_TURN: Final = 2 * math.pi / _DIRECTIONS
"""So that neighbours on the last circle are hardly farther apart than circles are."""
_STEEPEST: Final = 1.2
"""How far a way goes sideways for each step outward, at most: arteries wind, and run about straight for 25 mm."""
_WIDEST_TURN: Final = 8
"""Directions to either side that a step may turn to, where they lie close together near the mark."""
_START_MM: Final = 1.2
"""A plaque lies in a wall: the arms start at the clearest place this near."""
_APART_DEGREES: Final = 110.0
"""The second arm leaves the mark at least so far from the first."""
_FLOOR, _CLEAREST = 0.15, 2.5
"""A step costs 1 / (floor + clarity), which counts up to a limit: one bright place is no way."""
_BATCH: Final = 64
"""Marks that are walked from together: their circles fit into a processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Arms:
    """
    Two ways out of each of n marks, up to one circle.

    Attributes
    ----------
    start_mm : ndarray of float64, shape (n, 2)
        Where they begin.
    direction : ndarray of float64, shape (n, 2, steps)
        At which angle from the start each circle is crossed, radians (0 across, a quarter turn down).
    clarity : ndarray of float64, shape (n, 2)
        Mean along each.
    contrast : ndarray of float64, shape (n,)
        What it usually costs to come to the circle, over what the first costs.
    """

    start_mm: NDArray[np.float64]
    direction: NDArray[np.float64]
    clarity: NDArray[np.float64]
    contrast: NDArray[np.float64]

    def heading(self) -> NDArray[np.float64]:
        """Give the angle at which each arm runs at each circle, radians, shape (n, 2, steps)."""
        radius = STEP_MM * np.arange(1, self.direction.shape[2] + 1)
        down, across = radius * np.sin(self.direction), radius * np.cos(self.direction)
        return np.arctan2(np.gradient(down, axis=2), np.gradient(across, axis=2))


def find_arms(clarity: ClarityMap, at_mm: NDArray[np.float64]) -> tuple[Arms, Arms]:
    """
    Find the two clearest ways out of each mark, to the near circle and to the far one.

    A way crosses one circle after the other, so the best way to every place
    of a circle follows from those to the circle before, for many marks at
    once. It costs less than a hundredth of a search through all pixels.

    Parameters
    ----------
    clarity : ClarityMap
    at_mm : ndarray of float64, shape (n, 2)
        Where the marks are, (down, across); at least one.

    Returns
    -------
    near, far : Arms
        Up to the two of `REACH_MM`.
    """
    start_mm = _clearest_near(clarity, at_mm)
    parts = [_walk(clarity, start_mm[first : first + _BATCH]) for first in range(0, len(start_mm), _BATCH)]
    near, far = (
        Arms(start_mm, *(np.concatenate(values) for values in zip(*some, strict=True)))
        for some in zip(*parts, strict=True)
    )
    return near, far


def price_of(clarity: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give what a millimetre costs by its clarity."""
    return np.asarray(1 / (_FLOOR + np.clip(clarity, 0, _CLEAREST)), np.float32)


def _clearest_near(clarity: ClarityMap, at_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the clearest place near each mark."""
    steps = np.arange(-_START_MM, _START_MM + 1e-9, _START_MM / 3)
    shifts = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    shifts = shifts[np.hypot(*shifts.T) <= _START_MM + 1e-9]
    places = at_mm[:, None] + shifts
    return np.asarray(places[np.arange(len(places)), clarity.at(places).argmax(axis=1)])


def _walk(clarity: ClarityMap, start_mm: NDArray[np.float64]) -> list[tuple[NDArray[np.float64], ...]]:
    """Walk from circle to circle, and give directions, clarity and contrast of the arms to each of two circles."""
    circles = round(REACH_MM[-1] / STEP_MM)
    radius = STEP_MM * np.arange(1, circles + 1)
    angle = directions(_DIRECTIONS)
    away = radius[:, None, None] * np.stack([np.sin(angle), np.cos(angle)], axis=-1)
    places = (start_mm[:, None, None] + away).reshape(len(start_mm), -1, 2)
    clear = clarity.at(places).reshape(-1, circles, _DIRECTIONS)
    price = price_of(clear)
    cost = np.empty(clear.shape, np.float32)
    cost[:, 0] = STEP_MM * price[:, 0]
    after = np.empty(cost[:, 0].shape, np.float32)
    for circle in range(1, circles):
        widest, lengths_mm = _turns_to(circle)
        last, best = cost[:, circle - 1], cost[:, circle]
        before = np.concatenate([last[:, -widest:], last, last[:, :widest]], axis=1)
        best[:] = np.inf
        for turn, length_mm in enumerate(lengths_mm):
            np.multiply(price[:, circle], length_mm, out=after)
            after += before[:, turn : turn + _DIRECTIONS]
            np.minimum(best, after, out=best)
    return [_arms_to(round(reach_mm / STEP_MM), clear, price, cost) for reach_mm in REACH_MM]


def _turns_to(circle: int) -> tuple[int, NDArray[np.float32]]:
    """Give how many directions to either side a step to a circle may turn, and how long each is, leftmost first."""
    sideways_mm = STEP_MM * (circle + 1) * _TURN
    widest = min(_WIDEST_TURN, max(1, int(_STEEPEST * STEP_MM / sideways_mm)))
    return widest, np.hypot(STEP_MM, np.arange(-widest, widest + 1) * sideways_mm).astype(np.float32)


def _arms_to(
    circles: int, clear: NDArray[np.float32], price: NDArray[np.float32], cost: NDArray[np.float32]
) -> tuple[NDArray[np.float64], ...]:
    """Follow the cheapest way to a circle, and the cheapest well apart from it, back to the mark."""
    last = cost[:, circles - 1]
    every = np.arange(len(last))
    first = last.argmin(axis=1)
    apart = np.abs((np.arange(_DIRECTIONS) - first[:, None] + _DIRECTIONS // 2) % _DIRECTIONS - _DIRECTIONS // 2)
    second = np.where(apart * _TURN > math.radians(_APART_DEGREES), last, np.inf).argmin(axis=1)
    ends = np.stack([first, second], axis=1)
    crossed = np.empty((len(last), 2, circles), np.intp)
    crossed[:, :, -1] = ends
    for circle in range(circles - 1, 0, -1):
        here = crossed[:, :, circle, None]
        widest, lengths_mm = _turns_to(circle)
        origins = (here + np.arange(-widest, widest + 1)) % _DIRECTIONS
        mark = every[:, None, None]
        paid = cost[mark, circle - 1, origins] + lengths_mm * price[mark, circle, here]
        cheapest = paid.argmin(axis=2)[:, :, None]
        crossed[:, :, circle - 1] = np.take_along_axis(origins, cheapest, axis=2)[:, :, 0]
    along = clear[every[:, None, None], np.arange(circles), crossed].mean(axis=2)
    contrast = np.median(last, axis=1) / last[every, first]
    return np.asarray(crossed * _TURN, np.float64), np.asarray(along, np.float64), np.asarray(contrast, np.float64)
