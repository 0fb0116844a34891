"""A breast in three dimensions before it is compressed: half an ellipsoid on the chest wall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.patient.recipe import PatientRecipe
    from mammocalc.vocabulary.lexicon import Laterality

SKIN_MARGIN_MM: Final = 3.5
"""Nothing but skin calcifications lies nearer to the skin; compression widens it to about 5 mm in the image."""
WALL_MARGIN_MM: Final = 2.0


@dataclass(frozen=True, slots=True)
class Breast:
    """
    Half an ellipsoid, the same for all images of a patient's breast.

    Points are (x, y, z) in mm: x lateral, y forward from the chest wall, z up,
    with the breast's middle on the chest wall as origin. Both sides are alike
    by that; only the images of right breasts are mirrored.

    Attributes
    ----------
    laterality : Laterality
    lateral_mm, depth_mm, up_mm : float
        Half axes along x, y and z; the nipple is at (0, depth_mm, 0).
    squeeze : float
        Usual share of the thickness that is left when it is compressed.
    density : float
        Share of fibroglandular tissue behind the nipple.
    muscle_degrees : float
        Angle of the pectoral muscle's edge to the image's border in MLO views.
    tail : float
        Thickness of the axillary tail in MLO views, as a share of the depth.
    """

    laterality: Laterality
    lateral_mm: float
    depth_mm: float
    up_mm: float
    squeeze: float
    density: float
    muscle_degrees: float
    tail: float

    @property
    def half_axes_mm(self) -> NDArray[np.float64]:
        """Half axes along x, y and z, shape (3,)."""
        return np.array([self.lateral_mm, self.depth_mm, self.up_mm])

    def holds(self, points_mm: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which points (x, y, z), shape (n, 3), lie inside, off the skin and off the chest wall."""
        inner = self.half_axes_mm - SKIN_MARGIN_MM
        return np.asarray((((points_mm / inner) ** 2).sum(axis=1) < 1) & (points_mm[:, 1] > WALL_MARGIN_MM))

    def draw(self, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw points (x, y, z) evenly from the inside; shape (count, 3)."""
        kept = np.zeros((0, 3))
        while len(kept) < count:
            points = rng.uniform((-1, 0, -1), (1, 1, 1), (3 * count + 8, 3)) * self.half_axes_mm
            kept = np.concatenate([kept, points[self.holds(points)]])
        return kept[:count]

    def draw_on_skin(self, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw points (x, y, z) in the skin, a millimetre below its surface, within 12 mm of each other."""
        directions = rng.normal(0.0, 1.0, 3)
        middle = np.abs(directions / np.linalg.norm(directions)) * np.array(
            [rng.choice((-1, 1)), 1, rng.choice((-1, 1))]
        )
        spread = middle + rng.normal(0.0, 0.08, (count, 3))
        spread[:, 1] = np.maximum(spread[:, 1], 0.15)
        return np.asarray(spread / np.linalg.norm(spread, axis=1)[:, None] * (self.half_axes_mm - 1.0))


def draw_breasts(recipe: PatientRecipe, rng: np.random.Generator) -> dict[Laterality, Breast]:
    """Draw the breasts of one patient, of much the same size and density."""
    depth = rng.uniform(*recipe.depth_mm)
    lateral, up = depth * rng.uniform(1.05, 1.25), depth * rng.uniform(0.9, 1.1)
    squeeze, density = 0.47 * np.exp(rng.normal(0.0, 0.08)), rng.uniform(*recipe.density)
    muscle, tail = rng.uniform(16.0, 24.0), rng.uniform(0.38, 0.5)
    breasts = {}
    for side in recipe.sides:
        axes = [float(length * np.exp(rng.normal(0.0, 0.03))) for length in (lateral, depth, up)]
        angle = float(muscle + rng.normal(0.0, 1.0))
        breasts[side] = Breast(side, axes[0], axes[1], axes[2], float(squeeze), float(density), angle, float(tail))
    return breasts
