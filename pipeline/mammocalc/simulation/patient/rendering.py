"""Rendering of the images of a patient: tissue, calcifications, exposure, stored values and truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.simulation.acquisition import set_beam
from mammocalc.simulation.anatomy import skin_distance_map
from mammocalc.simulation.arteries import Artery, artery_attenuation
from mammocalc.simulation.calcification_truth import rate_visibility, true_artery
from mammocalc.simulation.curves import Curve
from mammocalc.simulation.grids import Grid, refine
from mammocalc.simulation.image_frame import ImageFrame
from mammocalc.simulation.patient.anatomy import anatomy_in
from mammocalc.simulation.patient.insertion import grow_calcification, insert
from mammocalc.simulation.patient.points import patient_stream
from mammocalc.simulation.patient.tissue import draw_breast_tissue, draw_view_tissue, stroma_in, vessels_in
from mammocalc.simulation.placement_region import Room
from mammocalc.simulation.processing import BreastMap
from mammocalc.simulation.recipe import Scene
from mammocalc.simulation.rendering import SimulatedImage, in_field, take
from mammocalc.simulation.tissue import TISSUE_STEP_MM, draw_attenuation, fill_breast
from mammocalc.simulation.truth import PlantedCluster, Truth, word_without_pattern
from mammocalc.simulation.vocabulary import Coding, Kind
from mammocalc.vocabulary.lexicon import Distribution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mammocalc.simulation.patient.breast import Breast
    from mammocalc.simulation.patient.insertion import GrownCalcification
    from mammocalc.simulation.patient.recipe import PatientRecipe
    from mammocalc.simulation.patient.records import PatientFinding, PatientImage, PatientPoints
    from mammocalc.simulation.patient.tissue import BreastTissue, ViewTissue

_LEAST_MEMBERS: Final = 5
"""A finding is a cluster of an image with so many calcifications in it: BI-RADS, a group."""
_WIDEST_FIRST: Final = (
    Distribution.DIFFUSE, Distribution.SEGMENTAL, Distribution.REGIONAL, Distribution.LINEAR, Distribution.GROUPED,
)  # fmt: skip
"""The word of an image is that of the first of these that it shows."""


@dataclass(frozen=True, slots=True, eq=False)
class PatientPhantom:
    """A rendered image of a patient, with what it shows."""

    image: PatientImage
    simulated: SimulatedImage


def render_patient(patient: PatientPoints, recipe: PatientRecipe) -> Iterator[PatientPhantom]:
    """
    Render the images of a patient.

    Parameters
    ----------
    patient : PatientPoints
        As `simulate_patient_points` gives it for this recipe.
    recipe : PatientRecipe

    Yields
    ------
    PatientPhantom
        Breast by breast, view by view, date by date, each when it is asked for.
    """
    for side, breast in patient.breasts.items():
        number = ord(side.value)
        tissue = draw_breast_tissue(breast, patient_stream(patient.seed, patient.number, "tissue", number))
        own = [one for one in patient.calcifications if one.id.startswith(side.value)]
        grown = {one.id: grow_calcification(one, breast) for one in own}
        for view_number, view in enumerate(recipe.views):
            images = [one for one in patient.images if one.laterality is side and one.view is view]
            stream = patient_stream(patient.seed, patient.number, "stroma", number, view_number)
            drawn = draw_view_tissue(tissue, view, _scene(patient, images[0], breast, recipe), recipe, stream)
            for image in images:
                yield _render(patient, image, recipe, tissue, drawn, grown)


def _scene(patient: PatientPoints, image: PatientImage, breast: Breast, recipe: PatientRecipe) -> Scene:
    """Give what a scene of this image's kind would say: everything but the breast and what lies in it."""
    looks = patient_stream(patient.seed, patient.number, "looks")
    fibres, knots = float(np.exp(looks.uniform(0.0, np.log(3.5)))), int(looks.integers(3, 20))
    of_date = patient_stream(patient.seed, patient.number, "machine", image.date)
    spacing = recipe.pixel_spacing_mm[int(of_date.integers(len(recipe.pixel_spacing_mm)))]
    detector = recipe.detectors[int(of_date.integers(len(recipe.detectors)))]
    of_image = patient_stream(
        patient.seed, patient.number, "noise", ord(image.laterality.value), ord(image.view.value[0]), image.date
    )
    return Scene(
        name="patient",
        kind=Kind.NONE,
        seed=int(of_image.integers(2**62)),
        view=image.view,
        laterality=image.laterality,
        field_mm=image.field_mm,
        pixel_spacing_mm=spacing,
        thickness_mm=image.positioning.thickness_mm,
        density=breast.density,
        fibres=fibres,
        knots=knots,
        detector=detector,
        quanta_per_mm2=float(of_image.uniform(*recipe.quanta_per_mm2)),
        intent=recipe.intent,
        transfer_syntax=Coding.JPEG_LS,
    )


def _render(
    patient: PatientPoints,
    image: PatientImage,
    recipe: PatientRecipe,
    tissue: BreastTissue,
    drawn: ViewTissue,
    grown: dict[str, GrownCalcification],
) -> PatientPhantom:
    """Render one image."""
    scene = _scene(patient, image, tissue.breast, recipe)
    frame, projection = ImageFrame(scene), image.projection
    coarse, pixels = Grid.covering(scene.field_mm, TISSUE_STEP_MM), Grid(scene.pixel_spacing_mm, *scene.shape)
    anatomy = anatomy_in(projection, tissue.skin)
    breast_map = BreastMap(anatomy, *skin_distance_map(anatomy, scene.field_mm))
    distance = refine(breast_map.skin_distance, breast_map.grid, coarse)
    room = Room(anatomy, coarse, distance)
    body = fill_breast(anatomy, distance, stroma_in(tissue, drawn, projection), vessels_in(tissue, projection))
    arteries = {
        place: Artery(Curve(projection.places(one.course_mm), one.radius_mm), one.style, one.disease)
        for place, one in enumerate(patient.arteries)
        if one.laterality is image.laterality
    }
    walls = (
        artery_attenuation(one, coarse, pixels, patient_stream(patient.seed, patient.number, "film", place))
        for place, one in arteries.items()
    )
    attenuation = draw_attenuation(body, distance, pixels, walls)
    beam = set_beam(scene, float(np.median(body.coarse[room.inside])))
    findings = _clusters(patient, image)
    planted, changes = insert(
        attenuation, image, grown, {one.id: number for number, one in findings.items()}, scene, beam
    )
    taken = take(attenuation, scene, beam, breast_map)
    planted = rate_visibility(planted, changes, taken.seen, room, coarse, pixels)
    labels = {one.label for one in findings.values()}
    word = next((label for label in _WIDEST_FIRST if label in labels), None)
    truth = Truth(
        distribution=word or word_without_pattern(planted),
        calcifications=planted,
        clusters=tuple(
            PlantedCluster(number, one.label, tuple(p.number for p in planted if p.cluster == number))
            for number, one in findings.items()
            if one.label is not None
        ),
        nipple_px=frame.point(*anatomy.nipple_mm.tolist()),
        skin_line_px=frame.points(in_field(anatomy.outline_mm[::20], scene)),
        pectoral_px=frame.points(anatomy.pectoral_mm[::8]),
        defects_px=(),
        knots_px=(),
        arteries=tuple(true_artery(one, scene, frame) for one in arteries.values()),
    )
    stored = taken.stored
    return PatientPhantom(
        image,
        SimulatedImage(
            scene,
            frame.image(stored.values),
            stored.window,
            truth,
            frame.image(attenuation),
            image.positioning.thickness_mm,
        ),
    )


def _clusters(patient: PatientPoints, image: PatientImage) -> dict[int, PatientFinding]:
    """Give the findings that are clusters in an image, by the number in their id."""
    counts: dict[str, int] = {}
    for one in image.shown:
        counts[one.finding] = counts.get(one.finding, 0) + 1
    return {
        int(one.id[2:]): one
        for one in patient.findings
        if one.label is not None and counts.get(one.id, 0) >= _LEAST_MEMBERS
    }
