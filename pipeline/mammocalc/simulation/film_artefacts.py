"""Artefacts of film: dust, hairs, scratches, and the light beside the sheet."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.film import Response
    from mammocalc.simulation.film_recipe import Film

_CELL_MM = 0.01
"""Dust is drawn in cells of this size, and averaged over the pixels."""
_HAIR_SHARE = 0.1
_HAIR_LENGTH_MM, _HAIR_WIDTH_MM = (0.4, 2.5), (0.03, 0.08)
_EDGE_SHARE, _EDGE_DEPTH_MM = 0.4, 12.0
"""Share of the dust that gathers along the borders, and the mean of its distance to them."""
_APART_MM, _TRIES = 6.0, 20
"""Dust is scattered: pieces keep this distance, as far as a few tries find room."""
_OPACITY = (0.25, 1.4)
"""How much of the light dust keeps away; above 1, which a third is, all of it."""
_SCRATCH_WIDTH_MM, _SCRATCH_OPACITY = (0.03, 0.12), (0.08, 0.6)
_ROLLERS_SHARE = 0.7
"""Share of the scratches that lie within two degrees of the columns, along which rollers draw the film."""
_DARK_DENSITY = 0.8
"""Optical density that dust on the scanner's glass adds, and a pressed line."""


@dataclass(frozen=True, slots=True, eq=False)
class Blemishes:
    """Positions of a film's artefacts in (y, x) mm: dust of shape (n, 2), both ends of scratches (n, 2, 2)."""

    dust_mm: NDArray[np.float64]
    scratches_mm: NDArray[np.float64]


def soil(
    density: NDArray[np.float32], film: Film, response: Response, pixel_mm: float, rng: np.random.Generator
) -> Blemishes:
    """
    Put dust, scratches and the edge of the light box onto a film.

    The screen's blur and the grain are past, so what is drawn here is as
    sharp as the scanner allows.

    Parameters
    ----------
    density : ndarray of float32, shape (rows, columns)
        Optical density; changed in place.
    film : Film
        How much of each.
    response : Response
        What clear film is.
    pixel_mm : float
    rng : Generator
    """
    size = density.shape[0] * pixel_mm, density.shape[1] * pixel_mm
    scratches = [_scratch(density, response, size, pixel_mm, rng) for _ in range(film.scratches)]
    dust: list[tuple[float, float]] = []
    for _ in range(film.dust):
        place = _place(size, dust, rng)
        is_dark = bool(rng.random() < film.dark_dust_share)
        coverage, row, column = _piece(place, film.dust_diameter_mm, pixel_mm, rng)
        _cover(density, coverage * np.clip(rng.uniform(*_OPACITY), 0, 1), row, column, response, is_dark=is_dark)
        dust.append(place)
    if film.scanner_edge_mm > 0:
        _light_the_border(density, film.scanner_edge_mm, pixel_mm, rng)
    return Blemishes(np.array(dust).reshape(-1, 2), np.array(scratches).reshape(-1, 2, 2))


def _place(
    size: tuple[float, float], others: list[tuple[float, float]], rng: np.random.Generator
) -> tuple[float, float]:
    """Draw a place, denser near the borders and away from the others."""
    place = 0.0, 0.0
    for _ in range(_TRIES):
        y, x = (float(rng.uniform(0, length)) for length in size)
        if rng.random() < _EDGE_SHARE:
            depth, border = float(rng.exponential(_EDGE_DEPTH_MM)), int(rng.integers(4))
            if border < 2:
                y = min(depth, size[0]) if border == 0 else max(size[0] - depth, 0.0)
            else:
                x = min(depth, size[1]) if border == 2 else max(size[1] - depth, 0.0)
        place = y, x
        if all(math.dist(place, other) >= _APART_MM for other in others):
            break
    return place


def _piece(
    place: tuple[float, float], diameters: tuple[float, float], pixel_mm: float, rng: np.random.Generator
) -> tuple[NDArray[np.float64], int, int]:
    """Give the share of each pixel that a piece of dust covers, and the first row and column of these pixels."""
    angle = float(rng.uniform(0, math.pi))
    if rng.random() < _HAIR_SHARE:
        half_length, half_width = (float(rng.uniform(*ends)) / 2 for ends in (_HAIR_LENGTH_MM, _HAIR_WIDTH_MM))
        bend = float(rng.uniform(-0.6, 0.6)) / half_length
    else:
        diameter = diameters[0] * (diameters[1] / diameters[0]) ** float(rng.uniform())
        stretch = math.sqrt(float(rng.uniform(1.0, 1.8)))
        half_length, half_width, bend = diameter / 2 * stretch, diameter / 2 / stretch, 0.0
    reach = half_length * (1 + abs(bend) * half_length) + half_width
    first = [math.floor((centre - reach) / pixel_mm) for centre in place]
    count = [math.floor((centre + reach) / pixel_mm) - low + 1 for centre, low in zip(place, first, strict=True)]
    cells = max(2, round(pixel_mm / _CELL_MM))
    y, x = (
        (low + (np.arange(n * cells) + 0.5) / cells) * pixel_mm - centre
        for low, n, centre in zip(first, count, place, strict=True)
    )
    along = math.cos(angle) * x[None, :] + math.sin(angle) * y[:, None]
    across = math.cos(angle) * y[:, None] - math.sin(angle) * x[None, :] - bend * along**2
    inside = (along / half_length) ** 2 + (across / half_width) ** 2 <= 1
    if bend:  # a hair is as wide at its ends as in its middle
        inside = (np.abs(along) <= half_length) & (np.abs(across) <= half_width)
    return inside.reshape(count[0], cells, count[1], cells).mean(axis=(1, 3)), first[0], first[1]


def _cover(
    density: NDArray[np.float32],
    coverage: NDArray[np.float64],
    row: int,
    column: int,
    response: Response,
    *,
    is_dark: bool,
) -> None:
    """Clear or blacken part of a film in place; what lies outside of it is left out."""
    top, left = max(row, 0), max(column, 0)
    part = density[top : row + coverage.shape[0], left : column + coverage.shape[1]]
    share = coverage[top - row :, left - column :][: part.shape[0], : part.shape[1]].astype(np.float32)
    part += share * (np.float32(_DARK_DENSITY) if is_dark else np.minimum(np.float32(response.fog) - part, 0))


def _scratch(
    density: NDArray[np.float32],
    response: Response,
    size: tuple[float, float],
    pixel_mm: float,
    rng: np.random.Generator,
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Draw a scratch; both ends of what lies on the film."""
    is_dark = bool(rng.random() < 0.3)
    width = float(rng.uniform(*_SCRATCH_WIDTH_MM))
    opacity = float(rng.uniform(*_SCRATCH_OPACITY))
    middle = [float(rng.uniform(0, length)) for length in size]
    length = float(rng.uniform(0.1, 1.5)) * size[0]
    lean = float(rng.normal(0, math.radians(1)) if rng.random() < _ROLLERS_SHARE else rng.uniform(0, math.pi))
    step = math.cos(lean), math.sin(lean)
    ends = []
    for sign in (-1, 1):
        # As far as the film goes, along the line.
        room = [
            ((edge if sign * d > 0 else 0.0) - m) / (sign * d) if abs(d) > 1e-9 else math.inf
            for m, d, edge in zip(middle, step, size, strict=True)
        ]
        reach = min(length / 2, *room)
        ends.append((middle[0] + sign * reach * step[0], middle[1] + sign * reach * step[1]))
    rows, columns = (
        slice(max(math.floor(min(pair) / pixel_mm) - 1, 0), math.ceil(max(pair) / pixel_mm) + 1)
        for pair in zip(*ends, strict=True)
    )
    part = density[rows, columns]
    y = (np.arange(part.shape[0]) + rows.start + 0.5) * pixel_mm - middle[0]
    x = (np.arange(part.shape[1]) + columns.start + 0.5) * pixel_mm - middle[1]
    away = np.abs(step[0] * x[None, :] - step[1] * y[:, None])
    share = np.clip(((width + pixel_mm) / 2 - away) / pixel_mm, 0, min(width / pixel_mm, 1))
    _cover(density, share * opacity, rows.start, columns.start, response, is_dark=is_dark)
    return ends[0], ends[1]


def _light_the_border(
    density: NDArray[np.float32], largest_mm: float, pixel_mm: float, rng: np.random.Generator
) -> None:
    """Let the bare light box shine beside the film in place: top, bottom, and opposite the chest wall."""
    rows, columns = density.shape
    for edge, length in ((density, columns), (density[::-1], columns), (density.T[::-1], rows)):
        start, stop = rng.uniform(0, largest_mm, 2)
        width = np.linspace(start, start + 0.3 * (stop - start), length)
        depth = (np.arange(math.ceil(largest_mm / pixel_mm) + 1) + 0.5) * pixel_mm
        lit = np.clip((width[None, :] - depth[:, None]) / pixel_mm + 0.5, 0, 1).astype(np.float32)
        edge[: len(depth)] *= 1 - lit[: len(edge)]
