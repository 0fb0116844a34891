"""Side, view and scale bar of a picture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.rendering.overlay.finding_labels import _darken
from mammocalc.rendering.overlay.labels import Box
from mammocalc.rendering.overlay.marks import draw_outline
from mammocalc.rendering.overlay.text import draw_text, line_height, text_width
from mammocalc.rendering.palette import APPEARANCES, TEXT
from mammocalc.vocabulary.lexicon import Distribution, Laterality, View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.model import Report
    from mammocalc.rendering.overlay.picture import Placement

_SCALE_BARS_MM: Final = (1, 2, 5, 10, 20, 50)


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
