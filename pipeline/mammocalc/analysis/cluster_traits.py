"""Traits of a cluster that other views should show too: its place in the breast and its appearance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import KDTree

from mammocalc.vocabulary.geometry import feret_diameters
from mammocalc.vocabulary.lexicon import Flag, View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Calcification, Cluster, Point, Report

_UPPER_QUANTILE: Final = 0.9
_LEAST_MUSCLE_MM: Final = 10.0
"""A shorter edge of the muscle gives no direction."""


@dataclass(frozen=True, slots=True, eq=False)
class BreastFrame:
    """
    From where places in an image are measured.

    Attributes
    ----------
    spacing_mm : ndarray of float64, shape (2,)
        Of rows and columns.
    nipple_mm : ndarray of float64, shape (2,), or None
        (down, across); None where it is not known.
    inward : ndarray of float64, shape (2,), or None
        Unit vector towards the chest wall: the normal of the muscle in an MLO view, of the image's edge in a CC view.
        None in other views, without a nipple, and where the muscle is in doubt.
    mirror : float
        -1 where the chest wall is at the right of the image, else 1.
    """

    spacing_mm: NDArray[np.float64]
    nipple_mm: NDArray[np.float64] | None
    inward: NDArray[np.float64] | None
    mirror: float


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """
    A cluster in numbers that two views can be compared by.

    Attributes
    ----------
    points_mm : ndarray of float64, shape (n, 2)
        (down, across) of its members, from the image's corner.
    diameters_mm, contrasts : ndarray of float64, shape (n,)
        Contrast in standard deviations of the noise.
    count : int
    extent_mm, median_diameter_mm, upper_diameter_mm, contrast, nearest_mm : float
        Largest distance between two members; median and 90th percentile of the diameters; medians of contrast and of
        the distance to the nearest other member.
    arc_mm, straight_mm : float or None
        As in `mammocalc.model.Sighting`.
    from_nipple_mm : ndarray of float64, shape (2,), or None
        (down, away from the chest wall) from the nipple: what two images of the same view share, flipped or not.
    """

    points_mm: NDArray[np.float64]
    diameters_mm: NDArray[np.float64]
    contrasts: NDArray[np.float64]
    count: int
    extent_mm: float
    median_diameter_mm: float
    upper_diameter_mm: float
    contrast: float
    nearest_mm: float
    arc_mm: float | None
    straight_mm: float | None
    from_nipple_mm: NDArray[np.float64] | None


def frame_of(report: Report) -> BreastFrame | None:
    """
    Say from where places in an image are measured.

    Returns
    -------
    BreastFrame or None
        None without a spacing.
    """
    if report.spacing is None:
        return None
    spacing_mm = np.array([report.spacing.row_mm, report.spacing.column_mm])
    is_left = chest_wall_is_left(report)
    mirror = -1.0 if is_left is False else 1.0
    nipple = report.known_nipple
    if nipple is None:
        return BreastFrame(spacing_mm, None, None, mirror)
    nipple_mm = np.array([nipple.row_px, nipple.column_px]) * spacing_mm
    return BreastFrame(spacing_mm, nipple_mm, _inward(report, spacing_mm, nipple_mm), mirror)


def chest_wall_is_left(report: Report) -> bool | None:
    """
    Tell at which edge of the image the chest wall is, by what the picture shows.

    Returns
    -------
    bool or None
        None where the breast comes as near to one edge as to the other, or has no outline.
    """
    columns = [column for _, column in report.breast.outline_px]
    if not columns:
        return None
    left, right = min(columns), report.identity.columns - 1 - max(columns)
    unsure = 0.02 * report.identity.columns  # the outline is drawn in cells of some pixels
    return None if abs(left - right) <= unsure else left < right


def traits_of(report: Report, cluster: Cluster, frame: BreastFrame) -> Traits:
    """
    Measure a cluster.

    Parameters
    ----------
    report : Report
    cluster : Cluster
        One of the report's; its members have diameters in mm, as the image has a spacing.
    frame : BreastFrame
        Of the same report.
    """
    by_number = {item.number: item for item in report.calcifications}
    members = [by_number[number] for number in cluster.members]
    points: list[Point] = [(item.row_px, item.column_px) for item in members]
    return _measured(
        np.array(points) * frame.spacing_mm,
        _diameters(members),
        np.array([item.contrast_to_noise for item in members]),
        frame,
        cluster.extent_mm,
    )


def together(one: Traits, other: Traits, frame: BreastFrame) -> Traits:
    """Measure two clusters of one image as if they were one."""
    points_mm = np.concatenate([one.points_mm, other.points_mm])
    extent_mm, _ = feret_diameters(points_mm)
    return _measured(
        points_mm,
        np.concatenate([one.diameters_mm, other.diameters_mm]),
        np.concatenate([one.contrasts, other.contrasts]),
        frame,
        extent_mm,
    )


def gap_mm(one: Traits, other: Traits) -> float:
    """Give the shortest distance between members of two clusters of one image."""
    distances, _ = KDTree(one.points_mm).query(other.points_mm)
    return float(distances.min())


def without_place(traits: Traits) -> Traits:
    """Forget where a cluster lies, as where two images cannot be compared in place."""
    return replace(traits, arc_mm=None, straight_mm=None, from_nipple_mm=None)


def _diameters(members: Sequence[Calcification]) -> NDArray[np.float64]:
    return np.array([item.diameter_mm for item in members], np.float64)


def _measured(
    points_mm: NDArray[np.float64],
    diameters_mm: NDArray[np.float64],
    contrasts: NDArray[np.float64],
    frame: BreastFrame,
    extent_mm: float,
) -> Traits:
    distances, _ = KDTree(points_mm).query(points_mm, k=2)
    arc_mm = straight_mm = from_nipple_mm = None
    if frame.nipple_mm is not None:
        away = points_mm.mean(axis=0) - frame.nipple_mm
        arc_mm = float(np.hypot(*away))
        straight_mm = None if frame.inward is None else float(away @ frame.inward)
        from_nipple_mm = away * (1.0, frame.mirror)
    return Traits(
        points_mm,
        diameters_mm,
        contrasts,
        len(points_mm),
        extent_mm,
        float(np.median(diameters_mm)),
        float(np.quantile(diameters_mm, _UPPER_QUANTILE)),
        float(np.median(contrasts)),
        float(np.median(distances[:, 1])),
        arc_mm,
        straight_mm,
        from_nipple_mm,
    )


def _inward(
    report: Report, spacing_mm: NDArray[np.float64], nipple_mm: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Give the unit vector towards the chest wall."""
    view = report.identity.view
    if view is View.CC:
        normal = np.array([0.0, 1.0])
    elif view is View.MLO and report.breast.pectoral_px and Flag.PECTORAL_UNCERTAIN not in report.flags:
        edge_mm = np.array(report.breast.pectoral_px) * spacing_mm
        down, across = edge_mm[-1] - edge_mm[0]
        length_mm = float(np.hypot(down, across))
        if length_mm < _LEAST_MUSCLE_MM:
            return None
        normal = np.array([-across, down]) / length_mm
    else:
        return None
    if not report.breast.outline_px:
        return None
    middle_mm = np.array(report.breast.outline_px).mean(axis=0) * spacing_mm
    return normal if (middle_mm - nipple_mm) @ normal >= 0 else -normal
