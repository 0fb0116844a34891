"""Point patterns of findings in three dimensions: groups, ducts, segments, regions, and the whole breast."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.simulation.patient.paths import cone, frame_along, wander
from mammocalc.simulation.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mammocalc.simulation.patient.breast import Breast

_TRIES: Final = 300
_STRETCH: Final = 1.3
"""Compression makes a finding about this much wider in the image; extents are those of the image."""
_GAP_MM: Final = {Kind.DIFFUSE: 3.0, Kind.REGIONAL: 1.1, Kind.GROUPED: 0.55, Kind.LINEAR: 0.45, Kind.SEGMENTAL: 0.7}
"""Least distance of two calcifications, so that those of usual size do not grow together."""


def _ball(count: int, rng: np.random.Generator, spread: float = 0.26) -> NDArray[np.float64]:
    """Draw points of a ball of diameter 1, denser in its middle; shape (count, 3)."""
    points = rng.normal(0.0, spread, (20 * count + 20, 3))
    return np.asarray(points[np.linalg.norm(points, axis=1) < 0.5][:count])


def _turned(points: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Turn points in any direction."""
    return np.asarray(points @ frame_along(rng.normal(0.0, 1.0, 3)))


def _grouped(breast: Breast, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Fill a spot of 6 to 12 mm, denser in its middle."""
    axes = rng.uniform(8.0, 15.0) / _STRETCH * np.array([1.0, rng.uniform(0.6, 1.0), rng.uniform(0.6, 1.0)])
    return np.asarray(breast.draw(1, rng)[0] + _turned(_ball(2 * count, rng) * axes, rng))


def _regional(breast: Breast, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Fill a rounded region of 26 to 50 mm, denser here and there, that does not run toward the nipple."""
    widest = min(50.0, 0.55 * (breast.lateral_mm + breast.depth_mm))
    axes = (
        rng.uniform(26.0, max(27.0, widest)) / _STRETCH * np.array([1.0, rng.uniform(0.7, 1.0), rng.uniform(0.6, 1.0)])
    )
    centre = breast.draw(1, rng)[0]
    if np.linalg.norm(centre - (0.0, breast.depth_mm, 0.0)) < axes.max() / 2 + 8.0:
        return np.zeros((0, 3))
    clumps = _ball(6, rng, 0.35)
    near = clumps[rng.integers(0, len(clumps), count)] + rng.normal(0.0, 0.07, (count, 3))
    points = rng.permutation(np.concatenate([_ball(2 * count, rng, 0.4), near]))
    return np.asarray(centre + _turned(points * axes, rng))


def _duct(breast: Breast, from_mm: float, length_mm: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw a duct that begins at some distance from the nipple and runs away from it."""
    nipple = np.array([0.0, breast.depth_mm, 0.0])
    inward = cone(np.array([0.0, -1.0, 0.0]), 1.0, rng)
    return wander(nipple + from_mm * inward, cone(inward, 0.1, rng), length_mm, 0.010, rng)


def _along(path: NDArray[np.float64], count: int, beside_mm: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Give points along a path at uneven distances, a little beside it."""
    steps = np.cumsum(rng.gamma(3.0, 1.0, count + 1))
    at = (steps[:-1] / steps[-1] * (len(path) - 1)).astype(np.intp)
    return np.asarray(path[at] + rng.normal(0.0, beside_mm, (count, 3)))


def _linear(breast: Breast, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Follow a duct for 15 to 30 mm."""
    length = float(np.clip(count * rng.uniform(1.1, 2.0), 15.0, 30.0)) / _STRETCH
    duct = _duct(breast, rng.uniform(8.0, 8.0 + 0.4 * breast.depth_mm), length, rng)
    return rng.permutation(_along(duct, 2 * count, 0.22, rng))


def _segmental(breast: Breast, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Follow a duct that branches over 25 to 55 mm, away from the nipple."""
    longest = float(np.clip(1.1 * breast.depth_mm, 30.0, 55.0)) / _STRETCH
    length = rng.uniform(0.75 * longest, longest)
    trunk = _duct(breast, rng.uniform(6.0, 6.0 + 0.15 * breast.depth_mm), 0.3 * length, rng)
    branches, ends = [trunk], [(trunk, 0.7 * length)]
    while ends:
        parent, left = ends.pop()
        forward, *sides = frame_along(parent[-1] - parent[-2])
        turn = rng.uniform(0.0, 2 * math.pi)
        part = math.cos(turn) * sides[0] + math.sin(turn) * sides[1]
        for sign in (-1, 1):
            own = min(left, rng.uniform(0.4, 0.6) * length)
            branch = wander(parent[-1], forward + sign * math.tan(rng.uniform(0.16, 0.36)) * part, own, 0.012, rng)
            branches.append(branch)
            if left - own > 4.0:
                ends.append((branch, left - own))
    total = sum(len(branch) for branch in branches)
    shares = [max(1, round(3 * count * len(branch) / total)) for branch in branches]
    points = [_along(branch, share, 0.45, rng) for branch, share in zip(branches, shares, strict=True)]
    return rng.permutation(np.concatenate(points))


def _diffuse(breast: Breast, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Fill the breast."""
    return breast.draw(12 * count, rng)


_CANDIDATES: Final[dict[Kind, Callable[[Breast, int, np.random.Generator], NDArray[np.float64]]]] = {
    Kind.DIFFUSE: _diffuse,
    Kind.REGIONAL: _regional,
    Kind.GROUPED: _grouped,
    Kind.LINEAR: _linear,
    Kind.SEGMENTAL: _segmental,
}


def draw_pattern(
    kind: Kind, breast: Breast, count: int, taken_mm: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """
    Draw the points of a distribution in a breast.

    Parameters
    ----------
    kind : Kind
        One of the five distributions.
    breast : Breast
    count : int
        How many are wanted.
    taken_mm : ndarray of float64, shape (m, 3)
        Findings that are there already; the new one stays 20 mm away from each point.
    rng : Generator

    Returns
    -------
    ndarray of float64, shape (n, 3)
        (x, y, z) in mm; n is ``count``, or at least four fifths of it. Empty where there is no room.
    """
    apart = 0.0 if kind is Kind.DIFFUSE else 20.0
    for _ in range(_TRIES):
        points = _CANDIDATES[kind](breast, count, rng)
        inside = breast.holds(points) if len(points) else np.zeros(0, dtype=bool)
        if inside.sum() < 0.9 * max(1, len(points)):
            continue
        points = spread_out(points[inside], count, _GAP_MM[kind])
        if len(points) < 0.8 * count:
            continue
        if apart and len(taken_mm) and np.linalg.norm(points[:, None] - taken_mm[None], axis=2).min() < apart:
            continue
        return points
    return np.zeros((0, 3))


def spread_out(
    candidates: NDArray[np.float64], count: int, gap_mm: float, taken: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Take the first candidates, shape (n, 3), that keep a distance from each other and from those already taken."""
    kept = np.zeros((0, 3)) if taken is None else taken.reshape(-1, 3)
    first = len(kept)
    for point in candidates:
        if len(kept) - first == count:
            break
        if not len(kept) or np.linalg.norm(kept - point, axis=1).min() >= gap_mm:
            kept = np.concatenate([kept, point[None]])
    return np.asarray(kept[first:])
