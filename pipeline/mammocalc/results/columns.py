"""Columns of the tables of a run, for every format."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

from mammocalc.vocabulary.lexicon import DESCRIPTORS


class Kind(Enum):
    """What the values of a column are; each may be None."""

    TEXT = "text"
    COUNT = "count"
    """A whole number, or the number of a thing."""
    NUMBER = "number"
    """In the unit that ends the name of its column."""
    WORDS = "words"
    """Words of a closed vocabulary, in their order."""
    SENTENCES = "sentences"
    """Sentences of this project, in their order."""


Row = Mapping[str, Any]
"""One row by the names of its columns: text, numbers, lists of words, or None."""
Columns = Mapping[str, Kind]
"""Kinds by the names of columns, in the order of the table."""

IMAGE_COLUMNS: Final[Columns] = MappingProxyType(
    {
        "sop_instance_uid": Kind.TEXT,
        "series_instance_uid": Kind.TEXT,
        "study_instance_uid": Kind.TEXT,
        "path": Kind.TEXT,
        "patient_key": Kind.TEXT,
        "study_day": Kind.COUNT,
        "laterality": Kind.TEXT,
        "view": Kind.TEXT,
        "view_modifiers": Kind.WORDS,
        "presentation_intent": Kind.TEXT,
        "manufacturer": Kind.TEXT,
        "manufacturer_model_name": Kind.TEXT,
        "rows": Kind.COUNT,
        "columns": Kind.COUNT,
        "frame": Kind.COUNT,
        "row_spacing_mm": Kind.NUMBER,
        "column_spacing_mm": Kind.NUMBER,
        "spacing_source": Kind.TEXT,
        "breast_area_mm2": Kind.NUMBER,
        "nipple_confidence": Kind.NUMBER,
        "pectoral_confidence": Kind.NUMBER,
        "presence": Kind.NUMBER,
        "presence_level": Kind.NUMBER,
        "n_calcifications": Kind.COUNT,
        "n_micro": Kind.COUNT,
        "n_macro": Kind.COUNT,
        "n_size_unknown": Kind.COUNT,
        "n_vascular": Kind.COUNT,
        "n_left_out": Kind.COUNT,
        "n_clusters": Kind.COUNT,
        "n_loose_chains": Kind.COUNT,
        "n_vessels": Kind.COUNT,
        "vessels_length_mm": Kind.NUMBER,
        "distribution": Kind.TEXT,
        "between": Kind.WORDS,
        **{f"p_{descriptor}": Kind.NUMBER for descriptor in DESCRIPTORS},
        "margin": Kind.NUMBER,
        "reasons": Kind.SENTENCES,
        "flags": Kind.WORDS,
        "result": Kind.TEXT,
        "overlay": Kind.TEXT,
    }
)
CALCIFICATION_COLUMNS: Final[Columns] = MappingProxyType(
    {
        "sop_instance_uid": Kind.TEXT,
        "id": Kind.COUNT,
        "letter": Kind.TEXT,
        "frame": Kind.COUNT,
        "row_px": Kind.NUMBER,
        "column_px": Kind.NUMBER,
        "diameter_px": Kind.NUMBER,
        "diameter_mm": Kind.NUMBER,
        "length_mm": Kind.NUMBER,
        "width_mm": Kind.NUMBER,
        "area_mm2": Kind.NUMBER,
        "size": Kind.TEXT,
        "score": Kind.NUMBER,
        "contrast_to_noise": Kind.NUMBER,
        "cluster": Kind.COUNT,
        "vessel": Kind.COUNT,
        "vessel_letter": Kind.TEXT,
        "morphology": Kind.TEXT,
        "p_morphology": Kind.NUMBER,
        "left_out": Kind.TEXT,
        "flags": Kind.WORDS,
    }
)
CLUSTER_COLUMNS: Final[Columns] = MappingProxyType(
    {
        "sop_instance_uid": Kind.TEXT,
        "id": Kind.COUNT,
        "letter": Kind.TEXT,
        "frame": Kind.COUNT,
        "loose": Kind.COUNT,
        "n_members": Kind.COUNT,
        "extent_mm": Kind.NUMBER,
        "area_mm2": Kind.NUMBER,
        "density_per_cm2": Kind.NUMBER,
        "distribution": Kind.TEXT,
        "between": Kind.WORDS,
        **{f"p_{descriptor}": Kind.NUMBER for descriptor in DESCRIPTORS},
        "margin": Kind.NUMBER,
        "reasons": Kind.SENTENCES,
        "morphology": Kind.TEXT,
        "p_morphology": Kind.NUMBER,
        "morphology_reasons": Kind.SENTENCES,
        "published_malignant_share_low": Kind.NUMBER,
        "published_malignant_share_high": Kind.NUMBER,
        "published_n": Kind.COUNT,
        "published_population": Kind.TEXT,
        "published_source": Kind.TEXT,
    }
)
FINDING_COLUMNS: Final[Columns] = MappingProxyType(
    {
        "study_instance_uid": Kind.TEXT,
        "patient_key": Kind.TEXT,
        "study_day": Kind.COUNT,
        "finding": Kind.TEXT,
        "laterality": Kind.TEXT,
        "finding_label": Kind.TEXT,
        "quadrant": Kind.TEXT,
        "region": Kind.TEXT,
        "clock": Kind.COUNT,
        "depth": Kind.TEXT,
        "from_nipple_mm": Kind.NUMBER,
        "n_sightings": Kind.COUNT,
        "n_unseen": Kind.COUNT,
        "sop_instance_uid": Kind.TEXT,
        "view": Kind.TEXT,
        "cluster": Kind.COUNT,
        "letter": Kind.TEXT,
        "distribution": Kind.TEXT,
        "arc_mm": Kind.NUMBER,
        "straight_mm": Kind.NUMBER,
        "linked_sop_instance_uid": Kind.TEXT,
        "linked_cluster": Kind.COUNT,
        "p_link": Kind.NUMBER,
        "basis": Kind.TEXT,
        "reasons": Kind.SENTENCES,
    }
)
STUDY_COLUMNS: Final[Columns] = MappingProxyType(
    {
        "study_instance_uid": Kind.TEXT,
        "joined_by": Kind.TEXT,
        "patient_key": Kind.TEXT,
        "study_day": Kind.COUNT,
        "n_images": Kind.COUNT,
        "distribution_right": Kind.TEXT,
        "distribution_left": Kind.TEXT,
        "both_breasts": Kind.TEXT,
        "n_places_right": Kind.COUNT,
        "n_places_left": Kind.COUNT,
        "n_findings": Kind.COUNT,
        "n_linked": Kind.COUNT,
        "missing_views": Kind.SENTENCES,
        "statements": Kind.SENTENCES,
        "notes": Kind.SENTENCES,
    }
)
RESULT_TABLES: Final[Mapping[str, Columns]] = MappingProxyType(
    {"images": IMAGE_COLUMNS, "calcifications": CALCIFICATION_COLUMNS, "clusters": CLUSTER_COLUMNS}
)
"""The tables of what stands in results, by the names of their files."""
STUDY_TABLES: Final[Mapping[str, Columns]] = MappingProxyType({"studies": STUDY_COLUMNS, "findings": FINDING_COLUMNS})
"""Those of what stands in the documents of studies."""
TABLES: Final[Mapping[str, Columns]] = MappingProxyType({**RESULT_TABLES, **STUDY_TABLES})
"""All tables of a run."""
