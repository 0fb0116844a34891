"""Marks around particles and clusters that hide nothing of what they mark."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mammocalc.rendering.overlay.picture import Placement, fixed_point

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Calcification, Point
    from mammocalc.rendering.palette import Appearance, Colour

_SHADE: Final = 0.75  # a dark rim keeps a mark visible on white
_RIM: Final = 1.5  # its width in pixels
_SHIFT: Final = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """
    Around one particle: centre and half width in pixels of the picture, and its colour.

    A diamond where ``is_diamond``, else a square where ``is_square``, else a ring.
    Where it has an ``outline``, shape (n, 2) in (x, y), it keeps its ``gap``
    from that instead: around a large body a square would lie over its neighbours.
    """

    x: float
    y: float
    radius: float
    is_square: bool
    colour: Colour
    is_diamond: bool = False
    outline: NDArray[np.float64] | None = None
    gap: float = 0.0


def reach(calcification: Calcification) -> float:
    """Distance from the centre of a particle to the farthest point of its outline, in stored pixels."""
    centre = (calcification.row_px, calcification.column_px)
    outline = max(map(math.dist, repeat(centre), calcification.outline_px), default=0.0)
    return max(outline, calcification.diameter_px / 2)


def draw_marks(canvas: NDArray[np.uint8], marks: Sequence[Mark], stroke: float) -> NDArray[np.bool_]:
    """
    Draw the outer border of all marks together.

    Where marks overlap, only the outline of their union is drawn, so that no
    line runs through a mark's inside, however crowded the particles are.

    Parameters
    ----------
    canvas : ndarray of uint8, shape (height, width, 3)
        RGB; written to.
    marks : sequence of Mark
        May lie partly or wholly outside the canvas.
    stroke : float
        Width of the line in pixels.

    Returns
    -------
    ndarray of bool, shape (height, width)
        True inside the marks: the pixels that nothing may be drawn on.
    """
    kept_clear = np.zeros(canvas.shape[:2], dtype=np.bool_)
    boxes = [_box_around(mark, stroke, canvas.shape) for mark in marks]
    drawn = [(mark, box) for mark, box in zip(marks, boxes, strict=True) if box[0] < box[1] and box[2] < box[3]]
    if not drawn:
        return kept_clear
    first, last = np.min([box for _, box in drawn], axis=0), np.max([box for _, box in drawn], axis=0)
    whole = slice(int(first[0]), int(last[1])), slice(int(first[2]), int(last[3]))
    distance = np.full((whole[0].stop - whole[0].start, whole[1].stop - whole[1].start), np.inf, dtype=np.float32)
    owner = np.zeros(distance.shape, dtype=np.uint16)
    colours = sorted({mark.colour for mark in marks})
    for mark, (top, bottom, left, right) in drawn:
        here = _beyond(mark, np.arange(top, bottom, dtype=np.float32), np.arange(left, right, dtype=np.float32))
        part = (
            slice(top - whole[0].start, bottom - whole[0].start),
            slice(left - whole[1].start, right - whole[1].start),
        )
        nearer = here < distance[part]
        np.copyto(distance[part], here, where=nearer)
        owner[part][nearer] = colours.index(mark.colour)
    rows, columns = np.divmod(np.flatnonzero((distance > -1) & (distance < stroke + _RIM + 1)), distance.shape[1])
    off_centre = np.abs(distance[rows, columns] - np.float32(stroke / 2 + 0.5))
    line = np.clip(stroke / 2 + 0.5 - off_centre, 0, 1)[:, None]
    rim = np.clip(stroke / 2 + _RIM + 0.5 - off_centre, 0, 1)[:, None] * _SHADE
    colour = np.array(colours, dtype=np.float32)[owner[rows, columns]]
    canvas_part = canvas[whole]
    shaded = canvas_part[rows, columns] * (1 - rim)
    canvas_part[rows, columns] = np.round(shaded * (1 - line) + colour * line).astype(np.uint8)
    kept_clear[whole] = distance < 0
    return kept_clear


def _box_around(mark: Mark, stroke: float, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Give the part of a canvas that a mark may touch: first row and last + 1, first column and last + 1."""
    half = (mark.radius + stroke + _RIM + 2) * (math.sqrt(2) if mark.is_diamond else 1)
    top, bottom = max(math.floor(mark.y - half), 0), min(math.ceil(mark.y + half), shape[0])
    left, right = max(math.floor(mark.x - half), 0), min(math.ceil(mark.x + half), shape[1])
    return top, bottom, left, right


def _beyond(mark: Mark, rows: NDArray[np.float32], columns: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give how far beyond a mark each of some pixels is; negative inside."""
    if mark.outline is not None:
        inside = np.ones((len(rows), len(columns)), np.uint8)
        cv2.fillPoly(inside, [fixed_point(mark.outline - (columns[0], rows[0]))], 0, shift=_SHIFT)
        return cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) - np.float32(mark.gap)
    dy = np.abs(rows + (0.5 - mark.y))[:, None]
    dx = np.abs(columns + (0.5 - mark.x))[None, :]
    if mark.is_diamond:
        return np.asarray((dx + dy) * np.float32(math.sqrt(0.5)) - np.float32(mark.radius))
    return np.asarray((np.maximum(dx, dy) if mark.is_square else np.hypot(dx, dy)) - np.float32(mark.radius))


def rounded_hull(
    hull_px: Sequence[Point], circles: Iterable[tuple[float, float, float]], placement: Placement, margin: float
) -> NDArray[np.float64]:
    """
    Give the outline of a cluster at a distance around its members.

    Parameters
    ----------
    hull_px : sequence of Point
        Corners of the convex hull in stored pixels.
    circles : iterable of (x, y, radius)
        The marks of its members on the picture, which the outline encloses.
    placement : Placement
        Where stored pixels lie on the picture.
    margin : float
        Distance kept from the marks and the corners, in pixels of the picture.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        Corners as (x, y) of a convex shape with round corners; empty for no members.
    """
    rings = [(x, y, radius + margin) for x, y, radius in circles]
    rings += [(float(x), float(y), margin) for x, y in placement.to_xy(tuple(hull_px))]
    if not rings:
        return np.zeros((0, 2))
    angles = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    unit = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points = np.concatenate([unit * radius + (x, y) for x, y, radius in rings])
    corners = cv2.convexHull(points.astype(np.float32), returnPoints=False)
    return np.asarray(points[np.asarray(corners).ravel()])


def draw_outline(
    canvas: NDArray[np.uint8],
    corners_xy: NDArray[np.float64],
    appearance: Appearance,
    stroke: int,
    kept_clear: NDArray[np.bool_] | None = None,
    *,
    closed: bool = True,
) -> None:
    """
    Draw a line in a distribution's colour and dashes.

    Parameters
    ----------
    canvas : ndarray of uint8, shape (height, width, 3)
        RGB; written to.
    corners_xy : ndarray of float, shape (n, 2)
        Pixels from the corner of the canvas.
    appearance : Appearance
        Colour and dashes.
    stroke : int
        Width of the line in pixels.
    kept_clear : ndarray of bool, shape (height, width), optional
        Where the line is interrupted.
    closed : bool
        Join the last corner to the first.
    """
    if len(corners_xy) < 2:
        return
    height, width = canvas.shape[:2]
    reach_px = stroke + 3
    left, top = np.maximum(np.floor(corners_xy.min(axis=0)).astype(int) - reach_px, 0)
    right, bottom = np.minimum(np.ceil(corners_xy.max(axis=0)).astype(int) + reach_px, (width, height))
    if left >= right or top >= bottom:
        return
    line = np.zeros((bottom - top, right - left), dtype=np.uint8)
    rim = np.zeros_like(line)
    dashes = _dashes(corners_xy, appearance, stroke, closed=closed)
    pieces = np.split(fixed_point(np.concatenate(dashes) - (left, top)), np.cumsum([len(dash) for dash in dashes])[:-1])
    for layer, thickness in ((rim, stroke + 3), (line, stroke)):
        cv2.polylines(layer, pieces, isClosed=False, color=255, thickness=thickness, lineType=cv2.LINE_AA, shift=_SHIFT)
    if kept_clear is not None:
        covered = kept_clear[top:bottom, left:right]
        line[covered] = 0
        rim[covered] = 0
    rows, columns = np.divmod(np.flatnonzero(rim), rim.shape[1])  # several times faster than nonzero
    part = canvas[top:bottom, left:right]
    dark = rim[rows, columns, None] * (_SHADE / 255)
    share = line[rows, columns, None] / 255.0
    shaded = part[rows, columns] * (1 - dark)
    part[rows, columns] = np.round(shaded * (1 - share) + np.array(appearance.colour) * share).astype(np.uint8)


def _dashes(
    corners: NDArray[np.float64], appearance: Appearance, stroke: int, *, closed: bool
) -> list[NDArray[np.float64]]:
    """Cut a line into its dashes; a closed one into a whole number of periods, so that no seam is seen."""
    path = np.concatenate([corners, corners[:1]]) if closed else corners
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    if not appearance.dashes or along[-1] == 0:
        return [path]
    pattern = np.array(appearance.dashes) * stroke
    periods = max(round(along[-1] / pattern.sum()), 1)
    if closed:
        pattern *= along[-1] / (periods * pattern.sum())
    starts = np.arange(0.0, along[-1] - 1e-6, pattern.sum())
    edges = (starts[:, None] + np.concatenate([[0.0], np.cumsum(pattern)])[: 2 * ((len(pattern) + 1) // 2)]).reshape(
        -1, 2
    )
    edges = np.minimum(edges[edges[:, 0] <= along[-1]], along[-1])
    ends = np.stack([np.interp(edges, along, path[:, axis]) for axis in (0, 1)], axis=2)
    inner = np.searchsorted(along, edges[:, 0], side="right"), np.searchsorted(along, edges[:, 1], side="left")
    corners_within = zip(ends, *(places.tolist() for places in inner), strict=True)
    return [np.concatenate([dash[:1], path[first:last], dash[1:]]) for dash, first, last in corners_within]


def draw_symbol(
    canvas: NDArray[np.uint8], appearance: Appearance, x: float, y: float, radius: float, colour: Colour | None = None
) -> None:
    """Draw a distribution's symbol around (x, y)."""
    for polygon in appearance.symbol:
        corners = fixed_point(np.array(polygon) * radius + (x, y))
        cv2.fillPoly(canvas, [corners], colour or appearance.colour, lineType=cv2.LINE_AA, shift=_SHIFT)
