"""Tissue of one image for registration: coarse, flat and without calcifications."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

PIXEL_MM: Final = 0.4
"""Half the width of the narrowest vessels and fibres that are seen on both dates."""
SKIN_MM: Final = 3.0
"""The rim of the breast is no tissue: it lies where the plates press it, and looks alike in all breasts."""
RISE_MM: Final = 2.0
DETAIL_MM: Final = 1.0
FILL_MM: Final = 0.8
"""Standard deviation of the average that fills what is cut out, from around it."""
SATURATED: Final = 0.001
"""Share of the breast at its largest level, without what is reported, from which an image is saturated."""
BRIGHTEST_SHARE, DARKEST_SHARE = 0.002, 0.2
"""Tissue of which more is at the largest level of a saturated image, or at the smallest one, is cut off there and may
hide what stood out. At the largest it is calcium itself that is cut off; at the smallest there is air beside."""
SPREAD_FLOOR: Final = 0.3
"""Structure that is fainter than this share of the usual one is not lifted to it: it is noise."""


@dataclass(frozen=True, slots=True, eq=False)
class TissueImage:
    """
    The density of a breast in coarse pixels, the chest wall on the left, the head or the lateral side at the top.

    Attributes
    ----------
    values : ndarray of float32, shape (rows, columns)
        Density without calcifications, so that a change in these does not steer what is laid over what.
    inside : ndarray of float32, shape (rows, columns)
        Share of each pixel that is breast.
    cut_off : ndarray of float32, shape (rows, columns)
        How far tissue is cut off at the largest or the smallest level, as by saturation or a box, or smoothed away;
        from 1 on it is.
    origin_mm, pixel_mm : tuple of float
        Centre of the first pixel and the size of a pixel, (down, across); about `PIXEL_MM`.
    """

    values: NDArray[np.float32]
    inside: NDArray[np.float32]
    cut_off: NDArray[np.float32]
    origin_mm: tuple[float, float]
    pixel_mm: tuple[float, float]

    def to_px(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give pixel positions (row, column) in this image."""
        return np.asarray((points_mm - self.origin_mm) / self.pixel_mm)

    def to_mm(self, points_px: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give places in mm; the inverse of `to_px`."""
        return np.asarray(points_px * self.pixel_mm + self.origin_mm)


def coarsen(
    density: NDArray[np.uint16],
    outline_px: NDArray[np.float64],
    particles_px: Sequence[NDArray[np.float64]],
    spacing_mm: tuple[float, float],
) -> TissueImage:
    """
    Average an image to coarse pixels, without its calcifications.

    Parameters
    ----------
    density : ndarray of uint16, shape (rows, columns)
        Larger is denser; the chest wall on the left, the head or the lateral side at the top.
    outline_px : ndarray of float64, shape (n, 2)
        Of the breast, (row, column); with fewer than three corners all of the image is breast.
    particles_px : sequence of ndarray of float64, shape (k, 2)
        Outlines of calcifications. They are cut out and filled from around.
    spacing_mm : tuple of float
        Size of a pixel, (down, across).

    Returns
    -------
    TissueImage
    """
    rows, columns = density.shape
    size_mm = rows * spacing_mm[0], columns * spacing_mm[1]
    shape = max(4, round(size_mm[0] / PIXEL_MM)), max(4, round(size_mm[1] / PIXEL_MM))
    pixel_mm = size_mm[0] / shape[0], size_mm[1] / shape[1]
    breast = np.zeros(density.shape, np.uint8) if len(outline_px) > 2 else np.ones(density.shape, np.uint8)
    if len(outline_px) > 2:
        cv2.fillPoly(breast, [np.rint(outline_px[:, ::-1]).astype(np.int32)], 1)
    keep = np.ones(density.shape, np.uint8)
    outlines = [np.rint(outline[:, ::-1] * 16).astype(np.int32) for outline in particles_px if len(outline)]
    for outline in outlines:  # one by one: what two of them share would count as outside of both
        cv2.fillPoly(keep, [outline], 0, cv2.LINE_8, 4)
    cv2.polylines(keep, outlines, isClosed=True, color=0, thickness=3, lineType=cv2.LINE_8, shift=4)
    share, kept = (_averaged(image.astype(np.float32), shape) for image in (keep, density * keep))
    sigma = FILL_MM / PIXEL_MM
    around = cv2.GaussianBlur(kept, (0, 0), sigma) / np.maximum(cv2.GaussianBlur(share, (0, 0), sigma), 1e-3)
    origin_mm = (pixel_mm[0] - spacing_mm[0]) / 2, (pixel_mm[1] - spacing_mm[1]) / 2
    values = np.asarray(kept + (1 - share) * around, np.float32)
    low, high = (edge(density, where=breast > 0, initial=start) for edge, start in ((np.min, 65535), (np.max, 0)))
    is_top = (density >= high) & (keep > 0)
    is_saturated = np.count_nonzero(is_top & (breast > 0)) >= SATURATED * np.count_nonzero(breast)
    at_ends = is_top * (is_saturated / BRIGHTEST_SHARE) + (density <= low) / DARKEST_SHARE
    cut_off = _blurred(_averaged(at_ends.astype(np.float32), shape), DETAIL_MM, PIXEL_MM)
    return TissueImage(values, _averaged(breast.astype(np.float32), shape), cut_off, origin_mm, pixel_mm)


def structure(
    values: NDArray[np.float32], inside: NDArray[np.float32], pixel_mm: float, band_mm: tuple[float, float]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """
    Take vessels, fibres and edges of lobes out of an image, as strong in fat as in gland.

    Parameters
    ----------
    values, inside : ndarray of float32, shape (rows, columns)
    pixel_mm : float
    band_mm : tuple of float
        Standard deviations of the blur below and of the mean above which nothing is kept.

    Returns
    -------
    structure, weight : ndarray of float32, shape (rows, columns)
        The former about 1 where the breast has structure; both 0 outside and at the skin.
    """
    is_breast = (inside > 0.99).astype(np.uint8)
    # What touches the image's border is cut off there, and no skin; the upper border is none of the wall's side.
    framed = cv2.copyMakeBorder(is_breast, 1, 1, 0, 1, cv2.BORDER_CONSTANT, value=0)
    below_mm = cv2.distanceTransform(framed, cv2.DIST_L2, 5)[1:-1, :-1] * pixel_mm
    weight = np.clip((below_mm - SKIN_MM) / RISE_MM, 0, 1).astype(np.float32)
    counts, (fine_mm, wide_mm) = is_breast.astype(np.float32), band_mm
    level = _blurred(values * counts, wide_mm, pixel_mm) / np.maximum(_blurred(counts, wide_mm, pixel_mm), 1e-3)
    band = (_blurred(values, fine_mm, pixel_mm) - level) * weight
    mean = _blurred(band * band, 2 * wide_mm, pixel_mm) / np.maximum(_blurred(weight, 2 * wide_mm, pixel_mm), 1e-3)
    spread = np.sqrt(np.maximum(mean, 0))
    usual = float(np.median(spread[weight > 0.5])) if (weight > 0.5).any() else 0.0
    return np.asarray(band / (spread + SPREAD_FLOOR * usual + 1e-6) * weight, np.float32), weight


def detail_at(image: TissueImage, places_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Tell how much of a breast's usual detail an image shows at some places.

    Parameters
    ----------
    image : TissueImage
    places_mm : ndarray of float64, shape (n, 2)

    Returns
    -------
    ndarray of float64, shape (n,)
        Standard deviation of the detail within some millimetres over its median in the breast: near 0 where a box, a
        border or saturation hides the tissue; 0 beyond the image, where nothing is breast, or where it is cut off.
    """
    pixel_mm = float(np.mean(image.pixel_mm))
    fine = image.values - _blurred(image.values, DETAIL_MM, pixel_mm)
    spread = np.sqrt(_blurred(fine * fine, 2 * DETAIL_MM, pixel_mm))
    is_breast = image.inside > 0.99
    usual = float(np.median(spread[is_breast])) if is_breast.any() else 0.0
    at = np.rint(np.nan_to_num(image.to_px(places_mm), nan=-1.0)).astype(np.intp)
    is_in = ((at >= 0) & (at < spread.shape)).all(axis=1)
    found = np.zeros(len(at))
    detail = np.where(image.cut_off < 1, spread / max(usual, 1e-6), 0.0)
    found[is_in] = detail[tuple(at[is_in].T)]
    return found


def _averaged(image: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(image, shape[::-1], interpolation=cv2.INTER_AREA), np.float32)


def _blurred(image: NDArray[np.float32], sigma_mm: float, pixel_mm: float) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma_mm / pixel_mm), np.float32)
