"""Coded terms of the objects: code, coding scheme and code meaning."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from mammocalc.vocabulary.changes import Change
from mammocalc.vocabulary.codes import (
    CLOCK_CODES,
    DEPTH_CODES,
    MORPHOLOGY_CODES,
    QUADRANT_CODES,
    REGION_CODES,
    SNOMED_CT,
)
from mammocalc.vocabulary.lexicon import CalcificationSize, Distribution, Laterality, Morphology, View, ViewModifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mammocalc.model.location import Location


class Code(NamedTuple):
    """A coded term."""

    value: str
    scheme: str
    meaning: str


def dcm(value: int, meaning: str) -> Code:
    """Give a code of DICOM's own (PS3.16 Annex D)."""
    return Code(str(value), "DCM", meaning)


def sct(value: int, meaning: str) -> Code:
    """Give a code of SNOMED CT."""
    return Code(str(value), "SCT", meaning)


# Units.
MILLIMETRE: Final = Code("mm", "UCUM", "mm")
SQUARE_MILLIMETRE: Final = Code("mm2", "UCUM", "mm2")
DEGREE: Final = Code("deg", "UCUM", "deg")
NO_UNITS: Final = Code("1", "UCUM", "no units")
PIXELS: Final = Code("{pixels}", "UCUM", "pixels")

# Findings and what is measured of them.
INDIVIDUAL_CALCIFICATION: Final = sct(129770007, "Individual Calcification")
CALCIFICATION_CLUSTER: Final = sct(129769006, "Calcification Cluster")
CALCIFICATION_TYPE: Final = dcm(111009, "Calcification Type")
CALCIFICATION_DISTRIBUTION: Final = dcm(111008, "Calcification Distribution")
NUMBER_OF_CALCIFICATIONS: Final = dcm(111038, "Number of calcifications")
DIAMETER: Final = sct(81827009, "Diameter")
LONG_AXIS: Final = sct(103339001, "Long Axis")
SHORT_AXIS: Final = sct(103340004, "Short Axis")
AREA: Final = sct(42798000, "Area")
TRACKING_IDENTIFIER: Final = dcm(112039, "Tracking Identifier")
TRACKING_UID: Final = dcm(112040, "Tracking Unique Identifier")
ALGORITHM_NAME: Final = dcm(111001, "Algorithm Name")
ALGORITHM_VERSION: Final = dcm(111003, "Algorithm Version")
ALGORITHM_PARAMETERS: Final = dcm(111002, "Algorithm Parameters")

# What every report begins with.
LANGUAGE: Final = dcm(121049, "Language of Content Item and Descendants")
ENGLISH: Final = Code("en", "RFC5646", "English")
IMAGE_LIBRARY: Final = dcm(111028, "Image Library")
LATERALITY: Final = sct(272741003, "Laterality")
BREAST: Final = sct(76752008, "Breast")

SIDES: Final[Mapping[Laterality, Code]] = MappingProxyType(
    {
        Laterality.LEFT: sct(80248007, "Left breast"),
        Laterality.RIGHT: sct(73056007, "Right breast"),
        Laterality.BOTH: sct(63762007, "Both breasts"),
    }
)
"""CID 6022."""

VIEWS: Final[Mapping[View, Code]] = MappingProxyType(
    {
        View.CC: sct(399162004, "cranio-caudal"),
        View.MLO: sct(399368009, "medio-lateral oblique"),
        View.ML: sct(399260004, "medio-lateral"),
        View.LM: sct(399352003, "latero-medial"),
        View.LMO: sct(399099002, "latero-medial oblique"),
        View.FB: sct(399196006, "caudo-cranial (from below)"),
        View.SIO: sct(399188001, "superolateral to inferomedial oblique"),
        View.ISO: sct(441555000, "inferomedial to superolateral oblique"),
        View.XCCL: sct(399192008, "cranio-caudal exaggerated laterally"),
        View.XCCM: sct(399101009, "cranio-caudal exaggerated medially"),
        View.SPECIMEN: sct(127457009, "tissue specimen from breast"),
    }
)
"""CID 4014."""

VIEW_MODIFIERS: Final[Mapping[ViewModifier, Code]] = MappingProxyType(
    {
        ViewModifier.CLEAVAGE: sct(399161006, "Cleavage"),
        ViewModifier.AXILLARY_TAIL: sct(399011000, "Axillary Tail"),
        ViewModifier.ROLLED_LATERAL: sct(399197002, "Rolled Lateral"),
        ViewModifier.ROLLED_MEDIAL: sct(399226006, "Rolled Medial"),
        ViewModifier.ROLLED_INFERIOR: sct(414493004, "Rolled Inferior"),
        ViewModifier.ROLLED_SUPERIOR: sct(415670009, "Rolled Superior"),
        ViewModifier.IMPLANT_DISPLACED: sct(399209000, "Implant Displaced"),
        ViewModifier.MAGNIFICATION: sct(399163009, "Magnification"),
        ViewModifier.SPOT: sct(399055006, "Spot Compression"),
        ViewModifier.TANGENTIAL: sct(399110001, "Tangential"),
        ViewModifier.NIPPLE_IN_PROFILE: sct(442581004, "Nipple in profile"),
        ViewModifier.INFRAMAMMARY_FOLD: sct(442593008, "Infra-mammary fold"),
        ViewModifier.AXILLARY_TISSUE: sct(442580003, "Axillary tissue"),
    }
)
"""CID 4015."""

SIZES: Final[Mapping[CalcificationSize, Code]] = MappingProxyType(
    {
        CalcificationSize.MACRO: dcm(111345, "Macrocalcifications"),
        CalcificationSize.MICRO: sct(44771000, "Microcalcifications of the breast"),
    }
)
"""Of CID 6010."""

_DISTRIBUTION_MEANING: Final = "{} calcification distribution"
DISTRIBUTIONS: Final[Mapping[Distribution, Code]] = MappingProxyType(
    {
        label: Code(value, "SCT", _DISTRIBUTION_MEANING.format(label.value.capitalize()))
        for label, value in SNOMED_CT.items()
    }
)
"""CID 6012. What is indeterminate or not applicable has no code, and gets no item."""

_MORPHOLOGY_MEANINGS: Final = {
    Morphology.SKIN: "Calcified skin of breast",
    Morphology.VASCULAR: "Vascular calcification",
    Morphology.POPCORN: "Coarse (popcorn-like) calcification",
    Morphology.ROD: "Large rod-like calcification",
    Morphology.RIM: "Lucent-centered calcification",
    Morphology.EGGSHELL: "Eggshell calcification",
    Morphology.DYSTROPHIC: "Dystrophic calcification",
    Morphology.SUTURE: "Calcified suture material",
    Morphology.ROUND: "Round shaped calcification",
    Morphology.PUNCTATE: "Punctate calcification",
    Morphology.AMORPHOUS: "Amorphous calcification",
    Morphology.COARSE_HETEROGENEOUS: "Heterogeneous calcification",
    Morphology.FINE_PLEOMORPHIC: "Fine pleomorphic calcification",
    Morphology.FINE_LINEAR: "Fine, linear (casting) calcification",
}
MORPHOLOGIES: Final[Mapping[Morphology, Code]] = MappingProxyType(
    {label: Code(value, scheme, _MORPHOLOGY_MEANINGS[label]) for label, (scheme, value) in MORPHOLOGY_CODES.items()}
)
"""CID 6010. Powder on the skin and what cannot be assessed have no code, and get no item."""

RENDERING_INTENT: Final = dcm(111056, "Rendering Intent")
PRESENTATION_REQUIRED: Final = dcm(111150, "Presentation Required: Rendering device is expected to present")
PRESENTATION_OPTIONAL: Final = dcm(111151, "Presentation Optional: Rendering device may present")
SINGLE_IMAGE_FINDING: Final = dcm(111059, "Single Image Finding")
CENTER: Final = dcm(111010, "Center")
OUTLINE: Final = dcm(111041, "Outline")
SUCCEEDED: Final = dcm(111222, "Succeeded")
PARTIALLY_SUCCEEDED: Final = dcm(111223, "Partially Succeeded")
FAILED: Final = dcm(111224, "Failed")
NOT_ATTEMPTED: Final = dcm(111225, "Not Attempted")


TEMPORAL_CORRELATION: Final = sct(133886009, "Temporal correlation")
COLLOCATION: Final = sct(133884007, "Spatial collocation analysis")
DIFFERENCE_IN_SIZE: Final = sct(129806009, "Difference in size")
DIFFERENCE_IN_NUMBER: Final = sct(129810007, "Difference in number of calcifications")
CHANGES_OF_SIZE: Final[Mapping[Change, Code]] = MappingProxyType(
    {
        Change.MATCHED: sct(129723006, "No significant changes in the finding"),
        Change.GROWN: sct(15454001, "Increase in size"),
        Change.SMALLER: sct(19776001, "Decrease in size"),
        Change.NEW: sct(129721008, "New finding"),
    }
)
"""CID 6002. What is only perhaps new, gone or not comparable has no code, and is said in words."""
CHANGES_OF_NUMBER: Final[Mapping[Change, Code]] = MappingProxyType(
    {
        Change.GROWN: sct(129726003, "Increase in number of calcifications"),
        Change.SMALLER: sct(129727007, "Decrease in number of calcifications"),
    }
)


def words_of_location(location: Location) -> Iterator[tuple[Code, Code]]:
    """
    Give the codes of where a finding lies, each with its name, as far as that is known.

    In the order of the rows 16 to 18 of TID 4005: quadrant, clock position or else region, depth.
    """
    if location.quadrant is not None:
        words = location.quadrant.value.replace("_", " ")
        yield dcm(111048, "Quadrant location"), _coded(QUADRANT_CODES[location.quadrant], f"{words} quadrant of breast")
    where = dcm(111014, "Clockface or region")
    if location.clock is not None:
        yield where, _coded(CLOCK_CODES[location.clock], f"{location.clock} o'clock position")
    elif location.region is not None:
        words = location.region.value.replace("_", " ")
        yield where, _coded(REGION_CODES[location.region], f"{words} region of breast")
    if location.depth is not None:
        yield dcm(111020, "Depth"), _coded(DEPTH_CODES[location.depth], location.depth.value)


def _coded(code: tuple[str, str], meaning: str) -> Code:
    scheme, value = code
    return Code(value, scheme, meaning.capitalize())
