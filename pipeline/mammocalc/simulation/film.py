"""Film: from exposure to its scan, with characteristic curve, grain, dust and scanner."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeVar

import cv2
import numpy as np

from mammocalc.simulation.grids import blur

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.film_recipe import Film
    from mammocalc.simulation.recipe import Scene

_Real = TypeVar("_Real", np.float32, np.float64)

_DARKEST_EXPOSURE = 1e-6
"""Share of the exposure behind the median below which film sees nothing: the logarithm has to end somewhere."""


@dataclass(frozen=True, slots=True)
class Response:
    """
    Response of film and scanner to quanta.

    Optical density is a logistic function of log exposure, which has a toe, a
    straight part and a shoulder. Where linear systems are asked for, density
    is linear in small changes of exposure.

    Attributes
    ----------
    fog, span : float
        Optical density without light, and what light can add to it.
    steepness : float
        Of the logistic function, for each natural logarithm of exposure.
    middle_quanta : float
        Quanta of a pixel that bring half of ``span``.
    grain_variance : float
        Variance of the grain in a pixel at density 1, before its correlation.
    grain_px, scanner_px : float
        Standard deviations of the grain's correlation and of the scanner's spot in pixels.
    scanner_noise : float
        Standard deviation of the scanner's noise in density.
    scanner_density : float
        Density of the value 0.
    step : float
        Density of one grey level.
    """

    fog: float
    span: float
    steepness: float
    middle_quanta: float
    grain_variance: float
    grain_px: float
    scanner_px: float
    scanner_noise: float
    scanner_density: float
    step: float

    @classmethod
    def of(cls, film: Film, scene: Scene) -> Self:
        """Take the film of a scene, exposed so that the median of the breast gets the wanted density."""
        pixel = scene.pixel_spacing_mm
        span = film.maximum_density - film.fog
        steepness = 4 * film.gamma / (span * math.log(10))
        share = (film.median_density - film.fog) / span
        return cls(
            fog=film.fog,
            span=span,
            steepness=steepness,
            middle_quanta=scene.quanta_per_mm2 * pixel**2 * ((1 - share) / share) ** (1 / steepness),
            grain_variance=film.grain_mm2 / pixel**2,
            grain_px=film.grain_size_mm / pixel,
            scanner_px=film.scanner_blur_mm / pixel,
            scanner_noise=film.scanner_noise,
            scanner_density=film.scanner_density,
            step=film.scanner_density / (2**scene.bits - 1),
        )

    def density(self, quanta: NDArray[_Real]) -> NDArray[_Real]:
        """Give the optical density of an exposure, by the characteristic curve."""
        share = np.maximum(quanta / self.middle_quanta, _DARKEST_EXPOSURE)
        return np.asarray(self.fog + self.span / (1 + share**-self.steepness), dtype=quanta.dtype)

    def density_of(self, quanta: float) -> float:
        """Give the optical density of one exposure."""
        return float(self.density(np.array([quanta]))[0])

    def slope(self, quanta: float) -> float:
        """Give the change of optical density for one quantum more."""
        share = (self.density_of(quanta) - self.fog) / self.span
        return self.span * self.steepness * share * (1 - share) / quanta

    def scanned_noise_power(
        self, quanta: float, exposure_power: NDArray[np.float64], transfers: tuple[NDArray[np.float64], ...]
    ) -> NDArray[np.float64]:
        """
        Give the noise power of a scan around one exposure.

        Parameters
        ----------
        quanta : float
            Mean of a pixel.
        exposure_power : ndarray of float64
            Noise power of the exposure at each frequency, in squared quanta.
        transfers : tuple of two ndarray of float64
            Transfer functions of the grain's correlation and of the scanner.

        Returns
        -------
        ndarray of float64
            In squared density: quanta through the curve, grain, scanner,
            and rounding to grey levels.
        """
        grain, scanner = transfers
        film = exposure_power * self.slope(quanta) ** 2 + self.grain_variance * self.density_of(quanta) * grain**2
        return np.asarray(film * scanner**2 + self.scanner_noise**2 + self.step**2 / 12)


def develop(quanta: NDArray[np.float32], response: Response, rng: np.random.Generator) -> NDArray[np.float32]:
    """
    Develop a film.

    Parameters
    ----------
    quanta : ndarray of float32, shape (rows, columns)
        Exposure of each pixel, with the noise of the quanta and the screen's blur.
    response : Response
    rng : Generator

    Returns
    -------
    ndarray of float32, shape (rows, columns)
        Optical density with grain; not below 0.
    """
    density = response.density(quanta)
    grain = blur(rng.standard_normal(density.shape, dtype=np.float32), response.grain_px)
    density += grain * np.sqrt(density * np.float32(response.grain_variance))
    return np.maximum(density, np.float32(0))


def scan(density: NDArray[np.float32], response: Response, rng: np.random.Generator) -> NDArray[np.float32]:
    """
    Scan a film.

    Parameters
    ----------
    density : ndarray of float32, shape (rows, columns)
    response : Response
    rng : Generator

    Returns
    -------
    ndarray of float32, shape (rows, columns)
        1 where the film is clear, falling in proportion to its density to 0
        at the end of the scanner's scale.
    """
    seen = blur(density, response.scanner_px)
    seen = seen + rng.standard_normal(seen.shape, dtype=np.float32) * np.float32(response.scanner_noise)
    return np.asarray(np.clip(1 - seen / np.float32(response.scanner_density), 0, 1), dtype=np.float32)


def transfer(sigma_px: float, rows: int, columns: int) -> NDArray[np.float64]:
    """
    Give the transfer function of `grids.blur` at the frequencies of an FFT.

    Parameters
    ----------
    sigma_px : float
    rows, columns : int
        Shape of the image.

    Returns
    -------
    ndarray of float64, shape (rows, columns // 2 + 1)
        As `scipy.fft.rfft2` orders frequencies. It is that of the sampled
        Gaussian: of a blur below half a pixel the Gaussian's own would promise
        more blur than the image has.
    """
    if sigma_px < 0.1:
        return np.ones((rows, columns // 2 + 1))
    reach = math.ceil(4 * sigma_px)
    weights = cv2.getGaussianKernel(2 * reach + 1, sigma_px)[:, 0]
    offsets = np.arange(-reach, reach + 1)
    down, across = (
        np.cos(2 * np.pi * frequencies[:, None] * offsets) @ weights
        for frequencies in (np.fft.fftfreq(rows), np.fft.rfftfreq(columns))
    )
    return np.asarray(down[:, None] * across[None, :])
