"""The picture of the whole breast: marks, outlines of clusters, labels, scale bar and side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mammocalc.model import Calcification
from mammocalc.model.letters import ranked_clusters
from mammocalc.rendering.overlay.annotations import _draw_scale_bar, _freer_side, _has_air_on_the_right, _write_side
from mammocalc.rendering.overlay.finding_labels import (
    _draw_label,
    _draw_leader,
    _label_of,
    _label_size,
    _labels_of,
    without_crossings,
)
from mammocalc.rendering.overlay.labels import place_labels
from mammocalc.rendering.overlay.marks import Mark, draw_marks, draw_outline, reach, rounded_hull
from mammocalc.rendering.overlay.picture import Placement, fixed_point
from mammocalc.rendering.palette import APPEARANCES, ARTERY, DIM, FOLLOWED_MM, SINGLE
from mammocalc.vocabulary.lexicon import CalcificationSize, Distribution, Flag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Cluster, Report
    from mammocalc.rendering.overlay.insets import Place, Window
    from mammocalc.rendering.palette import Colour

_UNCALIBRATED_GAP: Final = 0.005  # of the picture's longer side: there are no millimetres to go by

_SHIFT: Final = 4

Drawn = tuple["NDArray[np.bool_]", "dict[int, NDArray[np.float64]]", "dict[int, NDArray[np.float64]]"]
"""What lies inside of marks, and where clusters and vessels were drawn."""

_LABELS: Final = 24
"""How many clusters carry a label, in the same order. With more, labels would lie on each other."""


def marks_of(
    calcifications: Sequence[Calcification], clusters: Sequence[Cluster], placement: Placement, gap: float
) -> dict[int, Mark]:
    """
    Give every calcification's mark by its number: a diamond for vascular, a square for macro, else a ring.

    Around a large one it is its outline. What is left out as typically benign has that colour: it lies within the
    hulls of others, and is not one of theirs.
    """
    colours: dict[int, Colour] = {
        number: APPEARANCES[cluster.distribution.label].colour for cluster in clusters for number in cluster.members
    }
    marks = {}
    centres = placement.to_xy(tuple((item.row_px, item.column_px) for item in calcifications)).tolist()
    for item, (x, y) in zip(calcifications, centres, strict=True):
        radius = reach(item) * placement.scale + gap
        is_square = item.size is CalcificationSize.MACRO
        is_vascular = Flag.VASCULAR in item.flags
        alone = SINGLE if item.left_out is None else APPEARANCES[Distribution.TYPICALLY_BENIGN].colour
        colour = ARTERY if is_vascular else colours.get(item.number, alone)
        outline = placement.to_xy(item.outline_px) if (item.length_mm or 0.0) >= FOLLOWED_MM else None
        marks[item.number] = Mark(x, y, radius, is_square, colour, is_vascular, outline, gap)
    return marks


def gap_of(report: Report, placement: Placement, gap_mm: float, longer_side: int) -> float:
    """Give the distance between a particle and its mark in pixels of the picture."""
    if report.spacing is None:
        return _UNCALIBRATED_GAP * longer_side
    return report.spacing.length_px(gap_mm) * placement.scale


def draw_findings(
    picture: NDArray[np.uint8], report: Report, frame: int, placement: Placement, gap: float, stroke: float
) -> Drawn:
    """
    Draw marks, outlines of clusters and courses of arteries on the picture of the breast.

    Returns
    -------
    kept_clear : ndarray of bool, shape (height, width)
        What lies inside the marks.
    outlines : dict of ndarray, shape (n, 2)
        The outline of each cluster by its number, as (x, y).
    courses : dict of ndarray, shape (n, 2)
        The same of each vessel.
    """
    shown = [item for item in report.calcifications if item.frame == frame]
    clusters = ranked_clusters(report)
    marks = marks_of(shown, clusters, placement, gap)
    kept_clear = draw_marks(picture, list(marks.values()), stroke)
    outlines = {}
    for cluster in sorted(clusters, key=lambda c: c.number):
        members = [marks[number] for number in cluster.members if number in marks]
        if not members:
            continue
        circles = [(mark.x, mark.y, mark.radius * (np.sqrt(2) if mark.is_square else 1)) for mark in members]
        outlines[cluster.number] = rounded_hull(cluster.hull_px, circles, placement, 2.5 * stroke)
        appearance = APPEARANCES[cluster.distribution.label]
        draw_outline(picture, outlines[cluster.number], appearance, max(round(1.3 * stroke), 1), kept_clear)
    return kept_clear, outlines, draw_courses(picture, report, marks, placement, kept_clear)


def draw_courses(
    picture: NDArray[np.uint8],
    report: Report,
    marks: Mapping[int, Mark],
    placement: Placement,
    kept_clear: NDArray[np.bool_],
) -> dict[int, NDArray[np.float64]]:
    """Draw the courses of shown arteries as thin lines, interrupted inside marks."""
    plain = replace(APPEARANCES[Distribution.VASCULAR], dashes=())
    courses = {
        vessel.number: placement.to_xy(vessel.course_px)
        for vessel in report.vessels
        if any(number in marks for number in vessel.members)
    }
    for course in courses.values():
        draw_outline(picture, course, plain, 1, kept_clear, closed=False)
    return courses


def draw_window(
    picture: NDArray[np.uint8], window: Window, placement: Placement, kept_clear: NDArray[np.bool_]
) -> None:
    """Mark the corners of what an inset shows, where that is not the whole cluster."""
    corner = np.array(window.corner_px, dtype=np.float64) - 0.5
    low, high = placement.to_xy(np.stack([corner, corner + window.size_px]))
    arm = 0.12 * min(high - low)
    plain = replace(APPEARANCES[Distribution.GROUPED], colour=DIM, dashes=())
    for x, inward in ((low[0], arm), (high[0], -arm)):
        for y, down in ((low[1], arm), (high[1], -arm)):
            draw_outline(
                picture, np.array([[x + inward, y], [x, y], [x, y + down]]), plain, 2, kept_clear, closed=False
            )


def draw_annotations(
    picture: NDArray[np.uint8],
    report: Report,
    places: Sequence[Place],
    found: Drawn,
    placement: Placement,
    em: int,
) -> None:
    """Write side and view, the scale bar, and a label beside every cluster and vessel."""
    kept_clear, outlines, courses = found
    brightness = np.asarray(cv2.extractChannel(picture, 1), dtype=np.uint8)
    busy = kept_clear.copy().view(np.uint8)
    for outline in outlines.values():
        cv2.polylines(busy, [fixed_point(outline)], isClosed=True, color=1, thickness=em // 3, shift=_SHIFT)
        if np.prod(np.ptp(outline, axis=0)) < 0.1 * kept_clear.size:  # the inside of a large one has room for labels
            cv2.fillPoly(busy, [fixed_point(outline)], 1, shift=_SHIFT)
    for course in courses.values():
        cv2.polylines(busy, [fixed_point(course)], isClosed=False, color=1, thickness=em // 3, shift=_SHIFT)
    to_right = _has_air_on_the_right(report, picture.shape[1], placement)
    top, bottom = kept_clear[: 3 * em], kept_clear[-3 * em :]
    written = [_write_side(picture, report, em, to_right=_freer_side(top, em, to_right=to_right))]
    right_below = _freer_side(bottom, em, to_right=to_right)
    written.append(_draw_scale_bar(picture, report, placement, em, to_right=right_below))
    labels = [
        *_labels_of(report, outlines, courses, em)[:_LABELS],
        *(_label_of(place, placement) for place in places if isinstance(place.finding, Calcification)),
    ]
    sizes = [_label_size(label, em) for label in labels]
    boxes = place_labels(sizes, [label.target for label in labels], busy.astype(bool), brightness, written)
    boxes = without_crossings(labels, boxes)
    for label, box in zip(labels, boxes, strict=True):
        _draw_leader(picture, label, box, kept_clear, em)
    for label, box in zip(labels, boxes, strict=True):
        _draw_label(picture, label, box, em)
