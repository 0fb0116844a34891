"""What objects copy of patient and study from headers in which they stand under a wrong VR."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.charset import default_encoding
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from mammocalc.dicom.reader.header import Header
from mammocalc.dicom.writer.copied import copy_patient_and_study, read_copied
from mammocalc.dicom.writer.source import SourceImage


def copied_from(*elements: DataElement) -> Dataset:
    dataset = Dataset()
    for element in elements:
        dataset.add(element)
    copy = copy_patient_and_study(SourceImage(Header(dataset), "1.2", "1.3", "1.4", "1.5", rows=100, columns=80))
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    write_dataset(buffer, copy, default_encoding)  # which refuses what cannot stand there
    return copy


@pytest.mark.parametrize("keyword", ["PatientID", "PatientName", "StudyDescription"])
@pytest.mark.parametrize(
    ("vr", "value", "text"),
    [("IS", "1207", "1207"), ("DS", "12.50", "12.50"), ("US", 7, "7"), ("PN", "A^B", "A^B"), ("LO", "A^B", "A^B")],
)
def test_what_names_the_patient_is_copied_under_any_vr(keyword: str, vr: str, value: Any, text: str) -> None:
    copy = copied_from(DataElement(keyword, vr, value))
    assert str(copy[keyword].value) == text
    assert ("PN" if keyword == "PatientName" else "LO") == copy[keyword].VR


@pytest.mark.parametrize("keyword", ["PatientID", "StudyDescription", "StudyDate"])
def test_a_sequence_under_the_name_of_a_text_counts_as_lacking(keyword: str) -> None:
    assert not copied_from(DataElement(keyword, "SQ", [Dataset()])).get(keyword)


def test_how_an_image_was_de_identified_is_copied() -> None:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "113100", "DCM", "Basic Profile"
    copy = copied_from(DataElement("DeidentificationMethodCodeSequence", "SQ", [code]))
    assert copy.DeidentificationMethodCodeSequence[0].CodeValue == "113100"


@pytest.mark.parametrize(
    ("characters", "value", "is_copied"),
    [
        (None, "Muller^A", True),
        (None, "Müller^A", False),  # read as Latin 1, for want of anything better
        ("ISO_IR 999", "Müller^A", False),
        ("ISO_IR 100", "Müller^A", True),
        ("ISO_IR 192", "M\ufffdller^A", False),  # bytes that are no UTF-8
    ],
)
def test_what_the_character_set_does_not_have_is_left_out_and_named(
    characters: str | None, value: str, is_copied: bool
) -> None:
    dataset = Dataset()
    if characters is not None:
        dataset.SpecificCharacterSet = characters
    dataset.PatientName, dataset.PatientID = value, "1"
    copied = read_copied(Header(dataset))
    assert bool(copied.values["PatientName"]) == is_copied
    assert ("Patient's Name (0010,0010)" in copied.unfit) != is_copied
    assert copied.values["PatientID"] == ("1",)
