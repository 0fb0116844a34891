"""One image prepared for a comparison: in mm, chest wall on the left, head or lateral side at the top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.stages.breast import tallest_end_is_left
from mammocalc.stages.registration import Anatomy
from mammocalc.vocabulary.geometry import fill_polygon
from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.model import ImageIdentity, Report
    from mammocalc.vocabulary.geometry import PixelSpacing

LEAST_CONTRAST: Final = 1.0
_CELLS: Final = 128


@dataclass(frozen=True, slots=True, eq=False)
class LaidOut:
    """
    An image in the coordinates in which two dates are compared.

    Attributes
    ----------
    report : Report
        With a spacing.
    wall_is_left, is_upside_down : bool
        As the image is stored.
    anatomy : Anatomy
    points_mm : ndarray of float64, shape (n, 2)
        Places of the calcifications, in the report's order.
    diameter_mm : ndarray of float64, shape (n,)
    """

    report: Report
    spacing: PixelSpacing
    wall_is_left: bool
    is_upside_down: bool
    anatomy: Anatomy
    points_mm: NDArray[np.float64]
    diameter_mm: NDArray[np.float64]

    @property
    def traits(self) -> NDArray[np.float64]:
        """What tells calcifications apart, shape (n, 2): diameter in mm and contrast in spreads of the noise."""
        contrast = [max(item.contrast_to_noise, LEAST_CONTRAST) for item in self.report.calcifications]
        return np.stack([self.diameter_mm, np.array(contrast, dtype=np.float64)], axis=1)

    def to_mm(self, points_px: NDArray[np.float64]) -> NDArray[np.float64]:
        """Lay pixel positions (row, column) out."""
        return self.spacing.to_mm(_turned(points_px, self.report.identity, self.wall_is_left, self.is_upside_down))

    def to_px(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give pixel positions; the inverse of `to_mm`."""
        points_px = self.spacing.to_px(points_mm)
        return _turned(points_px, self.report.identity, self.wall_is_left, self.is_upside_down)

    def shows(self, places_mm: NDArray[np.float64], margin_mm: float) -> NDArray[np.bool_]:
        """Whether places lie within the image, and that far from its borders."""
        places_px, margin_px = self.to_px(places_mm), self.spacing.length_px(margin_mm)
        last = np.array([self.report.identity.rows, self.report.identity.columns]) - 1
        return np.asarray(((places_px >= margin_px) & (places_px <= last - margin_px)).all(axis=1))


def lay_out(report: Report, spacing: PixelSpacing) -> LaidOut:
    """
    Lay an image out.

    Parameters
    ----------
    report : Report
    spacing : PixelSpacing
        That of the report, which has to have one.

    Returns
    -------
    LaidOut
        An image that its Patient Orientation calls upside down is turned; one without stays as it is.
    """
    identity, breast = report.identity, report.breast
    left, upside_down = orientation_of(report)

    def to_mm(points: object) -> NDArray[np.float64]:
        table = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        return spacing.to_mm(_turned(table, identity, left, upside_down))

    nipple = report.known_nipple
    muscle = () if Flag.PECTORAL_UNCERTAIN in report.flags else breast.pectoral_px
    outline = breast.outline_px or ((0.0, 0.0), (identity.rows - 1.0, identity.columns - 1.0))
    anatomy = Anatomy(
        to_mm(outline),
        to_mm(muscle),
        None if nipple is None else to_mm([(nipple.row_px, nipple.column_px)])[0],
    )
    found = report.calcifications
    return LaidOut(
        report,
        spacing,
        left,
        upside_down,
        anatomy,
        to_mm([(item.row_px, item.column_px) for item in found]),
        np.array([max(item.diameter_mm or 0.0, spacing.mean_mm / 2) for item in found]),
    )


def orientation_of(report: Report) -> tuple[bool, bool]:
    """
    Tell how an image lies as it is stored.

    Parameters
    ----------
    report : Report

    Returns
    -------
    tuple of bool
        Whether the chest wall is on the left, and whether the image is upside down.
    """
    return _wall_is_left(report), report.identity.is_upside_down


def _turned(
    points_px: NDArray[np.float64], identity: ImageIdentity, wall_is_left: bool, is_upside_down: bool
) -> NDArray[np.float64]:
    row, column = points_px.T
    row = identity.rows - 1 - row if is_upside_down else row
    column = column if wall_is_left else identity.columns - 1 - column
    return np.stack([row, column], axis=1)


def _wall_is_left(report: Report) -> bool:
    """Tell the side of the chest wall by the outline, or by Patient Orientation where there is none."""
    outline = np.array(report.breast.outline_px, dtype=np.float64).reshape(-1, 2)
    if len(outline) < 3:
        orientation = report.identity.patient_orientation
        return not orientation or orientation[0] != "P"
    low, high = outline.min(axis=0), outline.max(axis=0)
    cells = fill_polygon((outline - low) / np.maximum(high - low, 1e-9) * (_CELLS - 1), (_CELLS, _CELLS))
    return tallest_end_is_left(cells > 0)
