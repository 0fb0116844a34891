"""Pixel spacing in the breast, and its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import Flag, SpacingSource

if TYPE_CHECKING:
    from mammocalc.dicom.reader.header import Header
    from mammocalc.dicom.reader.settings import SpacingSettings

CALIBRATED_TYPES: Final = frozenset({"GEOMETRY", "FIDUCIAL"})
"""Values of Pixel Spacing Calibration Type (0028,0A02) under which Pixel Spacing holds in the breast."""
ROUNDING_DIGITS: Final = 9
ROUNDING_MM: Final = 10.0**-ROUNDING_DIGITS
"""What binary fractions make of decimal strings is below this."""
SPACING_KEYWORDS: Final = ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing")

_MAGNIFICATION_VIEW_ABOVE: Final = 1.4
"""Above this factor an image counts as a magnification view. 1.4: contact views have 1.0 to 1.15, magnification stands
1.5 and more."""

CONTRADICTION_SHARE: Final = 0.1
"""Two spacings that differ by more than this share of the larger contradict each other. 0.1: the geometry of a contact
view explains differences of up to a tenth."""

_SQUARE_SHARE: Final = 0.01
"""Row and column spacing that differ by more than this share are flagged. 0.01: less is rounding."""


@dataclass(frozen=True, slots=True)
class SpacingCall:
    """The spacing of an image, its source, its flags, and sentences with the numbers."""

    spacing: PixelSpacing | None
    source: SpacingSource
    flags: frozenset[Flag]
    notes: tuple[str, ...] = ()


def decide_spacing(header: Header, settings: SpacingSettings) -> SpacingCall:
    """
    Decide how far apart two pixels are in the breast.

    In this order: Pixel Spacing that is calibrated; Imager Pixel Spacing over
    the magnification; Imager Pixel Spacing alone; Nominal Scanned Pixel
    Spacing of a film; Pixel Spacing that does not say how it was calibrated;
    the configuration, where the file says nothing at all. Values outside the
    believable ranges do not take part. Where two believable ones contradict
    each other, none is used: no rule can tell which of them a resampling
    forgot.

    Parameters
    ----------
    header : Header
        Of the image.
    settings : SpacingSettings
        What is believed.

    Returns
    -------
    SpacingCall
        ``spacing`` is None, and ``uncalibrated`` flagged, where nothing
        believable was found.

    Notes
    -----
    The magnification is Estimated Radiographic Magnification Factor
    (0018,1114), or else the ratio of Distance Source to Detector (0018,1110)
    to Distance Source to Patient (0018,1111), where that is above 1: vendors
    write the same distance twice where they do not know the second.

    References
    ----------
    DICOM PS3.3, 10.7.1.3 (Pixel Spacing Value Order and Calibration) and
    C.8.11.7 (Mammography Image Module).
    """
    doubts: set[Flag] = set()
    pixel, imager, nominal = (_believed(header, keyword, settings, doubts) for keyword in SPACING_KEYWORDS)
    magnification = _believed_magnification(header, settings, doubts)
    is_calibrated = header.text("PixelSpacingCalibrationType").upper() in CALIBRATED_TYPES
    in_breast = _divided(imager, magnification)
    if _contradict(pixel, (in_breast, imager)) or _contradict(nominal, (in_breast, imager, pixel)):
        return SpacingCall(
            None, SpacingSource.NONE, frozenset(doubts | {Flag.CONTRADICTORY_SPACING, Flag.UNCALIBRATED})
        )
    is_missing = not any(header.has(keyword) for keyword in SPACING_KEYWORDS)
    candidates = (
        (pixel if is_calibrated else None, SpacingSource.CALIBRATED, None),
        (in_breast if magnification else None, SpacingSource.IMAGER_OVER_MAGNIFICATION, None),
        (imager, SpacingSource.IMAGER, Flag.SPACING_AT_DETECTOR),
        (nominal, SpacingSource.NOMINAL_SCANNED, Flag.SPACING_AT_DETECTOR),
        (pixel, SpacingSource.PIXEL_SPACING, Flag.UNCALIBRATED_PIXEL_SPACING),
        (_assumed(header, settings) if is_missing else None, SpacingSource.CONFIGURED, Flag.ASSUMED_SPACING),
        (None, SpacingSource.NONE, Flag.UNCALIBRATED),
    )
    spacing, source, doubt = next(call for call in candidates if call[0] is not None or call is candidates[-1])
    doubts |= set() if doubt is None else {doubt}
    doubts |= {Flag.NON_SQUARE_PIXELS} if spacing is not None and not is_square(spacing) else set()
    return SpacingCall(spacing, source, frozenset(doubts))


def is_magnified(header: Header, settings: SpacingSettings) -> bool:
    """Whether the magnification is believable and large enough for a magnification view."""
    magnification = _believed_magnification(header, settings, set())
    return magnification is not None and magnification > _MAGNIFICATION_VIEW_ABOVE


def _believed(header: Header, keyword: str, settings: SpacingSettings, doubts: set[Flag]) -> PixelSpacing | None:
    """Give a spacing attribute where it is there and believable; note a doubt where it is only there."""
    values = header.numbers(keyword)
    if not values:
        return None
    if len(values) == 2 and all(settings.min_mm <= value <= settings.max_mm for value in values):
        return PixelSpacing(*values)
    doubts.add(Flag.IMPLAUSIBLE_SPACING)
    return None


def _believed_magnification(header: Header, settings: SpacingSettings, doubts: set[Flag]) -> float | None:
    """Give the magnification where it is known and believable."""
    stated = header.numbers("EstimatedRadiographicMagnificationFactor")
    if stated:
        if settings.min_magnification <= stated[0] <= settings.max_magnification:
            return stated[0]
        doubts.add(Flag.IMPLAUSIBLE_SPACING)
        return None
    to_detector, to_patient = header.number("DistanceSourceToDetector"), header.number("DistanceSourceToPatient")
    if to_detector is None or to_patient is None or to_patient <= 0:
        return None
    ratio = to_detector / to_patient
    return ratio if 1 < ratio <= settings.max_magnification else None


def _divided(spacing: PixelSpacing | None, magnification: float | None) -> PixelSpacing | None:
    """Bring a spacing from the detector into the breast."""
    if spacing is None or magnification is None:
        return spacing
    row_mm, column_mm = (round(side / magnification, ROUNDING_DIGITS) for side in (spacing.row_mm, spacing.column_mm))
    return PixelSpacing(row_mm, column_mm)


def _contradict(spacing: PixelSpacing | None, others: tuple[PixelSpacing | None, ...]) -> bool:
    """Whether a spacing agrees with none of the others that are there."""
    present = [other for other in others if other is not None]
    return spacing is not None and bool(present) and not any(_agree(spacing, other) for other in present)


def _agree(first: PixelSpacing, second: PixelSpacing) -> bool:
    """Whether two spacings are the same but for the geometry of a contact view."""
    pairs = ((first.row_mm, second.row_mm), (first.column_mm, second.column_mm))
    return all(abs(one - other) <= CONTRADICTION_SHARE * max(one, other) + ROUNDING_MM for one, other in pairs)


def _assumed(header: Header, settings: SpacingSettings) -> PixelSpacing | None:
    """Give the configured spacing of the source that made this image."""
    manufacturer, model = header.text("Manufacturer").casefold(), header.text("ManufacturerModelName").casefold()
    for entry in settings.assume:
        if entry.manufacturer.strip().casefold() != manufacturer:
            continue
        if entry.model is None or entry.model.strip().casefold() == model:
            return PixelSpacing(entry.row_mm, entry.column_mm)
    return None


def is_square(spacing: PixelSpacing) -> bool:
    """Whether rows and columns have the same spacing, but for rounding."""
    larger, smaller = max(spacing.row_mm, spacing.column_mm), min(spacing.row_mm, spacing.column_mm)
    return larger - smaller <= _SQUARE_SHARE * larger
