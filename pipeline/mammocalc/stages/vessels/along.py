"""Second look along arteries: candidates in the wall of a certain one are reported at lower odds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from scipy.spatial import KDTree

from mammocalc.stages.vessels.arms import REACH_MM, find_arms
from mammocalc.stages.vessels.clarity import map_clarity
from mammocalc.stages.vessels.course import draw_course
from mammocalc.stages.vessels.joining import GAP_MM, is_band
from mammocalc.stages.vessels.marks import describe_marks, lies_on_arms, measure_points
from mammocalc.vocabulary.geometry import path_length
from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.classifiers.logistic import LogisticModel
    from mammocalc.model import Breast, Calcification, Particle, Scale, Vessel
    from mammocalc.stages.vessels.arms import Arms
    from mammocalc.vocabulary.geometry import PixelSpacing

LEAST_SCORE: Final = 0.2
"""Plaques are faint: of what has this score and is joined to a sure artery, 109 of 118 lie on traced ones
(docs/evidence/arteries.md)."""

_LIKELY: Final = 0.5
"""From this probability on it is taken along."""

_ITSELF_MM: Final = 0.35
"""What lies nearer to a calcification than this is another peak of it."""


def may_lie_along(particles: Sequence[Particle], threshold: float) -> tuple[Particle, ...]:
    """
    Give what is not reported and would be in the wall of an artery.

    Parameters
    ----------
    particles : sequence of Particle
        Scored, one per place.
    threshold : float
        From which score on they are reported anywhere.

    Returns
    -------
    tuple of Particle
        In the order in which they were given.
    """
    return tuple(one for one in particles if LEAST_SCORE <= one.score < threshold)


def look_along(
    calcifications: Sequence[Calcification],
    vessels: Sequence[Vessel],
    likely: Sequence[Calcification],
    scales: Sequence[Scale],
    breast: Breast,
    spacing: PixelSpacing,
    model: LogisticModel,
) -> tuple[tuple[Calcification, ...], tuple[Vessel, ...]]:
    """
    Add candidates in the wall of an artery whose own score is below the threshold.

    Parameters
    ----------
    calcifications, vessels : sequence
        As `flag_vessels` gives them.
    likely : sequence of Calcification
        What may be taken along, measured; parts of what is reported are passed by.
    scales : sequence of Scale
    breast : Breast
    spacing : PixelSpacing
    model : LogisticModel
        As `flag_vessels` takes them.

    Returns
    -------
    calcifications : tuple of Calcification
        With those that were taken, which are flagged ``vascular`` and ``second_look``; by row, then column, numbered
        from 1 in that order.
    vessels : tuple of Vessel
        In the same order, with them as members, and longer where they lie beyond an end.
    """
    likely = _apart_from(calcifications, likely, spacing)
    if not likely or not vessels:
        return tuple(calcifications), tuple(vessels)
    count = len(calcifications)
    points = measure_points([*calcifications, *likely], spacing)
    clarity = map_clarity(calcifications, scales, breast, spacing)
    near, far = find_arms(clarity, points.at_mm)
    probability = model.probabilities(describe_marks(points, near, far))
    free = [count + i for i in np.flatnonzero(probability[count:] >= _LIKELY).tolist()]
    place = {one.number: index for index, one in enumerate(calcifications)}
    found = [*calcifications, *likely]
    grown = []
    for vessel in vessels:
        own = [place[number] for number in vessel.members]
        more = _joined(own, free, points.at_mm, far)
        free = [index for index in free if index not in more]
        for index in more:
            flags = found[index].flags | {Flag.VASCULAR, Flag.SECOND_LOOK}
            found[index] = replace(found[index], flags=flags, vessel=vessel.number)
        grown.append(sorted([*own, *more]))
    kept = [*range(count), *sorted(index for some in grown for index in some if index >= count)]
    order = sorted(kept, key=lambda index: (found[index].row_px, found[index].column_px))
    number_of = {index: number for number, index in enumerate(order, start=1)}
    longer = []
    for vessel, members in zip(vessels, grown, strict=True):
        renamed = replace(vessel, members=tuple(sorted(number_of[index] for index in members)))
        if members[-1] >= count:
            course_mm = draw_course(clarity, points.at_mm[members])
            course_px = tuple((float(row), float(column)) for row, column in spacing.to_px(course_mm))
            renamed = replace(renamed, course_px=course_px, length_mm=path_length(course_mm))
        longer.append(renamed)
    return tuple(replace(found[index], number=number_of[index]) for index in order), tuple(longer)


def _apart_from(
    calcifications: Sequence[Calcification], likely: Sequence[Calcification], spacing: PixelSpacing
) -> list[Calcification]:
    """Leave out what is a part of a calcification that is reported."""
    places = spacing.to_mm(np.array([(one.row_px, one.column_px) for one in calcifications]).reshape(-1, 2))
    outlines = [np.array(one.outline_px, np.float32).reshape(-1, 1, 2) for one in calcifications]
    kept = []
    for one in likely:
        away = np.hypot(*(places - spacing.to_mm(np.array([one.row_px, one.column_px]))).T)
        at = (float(one.row_px), float(one.column_px))
        inside = any(
            len(outline) > 2 and cv2.pointPolygonTest(outline, at, measureDist=False) >= 0 for outline in outlines
        )
        if away.min(initial=np.inf) > _ITSELF_MM and not inside:
            kept.append(one)
    return kept


def _joined(own: Sequence[int], free: Sequence[int], at_mm: NDArray[np.float64], arms: Arms) -> list[int]:
    """Give what is joined to a set, one after the other, as marks are joined, while the set stays a band."""
    members, waiting, taken = list(own), list(free), []
    while True:
        tree = KDTree(at_mm[members])
        near = tree.query_ball_point(at_mm[waiting], REACH_MM[-1]) if waiting else []
        for index, around in zip(waiting, near, strict=True):
            others = np.array([members[i] for i in around], np.intp)
            if _is_linked(index, others, at_mm, arms) and is_band(at_mm[[*members, index]]):
                members.append(index)
                waiting.remove(index)
                taken.append(index)
                break
        else:
            return taken


def _is_linked(index: int, others: NDArray[np.intp], at_mm: NDArray[np.float64], arms: Arms) -> bool:
    """Tell whether a mark is close to one of some others, or lies on its arms as it does on its."""
    if not others.size:
        return False
    itself = np.full(len(others), index, np.intp)
    is_close = np.hypot(*(at_mm[others] - at_mm[index]).T) <= GAP_MM
    on_both = lies_on_arms(arms, at_mm, itself, others) & lies_on_arms(arms, at_mm, others, itself)
    return bool((is_close | on_both).any())
