"""Features of each mark for the model of arteries: its arms, and the marks on and beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import KDTree

from mammocalc.stages.vessels.arms import REACH_MM, STEP_MM
from mammocalc.stages.vessels.evidence import Points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Calcification
    from mammocalc.stages.vessels.arms import Arms
    from mammocalc.vocabulary.geometry import PixelSpacing

FEATURES: Final = (
    "near_clarity",
    "far_clarity",
    "near_clarity_of_second",
    "near_share_on_arms",
    "far_share_on_arms",
    "far_aligned_on_arms",
    "far_contrast",
    "near_count",
    "near_straightness",
    "near_alignment",
    "wide_elongated_share",
    "wide_agreement",
    "contrast_to_noise",
    "length_mm",
    "width_mm",
)
"""What is measured of a mark. Near is within 10 mm, wide within 20 mm, far within 25 mm."""

ELONGATED: Final = 1.6
"""From this ratio of its outline's axes on a particle is called elongated: plaques have 1.7 to 5."""

_ON_MM, _BESIDE_MM = 2.0, 3.0
"""Marks up to the first off an arm lie on it, marks farther than the second beside it: arteries are up to 4 mm wide."""
_NEAR_MM, _WIDE_MM = 10.0, 20.0
_MOST_ELONGATED: Final = 2.0
"""A ratio of 3 and more counts as 3: longer ones are no more like plaques."""
_MOST_ALIGNED, _LEAST_ALIGNED, _MOST_CONTRAST = 8.0, -4.0, 6.0
_LONGEST_MM, _WIDEST_MM = 3.0, 2.0
_FEW: Final = 4
"""So many neighbours make their agreement count in full."""


@dataclass(frozen=True, slots=True, eq=False)
class Marks(Points):
    """Inputs of the model of arteries for each mark, beyond those of the rules: widths in mm, and contrasts."""

    width_mm: NDArray[np.float64]
    contrast_to_noise: NDArray[np.float64]


def measure_points(calcifications: Sequence[Calcification], spacing: PixelSpacing) -> Marks:
    """Measure where each calcification lies, which way its outline points and how elongated it is, in mm."""
    at_mm = spacing.to_mm(np.array([(one.row_px, one.column_px) for one in calcifications]).reshape(-1, 2))
    axes = [_axis(spacing.to_mm(np.array(one.outline_px).reshape(-1, 2))) for one in calcifications]
    direction, ratio = np.array(axes).reshape(-1, 2).T
    sizes = [(one.length_mm or 0.0, one.width_mm or 0.0, one.contrast_to_noise) for one in calcifications]
    return Marks(at_mm, direction, ratio, *np.array(sizes, np.float64).reshape(-1, 3).T)


def _axis(outline_mm: NDArray[np.float64]) -> tuple[float, float]:
    """Give direction and ratio of the main axes of an outline's corners; a ratio of 1 where there are too few."""
    if len(outline_mm) < 3:
        return 0.0, 1.0
    rest = outline_mm.T - outline_mm.mean(axis=0)[:, None]
    (down, mixed), (_, across) = (rest @ rest.T / (len(outline_mm) - 1)).tolist()
    half, apart = (down + across) / 2, math.hypot((down - across) / 2, mixed)
    return 0.5 * math.atan2(2 * mixed, across - down), math.sqrt((half + apart) / max(half - apart, 1e-9))


def describe_marks(points: Marks, near: Arms, far: Arms) -> NDArray[np.float64]:
    """
    Measure what speaks for each mark being in the wall of an artery.

    Parameters
    ----------
    points : Marks
        All marks of an image.
    near, far : Arms
        Of each of them.

    Returns
    -------
    ndarray of float64, shape (n, len(FEATURES))
        Finite, whatever lies where.
    """
    count = len(points.at_mm)
    pairs = (
        KDTree(points.at_mm).query_pairs(REACH_MM[-1] + _ON_MM, output_type="ndarray") if count else np.zeros((0, 2))
    )
    pairs = np.concatenate([pairs, pairs[:, ::-1]]).astype(np.intp)
    mark, other = pairs.T
    away = points.at_mm[other] - points.at_mm[mark]
    apart = np.hypot(away[:, 0], away[:, 1])
    shares, aligned = zip(*(_along_arms(arms, points, mark, other) for arms in (near, far)), strict=True)
    is_near, is_wide = apart <= _NEAR_MM, apart <= _WIDE_MM
    straightness, alignment = _straight(points, mark[is_near], other[is_near], away[is_near])
    elongated, agreement = _alike(points, mark[is_wide], other[is_wide])
    return np.stack(
        [
            near.clarity[:, 0],
            far.clarity[:, 0],
            near.clarity[:, 1],
            shares[0],
            shares[1],
            np.clip(aligned[1], _LEAST_ALIGNED, _MOST_ALIGNED),
            np.minimum(far.contrast, _MOST_CONTRAST),
            np.log1p(np.bincount(mark[is_near], minlength=count)),
            straightness,
            alignment,
            elongated,
            agreement,
            np.log(np.maximum(points.contrast_to_noise, 1.0)),
            np.minimum(points.length_mm, _LONGEST_MM),
            np.minimum(points.width_mm, _WIDEST_MM),
        ],
        axis=1,
    )


def _along_arms(
    arms: Arms, points: Points, mark: NDArray[np.intp], other: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Weigh what lies on the two arms of each mark against what lies beside them.

    Returns
    -------
    share : ndarray of float64, shape (n,)
        On the arms, of what lies on them, beside them, and one more.
    aligned : ndarray of float64, shape (n,)
        How well what is elongated lies along the arms, summed over what lies
        on them, less the same of what lies beside: there in a fold or a
        bundle of fibres everything points the same way.
    """
    count = len(points.at_mm)
    inside, off, heading = _off_arms(arms, points.at_mm, mark, other)
    mark, other = mark[inside], other[inside]
    is_on, is_beside = off <= _ON_MM, off > _BESIDE_MM
    elongation = np.minimum(points.ratio[other] - 1, _MOST_ELONGATED)
    aligned = elongation * np.cos(2 * (points.direction[other] - heading))
    on, beside = (np.bincount(mark[some], minlength=count).astype(np.float64) for some in (is_on, is_beside))
    sums = [np.bincount(mark[some], aligned[some], minlength=count) for some in (is_on, is_beside)]
    return np.asarray(on / (1 + on + beside)), np.asarray(sums[0] - sums[1])


def lies_on_arms(
    arms: Arms, at_mm: NDArray[np.float64], mark: NDArray[np.intp], other: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """
    Tell of pairs of marks whether the other one lies on an arm of the first.

    Parameters
    ----------
    arms : Arms
        Of each of n marks.
    at_mm : ndarray of float64, shape (n, 2)
    mark, other : ndarray of intp, shape (m,)

    Returns
    -------
    ndarray of bool, shape (m,)
        False beyond the circle that the arms go to.
    """
    inside, off, _ = _off_arms(arms, at_mm, mark, other)
    is_on = np.zeros(len(mark), bool)
    is_on[np.flatnonzero(inside)] = off <= _ON_MM
    return is_on


def _off_arms(
    arms: Arms, at_mm: NDArray[np.float64], mark: NDArray[np.intp], other: NDArray[np.intp]
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    """Give which pairs are within the last circle, and of these how far off the nearer arm, and how that runs there."""
    circles = arms.direction.shape[2]
    away = at_mm[other] - arms.start_mm[mark]
    radius, angle = np.hypot(away[:, 0], away[:, 1]), np.arctan2(away[:, 0], away[:, 1])
    inside = radius <= circles * STEP_MM
    mark, radius, angle = mark[inside], radius[inside], angle[inside]
    circle = np.clip(np.rint(radius / STEP_MM).astype(np.intp) - 1, 0, circles - 1)
    crossed, heading = arms.direction[mark, :, circle], arms.heading()[mark, :, circle]
    # To the place where an arm has come as far, and from there at a right angle to it.
    chord = 2 * radius[:, None] * np.abs(np.sin((angle[:, None] - crossed) / 2))
    off = chord * np.maximum(np.abs(np.cos(heading - crossed)), 0.5)
    nearer = off.argmin(axis=1)
    every = np.arange(len(off))
    return inside, off[every, nearer], heading[every, nearer]


def _straight(
    points: Points, mark: NDArray[np.intp], other: NDArray[np.intp], away: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Tell how nearly each mark and its neighbours lie in a line, 0 to 1, and how well these lie along that line."""
    count = len(points.at_mm)
    number = np.bincount(mark, minlength=count)
    down, across = (np.bincount(mark, away[:, k], minlength=count) / (number + 1) for k in (0, 1))
    products = (away[:, 0] ** 2, away[:, 1] ** 2, away[:, 0] * away[:, 1])
    squares = [np.bincount(mark, product, minlength=count) / (number + 1) for product in products]
    down2, across2, mixed = squares[0] - down**2, squares[1] - across**2, squares[2] - down * across
    half, apart = (down2 + across2) / 2, np.hypot((down2 - across2) / 2, mixed)
    straightness = 1 - np.sqrt(np.clip(half - apart, 0, None) / np.maximum(half + apart, 1e-9))
    axis = 0.5 * np.arctan2(2 * mixed, across2 - down2)
    elongation = np.minimum(points.ratio[other] - 1, _MOST_ELONGATED)
    along = elongation * np.cos(2 * (points.direction[other] - axis[mark]))
    enough = number >= 2  # two points lie in a line anyhow
    alignment = np.bincount(mark, along, minlength=count) / np.maximum(number, 1)
    return np.where(enough, straightness, 0.0), np.where(enough, alignment, 0.0)


def _alike(
    points: Points, mark: NDArray[np.intp], other: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the share of each mark's neighbours that is elongated, and how well these agree in direction, 0 to 1."""
    count = len(points.at_mm)
    number = np.bincount(mark, minlength=count)
    elongated = np.bincount(mark, points.ratio[other] >= ELONGATED, minlength=count) / np.maximum(number, 1)
    elongation = np.minimum(points.ratio[other] - 1, _MOST_ELONGATED)
    twice = 2 * points.direction[other]
    sums = [np.bincount(mark, elongation * part, minlength=count) for part in (1, np.cos(twice), np.sin(twice))]
    agreement = np.hypot(sums[1], sums[2]) / np.maximum(sums[0], 1e-9)
    return elongated, agreement * np.minimum(1, number / _FEW)
