"""A small map of the breast: its outline, nipple and pectoral muscle, and where clusters and arteries lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.rendering.palette import APPEARANCES, ARTERY, css_colour
from mammocalc.rendering.wording import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mammocalc.model import Cluster
    from mammocalc.model.point import Point
    from mammocalc.results.result import Result

_SIDE: Final = 200.0  # units of the longer side
_MARGIN: Final = 10.0
_NIPPLE: Final = 5.0


@dataclass(frozen=True, slots=True)
class Stroke:
    """A path of the map; ``look`` is a class of the page's style, and a colour of its own fits a hull or a course."""

    look: str
    path: str
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class BreastMap:
    """
    The drawn parts of a breast.

    Attributes
    ----------
    box : str
        The ``viewBox`` of the drawing.
    strokes : tuple of Stroke
        From below to above.
    letters : tuple of (str, str, str)
        A letter of the overlay, and where it stands, across and down.
    spoken : str
        For those who do not see it.
    """

    box: str
    strokes: tuple[Stroke, ...]
    letters: tuple[tuple[str, str, str], ...]
    spoken: str


def draw_map(result: Result) -> BreastMap | None:
    """
    Draw where everything lies, as it lies in the stored image.

    Returns
    -------
    BreastMap or None
        None where the breast has no outline.
    """
    report, breast = result.report, result.report.breast
    outline = breast.outline_px
    if not outline:
        return None
    row_mm, column_mm = (report.spacing.row_mm, report.spacing.column_mm) if report.spacing else (1.0, 1.0)
    rows, columns = [point[0] for point in outline], [point[1] for point in outline]
    top, left = min(rows), min(columns)
    height, width = (max(rows) - top) * row_mm, (max(columns) - left) * column_mm
    scale = _SIDE / max(height, width, 1e-6)

    def to_xy(point: Point) -> tuple[float, float]:
        return (point[1] - left) * column_mm * scale, (point[0] - top) * row_mm * scale

    def path(points: Iterable[Point]) -> str:
        return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in map(to_xy, points))

    strokes = [Stroke("breast", f"{path(outline)}Z")]
    if breast.pectoral_px:
        strokes.append(Stroke("pectoral", path(breast.pectoral_px)))
    if report.calcifications:
        dots = (f"{path([(item.row_px, item.column_px)])}h0" for item in report.calcifications)
        strokes.append(Stroke("dots", "".join(dots)))
    shown = [item for item in report.clusters if not item.distribution.loose]
    letters = []
    for vessel in report.vessels:
        course = vessel.course_px
        if len(course) > 1:
            strokes.append(Stroke("course", path(course), css_colour(ARTERY)))
        letters.append((result.letters.vessels[vessel.number], *to_xy(course[len(course) // 2])))
    for cluster in shown:
        colour = css_colour(APPEARANCES[cluster.distribution.label].colour)
        strokes.append(Stroke("hull", f"{path(cluster.hull_px)}Z", colour))
        corners = [to_xy(corner) for corner in cluster.hull_px]
        x, y = (sum(values) / len(corners) for values in zip(*corners, strict=True))
        letters.append((result.letters.clusters[cluster.number], x, y))
    nipple = breast.nipple
    if nipple is not None:
        x, y = to_xy((nipple.row_px, nipple.column_px))
        cross = f"M{x - _NIPPLE:.0f} {y:.0f}h{2 * _NIPPLE:g}M{x:.0f} {y - _NIPPLE:.0f}v{2 * _NIPPLE:g}"
        strokes.append(Stroke("nipple", cross))
    box = (-_MARGIN, -_MARGIN, width * scale + 2 * _MARGIN, height * scale + 2 * _MARGIN)
    return BreastMap(
        " ".join(f"{value:.0f}" for value in box),
        tuple(strokes),
        tuple((letter, f"{x:.0f}", f"{y:.0f}") for letter, x, y in letters),
        _spoken(shown, result),
    )


def _spoken(clusters: Sequence[Cluster], result: Result) -> str:
    letters = result.letters
    named = ", ".join(f"{letters.clusters[item.number]} {name_of(item.distribution.label)}" for item in clusters)
    vessels = ", ".join(letters.vessels[vessel.number] for vessel in result.report.vessels)
    arteries = f"; arteries: {vessels}" if vessels else ""
    return f"Map of the breast; clusters: {named or 'none'}{arteries}"
