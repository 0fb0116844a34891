"""Lead letters: side and view, as seen in the corner of a mammogram."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GLYPHS = {
    "R": ("####.", "#...#", "#...#", "####.", "#.#..", "#..#.", "#...#"),
    "L": ("#....", "#....", "#....", "#....", "#....", "#....", "#####"),
    "C": (".####", "#....", "#....", "#....", "#....", "#....", ".####"),
    "M": ("#...#", "##.##", "#.#.#", "#.#.#", "#...#", "#...#", "#...#"),
    "O": (".###.", "#...#", "#...#", "#...#", "#...#", "#...#", ".###."),
    "X": ("#...#", "#...#", ".#.#.", "..#..", ".#.#.", "#...#", "#...#"),
    " ": (".....",) * 7,
}


def draw_text(text: str, dot_px: int) -> NDArray[np.bool_]:
    """
    Draw letters of five by seven dots.

    The letters are our own, because those of drawing libraries change with
    their versions.

    Parameters
    ----------
    text : str
        Of the letters R, L, C, M, O, X and blanks.
    dot_px : int
        Side of a dot in pixels, at least 1.

    Returns
    -------
    ndarray of bool, shape (7 * dot_px, 6 * len(text) * dot_px)
        True on the letters.

    Examples
    --------
    >>> int(draw_text("L", 1).sum())
    11
    """
    rows = ["".join(_GLYPHS[letter][row] + "." for letter in text) for row in range(7)]
    dots = np.array([[dot == "#" for dot in row] for row in rows])
    return np.asarray(np.kron(dots, np.ones((dot_px, dot_px), dtype=bool)), dtype=np.bool_)
