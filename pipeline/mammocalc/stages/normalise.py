"""Normalisation: stored values become density with known noise."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mammocalc.imaging.histogram import count_levels
from mammocalc.imaging.neighbours import neighbour_steps, noise_of_steps
from mammocalc.model import Density, NoiseTable
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.lexicon import Medium, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mammocalc.model import Breast, StoredPixels
    from mammocalc.vocabulary.geometry import PixelSpacing

_DENSEST = np.iinfo(np.uint16).max
_NOISE_SAMPLES = 150_000
"""Lattice points at which the noise is looked at: some thousand for every bin, at any pixel size."""

HOT_PIXEL_MM: Final = 0.105
"""Where pixels are at most this large, a spike of a single pixel is a defect of the detector, because the optics spread
every real speck over its neighbours. At larger pixels small calcifications are single pixels."""

HOT_PIXEL_SIGMA: Final = 6.0
"""Smallest height of a spike, in standard deviations of the noise between neighbouring pixels."""

NOISE_FLOOR: Final = 1.0
"""The noise of no grey level is taken to be less than this share of the breast's median noise. Without it, clipped or
saturated regions and 8-bit images have no noise at all, and everything there stands out."""

NOISE_LEVELS: Final = 48
"""Number of grey-level bins, each holding equally many pixels, in which the noise is measured."""

NOISE_WINDOW_SHARE: Final = 0.6
"""Width of the running mean that noise is measured against, as a share of the length of the top-hat's lines."""

UNCALIBRATED_PIXEL_MM: Final = 0.07
"""Size that the filters give a pixel where the file has no believable spacing: a filter must have some width. No length
in millimetres is ever reported from it."""

BLUR_MM: Final[Mapping[Medium, float]] = MappingProxyType({Medium.DIGITAL: 0.055, Medium.FILM: 0.1})
"""Standard deviation of the Gaussian blur before anything is looked for. It keeps the noise of one pixel from deciding;
wider blurs lose specks below 0.2 mm. On film: film grain is correlated over about a tenth of a millimetre, and a
narrower blur leaves it in."""

HOT_PIXEL_SHARE: Final[Mapping[Medium, float]] = MappingProxyType({Medium.DIGITAL: 0.35, Medium.FILM: 0.5})
"""A spike whose best neighbour has less than this share of its height is such a defect. On film: a speck of dust is a
pixel or two with a sharp edge; film and screen spread a calcification over more of them."""


def to_density(pixels: StoredPixels) -> Density:
    """
    Bring stored values to one scale: larger is denser, contrast adds up.

    Raw images are linear in exposure; attenuation multiplies there, so their
    logarithm is taken and a calcification has the same height in a thin and in
    a thick part of the breast. Processed images are used as they are: their
    processing cannot be undone, and the noise is measured as it comes.

    Every step works on one pixel at a time, so all of them together are one
    table over the stored codes.

    Parameters
    ----------
    pixels : StoredPixels
        Codes with the meaning of each.

    Returns
    -------
    Density
        uint16 image of the same shape; 0 and 65535 are the smallest and the
        largest density of the codes in use.

    Raises
    ------
    ImageUnreadableError
        With reason ``no_breast`` if all pixels are padding or have one value.

    Notes
    -----
    The result does not change if the stored values are inverted together with
    their polarity, or rescaled by a linear function.
    """
    values = pixels.densities
    counts = count_levels(pixels.codes)[: len(values)]
    in_use = (counts > 0) & ~pixels.is_padding
    lowest, highest = (values[in_use].min(), values[in_use].max()) if in_use.any() else (0.0, 0.0)
    if highest <= lowest:
        raise ImageUnreadableError(
            Reason.NO_BREAST,
            "All pixels have the same value, so there is nothing to analyse. Check how it was exported.",
        )
    scaled = np.clip((values - lowest) / (highest - lowest), 0.0, 1.0) * _DENSEST
    table = np.rint(scaled).astype(np.uint16)
    table[pixels.is_padding] = 0
    image = pixels.look_up(table)
    image.setflags(write=False)
    is_padding = pixels.look_up(pixels.is_padding) if counts[pixels.is_padding].any() else None
    return Density(image=image, is_padding=is_padding)


def blur(
    density: Density, box_px: tuple[int, int, int, int], spacing: PixelSpacing, medium: Medium
) -> NDArray[np.uint16]:
    """
    Cut out the breast, take single hot pixels out and blur the rest.

    Parameters
    ----------
    density : Density
        The whole image.
    box_px : tuple of int
        First row, first column, last row + 1, last column + 1.
    spacing : PixelSpacing
        Size of a pixel, for the filter.
    medium : Medium
        What is taken for what on a film differs.

    Returns
    -------
    ndarray of uint16, shape of the box
        The blurred crop; a copy.
    """
    top, left, bottom, right = box_px
    crop = density.image[top:bottom, left:right]
    if spacing.mean_mm <= HOT_PIXEL_MM:
        crop = _without_hot_pixels(crop, medium)
    sigma_px = BLUR_MM[medium] / spacing.mean_mm
    if sigma_px < 0.2:  # a kernel of one pixel
        return crop.copy()
    return np.asarray(cv2.GaussianBlur(crop, (0, 0), sigma_px, borderType=cv2.BORDER_REFLECT_101), dtype=np.uint16)


def measure_noise(
    image: NDArray[np.uint16],
    breast: Breast,
    step_px: int,
    spacing: PixelSpacing,
    length_mm: float,
) -> NoiseTable:
    """
    Measure the noise of the image itself, by grey level.

    The noise is what is left of the image after a running mean, on a lattice
    of pixels inside the breast. Its spread is taken by the median absolute
    deviation, which edges and calcifications, being few, do not move.

    Parameters
    ----------
    image : ndarray of uint16, shape (rows, columns)
        The breast's box, as given by `blur`, or averaged to larger pixels.
    breast : Breast
        Where the breast is.
    step_px : int
        How many pixels of the original one of ``image`` is the mean of, along each side.
    spacing : PixelSpacing
        Size of a pixel of the original.
    length_mm : float
        Length of the top-hat's lines; the running mean is as wide as a share of
        it, so that what the top-hat takes for background is no noise either.

    Returns
    -------
    NoiseTable
        Never zero. One level only for a breast of very few pixels.
    """
    top, left, *_ = breast.box_px
    stride = max(1, round(np.sqrt(image.size / _NOISE_SAMPLES)))
    lattice = slice(stride // 2, None, stride), slice(stride // 2, None, stride)
    rows, columns = (np.arange(size)[along] for size, along in zip(image.shape, lattice, strict=True))
    cell_rows, cell_columns = (rows * step_px + top) // breast.cell_px, (columns * step_px + left) // breast.cell_px
    window_px = _odd(NOISE_WINDOW_SHARE * length_mm / (step_px * spacing.mean_mm))
    mean = cv2.blur(image, (window_px, window_px), borderType=cv2.BORDER_REFLECT_101)
    inside = breast.is_searched.take(cell_rows, axis=0).take(cell_columns, axis=1)
    level = mean[lattice][inside]
    value = image[lattice][inside]
    rest = np.maximum(value, level) - np.minimum(value, level)
    count = level.size // NOISE_LEVELS
    if count < 16:
        sigma = 1.4826 * float(np.median(rest)) if rest.size else 1.0
        return NoiseTable(levels=np.array([0.0]), sigma=np.array([max(sigma, 1.0)]))
    order = np.argsort(level, kind="stable")[: count * NOISE_LEVELS].reshape(NOISE_LEVELS, count)
    level_of_bin = np.median(level[order], axis=1).astype(np.float64)
    sigma_of_bin = 1.4826 * np.median(rest[order], axis=1).astype(np.float64)
    floor = max(NOISE_FLOOR * float(np.median(sigma_of_bin)), 1.0)
    return NoiseTable(levels=level_of_bin, sigma=np.maximum(sigma_of_bin, floor))


def _without_hot_pixels(crop: NDArray[np.uint16], medium: Medium) -> NDArray[np.uint16]:
    """Put the median of their surroundings in place of spikes of a single pixel."""
    sigma = noise_of_steps(count_levels(neighbour_steps(crop, 4)))
    smallest = HOT_PIXEL_SIGMA * max(sigma, 1.0)
    neighbours = np.ones((3, 3), np.uint8)
    neighbours[1, 1] = 0
    lead = cv2.dilate(crop, neighbours)
    cv2.subtract(crop, lead, dst=lead)
    spikes = np.flatnonzero(lead > int(min((1 - HOT_PIXEL_SHARE[medium]) * smallest, _DENSEST - 1)))
    rows, columns = np.divmod(spikes, crop.shape[1])
    if len(rows) == 0:
        return crop
    offset = np.arange(-3, 4)
    around_rows = np.clip(rows[:, None, None] + offset[None, :, None], 0, crop.shape[0] - 1)
    around_columns = np.clip(columns[:, None, None] + offset[None, None, :], 0, crop.shape[1] - 1)
    level = np.median(crop[around_rows, around_columns].reshape(len(rows), -1), axis=1)
    height = crop[rows, columns] - level
    is_hot = (height > smallest) & (height - lead[rows, columns] < HOT_PIXEL_SHARE[medium] * height)
    repaired = np.asarray(lead, dtype=np.uint16)  # its memory is there already
    np.copyto(repaired, crop)
    repaired[rows[is_hot], columns[is_hot]] = np.rint(level[is_hot]).astype(np.uint16)
    return repaired


def _odd(length_px: float) -> int:
    """Give the odd number of pixels nearest to a length, at least 3."""
    return max(3, 2 * round((length_px - 1) / 2) + 1)
