"""The target image of an insertion: the meaning of its codes, its local noise, and its changes."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mammocalc.simulation.effective_snr import Spectrum, measure_spectrum
from mammocalc.simulation.grids import blur
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.lexicon import Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.model import StoredPixels
    from mammocalc.simulation.grids import Box


_DETAIL_SIGMA_MM: Final = 0.3
"""What a Gaussian of this width leaves behind counts as noise: about the size of the largest microcalcifications, so
that the slow part of the tissue does not count and the part that can hide one does."""
_WINDOW_MM: Final = 2.5
"""Half the side of the square in which the noise is measured: some thousand pixels, and one kind of tissue."""
_LEVEL_MM: Final = 1.0
"""Half the side of the square whose median is the grey level of a place."""
_ROUNDING: Final = 1 / math.sqrt(12)
"""Standard deviation that rounding to whole codes brings by itself; no image has less noise."""
_SAMPLES: Final = 20_000
"""Pixels among which the density of a place is ranked."""


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """
    The surroundings of one place of an image.

    Attributes
    ----------
    level : float
        Median value; exposure where the image is linear in it.
    sigma : float
        Noise of one pixel after the low frequencies were taken out, in values.
    grey : float
        Values to one stored grey level.
    density : float
        Share of the allowed places that are less dense, 0 to 1.
    detail : ndarray of float32
        What is left of the image around when its low frequencies are taken out.
    is_allowed : ndarray of bool, shape of ``detail``
    """

    level: float
    sigma: float
    grey: float
    density: float
    detail: NDArray[np.float32]
    is_allowed: NDArray[np.bool_]


class Canvas:
    """
    An image whose codes can be changed at permitted pixels.

    Parameters
    ----------
    pixels : StoredPixels
        The image and the meaning of its codes.
    allowed : ndarray of bool, shape (rows, columns)
        Where it may be changed.
    pixel_mm : float
    quanta_per_mm2 : float
        What the noise of images that are not linear in exposure stands for.

    Attributes
    ----------
    codes : ndarray of uint16, shape (rows, columns)
        A copy; `draw` changes it.

    Raises
    ------
    ImageUnreadableError
        ``unsupported_pixels`` where two codes have one value, so that the way
        back from values to codes is not known.
    """

    def __init__(
        self, pixels: StoredPixels, allowed: NDArray[np.bool_], pixel_mm: float, quanta_per_mm2: float
    ) -> None:
        table = np.asarray(pixels.modality_values, dtype=np.float64)
        if pixels.is_exposure and pixels.denser_is_larger:  # stored upside down: exposure falls with the value
            table = table.max() - table
        steps = np.diff(table)
        if not (np.all(steps > 0) or np.all(steps < 0)):
            message = "Several stored values mean the same, so nothing can be put into the image. Use another export."
            raise ImageUnreadableError(Reason.UNSUPPORTED_PIXELS, message)
        usable = np.flatnonzero(~pixels.is_padding)
        if usable.size == 0:
            message = "Every stored value is declared as padding, so nothing can be put into the image."
            raise ImageUnreadableError(Reason.NO_BREAST, message)
        self.codes = pixels.codes.copy()
        self.allowed = allowed
        self._source = pixels.codes
        self._table = table
        self._is_padding = pixels.is_padding
        self._codes_used = int(usable[0]), int(usable[-1])
        order = np.argsort(table)
        self._rising = table[order], order.astype(np.float64)
        self._is_exposure = pixels.is_exposure
        self._sign = 1.0 if pixels.denser_is_larger else -1.0
        ends = table[[*self._codes_used]]
        self._densest = float(ends.max() if self._sign > 0 else ends.min())
        self._pixel_mm = pixel_mm
        self._quanta = quanta_per_mm2 * pixel_mm**2
        self._detail_px = _DETAIL_SIGMA_MM / pixel_mm
        self._white = float(np.sqrt(np.square(self._detail(_spike(self._detail_px))).sum(dtype=np.float64)))
        self._places = np.flatnonzero(allowed)
        stride = max(1, self._places.size // _SAMPLES)
        self._ranked = np.sort(table[self._source.ravel()[self._places[::stride]]])

    def draw_place(self, rng: np.random.Generator) -> tuple[float, float]:
        """Draw a place (row, column) evenly from what is allowed, anywhere within its pixel."""
        chosen = int(self._places[rng.integers(self._places.size)])
        row, column = divmod(chosen, self.allowed.shape[1])
        return row + float(rng.uniform(-0.5, 0.5)), column + float(rng.uniform(-0.5, 0.5))

    @property
    def has_room(self) -> bool:
        """Whether anything is allowed at all."""
        return self._places.size > 0

    def surroundings(self, row_px: float, column_px: float) -> Surroundings:
        """
        Measure the image around a place, as it was before anything was put into it.

        The noise is what is left of the image after a Gaussian of 0.3 mm: its
        median absolute deviation within 2.5 mm, as the standard deviation of
        white noise that would leave as much. Texture finer than 0.3 mm counts
        as noise, and neighbouring pixels are taken as independent.
        """
        near = self._box(row_px, column_px, _LEVEL_MM)
        codes = self._source[near][self.allowed[near]]
        code = float(np.median(codes))
        low = min(int(code), self._table.size - 2)
        wide = self._box(row_px, column_px, _WINDOW_MM)
        window = self._table[self._source[wide]].astype(np.float32)
        detail, inside = self._detail(window - window.mean()), self.allowed[wide]
        grey = abs(float(self._table[low + 1] - self._table[low]))
        level = float(np.interp(code, np.arange(self._table.size), self._table))
        rank = float(np.searchsorted(self._ranked, level)) / max(self._ranked.size, 1)
        return Surroundings(
            level=level,
            sigma=max(_spread(detail[inside]) / self._white, _ROUNDING * grey),
            grey=grey,
            density=1 - rank if self._is_exposure or self._sign < 0 else rank,
            detail=detail,
            is_allowed=inside,
        )

    def contrast(
        self, attenuation: NDArray[np.float32], around: Surroundings, values: NDArray[np.float64] | float | None = None
    ) -> NDArray[np.float64]:
        """
        Give the change of the values that an attenuation makes.

        In images that are linear in exposure it multiplies exposure. In others
        it adds, at the rate at which quantum noise became the noise of the
        place; that slackens towards the end of the grey scale, as the
        shoulder of a processing curve does, so that nothing is cut off.

        Parameters
        ----------
        attenuation : ndarray of float32
            Line integrals.
        around : Surroundings
        values : ndarray of float64, or float, optional
            What is to be changed; the level of the place where it is left out.

        Returns
        -------
        ndarray of float64, shape of ``attenuation``
        """
        base = around.level if values is None else values
        if self._is_exposure:
            return np.asarray(base * np.expm1(-attenuation.astype(np.float64)))
        gain = around.sigma * math.sqrt(self._quanta)
        room = np.maximum(np.abs(self._densest - base), 1e-9 * around.grey)
        return np.asarray(-self._sign * room * np.expm1(-gain * attenuation.astype(np.float64) / room))

    def matched_filter_snr(self, contrast: NDArray[np.float64], around: Surroundings) -> float:
        """
        Give the signal-to-noise ratio of a matched filter in these very surroundings.

        The low frequencies are taken out of signal and image. What the filter
        makes of the signal is compared to the spread (by the median absolute
        deviation) of what it makes of the image within 2.5 mm, so that both the
        correlation of the noise and texture that looks like a calcification
        count as they are. In white noise it is the ideal filter.
        """
        margin = math.ceil(4 * self._detail_px)
        template = self._detail(np.pad(contrast, margin).astype(np.float32))
        energy = float(np.square(template, dtype=np.float64).sum())
        answer = np.asarray(
            cv2.filter2D(around.detail, cv2.CV_32F, template, borderType=cv2.BORDER_REFLECT), np.float32
        )
        return energy / max(_spread(answer[around.is_allowed]), _ROUNDING * around.grey * math.sqrt(energy))

    def effective_snr(self, attenuation: NDArray[np.float32], around: Surroundings) -> float | None:
        """
        Give the ratio of an observer who knows the calcification and counts the image's texture as noise.

        The spectrum is that of the whole image, as it was before anything was
        put into it; where it is linear in exposure, of its logarithm.

        Returns
        -------
        float or None
            None where the allowed places are too narrow to measure a spectrum.
        """
        if self._spectrum is None:
            return None
        return self._spectrum.ratio(attenuation if self._is_exposure else self.contrast(attenuation, around))

    @functools.cached_property
    def _spectrum(self) -> Spectrum | None:
        values = self._table[self._source].astype(np.float32)
        if self._is_exposure:
            least = np.diff(self._rising[0]).min()
            values = np.log(np.maximum(values, np.float32(least)))
        return measure_spectrum(values, self.allowed, self._pixel_mm)

    def draw(self, attenuation: NDArray[np.float32], box: Box, around: Surroundings, rng: np.random.Generator) -> None:
        """
        Put an attenuation into the image in place.

        A stored value was some value within half a code of it before it was
        rounded; one is drawn, so that contrasts below one code are kept on
        average, and pixels without attenuation keep their code exactly.
        """
        before = self.codes[box]
        values = self._table[before]
        after = np.interp(values + self.contrast(attenuation, around, values), *self._rising)
        dithered = np.rint(after + rng.uniform(-0.4999, 0.4999, after.shape))
        changed = np.clip(dithered, *self._codes_used).astype(np.uint16)
        keep = (attenuation == 0) | self._is_padding[before] | self._is_padding[changed]
        self.codes[box] = np.where(keep, before, changed)

    def _detail(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(image - blur(np.ascontiguousarray(image), self._detail_px))

    def _box(self, row_px: float, column_px: float, half_mm: float) -> Box:
        half, (rows, columns) = math.ceil(half_mm / self._pixel_mm), self.codes.shape
        row, column = round(row_px), round(column_px)
        return (
            slice(max(row - half, 0), min(row + half + 1, rows)),
            slice(max(column - half, 0), min(column + half + 1, columns)),
        )


def _spread(values: NDArray[np.float32]) -> float:
    """Give the standard deviation that belongs to the median absolute deviation of normal values."""
    return 1.4826 * float(np.median(np.abs(values - np.median(values))))


def _spike(sigma_px: float) -> NDArray[np.float32]:
    """Give one pixel of 1 among zeros, with room for a blur."""
    half = math.ceil(4 * sigma_px) + 1
    spike = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    spike[half, half] = 1
    return spike
