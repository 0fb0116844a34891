"""Secondary Capture of an overlay: a picture that every viewer shows."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from PIL import Image as Pictures

from mammocalc.dicom.writer.copied import copy_patient_and_study
from mammocalc.dicom.writer.instance import Series, describe_series, finish, moment_of
from mammocalc.dicom.writer.new_item import referred
from mammocalc.dicom.writer.records import SOFTWARE, Kind
from mammocalc.vocabulary.lexicon import SHORT_NOTICE

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from mammocalc.dicom.writer.records import DicomObject, StudyContent, StudyImage

SOP_CLASS: Final = "1.2.840.10008.5.1.4.1.1.7"
SERIES: Final = Series(Kind.CAPTURE, "OT", 9004, "Overlays")
"""Modality OT: by MG, worklists and hanging protocols would take it for a mammogram."""


def write_capture(content: StudyContent, image: StudyImage, overlay: bytes, number: int) -> DicomObject:
    """
    Write the overlay of an image as a Secondary Capture.

    Parameters
    ----------
    content : StudyContent
    image : StudyImage
    overlay : bytes
        A JPEG or PNG.
    number : int
        Within the series, from 1 on.

    Returns
    -------
    DicomObject
        RGB and uncompressed: the JPEG of an overlay keeps all of its colours (4:4:4), which DICOM's own JPEG does not.

    Raises
    ------
    OSError
        If the overlay is not a picture.

    References
    ----------
    DICOM PS3.3 A.8.1 (Secondary Capture Image IOD), C.8.6.
    """
    with Pictures.open(io.BytesIO(overlay)) as picture:
        is_lossy = picture.format == "JPEG"
        pixels = picture.convert("RGB")
    raw = pixels.tobytes()
    dataset = copy_patient_and_study(image.source)
    describe_series(dataset, SERIES, content, number, image.source.side)
    dataset.ImageType = ["DERIVED", "SECONDARY"]
    dataset.ConversionType = "WSD"
    dataset.ContentDate, dataset.ContentTime = moment_of(content, dataset)
    dataset.PatientOrientation = None
    dataset.BurnedInAnnotation = "YES"
    dataset.DerivationDescription = f"Overlay of {SOFTWARE}. {SHORT_NOTICE}."
    dataset.SourceImageSequence = [referred(image.source)]
    dataset.LossyImageCompression = "01" if is_lossy else "00"
    if is_lossy:
        dataset.LossyImageCompressionRatio = f"{len(raw) / len(overlay):.2f}"
        dataset.LossyImageCompressionMethod = "ISO_10918_1"
    _put_pixels(dataset, pixels.size, raw)
    return finish(dataset, SOP_CLASS, SERIES, [image.source])


def _put_pixels(dataset: Dataset, size: tuple[int, int], raw: bytes) -> None:
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation, dataset.PlanarConfiguration = 3, "RGB", 0
    dataset.Columns, dataset.Rows = size
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 8, 8, 7, 0
    dataset.add_new(0x7FE00010, "OB", raw + b"\0" * (len(raw) % 2))
