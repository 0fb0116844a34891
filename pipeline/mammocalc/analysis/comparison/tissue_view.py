"""Tissue of an image, and crops around its calcifications, for the registration of two dates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.stages.registration import clarity_of, coarsen, cut_crops, smoothed_in_part

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.analysis.comparison.laid_out import LaidOut
    from mammocalc.stages.registration import Clarity, TissueImage


@dataclass(frozen=True, slots=True, eq=False)
class TissueView:
    """
    The pixels of an image, as far as a comparison needs them.

    Attributes
    ----------
    image : TissueImage
        Its tissue, without calcifications.
    crops : ndarray of float32, shape (n, k, k)
        What surrounds each calcification, in the report's order.
    clarity : Clarity
        What it is able to show.
    """

    image: TissueImage
    crops: NDArray[np.float32]
    clarity: Clarity


def view_tissue(density: NDArray[np.uint16], laid: LaidOut) -> TissueView:
    """
    See the tissue of an image.

    Parameters
    ----------
    density : ndarray of uint16, shape (rows, columns)
        Larger is denser; as the image is stored.
    laid : LaidOut
        The same image, laid out.

    Returns
    -------
    TissueView
    """
    turned = density[::-1] if laid.is_upside_down else density
    turned = np.ascontiguousarray(turned if laid.wall_is_left else turned[:, ::-1])
    spacing = laid.spacing

    def laid_out(corners: object) -> NDArray[np.float64]:
        return spacing.to_px(laid.to_mm(np.asarray(corners, dtype=np.float64).reshape(-1, 2)))

    report, size_mm = laid.report, (spacing.row_mm, spacing.column_mm)
    outlines = [laid_out(one.outline_px) for one in report.calcifications]
    image = coarsen(turned, laid_out(report.breast.outline_px), outlines, size_mm)
    image = replace(image, cut_off=np.maximum(image.cut_off, smoothed_in_part(turned, image)))
    return TissueView(image, cut_crops(turned, laid.points_mm, size_mm), clarity_of(turned, image))
