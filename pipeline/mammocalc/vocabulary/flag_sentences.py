"""The sentence of each flag."""

from __future__ import annotations

from typing import Final

from mammocalc.vocabulary.lexicon import Flag

FLAG_SENTENCES: Final[dict[Flag, str]] = {
    Flag.UNCALIBRATED: "No believable pixel spacing was found, so nothing is given in millimetres.",
    Flag.IMPLAUSIBLE_SPACING: "A spacing or a magnification lay outside the believable range and was not used.",
    Flag.CONTRADICTORY_SPACING: "Two spacings in the file contradict each other, or one contradicts the size of the "
    "detector field.",
    Flag.SMALLER_THAN_FIELD: "The image is much smaller than the detector field. If it was cropped, the spacing "
    "holds; if it was resized, all sizes are wrong.",
    Flag.SPACING_AT_DETECTOR: "The spacing was measured at the detector; lengths in the breast are a few per cent "
    "smaller.",
    Flag.UNCALIBRATED_PIXEL_SPACING: "Pixel Spacing was used although the file does not say how it was calibrated.",
    Flag.ASSUMED_SPACING: "The spacing was given by the configuration or by the caller, not by the file.",
    Flag.NON_SQUARE_PIXELS: "Rows and columns have different spacings.",
    Flag.MISSING_MODALITY: "Modality is missing or not one of mammography; the SOP class or the body part decided.",
    Flag.MISSING_PRESENTATION_INTENT: "Presentation Intent Type is missing; the SOP class decided.",
    Flag.UNKNOWN_LATERALITY: "No attribute says which breast this is.",
    Flag.CONTRADICTORY_LATERALITY: "Attributes disagree on which breast this is.",
    Flag.UNKNOWN_VIEW: "No attribute says which view this is.",
    Flag.CONTRADICTORY_VIEW: "Attributes disagree on which view this is.",
    Flag.VIEW_INFERRED: "Side or view is not stated in its own attribute; it was inferred from Patient Orientation, a "
    "description, the end of the Patient ID or an ambiguous abbreviation.",
    Flag.UNKNOWN_INTENSITY_RELATIONSHIP: "A raw image without Pixel Intensity Relationship. Its polarity was taken "
    "from the picture, or from the photometric interpretation if the picture shows no air.",
    Flag.AMBIGUOUS_POLARITY: "The header contradicts itself about which pixel values are dense tissue. Check "
    "Photometric Interpretation, Presentation LUT Shape and the windows.",
    Flag.CONTRADICTORY_POLARITY: "The picture shows air where the densest tissue should be according to the header. "
    "The picture was followed; check the polarity at the source.",
    Flag.CONTRADICTORY_INTENT: "The pixels do not match the header: raw exposures in an image for presentation, or "
    "the reverse. The pixels were followed.",
    Flag.UNUSABLE_WINDOW: "The windows in the file show the whole image in one grey, so it is displayed over its own "
    "range.",
    Flag.NO_TISSUE: "Nothing in the picture has the texture of tissue: it shows a phantom, a flat field or noise.",
    Flag.DERIVED_UID: "An identifier in the file is not a valid UID, or there is no SOP Instance UID: a derived one "
    "(2.25...) is used instead.",
    Flag.UID_FROM_FILE_META: "An identifier is missing from the data set; that of File Meta Information is used.",
    Flag.MISSING_UID: "Series or Study Instance UID is missing, so this image cannot be assigned to one.",
    Flag.LOSSY: "Lossy compression, which can remove or imitate small calcifications.",
    Flag.UID_TELLS: "A UID of the image, which also names its files, contains an identifier or a date from the "
    "header; privacy.uids: hash hides it.",
    Flag.MISLABELLED_SYNTAX: "The pixels are not in the transfer syntax that the file names; they were decoded as "
    "what they are.",
    Flag.BITS_CONTRADICTED: "Bits Stored, High Bit or Pixel Representation do not fit the pixels; the pixels were "
    "followed.",
    Flag.BYTES_SWAPPED: "The bytes of the pixels are in the opposite order to the transfer syntax; they were swapped.",
    Flag.SPOT_VIEW: "A spot compression view: only part of the breast is shown.",
    Flag.MAGNIFICATION_VIEW: "A magnification view.",
    Flag.MAGNIFICATION_UNKNOWN: "The view or the paddle indicates magnification, but no factor is given: lengths may "
    "be up to twice too large.",
    Flag.STEREOTACTIC_VIEW: "A stereotactic view.",
    Flag.BIOPSY_VIEW: "Taken during a biopsy: needles and clips may be visible.",
    Flag.BIOPSY_STUDY: "The study description mentions a biopsy or a localisation: clips and needles may be visible.",
    Flag.PARTIAL_VIEW: "Only part of the breast is shown.",
    Flag.IMPLANT: "The breast contains an implant.",
    Flag.DIGITISED_FILM: "Digitised film: dust and scratches can imitate calcifications.",
    Flag.SYNTHETIC_VIEW: "A two-dimensional image computed from tomosynthesis.",
    Flag.WORKSTATION_CAPTURE: "A capture from a workstation or converter, which may have changed grey values and size.",
    Flag.BURNED_IN_ANNOTATION: "The file declares annotations burned into the pixels.",
    Flag.POSSIBLE_QUALITY_CONTROL: "The series, the study or the patient's name contains words for phantoms or "
    "quality control.",
    Flag.POSSIBLE_SPECIMEN: "The description of the series or study mentions a specimen.",
    Flag.POSSIBLE_CONTRAST_RECOMBINED: "The description of the series or study mentions dual-energy contrast imaging, "
    "in which calcifications are subtracted.",
    Flag.POSSIBLE_SCREENSHOT: "The description of the image or series mentions a report or a screenshot.",
    Flag.NOT_MAMMOGRAPHY_ADMITTED: "Not a mammography object; analysed because the configuration admits it.",
    Flag.QUALITY_CONTROL_ADMITTED: "A quality-control image; analysed because the configuration admits it.",
    Flag.SPECIMEN_ADMITTED: "A specimen; analysed because the configuration admits it.",
    Flag.CONTRAST_ADMITTED: "A recombined contrast image; analysed because the configuration admits it.",
    Flag.SCREENSHOT_ADMITTED: "A screenshot or document; analysed because the configuration admits it.",
    Flag.MULTIFRAME_ADMITTED: "One frame of a multi-frame object, analysed as an image because the configuration "
    "admits it. Calcifications visible in several frames are reported in each; studies and comparisons omit frames.",
    Flag.BREAST_OUTLINE_UNCERTAIN: "The outline of the breast could not be distinguished from the background with "
    "certainty.",
    Flag.NIPPLE_UNCERTAIN: "The nipple was not found with enough confidence to be used.",
    Flag.PECTORAL_UNCERTAIN: "The edge of the pectoral muscle was not found with enough confidence to be used.",
    Flag.ORIENTATION_CONTRADICTED: "The pectoral muscle is at the other end of the image than Patient Orientation says "
    "(or, without it, than is usual): the image is upside down.",
    Flag.VIEW_CONTRADICTED: "The header says CC, but the picture shows a pectoral muscle as in an oblique view: the "
    "views may be exchanged.",
    Flag.TOO_MANY_FINDINGS: "More findings than the reporting limit; those with the highest scores are listed.",
    Flag.METAL: "Metal clips, markers, wires or letters lie over the breast; nothing on them is listed as a "
    "calcification.",
    Flag.BURNED_IN_MARKS: "Text, dots, rulers or lines are drawn into the pixels over the breast; nothing on them is "
    "listed as a calcification.",
    Flag.CLASSIFIER_UNTRAINED: "A classifier was used with settings other than those it was trained with "
    "(on_other_settings allows it): the performance that was measured does not hold.",
    Flag.NEAR_SKIN: "Lies at the skin line, where skin calcifications and skin folds are found.",
    Flag.NEAR_NIPPLE: "Lies within reach of the areola: in its skin, or in a duct behind it.",
    Flag.IN_PECTORAL: "Lies over the pectoral muscle.",
    Flag.NEAR_SIZE_LIMIT: "Its width is within one pixel of the limit between micro and macro.",
    Flag.AT_RESOLUTION_LIMIT: "Smaller than two pixels: its size is an upper limit.",
    Flag.SPLIT_FROM_NEIGHBOUR: "Touches a neighbour; the border between the two is a watershed line.",
    Flag.SECOND_LOOK: "Below the threshold by itself; listed because it lies among similar ones or along an artery.",
    Flag.POSSIBLY_VASCULAR: "Lies in one of two short parallel rows, as in the walls of an artery, but no vessel is "
    "visible.",
    Flag.VASCULAR: "Lies in a chain that looks like the wall of an artery.",
}
"""One sentence for every flag; shown wherever a flag is shown."""
