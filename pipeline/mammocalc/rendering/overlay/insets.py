"""Insets: the places shown at full resolution, and their extent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.model import Calcification, Vessel
from mammocalc.model.letters import letters_of, ranked_clusters, ranked_singles
from mammocalc.vocabulary.geometry import convex_hull
from mammocalc.vocabulary.lexicon import Distribution

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mammocalc.model import Cluster, Point, Report
    from mammocalc.rendering.overlay.settings import OverlaySettings


_STRETCH: Final = 4.0
"""Of a vessel a stretch of so many margins is shown, 10 mm: long enough to see that it runs on, near enough to see its
walls."""

_INSET_ENLARGEMENT: Final = 4
"""A pixel of the image is shown as at most so many pixels a side in an inset; fewer where the cluster would not fit.
Four: a particle of two pixels is then as large as a letter's dot."""


@dataclass(frozen=True, slots=True)
class Place:
    """
    One place that is shown at full resolution.

    ``finding`` is a cluster, a vessel or a single calcification, ``points_px``
    are the centres that should be seen, ``key`` the letter that links it to
    the picture.
    """

    key: str
    finding: Cluster | Vessel | Calcification
    points_px: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """
    The part of the stored image that a place shows.

    ``corner_px`` is its top-left pixel, ``size_px`` its height and width in
    stored pixels. ``is_whole`` is False where the place does not fit.
    """

    corner_px: tuple[int, int]
    size_px: tuple[float, float]
    enlargement: int
    is_whole: bool


def choose_places(report: Report, settings: OverlaySettings) -> list[Place]:
    """
    Choose what is worth a look: clusters in their rank, the longest-marked vessel, single ones by score, other vessels.

    That vessel comes first where the image is called vascular, and has the
    last place at least elsewhere: it is one finding and asks for one look.
    """
    by_number: Mapping[int, Calcification] = {item.number: item for item in report.calcifications}
    letters = letters_of(report)
    clusters, vessels, singles = (
        [Place(names[finding.number], finding, _centres(finding, by_number)) for finding in findings]
        for names, findings in (
            (letters.clusters, ranked_clusters(report)),
            (letters.vessels, report.vessels),
            (letters.calcifications, ranked_singles(report)),
        )
    )
    before = 0 if report.distribution.label is Distribution.VASCULAR else max(settings.insets - 1, 0)
    places = [*clusters[:before], *vessels[:1], *clusters[before:], *singles, *vessels[1:]]
    return places[: settings.insets]


def window_of(place: Place, size: tuple[int, int], margin_px: float) -> Window:
    """
    Find the part of the image to show.

    Parameters
    ----------
    place : Place
        What should be seen.
    size : tuple of int
        Height and width of the inset in its own pixels.
    margin_px : float
        Stored pixels around the outermost centres.

    Returns
    -------
    Window
        The whole place at the largest whole enlargement at which it fits; what
        does not fit even at full resolution is shown where it is densest, and
        so is a stretch of a vessel.
    """
    points = np.array(place.points_px)
    if isinstance(place.finding, Vessel) and np.ptp(points, axis=0).max() > _STRETCH * margin_px:
        middle = _densest(points, np.full(2, _STRETCH * margin_px))
        near = points[(np.abs(points - middle) <= _STRETCH * margin_px / 2).all(axis=1)]
        return replace(_window_around(near, size, margin_px), is_whole=False)
    return _window_around(points, size, margin_px)


def _window_around(points: NDArray[np.float64], size: tuple[int, int], margin_px: float) -> Window:
    low, high = points.min(axis=0), points.max(axis=0)
    needed = high - low + 2 * margin_px
    fitting = int(min(size[0] / needed[0], size[1] / needed[1]))
    enlargement = min(max(fitting, 1), _INSET_ENLARGEMENT)
    shown = np.array(size) / enlargement
    centre = (low + high) / 2 if fitting >= 1 else _densest(points, shown - 2 * margin_px)
    row, column = np.round(centre - shown / 2).astype(int)
    return Window((int(row), int(column)), (float(shown[0]), float(shown[1])), enlargement, is_whole=fitting >= 1)


def _centres(finding: Cluster | Vessel | Calcification, by_number: Mapping[int, Calcification]) -> tuple[Point, ...]:
    numbers = (finding.number,) if isinstance(finding, Calcification) else finding.members
    return tuple((by_number[number].row_px, by_number[number].column_px) for number in numbers)


def _densest(points: NDArray[np.float64], shown: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the middle of the window around one of the points that holds most of them; of equal ones the first."""
    near = np.all(np.abs(points[:, None, :] - points[None, :, :]) <= np.maximum(shown, 1) / 2, axis=-1)
    members = points[near[int(np.argmax(near.sum(axis=1)))]]
    corners = convex_hull(members)
    return np.asarray((corners.min(axis=0) + corners.max(axis=0)) / 2)
