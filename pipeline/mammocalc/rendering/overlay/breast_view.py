"""The picture of the whole breast: marks, outlines of clusters, labels, scale bar and side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mammocalc.model import Calcification, Vessel
from mammocalc.model.letters import letters_of, ranked_clusters
from mammocalc.rendering.overlay.labels import Box, place_labels
from mammocalc.rendering.overlay.marks import Mark, draw_marks, draw_outline, draw_symbol, reach, rounded_hull
from mammocalc.rendering.overlay.picture import Placement, fixed_point
from mammocalc.rendering.overlay.text import draw_text, line_height, text_width
from mammocalc.rendering.palette import APPEARANCES, ARTERY, DIM, SINGLE, TEXT, Appearance, called, name_of
from mammocalc.rendering.wording import fixed
from mammocalc.vocabulary.geometry import points_along
from mammocalc.vocabulary.lexicon import CalcificationSize, Distribution, Flag, Laterality, View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Cluster, Report
    from mammocalc.rendering.overlay.insets import Place, Window
    from mammocalc.rendering.overlay.settings import OverlaySettings
    from mammocalc.rendering.palette import Colour

_SCALE_BARS_MM: Final = (1, 2, 5, 10, 20, 50)
_UNCALIBRATED_GAP: Final = 0.005  # of the picture's longer side: there are no millimetres to go by
_SHIFT: Final = 4


Drawn = tuple["NDArray[np.bool_]", "dict[int, NDArray[np.float64]]", "dict[int, NDArray[np.float64]]"]
"""What lies inside of marks, and where clusters and vessels were drawn."""


@dataclass(frozen=True, slots=True)
class Label:
    """What stands beside one place: a letter, a symbol where it is a cluster or vessel, and words."""

    key: str
    words: str
    appearance: Appearance | None
    target: Box
    anchor: NDArray[np.float64]


def marks_of(
    calcifications: Sequence[Calcification], clusters: Sequence[Cluster], placement: Placement, gap: float
) -> dict[int, Mark]:
    """
    Give every calcification's mark by its number: a diamond for vascular, a square for macro, else a ring.

    What is left out as typically benign has that colour: it lies within the
    hulls of others, and is none of theirs.
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
        marks[item.number] = Mark(x, y, radius, is_square, colour, is_diamond=is_vascular)
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
    """Draw how the arteries run whose marks are shown, as thin lines that leave out what lies inside of marks."""
    plain = replace(APPEARANCES[Distribution.VASCULAR], dashes=())
    courses = {
        vessel.number: placement.to_xy(vessel.course_px)
        for vessel in report.vessels
        if any(number in marks for number in vessel.members)
    }
    for course in courses.values():
        draw_outline(picture, course, plain, 1, kept_clear, closed=False)
    return courses


def look_of(finding: Cluster | Vessel) -> Appearance:
    """Give the colour and symbol of a finding of several calcifications."""
    return APPEARANCES[Distribution.VASCULAR if isinstance(finding, Vessel) else finding.distribution.label]


def say_finding(finding: Cluster | Vessel, *, candidates: bool) -> list[str]:
    """Say what it is called, with the candidates of an indeterminate one or not, and how many and how large it is."""
    if isinstance(finding, Vessel):
        words, long_mm = name_of(Distribution.VASCULAR), finding.length_mm
    else:
        between = finding.distribution.between if candidates else ()
        words, long_mm = called(finding.distribution.label, between), finding.extent_mm
    return [words, f"{len(finding.members)}", *([f"{fixed(long_mm, 1)} mm"] if len(finding.members) > 1 else [])]


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
    settings: OverlaySettings,
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
        *_labels_of(report, outlines, courses, em)[: settings.labels],
        *(_label_of(place, placement) for place in places if isinstance(place.finding, Calcification)),
    ]
    sizes = [_label_size(label, em) for label in labels]
    boxes = place_labels(sizes, [label.target for label in labels], busy.astype(bool), brightness, written)
    for label, box in zip(labels, boxes, strict=True):
        _draw_leader(picture, label, box, kept_clear, em)
    for label, box in zip(labels, boxes, strict=True):
        _draw_label(picture, label, box, em)


def _labels_of(
    report: Report, outlines: dict[int, NDArray[np.float64]], courses: dict[int, NDArray[np.float64]], em: int
) -> list[Label]:
    """Give the labels of clusters in their rank, then those of vessels."""
    letters = letters_of(report)
    shown: list[tuple[str, Cluster | Vessel, NDArray[np.float64]]] = [
        (letters.clusters[cluster.number], cluster, outlines[cluster.number])
        for cluster in ranked_clusters(report)
        if cluster.number in outlines
    ]
    shown += [
        (letters.vessels[vessel.number], vessel, points_along(courses[vessel.number], em))
        for vessel in report.vessels
        if vessel.number in courses
    ]
    return [
        Label(key, " · ".join(say_finding(one, candidates=True)), look_of(one), _bounds(at), at)
        for key, one, at in shown
    ]


def _label_of(place: Place, placement: Placement) -> Label:
    """Give the label of a single calcification: its letter alone."""
    anchor = placement.to_xy(place.points_px)
    x, y = anchor[0]
    return Label(place.key, "", None, Box(round(x) - 12, round(y) - 12, 24, 24), anchor)


def _bounds(points_xy: NDArray[np.float64]) -> Box:
    left, top = np.floor(points_xy.min(axis=0)).astype(int)
    right, bottom = np.ceil(points_xy.max(axis=0)).astype(int)
    return Box(int(left), int(top), int(right - left), int(bottom - top))


def _label_size(label: Label, em: int) -> tuple[int, int]:
    pad = em // 3
    width = text_width(label.key, em) + 2 * pad
    if label.appearance is not None:
        width += em + pad + text_width(label.words, em)
    return width, line_height(em) + pad


def _draw_label(picture: NDArray[np.uint8], label: Label, box: Box, em: int) -> None:
    pad = em // 3
    _darken(picture, box, 0.2)
    colour = SINGLE if label.appearance is None else label.appearance.colour
    cv2.rectangle(picture, (box.left, box.top), (box.left + 2, box.bottom - 1), colour, thickness=-1)
    y = box.top + pad // 2
    x = draw_text(picture, label.key, box.left + pad + 2, y, em, TEXT)
    if label.appearance is not None:
        middle = box.top + box.height / 2
        draw_symbol(picture, label.appearance, x + pad + em * 0.42, middle, em * 0.32)
        draw_text(picture, label.words, round(x + pad + em), y, em, TEXT)


def _darken(picture: NDArray[np.uint8], box: Box, left_over: float) -> None:
    """Make a plate on which text is read on any tissue."""
    plate = picture[max(box.top, 0) : max(box.bottom, 0), max(box.left, 0) : max(box.right, 0)]
    plate[:] = (plate * left_over).astype(np.uint8)


def _draw_leader(picture: NDArray[np.uint8], label: Label, box: Box, kept_clear: NDArray[np.bool_], em: int) -> None:
    """Join a label to what it names, where it stands apart from it."""
    corner = np.array([box.left, box.top], dtype=np.float64)
    nearest = np.clip(label.anchor, corner, (box.right, box.bottom))
    gaps = np.hypot(*(label.anchor - nearest).T)
    closest = int(np.argmin(gaps))
    if gaps[closest] > 0.6 * em:
        appearance = label.appearance or APPEARANCES[Distribution.GROUPED]
        plain = replace(appearance, dashes=(), colour=appearance.colour if label.appearance else SINGLE)
        ends = np.stack([nearest[closest], label.anchor[closest]])
        draw_outline(picture, ends, plain, 1, kept_clear, closed=False)


def _has_air_on_the_right(report: Report, width: int, placement: Placement) -> bool:
    outline = placement.to_xy(report.breast.outline_px)
    return len(outline) == 0 or bool(outline[:, 0].min() + outline[:, 0].max() <= width)


def _freer_side(strip: NDArray[np.bool_], em: int, *, to_right: bool) -> bool:
    """Tell whether to write at the right: on the wanted side, unless marks are there and not on the other."""
    left, right = strip[:, : 14 * em].any(), strip[:, -14 * em :].any()
    wanted, other = (right, left) if to_right else (left, right)
    return to_right != bool(wanted and not other)


def _write_side(picture: NDArray[np.uint8], report: Report, em: int, *, to_right: bool) -> Box:
    """Write side and view where films carry them: at the top, away from the chest wall."""
    identity = report.identity
    side = "" if identity.laterality is Laterality.UNKNOWN else str(identity.laterality)
    view = "" if identity.view is View.UNKNOWN else str(identity.view)
    words = " ".join([part for part in (side, view) if part] + [str(item) for item in identity.view_modifiers])
    words = words or "side and view unknown"
    size = round((1.9 if side or view else 1.0) * em)
    width = text_width(words, size)
    left = picture.shape[1] - width - em if to_right else em
    box = Box(left - em // 2, em // 4, width + em, line_height(size) + em // 2)
    _darken(picture, box, 0.45)
    draw_text(picture, words, left, em // 2, size, TEXT)
    return box


def _draw_scale_bar(
    picture: NDArray[np.uint8], report: Report, placement: Placement, em: int, *, to_right: bool
) -> Box:
    """Draw a bar of a round number of millimetres across the picture, or say that there are none."""
    height, width = picture.shape[:2]
    base = height - em
    if report.spacing is None:
        words, length = "uncalibrated: no millimetres", 0.0
    else:
        per_mm = placement.scale / report.spacing.column_mm
        bar = next((bar for bar in _SCALE_BARS_MM if bar * per_mm >= 0.08 * width), _SCALE_BARS_MM[-1])
        words, length = f"{bar} mm", bar * per_mm
    size = round(0.85 * em)
    room = max(length, text_width(words, size))
    middle = width - em - room / 2 if to_right else em + room / 2
    top = base - line_height(size) - em // 3
    box = Box(round(middle - room / 2) - em // 2, top, round(room) + em, base + em // 4 - top)
    _darken(picture, box, 0.45)
    left, right = middle - length / 2, middle + length / 2
    if length:
        tick = 0.28 * em
        plain = replace(APPEARANCES[Distribution.GROUPED], colour=TEXT, dashes=())
        path = [[left, base - tick], [left, base], [right, base], [right, base - tick]]
        draw_outline(picture, np.array(path), plain, 2, closed=False)
    draw_text(picture, words, round(middle - text_width(words, size) / 2), top, size, TEXT)
    return box
