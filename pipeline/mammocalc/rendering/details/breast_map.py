"""A small map of the breast: its outline, nipple and pectoral muscle, and where clusters and arteries lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mammocalc.rendering.details.markup import Html, element
from mammocalc.rendering.palette import APPEARANCES, ARTERY, css_colour, name_of
from mammocalc.vocabulary.lexicon import Distribution

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SIDE: Final = 200.0  # units of the longer side
_MARGIN: Final = 10.0
_NIPPLE: Final = 5.0


def draw_map(document: Mapping[str, Any]) -> Html:
    """
    Draw where everything lies, as it lies in the stored image.

    Parameters
    ----------
    document : mapping
        A result.

    Returns
    -------
    Html
        An SVG; nothing where the breast has no outline.
    """
    outline = document["breast"]["outline"]
    if not outline:
        return Html()
    row_mm, column_mm = document["image"]["pixel_spacing_mm"] or (1.0, 1.0)
    rows, columns = [point[0] for point in outline], [point[1] for point in outline]
    top, left = min(rows), min(columns)
    height, width = (max(rows) - top) * row_mm, (max(columns) - left) * column_mm
    scale = _SIDE / max(height, width, 1e-6)

    def to_xy(point: list[float]) -> tuple[float, float]:
        return (point[1] - left) * column_mm * scale, (point[0] - top) * row_mm * scale

    def path(points: Iterable[list[float]]) -> str:
        return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in map(to_xy, points))

    parts = [element("path", d=f"{path(outline)}Z", class_="breast")]
    if document["breast"]["pectoral"]:
        parts.append(element("path", d=path(document["breast"]["pectoral"]), class_="pectoral"))
    dots = "".join(f"{path([[item['row'], item['column']]])}h0" for item in document["calcifications"])
    if dots:
        parts.append(element("path", d=dots, class_="dots"))
    letters = []
    for vessel in document["vessels"]:
        course = vessel["course"]
        if len(course) > 1:
            parts.append(element("path", d=path(course), class_="course", stroke=css_colour(ARTERY)))
        x, y = to_xy(course[len(course) // 2])
        letters.append(element("text", vessel["letter"], x=f"{x:.0f}", y=f"{y:.0f}"))
    for cluster in _shown(document):
        colour = css_colour(APPEARANCES[Distribution(cluster["distribution"]["label"])].colour)
        parts.append(element("path", d=f"{path(cluster['hull'])}Z", class_="hull", stroke=colour, fill=colour))
        corners = [to_xy(corner) for corner in cluster["hull"]]
        x, y = (sum(values) / len(corners) for values in zip(*corners, strict=True))
        letters.append(element("text", cluster["letter"], x=f"{x:.0f}", y=f"{y:.0f}"))
    nipple = document["breast"]["nipple"]
    if nipple is not None:
        x, y = to_xy([nipple["row"], nipple["column"]])
        cross = f"M{x - _NIPPLE:.0f} {y:.0f}h{2 * _NIPPLE:g}M{x:.0f} {y - _NIPPLE:.0f}v{2 * _NIPPLE:g}"
        parts.append(element("path", d=cross, class_="nipple"))
    box = (-_MARGIN, -_MARGIN, width * scale + 2 * _MARGIN, height * scale + 2 * _MARGIN)
    return element(
        "svg",
        *parts,
        *letters,
        viewBox=" ".join(f"{value:.0f}" for value in box),
        class_="map",
        role="img",
        aria_label=_spoken(document),
    )


def _shown(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [item for item in document["clusters"] if not item["loose"]]


def _spoken(document: Mapping[str, Any]) -> str:
    clusters = [f"{item['letter']} {name_of(item['distribution']['label'])}" for item in _shown(document)]
    vessels = [item["letter"] for item in document["vessels"]]
    arteries = f"; arteries: {', '.join(vessels)}" if vessels else ""
    return f"Map of the breast; clusters: {', '.join(clusters) or 'none'}{arteries}"
