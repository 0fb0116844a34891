"""Segmentations of the calcifications of an image: binary, and as a label map."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, RLELossless
from rle.utils import encode_pixel_data

from mammocalc.dicom.writer import codes
from mammocalc.dicom.writer.codes import dcm, sct
from mammocalc.dicom.writer.copied import copy_patient_and_study
from mammocalc.dicom.writer.findings import COLOURS
from mammocalc.dicom.writer.instance import DEVICE_SERIAL_NUMBER, Series, describe_series, finish, moment_of
from mammocalc.dicom.writer.masks import label_map
from mammocalc.dicom.writer.records import SOFTWARE, Kind
from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.lexicon import CalcificationSize
from mammocalc.vocabulary.uid import derive_uid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

    from mammocalc.dicom.writer.codes import Code
    from mammocalc.dicom.writer.records import DicomObject, StudyContent, StudyImage
    from mammocalc.dicom.writer.source import SourceImage

BINARY: Final = Series(Kind.SEG, "SEG", 9005, "Segmentations")
LABELMAP: Final = Series("labelmap", "SEG", 9006, "Label maps")

_CLASSES: Final = {BINARY: "1.2.840.10008.5.1.4.1.1.66.4", LABELMAP: "1.2.840.10008.5.1.4.1.1.66.7"}
_OF_ONE_FRAME: Final = "1.2.840.10008.5.1.4.1.1.1.2"
"""Digital Mammography X-Ray Image Storage, for presentation."""
_WORDS: Final = {
    CalcificationSize.MICRO: "Microcalcifications",
    CalcificationSize.MACRO: "Macrocalcifications",
    None: "Calcifications, size unknown",
}
_OF_ITS_OWN: Final = ("ContributingEquipmentSequence", "InstanceCreationDate", "InstanceCreationTime", "Laterality")
"""What the library takes from the clock, says of itself, or copies against the standard."""

MISSING: Final = (
    "segmentations need highdicom: pip install 'mammocalc[export]', or leave seg out of the kinds that are asked for; "
    "all others need nothing more"
)


def require_segmentations() -> None:
    """Raise UsageError if the package that writes segmentations is missing."""
    _library()


def write_segmentations(content: StudyContent, image: StudyImage, number: int) -> Iterator[DicomObject]:
    """
    Write the segmentations of an image.

    Parameters
    ----------
    content : StudyContent
    image : StudyImage
        With a result.
    number : int
        Within each series, from 1 on.

    Yields
    ------
    DicomObject
        A binary Segmentation, then a Label Map Segmentation, which few readers know yet; both also of an image in
        which nothing was found.

    Raises
    ------
    UsageError
        If highdicom is not installed.

    References
    ----------
    DICOM PS3.3 A.51 (Segmentation IOD), A.51.6 (Label Map Segmentation IOD).
    """
    highdicom = _library()
    source, result = image.source, image.result
    labels, segments = label_map(() if result is None else result.report.calcifications, (source.rows, source.columns))
    for series, kind in ((BINARY, "BINARY"), (LABELMAP, "LABELMAP")):
        dataset = highdicom.seg.Segmentation(
            source_images=[_source_for_library(image)],
            pixel_array=labels[None],
            segmentation_type=kind,
            segment_descriptions=[
                _describe(highdicom, place, size, content) for place, size in enumerate(segments, start=1)
            ],
            series_instance_uid=derive_uid("replaced"),
            series_number=series.number,
            sop_instance_uid=derive_uid("replaced, too"),
            instance_number=number,
            manufacturer=content.device.manufacturer,
            manufacturer_model_name=content.device.model,
            software_versions=content.facts.version,
            device_serial_number=DEVICE_SERIAL_NUMBER,
            content_description=f"Calcifications found by {SOFTWARE}",
            content_label=SOFTWARE.upper(),
            omit_empty_frames=False,
            transfer_syntax_uid=ExplicitVRLittleEndian,
        )
        yield _finish(dataset, series, content, image, number)


def _finish(dataset: Dataset, series: Series, content: StudyContent, image: StudyImage, number: int) -> DicomObject:
    """Put in what all objects have in common, and take out what would differ from one call to the next."""
    for keyword in _OF_ITS_OWN:
        if keyword in dataset:
            delattr(dataset, keyword)
    for element in copy_patient_and_study(image.source):
        dataset[element.tag] = element
    describe_series(dataset, series, content, number)
    dataset.ContentDate, dataset.ContentTime = moment_of(content, dataset)
    dataset.PatientOrientation = list(image.source.orientation)
    if series is LABELMAP:
        _compress(dataset)
    organisation = derive_uid(f"dimensions {series.folder} {image.source.key}")
    for item in (*dataset.DimensionOrganizationSequence, *dataset.DimensionIndexSequence):
        item.DimensionOrganizationUID = organisation
    _name_frame(dataset, image.source)
    return finish(dataset, _CLASSES[series], series, [image.source])


def _name_frame(dataset: Dataset, source: SourceImage) -> None:
    """Say from which frame of its image a segmentation was derived; the library was told of an image of one frame."""
    if source.frame is None:
        return
    for element in dataset.iterall():
        for item in element.value if element.VR == "SQ" else ():
            if item.get("ReferencedSOPInstanceUID") == source.sop_instance_uid:
                item.ReferencedSOPClassUID = source.sop_class_uid
                if element.keyword == "SourceImageSequence":
                    item.ReferencedFrameNumber = source.frame + 1


def _compress(dataset: Dataset) -> None:
    """Compress a map of labels; by hand, for the encoder that the library would find ends the process on some sizes."""
    pixels = dataset.PixelData[: dataset.Rows * dataset.Columns * dataset.BitsAllocated // 8]  # without its padding
    frame = encode_pixel_data(
        pixels,
        rows=dataset.Rows,
        columns=dataset.Columns,
        samples_per_pixel=1,
        bits_allocated=dataset.BitsAllocated,
        number_of_frames=1,
        photometric_interpretation=dataset.PhotometricInterpretation,
        pixel_representation=0,
    )
    dataset.PixelData = encapsulate([frame])
    dataset["PixelData"].is_undefined_length = True
    dataset.file_meta.TransferSyntaxUID = RLELossless


def _source_for_library(image: StudyImage) -> Dataset:
    """Give the library the header of an image as it needs it: clean, whatever stands in the file."""
    source = image.source
    dataset = copy_patient_and_study(source)
    if "SpecificCharacterSet" in dataset:
        del dataset.SpecificCharacterSet  # the library refuses code extensions; `_finish` puts it in
    # Of classes that have several frames the library wants functional groups, which one frame alone does not need.
    dataset.SOPClassUID = source.sop_class_uid if source.frame is None else _OF_ONE_FRAME
    dataset.SOPInstanceUID = source.sop_instance_uid
    dataset.SeriesInstanceUID = source.series_instance_uid
    dataset.SeriesNumber, dataset.InstanceNumber, dataset.Modality = 1, 1, "MG"
    dataset.Rows, dataset.Columns = source.rows, source.columns
    return dataset


def _describe(highdicom: Any, place: int, size: CalcificationSize | None, content: StudyContent) -> Any:
    """Describe a segment."""
    kind = codes.SIZES[size] if size is CalcificationSize.MACRO else codes.INDIVIDUAL_CALCIFICATION
    algorithm = highdicom.AlgorithmIdentificationSequence(
        name=SOFTWARE,
        family=_for_library(highdicom, dcm(123104, "Morphological Operations")),
        version=content.facts.version,
    )
    return highdicom.seg.SegmentDescription(
        segment_number=place,
        segment_label=_WORDS[size],
        segmented_property_category=_for_library(highdicom, sct(49755003, "Morphologically Abnormal Structure")),
        segmented_property_type=_for_library(highdicom, kind),
        algorithm_type="AUTOMATIC",
        algorithm_identification=algorithm,
        anatomic_regions=[_for_library(highdicom, codes.BREAST)],
        display_color=highdicom.color.CIELabColor(*_lab(COLOURS[size])),
    )


def _for_library(highdicom: Any, code: Code) -> Any:
    return highdicom.sr.CodedConcept(*code)


def _lab(encoded: tuple[int, int, int]) -> tuple[float, float, float]:
    """Give a colour as the library takes it, from the form in which DICOM holds it."""
    lightness, a, b = encoded
    return lightness * 100 / 0xFFFF, a * 255 / 0xFFFF - 128, b * 255 / 0xFFFF - 128


def _library() -> Any:
    try:
        import highdicom  # noqa: PLC0415 - an extra, and half a second
        import highdicom.color  # noqa: PLC0415
        import highdicom.seg  # noqa: PLC0415
    except ImportError:
        raise UsageError(MISSING) from None
    logging.getLogger("highdicom").setLevel(logging.WARNING)  # it would tell UIDs
    return highdicom
