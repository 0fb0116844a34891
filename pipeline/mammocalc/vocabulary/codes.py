"""Codes of SNOMED CT and DICOM for the words of the lexicon."""

from __future__ import annotations

from typing import Final

from mammocalc.vocabulary.lexicon import Distribution, Morphology
from mammocalc.vocabulary.location import Depth, Quadrant, Region

SNOMED_CT: Final = {
    Distribution.DIFFUSE: "129764001",
    Distribution.REGIONAL: "129767008",
    Distribution.GROUPED: "129766004",
    Distribution.LINEAR: "129765000",
    Distribution.SEGMENTAL: "129768003",
}

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

QUADRANT_CODES: Final = {
    Quadrant.UPPER_OUTER: ("SCT", "76365002"),
    Quadrant.UPPER_INNER: ("SCT", "77831004"),
    Quadrant.LOWER_OUTER: ("SCT", "33564002"),
    Quadrant.LOWER_INNER: ("SCT", "19100000"),
}
"""DICOM CID 6020."""

REGION_CODES: Final = {
    Region.SUBAREOLAR: ("SCT", "129784002"),
    Region.CENTRAL: ("SCT", "129786000"),
    Region.AXILLARY_TAIL: ("SCT", "129785001"),
}
"""Of DICOM CID 6018, with the clock positions."""

CLOCK_CODES: Final = {
    1: ("SCT", "129772004"),
    2: ("SCT", "129773009"),
    3: ("SCT", "129774003"),
    4: ("SCT", "129775002"),
    5: ("SCT", "129776001"),
    6: ("SCT", "129777005"),
    7: ("SCT", "129778000"),
    8: ("SCT", "129779008"),
    9: ("SCT", "129780006"),
    10: ("SCT", "129781005"),
    11: ("SCT", "129782003"),
    12: ("SCT", "129783008"),
}
"""DICOM CID 6018, by the hour."""

DEPTH_CODES: Final = {
    Depth.ANTERIOR: ("SCT", "255549009"),
    Depth.MIDDLE: ("NCIt", "C25569"),
    Depth.POSTERIOR: ("SCT", "255551008"),
}
"""DICOM CID 6024."""
