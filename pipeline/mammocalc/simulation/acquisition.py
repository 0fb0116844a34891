"""Acquisition: from attenuation to X-ray quanta, with exposure, blur, quantum and electronic noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import fft

from mammocalc.simulation.film import Response, transfer
from mammocalc.simulation.grids import blur
from mammocalc.simulation.vocabulary import Detector

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.recipe import Scene

_FOCUS_SIGMA_MM = 0.03
"""Blur before the quanta are counted: the focal spot's shadow and the spread of charge. It blurs the signal alone."""
_LIGHT_SIGMA_MM = {Detector.DIRECT: 0.0, Detector.SCINTILLATOR: 0.055}
"""Blur after the quanta are counted, of signal and noise: light in a scintillator (MTF of about 0.25 at 5/mm)."""


@dataclass(frozen=True, slots=True)
class Beam:
    """
    The exposure of one image.

    Attributes
    ----------
    open_quanta : float
        Mean quanta of a pixel that nothing shades.
    pixel_mm, focus_px, light_px : float
        Pixel size in the breast, and the two blurs in pixels.
    electronic : float
        Standard deviation of the electronic noise in quanta.
    film : Response or None
        What becomes of the quanta where a film holds the image.
    """

    open_quanta: float
    pixel_mm: float
    focus_px: float
    light_px: float
    electronic: float
    film: Response | None = None


def set_beam(scene: Scene, median_attenuation: float) -> Beam:
    """Choose the exposure as automatic exposure control does: by the quanta behind the median of the breast."""
    pixel, film = scene.pixel_spacing_mm, scene.used_film
    return Beam(
        open_quanta=scene.quanta_per_mm2 * pixel**2 * math.exp(median_attenuation),
        pixel_mm=pixel,
        focus_px=_FOCUS_SIGMA_MM / pixel,
        light_px=(_LIGHT_SIGMA_MM[scene.detector] if film is None else film.screen_blur_mm) / pixel,
        electronic=scene.electronic_noise_quanta if film is None else 0.0,
        film=None if film is None else Response.of(film, scene),
    )


def expose(attenuation: NDArray[np.float32], beam: Beam, rng: np.random.Generator) -> NDArray[np.float32]:
    """
    Count quanta.

    Parameters
    ----------
    attenuation : ndarray of float32, shape (rows, columns)
        Line integrals, dimensionless.
    beam : Beam
    rng : Generator

    Returns
    -------
    ndarray of float32, shape (rows, columns)
        Quanta; a Gaussian of equal mean and variance stands for Poisson's law,
        because it changes smoothly with the mean. Not below 0.
    """
    shaded = np.exp(-attenuation) * np.float32(beam.open_quanta)
    mean = blur(shaded.astype(np.float32, copy=False), beam.focus_px)
    noise = rng.standard_normal(mean.shape, dtype=np.float32)
    counted = mean + np.sqrt(mean) * noise
    quanta = blur(counted.astype(np.float32, copy=False), beam.light_px)
    quanta += rng.standard_normal(mean.shape, dtype=np.float32) * np.float32(beam.electronic)
    return np.maximum(quanta, np.float32(0))


def matched_filter_snr(attenuation: NDArray[np.float64], background: float, beam: Beam) -> float:
    """
    Give the signal-to-noise ratio of the best linear detector that knows signal and noise exactly.

    The prewhitening matched filter: the square is the sum over spatial
    frequencies of the signal's power over the noise's. Noise is quantum and
    electronic noise at the mean exposure around the signal; tissue texture
    does not count, so a detector that has to find the signal does worse. On
    film, signal and noise are those of the scan: quanta through the
    characteristic curve, grain, scanner and rounding. Dust does not count.

    Parameters
    ----------
    attenuation : ndarray of float64, shape (n, m)
        Line integral of the signal alone, in pixels, not blurred.
    background : float
        Line integral of the tissue around it.
    beam : Beam

    Notes
    -----
    Barrett and Myers, Foundations of Image Science (2004), section 13.2.
    """
    if beam.film is not None:
        return _matched_filter_snr_on_film(attenuation, background, beam, beam.film)
    mean = beam.open_quanta * math.exp(-background)
    margin = 4 + math.ceil(4 * (beam.focus_px + beam.light_px))
    padded = np.pad(attenuation, margin)
    signal = fft.rfft2(mean * np.expm1(-padded))
    rows, columns = padded.shape
    squared = fft.fftfreq(rows)[:, None] ** 2 + fft.rfftfreq(columns)[None, :] ** 2
    focus, light = (np.exp(-2 * math.pi**2 * s**2 * squared) for s in (beam.focus_px, beam.light_px))
    ratio = np.abs(signal * focus * light) ** 2 / (mean * light**2 + beam.electronic**2)
    return _root_of_sum(ratio, columns)


def _matched_filter_snr_on_film(
    attenuation: NDArray[np.float64], background: float, beam: Beam, film: Response
) -> float:
    """Give the ratio for the scan of a film: its signal bends with the curve, its noise does not."""
    mean = beam.open_quanta * math.exp(-background)
    margin = 4 + math.ceil(4 * (beam.focus_px + beam.light_px + film.scanner_px))
    padded = np.pad(attenuation, margin)
    rows, columns = padded.shape
    focus, light, grain, scanner = (
        transfer(sigma, rows, columns) for sigma in (beam.focus_px, beam.light_px, film.grain_px, film.scanner_px)
    )
    exposure = mean + fft.irfft2(fft.rfft2(mean * np.expm1(-padded)) * focus * light, s=padded.shape)
    signal = fft.rfft2(_density_change(exposure, mean, film)) * scanner
    noise = film.scanned_noise_power(mean, mean * light**2, (grain, scanner))
    return _root_of_sum(np.abs(signal) ** 2 / noise, columns)


def _density_change(exposure: NDArray[np.float64], mean: float, film: Response) -> NDArray[np.float64]:
    """Give how much lighter a film is than where nothing shades it further, as far as its scanner can tell."""
    end = film.scanner_density
    return np.minimum(film.density(exposure), end) - min(film.density_of(mean), end)


def visible_change(attenuation: NDArray[np.float64], background: float, beam: Beam) -> tuple[NDArray[np.float64], int]:
    """
    Give what a calcification changes in an image that has no noise.

    Parameters
    ----------
    attenuation : ndarray of float64, shape (n, m)
        Line integral of the calcification alone, in pixels, not blurred.
    background : float
        Line integral of the tissue around it.
    beam : Beam

    Returns
    -------
    change : ndarray of float64, shape (n + 2 * margin, m + 2 * margin)
        Of the logarithm of exposure; on film, of the optical density that the scanner sees.
    margin : int
        How far the blur reaches.
    """
    mean = beam.open_quanta * math.exp(-background)
    film = beam.film
    margin = 4 + math.ceil(4 * (beam.focus_px + beam.light_px + (film.scanner_px if film else 0.0)))
    shaded = blur(np.pad(np.expm1(-attenuation), margin).astype(np.float32), beam.focus_px)
    exposure = mean * (1 + blur(shaded, beam.light_px).astype(np.float64))
    if film is None:
        return np.log(exposure / mean), margin
    lighter = _density_change(exposure, mean, film).astype(np.float32)
    return blur(lighter, film.scanner_px).astype(np.float64), margin


def _root_of_sum(ratio: NDArray[np.float64], columns: int) -> float:
    """Add up half a spectrum, as `rfft2` gives it, of an image of so many columns; changes it."""
    # Frequencies that rfft2 leaves out are mirror images of these.
    ratio[:, 1 : (columns + 1) // 2] *= 2
    return math.sqrt(float(ratio.sum()) / (len(ratio) * columns))
