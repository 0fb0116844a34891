"""Which objects are judged, which are skipped, and what is flagged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from mammocalc.dicom import AdmitSettings, DicomSettings, read_mammogram
from mammocalc.vocabulary.errors import ImageSkippedError
from mammocalc.vocabulary.lexicon import Flag, Reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Make = Callable[..., Path]

CLASSES = "1.2.840.10008.5.1.4.1.1."
CAPTURE, COMPUTED, TOMOSYNTHESIS, RAW = CLASSES + "7", CLASSES + "1", CLASSES + "13.1.3", CLASSES + "1.2.1"
FILM = {"SOPClassUID": CAPTURE, "ConversionType": "DF", "PresentationIntentType": None}
PLATE = {"SOPClassUID": COMPUTED, "Modality": "CR", "PresentationIntentType": None}
NO_VIEW: dict[str, Any] = {"ViewPosition": None}
ADMIT_ALL = AdmitSettings(
    quality_control=True, specimens=True, contrast_recombined=True, screenshots=True, not_mammography=True,
)  # fmt: skip
SMALL_FILMS: dict[str, Any] = {"film_min_side_px": 20}


def item(**attributes: Any) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def code(value: str) -> Dataset:
    return item(CodeValue=value, CodingSchemeDesignator="SCT", CodeMeaning="meaning")


def read_flags(path: Path, admit: AdmitSettings | None = None) -> frozenset[Flag]:
    settings = DicomSettings(admit=AdmitSettings(**SMALL_FILMS) if admit is None else admit)
    return read_mammogram(path, settings).flags


JUDGED: list[tuple[str, dict[str, Any], set[Flag]]] = [
    ("ordinary", {}, set()),
    (
        "raw",
        {
            "SOPClassUID": RAW,
            "PresentationIntentType": "FOR PROCESSING",
            "PixelIntensityRelationship": "LOG",
            "PixelIntensityRelationshipSign": -1,
        },
        set(),
    ),
    ("missing modality", {"Modality": None}, {Flag.MISSING_MODALITY}),
    (
        "film that names a conversion and no body part",
        FILM | {"BodyPartExamined": None, "ViewPosition": None, "PatientOrientation": None},
        {Flag.DIGITISED_FILM, Flag.UNKNOWN_VIEW},
    ),
    (
        "film that names a view and no body part",
        FILM | {"BodyPartExamined": None, "ConversionType": None},
        {Flag.DIGITISED_FILM},
    ),
    ("modality of a scanned film", {"Modality": "RG"}, {Flag.MISSING_MODALITY}),
    ("film", FILM, {Flag.DIGITISED_FILM}),
    ("film with another modality", FILM | {"Modality": "RG"}, {Flag.DIGITISED_FILM, Flag.MISSING_MODALITY}),
    (
        "film known by its region",
        FILM | {"BodyPartExamined": None, "AnatomicRegionSequence": [code("76752008")]},
        {Flag.DIGITISED_FILM},
    ),
    ("film known by its organ", FILM | {"BodyPartExamined": None, "OrganExposed": "BREAST"}, {Flag.DIGITISED_FILM}),
    ("film in a mammography object", {"DetectorType": "FILM"}, {Flag.DIGITISED_FILM}),
    ("film known by its scanner", {"NominalScannedPixelSpacing": [0.07, 0.07]}, {Flag.DIGITISED_FILM}),
    ("imaging plate without plate tags", PLATE, {Flag.MISSING_MODALITY}),
    ("imaging plate by its detector", PLATE | {"DetectorType": "STORAGE", "Modality": "MG"}, set()),
    (
        "imaging plate of a maker with film in its name",
        PLATE | {"Manufacturer": "FUJI PHOTO FILM Co., ltd."},
        {Flag.MISSING_MODALITY},
    ),
    ("the same in one word", PLATE | {"Manufacturer": "FUJIFILM Corporation"}, {Flag.MISSING_MODALITY}),
    ("imaging plate", PLATE | {"PlateID": "P1", "Modality": "MG"}, set()),
    (
        "film in a radiography object, by its modality",
        PLATE | {"Modality": "RG"},
        {Flag.DIGITISED_FILM, Flag.MISSING_MODALITY},
    ),
    (
        "film in a radiography object, by its scanner",
        PLATE | {"ManufacturerModelName": "HOWTEK 960"},
        {Flag.DIGITISED_FILM, Flag.MISSING_MODALITY},
    ),
    (
        "film in a radiography object, by its series",
        PLATE | {"SeriesDescription": "Digitized film, prior"},
        {Flag.DIGITISED_FILM, Flag.MISSING_MODALITY},
    ),
    (
        "capture of a digital unit",
        FILM | {"ConversionType": "WSD", "DetectorType": "DIRECT"},
        {Flag.WORKSTATION_CAPTURE},
    ),
    ("digital radiography of the breast", {"SOPClassUID": CLASSES + "1.1", "Modality": "DX"}, {Flag.MISSING_MODALITY}),
    ("synthesised view", {"ImageType": ["DERIVED", "PRIMARY", "TOMOSYNTHESIS", "GENERATED_2D"]}, {Flag.SYNTHETIC_VIEW}),
    (
        "synthesised view as a capture",
        FILM | {"ConversionType": "SYN", "SeriesDescription": "L CC C-View"},
        {Flag.SYNTHETIC_VIEW},
    ),
    ("stereotactic scout", {"ImageType": ["ORIGINAL", "PRIMARY", "STEREO_SCOUT"]}, {Flag.STEREOTACTIC_VIEW}),
    ("biopsy", {"SeriesDescription": "L CC Biopsy post-fire"}, {Flag.BIOPSY_VIEW}),
    ("implant", {"BreastImplantPresent": "YES"}, {Flag.IMPLANT}),
    ("part of the breast", {"PartialView": "YES"}, {Flag.PARTIAL_VIEW}),
    ("burned-in text", {"BurnedInAnnotation": "YES"}, {Flag.BURNED_IN_ANNOTATION}),
    ("a patient's image that serves quality control as well", {"QualityControlImage": "BOTH"}, set()),
    (
        "low-energy image of a contrast study",
        {"ContrastBolusAgent": "Iodine", "SeriesDescription": "L CC CEM LOW_ENERGY"},
        set(),
    ),
    (
        "low-energy image of a dual-energy study",
        {"ContrastBolusAgent": "Iodine", "SeriesDescription": "Dual Energy CEM_LOW"},
        set(),
    ),
    ("contrast agent alone", {"ContrastBolusAgent": "Iodine"}, set()),
    ("initials that are no quality control", {"PatientName": "QC^QA"}, set()),
    ("capture by a converter", FILM | {"ConversionType": "WSD"}, {Flag.DIGITISED_FILM, Flag.WORKSTATION_CAPTURE}),
]
SKIPPED: list[tuple[str, dict[str, Any], Reason, Flag]] = [
    (
        "computed tomography",
        {"SOPClassUID": CLASSES + "2", "Modality": "CT"},
        Reason.NOT_MAMMOGRAPHY,
        Flag.NOT_MAMMOGRAPHY_ADMITTED,
    ),
    (
        "chest",
        {"SOPClassUID": CLASSES + "1.1", "Modality": "DX", "BodyPartExamined": "CHEST"},
        Reason.NOT_MAMMOGRAPHY,
        Flag.NOT_MAMMOGRAPHY_ADMITTED,
    ),
    ("ultrasound in a mammography object", {"Modality": "US"}, Reason.NOT_MAMMOGRAPHY, Flag.NOT_MAMMOGRAPHY_ADMITTED),
    (
        "plate without body part",
        PLATE | {"BodyPartExamined": None},
        Reason.NOT_MAMMOGRAPHY,
        Flag.NOT_MAMMOGRAPHY_ADMITTED,
    ),
    ("quality control", {"QualityControlImage": "YES"}, Reason.QUALITY_CONTROL, Flag.QUALITY_CONTROL_ADMITTED),
    (
        "phantom by image type",
        {"ImageType": ["ORIGINAL", "PRIMARY", "PHANTOM"]},
        Reason.QUALITY_CONTROL,
        Flag.QUALITY_CONTROL_ADMITTED,
    ),
    (
        "specimen by view",
        {"ViewPosition": None, "ViewCodeSequence": [code("127457009")]},
        Reason.SPECIMEN,
        Flag.SPECIMEN_ADMITTED,
    ),
    (
        "specimen by its container",
        {"SpecimenDescriptionSequence": [item(SpecimenIdentifier="1")]},
        Reason.SPECIMEN,
        Flag.SPECIMEN_ADMITTED,
    ),
    (
        "recombined by image type",
        {"ImageType": ["DERIVED", "PRIMARY", "RECOMBINED"]},
        Reason.CONTRAST_RECOMBINED,
        Flag.CONTRAST_ADMITTED,
    ),
    (
        "high energy",
        {"ContrastBolusAgent": "Iodine", "ImageType": ["DERIVED", "PRIMARY", "HIGH_ENERGY"]},
        Reason.CONTRAST_RECOMBINED,
        Flag.CONTRAST_ADMITTED,
    ),
    (
        "capture that says neither breast nor view nor film",
        FILM | {"BodyPartExamined": None, "ConversionType": None} | NO_VIEW,
        Reason.SCREENSHOT,
        Flag.SCREENSHOT_ADMITTED,
    ),
    (
        "capture of a workstation",
        FILM | {"ConversionType": "WSD"} | NO_VIEW,
        Reason.SCREENSHOT,
        Flag.SCREENSHOT_ADMITTED,
    ),
    ("drawing", FILM | {"ConversionType": "DRW"}, Reason.SCREENSHOT, Flag.SCREENSHOT_ADMITTED),
]


@pytest.mark.parametrize(("changes", "flags"), [row[1:] for row in JUDGED], ids=[row[0] for row in JUDGED])
def test_what_is_judged_carries_its_flags(make: Make, changes: dict[str, Any], flags: set[Flag]) -> None:
    assert read_flags(make(**changes)) - {Flag.SPACING_AT_DETECTOR} == flags


@pytest.mark.parametrize(("changes", "reason", "flag"), [row[1:] for row in SKIPPED], ids=[row[0] for row in SKIPPED])
def test_what_is_skipped_is_judged_where_a_setting_admits_it(
    make: Make, changes: dict[str, Any], reason: Reason, flag: Flag
) -> None:
    path = make(**changes)
    with pytest.raises(ImageSkippedError) as caught:
        read_flags(path)
    assert caught.value.reason == reason
    assert "Set admit." in caught.value.message
    assert flag in read_flags(path, ADMIT_ALL.model_copy(update=SMALL_FILMS))


def test_each_setting_admits_its_own_kind_alone(make: Make) -> None:
    path = make(QualityControlImage="YES", BodyPartExamined="SPECIMEN")
    with pytest.raises(ImageSkippedError) as caught:
        read_flags(path, AdmitSettings(quality_control=True))
    assert caught.value.reason == Reason.SPECIMEN


def test_a_small_capture_is_a_screenshot_and_a_large_one_a_film(make: Make) -> None:
    small, large = (np.zeros((720, side), dtype=np.uint16) for side in (699, 700))
    with pytest.raises(ImageSkippedError) as caught:
        read_flags(make(small, **FILM), AdmitSettings())
    assert caught.value.reason == Reason.SCREENSHOT
    assert Flag.DIGITISED_FILM in read_flags(make(large, **FILM), AdmitSettings())


def test_a_colour_capture_is_a_screenshot_not_a_failure(make: Make) -> None:
    path = make(**FILM, SamplesPerPixel=3, PhotometricInterpretation="RGB")
    with pytest.raises(ImageSkippedError) as caught:
        read_flags(path)
    assert caught.value.reason == Reason.SCREENSHOT


@pytest.mark.parametrize("sop_class", [CLASSES + "88.67", CLASSES + "11.1", "1.2.840.10008.1.3.10"])
def test_objects_without_pixels_are_skipped(make: Make, sop_class: str) -> None:
    path = make(SOPClassUID=sop_class, Modality="SR", PixelData=None, Rows=None, Columns=None)
    for admit in (AdmitSettings(), ADMIT_ALL):
        with pytest.raises(ImageSkippedError) as caught:
            read_flags(path, admit)
        assert caught.value.reason == Reason.NO_PIXELS


@pytest.mark.parametrize("sop_class", [TOMOSYNTHESIS, CLASSES + "1.2", CLASSES + "7.3"])
def test_several_frames_are_skipped_with_their_reason(make: Make, sop_class: str) -> None:
    path = make(np.zeros((80, 30), dtype=np.uint16), SOPClassUID=sop_class, NumberOfFrames=2, Rows=40)
    with pytest.raises(ImageSkippedError) as caught:
        read_flags(path)
    assert caught.value.reason == Reason.MULTIFRAME
    assert "2 frames" in caught.value.message
