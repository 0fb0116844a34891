"""The DICOM reader: a file becomes a `Mammogram`, or an error that says why not."""

from mammocalc.dicom.pixels.windows import Window
from mammocalc.dicom.privacy.pseudonyms import Pseudonyms, public_uid
from mammocalc.dicom.reader.array import Statements, mammogram_from_array
from mammocalc.dicom.reader.read import Claim, read_claim, read_for_display, read_mammogram, read_sop_instance_uid
from mammocalc.dicom.reader.settings import (
    AdmitSettings,
    AssumedSpacing,
    DicomSettings,
    PrivacySettings,
    ReadSettings,
    SpacingSettings,
)

__all__ = [
    "AdmitSettings",
    "AssumedSpacing",
    "Claim",
    "DicomSettings",
    "PrivacySettings",
    "Pseudonyms",
    "ReadSettings",
    "SpacingSettings",
    "Statements",
    "Window",
    "mammogram_from_array",
    "public_uid",
    "read_claim",
    "read_for_display",
    "read_mammogram",
    "read_sop_instance_uid",
]
