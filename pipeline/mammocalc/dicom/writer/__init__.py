"""Results as DICOM objects: the other half of the room that speaks DICOM."""

from mammocalc.dicom.writer.exposures import say_exposures
from mammocalc.dicom.writer.records import (
    KINDS,
    OF_STUDY,
    Device,
    DicomObject,
    Kind,
    PriorView,
    RunFacts,
    StudyContent,
    StudyImage,
)
from mammocalc.dicom.writer.segmentation import require_segmentations
from mammocalc.dicom.writer.source import SourceImage, read_source
from mammocalc.dicom.writer.study import write_study

__all__ = [
    "KINDS",
    "OF_STUDY",
    "Device",
    "DicomObject",
    "Kind",
    "PriorView",
    "RunFacts",
    "SourceImage",
    "StudyContent",
    "StudyImage",
    "read_source",
    "require_segmentations",
    "say_exposures",
    "write_study",
]
