"""A `Mammogram` from an array of pixels, by the rules that hold for files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from pydicom.dataset import Dataset

from mammocalc.dicom.pixels.air import AirEnd, find_air
from mammocalc.dicom.pixels.greyscale import describe_values
from mammocalc.dicom.pixels.layout import MIN_SIDE_PX
from mammocalc.dicom.pixels.masks import refuse_mask
from mammocalc.dicom.pixels.overview import LARGEST_VALUE, shrink
from mammocalc.dicom.reader.header import Header
from mammocalc.dicom.reader.spacing import is_square
from mammocalc.model import ImageIdentity, Mammogram
from mammocalc.vocabulary.errors import ImageUnreadableError, UsageError
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import Flag, Laterality, Medium, PresentationIntent, Reason, SpacingSource, View
from mammocalc.vocabulary.uid import from_digest

if TYPE_CHECKING:
    from typing import Any, Literal

    from numpy.typing import NDArray

    from mammocalc.dicom.pixels.air import Air
    from mammocalc.dicom.reader.settings import DicomSettings

LEVELS: Final = 1 << 16
"""Grey levels that an image can have here. Densities are told apart in as many steps."""
COLOURS: Final = (3, 4)


@dataclass(frozen=True, slots=True)
class Statements:
    """
    What the owner of an array says of it; None is *not known*.

    Attributes
    ----------
    spacing_mm : tuple of float or None
        Row and column spacing in the breast.
    laterality : Laterality
    view : View
    photometric : {"MONOCHROME1", "MONOCHROME2"} or None
        Photometric Interpretation (0028,0004): which end is shown dark.
    intent : PresentationIntent
    relationship : {"LIN", "LOG"} or None
        Pixel Intensity Relationship (0028,1040) of a raw image.
    medium : Medium
    sop_instance_uid : str or None
        None derives one from the pixels and these statements.
    """

    spacing_mm: tuple[float, float] | None = None
    laterality: Laterality = Laterality.UNKNOWN
    view: View = View.UNKNOWN
    photometric: Literal["MONOCHROME1", "MONOCHROME2"] | None = None
    intent: PresentationIntent = PresentationIntent.FOR_PRESENTATION
    relationship: Literal["LIN", "LOG"] | None = None
    medium: Medium = Medium.DIGITAL
    sop_instance_uid: str | None = None


def mammogram_from_array(values: NDArray[Any], statements: Statements, settings: DicomSettings) -> Mammogram:
    """
    Make a mammogram of an array.

    Parameters
    ----------
    values : ndarray of integers or floats, shape (rows, columns)
        Stored or modality values; copied.
    statements : Statements
    settings : DicomSettings
        The believable spacings, and how many pixels are read.

    Returns
    -------
    Mammogram
        With read-only arrays. What was not stated is flagged, and what the picture contradicts is, too.

    Raises
    ------
    UsageError
        If the array is no greyscale image, the spacing is not to be believed, or nothing tells which values are dense.
    ImageSkippedError
        ``mask``, for an array of two values.
    ImageUnreadableError
        ``no_breast``, for an array of one value.
    """
    _require_image(values, settings.read.max_pixels)
    spacing = _believed(statements.spacing_mm, settings)
    codes, modality, notes = _encode(values)
    if len(modality) == 1:
        message = "All pixels have the same value, so there is nothing to analyse. Check where the array comes from."
        raise ImageUnreadableError(Reason.NO_BREAST, message)
    refuse_mask(codes)
    is_padding = np.zeros(modality.shape, dtype=np.bool_)
    photometric = statements.photometric
    if photometric is None:
        photometric, note = _read_off(find_air(*shrink(codes, modality, is_padding)))
        notes = (*notes, note)
    pixels, polarity = describe_values(
        codes,
        modality,
        is_padding,
        _header_of(statements, photometric),
        statements.intent,
        is_monochrome1=photometric == "MONOCHROME1",
    )
    flags = set(polarity.flags)
    flags |= {Flag.UNCALIBRATED} if spacing is None else {Flag.ASSUMED_SPACING}
    flags |= {Flag.NON_SQUARE_PIXELS} if spacing is not None and not is_square(spacing) else set()
    flags |= {Flag.UNKNOWN_LATERALITY} if statements.laterality is Laterality.UNKNOWN else set()
    flags |= {Flag.UNKNOWN_VIEW} if statements.view is View.UNKNOWN else set()
    flags |= {Flag.DIGITISED_FILM} if statements.medium is Medium.FILM else set()
    flags |= {Flag.DERIVED_UID} if statements.sop_instance_uid is None else set()
    return Mammogram(
        identity=_identity(values, statements, (*notes, *polarity.notes)),
        frame=0,
        pixels=pixels,
        spacing=spacing,
        spacing_source=SpacingSource.NONE if spacing is None else SpacingSource.CONFIGURED,
        flags=frozenset(flags),
    )


def _require_image(values: NDArray[Any], max_pixels: int) -> None:
    """Raise UsageError where an array is not a greyscale image."""
    if values.dtype.kind not in "iuf":
        kind = "a mask of True and False" if values.dtype == np.bool_ else f"of {values.dtype}"
        message = f"the array is {kind}, and pixels are integers or real numbers"
        raise UsageError(message)
    if values.ndim == 3 and values.shape[-1] in COLOURS:
        message = (
            f"the array has the shape {values.shape}, so it is a colour image. If its channels are equal, take one: "
            "pixels[..., 0]"
        )
        raise UsageError(message)
    if values.ndim != 2:
        message = (
            f"the array has the shape {values.shape}, and an image has two axes, (rows, columns). Give one image at a "
            "time, such as pixels[0]"
        )
        raise UsageError(message)
    rows, columns = values.shape
    if min(rows, columns) < MIN_SIDE_PX:
        message = f"the array has {rows} rows and {columns} columns, too few for an image"
        raise UsageError(message)
    if values.size > max_pixels:
        message = (
            f"the array has {rows} x {columns} pixels, more than read.max_pixels = {max_pixels}. Raise that setting if "
            "the image is really so large"
        )
        raise UsageError(message)
    if values.dtype.kind == "f":
        _require_numbers(np.abs(values.astype(np.float64)))


def _require_numbers(sizes: NDArray[np.float64]) -> None:
    """Raise UsageError where real numbers are none, or so large or small that there is no reckoning with them."""
    count = sizes.size - int(np.count_nonzero(sizes < LARGEST_VALUE))
    if count:
        message = (
            f"{count} of {sizes.size} pixels are NaN, infinite or above {LARGEST_VALUE:g}. Give them the value of the "
            "background, such as numpy.nan_to_num(pixels)"
        )
        raise UsageError(message)
    largest = float(sizes.max())
    if 0 < largest < 1 / LARGEST_VALUE:
        message = f"the largest pixel is {largest:g}, too small to reckon with. Scale the array: pixels / pixels.max()"
        raise UsageError(message)


def _believed(spacing_mm: tuple[float, float] | None, settings: DicomSettings) -> PixelSpacing | None:
    """Raise UsageError where a spacing lies out of the range that is believed."""
    if spacing_mm is None:
        return None
    low, high = settings.spacing.min_mm, settings.spacing.max_mm
    if not all(low <= side <= high for side in spacing_mm):
        message = (
            f"spacing_mm={spacing_mm} is not between {low:g} and {high:g} mm, as the pixels of mammograms are. Give "
            "the distance of two pixels in mm, None where it is not known, or change spacing.min_mm and spacing.max_mm"
        )
        raise UsageError(message)
    return PixelSpacing(*spacing_mm)


def _encode(values: NDArray[Any]) -> tuple[NDArray[np.uint16], NDArray[np.float64], tuple[str, ...]]:
    """
    Give codes, the value of each, and what is to be said of that.

    Whole numbers in a range of 16 bits stand for themselves. Of other numbers each gets a code, or, where there are
    more than codes, the nearest of evenly spaced ones: that is as finely as densities are told apart. They are scaled
    to 16 bits, for exposures are counted from 1 on, and contrast does not depend on their scale.
    """
    is_whole = values.dtype.kind in "iu" or bool((values == np.floor(values)).all())
    low, high = values.min(), values.max()
    if is_whole and int(high) - int(low) < LEVELS:
        codes = (values.astype(np.int64) - int(low) if values.dtype.kind != "u" else values - low).astype(np.uint16)
        return codes, np.arange(float(low), float(high) + 1), ()
    scale = (LEVELS - 1) / max(abs(float(low)), abs(float(high)))
    levels, found = np.unique(values, return_inverse=True)
    if len(levels) <= LEVELS:
        return found.reshape(values.shape).astype(np.uint16), scale * levels.astype(np.float64), ()
    step = (float(high) - float(low)) / (LEVELS - 1)
    codes = np.rint((values.astype(np.float64) - float(low)) / step).astype(np.uint16)
    note = f"The pixels have {len(levels)} different values; they were rounded to {LEVELS} even steps."
    return codes, np.asarray(scale * (float(low) + step * np.arange(LEVELS)), dtype=np.float64), (note,)


def _read_off(air: Air) -> tuple[Literal["MONOCHROME1", "MONOCHROME2"], str]:
    """Read off the picture which end is shown dark, and say so; UsageError where it does not tell."""
    if air.end is AirEnd.UNSEEN:
        message = (
            "the picture shows no air that would tell which values are dense. Say photometric='MONOCHROME2' where "
            "larger values are brighter and denser, or 'MONOCHROME1' where they are darker"
        )
        raise UsageError(message)
    note = f"No photometric interpretation was given; air lies at the {air.end} values, which decided."
    return "MONOCHROME1" if air.end is AirEnd.LARGEST else "MONOCHROME2", note


def _header_of(statements: Statements, photometric: str) -> Header:
    """Write statements of polarity as a header does."""
    dataset = Dataset()
    dataset.PhotometricInterpretation = photometric
    if statements.relationship is not None:
        dataset.PixelIntensityRelationship = statements.relationship
        dataset.PixelIntensityRelationshipSign = 1 if photometric == "MONOCHROME1" else -1
    return Header(dataset)


def _identity(values: NDArray[Any], statements: Statements, notes: tuple[str, ...]) -> ImageIdentity:
    """Say which image this is: nothing but what was stated."""
    uid = statements.sop_instance_uid
    if uid is None:
        digest = hashlib.blake2b(values.tobytes(), digest_size=16)
        digest.update(repr((values.shape, values.dtype.str, statements)).encode())
        uid = from_digest(digest.digest())
    rows, columns = values.shape
    return ImageIdentity(
        sop_instance_uid=uid,
        sop_class_uid="",
        series_instance_uid="",
        study_instance_uid="",
        patient_key=None,
        laterality=statements.laterality,
        view=statements.view,
        view_modifiers=(),
        patient_orientation=(),
        breast_implant_present=None,
        presentation_intent=statements.intent,
        manufacturer="",
        manufacturer_model_name="",
        rows=rows,
        columns=columns,
        number_of_frames=1,
        notes=notes,
    )
