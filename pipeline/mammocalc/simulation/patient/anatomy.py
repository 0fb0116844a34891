"""Outside of a patient's breast in one of the images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.simulation.anatomy import Anatomy, inward_normals, sample_curve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.patient.projection import Projection

_EVERY = 4
"""Points of the skin line that a smooth curve is run through: 4 mm apart."""


@dataclass(frozen=True, slots=True)
class Skin:
    """Skin, nipple and muscle of a breast, in mm, the same in all of its images."""

    nipple_radius_mm: float
    nipple_length_mm: float
    skin_mm: float
    muscle_share: float


def draw_skin(rng: np.random.Generator) -> Skin:
    """Draw skin, nipple and muscle of a breast."""
    return Skin(
        nipple_radius_mm=float(rng.uniform(4.2, 5.8)),
        nipple_length_mm=float(rng.uniform(4.0, 6.5)),
        skin_mm=float(rng.uniform(1.4, 2.0)),
        muscle_share=float(rng.uniform(0.7, 1.1)),
    )


def anatomy_in(projection: Projection, skin: Skin) -> Anatomy:
    """Give the outside of a breast in an image: the skin line with the nipple on it, and the muscle's edge."""
    line = projection.skin_places()
    outline = sample_curve(np.concatenate([line[:-1:_EVERY], line[-1:]]))
    wanted = projection.nipple_place()
    place = int(np.hypot(*(outline - wanted).T).argmin())
    return Anatomy(
        outline_mm=outline,
        nipple_mm=outline[place],
        nipple_axis=-inward_normals(outline)[place],
        nipple_radius_mm=skin.nipple_radius_mm,
        nipple_length_mm=skin.nipple_length_mm,
        depth_mm=float(outline[place, 1]),
        thickness_mm=projection.positioning.thickness_mm,
        skin_mm=skin.skin_mm,
        pectoral_mm=_muscle_edge(projection.muscle_places()),
        muscle_share=skin.muscle_share,
    )


def _muscle_edge(places_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the edge of the muscle from the top of the image to the chest wall; shape (0, 2) where none is seen."""
    if not len(places_mm):
        return places_mm
    order = np.argsort(places_mm[:, 0])
    rows, columns = places_mm[order].T
    even = np.linspace(0.0, rows[-1], 400)
    edge = np.interp(even, rows, columns)
    behind = np.flatnonzero(edge <= 0)
    end = int(behind[0]) if len(behind) else len(even) - 1
    if end == 0:
        return np.zeros((0, 2))
    return np.stack([even[: end + 1], edge[: end + 1]], axis=1)
