"""Which places are shown at full resolution, and how much of their surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.geometry import convex_hull
from pipeline.outputs.letters import letters_of, ranked_clusters, ranked_singles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.model import Calcification, Cluster, Point, Report
    from pipeline.outputs.overlay.settings import OverlaySettings


@dataclass(frozen=True, slots=True)
class Place:
    """
    One place that is shown at full resolution.

    ``finding`` is a cluster or a single calcification, ``points_px`` are the
    centres that should be seen, ``key`` the letter that links it to the picture.
    """

    key: str
    finding: Cluster | Calcification
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
    """Choose what is worth a look: clusters in their rank, then the highest scores outside, arteries last."""
    by_number: Mapping[int, Calcification] = {item.number: item for item in report.calcifications}
    letters = letters_of(report)
    places = [
        Place(letters.clusters[cluster.number], cluster, _centres([by_number[number] for number in cluster.members]))
        for cluster in ranked_clusters(report)
    ]
    places += [
        Place(letters.calcifications[single.number], single, _centres([single])) for single in ranked_singles(report)
    ]
    return places[: settings.insets]


def window_of(place: Place, size: tuple[int, int], margin_px: float, settings: OverlaySettings) -> Window:
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
    settings : OverlaySettings
        The largest enlargement.

    Returns
    -------
    Window
        The whole place at the largest whole enlargement at which it fits; what
        does not fit even at full resolution is shown where it is densest.
    """
    points = np.array(place.points_px)
    low, high = points.min(axis=0), points.max(axis=0)
    needed = high - low + 2 * margin_px
    fitting = int(min(size[0] / needed[0], size[1] / needed[1]))
    enlargement = min(max(fitting, 1), settings.inset_enlargement)
    shown = np.array(size) / enlargement
    centre = (low + high) / 2 if fitting >= 1 else _densest(points, shown - 2 * margin_px)
    row, column = np.round(centre - shown / 2).astype(int)
    return Window((int(row), int(column)), (float(shown[0]), float(shown[1])), enlargement, is_whole=fitting >= 1)


def _centres(items: list[Calcification]) -> tuple[Point, ...]:
    return tuple((item.row_px, item.column_px) for item in items)


def _densest(points: np.ndarray[tuple[int, ...], np.dtype[np.float64]], shown: np.ndarray) -> np.ndarray:
    """Give the middle of the window around one of the points that holds most of them; of equal ones the first."""
    near = np.all(np.abs(points[:, None, :] - points[None, :, :]) <= np.maximum(shown, 1) / 2, axis=-1)
    members = points[near[int(np.argmax(near.sum(axis=1)))]]
    corners = convex_hull(members)
    return np.asarray((corners.min(axis=0) + corners.max(axis=0)) / 2)
