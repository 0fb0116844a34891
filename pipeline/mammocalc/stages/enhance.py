"""Top-hats of the search: the particle sizes that are kept, and the pixel size for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mammocalc.imaging.tophat import line_footprints, line_tophat

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.vocabulary.geometry import PixelSpacing

LENGTHS_MM: Final = (0.6, 1.4, 3.5, 8.0)
"""Lengths of the lines of each top-hat, from fine to coarse: particles narrower than this in every direction are left.
0.6 mm ranks real images better than 0.8 or 1.2 mm, and with the trees it finds more; 1.4 mm finds short casts, arterial
plaques and specks over half a millimetre; the coarse ones find rods, rings and popcorn."""

PIXELS_MM: Final = (0.0, 0.14, 0.28, 0.56)
"""Size of the pixels to which the image is averaged for each top-hat; 0 for its own. A tenth of the length is fine
enough, and a coarse top-hat then costs nothing beside the fine one."""

ANGLES: Final = 8
"""Number of directions in which lines are suppressed."""


def steps_px(spacing: PixelSpacing) -> tuple[int, ...]:
    """
    Give the side of each scale's pixels, in pixels of the stored image.

    Examples
    --------
    >>> from mammocalc.vocabulary.geometry import PixelSpacing
    >>> steps_px(PixelSpacing(0.05, 0.05))
    (1, 3, 6, 11)
    """
    return tuple(max(1, round(pixel_mm / spacing.mean_mm)) for pixel_mm in PIXELS_MM)


def average(image: NDArray[np.uint16], step_px: int) -> NDArray[np.uint16]:
    """
    Average an image over squares of pixels; rows and columns left over at the end are dropped.

    Parameters
    ----------
    image : ndarray of uint16, shape (rows, columns)
        At least ``step_px`` in both directions, or it is returned as it is.
    step_px : int
        Side of the squares.

    Returns
    -------
    ndarray of uint16, shape (rows // step_px, columns // step_px)
        The means, rounded.
    """
    width, height = image.shape[1] // step_px, image.shape[0] // step_px
    if step_px == 1 or min(width, height) == 0:
        return image
    whole = image[: height * step_px, : width * step_px]
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint16)


def remove_background(
    image: NDArray[np.uint16], length_mm: float, step_px: int, spacing: PixelSpacing
) -> NDArray[np.uint16]:
    """
    Leave what is narrower than a length in every direction.

    Parameters
    ----------
    image : ndarray of uint16, shape (rows, columns)
        Larger is denser; averaged by ``step_px``.
    length_mm : float
        Length of the lines of the white top-hat.
    step_px : int
        Side of the image's pixels, in stored pixels.
    spacing : PixelSpacing
        Size of a stored pixel.

    Returns
    -------
    ndarray of uint16, same shape
        0 where there is nothing but lines and areas; see `mammocalc.imaging.tophat`.
    """
    return line_tophat(image, line_footprints(spacing, length_mm, ANGLES, step_px))
