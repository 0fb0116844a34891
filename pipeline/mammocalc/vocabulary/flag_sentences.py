"""What each flag says, in a sentence."""

from __future__ import annotations

from typing import Final

from mammocalc.vocabulary.lexicon import Flag

FLAG_SENTENCES: Final[dict[Flag, str]] = {
    Flag.UNCALIBRATED: "No believable pixel spacing was found, so nothing is given in millimetres.",
    Flag.IMPLAUSIBLE_SPACING: "A spacing or a magnification lay outside the believable range and was not used.",
    Flag.CONTRADICTORY_SPACING: "Two spacings in the file contradict each other, or the size of the detector's field.",
    Flag.SMALLER_THAN_FIELD: "The image is much smaller than the detector's field: a crop keeps its spacing, but if it "
    "was resized, all sizes are wrong.",
    Flag.SPACING_AT_DETECTOR: "The spacing holds at the detector; in the breast lengths are a few per cent smaller.",
    Flag.UNCALIBRATED_PIXEL_SPACING: "Pixel Spacing was used although the file does not say how it was calibrated.",
    Flag.ASSUMED_SPACING: "The spacing was given by the configuration or by the caller, not by the file.",
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
    Flag.NOT_MAMMOGRAPHY_ADMITTED: "Not a mammography object; analysed because the configuration admits it.",
    Flag.QUALITY_CONTROL_ADMITTED: "A quality-control image; analysed because the configuration admits it.",
    Flag.SPECIMEN_ADMITTED: "A specimen; analysed because the configuration admits it.",
    Flag.CONTRAST_ADMITTED: "A recombined contrast image; analysed because the configuration admits it.",
    Flag.SCREENSHOT_ADMITTED: "A screenshot or document; analysed because the configuration admits it.",
    Flag.MULTIFRAME_ADMITTED: "One frame of a multi-frame object; analysed by itself because the configuration admits "
    "it. What shows in several frames is reported in each, and studies and comparisons leave the frames out.",
    Flag.BREAST_OUTLINE_UNCERTAIN: "The outline of the breast could not be told from the background with certainty.",
    Flag.NIPPLE_UNCERTAIN: "The nipple was not found with enough confidence to be used.",
    Flag.PECTORAL_UNCERTAIN: "The edge of the pectoral muscle was not found with enough confidence to be used.",
    Flag.TOO_MANY_FINDINGS: "More findings than the reporting limit; those with the highest scores are listed.",
    Flag.METAL: "Clips, markers, wires or letters of metal lie over the breast; nothing on them is listed as a "
    "calcification.",
    Flag.BURNED_IN_MARKS: "Text, dots, rulers or lines are drawn into the pixels over the breast; nothing on them is "
    "listed as a calcification.",
    Flag.CLASSIFIER_UNTRAINED: "A classifier was used under settings that it was not trained under, as the "
    "configuration allows (on_other_settings): its scores are not those that were measured.",
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
