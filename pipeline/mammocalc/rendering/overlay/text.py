"""Crisp text on a picture, in the typeface that comes with Pillow."""

from __future__ import annotations

import math
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.rendering.palette import Colour

# The typeface holds Latin letters only; these stand for what else a sentence of ours may hold.
_SUBSTITUTES: Final = str.maketrans(
    {"–": "-", "—": "-", "−": "-", "×": "x", "≥": ">=", "≤": "<=", "²": "2", "³": "3", "µ": "u", "μ": "u", "→": "->"}
)


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        message = "Pillow was built without FreeType; install a wheel of Pillow"
        raise TypeError(message)
    return font


def printable(text: str) -> str:
    """
    Give the text in letters that the typeface has; what has no likeness becomes a question mark.

    Examples
    --------
    >>> printable("4 × 3 mm²: cão, 乳")
    '4 x 3 mm2: cão, ?'
    """
    return "".join(_letter(letter) for letter in text.translate(_SUBSTITUTES))


def _letter(letter: str) -> str:
    if letter == "·" or " " <= letter <= "~" or (letter.isalpha() and ord(letter) < 0x180):
        return letter
    plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return plain if plain.isprintable() and plain else "?"


def line_height(size: int) -> int:
    """Height of a line of text in pixels."""
    ascent, descent = _font(size).getmetrics()
    return ascent + descent


@lru_cache(maxsize=512)  # lines are measured again when they are drawn, and the legend in every image
def text_width(text: str, size: int) -> int:
    """Width of a line of text in pixels."""
    return math.ceil(_font(size).getlength(printable(text)))


def draw_text(canvas: NDArray[np.uint8], text: str, x: int, y: int, size: int, colour: Colour) -> int:
    """
    Write one line; parts outside the canvas are cut off.

    Parameters
    ----------
    canvas : ndarray of uint8, shape (height, width, 3)
        RGB; written to.
    x, y : int
        Left and top of the line in pixels.
    size : int
        Size of the type in pixels.

    Returns
    -------
    int
        x where the text ends.
    """
    width, height = text_width(text, size) + 2, line_height(size)
    stencil = Image.new("L", (width, height))
    ImageDraw.Draw(stencil).text((0, 0), printable(text), font=_font(size), fill=255)
    top, left = max(y, 0), max(x, 0)
    part = canvas[top : max(y + height, 0), left : max(x + width, 0)]
    opacity = np.asarray(stencil)[top - y :, left - x :][: part.shape[0], : part.shape[1]]
    inked = np.nonzero(opacity)
    alpha = opacity[inked][:, None].astype(np.uint16)
    part[inked] = (part[inked] * (255 - alpha) + np.array(colour, dtype=np.uint16) * alpha + 127) // 255
    return x + width - 2


def shortened(text: str, size: int, width: int) -> str:
    """Give the text, or as much of it as fits, with an ellipsis."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text.rstrip()}…" if text else ""


def wrapped(text: str, size: int, width: int, max_lines: int) -> list[str]:
    """Break a text between words into a limited number of lines; a longer text ends in an ellipsis."""
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < max_lines:
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}", size) <= width:
            line = f"{line} {words.pop(0)}"
        lines.append(line)
    if words:
        lines[-1] = f"{lines[-1]} {' '.join(words)}"
    return [shortened(line, size, width) for line in lines]
