"""Insertion of calcifications into one image of a patient, with the truth about each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.simulation.acquisition import matched_filter_snr, set_beam, visible_change
from mammocalc.simulation.calcification_truth import COARSE_PER_MM, PLAQUE_PER_MM, describe_planted, within
from mammocalc.simulation.image_frame import ImageFrame
from mammocalc.simulation.particles import Body, grow_body, project, rasterise
from mammocalc.simulation.patient.paths import frame_along
from mammocalc.simulation.placement_region import Role
from mammocalc.simulation.recipe import Scene
from mammocalc.simulation.tissue import FAT_PER_MM, GLAND_PER_MM
from mammocalc.simulation.vocabulary import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.acquisition import Beam
    from mammocalc.simulation.grids import Box
    from mammocalc.simulation.patient.breast import Breast
    from mammocalc.simulation.patient.records import PatientCalcification, PatientImage
    from mammocalc.simulation.truth import PlantedCalcification

_USUAL_PIXEL_MM: Final = 0.1
"""Pixel size at which the attenuation of a calcification is chosen; it is the same in every image."""
_STEPS: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class GrownCalcification:
    """
    A calcification with its body.

    Attributes
    ----------
    of : PatientCalcification
    body : Body
    frame : ndarray of float64, shape (3, 3)
        The body's axes in the breast, a row for each.
    per_mm : float
        Attenuation of a millimetre.
    """

    of: PatientCalcification
    body: Body
    frame: NDArray[np.float64]
    per_mm: float


def grow_calcification(calcification: PatientCalcification, breast: Breast) -> GrownCalcification:
    """
    Grow the body of a calcification, the same whenever it is asked for.

    Parameters
    ----------
    calcification : PatientCalcification
    breast : Breast
        In whose usual image its attenuation is chosen: microcalcifications
        are thinned or thickened until a CC view with the usual exposure shows
        them with the signal-to-noise ratio that scenes have.
    """
    rng = np.random.Generator(np.random.PCG64(calcification.seed))
    body = grow_body(calcification.shape, calcification.aspect, rng)
    forward, side, up = frame_along(calcification.axis)
    turn = rng.uniform(0.0, 2 * math.pi)
    frame = np.stack(
        [forward, math.cos(turn) * side + math.sin(turn) * up, math.cos(turn) * up - math.sin(turn) * side]
    )
    scene = Scene(name="usual", kind=Kind.NONE, seed=0, pixel_spacing_mm=_USUAL_PIXEL_MM)
    limits = {Role.MACRO: COARSE_PER_MM, Role.ARTERIAL: PLAQUE_PER_MM}.get(calcification.role, scene.attenuation_per_mm)
    per_mm = calcification.density * float(rng.uniform(*limits))
    if calcification.role is Role.MICRO:
        thickness = 2 * breast.up_mm * breast.squeeze
        around = thickness * (FAT_PER_MM + 0.5 * breast.density * (GLAND_PER_MM - FAT_PER_MM))
        first = next(diameter for diameter in calcification.diameters_mm if diameter is not None)
        shadow = rasterise(project(body, first, np.eye(3)), 0.0, 0.0, _USUAL_PIXEL_MM)[2]
        beam, (low, high) = set_beam(scene, around), scene.snr
        for _ in range(_STEPS):
            snr = matched_filter_snr(per_mm * shadow, around, beam)
            per_mm *= float(np.clip(snr, low, high)) / snr
    return GrownCalcification(calcification, body, frame, per_mm)


def insert(
    attenuation: NDArray[np.float32],
    image: PatientImage,
    grown: dict[str, GrownCalcification],
    clusters: dict[str, int],
    scene: Scene,
    beam: Beam,
) -> tuple[tuple[PlantedCalcification, ...], tuple[tuple[Box, NDArray[np.float64]], ...]]:
    """
    Add the calcifications that an image shows to its tissue, in place.

    Parameters
    ----------
    attenuation : ndarray of float32, shape (rows, columns)
        Line integrals of the tissue, chest wall on the left.
    image : PatientImage
    grown : dict of str to GrownCalcification
        By id.
    clusters : dict of str to int
        Number of the cluster of each finding that is one in this image.
    scene : Scene
    beam : Beam

    Returns
    -------
    planted : tuple of PlantedCalcification
        In the order of ``image.shown``.
    changes : tuple of (box, ndarray)
        What each changes in an image without noise.
    """
    frame, axes, pixel = ImageFrame(scene), image.projection.beam(), scene.pixel_spacing_mm
    tissue = attenuation.copy()
    planted, changes = [], []
    for number, shown in enumerate(image.shown):
        one = grown[shown.id]
        particle = project(one.body, shown.diameter_mm, axes @ one.frame.T)
        row, column, thickness = rasterise(particle, shown.row_mm, shown.column_mm, pixel)
        box, signal = within(one.per_mm * thickness, 0, row, column, tissue.shape)
        background = float(tissue[box].mean(dtype=np.float64))
        attenuation[box] += signal.astype(np.float32)
        changes.append(within(*visible_change(one.per_mm * thickness, background, beam), row, column, tissue.shape))
        where = frame.point(shown.row_mm, shown.column_mm)
        snr = matched_filter_snr(one.per_mm * thickness, background, beam)
        kind, cluster = (one.of.role, one.of.shape), clusters.get(shown.finding)
        planted.append(describe_planted(number, where, particle, one.per_mm, snr, kind, cluster))
    return tuple(planted), tuple(changes)
