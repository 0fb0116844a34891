"""Digitised film, on which dust and scratches can imitate calcifications."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.dicom.reader.free_text import find, words_of
from mammocalc.dicom.reader.sop_classes import COMPUTED_RADIOGRAPHY, SECONDARY_CAPTURE_CLASSES
from mammocalc.dicom.reader.statements import Subject, listen
from mammocalc.dicom.reader.vocabulary import FILM, SCANNER, SYNTHETIC_TYPE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mammocalc.dicom.reader.header import Header
    from mammocalc.dicom.reader.statements import Statement

FILM_CONVERSIONS: Final = frozenset({"DF", "SI"})
"""Conversion Type (0008,0064): digitised film, scanned image."""
DEVICES: Final = (
    "Manufacturer",
    "ManufacturerModelName",
    "SecondaryCaptureDeviceManufacturer",
    "SecondaryCaptureDeviceManufacturerModelName",
)
UNIT_ATTRIBUTES: Final = (
    "DetectorType",
    "DetectorID",
    "DetectorElementSpacing",
    "AnodeTargetMaterial",
    "BodyPartThickness",
    "CompressionForce",
)
"""What a digital mammography unit writes, and a converter carries over; no scanner of films knows it."""


def is_film(header: Header, statements: Sequence[Statement]) -> bool:
    """
    Whether the image went over a film.

    An imaging plate (Computed Radiography) is none unless something says
    film. A secondary capture is one unless it was computed or carries what a
    digital unit writes.
    """
    sop_class, conversion = header.text("SOPClassUID"), header.text("ConversionType").upper()
    detector = header.text("DetectorType").upper()
    if conversion in FILM_CONVERSIONS or detector == "FILM" or header.has("NominalScannedPixelSpacing"):
        return True
    if any(find(words_of(header.text(keyword)), SCANNER) for keyword in DEVICES):
        return True
    if sop_class == COMPUTED_RADIOGRAPHY:
        says_film = listen(statements, FILM, Subject.IMAGE, Subject.PROCESSING, Subject.SERIES)
        return header.text("Modality").upper() in {"RG", "FILM"} or bool(says_film)  # RG: conventional film/screen
    if sop_class not in SECONDARY_CAPTURE_CLASSES:
        return False
    is_computed = conversion == "SYN" or bool(listen(statements, SYNTHETIC_TYPE, Subject.IMAGE, Subject.SERIES))
    return not is_computed and not any(header.has(keyword) for keyword in UNIT_ATTRIBUTES)
