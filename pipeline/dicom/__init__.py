"""The door to DICOM: a file becomes a `Mammogram`, or an error that says why not."""

from pipeline.dicom.pseudonyms import Pseudonyms, public_uid
from pipeline.dicom.read import Claim, read_claim, read_for_display, read_mammogram, read_sop_instance_uid
from pipeline.dicom.settings import (
    AdmitSettings,
    AssumedSpacing,
    DicomSettings,
    PrivacySettings,
    ReadSettings,
    SpacingSettings,
)
from pipeline.dicom.windows import Window

__all__ = [
    "AdmitSettings",
    "AssumedSpacing",
    "Claim",
    "DicomSettings",
    "PrivacySettings",
    "Pseudonyms",
    "ReadSettings",
    "SpacingSettings",
    "Window",
    "public_uid",
    "read_claim",
    "read_for_display",
    "read_mammogram",
    "read_sop_instance_uid",
]
