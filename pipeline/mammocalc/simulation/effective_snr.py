"""Effective signal-to-noise ratio of a calcification, where tissue texture counts as noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import fft, signal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from mammocalc.simulation.grids import Box

_WINDOWS_MM: Final = (9.6, 4.8, 2.4)
"""Sides of the squares in which the spectrum is measured. The widest is several times as wide as a calcification; the
others are for breasts, or parts of them, in which too few of these fit."""
_FEWEST: Final = 6
"""A spectrum needs so many squares: each ring of frequencies is then a mean over hundreds of values."""
_MOST: Final = 150
"""More squares than these, evenly thinned out, change nothing."""

_NO_NOISE: Final = 1e-7
"""A spread below this share of the largest value is rounding of the arithmetic."""


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """
    The noise power of an image, texture included, the same in all directions.

    Attributes
    ----------
    per_mm : ndarray of float64, shape (k,)
        Spatial frequencies, rising from that of the squares it was measured in.
    power : ndarray of float64, shape (k,)
        In squared values times mm2: white noise has that of one pixel times
        the pixel's area, everywhere.
    pixel_mm : float
        Side of the image's pixels.
    """

    per_mm: NDArray[np.float64]
    power: NDArray[np.float64]
    pixel_mm: float

    def ratio(self, change: NDArray[np.floating]) -> float:
        """
        Give the signal-to-noise ratio of the prewhitening observer of a known change of the image.

        Parameters
        ----------
        change : ndarray, shape (n, m)
            Difference of the images with and without, in values, without noise.

        Returns
        -------
        float
            The root of the sum, over spatial frequencies, of the signal's
            power over the noise's. What is slower than the squares that the
            spectrum was measured in does not count.
        """
        side = fft.next_fast_len(max(*change.shape, math.ceil(1 / (self.per_mm[0] * self.pixel_mm))), real=True)
        energy = np.abs(fft.rfft2(np.asarray(change, dtype=np.float64), s=(side, side))) ** 2
        per_mm = np.hypot(fft.fftfreq(side)[:, None], fft.rfftfreq(side)[None, :]) / self.pixel_mm
        noise = np.exp(np.interp(np.log(np.maximum(per_mm, 1e-9)), np.log(self.per_mm), np.log(self.power)))
        ratio = np.where(per_mm >= 0.99 * self.per_mm[0], energy / noise, 0.0)
        ratio[:, 1 : (side + 1) // 2] *= 2  # rfft2 leaves their mirror images out
        return float(self.pixel_mm / side * math.sqrt(ratio.sum()))


def measure_spectrum(image: NDArray[np.floating], is_inside: NDArray[np.bool_], pixel_mm: float) -> Spectrum | None:
    """
    Measure the noise power of an image, its texture counted as noise.

    Squares that overlap by half are laid over what is inside; of each the plane is
    taken out, and its periodogram (Hann window) is averaged over rings of equal
    frequency. The spectrum is the median over the squares, so that a few that
    hold something else do not count.

    Parameters
    ----------
    image : ndarray, shape (rows, columns)
        In values in which a calcification adds: the logarithm of exposure, or stored values.
    is_inside : ndarray of bool, shape (rows, columns)
        Where there is breast and nothing else.
    pixel_mm : float

    Returns
    -------
    Spectrum or None
        None where even the smallest squares hardly fit, or the image has no noise.

    Examples
    --------
    >>> noise = np.random.default_rng(1).normal(0, 2, (400, 400))
    >>> spectrum = measure_spectrum(noise, np.ones(noise.shape, bool), 0.1)
    >>> speck = np.array([[1.0, 3.0], [3.0, 5.0]])
    >>> round(spectrum.ratio(speck)), round(float(np.sqrt((speck**2).sum()) / 2))
    (3, 3)
    """
    for window_mm in _WINDOWS_MM:
        side = round(window_mm / pixel_mm)
        places = _places(is_inside, side)
        if len(places) >= _FEWEST:
            break
    else:
        return None
    places = places[:: math.ceil(len(places) / _MOST)]
    window = np.outer(*[signal.windows.hann(side, sym=False)] * 2)
    ring = np.rint(np.hypot(fft.fftfreq(side)[:, None], fft.rfftfreq(side)[None, :]) * side).astype(np.int_)
    wanted = slice(1, side // 2)
    members = np.bincount(ring.ravel())[wanted]
    ramp = np.linspace(-1, 1, side)
    ramp /= math.sqrt(ramp @ ramp)
    squares = sliding_window_view(image, (side, side))
    rings = []
    for row, column in places.tolist():
        flat = squares[row, column].astype(np.float64)
        flat -= flat.mean() + (ramp @ flat.mean(axis=1)) * ramp[:, None] + (ramp @ flat.mean(axis=0)) * ramp
        power = np.abs(fft.rfft2(flat * window)) ** 2
        rings.append(np.bincount(ring.ravel(), power.ravel())[wanted] / members)
    power = np.median(rings, axis=0) * pixel_mm**2 / np.square(window).sum()
    per_mm = np.arange(1, side // 2) / (side * pixel_mm)
    if power.max() <= (_NO_NOISE * float(np.abs(image).max()) * pixel_mm) ** 2:
        return None
    return Spectrum(per_mm, np.maximum(power, 1e-12 * power.max()), pixel_mm)


def effective_snrs(
    image: NDArray[np.floating],
    changes: Iterable[tuple[Box, NDArray[np.floating]]],
    is_inside: NDArray[np.bool_],
    pixel_mm: float,
) -> tuple[float | None, ...]:
    """
    Give the effective ratio of each calcification in a simulated image.

    Parameters
    ----------
    image : ndarray, shape (rows, columns)
        With its noise and all calcifications; not changed.
    changes : iterable of (box, ndarray)
        What each of them changed, and where; all within the image. The spectrum is that of the image without.
    is_inside : ndarray of bool, shape (rows, columns)
    pixel_mm : float

    Returns
    -------
    tuple of float or None
        None where no spectrum could be measured.
    """
    changes = list(changes)
    if not changes:
        return ()
    without = np.array(image, dtype=np.float32)
    for box, change in changes:
        without[box] -= change
    spectrum = measure_spectrum(without, is_inside, pixel_mm)
    return tuple(None if spectrum is None else spectrum.ratio(change) for _, change in changes)


def _places(is_inside: NDArray[np.bool_], side: int) -> NDArray[np.int_]:
    """Give the corners (row, column) of squares that lie inside, half a side apart; shape (n, 2)."""
    sums = cv2.integral(is_inside.astype(np.uint8))
    step = max(side // 2, 1)
    top, left = (np.arange(0, length - side + 1, step) for length in is_inside.shape)
    full = sums[np.ix_(top + side, left + side)] - sums[np.ix_(top, left + side)]
    full += sums[np.ix_(top, left)] - sums[np.ix_(top + side, left)]
    rows, columns = np.nonzero(full == side**2)
    return np.stack([top[rows], left[columns]], axis=1)
