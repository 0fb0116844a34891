"""Who an image is: identifiers that are safe to use as names, and nothing that names a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pipeline.dicom.pseudonyms import patient_key
from pipeline.errors import UnreadableImage
from pipeline.lexicon import Flag, PresentationIntent, Reason
from pipeline.model import ImageIdentity

if TYPE_CHECKING:
    from pipeline.dicom.header import Header
    from pipeline.dicom.layout import PixelLayout
    from pipeline.dicom.settings import PrivacySettings
    from pipeline.dicom.view import ViewCall

UID: Final = re.compile(r"[0-9]+(\.[0-9]+)+")
"""UID grammar (PS3.5 section 9), but for leading zeros of a component, which devices in use do write."""
UID_CHARACTERS: Final = 64
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


def is_safe_uid(text: str) -> bool:
    """
    Whether a text is a UID, and therefore safe as a file's name.

    Examples
    --------
    >>> is_safe_uid("1.2.840.10008"), is_safe_uid("../../etc/passwd")
    (True, False)
    """
    return len(text) <= UID_CHARACTERS and UID.fullmatch(text) is not None


def read_uid(header: Header, keyword: str, name: str, *, required: bool) -> str:
    """
    Read a UID that is safe to use.

    Raises
    ------
    UnreadableImage
        ``missing_tag`` where a required one is missing, ``invalid_tag`` where
        it is no UID.
    """
    text = header.text(keyword)
    if not text:
        if required:
            message = f"{name} is missing. Export the image again from the source, with its identifiers."
            raise UnreadableImage(Reason.MISSING_TAG, message)
        return ""
    if not is_safe_uid(text):
        message = f"{name} is not a UID (digits and dots, at most 64 characters). Export the image again."
        raise UnreadableImage(Reason.INVALID_TAG, message)
    return text


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
    header: Header, view: ViewCall, intent: PresentationIntent, layout: PixelLayout, settings: PrivacySettings
) -> ImageIdentity:
    """
    Put together who an image is.

    Raises
    ------
    UnreadableImage
        ``missing_tag`` without a SOP Instance UID; ``invalid_tag`` where a
        UID is none.
    """
    orientation = tuple(value.upper() for value in header.texts("PatientOrientation"))
    implant = {"YES": True, "NO": False}.get(header.text("BreastImplantPresent").upper())
    return ImageIdentity(
        sop_instance_uid=read_uid(header, "SOPInstanceUID", "SOP Instance UID (0008,0018)", required=True),
        sop_class_uid=read_uid(header, "SOPClassUID", "SOP Class UID (0008,0016)", required=True),
        series_instance_uid=read_uid(header, "SeriesInstanceUID", "Series Instance UID (0020,000E)", required=False),
        study_instance_uid=read_uid(header, "StudyInstanceUID", "Study Instance UID (0020,000D)", required=False),
        patient_key=patient_key(header, settings),
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
    )


def _plain(text: str) -> str:
    """Keep the printable characters of a name, as many as the standard allows."""
    encodable = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(character for character in encodable if character.isprintable())[:TEXT_CHARACTERS].strip()
