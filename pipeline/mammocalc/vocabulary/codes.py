"""Codes of SNOMED CT and DICOM for the words of the lexicon."""

from __future__ import annotations

from typing import Final

from mammocalc.vocabulary.lexicon import Distribution, Morphology

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
