"""The door to DICOM: a file becomes a `Mammogram`, or an error that says why not."""

from pipeline.dicom.read import read_for_display, read_mammogram, read_sop_instance_uid
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
    "DicomSettings",
    "PrivacySettings",
    "ReadSettings",
    "SpacingSettings",
    "Window",
    "read_for_display",
    "read_mammogram",
    "read_sop_instance_uid",
]
