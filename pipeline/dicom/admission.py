"""Which objects are judged, which are deliberately not, and what is particular about those that are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pipeline.errors import SkippedImage, UnreadableImage
from pipeline.lexicon import Flag, Reason, View

if TYPE_CHECKING:
    from pipeline.dicom.file import PixelElement
    from pipeline.dicom.header import Header
    from pipeline.dicom.settings import AdmitSettings
    from pipeline.dicom.view import ViewCall

MAMMOGRAPHY_CLASSES: Final = frozenset(
    f"1.2.840.10008.5.1.4.1.1.{tail}" for tail in ("1.2", "1.2.1", "13.1.3", "13.1.4", "13.1.5")
)
"""Digital Mammography, Breast Tomosynthesis and Breast Projection X-Ray Image Storage."""
COMPUTED_RADIOGRAPHY: Final = "1.2.840.10008.5.1.4.1.1.1"
SECONDARY_CAPTURE_CLASSES: Final = frozenset(
    f"1.2.840.10008.5.1.4.1.1.{tail}" for tail in ("7", "7.1", "7.2", "7.3", "7.4")
)
RADIOGRAPHIC_CLASSES: Final = SECONDARY_CAPTURE_CLASSES | {
    COMPUTED_RADIOGRAPHY,
    "1.2.840.10008.5.1.4.1.1.1.1",  # Digital X-Ray, for presentation
    "1.2.840.10008.5.1.4.1.1.1.1.1",  # and for processing
}
"""Classes that hold mammograms where modality or body part says so."""
MODALITY: Final = "MG"
NEUTRAL_MODALITIES: Final = frozenset({"", "RG", "CR", "DX", "OT", "FILM"})
"""Modalities that do not contradict mammography: missing, general radiography, scanned film."""
BREAST_CODES: Final = frozenset(
    {"76752008", "T-04000", "80248007", "T-04030", "73056007", "T-04020", "63762007", "T-04080"}
)
FILM_CONVERSIONS: Final = frozenset({"DF", "SI"})
"""Conversion Type (0008,0064): digitised film, scanned image."""
SCREEN_CONVERSIONS: Final = frozenset({"DV", "SD", "WSD", "DRW"})
"""Conversion Type: digitised video, scanned document, workstation, drawing."""

DESCRIPTIONS: Final = (
    "ImageType",
    "SeriesDescription",
    "StudyDescription",
    "ProtocolName",
    "AcquisitionProtocolName",
    "PerformedProcedureStepDescription",
    "AcquisitionDeviceProcessingDescription",
    "DerivationDescription",
)
NAMES: Final = ("PatientName", "PatientID")
QUALITY_CONTROL_WORDS: Final = re.compile(
    r"PHANTOM|QUALITY[ _]?(CONTROL|ASSURANCE)|(?<![A-Z])Q[CA](?![A-Z])|CDMAM|FLAT[ _-]?FIELD", re.IGNORECASE
)
QUALITY_CONTROL_NAMES: Final = re.compile(r"PHANTOM|QUALITY[ _^]?CONTROL|CDMAM", re.IGNORECASE)
"""Fewer words than in descriptions: initials are often QC or QA."""
SPECIMEN_WORDS: Final = re.compile(r"SPECIMEN", re.IGNORECASE)
RECOMBINED_WORDS: Final = re.compile(r"RECOMBINED|SUBTRACT", re.IGNORECASE)
CONTRAST_WORDS: Final = re.compile(r"(?<![A-Z])CE[DS]?M(?![A-Z])|CONTRAST|(HIGH|DUAL)[ _-]?ENERGY", re.IGNORECASE)
LOW_ENERGY_WORDS: Final = re.compile(r"(?<![A-Z])(LOW|LE)(?![A-Z])", re.IGNORECASE)
SCREEN_WORDS: Final = re.compile(
    r"DOSE|SCREEN[ _-]?(SAVE|SHOT|CAPTURE)|\bREPORT\b|SUMMARY|LOCALIZER SHEET", re.IGNORECASE
)
SYNTHETIC_WORDS: Final = re.compile(
    r"GENERATED[ _-]?2D|C[ _-]?VIEW|V[ _-]?PREVIEW|TOMO[ _-]?2D|SYNTH|INTELLIGENT[ _-]?2D|INSIGHT[ _-]?2D",
    re.IGNORECASE,
)
STEREOTACTIC_WORDS: Final = re.compile(r"STEREO", re.IGNORECASE)
BIOPSY_WORDS: Final = re.compile(r"BIOPSY|PRE[ _-]?FIRE|POST[ _-]?FIRE|VACUUM", re.IGNORECASE)


def admit(header: Header, pixels: PixelElement | None, view: ViewCall, settings: AdmitSettings) -> frozenset[Flag]:
    """
    Decide whether an object is to be judged.

    Parameters
    ----------
    header : Header
        Of the object.
    pixels : PixelElement or None
        Where its pixels are; None where it has none.
    view : ViewCall
        As decided from the same header.
    settings : AdmitSettings
        Which kinds are admitted beside ordinary mammograms.

    Returns
    -------
    frozenset of Flag
        What is particular about the image: how it was made, and under which
        setting it was admitted.

    Raises
    ------
    SkippedImage
        ``no_pixels``, ``not_mammography``, ``screenshot``,
        ``quality_control``, ``specimen``, ``contrast_recombined`` or
        ``multiframe``.
    UnreadableImage
        ``missing_tag`` without a SOP class, ``truncated`` where a
        mammography image has lost its pixels.
    """
    sop_class = header.text("SOPClassUID")
    if not sop_class:
        message = "SOP Class UID (0008,0016) is missing, so nothing says what this is. Export the image again."
        raise UnreadableImage(Reason.MISSING_TAG, message)
    flags = _admit_modality(header, pixels, settings)
    described = _described(header)
    if _is_screenshot(header, view, described, settings):
        _skip_unless(
            settings.screenshots, Reason.SCREENSHOT, "a secondary capture that is no mammogram", "admit.screenshots"
        )
        flags |= {Flag.SCREENSHOT_ADMITTED}
    if _is_quality_control(header, described):
        _skip_unless(
            settings.quality_control, Reason.QUALITY_CONTROL, "a quality-control image", "admit.quality_control"
        )
        flags |= {Flag.QUALITY_CONTROL_ADMITTED}
    if _is_specimen(header, view, described):
        _skip_unless(settings.specimens, Reason.SPECIMEN, "the radiograph of a specimen", "admit.specimens")
        flags |= {Flag.SPECIMEN_ADMITTED}
    if _is_recombined(header, described):
        _skip_unless(
            settings.contrast_recombined,
            Reason.CONTRAST_RECOMBINED,
            "a recombined contrast image",
            "admit.contrast_recombined",
        )
        flags |= {Flag.CONTRAST_ADMITTED}
    frames = header.integer("NumberOfFrames")
    if frames is not None and frames > 1:
        message = f"The object holds {frames} frames, and multi-frame images are not judged yet. Use its 2D images."
        raise SkippedImage(Reason.MULTIFRAME, message)
    return flags | _particularities(header, described)


def _admit_modality(header: Header, pixels: PixelElement | None, settings: AdmitSettings) -> frozenset[Flag]:
    """Let mammography objects with pixels pass."""
    is_mammography, flags = _judge_modality(header)
    if pixels is None:
        if is_mammography:
            message = "The object is an image, and its Pixel Data is missing: the file was cut off or stripped."
            raise UnreadableImage(Reason.TRUNCATED, f"{message} Copy it again from its source.")
        message = "The object holds no pixels (a report, a presentation state, an index). Nothing is to be done."
        raise SkippedImage(Reason.NO_PIXELS, message)
    if not is_mammography:
        _skip_unless(settings.not_mammography, Reason.NOT_MAMMOGRAPHY, "not a mammogram", "admit.not_mammography")
        flags |= {Flag.NOT_MAMMOGRAPHY_ADMITTED}
    return flags


def _judge_modality(header: Header) -> tuple[bool, frozenset[Flag]]:
    """Whether SOP class, modality and body part together say mammography."""
    sop_class, modality = header.text("SOPClassUID"), header.text("Modality").upper()
    missing = frozenset({Flag.MISSING_MODALITY} if modality != MODALITY else ())
    if sop_class in MAMMOGRAPHY_CLASSES:
        is_mammography = modality == MODALITY or modality in NEUTRAL_MODALITIES
    elif sop_class in RADIOGRAPHIC_CLASSES:
        is_mammography = modality == MODALITY or (modality in NEUTRAL_MODALITIES and _is_breast(header))
    else:
        is_mammography = False
    return is_mammography, missing if is_mammography else frozenset()


def _is_breast(header: Header) -> bool:
    """Whether body part, organ or region is the breast."""
    parts = (header.text("BodyPartExamined"), header.text("OrganExposed"))
    if any("BREAST" in part.upper() for part in parts):
        return True
    return any(region.text("CodeValue").upper() in BREAST_CODES for region in header.items("AnatomicRegionSequence"))


def _is_screenshot(header: Header, view: ViewCall, described: str, settings: AdmitSettings) -> bool:
    """Whether a secondary capture is something else than a film or a synthesised view."""
    if header.text("SOPClassUID") not in SECONDARY_CAPTURE_CLASSES:
        return False
    sides = [side for keyword in ("Rows", "Columns") if (side := header.integer(keyword)) is not None]
    conversion = header.text("ConversionType").upper()
    has_breast = _is_breast(header) or conversion in FILM_CONVERSIONS or view.view != View.UNKNOWN
    return (
        not has_breast
        or header.integer("SamplesPerPixel") not in {1, None}
        or conversion in SCREEN_CONVERSIONS
        or SCREEN_WORDS.search(described) is not None
        or any(side < settings.film_min_side_px for side in sides)
    )


def _is_quality_control(header: Header, described: str) -> bool:
    """Whether an image shows a phantom; *BOTH* in Quality Control Image is a patient's image as well."""
    names = " ".join(header.text(keyword) for keyword in NAMES)
    return (
        header.text("QualityControlImage").upper() == "YES"
        or QUALITY_CONTROL_WORDS.search(described) is not None
        or QUALITY_CONTROL_NAMES.search(names) is not None
    )


def _is_specimen(header: Header, view: ViewCall, described: str) -> bool:
    """Whether an image shows tissue outside of the body."""
    parts = " ".join((described, header.text("BodyPartExamined"), header.text("ViewPosition")))
    has_specimen = any(header.items(name) for name in ("SpecimenDescriptionSequence", "SpecimenSequence"))
    return view.view == View.SPECIMEN or has_specimen or SPECIMEN_WORDS.search(parts) is not None


def _is_recombined(header: Header, described: str) -> bool:
    """Whether an image was computed from two energies; the low-energy image is an ordinary mammogram."""
    if RECOMBINED_WORDS.search(described):
        return True
    has_agent = header.has("ContrastBolusAgent") or header.has("ContrastBolusAgentSequence")
    is_contrast = CONTRAST_WORDS.search(described) is not None
    return has_agent and is_contrast and LOW_ENERGY_WORDS.search(described) is None


def _particularities(header: Header, described: str) -> frozenset[Flag]:
    """Flag how an image was made."""
    is_flagged = {
        Flag.STEREOTACTIC_VIEW: STEREOTACTIC_WORDS.search(described) is not None,
        Flag.BIOPSY_VIEW: BIOPSY_WORDS.search(described) is not None,
        Flag.SYNTHETIC_VIEW: SYNTHETIC_WORDS.search(described) is not None,
        Flag.PARTIAL_VIEW: header.text("PartialView").upper() == "YES",
        Flag.IMPLANT: header.text("BreastImplantPresent").upper() == "YES",
        Flag.BURNED_IN_ANNOTATION: header.text("BurnedInAnnotation").upper() == "YES",
        Flag.DIGITISED_FILM: _is_film(header, described),
    }
    return frozenset(flag for flag, holds in is_flagged.items() if holds)


def _is_film(header: Header, described: str) -> bool:
    """Whether the image went over a film: what a secondary capture is unless it was computed."""
    sop_class, conversion = header.text("SOPClassUID"), header.text("ConversionType").upper()
    if conversion in FILM_CONVERSIONS or header.text("DetectorType").upper() == "FILM":
        return True
    if header.has("NominalScannedPixelSpacing"):
        return True
    if sop_class == COMPUTED_RADIOGRAPHY:  # an imaging plate is no film
        return not any(header.has(keyword) for keyword in ("PlateType", "PlateID", "CassetteID"))
    return sop_class in SECONDARY_CAPTURE_CLASSES and conversion != "SYN" and not SYNTHETIC_WORDS.search(described)


def _described(header: Header) -> str:
    """Give everything that describes how an image was made, as one text."""
    return " | ".join(text for keyword in DESCRIPTIONS for text in header.texts(keyword))


def _skip_unless(is_admitted: bool, reason: Reason, what: str, setting: str) -> None:
    """Refuse a kind that the settings do not admit."""
    if not is_admitted:
        raise SkippedImage(reason, f"This is {what}. Set {setting} to true if it is to be judged all the same.")
