"""The closed vocabularies of the project, with their DICOM, SNOMED CT and BI-RADS codes."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

NOTICE: Final = (
    "Research use only, not for diagnosis. Not a medical device. Findings must be reviewed by a "
    "qualified radiologist; the absence of marks does not mean the absence of disease."
)
SHORT_NOTICE: Final = "Research use only, not for diagnosis"
BI_RADS_EDITION: Final = "BI-RADS Atlas, 5th edition (2013)"


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

SNOMED_CT: Final = {
    Distribution.DIFFUSE: "129764001",
    Distribution.REGIONAL: "129767008",
    Distribution.GROUPED: "129766004",
    Distribution.LINEAR: "129765000",
    Distribution.SEGMENTAL: "129768003",
}


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


MORPHOLOGY_CODES: Final = {
    Morphology.SKIN: ("SCT", "129757003"),
    Morphology.VASCULAR: ("SCT", "129759000"),
    Morphology.POPCORN: ("SCT", "129749001"),
    Morphology.ROD: ("SCT", "129752009"),
    Morphology.RIM: ("SCT", "129754005"),  # lucent-centred: BI-RADS calls it and the eggshell rim
    Morphology.EGGSHELL: ("SCT", "129751002"),
    Morphology.DYSTROPHIC: ("SCT", "129750001"),
    Morphology.SUTURE: ("SCT", "129758008"),
    Morphology.ROUND: ("SCT", "129756007"),
    Morphology.PUNCTATE: ("SCT", "129755006"),
    Morphology.AMORPHOUS: ("SCT", "129760005"),
    Morphology.COARSE_HETEROGENEOUS: ("SCT", "129763007"),
    Morphology.FINE_PLEOMORPHIC: ("DCM", "111344"),
    Morphology.FINE_LINEAR: ("SCT", "129761009"),  # and 129762002 where it branches; BI-RADS names both together
}
"""Coding scheme and code; powder on the skin and what cannot be assessed have none."""


class Status(StrEnum):
    """What became of one input file."""

    JUDGED = "judged"
    SKIPPED = "skipped"
    FAILED = "failed"


class Reason(StrEnum):
    """Why a file was skipped or failed, or what else is to be known of it: the machine-readable half of a sentence."""

    # Judged, in an earlier part of the run.
    GONE = "gone"

    # Skipped: readable, and deliberately not judged.
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
    # Failed: could not be read or judged.
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
    BREAST_OUTLINE_UNCERTAIN = "breast_outline_uncertain"
    NIPPLE_UNCERTAIN = "nipple_uncertain"
    PECTORAL_UNCERTAIN = "pectoral_uncertain"
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


FLAG_SENTENCES: Final[dict[Flag, str]] = {
    Flag.UNCALIBRATED: "No believable pixel spacing was found, so nothing is given in millimetres.",
    Flag.IMPLAUSIBLE_SPACING: "A spacing or a magnification lay outside the believable range and was not used.",
    Flag.CONTRADICTORY_SPACING: "Two spacings in the file contradict each other, or the size of the detector's field.",
    Flag.SMALLER_THAN_FIELD: "The image is much smaller than the detector's field: a crop keeps its spacing, but if it "
    "was resized, all sizes are wrong.",
    Flag.SPACING_AT_DETECTOR: "The spacing holds at the detector; in the breast lengths are a few per cent smaller.",
    Flag.UNCALIBRATED_PIXEL_SPACING: "Pixel Spacing was used although the file does not say how it was calibrated.",
    Flag.ASSUMED_SPACING: "The spacing comes from the configuration, not from the file.",
    Flag.NON_SQUARE_PIXELS: "Rows and columns have different spacings.",
    Flag.MISSING_MODALITY: "Modality is missing or not one of mammography; the SOP class or the body part decided.",
    Flag.MISSING_PRESENTATION_INTENT: "Presentation Intent Type is missing; the SOP class decided.",
    Flag.UNKNOWN_LATERALITY: "No attribute says which breast this is.",
    Flag.CONTRADICTORY_LATERALITY: "Attributes disagree on which breast this is.",
    Flag.UNKNOWN_VIEW: "No attribute says which view this is.",
    Flag.CONTRADICTORY_VIEW: "Attributes disagree on which view this is.",
    Flag.VIEW_INFERRED: "Side or view stand in no attribute of their own; they were read from Patient Orientation, a "
    "description, the end of Patient ID or an abbreviation that leaves something open.",
    Flag.UNKNOWN_INTENSITY_RELATIONSHIP: "A raw image without Pixel Intensity Relationship; its polarity comes from "
    "the picture, or where that shows no air from the photometric interpretation.",
    Flag.AMBIGUOUS_POLARITY: "The header contradicts itself on which values are dense tissue. Check the photometric "
    "interpretation, the Presentation LUT Shape and the windows.",
    Flag.CONTRADICTORY_POLARITY: "The picture shows air where the header says that the densest tissue is. The picture "
    "was followed; check the polarity at the source.",
    Flag.CONTRADICTORY_INTENT: "The pixels are not of the kind that the header says: raw exposures in an image for "
    "presentation, or the other way round. The pixels were followed.",
    Flag.UNUSABLE_WINDOW: "The windows of the file show the image in one grey, so it is shown over its own range.",
    Flag.NO_TISSUE: "Nothing in the picture has the texture of tissue: it shows a phantom, a flat field or noise.",
    Flag.DERIVED_UID: "An identifier of the file is no UID, or there is no SOP Instance UID: a derived one (2.25...) "
    "stands for it here.",
    Flag.UID_FROM_FILE_META: "An identifier is missing in the data set; that of File Meta Information stands for it.",
    Flag.MISSING_UID: "Series or Study Instance UID is missing, so this image cannot be put together with others.",
    Flag.LOSSY: "The image was compressed with loss, which can remove or imitate small calcifications.",
    Flag.UID_TELLS: "A UID of the image, by which its files are named, holds an identifier or a date of its header; "
    "privacy.uids: hash hides it.",
    Flag.MISLABELLED_SYNTAX: "The pixels are not of the transfer syntax that the file names; they were read as what "
    "they are.",
    Flag.BITS_CONTRADICTED: "Bits Stored, High Bit or Pixel Representation do not fit the pixels; the pixels were "
    "followed.",
    Flag.BYTES_SWAPPED: "The bytes of the pixels stand in the other order than the transfer syntax says; they were "
    "put right.",
    Flag.SPOT_VIEW: "A spot compression view: only a part of the breast is shown.",
    Flag.MAGNIFICATION_VIEW: "A magnification view.",
    Flag.MAGNIFICATION_UNKNOWN: "The view or the paddle says magnification, and no factor does: lengths may be up to "
    "twice too large.",
    Flag.STEREOTACTIC_VIEW: "A stereotactic view.",
    Flag.BIOPSY_VIEW: "Taken during a biopsy: needles and clips may be seen.",
    Flag.BIOPSY_STUDY: "A biopsy or a localisation is named in the words of the study: clips and needles may be seen.",
    Flag.PARTIAL_VIEW: "Only a part of the breast is shown.",
    Flag.IMPLANT: "The breast holds an implant.",
    Flag.DIGITISED_FILM: "Digitised film: dust and scratches can imitate calcifications.",
    Flag.SYNTHETIC_VIEW: "A two-dimensional image computed from tomosynthesis.",
    Flag.WORKSTATION_CAPTURE: "A capture that went through a workstation or a converter, which may have changed its "
    "grey values and its size.",
    Flag.BURNED_IN_ANNOTATION: "The file declares annotations burned into the pixels.",
    Flag.POSSIBLE_QUALITY_CONTROL: "Words of the series, the study or the patient's name are those of phantoms or of "
    "quality control.",
    Flag.POSSIBLE_SPECIMEN: "Words of the series or the study name a specimen.",
    Flag.POSSIBLE_CONTRAST_RECOMBINED: "Words of the series or the study name a contrast image of two energies, in "
    "which calcifications are subtracted.",
    Flag.POSSIBLE_SCREENSHOT: "Words of the image or its series are those of a report or a screenshot.",
    Flag.NOT_MAMMOGRAPHY_ADMITTED: "Not a mammography object; judged because the configuration admits it.",
    Flag.QUALITY_CONTROL_ADMITTED: "A quality-control image; judged because the configuration admits it.",
    Flag.SPECIMEN_ADMITTED: "A specimen; judged because the configuration admits it.",
    Flag.CONTRAST_ADMITTED: "A recombined contrast image; judged because the configuration admits it.",
    Flag.SCREENSHOT_ADMITTED: "A screenshot or document; judged because the configuration admits it.",
    Flag.BREAST_OUTLINE_UNCERTAIN: "The outline of the breast could not be told from the background with certainty.",
    Flag.NIPPLE_UNCERTAIN: "The nipple was not found with enough confidence to be used.",
    Flag.PECTORAL_UNCERTAIN: "The edge of the pectoral muscle was not found with enough confidence to be used.",
    Flag.TOO_MANY_FINDINGS: "More findings than the reporting limit; those with the highest scores are listed.",
    Flag.METAL: "Clips, markers, wires or letters of metal lie over the breast; nothing on them is listed as a "
    "calcification.",
    Flag.BURNED_IN_MARKS: "Text, dots, rulers or lines are drawn into the pixels over the breast; nothing on them is "
    "listed as a calcification.",
    Flag.CLASSIFIER_UNTRAINED: "A classifier judged under settings that it was not trained under, as the configuration "
    "allows (on_other_settings): its scores are not those that were measured.",
    Flag.NEAR_SKIN: "Lies at the skin line, where skin calcifications and skin folds are found.",
    Flag.NEAR_NIPPLE: "Lies within the reach of the areola: it may lie in its skin, or in a duct behind it.",
    Flag.IN_PECTORAL: "Lies over the pectoral muscle.",
    Flag.NEAR_SIZE_LIMIT: "Its width is within one pixel of the limit between micro and macro.",
    Flag.AT_RESOLUTION_LIMIT: "Smaller than two pixels: its size is an upper limit.",
    Flag.SPLIT_FROM_NEIGHBOUR: "Touches a neighbour; the border between the two is a watershed line.",
    Flag.SECOND_LOOK: "Below the threshold by itself; listed because it lies among its like or along an artery.",
    Flag.POSSIBLY_VASCULAR: "Lies in one of two short parallel rows, as in the walls of an artery; no vessel is seen.",
    Flag.VASCULAR: "Lies on a chain that looks like an artery.",
}
"""One sentence for every flag; shown wherever a flag is shown."""
