"""Clarity: what an image is able to show, by its noise against its tissue and by whether it was smoothed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mammocalc.stages.registration.tissue_image import PIXEL_MM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.stages.registration.tissue_image import TissueImage

EVERY: Final = 4
"""Of so many rows one is looked at."""
FAR_PX: Final = 8
USUAL_SHARE: Final = 0.95
"""Larger differences are edges."""
BAND_MM: Final = (1.0, 4.0)
"""Structure of tissue that noise has no part in."""
SMOOTHED: Final = 0.075
"""Grain of smoothed images: four of INbreast and four simulated ones have 0.10 to 0.29, and 0.07 at most after a median
of 5 pixels or a Gaussian of 2."""
LESS: Final = 0.7
AROUND_MM: Final = 2.5
SMOOTHED_IN_PART: Final = 0.2
"""Grain of a part over the breast's median. 18 images of patients and simulated ones have 0.3 to 0.6 in all but a
hundredth, and 0.16 to 0.5 at the least; where they are smoothed by a Gaussian of 4 pixels half has 0.15 at most."""


@dataclass(frozen=True, slots=True)
class Clarity:
    """
    What an image is able to show.

    Attributes
    ----------
    grain : float
        Mean square difference of neighbouring pixels over that of pixels 8 apart: noise differs from pixel to pixel.
    noise : float
        Standard deviation of the noise over that of the tissue's structure.
    """

    grain: float
    noise: float

    def differs_from(self, other: Clarity) -> bool:
        """Whether one of two images was smoothed, and the other was not, or less."""
        low, high = sorted((self.grain, other.grain))
        return low < SMOOTHED and low < LESS * high

    def contrast_over(self, other: Clarity) -> float:
        """Tell with how much of its contrast, in spreads of the noise, this image shows what the other one shows."""
        return min(1.0, other.noise / max(self.noise, 1e-9)) if other.noise > 0 else 1.0


def clarity_of(density: NDArray[np.uint16], image: TissueImage) -> Clarity:
    """
    Measure how clear an image is.

    Parameters
    ----------
    density : ndarray of uint16, shape (rows, columns)
        Laid out as ``image`` is.
    image : TissueImage

    Returns
    -------
    Clarity
        With a grain of 1 and no noise where hardly anything is breast.
    """
    rows = np.arange(0, density.shape[0], EVERY)
    shape = image.inside.shape
    inside = image.inside[np.minimum(rows * shape[0] // density.shape[0], shape[0] - 1)] > 0.99
    is_breast = inside[:, np.arange(density.shape[1]) * shape[1] // density.shape[1]]
    near2, far2 = (_difference2(density[rows], is_breast, apart) for apart in (1, FAR_PX))
    fine, wide = (cv2.GaussianBlur(image.values, (0, 0), width / PIXEL_MM) for width in BAND_MM)
    structure = (fine - wide)[image.inside > 0.99]
    if not far2 or not structure.size:
        return Clarity(1.0, 0.0)
    spread = 1.4826 * float(np.median(np.abs(structure)))
    return Clarity(near2 / far2, float(np.sqrt(near2 / 2)) / max(spread, 1e-9))


def smoothed_in_part(density: NDArray[np.uint16], image: TissueImage) -> NDArray[np.bool_]:
    """
    Tell where an image was smoothed, as by motion or a drawn-over part: what is small is not seen there.

    Parameters
    ----------
    density : ndarray of uint16, shape (rows, columns)
        Laid out as ``image`` is.
    image : TissueImage

    Returns
    -------
    ndarray of bool, shape of ``image``
    """
    weight = (image.inside > 0.99).astype(np.float32)
    near, far = (_mean_difference2(density[::EVERY], apart, weight) for apart in (1, FAR_PX))
    grain = near / np.maximum(far, 1e-6)
    has_both = (weight > 0) & (far > 0)
    usual = float(np.median(grain[has_both])) if has_both.any() else 0.0
    is_smoothed = (has_both & (grain < SMOOTHED_IN_PART * usual)).astype(np.uint8)
    width_px = 2 * round(AROUND_MM / PIXEL_MM) + 1  # by so much the grain beside reaches into it
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width_px, width_px))
    return np.asarray(cv2.dilate(is_smoothed, disc) > 0)


def _mean_difference2(values: NDArray[np.uint16], apart: int, weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the mean square of differences within rows around each pixel of a weight; the largest are edges."""
    found = np.zeros(values.shape, np.float32)
    found[:, apart:] = (values[:, apart:].astype(np.float32) - values[:, :-apart]) ** 2
    changes = found[found > 0]
    found = np.minimum(found, np.quantile(changes, USUAL_SHARE) if changes.size else 0.0)
    mean = cv2.resize(found, weight.shape[::-1], interpolation=cv2.INTER_AREA)
    sums, counts = (cv2.GaussianBlur(each, (0, 0), AROUND_MM / PIXEL_MM) for each in (mean * weight, weight))
    return np.asarray(sums / np.maximum(counts, 1e-3), np.float32)


def _difference2(values: NDArray[np.uint16], is_breast: NDArray[np.bool_], apart: int) -> float:
    """Give the mean square of differences within rows, but for the largest."""
    both = is_breast[:, apart:] & is_breast[:, :-apart]
    found = np.abs(values[:, apart:].astype(np.float32) - values[:, :-apart])[both]
    if not found.size:
        return 0.0
    return float(np.mean(np.minimum(found, np.quantile(found, USUAL_SHARE)) ** 2, dtype=np.float64))
