"""The closed vocabularies of the project, with their DICOM, SNOMED CT and BI-RADS codes."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

NOTICE: Final = (
    "Research use only, not for diagnosis. Not a medical device. Findings must be reviewed by a "
    "qualified radiologist; the absence of marks does not mean the absence of disease."
)

SHORT_NOTICE: Final = "Research use only, not for diagnosis"


class Laterality(StrEnum):
    """Which breast; the values of *Image Laterality* (0020,0062), and ``unknown``."""

    LEFT = "L"
    RIGHT = "R"
    BOTH = "B"
    UNKNOWN = "unknown"


class View(StrEnum):
    """Mammography views, as abbreviated in DICOM CID 4014."""

    CC = "CC"
    MLO = "MLO"
    ML = "ML"
    LM = "LM"
    LMO = "LMO"
    FB = "FB"
    SIO = "SIO"
    ISO = "ISO"
    XCCL = "XCCL"
    XCCM = "XCCM"
    SPECIMEN = "SPECIMEN"
    UNKNOWN = "unknown"


FROM_ABOVE: Final = frozenset({View.CC, View.FB, View.XCCL, View.XCCM})
"""Views that are hung with the lateral side at the top; the others have the head there."""


class ViewModifier(StrEnum):
    """View modifiers of DICOM CID 4015, by the abbreviations used on films."""

    CLEAVAGE = "CV"
    AXILLARY_TAIL = "AT"
    ROLLED_LATERAL = "RL"
    ROLLED_MEDIAL = "RM"
    ROLLED_INFERIOR = "RI"
    ROLLED_SUPERIOR = "RS"
    IMPLANT_DISPLACED = "ID"
    MAGNIFICATION = "M"
    SPOT = "S"
    TANGENTIAL = "TAN"
    NIPPLE_IN_PROFILE = "NP"
    INFRAMAMMARY_FOLD = "IMF"
    AXILLARY_TISSUE = "AX"


class PresentationIntent(StrEnum):
    """*Presentation Intent Type* (0008,0068)."""

    FOR_PROCESSING = "FOR PROCESSING"
    FOR_PRESENTATION = "FOR PRESENTATION"


class SpacingSource(StrEnum):
    """Where the distance between two pixels was taken from."""

    IMAGER_OVER_MAGNIFICATION = "imager_over_magnification"
    IMAGER = "imager"
    CALIBRATED = "calibrated"
    PIXEL_SPACING = "pixel_spacing"
    NOMINAL_SCANNED = "nominal_scanned"
    CONFIGURED = "configured"
    NONE = "none"


class CalcificationSize(StrEnum):
    """Macro or micro, by the width of the particle (DCM 111345, SCT 44771000)."""

    MACRO = "macro"
    MICRO = "micro"


class Distribution(StrEnum):
    """
    BI-RADS distribution descriptors, the words for images that no descriptor fits, and two ways of giving none.

    DICOM CID 6012 holds the codes of the first five. `IMAGE_WORDS` are said of
    images alone, `indeterminate` of both.
    """

    DIFFUSE = "diffuse"
    REGIONAL = "regional"
    GROUPED = "grouped"
    LINEAR = "linear"
    SEGMENTAL = "segmental"
    NONE = "none"
    SCATTERED = "scattered"
    VASCULAR = "vascular"
    TYPICALLY_BENIGN = "typically_benign"
    INDETERMINATE = "indeterminate"
    NOT_APPLICABLE = "not_applicable"


DESCRIPTORS: Final = (
    Distribution.DIFFUSE,
    Distribution.REGIONAL,
    Distribution.GROUPED,
    Distribution.LINEAR,
    Distribution.SEGMENTAL,
)

IMAGE_WORDS: Final = (
    Distribution.NONE,
    Distribution.SCATTERED,
    Distribution.VASCULAR,
    Distribution.TYPICALLY_BENIGN,
)
"""What an image is called that no descriptor fits: so that every image has a word that a reader would use."""

CLUSTER_WORDS: Final = (*DESCRIPTORS, Distribution.INDETERMINATE)
"""What a cluster is called."""


class Morphology(StrEnum):
    """
    Kinds of calcifications in the words of BI-RADS, and the one way of giving none.

    `MORPHOLOGY_CODES` holds their codes of DICOM CID 6010.
    """

    SKIN = "skin"
    VASCULAR = "vascular"
    POPCORN = "popcorn"
    ROD = "rod"
    RIM = "rim"
    EGGSHELL = "eggshell"
    DYSTROPHIC = "dystrophic"
    SUTURE = "suture"
    ROUND = "round"
    PUNCTATE = "punctate"
    AMORPHOUS = "amorphous"
    COARSE_HETEROGENEOUS = "coarse_heterogeneous"
    FINE_PLEOMORPHIC = "fine_pleomorphic"
    FINE_LINEAR = "fine_linear"
    POWDER = "powder"
    NOT_ASSESSABLE = "not_assessable"


class Status(StrEnum):
    """What became of one input file."""

    ANALYSED = "analysed"
    SKIPPED = "skipped"
    FAILED = "failed"

    @classmethod
    def _missing_(cls, value: object) -> Status | None:
        """Read the word of runs before schema 2.0."""
        return cls.ANALYSED if value == "judged" else None


class Reason(StrEnum):
    """Why a file was skipped or failed, or what else is to be known of it: the machine-readable half of a sentence."""

    # Analysed, in an earlier part of the run.
    GONE = "gone"

    # Skipped: readable, and deliberately not analysed.
    NOT_MAMMOGRAPHY = "not_mammography"
    NO_PIXELS = "no_pixels"
    MULTIFRAME = "multiframe"
    TOMOSYNTHESIS = "tomosynthesis"
    CROP = "crop"
    MASK = "mask"
    QUALITY_CONTROL = "quality_control"
    SPECIMEN = "specimen"
    CONTRAST_RECOMBINED = "contrast_recombined"
    SCREENSHOT = "screenshot"
    DUPLICATE = "duplicate"
    SYMLINK_LOOP = "symlink_loop"
    # Failed: could not be read or analysed.
    MISSING_FILE = "missing_file"
    CHANGED = "changed_while_read"
    EMPTY_FILE = "empty_file"
    NOT_DICOM = "not_dicom"
    TRUNCATED = "truncated"
    UNREADABLE = "unreadable"
    MISSING_TAG = "missing_tag"
    INVALID_TAG = "invalid_tag"
    INVALID_DIMENSIONS = "invalid_dimensions"
    TOO_LARGE = "too_large"
    PIXELS_TOO_SHORT = "pixels_too_short"
    UNKNOWN_TRANSFER_SYNTAX = "unknown_transfer_syntax"
    MISSING_DECODER = "missing_decoder"
    UNDECODABLE_PIXELS = "undecodable_pixels"
    UNSUPPORTED_PIXELS = "unsupported_pixels"
    UID_COLLISION = "uid_collision"
    NO_BREAST = "no_breast"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    INTERNAL_ERROR = "internal_error"


class Medium(StrEnum):
    """What an image was taken on."""

    DIGITAL = "digital"
    FILM = "film"


class Flag(StrEnum):
    """Doubts that travel with a result. `FLAG_SENTENCES` says what each one means."""

    # Of an image.
    UNCALIBRATED = "uncalibrated"
    IMPLAUSIBLE_SPACING = "implausible_spacing"
    CONTRADICTORY_SPACING = "contradictory_spacing"
    SMALLER_THAN_FIELD = "smaller_than_field"
    SPACING_AT_DETECTOR = "spacing_at_detector"
    UNCALIBRATED_PIXEL_SPACING = "uncalibrated_pixel_spacing"
    ASSUMED_SPACING = "assumed_spacing"
    NON_SQUARE_PIXELS = "non_square_pixels"
    MISSING_MODALITY = "missing_modality"
    MISSING_PRESENTATION_INTENT = "missing_presentation_intent"
    UNKNOWN_LATERALITY = "unknown_laterality"
    CONTRADICTORY_LATERALITY = "contradictory_laterality"
    UNKNOWN_VIEW = "unknown_view"
    CONTRADICTORY_VIEW = "contradictory_view"
    VIEW_INFERRED = "view_inferred"
    UNKNOWN_INTENSITY_RELATIONSHIP = "unknown_intensity_relationship"
    AMBIGUOUS_POLARITY = "ambiguous_polarity"
    CONTRADICTORY_POLARITY = "contradictory_polarity"
    CONTRADICTORY_INTENT = "contradictory_intent"
    UNUSABLE_WINDOW = "unusable_window"
    NO_TISSUE = "no_tissue"
    DERIVED_UID = "derived_uid"
    UID_FROM_FILE_META = "uid_from_file_meta"
    MISSING_UID = "missing_uid"
    LOSSY = "lossy"
    UID_TELLS = "uid_tells"
    MISLABELLED_SYNTAX = "mislabelled_syntax"
    BITS_CONTRADICTED = "bits_contradicted"
    BYTES_SWAPPED = "bytes_swapped"
    SPOT_VIEW = "spot_view"
    MAGNIFICATION_VIEW = "magnification_view"
    MAGNIFICATION_UNKNOWN = "magnification_unknown"
    STEREOTACTIC_VIEW = "stereotactic_view"
    BIOPSY_VIEW = "biopsy_view"
    BIOPSY_STUDY = "biopsy_study"
    PARTIAL_VIEW = "partial_view"
    IMPLANT = "implant"
    DIGITISED_FILM = "digitised_film"
    SYNTHETIC_VIEW = "synthetic_view"
    WORKSTATION_CAPTURE = "workstation_capture"
    BURNED_IN_ANNOTATION = "burned_in_annotation"
    POSSIBLE_QUALITY_CONTROL = "possible_quality_control"
    POSSIBLE_SPECIMEN = "possible_specimen"
    POSSIBLE_CONTRAST_RECOMBINED = "possible_contrast_recombined"
    POSSIBLE_SCREENSHOT = "possible_screenshot"
    NOT_MAMMOGRAPHY_ADMITTED = "not_mammography_admitted"
    QUALITY_CONTROL_ADMITTED = "quality_control_admitted"
    SPECIMEN_ADMITTED = "specimen_admitted"
    CONTRAST_ADMITTED = "contrast_admitted"
    SCREENSHOT_ADMITTED = "screenshot_admitted"
    MULTIFRAME_ADMITTED = "multiframe_admitted"
    BREAST_OUTLINE_UNCERTAIN = "breast_outline_uncertain"
    NIPPLE_UNCERTAIN = "nipple_uncertain"
    PECTORAL_UNCERTAIN = "pectoral_uncertain"
    ORIENTATION_CONTRADICTED = "orientation_contradicted"
    VIEW_CONTRADICTED = "view_contradicted"
    TOO_MANY_FINDINGS = "too_many_findings"
    METAL = "metal"
    BURNED_IN_MARKS = "burned_in_marks"
    CLASSIFIER_UNTRAINED = "classifier_untrained"
    # Of a calcification.
    NEAR_SKIN = "near_skin"
    NEAR_NIPPLE = "near_nipple"
    IN_PECTORAL = "in_pectoral"
    NEAR_SIZE_LIMIT = "near_size_limit"
    AT_RESOLUTION_LIMIT = "at_resolution_limit"
    SPLIT_FROM_NEIGHBOUR = "split_from_neighbour"
    SECOND_LOOK = "second_look"
    POSSIBLY_VASCULAR = "possibly_vascular"
    VASCULAR = "vascular"
