"""Small maps of the views of a study at one scale: outlines, clusters with names, and where to look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.model.view_names import names_of
from mammocalc.rendering.palette import APPEARANCES, css_colour
from mammocalc.rendering.wording import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mammocalc.model import Point, Report
    from mammocalc.results.study import Study, StudyImage

_MARGIN_MM: Final = 6.0
_NIPPLE_MM: Final = 3.0
_NAME_MM: Final = 18.0
"""A cluster that is smaller would lie behind the name of its finding."""
_CORNERS: Final = 120
_PIXEL_MM: Final = 0.1
"""What a pixel is drawn as where its size is not known: the map is then of another scale than the others."""


@dataclass(frozen=True, slots=True)
class Hull:
    """A cluster: its corners as a path, its colour, the name of its finding and where that stands."""

    path: str
    colour: str
    name: str
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class ViewMap:
    """
    The drawn parts of one view, in mm.

    Attributes
    ----------
    uid, title, called : str
        Which image; side, view and modifiers; the word of the image.
    box : str
        The ``viewBox``; its size is the same for all views of the study.
    breast, pectoral, nipple : str
        Paths; empty where there is nothing to draw.
    hulls : tuple of Hull
    arcs : tuple of (str, str, str, str, str)
        Where findings would lie that are not seen here: name, middle across and down, radius and width of the band.
    spoken : str
        For those who do not see it.
    """

    uid: str
    title: str
    called: str
    box: str
    breast: str
    pectoral: str
    nipple: str
    hulls: tuple[Hull, ...]
    arcs: tuple[tuple[str, str, str, str, str], ...]
    spoken: str


def draw_views(study: Study, reports: Mapping[str, Report]) -> list[ViewMap]:
    """
    Draw the views of a study.

    Parameters
    ----------
    study : Study
    reports : mapping of str to Report
        Of its images, by SOP Instance UID.

    Returns
    -------
    list of ViewMap
        In the order of the study.
    """
    sizes = [_size_mm(reports[image.sop_instance_uid]) for image in study.images]
    height, width = (max(size[axis] for size in sizes) for axis in (0, 1))
    names = names_of(study.images)
    return [
        _draw(study, image, name, reports[image.sop_instance_uid], (height, width))
        for image, name in zip(study.images, names, strict=True)
    ]


def _scale(report: Report) -> tuple[float, float]:
    spacing = report.spacing
    return (_PIXEL_MM, _PIXEL_MM) if spacing is None else (spacing.row_mm, spacing.column_mm)


def _box_px(report: Report) -> tuple[float, float, float, float]:
    """Give the first row and column of the breast, and the last; of the image where there is no outline."""
    outline = report.breast.outline_px
    if not outline:
        return 0.0, 0.0, float(report.identity.rows), float(report.identity.columns)
    rows, columns = zip(*outline, strict=True)
    return min(rows), min(columns), max(rows), max(columns)


def _size_mm(report: Report) -> tuple[float, float]:
    (row_mm, column_mm), (top, left, bottom, right) = _scale(report), _box_px(report)
    return (bottom - top) * row_mm, (right - left) * column_mm


def _draw(study: Study, image: StudyImage, title: str, report: Report, size_mm: tuple[float, float]) -> ViewMap:
    (row_mm, column_mm), (top, left, _, _) = _scale(report), _box_px(report)

    def to_xy(point: Point) -> tuple[float, float]:
        return (point[1] - left) * column_mm, (point[0] - top) * row_mm

    def path(points: Iterable[Point], end: str = "Z") -> str:
        corners = [to_xy(point) for point in points]
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners) + end if corners else ""

    uid = image.sop_instance_uid
    clusters = {cluster.number: cluster for cluster in report.clusters}
    hulls = []
    for finding in study.findings:
        for item in finding.sightings:
            if item.sop_instance_uid == uid and item.cluster in clusters:
                cluster = clusters[item.cluster]
                corners = [to_xy(corner) for corner in cluster.hull_px]
                x, y = _label_place(corners)
                colour = css_colour(APPEARANCES[cluster.distribution.label].colour)
                hulls.append(Hull(path(cluster.hull_px), colour, finding.name, f"{x:.1f}", f"{y:.1f}"))
    nipple = report.known_nipple
    cross, arcs = "", []
    if nipple is not None:
        x, y = to_xy((nipple.row_px, nipple.column_px))
        reach = 2 * _NIPPLE_MM
        cross = f"M{x - _NIPPLE_MM:.1f} {y:.1f}h{reach:g}M{x:.1f} {y - _NIPPLE_MM:.1f}v{reach:g}"
        arcs = [
            (finding.name, f"{x:.1f}", f"{y:.1f}", f"{item.arc_mm:.1f}", f"{2 * item.band_mm:.1f}")
            for finding in study.findings
            for item in finding.unseen
            if item.sop_instance_uid == uid and item.arc_mm is not None and item.band_mm is not None
        ]
    height, width = size_mm
    named = ", ".join(hull.name for hull in hulls)
    return ViewMap(
        uid,
        title,
        name_of(image.distribution),
        f"{-_MARGIN_MM:g} {-_MARGIN_MM:g} {width + 2 * _MARGIN_MM:.0f} {height + 2 * _MARGIN_MM:.0f}",
        path(_thinned(report.breast.outline_px)),
        path(_thinned(report.breast.pectoral_px), ""),
        cross,
        tuple(hulls),
        tuple(arcs),
        f"Map of {title}; findings: {named or 'none'}",
    )


def _thinned(points: Sequence[Point]) -> Sequence[Point]:
    """Leave corners out that a map of this size does not show."""
    step = max(len(points) // _CORNERS, 1)
    return (*points[:-1:step], points[-1]) if points else points


def _label_place(corners: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Say where a name stands: in the middle, and above what it would hide."""
    across, down = zip(*corners, strict=True)
    x, y = sum(across) / len(across), sum(down) / len(down)
    is_small = max(across) - min(across) < _NAME_MM or max(down) - min(down) < _NAME_MM
    return (x, min(down) - _NAME_MM / 3) if is_small else (x, y)
