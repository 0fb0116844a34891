"""Calcifications added to the tissue of a scene, with the truth about each, its cluster and its artery."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.simulation.acquisition import Beam, matched_filter_snr, visible_change
from mammocalc.simulation.effective_snr import effective_snrs
from mammocalc.simulation.grids import Grid, refine
from mammocalc.simulation.image_frame import ImageFrame
from mammocalc.simulation.particles import grow, rasterise
from mammocalc.simulation.placement_region import Placement, Role, Room
from mammocalc.simulation.truth import MACRO_WIDTH_MM, PlantedArtery, PlantedCalcification, PlantedCluster
from mammocalc.vocabulary.lexicon import CalcificationSize, Distribution

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.arteries import Artery
    from mammocalc.simulation.grids import Box
    from mammocalc.simulation.particles import Particle
    from mammocalc.simulation.recipe import Scene
    from mammocalc.simulation.vocabulary import Shape

COARSE_PER_MM = (0.25, 0.6)
"""Attenuation of one mm of a macrocalcification: they are porous, and dense ones would only saturate."""

PLAQUE_PER_MM = (0.25, 0.65)
"""Attenuation of one mm of arterial plaque, which is thin and diluted in the wall."""

_FILM_STEPS, _FILM_STRIDE, _FILM_DEEPEST = 12, 3.0, 3.0
"""On the toe and the shoulder of a film the way to the wanted ratio is longer, and may not end: calcifications are
thickened at most to this many times the largest attenuation."""


def add_calcifications(
    attenuation: NDArray[np.float32],
    placements: tuple[Placement, ...],
    scene: Scene,
    beam: Beam,
    rng: np.random.Generator,
) -> tuple[tuple[PlantedCalcification, ...], tuple[tuple[Box, NDArray[np.float64]], ...]]:
    """Add calcifications to the tissue in place, and say what was added, and what changes by it in an image."""
    frame = ImageFrame(scene)
    pixel = scene.pixel_spacing_mm
    tissue = attenuation.copy()
    planted, changes = [], []
    for number, spot in enumerate(placements):
        particle = grow(spot.shape, spot.diameter_mm, spot.aspect, spot.angle, rng)
        limits = {Role.MACRO: COARSE_PER_MM, Role.ARTERIAL: PLAQUE_PER_MM}.get(spot.role, scene.attenuation_per_mm)
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
        changes.append(within(*visible_change(per_mm * thickness, background, beam), row, column, tissue.shape))
        where = frame.point(spot.y_mm, spot.x_mm)
        cluster = spot.cluster if spot.in_pattern else None
        planted.append(describe_planted(number, where, particle, per_mm, snr, (spot.role, spot.shape), cluster))
    return tuple(planted), tuple(changes)


def describe_planted(
    number: int,
    place_px: tuple[float, float],
    particle: Particle,
    per_mm: float,
    snr: float,
    kind: tuple[Role, Shape],
    cluster: int | None,
) -> PlantedCalcification:
    """Say of a particle that was added to an image what there is to find."""
    role, shape = kind
    return PlantedCalcification(
        number=number,
        row_px=place_px[0],
        column_px=place_px[1],
        diameter_mm=particle.diameter_mm,
        length_mm=particle.length_mm,
        width_mm=particle.width_mm,
        size=CalcificationSize.MACRO if particle.width_mm >= MACRO_WIDTH_MM else CalcificationSize.MICRO,
        role=role,
        shape=shape.value,
        contrast=per_mm * float(particle.thickness.max()),
        matched_filter_snr=snr,
        cluster=cluster,
    )


def within(
    change: NDArray[np.float64], margin: int, row: int, column: int, shape: tuple[int, ...]
) -> tuple[Box, NDArray[np.float64]]:
    """Cut a change off where the image ends; (row, column) is its corner without the margin."""
    top, left = row - margin, column - margin
    low = max(-top, 0), max(-left, 0)
    high = min(change.shape[0], shape[0] - top), min(change.shape[1], shape[1] - left)
    box = np.s_[top + low[0] : top + high[0], left + low[1] : left + high[1]]
    return box, change[low[0] : high[0], low[1] : high[1]]


def true_clusters(scene: Scene, planted: tuple[PlantedCalcification, ...]) -> tuple[PlantedCluster, ...]:
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


def true_artery(artery: Artery, scene: Scene, frame: ImageFrame) -> PlantedArtery:
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


def rate_visibility(
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
