"""Tissue of a patient's breast, shared by all of its images where it is simulated in three dimensions."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mammocalc.simulation.anatomy import skin_distance_map
from mammocalc.simulation.curves import Curve
from mammocalc.simulation.grids import Grid, refine
from mammocalc.simulation.patient.anatomy import Skin, anatomy_in, draw_skin
from mammocalc.simulation.patient.gland import Gland, draw_gland, share_in_image
from mammocalc.simulation.patient.paths import wander
from mammocalc.simulation.patient.positioning import usual_positioning
from mammocalc.simulation.patient.projection import Projection, field_mm
from mammocalc.simulation.placement_region import Room
from mammocalc.simulation.stroma import Stroma, draw_stroma
from mammocalc.simulation.tissue import TISSUE_STEP_MM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.patient.breast import Breast
    from mammocalc.simulation.patient.recipe import PatientRecipe
    from mammocalc.simulation.recipe import Scene
    from mammocalc.vocabulary.lexicon import View

_ROUNDS: Final = 10
"""The way back is found by going forth and mending what is left: a tenth of a pixel after so many times."""
_PATH_STRIDE: Final = 20
_MAP_MM: Final = 3.0
"""The way from an image to the usual one is smooth, so it is worked out on a grid of this step."""
_SOLID_SHARE: Final = 0.65
"""Share of the glandular tissue that is solid; the rest is drawn in the image and gives it sharper edges."""
_VESSELS: Final = 5
_HEIGHTS: Final = (0.0, -0.6, 0.6)
"""Layers that texture, ligaments and fibres lie in, as shares of half the thickness: as the breast rolls they are moved
apart, and so is what lies at other depths than most of the tissue."""


@dataclass(frozen=True, slots=True, eq=False)
class BreastTissue:
    """What is inside a breast in three dimensions, with its skin: glandular tissue and vessels (paths, radii)."""

    breast: Breast
    skin: Skin
    gland: Gland
    vessels: tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...]


@dataclass(frozen=True, slots=True, eq=False)
class ViewTissue:
    """What is drawn once for a view of a breast, as it usually lies, and moved into each of its images: by layers."""

    usual: Projection
    layers: tuple[Stroma, ...]


def draw_breast_tissue(breast: Breast, rng: np.random.Generator) -> BreastTissue:
    """Draw what a breast is made of."""
    vessels = []
    for _ in range(_VESSELS):
        start = np.array([rng.uniform(-0.75, 0.75), 0.0, rng.uniform(-0.75, 0.75)]) * breast.half_axes_mm
        aim = np.array([0.0, breast.depth_mm, 0.0]) + rng.normal(0.0, 0.18, 3) * breast.half_axes_mm - start
        path = wander(start, aim, rng.uniform(0.5, 0.9) * breast.depth_mm, 0.022, rng)
        vessels.append((path, rng.uniform(0.8, 1.8) * np.linspace(1.0, rng.uniform(0.35, 0.6), len(path))))
    return BreastTissue(breast, draw_skin(rng), draw_gland(breast, rng), tuple(vessels))


def draw_view_tissue(
    tissue: BreastTissue, view: View, scene: Scene, recipe: PatientRecipe, rng: np.random.Generator
) -> ViewTissue:
    """Draw what is too fine for the solid breast: texture, ligaments and fibres of a view as it usually lies."""
    usual = Projection(tissue.breast, usual_positioning(tissue.breast, view, recipe))
    anatomy = anatomy_in(usual, tissue.skin)
    field = field_mm(tissue.breast)
    grid = Grid.covering(field, TISSUE_STEP_MM)
    coarse, to_skin = skin_distance_map(anatomy, field)
    distance = refine(to_skin, coarse, grid)
    knots = Room(anatomy, grid, distance).draw(scene.knots, rng)
    count = len(_HEIGHTS)
    layers = (draw_stroma(anatomy, grid, distance, scene, knots[first::count], rng) for first in range(count))
    return ViewTissue(usual, tuple(layers))


def stroma_in(tissue: BreastTissue, own: ViewTissue, projection: Projection) -> Stroma:
    """
    Give what fills a breast in one image.

    Parameters
    ----------
    tissue : BreastTissue
    own : ViewTissue
        Of the image's view.
    projection : Projection
        Of the image.

    Returns
    -------
    Stroma
        Each layer of the view, moved to where the tissue at its height lies, and added up, with the glandular tissue
        added up along the beam. Each layer gives its share of the fibres; the muscle lies in the first one.
    """
    layers = [
        _moved(layer, tissue, own.usual, projection, height) for layer, height in zip(own.layers, _HEIGHTS, strict=True)
    ]
    middle, count = layers[0], len(layers)
    solid = share_in_image(tissue.gland, projection, field_mm(tissue.breast), middle.grid)
    fine = sum(layer.gland for layer in layers) / count
    # Layers are drawn independently: their sum scatters by the root of their number, and is to be no rougher than one.
    texture, ligaments = (
        np.asarray(sum(parts) / math.sqrt(count), np.float32)
        for parts in zip(*((layer.texture, layer.ligaments) for layer in layers), strict=True)
    )
    return replace(
        middle,
        gland=(_SOLID_SHARE * solid + (1 - _SOLID_SHARE) * fine).astype(np.float64),
        texture=texture,
        ligaments=ligaments,
        fibres=tuple(fibres for layer in layers for fibres in layer.fibres),
    )


def _moved(layer: Stroma, tissue: BreastTissue, usual: Projection, projection: Projection, height: float) -> Stroma:
    """Move a layer of a view into an image, with its share of the fibres."""
    grid = layer.grid
    back = usual_places(usual, projection, field_mm(tissue.breast), grid, height)
    rows, columns = (way / np.float32(grid.step_mm) - 0.5 for way in back)

    def carried(values: NDArray[np.floating]) -> NDArray[np.float32]:
        image = np.asarray(values, dtype=np.float32)
        return np.asarray(cv2.remap(image, columns, rows, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT))

    def path_in_image(path: NDArray[np.float64]) -> NDArray[np.float64]:
        return _carried(path, usual, projection, height)

    *scattered, knots = layer.fibres
    every = len(_HEIGHTS)
    kept = [(paths[::every], peaks[::every], sigma_mm) for paths, peaks, sigma_mm in scattered] + [knots]
    return replace(
        layer,
        gland=np.clip(carried(layer.gland), 0.0, 1.0),
        texture=carried(layer.texture),
        ligaments=carried(layer.ligaments),
        waves=carried(layer.waves),
        strands=carried(layer.strands),
        fibres=tuple(([path_in_image(path) for path in paths], peaks, sigma) for paths, peaks, sigma in kept),
    )


def vessels_in(tissue: BreastTissue, projection: Projection) -> tuple[Curve, ...]:
    """Give the vessels of a breast as an image shows them."""
    return tuple(Curve(projection.places(path), radius) for path, radius in tissue.vessels)


def _carried(
    path: NDArray[np.float64], usual: Projection, projection: Projection, height: float
) -> NDArray[np.float64]:
    """Move a path from the usual image into another; what lies between whole millimetres is straight."""
    at = np.unique(np.append(np.arange(0, len(path), _PATH_STRIDE), len(path) - 1))
    moved = projection.places(usual.layer_points(path[at], height))
    every = np.arange(len(path))
    return np.stack([np.interp(every, at, moved[:, axis]) for axis in range(2)], axis=1)


def usual_places(
    usual: Projection, projection: Projection, field_mm: tuple[float, float], grid: Grid, height: float = 0.0
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Give where the tissue of every cell of a grid over an image lies in the usual one: row and column in mm."""
    coarse = Grid.covering(field_mm, _MAP_MM)
    y, x = np.broadcast_arrays(*coarse.centres_mm())
    wanted = np.stack([y, x], axis=-1).reshape(-1, 2)
    found = wanted.copy()
    for _ in range(_ROUNDS):
        found += wanted - projection.places(usual.layer_points(found, height))
    # What is left of the way is carried, for `refine` keeps to the borders of what it is given.
    rest = (found - wanted).reshape(*coarse.shape, 2)
    own_y, own_x = grid.centres_mm()
    rows, columns = (refine(rest[..., axis], coarse, grid) for axis in range(2))
    return rows + own_y.astype(np.float32), columns + own_x.astype(np.float32)
