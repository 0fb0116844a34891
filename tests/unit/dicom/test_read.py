"""A file becomes a mammogram, or an error that says why not and names nobody."""

from __future__ import annotations

import os
import re
import tracemalloc
import warnings
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian

from mammocalc.dicom import DicomSettings, PrivacySettings, ReadSettings, read_mammogram, read_sop_instance_uid
from mammocalc.vocabulary.errors import ImageError, ImageUnreadableError
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import Flag, Laterality, PresentationIntent, Reason, SpacingSource, View

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Make = Callable[..., Path]

SETTINGS = DicomSettings()
RAW_MAMMOGRAPHY = "1.2.840.10008.5.1.4.1.1.1.2.1"


def failure(path: Path, settings: DicomSettings = SETTINGS) -> Reason:
    with pytest.raises(ImageUnreadableError) as caught:
        read_mammogram(path, settings)
    message = caught.value.message
    assert message.endswith(".") or "pip install" in message
    for personal in (str(path), path.name, "Doe", "4711"):
        assert personal not in message
    return caught.value.reason


def test_an_ordinary_mammogram_is_read_without_a_doubt(make: Make, picture: NDArray[np.uint16]) -> None:
    mammogram = read_mammogram(make(), SETTINGS)
    identity = mammogram.identity
    assert np.array_equal(mammogram.pixels.codes, picture)
    assert mammogram.flags == frozenset()
    assert mammogram.spacing == PixelSpacing(0.07, 0.07)
    assert mammogram.spacing_source == SpacingSource.IMAGER_OVER_MAGNIFICATION
    assert (identity.laterality, identity.view) == (Laterality.LEFT, View.CC)
    assert identity.presentation_intent == PresentationIntent.FOR_PRESENTATION
    assert (identity.rows, identity.columns, identity.number_of_frames) == (40, 30, 1)
    assert identity.patient_orientation == ("A", "R")
    assert identity.breast_implant_present is None
    assert (identity.manufacturer, identity.manufacturer_model_name) == ("ACME", "One")
    assert not mammogram.pixels.codes.flags.writeable


def test_nothing_personal_leaves_the_door(make: Make) -> None:
    path = make(
        PatientBirthDate="19500102", AccessionNumber="ACC77", ReferringPhysicianName="Who^Doctor", StudyDate="20200304"
    )
    text = repr(read_mammogram(path, SETTINGS))
    for personal in ("Doe", "Jane", "4711", "19500102", "ACC77", "Who", "20200304"):
        assert personal not in text


def test_a_patient_key_groups_and_does_not_name(make: Make) -> None:
    def key(settings: DicomSettings = SETTINGS, **changes: Any) -> str | None:
        return read_mammogram(make(**changes), settings).identity.patient_key

    salted = DicomSettings(privacy=PrivacySettings(patient_key_salt="s" * 200))
    usual = key()
    assert usual is not None
    assert re.fullmatch("[0-9a-f]{16}", usual)
    assert key(SOPInstanceUID="1.2.3", PatientName="Other") == usual
    assert key(PatientID="ID-4711 ") == usual
    assert len({usual, key(PatientID="ID-4712"), key(IssuerOfPatientID="House"), key(salted)}) == 4
    assert key(PatientID=None) is None
    assert key(PatientID="") is None


def test_study_days_keep_intervals_and_tell_no_date(make: Make) -> None:
    def day(settings: DicomSettings = SETTINGS, **changes: Any) -> int | None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pydicom says so of dates in the form of ACR-NEMA
            path = make(**changes)
        return read_mammogram(path, settings).identity.study_day

    def days(**changes: Any) -> int:
        found = day(**changes)
        assert found is not None
        return found

    first = days(StudyDate="20190228")
    assert days(StudyDate="20200229") - first == 366
    assert days(StudyDate="2019.03.01") - first == 1
    assert days(StudyDate="20190228", SOPInstanceUID="1.2.3", SeriesDate="20200101") == first
    assert days(StudyDate="", SeriesDate="", AcquisitionDate="20190301") - first == 1
    for none in ("19000101", "19700101", "99991231", "29990101"):  # what stands for no date, and would tell the shift
        assert days(StudyDate=none, SeriesDate="20190228") == first
    others = {days(StudyDate="20190228", PatientID=f"ID-{number}") - first for number in range(20)}
    assert len(others) == 20  # each patient's days are shifted by another number
    assert max(others) - min(others) > 365
    salted = DicomSettings(privacy=PrivacySettings(patient_key_salt="s"))
    assert day(salted, StudyDate="20190228") not in {None, first}


@pytest.mark.parametrize(
    "changes",
    [
        {"PatientID": ""},
        {"PatientID": None},
        {"StudyDate": "20190229", "SeriesDate": None, "AcquisitionDate": None},
        {"StudyDate": "20190101-20190102", "SeriesDate": "", "AcquisitionDate": "19000101"},
        {"StudyDate": None, "SeriesDate": None, "AcquisitionDate": None},
    ],
)
def test_no_study_day_is_told_without_a_patient_or_a_date(make: Make, changes: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom says so of dates that are none
        path = make(**changes)
    assert read_mammogram(path, SETTINGS).identity.study_day is None


@pytest.mark.parametrize(
    ("changes", "intent", "is_flagged"),
    [
        ({"PresentationIntentType": None}, PresentationIntent.FOR_PRESENTATION, True),
        ({"PresentationIntentType": "NONSENSE"}, PresentationIntent.FOR_PRESENTATION, True),
        (
            {"PresentationIntentType": None, "SOPClassUID": RAW_MAMMOGRAPHY, "PixelIntensityRelationship": "LIN"},
            PresentationIntent.FOR_PROCESSING,
            True,
        ),
        ({"PresentationIntentType": "FOR PROCESSING"}, PresentationIntent.FOR_PROCESSING, False),
    ],
)
def test_a_missing_intent_follows_the_sop_class(
    make: Make, changes: dict[str, Any], intent: PresentationIntent, is_flagged: bool
) -> None:
    mammogram = read_mammogram(make(**changes), SETTINGS)
    assert mammogram.identity.presentation_intent == intent
    assert (Flag.MISSING_PRESENTATION_INTENT in mammogram.flags) is is_flagged


def test_raw_pixels_carry_their_relationship(make: Make) -> None:
    path = make(
        SOPClassUID=RAW_MAMMOGRAPHY,
        PresentationIntentType="FOR PROCESSING",
        PixelIntensityRelationship="LIN",
        PixelIntensityRelationshipSign=1,
    )
    pixels = read_mammogram(path, SETTINGS).pixels
    assert pixels.is_exposure
    assert not pixels.denser_is_larger


def test_a_believable_large_magnification_is_a_magnification_view(make: Make) -> None:
    path = make(EstimatedRadiographicMagnificationFactor=1.8)
    assert Flag.MAGNIFICATION_VIEW in read_mammogram(path, SETTINGS).flags


def test_a_data_set_without_preamble_is_read(make: Make, picture: NDArray[np.uint16]) -> None:
    path = make(syntax=ImplicitVRLittleEndian)
    dataset = dcmread(path)
    bare = path.with_suffix("")
    dataset.save_as(bare, enforce_file_format=False)
    content = path.read_bytes()
    start = content.index(b"\x08\x00\x08\x00")  # Image Type, the first element of the data set
    bare.write_bytes(content[start:])
    assert np.array_equal(read_mammogram(bare, SETTINGS).pixels.codes, picture)
    assert read_sop_instance_uid(bare) == "1.2.826.0.1.3680043.8.498.1"


def test_names_of_devices_are_cut_and_cleaned(make: Make) -> None:
    path = make()
    content = path.read_bytes()
    path.write_bytes(content.replace(b"ACME", b"A\x07\n\xff"))
    manufacturer = read_mammogram(path, SETTINGS).identity.manufacturer
    assert manufacturer.isprintable()
    assert manufacturer.startswith("A")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Rows": None}, Reason.MISSING_TAG),
        ({"Columns": None}, Reason.MISSING_TAG),
        ({"BitsAllocated": None, "PixelData": bytes(2400)}, Reason.MISSING_TAG),
        ({"PhotometricInterpretation": None}, Reason.MISSING_TAG),
        ({"Rows": 0}, Reason.INVALID_DIMENSIONS),
        ({"Columns": 0}, Reason.INVALID_DIMENSIONS),
        ({"Columns": 1}, Reason.INVALID_DIMENSIONS),
        ({"Rows": 65535, "Columns": 65535}, Reason.TOO_LARGE),
        ({"Rows": 41}, Reason.PIXELS_TOO_SHORT),
        ({"PixelData": b""}, Reason.PIXELS_TOO_SHORT),
        ({"PixelData": None}, Reason.TRUNCATED),
        ({"SamplesPerPixel": 3}, Reason.UNSUPPORTED_PIXELS),
        ({"PhotometricInterpretation": "RGB"}, Reason.UNSUPPORTED_PIXELS),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, Reason.UNSUPPORTED_PIXELS),
        ({"BitsAllocated": 32, "PixelData": bytes(4800)}, Reason.UNSUPPORTED_PIXELS),
        ({"BitsStored": 17, "HighBit": 16}, Reason.INVALID_TAG),
        ({"BitsStored": 0}, Reason.INVALID_TAG),
        ({"HighBit": 3}, Reason.INVALID_TAG),
        ({"RescaleSlope": 0}, Reason.INVALID_TAG),
        ({"PixelData": None, "FloatPixelData": bytes(4800)}, Reason.UNSUPPORTED_PIXELS),
    ],
)
def test_a_header_that_cannot_be_right_is_refused(make: Make, changes: dict[str, Any], reason: Reason) -> None:
    assert failure(make(**changes)) == reason


def test_an_absurd_size_is_refused_before_memory_is_taken(make: Make) -> None:
    path = make(Rows=14000, Columns=14000)
    failure(path)
    tracemalloc.start()
    failure(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


def test_the_largest_size_is_a_setting(make: Make) -> None:
    assert failure(make(), DicomSettings(read=ReadSettings(max_pixels=1199))) == Reason.TOO_LARGE
    read_mammogram(make(), DicomSettings(read=ReadSettings(max_pixels=1200)))


def test_an_empty_file_is_named_so(tmp_path: Path) -> None:
    path = tmp_path / "empty.dcm"
    path.touch()
    assert failure(path) == Reason.EMPTY_FILE


@pytest.mark.parametrize("content", [b"Hello, this is a letter.\n" * 40, b"x", b"\0" * 200, bytes(range(256)) * 9])
def test_a_file_that_is_not_dicom_is_named_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "letter.dcm"
    path.write_bytes(content)
    assert failure(path) == Reason.NOT_DICOM
    assert read_sop_instance_uid(path) is None


def test_what_is_no_file_is_unreadable(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.dcm")
    for path in (tmp_path, tmp_path / "missing.dcm", tmp_path / "pipe.dcm", tmp_path / "nul\0.dcm"):
        assert failure(path) == Reason.UNREADABLE
        assert read_sop_instance_uid(path) is None


def test_a_file_cut_anywhere_fails_clearly(make: Make) -> None:
    path = make()
    content = path.read_bytes()
    reasons = set()
    for length in range(1, len(content), 23):
        path.write_bytes(content[:length])
        reasons.add(failure(path))
    assert Reason.TRUNCATED in reasons
    assert reasons <= {Reason.TRUNCATED, Reason.NOT_DICOM, Reason.UNREADABLE, Reason.MISSING_TAG}


def test_a_file_cut_in_its_pixels_is_truncated(make: Make) -> None:
    path = make()
    path.write_bytes(path.read_bytes()[:-100])
    assert failure(path) == Reason.TRUNCATED


def test_a_compressed_file_cut_in_its_pixels_is_truncated(make: Make) -> None:
    path = make(frame=b"\xff\xd8" + bytes(500), syntax="1.2.840.10008.1.2.4.70")
    content = path.read_bytes()
    for missing in (1, 8, 200, 512):
        path.write_bytes(content[:-missing])
        assert failure(path) == Reason.TRUNCATED


def test_a_deflated_file_cut_short_is_truncated(make: Make) -> None:
    path = make(syntax=DeflatedExplicitVRLittleEndian)
    path.write_bytes(path.read_bytes()[:-60])
    assert failure(path) == Reason.TRUNCATED


def test_a_deflated_bomb_is_refused(make: Make) -> None:
    path = make(syntax=DeflatedExplicitVRLittleEndian)
    content = path.read_bytes()
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    bomb = squeeze.compress(bytes(80 << 20)) + squeeze.flush()
    meta_end = 144 + int.from_bytes(content[140:144], "little")
    path.write_bytes(content[:meta_end] + bomb)
    assert failure(path, DicomSettings(read=ReadSettings(max_pixels=1000))) == Reason.TOO_LARGE


def test_a_sequence_nested_beyond_pythons_depth_is_an_error_of_the_file(make: Make) -> None:
    path = make()
    content = path.read_bytes()
    start = content.index(b"\x28\x00\x02\x00US")
    nest = b"\x18\x00\x60\x99SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff" * 3000
    path.write_bytes(content[:start] + nest + content[start:])
    with pytest.raises(ImageError):
        read_mammogram(path, SETTINGS)


def test_the_sop_instance_uid_is_read_alone(make: Make) -> None:
    for syntax in ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", DeflatedExplicitVRLittleEndian):
        assert read_sop_instance_uid(make(syntax=syntax)) == "1.2.826.0.1.3680043.8.498.1"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind the superuser")
def test_a_file_without_permission_is_unreadable(make: Make) -> None:
    path = make()
    path.chmod(0)
    assert failure(path) == Reason.UNREADABLE
