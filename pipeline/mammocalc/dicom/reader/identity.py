"""Identity of an image: identifiers that are safe as file names, and nothing that names a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mammocalc.dicom.privacy.pseudonyms import patient_key
from mammocalc.dicom.privacy.study_day import study_day
from mammocalc.model import ImageIdentity
from mammocalc.vocabulary.lexicon import Flag, PresentationIntent
from mammocalc.vocabulary.uid import as_uid

if TYPE_CHECKING:
    from mammocalc.dicom.pixels.layout import PixelLayout
    from mammocalc.dicom.privacy.uids import Uids
    from mammocalc.dicom.reader.header import Header
    from mammocalc.dicom.reader.settings import PrivacySettings
    from mammocalc.dicom.view.view import ViewCall

ORIENTATION: Final = re.compile(r"[LRAPHF]{1,3}")
TEXT_CHARACTERS: Final = 64
FOR_PROCESSING_CLASSES: Final = frozenset(
    {"1.2.840.10008.5.1.4.1.1.1.2.1", "1.2.840.10008.5.1.4.1.1.1.1.1", "1.2.840.10008.5.1.4.1.1.13.1.5"}
)
INTENT_CLASSES: Final = FOR_PROCESSING_CLASSES | {
    "1.2.840.10008.5.1.4.1.1.1.2",
    "1.2.840.10008.5.1.4.1.1.1.1",
    "1.2.840.10008.5.1.4.1.1.13.1.4",
}
"""SOP classes in which Presentation Intent Type is demanded: mammography, digital radiography, projections."""


def decide_intent(header: Header) -> tuple[PresentationIntent, frozenset[Flag]]:
    """Decide what an image was made for: Presentation Intent Type, or else its SOP class (flagged)."""
    written = header.text("PresentationIntentType").upper()
    for intent in PresentationIntent:
        if written == intent.value:
            return intent, frozenset()
    sop_class = header.text("SOPClassUID")
    by_class = (
        PresentationIntent.FOR_PROCESSING
        if sop_class in FOR_PROCESSING_CLASSES
        else PresentationIntent.FOR_PRESENTATION
    )
    is_missed = sop_class in INTENT_CLASSES
    return by_class, frozenset({Flag.MISSING_PRESENTATION_INTENT} if is_missed else ())


def describe_identity(
    header: Header,
    uids: Uids,
    view: ViewCall,
    intent: PresentationIntent,
    layout: PixelLayout,
    settings: PrivacySettings,
    notes: tuple[str, ...],
) -> ImageIdentity:
    """Put together who an image is; ``notes`` say what decided where a flag does not."""
    orientation = tuple(value.upper() for value in header.texts("PatientOrientation"))
    implant = {"YES": True, "NO": False}.get(header.text("BreastImplantPresent").upper())
    return ImageIdentity(
        sop_instance_uid=uids.sop_instance,
        sop_class_uid=as_uid(header.text("SOPClassUID")),
        series_instance_uid=uids.series_instance,
        study_instance_uid=uids.study_instance,
        patient_key=patient_key(header, settings),
        study_day=study_day(header, settings),
        laterality=view.laterality,
        view=view.view,
        view_modifiers=view.modifiers,
        patient_orientation=orientation if all(map(ORIENTATION.fullmatch, orientation)) else (),
        breast_implant_present=implant,
        presentation_intent=intent,
        manufacturer=_plain(header.text("Manufacturer")),
        manufacturer_model_name=_plain(header.text("ManufacturerModelName")),
        rows=layout.rows,
        columns=layout.columns,
        number_of_frames=1,
        notes=notes,
    )


def _plain(text: str) -> str:
    """Keep the printable characters of a name, as many as the standard allows."""
    encodable = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(character for character in encodable if character.isprintable())[:TEXT_CHARACTERS].strip()
