"""Patients as points: places, ids, sizes and fates of calcifications in every image, without pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.simulation.patient.breast import draw_breasts
from mammocalc.simulation.patient.fates import draw_fates
from mammocalc.simulation.patient.findings import draw_findings
from mammocalc.simulation.patient.positioning import draw_positioning
from mammocalc.simulation.patient.projection import Projection, field_mm
from mammocalc.simulation.patient.recipe import PatientRecipe
from mammocalc.simulation.patient.records import (
    Fate,
    PatientCalcification,
    PatientFinding,
    PatientImage,
    PatientPoints,
    ShownCalcification,
)
from mammocalc.vocabulary.lexicon import View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.patient.breast import Breast
    from mammocalc.simulation.patient.vessels import PatientArtery
    from mammocalc.vocabulary.lexicon import Laterality

NIPPLE_SD_MM: Final = 3.0
"""Error of a nipple that was found, along each axis of the image."""
_DAYS_PER_MONTH: Final = 30.4375
_BORDER_MM: Final = 0.5
"""What lies nearer to the image's border is not shown whole."""
_STREAMS: Final = (
    "days", "breasts", "findings", "fates", "images", "nipples", "seeds", "views", "tissue", "stroma", "looks",
    "machine", "noise", "film",
)  # fmt: skip
"""Parts that have random numbers of their own; a new one goes to the end."""


def patient_stream(seed: int, number: int, name: str, *parts: int) -> np.random.Generator:
    """Give a generator of its own for each part of a patient, so that a change in one leaves the others as they are."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, number, _STREAMS.index(name), *parts])))


def simulate_patient_points(seed: int, recipe: PatientRecipe | None = None, *, number: int = 1) -> PatientPoints:
    """
    Simulate a patient without pixels.

    Parameters
    ----------
    seed : int
        Not negative. Equal seeds, recipes and numbers give equal patients.
    recipe : PatientRecipe or None
        None takes every default: both breasts, CC and MLO, two dates.
    number : int
        Which of the patients of that seed, from 1.

    Returns
    -------
    PatientPoints
        The findings in three dimensions, and of each image the nipple, the
        chest wall, the skin line, and what is shown, gone and outside.

    Examples
    --------
    >>> patient = simulate_patient_points(1)
    >>> len(patient.images)
    8
    >>> patient.images[0].study_day
    0
    """
    recipe = recipe or PatientRecipe()
    rng = patient_stream(seed, number, "days")
    steps = rng.uniform(*recipe.months_between, recipe.dates - 1) * _DAYS_PER_MONTH
    study_days = (0, *np.cumsum(np.rint(steps).astype(int)).tolist())
    breasts = draw_breasts(recipe, patient_stream(seed, number, "breasts"))
    calcifications: list[PatientCalcification] = []
    findings: list[PatientFinding] = []
    arteries: list[PatientArtery] = []
    images: list[PatientImage] = []
    for side, breast in breasts.items():
        own, parts, vessels = _calcified(breast, recipe, seed, number)
        calcifications += own
        findings += parts
        arteries += vessels
        for view_number, view in enumerate(recipe.views):
            for date, day in enumerate(study_days):
                stream = (_side_number(side), view_number, date)
                positioning = draw_positioning(
                    breast,
                    view,
                    recipe,
                    patient_stream(seed, number, "views", *stream[:2]),
                    patient_stream(seed, number, "images", *stream),
                )
                error = patient_stream(seed, number, "nipples", *stream).normal(0.0, NIPPLE_SD_MM, 2)
                images.append(_image(Projection(breast, positioning), own, date, day, error))
    images.sort(key=lambda image: image.date)
    return PatientPoints(
        seed, number, breasts, tuple(calcifications), tuple(findings), tuple(arteries), study_days, tuple(images)
    )


def _side_number(side: Laterality) -> int:
    return ord(side.value)


def _calcified(
    breast: Breast, recipe: PatientRecipe, seed: int, number: int
) -> tuple[list[PatientCalcification], list[PatientFinding], list[PatientArtery]]:
    """Draw what lies in a breast on all dates, and name it."""
    side = breast.laterality
    rng = patient_stream(seed, number, "findings", _side_number(side))
    prefix = f"{side.value}F"
    calcifications: list[PatientCalcification] = []
    findings: list[PatientFinding] = []
    arteries = []
    for place, drawn in enumerate(draw_findings(breast, recipe, prefix, rng), start=1):
        fates = draw_fates(drawn, recipe, patient_stream(seed, number, "fates", _side_number(side), place))
        seeds = patient_stream(seed, number, "seeds", _side_number(side), place).integers(0, 2**62, len(drawn.seeds))
        members = []
        for one, diameters, own_seed in zip(drawn.seeds, fates, seeds.tolist(), strict=True):
            if all(diameter is None for diameter in diameters):
                continue
            members.append(f"{side.value}{len(calcifications) + 1:04d}")
            calcifications.append(
                PatientCalcification(
                    id=members[-1],
                    finding=f"{prefix}{place}",
                    place_mm=one.place_mm,
                    shape=one.shape,
                    aspect=one.aspect,
                    axis=one.axis,
                    role=one.role,
                    density=one.density,
                    diameters_mm=diameters,
                    seed=own_seed,
                )
            )
        findings.append(PatientFinding(f"{prefix}{place}", side, drawn.kind, drawn.label, tuple(members)))
        if drawn.artery is not None:
            arteries.append(drawn.artery)
    return calcifications, findings, arteries


def _image(
    projection: Projection, own: list[PatientCalcification], date: int, study_day: int, error: NDArray[np.float64]
) -> PatientImage:
    """Project what is there on a date."""
    breast, positioning = projection.breast, projection.positioning
    height, width = field_mm(breast)
    places = projection.places(np.array([one.place_mm for one in own]).reshape(-1, 3))
    is_within = (places > _BORDER_MM) & (places < np.array([height, width]) - _BORDER_MM)
    inside = is_within[:, 0] & is_within[:, 1]
    shown: list[ShownCalcification] = []
    gone: list[ShownCalcification] = []
    outside: list[str] = []
    for one, place, is_inside in zip(own, places.tolist(), inside, strict=True):
        diameter, fate = one.diameters_mm[date], one.fate(date)
        before = one.diameters_mm[date - 1] if fate is Fate.GONE else diameter
        if before is None:
            continue
        if not is_inside:
            outside += [one.id] if fate is not Fate.GONE else []
            continue
        record = ShownCalcification(one.id, one.finding, place[0], place[1], before, fate)
        (gone if fate is Fate.GONE else shown).append(record)
    nipple = projection.nipple_place()
    found = nipple + error
    muscle = projection.muscle_places()
    return PatientImage(
        laterality=breast.laterality,
        view=positioning.view,
        date=date,
        study_day=study_day,
        field_mm=(height, width),
        nipple_mm=(float(nipple[0]), float(nipple[1])),
        found_nipple_mm=(float(found[0]), float(found[1])),
        wall_mm=((0.0, 0.0), (height, 0.0)) if positioning.view is View.CC else _straight(muscle, height),
        skin_line_mm=projection.skin_places(),
        muscle_mm=muscle,
        positioning=positioning,
        projection=projection,
        shown=tuple(shown),
        gone=tuple(gone),
        outside=tuple(outside),
    )


def _straight(muscle: NDArray[np.float64], height_mm: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Give the straight line through the muscle's edge within the image, by both of its ends."""
    seen = muscle[(muscle[:, 0] > 0) & (muscle[:, 0] < height_mm) & (muscle[:, 1] > 0)]
    if len(seen) < 2:
        seen = muscle
    slope, start = np.polyfit(seen[:, 0], seen[:, 1], 1)
    low, high = float(seen[:, 0].min()), float(seen[:, 0].max())
    return (low, float(start + slope * low)), (high, float(start + slope * high))
