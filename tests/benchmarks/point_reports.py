"""Images of simulated patients as reports without pixels: what a search would find, measure and group of the points."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.model import (
    BreastSummary,
    Calcification,
    Cluster,
    DistributionCall,
    ImageIdentity,
    Nipple,
    Report,
)
from mammocalc.simulation.patient import simulate_patient_points
from mammocalc.stages.clustering import GroupSettings, find_clusters
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import Distribution, Flag, PresentationIntent, SpacingSource

if TYPE_CHECKING:
    from mammocalc.simulation.patient import PatientPoints, PatientRecipe
    from mammocalc.simulation.patient.records import PatientImage, ShownCalcification

PIXEL_MM: Final = 0.1
SPACING: Final = PixelSpacing(PIXEL_MM, PIXEL_MM)
HALF_FOUND_MM: Final = 0.22
"""Half of the calcifications of this diameter are found, more of larger ones."""
DIAMETER_SPREAD: Final = 0.22
"""Of the measured diameter in each image, as a logarithm: two of them differ by 0.31, those of patients by 0.35."""
CONTRAST_SPREAD: Final = 0.2
FALSE_MARKS: Final = 3.0
UNSURE_NIPPLES: Final = {"CC": 0.2, "MLO": 0.35}
"""Shares of images in which the nipple is not known, and of MLO views in which the muscle is not, as in INbreast."""
UNSURE_MUSCLE: Final = 0.4
GROUPED: Final = DistributionCall(Distribution.GROUPED, ("as simulated",))
LOOSE: Final = DistributionCall(Distribution.INDETERMINATE, ("fewer than five",), loose=True)

Ids = dict[tuple[str, int], frozenset[str]]
"""Ids of the true members of each cluster, by SOP Instance UID and number."""


def patient_reports(seed: int, number: int, recipe: PatientRecipe) -> tuple[list[Report], Ids]:
    """Give the reports of the first date of a patient, and which calcifications each cluster holds."""
    patient = simulate_patient_points(seed, recipe, number=number)
    clustered = {finding.id for finding in patient.findings if finding.label is not None}
    singles = {finding.id for finding in patient.findings if len(finding.members) == 1}
    reports: list[Report] = []
    ids: Ids = {}
    for place, image in enumerate(image for image in patient.images if image.date == 0):
        random = np.random.default_rng([seed, number, place])
        shown = [one for one in image.shown if one.finding in clustered | singles]
        report, own = _report(image, shown, f"1.{seed}.{number}.{place}", patient, random)
        reports.append(report)
        ids |= own
    return reports, ids


def _report(
    image: PatientImage,
    shown: list[ShownCalcification],
    uid: str,
    patient: PatientPoints,
    random: np.random.Generator,
) -> tuple[Report, Ids]:
    density = {one.id: one.density for one in patient.calcifications}
    exposure, sharpness = np.exp(random.normal(0, (0.15, 0.25)))
    found = []
    for one in shown:
        sure = (math.log(one.diameter_mm / HALF_FOUND_MM) + 0.5 * math.log(max(density[one.id], 0.05))) / 0.25
        if random.random() < 1 / (1 + math.exp(-sure - 2 * math.log(sharpness))):
            contrast = 10 * (one.diameter_mm / 0.3) ** 1.2 * density[one.id] * exposure
            found.append((one.row_mm, one.column_mm, one.diameter_mm, contrast, one.id))
    height, width = image.field_mm
    reach = min(width, image.nipple_mm[1])
    for mark in range(random.poisson(FALSE_MARKS)):
        row, column = random.uniform(0, height), random.uniform(0, reach)
        found.append((row, column, 0.28 * math.exp(random.normal(0, 0.3)), 6.0, f"false {uid} {mark}"))
    points = np.array([one[:2] for one in found]).reshape(-1, 2)
    noise = np.exp(random.normal(0, (DIAMETER_SPREAD, CONTRAST_SPREAD), (len(found), 2)))
    calcifications = tuple(
        _calcification(number, one, *scale)
        for number, (one, scale) in enumerate(zip(found, noise.tolist(), strict=True))
    )
    clusters: list[Cluster] = []
    ids: Ids = {}
    for number, group in enumerate(find_clusters(points, GroupSettings()), start=1):
        call = GROUPED if len(group.members) >= 5 else LOOSE
        hull = tuple((float(row), float(column)) for row, column in group.hull_mm / PIXEL_MM)
        clusters.append(
            Cluster(number, group.members, group.extent_mm, group.area_mm2, group.density_per_cm2, hull, call)
        )
        ids[uid, number] = frozenset(name for member in group.members if not (name := found[member][4]).startswith("f"))
    return _with_landmarks(image, uid, calcifications, tuple(clusters), patient, random), ids


def _calcification(
    number: int, one: tuple[float, float, float, float, str], wider: float, brighter: float
) -> Calcification:
    row, column, diameter, contrast, _ = one
    mm = diameter * wider
    return Calcification(
        number, 0, row / PIXEL_MM, column / PIXEL_MM, (), mm / PIXEL_MM, mm, mm, mm, mm**2, None, 0.99,
        contrast * brighter,
    )  # fmt: skip


def _with_landmarks(
    image: PatientImage,
    uid: str,
    calcifications: tuple[Calcification, ...],
    clusters: tuple[Cluster, ...],
    patient: PatientPoints,
    random: np.random.Generator,
) -> Report:
    height, width = image.field_mm
    flags = {Flag.NIPPLE_UNCERTAIN} if random.random() < UNSURE_NIPPLES[image.view.value] else set()
    flags |= {Flag.PECTORAL_UNCERTAIN} if random.random() < UNSURE_MUSCLE else set()
    identity = ImageIdentity(
        uid, "1.2.840.10008.5.1.4.1.1.1.2", f"{uid}.1", f"1.{patient.seed}.{patient.number}", f"{patient.number:08x}",
        image.laterality, image.view, (), (), None, PresentationIntent.FOR_PRESENTATION, "Simulated", "Points",
        round(height / PIXEL_MM), round(width / PIXEL_MM), 1,
    )  # fmt: skip
    outline = np.asarray(image.skin_line_mm) / PIXEL_MM
    row, column = image.found_nipple_mm
    nipple = Nipple(row / PIXEL_MM, column / PIXEL_MM, 0.9)
    muscle = tuple((row / PIXEL_MM, column / PIXEL_MM) for row, column in image.wall_mm)
    breast = BreastSummary(1e4, tuple((float(row), float(column)) for row, column in outline), muscle, nipple, 0.9)
    return Report(
        identity, SPACING, SpacingSource.IMAGER, breast, 0.9, calcifications, clusters, GROUPED, frozenset(flags)
    )
