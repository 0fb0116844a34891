"""Labels of findings: where they stand, how they look, and the line to what they name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mammocalc.model import Vessel
from mammocalc.model.letters import letters_of, ranked_clusters
from mammocalc.rendering.overlay.labels import Box
from mammocalc.rendering.overlay.marks import draw_outline, draw_symbol
from mammocalc.rendering.overlay.text import draw_text, line_height, text_width
from mammocalc.rendering.palette import APPEARANCES, SINGLE, TEXT, Appearance
from mammocalc.rendering.wording import called, fixed, name_of
from mammocalc.vocabulary.geometry import points_along
from mammocalc.vocabulary.lexicon import Distribution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Cluster, Report
    from mammocalc.rendering.overlay.insets import Place
    from mammocalc.rendering.overlay.picture import Placement


@dataclass(frozen=True, slots=True)
class Label:
    """The label of one place: a letter, a symbol for a cluster or vessel, and words."""

    key: str
    words: str
    appearance: Appearance | None
    target: Box
    anchor: NDArray[np.float64]


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
    """Give the width and height of a label; those of one letter are equally wide, so that they may be exchanged."""
    pad = em // 3
    width = text_width(label.key, em)
    width = max(width, em) if label.appearance is None else width + em + pad + text_width(label.words, em)
    return width + 2 * pad, line_height(em) + pad


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


def without_crossings(labels: Sequence[Label], boxes: Sequence[Box]) -> list[Box]:
    """
    Exchange the places of labels whose lines would cross: at a crossing a reader follows the wrong one.

    Parameters
    ----------
    labels : sequence of Label
        What is named.
    boxes : sequence of Box
        Where their labels stand, in the same order.

    Returns
    -------
    list of Box
        In the same order. Two lines still cross where the labels are not
        about equally long: the longer one would cover what lies beside.
    """
    places = list(boxes)
    pairs = list(combinations(range(len(places)), 2))
    # Each exchange makes the lines shorter, so this ends; the count guards against equal lengths.
    for _ in pairs:
        exchanged = False
        for one, other in pairs:
            alike = abs(places[one].width - places[other].width) < places[one].height / 5  # about what is around a text
            if alike and _cross(_leader(labels[one], places[one]), _leader(labels[other], places[other])):
                places[one], places[other] = _at(places[other], places[one]), _at(places[one], places[other])
                exchanged = True
        if not exchanged:
            break
    return places


def _at(place: Box, label: Box) -> Box:
    """Give the box of a label in the place of another."""
    return replace(label, left=place.left, top=place.top)


def _cross(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Say whether two lines, as rows of (x, y), have a point in common that is not just an end."""

    def sides(line: NDArray[np.float64], ends: NDArray[np.float64]) -> bool:
        (dx, dy), away = line[1] - line[0], ends - line[0]
        turns = dx * away[:, 1] - dy * away[:, 0]
        return bool(turns[0] * turns[1] < 0)

    return sides(one, other) and sides(other, one)


def _leader(label: Label, box: Box) -> NDArray[np.float64]:
    """Give the shortest line from a label to what it names, as two rows of (x, y)."""
    nearest = np.clip(label.anchor, (box.left, box.top), (box.right, box.bottom)).astype(np.float64)
    closest = int(np.argmin(np.hypot(*(label.anchor - nearest).T)))
    return np.stack([nearest[closest], label.anchor[closest]])


def _draw_leader(picture: NDArray[np.uint8], label: Label, box: Box, kept_clear: NDArray[np.bool_], em: int) -> None:
    """Join a label to what it names, where it stands apart from it."""
    ends = _leader(label, box)
    if np.hypot(*(ends[1] - ends[0])) > 0.6 * em:
        appearance = label.appearance or APPEARANCES[Distribution.GROUPED]
        plain = replace(appearance, dashes=(), colour=appearance.colour if label.appearance else SINGLE)
        draw_outline(picture, ends, plain, 1, kept_clear, closed=False)
