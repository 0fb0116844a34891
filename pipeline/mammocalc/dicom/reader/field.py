"""The field of view as a third source of the spacing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mammocalc.dicom.reader.spacing import CONTRADICTION_SHARE
from mammocalc.vocabulary.lexicon import Flag, SpacingSource, View

if TYPE_CHECKING:
    from mammocalc.dicom.pixels.air import Air
    from mammocalc.dicom.reader.header import Header
    from mammocalc.dicom.reader.spacing import SpacingCall

WITNESSES: Final = {
    "Field of View Dimension(s) (0018,1149)": "FieldOfViewDimensions",
    "Detector Active Dimension(s) (0018,7026)": "DetectorActiveDimensions",
}
"""In this order; the second is not asked where the first is there."""
SMALLEST_FIELD_MM: Final = 20.0
LARGEST_FIELD_MM: Final = 500.0
"""Fields beyond these are none of mammography, or not in mm, and are not heard."""
SAME_SCALE: Final = 0.03
"""Two sides that were scaled by factors within this share of each other were resized together. Fields are rounded to a
millimetre, which is 0.6 % of the smallest."""
SAME_SCALE_OF_DETECTOR: Final = 0.015
"""The same where only the whole detector is known: fields of 18 x 24 cm are alike in shape to their detectors, within
6 %, and not resized."""
SMALLER: Final = 1.25
"""A picture whose sides are both smaller than its field by this factor is a part of it, or was resized."""
WHOLE_BREAST_SIDES: Final = 2
"""Sides of a picture at which a whole breast is cut at most: the chest wall, and the armpit in an oblique view."""


def hold_against_field(call: SpacingCall, header: Header, shape: tuple[int, int], view: View, air: Air) -> SpacingCall:
    """
    Hold a spacing against the field and the detector.

    Rows and columns times the spacing at the detector are the field that was
    exposed, unless the image was resized or cropped and its header left as it
    was. Resizing changes both sides by one factor and keeps the whole breast
    in the picture; then the spacing is that of another image, and none is
    given. Cropping keeps the spacing: it cuts the breast, or changes the
    sides by different factors. Sides that were resized by different factors
    look like a crop, so what is smaller than its field is flagged.

    Parameters
    ----------
    call : SpacingCall
        What the attributes of spacing gave.
    header : Header
        Of the same image.
    shape : tuple of int
        Rows and columns.
    view : View
        In a craniocaudal view the breast is cut at the chest wall alone.
    air : Air
        What the picture shows, for the sides at which the breast is cut.

    Returns
    -------
    SpacingCall
        Without a spacing, and flagged ``contradictory_spacing``, where the
        image was resized; flagged ``smaller_than_field`` where it may have
        been cropped.

    Notes
    -----
    Field of View Dimensions (0018,1149) hold row and column in an order that
    devices exchange, as those of the detector are; the order that agrees best
    is taken. Detector Active Dimension(s) (0018,7026) are the largest field
    that there can be; padding may go beyond them at one side. Detector Element
    Spacing (0018,7022) is not asked: an image that was resized, and its spacing
    with it, has another.

    References
    ----------
    DICOM PS3.3 C.8.11.3 and C.8.7.11 (DX Detector, X-Ray Acquisition).
    """
    at_detector = _at_detector(call, header)
    heard = next(((name, sides) for name, keyword in WITNESSES.items() if (sides := _sides(header, keyword))), None)
    if at_detector is None or heard is None:
        return call
    name, field = heard
    image_mm = shape[0] * at_detector[0], shape[1] * at_detector[1]
    factors = _factors(image_mm, field)
    share = CONTRADICTION_SHARE
    is_field = WITNESSES[name] == "FieldOfViewDimensions"
    note = (
        f"{shape[0]} x {shape[1]} pixels of {at_detector[0]:.3g} mm are {image_mm[0]:.0f} x {image_mm[1]:.0f} mm, "
        f"but {name} is {field[0]:.0f} x {field[1]:.0f} mm."
    )
    is_one_scale = max(factors) / min(factors) - 1 <= (SAME_SCALE if is_field else SAME_SCALE_OF_DETECTOR)
    is_smaller = min(factors) > 1 + share if is_field else min(factors) >= SMALLER
    is_larger = max(factors) < 1 - share
    is_stretched = is_field and min(factors) < 1 - share and max(factors) > 1 + share
    if is_larger or is_stretched or (is_smaller and is_one_scale and not _is_cut(view, air)):
        flags = call.flags | {Flag.CONTRADICTORY_SPACING, Flag.UNCALIBRATED}
        return replace(call, spacing=None, source=SpacingSource.NONE, flags=flags, notes=(*call.notes, note))
    if is_field and (min(factors) >= SMALLER or (is_smaller and is_one_scale)):
        return replace(call, flags=call.flags | {Flag.SMALLER_THAN_FIELD}, notes=(*call.notes, note))
    return call


def _at_detector(call: SpacingCall, header: Header) -> tuple[float, float] | None:
    """Give the spacing that was used, brought back to the detector."""
    if call.spacing is None or call.source in {SpacingSource.NOMINAL_SCANNED, SpacingSource.CONFIGURED}:
        return None
    imager = header.numbers("ImagerPixelSpacing")
    if call.source in {SpacingSource.IMAGER, SpacingSource.IMAGER_OVER_MAGNIFICATION} and len(imager) == 2:
        return imager[0], imager[1]
    factor = header.number("EstimatedRadiographicMagnificationFactor")
    magnification = factor if call.source is SpacingSource.CALIBRATED and factor and 1 <= factor <= 3 else 1.0
    return call.spacing.row_mm * magnification, call.spacing.column_mm * magnification


def _sides(header: Header, keyword: str) -> tuple[float, float] | None:
    """Read two lengths in mm, or the diameter of a round field; None where they are no field of mammography."""
    values = header.numbers(keyword)[:2]
    if not values or not all(SMALLEST_FIELD_MM <= value <= LARGEST_FIELD_MM for value in values):
        return None
    return values[0], values[-1]


def _factors(image_mm: tuple[float, float], field: tuple[float, float]) -> tuple[float, float]:
    """Give how much larger the field is than the image, in the order of its sides in which both agree best."""
    orders = [(field[0] / image_mm[0], field[1] / image_mm[1]), (field[1] / image_mm[0], field[0] / image_mm[1])]
    return min(orders, key=lambda pair: max(pair) / min(pair))


def _is_cut(view: View, air: Air) -> bool:
    """Whether the breast goes on beyond the picture; so it may where no air is seen."""
    return air.cut_sides is None or air.cut_sides > WHOLE_BREAST_SIDES - (view is View.CC)
