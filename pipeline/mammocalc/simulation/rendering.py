"""One scene from beginning to end: anatomy, tissue, calcifications, exposure, stored values and truth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from mammocalc.simulation.acquisition import Beam, expose, matched_filter_snr, set_beam, visible_change
from mammocalc.simulation.anatomy import make_anatomy, nipple_thickness, skin_distance_map
from mammocalc.simulation.arteries import artery_attenuation, draw_artery
from mammocalc.simulation.effective_snr import effective_snrs
from mammocalc.simulation.film import develop, scan
from mammocalc.simulation.film_artefacts import Blemishes, soil
from mammocalc.simulation.film_recipe import Film
from mammocalc.simulation.grids import Grid, blur, refine
from mammocalc.simulation.insertion.place import place, place_beside
from mammocalc.simulation.marker import draw_text
from mammocalc.simulation.objects import place_objects
from mammocalc.simulation.particles import grow, rasterise
from mammocalc.simulation.placement_region import Placement, Role, Room
from mammocalc.simulation.processing import BreastMap, Stored, store, store_share
from mammocalc.simulation.tissue import TISSUE_STEP_MM, fibre_attenuation, make_tissue, make_vessels
from mammocalc.simulation.truth import (
    MACRO_WIDTH_MM,
    PlantedArtery,
    PlantedCalcification,
    PlantedCluster,
    PlantedObject,
    Truth,
    word_of,
)
from mammocalc.simulation.vocabulary import Kind
from mammocalc.vocabulary.lexicon import CalcificationSize, Distribution, Laterality

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.model import Point
    from mammocalc.simulation.arteries import Artery
    from mammocalc.simulation.film import Response
    from mammocalc.simulation.insertion.target_image import Box
    from mammocalc.simulation.objects import PlacedObject
    from mammocalc.simulation.recipe import Scene

_COARSE_PER_MM = (0.25, 0.6)
"""Attenuation of one mm of a macrocalcification: they are porous, and dense ones would only saturate."""
_PLAQUE_PER_MM = (0.25, 0.65)
"""Attenuation of one mm of arterial plaque, which is thin and diluted in the wall."""
_LEAD = 4.0
"""Attenuation of the lead letters and of the collimator: a fiftieth of the open beam passes."""
_DOT_MM = 0.55
"""Letters are seven dots high: 4 mm."""
_PLATE_MM = 2.5
"""Rim of the plate around the letters on film."""
_FILM_STEPS, _FILM_STRIDE, _FILM_DEEPEST = 12, 3.0, 3.0
"""On the toe and the shoulder of a film the way to the wanted ratio is longer, and may not end: calcifications are
thickened at most to this many times the largest attenuation."""


@dataclass(frozen=True, slots=True, eq=False)
class Phantom:
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


def _stream(scene: Scene, name: str) -> np.random.Generator:
    """Give a generator of its own for each part, so that a change in one part leaves the others as they are."""
    words = np.frombuffer(name.encode().ljust(16), dtype="<u4").tolist()
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([scene.seed, *words])))


_Value = TypeVar("_Value", bound=np.generic)


class _Frame:
    """From mm with the chest wall on the left to pixels of the stored image."""

    def __init__(self, scene: Scene) -> None:
        self.spacing_mm = scene.pixel_spacing_mm
        self.mirrored = scene.laterality is Laterality.RIGHT
        self.columns = scene.shape[1]

    def point(self, y_mm: float, x_mm: float) -> Point:
        row, column = y_mm / self.spacing_mm - 0.5, x_mm / self.spacing_mm - 0.5
        if self.mirrored:
            column = self.columns - 1 - column
        return round(float(row), 3), round(float(column), 3)

    def points(self, points_mm: NDArray[np.float64]) -> tuple[Point, ...]:
        return tuple(self.point(y, x) for y, x in points_mm.tolist())

    def image(self, image: NDArray[_Value]) -> NDArray[_Value]:
        return np.ascontiguousarray(image[:, ::-1]) if self.mirrored else image


def _plant(
    attenuation: NDArray[np.float32],
    placements: tuple[Placement, ...],
    scene: Scene,
    beam: Beam,
    rng: np.random.Generator,
) -> tuple[tuple[PlantedCalcification, ...], tuple[tuple[Box, NDArray[np.float64]], ...]]:
    """Add calcifications to the tissue in place, and say what was added, and what changes by it in an image."""
    frame = _Frame(scene)
    pixel = scene.pixel_spacing_mm
    tissue = attenuation.copy()
    planted, changes = [], []
    for number, spot in enumerate(placements):
        particle = grow(spot.shape, spot.diameter_mm, spot.aspect, spot.angle, rng)
        limits = {Role.MACRO: _COARSE_PER_MM, Role.ARTERIAL: _PLAQUE_PER_MM}.get(spot.role, scene.attenuation_per_mm)
        per_mm = spot.density * float(rng.uniform(*limits))
        row, column, thickness = rasterise(particle, spot.y_mm, spot.x_mm, pixel)
        box = np.s_[row : row + thickness.shape[0], column : column + thickness.shape[1]]
        background = float(tissue[box].mean(dtype=np.float64))
        snr = matched_filter_snr(per_mm * thickness, background, beam)
        if spot.role is Role.MICRO:
            low, high = scene.snr
            for _ in range(4):  # the exponential is almost straight, so few steps are enough
                if beam.film is not None or low <= snr <= high:
                    break
                per_mm *= float(np.clip(snr, low * 1.002, high * 0.998)) / snr
                snr = matched_filter_snr(per_mm * thickness, background, beam)
            for _ in range(_FILM_STEPS):
                if beam.film is None or low <= snr <= high:
                    break
                wanted = float(np.clip(snr, low * 1.002, high * 0.998)) / max(snr, 1e-9)
                per_mm = min(per_mm * min(wanted, _FILM_STRIDE), _FILM_DEEPEST * scene.attenuation_per_mm[1])
                snr = matched_filter_snr(per_mm * thickness, background, beam)
        attenuation[box] += (per_mm * thickness).astype(np.float32)
        changes.append(_within(*visible_change(per_mm * thickness, background, beam), row, column, tissue.shape))
        where = frame.point(spot.y_mm, spot.x_mm)
        planted.append(
            PlantedCalcification(
                number=number,
                row_px=where[0],
                column_px=where[1],
                diameter_mm=particle.diameter_mm,
                length_mm=particle.length_mm,
                width_mm=particle.width_mm,
                size=CalcificationSize.MACRO if particle.width_mm >= MACRO_WIDTH_MM else CalcificationSize.MICRO,
                role=spot.role,
                shape=spot.shape.value,
                contrast=per_mm * float(particle.thickness.max()),
                matched_filter_snr=snr,
                cluster=spot.cluster if spot.in_pattern else None,
            )
        )
    return tuple(planted), tuple(changes)


def _within(
    change: NDArray[np.float64], margin: int, row: int, column: int, shape: tuple[int, ...]
) -> tuple[Box, NDArray[np.float64]]:
    """Cut a change off where the image ends; (row, column) is its corner without the margin."""
    top, left = row - margin, column - margin
    low = max(-top, 0), max(-left, 0)
    high = min(change.shape[0], shape[0] - top), min(change.shape[1], shape[1] - left)
    box = np.s_[top + low[0] : top + high[0], left + low[1] : left + high[1]]
    return box, change[low[0] : high[0], low[1] : high[1]]


def _in_field(points_mm: NDArray[np.float64], scene: Scene) -> NDArray[np.float64]:
    return points_mm[((points_mm >= 0) & (points_mm <= scene.field_mm)).all(axis=1)]


def _clusters(scene: Scene, planted: tuple[PlantedCalcification, ...]) -> tuple[PlantedCluster, ...]:
    """Give the patterns: that of the scene's kind is number 0, others are groups."""
    numbers = sorted({one.cluster for one in planted if one.cluster is not None})
    return tuple(
        PlantedCluster(
            number,
            Distribution.GROUPED if number else Distribution(scene.kind.value),
            tuple(one.number for one in planted if one.cluster == number),
        )
        for number in numbers
    )


def _artery(artery: Artery, scene: Scene, frame: _Frame) -> PlantedArtery:
    """Say where an artery runs within the image, and which stretches of it are calcified."""
    course = artery.course.points_mm
    inside = ((course >= 0) & (course <= scene.field_mm)).all(axis=1)
    ill = np.flatnonzero(np.diff(np.concatenate([[0], (artery.disease * inside > 0).astype(int), [0]])))
    return PlantedArtery(
        style=artery.style.value,
        radius_mm=float(artery.course.radius_mm.mean()),
        course_px=frame.points(course[inside][::20]),
        stretches_px=tuple(
            (frame.point(*course[low]), frame.point(*course[high - 1])) for low, high in ill.reshape(-1, 2)
        ),
    )


def _rate(
    planted: tuple[PlantedCalcification, ...],
    changes: tuple[tuple[Box, NDArray[np.float64]], ...],
    seen: NDArray[np.float32],
    room: Room,
    coarse: Grid,
    pixels: Grid,
) -> tuple[PlantedCalcification, ...]:
    """Give calcifications their effective ratio in what was seen of them, by the spectrum of what is well inside."""
    is_inside = refine(room.inside.astype(np.float32), coarse, pixels) > np.float32(0.99)
    ratios = effective_snrs(seen, changes, is_inside, pixels.step_mm)
    return tuple(replace(one, effective_snr=ratio) for one, ratio in zip(planted, ratios, strict=True))


def _letters(scene: Scene, pixels: Grid, breast: BreastMap) -> NDArray[np.bool_]:
    """Mask of the lead letters in a corner opposite the chest wall where no tissue is; empty if there is no room."""
    mask = np.zeros(pixels.shape, dtype=bool)
    letters = draw_text(f"{scene.laterality} {scene.view}", max(1, round(_DOT_MM / pixels.step_mm)))
    if scene.laterality is Laterality.RIGHT:  # the whole image is mirrored later
        letters = letters[:, ::-1]
    grid = breast.grid
    tissue = (breast.skin_distance > -1.0) | (nipple_thickness(breast.anatomy, grid) > 0)
    if scene.used_film is not None and scene.used_film.label:
        letters = ~np.pad(letters, round(_PLATE_MM / pixels.step_mm))
    margin = round((4.0 + scene.collimation_mm) / pixels.step_mm)
    rows, columns = letters.shape
    left = pixels.columns - margin - columns
    for top in (margin, pixels.rows - margin - rows):
        low, high, start = (int(edge * pixels.step_mm / grid.step_mm) for edge in (top, top + rows, max(left, 0)))
        if left > 0 and not tissue[low : high + 2, start:].any():
            mask[top : top + rows, left : left + columns] = letters
            break
    return mask


def _shadow(scene: Scene, pixels: Grid) -> NDArray[np.float32] | None:
    """Attenuation of the collimator along the borders other than the chest wall, with a soft edge; None without one."""
    if scene.collimation_mm == 0:
        return None
    y, x = pixels.centres_mm()
    to_border = np.minimum(np.minimum(y, scene.field_mm[0] - y), scene.field_mm[1] - x)
    return blur((to_border < scene.collimation_mm).astype(np.float32), 0.15 / pixels.step_mm)


def _spoil(quanta: NDArray[np.float32], scene: Scene, beam: Beam, rng: np.random.Generator) -> NDArray[np.float64]:
    """Make pixels hot and dead in place; their (row, column)."""
    count = scene.hot_pixels + scene.dead_pixels
    where = np.stack([rng.integers(0, n, count, dtype=np.intp) for n in quanta.shape], axis=1)
    hot, dead = where[: scene.hot_pixels], where[scene.hot_pixels :]
    quanta[hot[:, 0], hot[:, 1]] += np.float32(0.5 * beam.open_quanta)
    quanta[dead[:, 0], dead[:, 1]] *= rng.uniform(0.0, 0.4, len(dead)).astype(np.float32)
    return where.astype(np.float64)


def _digitise(
    quanta: NDArray[np.float32], scene: Scene, response: Response
) -> tuple[Stored, Blemishes, NDArray[np.float32]]:
    """Develop a film, let it lie about, and scan it; the last is the density that the scanner saw."""
    density = develop(quanta, response, _stream(scene, "grain"))
    blemishes = soil(density, scene.used_film or Film(), response, scene.pixel_spacing_mm, _stream(scene, "dust"))
    share = scan(density, response, _stream(scene, "scanner"))
    seen = (1 - share) * np.float32(response.scanner_density)
    return store_share(share, scene, brighter_is_exposed=False), blemishes, seen


def render(scene: Scene) -> Phantom:
    """
    Render one synthetic mammogram.

    Parameters
    ----------
    scene : Scene

    Returns
    -------
    Phantom
        Stored pixels and truth. Equal scenes give equal pixels on one
        machine, and pixels within one grey level on another. Scenes that
        differ in pixel size alone show the same breast with the same
        calcifications in mm.
    """
    frame = _Frame(scene)
    coarse = Grid.covering(scene.field_mm, TISSUE_STEP_MM)
    pixels = Grid(scene.pixel_spacing_mm, *scene.shape)
    anatomy = make_anatomy(scene, _stream(scene, "anatomy"))
    breast = BreastMap(anatomy, *skin_distance_map(anatomy, scene.field_mm))
    distance = refine(breast.skin_distance, breast.grid, coarse)
    room = Room(anatomy, coarse, distance)

    own = draw_artery(room, _stream(scene, "artery")) if scene.kind is Kind.ARTERIAL else None
    placements = place(room, scene, own, _stream(scene, "pattern"))
    more, others = place_beside(room, scene, placements, lambda number: _stream(scene, f"beside {number}"))
    placements += more
    arteries = others if own is None else (own, *others)
    vessels = make_vessels(anatomy, coarse, 5, _stream(scene, "vessels"))
    knots = room.draw(scene.knots, _stream(scene, "knots"))
    tissue = make_tissue(anatomy, coarse, distance, scene, vessels, knots, _stream(scene, "tissue"))

    attenuation = refine(tissue.coarse, coarse, pixels)
    thin = fibre_attenuation(tissue, pixels)
    for number, artery in enumerate(arteries):
        thin += artery_attenuation(artery, coarse, pixels, _stream(scene, f"film {number}"))
    attenuation += thin * np.clip(refine(distance, coarse, pixels) / np.float32(2), 0, 1)
    beam = set_beam(scene, float(np.median(tissue.coarse[room.inside])))
    planted, changes = _plant(attenuation, placements, scene, beam, _stream(scene, "particles"))

    objects: tuple[PlacedObject, ...] = ()
    if scene.objects:
        taken = np.array([(spot.y_mm, spot.x_mm) for spot in placements]).reshape(-1, 2)
        to_skin = refine(distance, coarse, pixels)
        foreign, objects = place_objects(
            scene.objects, room, pixels, to_skin, taken, lambda number: _stream(scene, f"object {number}")
        )
        attenuation += foreign
    shaded = attenuation
    shadow = _shadow(scene, pixels)
    if scene.marker:
        shaded = shaded + np.float32(_LEAD) * _letters(scene, pixels, breast).astype(np.float32)
    if shadow is not None:
        shaded = shaded + np.float32(_LEAD) * shadow
    quanta = expose(shaded, beam, _stream(scene, "noise"))
    defects = _spoil(quanta, scene, beam, _stream(scene, "defects"))
    if beam.film is None:
        stored = store(quanta, shadow, scene, beam, breast)
        seen = np.log(np.maximum(quanta, np.float32(1)))
        scratches = np.zeros((0, 2, 2))
    else:
        stored, blemishes, seen = _digitise(quanta, scene, beam.film)
        defects = np.concatenate([defects, blemishes.dust_mm / scene.pixel_spacing_mm - 0.5])
        scratches = blemishes.scratches_mm

    planted = _rate(planted, changes, seen, room, coarse, pixels)
    truth = Truth(
        distribution=word_of(scene, planted),
        calcifications=planted,
        clusters=_clusters(scene, planted),
        nipple_px=frame.point(*anatomy.nipple_mm.tolist()),
        skin_line_px=frame.points(_in_field(anatomy.outline_mm[::20], scene)),
        pectoral_px=frame.points(anatomy.pectoral_mm),
        defects_px=frame.points((defects + 0.5) * scene.pixel_spacing_mm),
        knots_px=frame.points(knots),
        scratches_px=tuple((frame.point(*start), frame.point(*end)) for start, end in scratches.tolist()),
        arteries=tuple(_artery(one, scene, frame) for one in arteries),
        objects=tuple(PlantedObject(o.kind.value, *frame.point(o.y_mm, o.x_mm), o.radius_mm) for o in objects),
    )
    return Phantom(
        scene, frame.image(stored.values), stored.window, truth, frame.image(attenuation), anatomy.thickness_mm
    )
