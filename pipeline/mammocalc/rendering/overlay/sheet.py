"""The text above and below the picture: the finding in words, the legend and the notice."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mammocalc.rendering.overlay.marks import Mark, draw_marks, draw_outline, draw_symbol
from mammocalc.rendering.overlay.picture import plain
from mammocalc.rendering.overlay.shares import draw_shares
from mammocalc.rendering.overlay.text import draw_text, line_height, shortened, text_width, wrapped
from mammocalc.rendering.palette import APPEARANCES, ARTERY, DIM, LINE, PANEL, SINGLE, TEXT
from mammocalc.rendering.wording import called, name_of, say_counts, say_presence
from mammocalc.vocabulary.lexicon import DESCRIPTORS, SHORT_NOTICE, CalcificationSize, Distribution, Flag

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.model import Report

_REASON_LINES: Final = 2
_Entry = CalcificationSize | Flag | Distribution
_UID_TAIL: Final = 24
_BENIGN: Final = Distribution.TYPICALLY_BENIGN
"""Its key in the legend is a mark, for that is what has its colour."""


def header_height(report: Report, width: int, em: int) -> int:
    """Height of what `draw_header` needs."""
    lines = 1 + bool(report.distribution.probabilities) + len(_reasons(report, width, em))
    return em + line_height(_large(em)) + line_height(_small(em)) * lines


def draw_header(panel: NDArray[np.uint8], report: Report, em: int) -> None:
    """Write the distribution, counts, presence, identity, doubts, probabilities and reasons; fills the panel."""
    height, width = panel.shape[:2]
    panel[:] = plain(height, width, PANEL)
    large, small = _large(em), _small(em)
    y = em // 2
    appearance = APPEARANCES[report.distribution.label]
    draw_symbol(panel, appearance, em + 0.4 * large, y + line_height(large) / 2, 0.36 * large)
    presence = say_presence(report.presence_level)
    right = width - em - text_width(presence, large)
    draw_text(panel, presence, right, y, large, TEXT)
    x = em + round(1.2 * large)
    headline = called(report.distribution.label, report.distribution.between)
    x = draw_text(panel, shortened(headline, large, right - x - em), x, y, large, TEXT) + em
    aside = y + line_height(large) - line_height(em) - (large - em) // 5
    draw_text(panel, shortened(say_counts(report.counts), em, max(right - x - em, 0)), x, aside, em, DIM)
    y += line_height(large)
    draw_text(panel, shortened(_particulars(report), small, width - 2 * em), em, y, small, DIM)
    if report.distribution.probabilities:
        y += line_height(small)
        draw_shares(panel, report.distribution, em, y, small, width - 2 * em)
    for line in _reasons(report, width, em):
        y += line_height(small)
        draw_text(panel, line, em, y, small, TEXT)


@functools.lru_cache(maxsize=4)  # it is the same on all overlays of a size
def footer(width: int, em: int) -> NDArray[np.uint8]:
    """Draw the legend and the notice, shape (height, width, 3); not to be written to."""
    size, rows = _small(em), _legend_rows(width, em)
    panel = plain(em + line_height(size) * (len(rows) + 1), width, PANEL)
    y = em // 2
    for row in rows:
        x = em
        for entry in row:
            _draw_key(panel, entry, x, y + line_height(size) / 2, size)
            draw_text(panel, str(name_of(entry)), x + _key_width(entry, size), y, size, TEXT)
            x += _entry_width(entry, size)
        y += line_height(size)
    draw_text(panel, SHORT_NOTICE, em, y, size, TEXT)
    cv2.line(panel, (0, 0), (width, 0), LINE, 1)
    panel.setflags(write=False)
    return panel


def _large(em: int) -> int:
    return round(1.5 * em)


def _small(em: int) -> int:
    return round(0.85 * em)


def _particulars(report: Report) -> str:
    spacing = report.spacing
    source = name_of(str(report.spacing_source))
    parts = [
        f"image …{report.identity.sop_instance_uid[-_UID_TAIL:]}",
        *([report.identity.frame_in_words] if report.identity.frame_in_words else []),
        "no pixel spacing" if spacing is None else f"{spacing.mean_mm:.3f} mm a pixel ({source})",
    ]
    if report.flags:
        parts.append("flags: " + ", ".join(sorted(name_of(str(flag)) for flag in report.flags)))
    return "  ·  ".join(parts)


def _reasons(report: Report, width: int, em: int) -> list[str]:
    text = "; ".join(reason.rstrip(".") for reason in report.distribution.reasons)
    return wrapped(text, _small(em), width - 2 * em, _REASON_LINES)


def _entries() -> list[_Entry]:
    marks: list[_Entry] = [CalcificationSize.MICRO, CalcificationSize.MACRO, Flag.VASCULAR, _BENIGN]
    return [*marks, *DESCRIPTORS, Distribution.INDETERMINATE]


def _legend_rows(width: int, em: int) -> list[list[_Entry]]:
    size = _small(em)
    rows: list[list[_Entry]] = [[]]
    used = em
    for entry in _entries():
        needed = _entry_width(entry, size)
        if rows[-1] and used + needed > width:
            rows.append([])
            used = em
        rows[-1].append(entry)
        used += needed
    return rows


def _key_width(entry: _Entry, size: int) -> int:
    return round((1.5 if _is_mark(entry) else 3.5) * size)


def _is_mark(entry: _Entry) -> bool:
    return entry is _BENIGN or not isinstance(entry, Distribution)


def _entry_width(entry: _Entry, size: int) -> int:
    return _key_width(entry, size) + text_width(name_of(entry), size) + round(0.95 * size)


def _draw_key(panel: NDArray[np.uint8], entry: _Entry, x: int, y: float, size: int) -> None:
    if not isinstance(entry, Distribution) or entry is _BENIGN:
        is_vascular, is_square = entry is Flag.VASCULAR, entry is CalcificationSize.MACRO
        colour = APPEARANCES[_BENIGN].colour if entry is _BENIGN else ARTERY if is_vascular else SINGLE
        mark = Mark(x + 0.5 * size, y, 0.36 * size, is_square, colour, is_diamond=is_vascular)
        draw_marks(panel, [mark], max(size / 14, 1.2))
        return
    appearance = APPEARANCES[entry]
    draw_symbol(panel, appearance, x + 0.4 * size, y, 0.34 * size)
    line = np.array([[x + 1.2 * size, y], [x + 3.1 * size, y]])
    draw_outline(panel, line, appearance, max(round(size / 10), 1), closed=False)
