"""The places worth a look, below each other and at full resolution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mammocalc.model import Calcification, Cluster
from mammocalc.model.letters import ranked_clusters
from mammocalc.rendering.overlay.breast_view import draw_courses, gap_of, marks_of
from mammocalc.rendering.overlay.finding_labels import look_of, say_finding
from mammocalc.rendering.overlay.insets import window_of
from mammocalc.rendering.overlay.marks import draw_marks, draw_symbol
from mammocalc.rendering.overlay.picture import close_up, plain
from mammocalc.rendering.overlay.text import draw_text, line_height, shortened, text_width
from mammocalc.rendering.palette import BACKGROUND, DIM, LINE, SINGLE, TEXT
from mammocalc.rendering.wording import say_size
from mammocalc.vocabulary.lexicon import Morphology

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Mammogram, Report
    from mammocalc.rendering.overlay.insets import Place, Window

_MARGIN_MM: Final = 2.5  # around the outermost centres
_UNCALIBRATED_MARGIN_PX: Final = 30
_WIDTH: Final = 0.28  # of the height of the picture
_FEWEST: Final = 3  # as many are always given room, so that one alone does not become a poster

_INSET_GAP_MM: Final = 0.5
"""The same in the insets, which are enlarged."""


def draw_insets(
    mammogram: Mammogram, report: Report, places: Sequence[Place], height: int, em: int
) -> tuple[NDArray[np.uint8], list[Window]]:
    """
    Draw the insets as a column.

    Parameters
    ----------
    mammogram, report : Mammogram, Report
        The image, and what was found in it.
    places : sequence of Place
        What is shown, from top to bottom.
    height, em : int
        Height of the column and size of its type in pixels.

    Returns
    -------
    column : ndarray of uint8, shape (height, width, 3)
        RGB; without places its width is 0.
    cut_off : list of Window
        What is shown of the clusters and vessels that do not fit.
    """
    if not places:
        return np.zeros((height, 0, 3), dtype=np.uint8), []
    pad = em // 2
    width = round(_WIDTH * height)
    caption = line_height(round(0.85 * em)) + pad // 2
    column = plain(height, width + 2 * pad, BACKGROUND)
    each = min((height - pad) // max(len(places), _FEWEST) - caption - pad, round(1.2 * width))
    margin = _UNCALIBRATED_MARGIN_PX if report.spacing is None else report.spacing.length_px(_MARGIN_MM)
    windows = [window_of(place, (each, width), margin) for place in places]
    shown = [item for item in report.calcifications if item.frame == mammogram.frame]
    for index, (place, window) in enumerate(zip(places, windows, strict=True)):
        top = pad + index * (caption + each + pad)
        _write_caption(column, place, window.enlargement, (pad, top, width), em)
        top += caption
        tile, placement = close_up(mammogram, report.breast, window.corner_px, (each, width), window.enlargement)
        marks = marks_of(shown, ranked_clusters(report), placement, gap_of(report, placement, _INSET_GAP_MM, height))
        kept_clear = draw_marks(tile, list(marks.values()), max(em / 18, 1.0))
        draw_courses(tile, report, marks, placement, kept_clear)
        column[top : top + each, pad : pad + width] = tile
        edge = SINGLE if isinstance(place.finding, Calcification) else look_of(place.finding).colour
        cv2.rectangle(column, (pad - 1, top - 1), (pad + width, top + each), LINE, thickness=1)
        cv2.rectangle(column, (pad - 1, top - 1), (pad + 1, top + each), edge, thickness=-1)
    return column, [window for window in windows if not window.is_whole]


def _write_caption(
    column: NDArray[np.uint8], place: Place, enlargement: int, box: tuple[int, int, int], em: int
) -> None:
    left, top, width = box
    size = round(0.85 * em)
    zoom = f"{enlargement}:1"
    room = width - text_width(zoom, size)
    draw_text(column, zoom, left + room, top, size, DIM)
    x = draw_text(column, place.key, left, top, size, TEXT) + size // 2
    finding = place.finding
    room = left + room - x - 2 * size
    if isinstance(finding, Calcification):
        parts = [*say_size(finding.size, finding.width_mm, finding.length_mm), *_kind(finding)] or ["single"]
        draw_text(column, shortened(" · ".join(parts), size, room), x, top, size, TEXT)
        return
    draw_symbol(column, look_of(finding), x + size * 0.4, top + line_height(size) / 2, size * 0.34)
    parts = [*say_finding(finding, candidates=False), *(_kind(finding) if isinstance(finding, Cluster) else [])]
    draw_text(column, shortened(" · ".join(parts), size, room), round(x + size * 1.2), top, size, TEXT)


def _kind(finding: Calcification | Cluster) -> list[str]:
    """Give the kind it looks like in words; nothing where none was assessed."""
    call = finding.morphology
    if call is None or call.label is Morphology.NOT_ASSESSABLE:
        return []
    return [call.label.value.replace("_", " ")]
