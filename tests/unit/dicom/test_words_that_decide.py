"""What words do to an image, by the attribute they stand in and by what the image itself says."""

# ruff: noqa: E501 - a table is read along its lines

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
CAPTURE, COMPUTED_TOMOGRAPHY = CLASSES + "7", CLASSES + "2"
SETTINGS = DicomSettings(admit=AdmitSettings(film_min_side_px=20))

VIEW: dict[str, Any] = {}
"""The image says that it is a left CC."""
NO_VIEW: dict[str, Any] = {"ViewPosition": None}
NOTHING = NO_VIEW | {"ImageLaterality": None}
AGENT = {"ContrastBolusAgent": "IOHEXOL"}
DERIVED = {"ImageType": ["DERIVED", "PRIMARY"]}

JUDGED, FLAGGED, SKIPPED = "judged", "judged with a flag", "skipped"


def outcome(path: Path, flag: Flag, reason: Reason) -> str:
    try:
        mammogram = read_mammogram(path, SETTINGS)
    except ImageSkippedError as skipped:
        return SKIPPED if skipped.reason is reason else f"skipped: {skipped}"
    return FLAGGED if flag in mammogram.flags else JUDGED


# fmt: off
QUALITY_CONTROL: list[tuple[str, str, dict[str, Any], str]] = [
    # attribute                      what it says                       what the image says   what becomes of it
    ("QualityControlImage",          "YES",                             VIEW,                 SKIPPED),
    ("QualityControlImage",          "BOTH",                            VIEW,                 JUDGED),
    ("QualityControlImage",          "NO",                              VIEW,                 JUDGED),
    ("ImageType",                    "ORIGINAL\\PRIMARY\\PHANTOM",      VIEW,                 SKIPPED),
    ("ImageType",                    "ORIGINAL\\PRIMARY\\FLAT_FIELD",   VIEW,                 SKIPPED),
    ("SeriesDescription",            "ACR Phantom weekly",              VIEW,                 FLAGGED),
    ("SeriesDescription",            "ACR Phantom weekly",              NO_VIEW,              SKIPPED),
    ("SeriesDescription",            "ACR",                             NOTHING,              SKIPPED),
    ("SeriesDescription",            "CIRS 015",                        NOTHING,              SKIPPED),
    ("SeriesDescription",            "PMMA 40 mm",                      NOTHING,              SKIPPED),
    ("SeriesDescription",            "Fantôme hebdomadaire",            NOTHING,              SKIPPED),
    ("SeriesDescription",            "Fantom",                          NOTHING,              SKIPPED),
    ("SeriesDescription",            "fantoma",                         NOTHING,              SKIPPED),
    ("SeriesDescription",            "Fantasma semanal",                NOTHING,              SKIPPED),
    ("SeriesDescription",            "Prüfkörper",                      NOTHING,              SKIPPED),
    ("SeriesDescription",            "Pruefkoerper",                    NOTHING,              SKIPPED),
    ("SeriesDescription",            "Konstanzprüfung",                 NOTHING,              SKIPPED),
    ("SeriesDescription",            "Qualitätssicherung",              NOTHING,              SKIPPED),
    ("SeriesDescription",            "CONTROLE DE QUALIDADE",           NOTHING,              SKIPPED),
    ("SeriesDescription",            "Controllo Qualità",               NOTHING,              SKIPPED),
    ("SeriesDescription",            "Contrôle qualité",                NOTHING,              SKIPPED),
    ("SeriesDescription",            "QC Weekly",                       NOTHING,              SKIPPED),
    ("SeriesDescription",            "TOR MAM",                         NOTHING,              SKIPPED),
    ("SeriesDescription",            "Flat Field",                      NOTHING,              SKIPPED),
    ("SeriesDescription",            "Фантом",                          NOTHING,              SKIPPED),
    ("SeriesDescription",            "контроль качества",               NOTHING,              SKIPPED),
    ("SeriesDescription",            "ファントム撮影",                      NOTHING,              SKIPPED),
    ("SeriesDescription",            "模体",                             NOTHING,              SKIPPED),
    ("SeriesDescription",            "팬텀",                             NOTHING,              SKIPPED),
    ("SeriesDescription",            "Maniquí",                         NOTHING,              SKIPPED),
    ("SeriesDescription",            "No phantom",                      NOTHING,              JUDGED),
    ("AcquisitionDeviceProcessingDescription", "Phantom mode off",      NOTHING,              JUDGED),
    ("SeriesDescription",            "ACR BI-RADS 2",                   VIEW,                 JUDGED),
    ("SeriesDescription",            "ACR c",                           NOTHING,              JUDGED),
    ("ProtocolName",                 "MAMMO_QC_2D",                     NO_VIEW,              SKIPPED),
    ("ProtocolName",                 "MAMMO_QC_2D",                     VIEW,                 FLAGGED),
    ("ProtocolName",                 "BACQC1",                          NOTHING,              JUDGED),
    ("AcquisitionDeviceProcessingDescription", "FLAT FIELD CORRECTED",  NOTHING,              JUDGED),
    ("SeriesDescription",            "flat-field correction applied",   NOTHING,              JUDGED),
    ("DerivationDescription",        "Flat field corrected",            NOTHING,              JUDGED),
    ("StudyDescription",             "QA of outside mammograms",        NOTHING,              FLAGGED),
    ("StudyDescription",             "MAMMOGRAPHIE ACR 4",              NOTHING,              JUDGED),
    ("StudyDescription",             "PHANTOM",                         NOTHING,              FLAGGED),
    ("PerformedProcedureStepDescription", "Phantom QC",                 VIEW,                 FLAGGED),
    ("RequestedProcedureDescription", "Quality control",                VIEW,                 FLAGGED),
    ("PatientName",                  "ACR^Fantôme",                     NOTHING,              FLAGGED),
    ("PatientName",                  "Phantom^CDMAM",                   VIEW,                 FLAGGED),
    ("PatientName",                  "QC^QA",                           VIEW,                 JUDGED),
    ("PatientID",                    "PHANTOM-123",                     VIEW,                 FLAGGED),
    ("PatientID",                    "XQC77QA",                         VIEW,                 JUDGED),
    ("PatientID",                    "QA-4711",                         VIEW,                 JUDGED),
    ("PatientComments",              "phantom of the clinic",           VIEW,                 FLAGGED),
    ("PatientComments",              "Phantom pain after mastectomy",   VIEW,                 JUDGED),
]
SPECIMEN: list[tuple[str, str, dict[str, Any], str]] = [
    ("ViewPosition",                 "SPECIMEN",                        VIEW,                 SKIPPED),
    ("BodyPartExamined",             "SPECIMEN",                        {"OrganExposed": "BREAST"}, SKIPPED),
    ("ImageType",                    "ORIGINAL\\PRIMARY\\SPECIMEN",     VIEW,                 SKIPPED),
    ("SeriesDescription",            "Left specimen",                   VIEW,                 FLAGGED),
    ("SeriesDescription",            "Left specimen",                   NO_VIEW,              SKIPPED),
    ("SeriesDescription",            "Präparatradiographie links",      NO_VIEW,              SKIPPED),
    ("SeriesDescription",            "Präparat",                        NO_VIEW,              SKIPPED),
    ("SeriesDescription",            "pièce opératoire",                NO_VIEW,              SKIPPED),
    ("SeriesDescription",            "Espécime",                        NO_VIEW,              SKIPPED),
    ("SeriesDescription",            "Biopsy left w specimen and clip", NO_VIEW,              FLAGGED),
    ("StudyDescription",             "BREAST BIOPSY LEFT W SPECIMEN AND CLIP", VIEW,          FLAGGED),
    ("StudyDescription",             "SPECIMEN RADIOGRAPH",             NOTHING,              FLAGGED),
    ("SeriesDescription",            "標本",                             NO_VIEW,              SKIPPED),
    ("SeriesDescription",            "Operationspräparat",              NO_VIEW,              SKIPPED),
    ("AcquisitionDeviceProcessingDescription", "Specimen mode",         VIEW,                 FLAGGED),
    ("AcquisitionDeviceProcessingDescription", "Specimen mode",         NO_VIEW,              SKIPPED),
    ("AcquisitionDeviceProcessingDescription", "Specimen mode off",     NO_VIEW,              JUDGED),
    ("PatientComments",              "specimen sent",                   NO_VIEW,              FLAGGED),
]
CONTRAST: list[tuple[str, str, dict[str, Any], str]] = [
    ("ImageType",                    "DERIVED\\PRIMARY\\\\RECOMBINED",  VIEW,                 SKIPPED),
    ("ImageType",                    "ORIGINAL\\PRIMARY\\\\HIGH_ENERGY", VIEW,                SKIPPED),
    ("ImageType",                    "ORIGINAL\\PRIMARY\\\\LOW_ENERGY", AGENT | {"SeriesDescription": "L CC CEDM"}, JUDGED),
    ("DerivationDescription",        "Recombined dual energy",          VIEW,                 SKIPPED),
    ("AcquisitionDeviceProcessingDescription", "Dark image subtracted", VIEW,                 JUDGED),
    ("DerivationDescription",        "Subtraction of background",       VIEW,                 JUDGED),
    ("AcquisitionDeviceProcessingDescription", "High energy filter",    VIEW,                 FLAGGED),
    ("AcquisitionDeviceProcessingDescription", "Subtraction",           VIEW,                 FLAGGED),
    ("AcquisitionDeviceProcessingDescription", "Subtraction",           DERIVED,              SKIPPED),
    ("AcquisitionDeviceProcessingDescription", "Subtraction off",       DERIVED,              JUDGED),
    ("SeriesDescription",            "L CC subtracted",                 DERIVED,              SKIPPED),
    ("SeriesDescription",            "L CC subtracted",                 VIEW,                 FLAGGED),
    ("SeriesDescription",            "L CC CEDM",                       AGENT | DERIVED,      SKIPPED),
    ("SeriesDescription",            "CEDM follow-up",                  AGENT | DERIVED,      SKIPPED),
    ("SeriesDescription",            "L CC CEDM",                       AGENT,                FLAGGED),
    ("SeriesDescription",            "Dual Energy CEM_LOW",             AGENT | DERIVED,      JUDGED),
    ("SeriesDescription",            "CEDM low dose",                   AGENT | DERIVED,      SKIPPED),
    ("SeriesDescription",            "L CC CEDM",                       {"ContrastBolusAgent": "NONE"} | DERIVED, JUDGED),
    ("SeriesDescription",            "L CC CEDM",                       {"ContrastBolusAgent": "No"} | DERIVED, JUDGED),
    ("SeriesDescription",            "L CC CEDM",                       {"ContrastBolusAgent": "N/A"} | DERIVED, JUDGED),
    ("SeriesDescription",            "L CC CEDM",                       {"ContrastBolusAgent": "Not used"} | DERIVED, JUDGED),
    ("SeriesDescription",            "L CC CEDM",                       {"ContrastBolusAgent": "Non ionic"} | DERIVED, SKIPPED),
    ("SeriesDescription",            "L CC without contrast",           AGENT | DERIVED,      JUDGED),
    ("StudyDescription",             "Contrast mammography",            AGENT | DERIVED,      FLAGGED),
    ("StudyDescription",             "Subtraction",                     DERIVED,              FLAGGED),
]
FILM = {"SOPClassUID": CAPTURE, "ConversionType": "DF", "PresentationIntentType": None}
DOCUMENTS: list[tuple[str, str, dict[str, Any], str]] = [
    ("SeriesDescription",            "Dose Report",                     FILM | NO_VIEW,       SKIPPED),
    ("SeriesDescription",            "Dose Report",                     FILM,                 FLAGGED),
    ("SeriesDescription",            "LOW DOSE",                        FILM | NO_VIEW,       JUDGED),
    ("SeriesDescription",            "Mammogram with report",           FILM,                 FLAGGED),
    ("StudyDescription",             "MAMMO BILAT WITH REPORT",         FILM | NO_VIEW,       JUDGED),
    ("StudyDescription",             "Dose report",                     FILM | NO_VIEW,       JUDGED),
    ("ImageType",                    "DERIVED\\SECONDARY\\SCREEN SAVE", FILM,                 SKIPPED),
    ("ImageType",                    "DERIVED\\SECONDARY\\SCREENSHOT", VIEW,                  FLAGGED),
    ("ImageType",                    "DERIVED\\SECONDARY",              VIEW,                 JUDGED),
    ("SeriesDescription",            "Mammogram with report",           VIEW,                 JUDGED),
    ("ConversionType",               "WSD",                             FILM,                 JUDGED),
    ("ConversionType",               "WSD",                             FILM | NO_VIEW,       SKIPPED),
    ("ConversionType",               "WSD",                             FILM | {"Modality": "OT"}, SKIPPED),
    ("ConversionType",               "WSD",                             FILM | {"BodyPartExamined": None}, SKIPPED),
    ("ConversionType",               "DV",                              FILM,                 JUDGED),
]
SYNTHETIC: list[tuple[str, str, dict[str, Any], str]] = [
    ("ImageType",                    "DERIVED\\PRIMARY\\TOMOSYNTHESIS\\GENERATED_2D", VIEW,   FLAGGED),
    ("ImageType",                    "DERIVED\\PRIMARY\\TOMO_2D",       VIEW,                 FLAGGED),
    ("SeriesDescription",            "L CC C-View",                     DERIVED,              FLAGGED),
    ("SeriesDescription",            "L CC C-View",                     VIEW,                 JUDGED),
    ("SeriesDescription",            "L CC View",                       DERIVED,              JUDGED),
    ("SeriesDescription",            "Tomosynthesis combo L CC",        DERIVED,              JUDGED),
    ("StudyDescription",             "MAMMO TOMOSYNTHESIS SCREENING",   DERIVED,              JUDGED),
    ("StudyDescription",             "Tomosynthesis with synthetic 2D", DERIVED,              JUDGED),
    ("ProtocolName",                 "Tomosynthese Standard",           DERIVED,              JUDGED),
    ("SeriesDescription",            "synthetisches 2D",                DERIVED,              FLAGGED),
]
BIOPSY: list[tuple[str, str, dict[str, Any], str]] = [
    ("SeriesDescription",            "L CC post-fire",                  VIEW,                 FLAGGED),
    ("StudyDescription",             "STEREO BIOPSY LEFT",              VIEW,                 JUDGED),
]
# fmt: on
TABLES = (
    (QUALITY_CONTROL, Flag.POSSIBLE_QUALITY_CONTROL, Reason.QUALITY_CONTROL),
    (SPECIMEN, Flag.POSSIBLE_SPECIMEN, Reason.SPECIMEN),
    (CONTRAST, Flag.POSSIBLE_CONTRAST_RECOMBINED, Reason.CONTRAST_RECOMBINED),
    (DOCUMENTS, Flag.POSSIBLE_SCREENSHOT, Reason.SCREENSHOT),
    (SYNTHETIC, Flag.SYNTHETIC_VIEW, Reason.TOMOSYNTHESIS),
    (BIOPSY, Flag.BIOPSY_VIEW, Reason.SCREENSHOT),
)


@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom warns of characters that a test writes
@pytest.mark.parametrize(
    ("keyword", "text", "image", "flag", "reason", "expected"),
    [
        pytest.param(keyword, text, image, flag, reason, expected, id=f"{keyword}: {text} ({number})")
        for table, flag, reason in TABLES
        for number, (keyword, text, image, expected) in enumerate(table)
    ],
)
def test_words_weigh_by_what_they_speak_of(
    make: Make, keyword: str, text: str, image: dict[str, Any], flag: Flag, reason: Reason, expected: str
) -> None:
    value = text.split("\\") if keyword == "ImageType" else text
    path = make(**{"SpecificCharacterSet": "ISO_IR 192"} | image | {keyword: value})
    assert outcome(path, flag, reason) == expected


def test_a_biopsy_study_flags_its_whole_breasts_and_leaves_none_out(make: Make) -> None:
    flags = read_mammogram(make(StudyDescription="STEREOTACTIC BIOPSY LEFT W SPECIMEN"), SETTINGS).flags
    assert {Flag.BIOPSY_STUDY, Flag.POSSIBLE_SPECIMEN} <= flags
    assert not {Flag.BIOPSY_VIEW, Flag.STEREOTACTIC_VIEW} & flags


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"QualityControlImage": "YES"}, "Quality Control Image (0028,0300) is YES"),
        (NO_VIEW | {"SeriesDescription": "Jane's fantôme 3"}, "Series Description (0008,103E) says FANTOM."),
        ({"Modality": "US"}, "Modality (0008,0060) is US"),
        ({"ImageType": ["DERIVED", "PRIMARY", "TOMO_PROJ"]}, "Image Type (0008,0008) says TOMO"),
    ],
)
def test_a_skipped_image_names_the_attribute_and_no_more_than_the_word(
    make: Make, changes: dict[str, Any], said: str
) -> None:
    path = make(SpecificCharacterSet="ISO_IR 192", **changes)
    with pytest.raises(ImageSkippedError) as caught:
        read_mammogram(path, SETTINGS)
    assert said in caught.value.message
    assert "Jane" not in caught.value.message


def test_a_doubt_names_the_attribute_and_no_more_than_the_word(make: Make) -> None:
    notes = read_mammogram(make(PatientName="Doe^Phantom^Jane"), SETTINGS).identity.notes
    assert notes == ("Patient's Name (0010,0010) says PHANTOM, which is not said of this image alone.",)


def test_words_of_a_request_are_heard(make: Make) -> None:
    request = Dataset()
    request.RequestedProcedureDescription = "phantom"
    assert Flag.POSSIBLE_QUALITY_CONTROL in read_mammogram(make(RequestAttributesSequence=[request]), SETTINGS).flags


# Collections that keep whole mammograms, cut-outs and masks side by side, all as captures with the same modality,
# body part, view and side.
COLLECTION = {
    "SOPClassUID": CAPTURE,
    "ConversionType": "WSD",
    "PresentationIntentType": None,
    "ImageType": None,
    "ViewPosition": None,
    "ImageLaterality": None,
    "ImagerPixelSpacing": None,
    "Manufacturer": None,
    "PatientOrientation": ["CC"],
    "PatientID": "Mass-Training_P_00001_LEFT_CC",
}


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_whole_mammogram_of_a_collection_is_judged(make: Make) -> None:
    mammogram = read_mammogram(make(**COLLECTION, SeriesDescription="full mammogram images"), SETTINGS)
    assert (mammogram.identity.laterality, mammogram.identity.view) == ("L", "CC")
    assert {Flag.WORKSTATION_CAPTURE, Flag.VIEW_INFERRED, Flag.DIGITISED_FILM} <= mammogram.flags
    right = read_mammogram(make(**COLLECTION | {"PatientID": "Calc-Test_P_00038_RIGHT_MLO"}, Laterality="R"), SETTINGS)
    assert (right.identity.laterality, right.identity.view) == ("R", "CC")


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    ("series", "reason"),
    [
        ("cropped images", Reason.CROP),
        ("ROI mask images", Reason.MASK),
        ("ROI", Reason.CROP),
        ("Segmentation", Reason.MASK),
    ],
)
def test_cut_outs_and_masks_of_a_collection_are_skipped(make: Make, series: str, reason: Reason) -> None:
    with pytest.raises(ImageSkippedError) as caught:
        read_mammogram(make(**COLLECTION, SeriesDescription=series), SETTINGS)
    assert caught.value.reason is reason
    assert "Series Description (0008,103E)" in caught.value.message


def test_two_values_are_a_mask_whatever_the_header_says(make: Make) -> None:
    image = np.zeros((40, 30), dtype=np.uint16)
    image[10:20, 5:15] = 255
    smoothed, ringing, three = image.copy(), image.copy(), image.copy()
    smoothed[10, 5:7] = 128
    ringing[9, 5:15], ringing[12, 8] = 3, 252
    three[30:35, 20:25] = 128
    for mask in (image, smoothed, ringing):
        with pytest.raises(ImageSkippedError) as caught:
            read_mammogram(make(mask), SETTINGS)
        assert caught.value.reason is Reason.MASK
    assert read_mammogram(make(three), SETTINGS).pixels.codes.shape == (40, 30)


# fmt: off
VOLUMES: list[tuple[str, dict[str, Any], bool]] = [
    ("slice",                                  {"SOPClassUID": CLASSES + "13.1.3"},                          True),
    ("projection for presentation",            {"SOPClassUID": CLASSES + "13.1.4"},                          True),
    ("projection for processing",              {"SOPClassUID": CLASSES + "13.1.5"},                          True),
    ("computed view in the same class",        {"SOPClassUID": CLASSES + "13.1.3", "ImageType": ["DERIVED", "PRIMARY", "TOMOSYNTHESIS", "GENERATED_2D"]}, False),
    ("slice in a mammography class",           {"ImageType": ["DERIVED", "PRIMARY", "TOMO", "SLICE"]},       True),
    ("projection in a mammography class",      {"ImageType": ["ORIGINAL", "PRIMARY", "TOMO_PROJ", "LEFT"]},  True),
    ("slab in a mammography class",            {"ImageType": ["DERIVED", "PRIMARY", "TOMOSYNTHESIS", "MAXIMUM"]}, True),
    ("volume in a mammography class",          {"ImageType": ["DERIVED", "PRIMARY", "VOLUME"]},              True),
    ("payload in a capture",                   {"SOPClassUID": CAPTURE, "ImageType": ["DERIVED", "PRIMARY", "TOMOSYNTHESIS"]}, True),
    ("slice as CT",                            {"SOPClassUID": COMPUTED_TOMOGRAPHY, "Modality": "CT", "ImageType": ["DERIVED", "PRIMARY", "TOMO"]}, True),
    ("slice as CT, by its series",             {"SOPClassUID": COMPUTED_TOMOGRAPHY, "Modality": "CT", "SeriesDescription": "R MLO Tomosynthesis Reconstruction"}, True),
    ("slice as CT, by its modality",           {"SOPClassUID": COMPUTED_TOMOGRAPHY, "Modality": "MG"},       True),
    ("slice by place and series",              {"SeriesDescription": "L CC Tomosynthesis", "SliceLocation": 12}, True),
    ("projection by series",                   {"SeriesDescription": "L CC Tomosynthesis Projection"},       True),
    ("slice by the words of its series",       {"SeriesDescription": "DBT slice 12"},                        True),
    ("reconstruction by its series",           {"SeriesDescription": "L CC Tomosynthesis Reconstruction"},   True),
    ("mammogram beside reconstructions",       {"SeriesDescription": "Tomo reconstruction + 2D"},            False),
    ("slice by its thickness and series",      {"SeriesDescription": "L CC Tomosynthesis", "SliceThickness": 1}, True),
    ("mammogram with no thickness",            {"SeriesDescription": "L CC Tomosynthesis", "SliceThickness": 0}, False),
    ("mammogram with the breast's thickness",  {"SeriesDescription": "L CC Tomosynthesis", "SliceThickness": 50}, False),
    ("mammogram in a series of both",          {"SeriesDescription": "L CC Tomosynthesis combo"},            False),
    ("mammogram in a study of tomosynthesis",  {"StudyDescription": "TOMOSYNTHESIS SLICES"},                 False),
    ("mammogram with words that contain it",   {"ImageType": ["DERIVED", "PRIMARY", "ANATOMOTION"]},         False),
]
# fmt: on


@pytest.mark.parametrize(("changes", "is_volume"), [row[1:] for row in VOLUMES], ids=[row[0] for row in VOLUMES])
def test_parts_of_volumes_are_skipped_with_their_series(make: Make, changes: dict[str, Any], is_volume: bool) -> None:
    path = make(**changes, SeriesNumber=7)
    if not is_volume:
        assert Flag.SYNTHETIC_VIEW not in read_mammogram(path, SETTINGS).flags or "SOPClassUID" in changes
        return
    with pytest.raises(ImageSkippedError) as caught:
        read_mammogram(path, SETTINGS)
    assert caught.value.reason is Reason.TOMOSYNTHESIS
    assert "series 7" in caught.value.message


def test_a_chest_in_slices_is_no_mammography(make: Make) -> None:
    changes = {"Modality": "DX", "BodyPartExamined": "CHEST", "ImageType": ["DERIVED", "PRIMARY", "TOMO"]}
    with pytest.raises(ImageSkippedError) as caught:
        read_mammogram(make(SOPClassUID=CLASSES + "1.1", **changes), SETTINGS)
    assert caught.value.reason is Reason.NOT_MAMMOGRAPHY
