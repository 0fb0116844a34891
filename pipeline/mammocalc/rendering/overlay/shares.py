"""The five probabilities of a distribution in one line: symbol, name, small bar and number of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2

from mammocalc.rendering.overlay.marks import draw_symbol
from mammocalc.rendering.overlay.text import draw_text, line_height, text_width
from mammocalc.rendering.palette import APPEARANCES, DIM, LINE, TEXT
from mammocalc.rendering.wording import name_of, percent
from mammocalc.results.rounding import summing_to_one
from mammocalc.vocabulary.lexicon import DESCRIPTORS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mammocalc.model import DistributionCall


def draw_shares(panel: NDArray[np.uint8], call: DistributionCall, x: int, y: int, size: int, width: int) -> None:
    """
    Draw the probabilities in the order of the descriptors; nothing where the call has none.

    Parameters
    ----------
    panel : ndarray of uint8, shape (height, width, 3)
        RGB; written to.
    call : DistributionCall
        Of an image.
    x, y : int
        Left and top of the line in pixels.
    size : int
        Size of the type in pixels.
    width : int
        Room in pixels; where it is narrow the names, which the legend holds as well, are left out.
    """
    if not call.probabilities:
        return
    each = width // len(DESCRIPTORS)
    bar, number = 4 * size, text_width("> 99 %", size)
    longest = max(text_width(name_of(label), size) for label in DESCRIPTORS)
    has_names = round(1.3 * size) + longest + bar + number + 2 * size <= each
    middle = y + line_height(size) / 2
    top, bottom = round(middle - 0.22 * size), round(middle + 0.22 * size)
    shares = summing_to_one(call.probabilities)  # as the result says them
    for place, label in enumerate(DESCRIPTORS):
        share, appearance = shares[label], APPEARANCES[label]
        is_candidate = label in (call.between or (call.label,))
        colour = TEXT if is_candidate else DIM
        left = x + place * each
        draw_symbol(panel, appearance, left + 0.4 * size, middle, 0.34 * size)
        left += round(1.3 * size)
        if has_names:
            left = draw_text(panel, name_of(label), left, y, size, colour) + size // 2
        cv2.rectangle(panel, (left, top), (left + bar - 1, bottom), LINE, thickness=-1)
        filled = round(bar * share)
        if filled:
            cv2.rectangle(panel, (left, top), (left + filled - 1, bottom), appearance.colour, thickness=-1)
        draw_text(panel, percent(share), left + bar + size // 2, y, size, colour)
