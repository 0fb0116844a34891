"""Ducts and vessels as smooth curves in three dimensions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEP_MM: Final = 0.05
_WAVES_MM: Final = np.array([90.0, 45.0, 22.0, 9.0])


def wander(
    start_mm: NDArray[np.float64],
    direction: NDArray[np.float64],
    length_mm: float,
    bend_per_mm: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """
    Give a smooth random path in space.

    Parameters
    ----------
    start_mm : ndarray of float64, shape (3,)
    direction : ndarray of float64, shape (3,)
        Of the first step; any length but 0.
    length_mm : float
    bend_per_mm : float
        Typical curvature in 1/mm.
    rng : Generator

    Returns
    -------
    ndarray of float64, shape (n, 3), n >= 2
        Points `STEP_MM` apart.
    """
    count = max(2, math.ceil(length_mm / STEP_MM))
    way = np.arange(count) * STEP_MM
    forward, *sides = frame_along(direction)
    heading = np.broadcast_to(forward, (count, 3))
    for side in sides:
        phase = rng.uniform(0, 2 * math.pi, _WAVES_MM.size)[:, None]
        strength = rng.normal(0.0, 1.0, _WAVES_MM.size) * np.array([1.0, 1.0, 0.9, 0.7]) * bend_per_mm
        waves = (2 * math.pi / _WAVES_MM)[:, None]
        turn = ((strength[:, None] / waves) * (np.sin(waves * way + phase) - np.sin(phase))).sum(axis=0)
        heading = heading + np.tan(np.clip(turn, -1.2, 1.2))[:, None] * side
    moves = STEP_MM * heading / np.linalg.norm(heading, axis=1)[:, None]
    return np.concatenate([start_mm[None, :], start_mm + np.cumsum(moves, axis=0)[:-1]])


def frame_along(direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give three unit vectors at right angles, the first along a direction; shape (3, 3), a row for each."""
    forward = direction / np.linalg.norm(direction)
    helper = np.eye(3)[int(np.abs(forward).argmin())]
    side = np.cross(forward, helper)
    side /= np.linalg.norm(side)
    return np.stack([forward, side, np.cross(forward, side)])


def cone(axis: NDArray[np.float64], angle: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw a direction within an angle in radians of an axis, evenly over the sphere; shape (3,)."""
    forward, *sides = frame_along(axis)
    height, turn = rng.uniform(math.cos(angle), 1.0), rng.uniform(0.0, 2 * math.pi)
    flat = math.sqrt(max(0.0, 1 - height**2))
    return np.asarray(height * forward + flat * (math.cos(turn) * sides[0] + math.sin(turn) * sides[1]))
