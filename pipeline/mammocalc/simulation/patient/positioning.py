"""Positioning of a breast in an image: angles, thickness, loss at the wall, and displacement of tissue."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.vocabulary.lexicon import View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.patient.breast import Breast
    from mammocalc.simulation.patient.recipe import PatientRecipe

_CORRELATION_MM: Final = 30.0
"""Distance over which the correlation of the displacement of tissue falls to 1/e."""
_WAVES: Final = 48
_MOST_LOST: Final = 0.5
"""An image that misses more of the breast's depth than this would be taken again."""
_THICKNESS_MM: Final = (20.0, 105.0)
"""No breast is compressed to less or more than this."""


@dataclass(frozen=True, slots=True, eq=False)
class Displacement:
    """A smooth random field: by how much tissue lies elsewhere in the image, as a function of its place (x, y, z)."""

    waves_per_mm: NDArray[np.float64]
    phases: NDArray[np.float64]
    size_mm: float

    @classmethod
    def drawn(cls, size_mm: float, rng: np.random.Generator) -> Displacement:
        """Draw a field of a standard deviation along each axis."""
        waves = rng.normal(0.0, math.sqrt(2) / _CORRELATION_MM, (2, _WAVES, 3))
        return cls(waves, rng.uniform(0.0, 2 * math.pi, (2, _WAVES)), size_mm)

    def at(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the displacement (along the wall, forward) in mm of points (x, y, z); shape (n, 2)."""
        moved = np.zeros((len(points_mm), 2))
        if self.size_mm > 0:
            for axis in range(2):
                angle = points_mm @ self.waves_per_mm[axis].T + self.phases[axis]
                moved[:, axis] = np.cos(angle).sum(axis=1)
        return moved * (self.size_mm * math.sqrt(2 / _WAVES))


@dataclass(frozen=True, slots=True, eq=False)
class Positioning:
    """
    How the breast lay in one image.

    Attributes
    ----------
    view : View
        CC or MLO.
    angle_degrees : float
        0 for CC, about 45 for MLO.
    roll_degrees : float
        Turn about the breast's axis; full at the nipple, none at the wall.
    up_degrees, lateral_degrees : float
        Swing of the nipple upward and to the side.
    thickness_mm : float
        Compressed thickness.
    lost_mm : float
        Tissue in front of the chest wall that the image does not show; less
        than 0 where the wall itself is seen.
    shift_mm : float
        How much farther down the breast lies in the image.
    displacements : tuple of Displacement
        That of the view, which all dates share, and that of the date.
    """

    view: View
    angle_degrees: float
    roll_degrees: float
    up_degrees: float
    lateral_degrees: float
    thickness_mm: float
    lost_mm: float
    shift_mm: float
    displacements: tuple[Displacement, ...]


def half_thickness_mm(breast: Breast, angle_degrees: float) -> float:
    """Give half the thickness of a breast before compression, along the beam of a view."""
    angle = math.radians(angle_degrees)
    return math.hypot(breast.lateral_mm * math.sin(angle), breast.up_mm * math.cos(angle))


def usual_positioning(breast: Breast, view: View, recipe: PatientRecipe) -> Positioning:
    """Give the positioning about which all others of a breast and view vary."""
    angle = 45.0 if view is View.MLO else 0.0
    thickness = float(np.clip(2 * half_thickness_mm(breast, angle) * breast.squeeze, *_THICKNESS_MM))
    return Positioning(view, angle, 0.0, 0.0, 0.0, thickness, recipe.lost_mm[0], 0.0, ())


def draw_positioning(
    breast: Breast,
    view: View,
    recipe: PatientRecipe,
    of_view: np.random.Generator,
    rng: np.random.Generator,
) -> Positioning:
    """
    Draw how a breast lies in one image.

    Parameters
    ----------
    breast : Breast
    view : View
    recipe : PatientRecipe
    of_view : Generator
        Gives what all dates of that breast and view share: most of the displacement of tissue between the views.
    rng : Generator
        Gives the rest.
    """
    usual = usual_positioning(breast, view, recipe)
    roll, up, aside, oblique, thicker, lost, shift = rng.normal(0.0, 1.0, 7).tolist()
    shared_mm = math.sqrt(max(0.0, recipe.displacement_mm**2 - recipe.date_displacement_mm**2))
    fields = (Displacement.drawn(shared_mm, of_view), Displacement.drawn(recipe.date_displacement_mm, rng))
    return Positioning(
        view=view,
        angle_degrees=usual.angle_degrees + (recipe.oblique_degrees * oblique if view is View.MLO else 0.0),
        roll_degrees=recipe.roll_degrees * roll,
        up_degrees=recipe.swing_degrees * up,
        lateral_degrees=recipe.swing_degrees * aside,
        thickness_mm=float(np.clip(usual.thickness_mm * (1 + recipe.thickness_spread * thicker), *_THICKNESS_MM)),
        lost_mm=float(np.clip(usual.lost_mm + recipe.lost_mm[1] * lost, -4.0, _MOST_LOST * breast.depth_mm)),
        shift_mm=4.0 * shift,
        displacements=fields,
    )
