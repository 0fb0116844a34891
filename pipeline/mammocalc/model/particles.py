"""Intermediate results of the search: top-hats, their noise, and particles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.model.point import Point


@dataclass(frozen=True, slots=True, eq=False)
class NoiseTable:
    """
    Standard deviation of the noise by grey level.

    Attributes
    ----------
    levels : ndarray of float64, shape (n,)
        Increasing densities.
    sigma : ndarray of float64, shape (n,)
        The noise at each of them, in units of density; always positive.
    """

    levels: NDArray[np.float64]
    sigma: NDArray[np.float64]

    def at(self, density: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the noise at some densities, interpolated between the levels."""
        return np.asarray(np.interp(density, self.levels, self.sigma), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """
    What a top-hat of one size left of the breast's box.

    Attributes
    ----------
    image : ndarray of uint16, shape (rows, columns)
        The image that was opened.
    tophat : ndarray of uint16, same shape
        ``image`` minus its background; 0 where nothing is narrow.
    noise : NoiseTable
        The noise of ``image``.
    step_px : int
        Side of one of its pixels, in pixels of the stored image.
    pixel_mm : float
        The same in millimetres.
    length_mm : float
        Particles narrower than this are left in the top-hat.
    blur_mm : float
        Standard deviation of the Gaussian blur that ``image`` has seen.
    """

    image: NDArray[np.uint16]
    tophat: NDArray[np.uint16]
    noise: NoiseTable
    step_px: int
    pixel_mm: float
    length_mm: float
    blur_mm: float

    def to_stored(self, index: NDArray[np.int_]) -> NDArray[np.float64]:
        """Give the positions of some rows or columns in pixels of the box."""
        return np.asarray(index * float(self.step_px) + (self.step_px - 1) / 2, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Particle:
    """
    A bright and compact spot, before it is classified.

    ``contrast_to_noise`` is its height above the background in standard
    deviations of the noise at its grey level; ``edge_to_noise`` the smallest of
    the steepest drops around it, likewise; ``strength_sigma`` their geometric
    mean. ``score`` (0 to 1) is 0 until the particle was classified. ``scale``
    is the index of the top-hat that found it, from fine to coarse. One that
    ``is_rod`` was found by its shape, and its strength is its mean height. A
    large body has its closed ``outline_px`` from the search, in stored pixels;
    its strength is the fall at its edge. Others have none yet.
    """

    row_px: float
    column_px: float
    scale: int
    contrast_to_noise: float
    edge_to_noise: float
    strength_sigma: float
    score: float
    is_rod: bool = False
    outline_px: tuple[Point, ...] = ()
