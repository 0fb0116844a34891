"""The region in which calcifications may be placed, their roles, and their distances."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.simulation.anatomy import pectoral_depth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.anatomy import Anatomy
    from mammocalc.simulation.grids import Grid
    from mammocalc.simulation.vocabulary import Shape


class Role(StrEnum):
    """Role of a simulated calcification; ``kind`` of a point in the truth."""

    MICRO = "micro"
    MACRO = "macro"
    ARTERIAL = "arterial"


@dataclass(frozen=True, slots=True)
class Placement:
    """
    One calcification to be grown: position in mm, shape, diameter, length over width, angle and role.

    ``density`` is how many times the usual attenuation of its role it has,
    ``cluster`` the number of the pattern that it belongs to, if it does.
    """

    y_mm: float
    x_mm: float
    shape: Shape
    diameter_mm: float
    aspect: float
    angle: float
    role: Role
    in_pattern: bool
    density: float = 1.0
    cluster: int = 0


class Room:
    """
    The placement region: inside the breast, off the skin, the muscle and the image's edges.

    Parameters
    ----------
    anatomy : Anatomy
    grid : Grid
    distance : ndarray of float32, shape of ``grid``
        Distance to the skin line in mm.
    """

    def __init__(self, anatomy: Anatomy, grid: Grid, distance: NDArray[np.float32]) -> None:
        self.anatomy = anatomy
        self.grid = grid
        self.distance = distance
        self.field_mm = grid.rows * grid.step_mm, grid.columns * grid.step_mm
        y, x = grid.centres_mm()
        inside = (distance > 5.0) & (pectoral_depth(anatomy, y, x) < -3.0)
        inside &= (x > 5.0) & (x < self.field_mm[1] - 5.0) & (y > 5.0) & (y < self.field_mm[0] - 5.0)
        self.inside = np.asarray(inside)

    def holds(self, points_mm: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which points (y, x) lie in it."""
        index = np.floor(points_mm / self.grid.step_mm).astype(np.intp)
        valid = ((index >= 0) & (index < self.grid.shape)).all(axis=-1)
        index = np.clip(index, 0, np.array(self.grid.shape) - 1)
        return np.asarray(valid & self.inside[index[..., 0], index[..., 1]])

    def draw(self, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw points evenly from it."""
        cells = np.flatnonzero(self.inside)
        chosen = cells[rng.integers(0, cells.size, count)]
        place = np.stack(np.divmod(chosen, self.grid.columns), axis=1)
        return np.asarray((place + rng.uniform(0, 1, (count, 2))) * self.grid.step_mm)


def spread_out(
    candidates: NDArray[np.float64], count: int, gap_mm: float, taken: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Take the first candidates that keep a distance from each other and from those already taken."""
    kept: list[NDArray[np.float64]] = [] if taken is None else list(taken)
    fixed = len(kept)
    for point in candidates:
        if len(kept) - fixed == count:
            break
        if not kept or np.min(np.hypot(*(np.array(kept) - point).T)) >= gap_mm:
            kept.append(point)
    return np.array(kept[fixed:], dtype=np.float64).reshape(-1, 2)
