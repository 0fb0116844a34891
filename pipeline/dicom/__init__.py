"""The door to DICOM: a file becomes a `Mammogram`, or an error that says why not."""

from pipeline.dicom.read import read_mammogram, read_sop_instance_uid
from pipeline.dicom.settings import (
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
    "DicomSettings",
    "PrivacySettings",
    "ReadSettings",
    "SpacingSettings",
    "read_mammogram",
    "read_sop_instance_uid",
]
