"""Vascular calcifications: those on a ridge of the image with few others beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.model import Vessel
from mammocalc.stages.vessels.arms import find_arms
from mammocalc.stages.vessels.clarity import map_clarity
from mammocalc.stages.vessels.course import draw_course
from mammocalc.stages.vessels.joining import join_marks
from mammocalc.stages.vessels.marks import FEATURES, describe_marks, measure_points
from mammocalc.stages.vessels.rows import find_rows
from mammocalc.vocabulary.geometry import path_length
from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.classifiers.logistic import LogisticModel
    from mammocalc.model import Breast, Calcification, Landmarks, Scale
    from mammocalc.stages.vessels.settings import VesselSettings
    from mammocalc.vocabulary.geometry import PixelSpacing


_WIDEST_PLAQUE_MM: Final = 2.0
"""What is wider lies in no wall, whatever lies in line with it. The widest of 945 flagged ones of patients has 1.6."""


def describe_calcifications(
    calcifications: Sequence[Calcification], scales: Sequence[Scale], breast: Breast, spacing: PixelSpacing
) -> NDArray[np.float64]:
    """
    Measure how far each calcification looks like one in the wall of an artery.

    The model of arteries is fitted and evaluated on the same numbers.

    Parameters
    ----------
    calcifications : sequence of Calcification
        All that were measured in one image; may be empty.
    scales : sequence of Scale
        The images of the search and their top-hats.
    breast : Breast
    spacing : PixelSpacing

    Returns
    -------
    ndarray of float64, shape (n, len(FEATURES))
        In the order of the calcifications.
    """
    if not calcifications:
        return np.zeros((0, len(FEATURES)))
    points = measure_points(calcifications, spacing)
    return describe_marks(points, *find_arms(map_clarity(calcifications, scales, breast, spacing), points.at_mm))


def flag_vessels(
    calcifications: Sequence[Calcification],
    scales: Sequence[Scale],
    breast: Breast,
    landmarks: Landmarks,
    spacing: PixelSpacing,
    model: LogisticModel,
    settings: VesselSettings,
) -> tuple[tuple[Calcification, ...], tuple[Vessel, ...]]:
    """
    Find the arteries in whose walls calcifications lie, and flag these.

    Parameters
    ----------
    calcifications : sequence of Calcification
        With their outlines.
    scales : sequence of Scale
        As they were searched; the image of one of them is looked at for ridges.
    breast : Breast
        Its box, and where it is.
    landmarks : Landmarks
        The nipple, to which ducts point.
    spacing : PixelSpacing
        Size of a pixel; it must be known.
    model : LogisticModel
        Asks for `FEATURES`.
    settings : VesselSettings
        How sure an artery has to be.

    Returns
    -------
    calcifications : tuple of Calcification
        All of them in the same order: members of an artery with ``vascular`` and its number, others in two parallel
        rows with ``possibly_vascular``.
    vessels : tuple of Vessel
        The one with most members first, numbered from 1; none shares a member
        with another. Empty where none is found.
    """
    places = [i for i, c in enumerate(calcifications) if (c.width_mm or 0.0) < _WIDEST_PLAQUE_MM]
    if not places:
        return tuple(calcifications), ()
    narrow = [calcifications[i] for i in places]
    points = measure_points(narrow, spacing)
    clarity = map_clarity(calcifications, scales, breast, spacing)
    near, far = find_arms(clarity, points.at_mm)
    table = describe_marks(points, near, far)
    nipple_mm = None
    if landmarks.nipple is not None:
        nipple_mm = spacing.to_mm(np.array([landmarks.nipple.row_px, landmarks.nipple.column_px]))
    probability = model.probabilities(table)
    rows, doubtful = find_rows(points, scales, breast, nipple_mm, spacing)
    sets = join_marks(probability, rows, points, far, clarity, nipple_mm, settings.sure)
    found, vessels = list(narrow), []
    for index in frozenset().union(*doubtful) - set(np.concatenate([[], *sets]).tolist()):
        found[index] = replace(found[index], flags=found[index].flags | {Flag.POSSIBLY_VASCULAR})
    for number, members in enumerate(sorted(sets, key=lambda some: -len(some)), start=1):
        course_mm = draw_course(clarity, points.at_mm[members])
        numbers = tuple(narrow[index].number for index in members)
        course_px = tuple((float(row), float(column)) for row, column in spacing.to_px(course_mm))
        vessels.append(Vessel(number, numbers, course_px, path_length(course_mm)))
        for index in members:
            flags = found[index].flags | {Flag.VASCULAR}
            found[index] = replace(found[index], flags=flags, vessel=number)
    flagged = dict(zip(places, found, strict=True))
    return tuple(flagged.get(i, one) for i, one in enumerate(calcifications)), tuple(vessels)
