"""Rendering of one scene: anatomy, tissue, calcifications, exposure, stored values and truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.simulation.acquisition import expose, set_beam
from mammocalc.simulation.anatomy import make_anatomy, skin_distance_map
from mammocalc.simulation.arteries import artery_attenuation, draw_artery
from mammocalc.simulation.calcification_truth import add_calcifications, rate_visibility, true_artery, true_clusters
from mammocalc.simulation.film import develop, scan
from mammocalc.simulation.film_artefacts import Blemishes, soil
from mammocalc.simulation.film_recipe import Film
from mammocalc.simulation.grids import Grid, refine
from mammocalc.simulation.image_artefacts import _LEAD, collimator_attenuation, letter_mask, spoil_pixels
from mammocalc.simulation.image_frame import ImageFrame
from mammocalc.simulation.insertion.place import place, place_beside
from mammocalc.simulation.objects import place_objects
from mammocalc.simulation.placement_region import Room
from mammocalc.simulation.processing import BreastMap, Stored, store, store_share
from mammocalc.simulation.random_streams import random_stream
from mammocalc.simulation.tissue import TISSUE_STEP_MM, draw_attenuation, make_tissue, make_vessels
from mammocalc.simulation.truth import PlantedObject, Truth, word_of
from mammocalc.simulation.vocabulary import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.acquisition import Beam
    from mammocalc.simulation.film import Response
    from mammocalc.simulation.objects import PlacedObject
    from mammocalc.simulation.recipe import Scene


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedImage:
    """
    A rendered scene.

    Attributes
    ----------
    scene : Scene
    pixels : ndarray of uint16, shape (rows, columns)
        Stored values, as in the file.
    window : tuple of float, or None
        Window centre and width; None for images FOR PROCESSING.
    truth : Truth
    attenuation : ndarray of float32, shape (rows, columns)
        Noiseless, unblurred line integral of breast and calcifications, in
        the orientation of the stored image.
    thickness_mm : float
        Compressed thickness.
    """

    scene: Scene
    pixels: NDArray[np.uint16]
    window: tuple[float, float] | None
    truth: Truth
    attenuation: NDArray[np.float32]
    thickness_mm: float


def in_field(points_mm: NDArray[np.float64], scene: Scene) -> NDArray[np.float64]:
    """Give those points (y, x) in mm that lie in the image."""
    return points_mm[((points_mm >= 0) & (points_mm <= scene.field_mm)).all(axis=1)]


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """
    An image that was taken of a breast, in the chest-wall-left orientation.

    Attributes
    ----------
    stored : Stored
    seen : ndarray of float32, shape (rows, columns)
        The logarithm of exposure; on film the density that the scanner saw.
    defects_px : ndarray of float64, shape (n, 2)
        Hot and dead pixels, (row, column); on film dust.
    scratches_mm : ndarray of float64, shape (m, 2, 2)
    """

    stored: Stored
    seen: NDArray[np.float32]
    defects_px: NDArray[np.float64]
    scratches_mm: NDArray[np.float64]


def take(attenuation: NDArray[np.float32], scene: Scene, beam: Beam, breast: BreastMap) -> Taken:
    """Expose a breast of some attenuation, with marker and collimator, and store what the detector gives."""
    pixels = Grid(scene.pixel_spacing_mm, *scene.shape)
    shaded = attenuation
    shadow = collimator_attenuation(scene, pixels)
    if scene.marker:
        shaded = shaded + np.float32(_LEAD) * letter_mask(scene, pixels, breast).astype(np.float32)
    if shadow is not None:
        shaded = shaded + np.float32(_LEAD) * shadow
    quanta = expose(shaded, beam, random_stream(scene, "noise"))
    defects = spoil_pixels(quanta, scene, beam, random_stream(scene, "defects"))
    if beam.film is None:
        stored = store(quanta, shadow, scene, beam, breast)
        return Taken(stored, np.log(np.maximum(quanta, np.float32(1))), defects, np.zeros((0, 2, 2)))
    stored, blemishes, seen = _digitise(quanta, scene, beam.film)
    defects = np.concatenate([defects, blemishes.dust_mm / scene.pixel_spacing_mm - 0.5])
    return Taken(stored, seen, defects, blemishes.scratches_mm)


def _digitise(
    quanta: NDArray[np.float32], scene: Scene, response: Response
) -> tuple[Stored, Blemishes, NDArray[np.float32]]:
    """Develop a film, let it lie about, and scan it; the last is the density that the scanner saw."""
    density = develop(quanta, response, random_stream(scene, "grain"))
    blemishes = soil(density, scene.used_film or Film(), response, scene.pixel_spacing_mm, random_stream(scene, "dust"))
    share = scan(density, response, random_stream(scene, "scanner"))
    seen = (1 - share) * np.float32(response.scanner_density)
    return store_share(share, scene, brighter_is_exposed=False), blemishes, seen


def render(scene: Scene) -> SimulatedImage:
    """
    Render one synthetic mammogram.

    Parameters
    ----------
    scene : Scene

    Returns
    -------
    SimulatedImage
        Stored pixels and truth. Equal scenes give equal pixels on one
        machine, and pixels within one grey level on another. Scenes that
        differ in pixel size alone show the same breast with the same
        calcifications in mm.
    """
    frame = ImageFrame(scene)
    coarse = Grid.covering(scene.field_mm, TISSUE_STEP_MM)
    pixels = Grid(scene.pixel_spacing_mm, *scene.shape)
    anatomy = make_anatomy(scene, random_stream(scene, "anatomy"))
    breast = BreastMap(anatomy, *skin_distance_map(anatomy, scene.field_mm))
    distance = refine(breast.skin_distance, breast.grid, coarse)
    room = Room(anatomy, coarse, distance)

    own = draw_artery(room, random_stream(scene, "artery")) if scene.kind is Kind.ARTERIAL else None
    placements = place(room, scene, own, random_stream(scene, "pattern"))
    more, others = place_beside(room, scene, placements, lambda number: random_stream(scene, f"beside {number}"))
    placements += more
    arteries = others if own is None else (own, *others)
    vessels = make_vessels(anatomy, coarse, random_stream(scene, "vessels"))
    knots = room.draw(scene.knots, random_stream(scene, "knots"))
    tissue = make_tissue(anatomy, coarse, distance, scene, vessels, knots, random_stream(scene, "tissue"))

    walls = (
        artery_attenuation(artery, coarse, pixels, random_stream(scene, f"film {number}"))
        for number, artery in enumerate(arteries)
    )
    attenuation = draw_attenuation(tissue, distance, pixels, walls)
    beam = set_beam(scene, float(np.median(tissue.coarse[room.inside])))
    planted, changes = add_calcifications(attenuation, placements, scene, beam, random_stream(scene, "particles"))

    objects: tuple[PlacedObject, ...] = ()
    if scene.objects:
        taken = np.array([(spot.y_mm, spot.x_mm) for spot in placements]).reshape(-1, 2)
        to_skin = refine(distance, coarse, pixels)
        foreign, objects = place_objects(
            scene.objects, room, pixels, to_skin, taken, lambda number: random_stream(scene, f"object {number}")
        )
        attenuation += foreign
    image = take(attenuation, scene, beam, breast)
    planted = rate_visibility(planted, changes, image.seen, room, coarse, pixels)
    truth = Truth(
        distribution=word_of(scene, planted),
        calcifications=planted,
        clusters=true_clusters(scene, planted),
        nipple_px=frame.point(*anatomy.nipple_mm.tolist()),
        skin_line_px=frame.points(in_field(anatomy.outline_mm[::20], scene)),
        pectoral_px=frame.points(anatomy.pectoral_mm),
        defects_px=frame.points((image.defects_px + 0.5) * scene.pixel_spacing_mm),
        knots_px=frame.points(knots),
        scratches_px=tuple((frame.point(*start), frame.point(*end)) for start, end in image.scratches_mm.tolist()),
        arteries=tuple(true_artery(one, scene, frame) for one in arteries),
        objects=tuple(PlantedObject(o.kind.value, *frame.point(o.y_mm, o.x_mm), o.radius_mm) for o in objects),
    )
    return SimulatedImage(
        scene,
        frame.image(image.stored.values),
        image.stored.window,
        truth,
        frame.image(attenuation),
        anatomy.thickness_mm,
    )
