"""Body part: whether a header says that a breast is imaged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.dicom.reader.free_text import find, phrases, words_of

if TYPE_CHECKING:
    from mammocalc.dicom.reader.header import Header

BREAST_CODES: Final = frozenset(
    {"76752008", "T-04000", "80248007", "T-04030", "73056007", "T-04020", "63762007", "T-04080"}
)

BREAST_WORDS: Final = phrases("mamma", "mammae", "mammary", "mama", "sein", "seins", "seno")


def is_breast(header: Header) -> bool:
    """Whether body part, organ or region is the breast."""
    parts = (header.text("BodyPartExamined"), header.text("OrganExposed"))
    if any("BREAST" in part.upper() or find(words_of(part), BREAST_WORDS) for part in parts):
        return True
    return any(region.text("CodeValue").upper() in BREAST_CODES for region in header.items("AnatomicRegionSequence"))
