"""Edge width of a body: calcium ends within the blur of the detector, tissue does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.vocabulary.geometry import PixelSpacing


def edge_width_mm(height: NDArray[np.float32], inside: NDArray[np.uint8], spacing: PixelSpacing) -> float:
    """
    Give the height of a body over the slope that three quarters of its outline exceed: how wide its edge is.

    Parameters
    ----------
    height : ndarray of float32, shape (rows, columns)
        Above the ground, in any unit.
    inside : ndarray of uint8, same shape
        1 in the body, else 0.
    spacing : PixelSpacing
        Size of a pixel.

    Returns
    -------
    float
        Millimetres; 0 for an empty body or one without any height.
    """
    edge = (inside - cv2.erode(inside, np.ones((3, 3), np.uint8), borderValue=0))[1:-1, 1:-1] > 0
    down = (height[2:, 1:-1] - height[:-2, 1:-1])[edge] / (2 * spacing.row_mm)
    across = (height[1:-1, 2:] - height[1:-1, :-2])[edge] / (2 * spacing.column_mm)
    slope = _ranked(np.hypot(down, across), 0.25)
    return max(_ranked(height[inside > 0], 0.75), 0.0) / max(slope, 1e-6)


def _ranked(values: NDArray[np.float32], share: float) -> float:
    """Give the value that a share of all stay below; 0 for none."""
    if not values.size:
        return 0.0
    place = int(share * (values.size - 1))
    return float(np.partition(values, place)[place])
