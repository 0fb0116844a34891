"""Under which identifiers an image goes, whatever its file has for them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest

from mammocalc.dicom import DicomSettings, read_mammogram, read_sop_instance_uid
from mammocalc.vocabulary.errors import ImageSkippedError
from mammocalc.vocabulary.lexicon import Flag
from mammocalc.vocabulary.uid import as_uid, derive_uid, is_uid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Make = Callable[..., Path]

SETTINGS = DicomSettings()
OWN = "1.2.826.0.1.3680043.8.498."
NO_UIDS = [
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "ABCDEF",
    "abcdef",
    "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
    "CON",
    "../../etc/passwd",
    "..\\..\\x",
    "<b>1.2</b>",
    "1.2.3\n4",
    "1.2. 3",
    "1.2\0.3",
    "1" * 40 + "." + "2" * 40,
    "1.2." + "3" * 10000,
    "7",
    "1..2",
    "1.2.",
    "Müller",
]


def without_meta_uid(path: Path) -> Path:
    """Take the UID out of File Meta Information."""
    dataset = pydicom.dcmread(path)
    del dataset.file_meta.MediaStorageSOPInstanceUID
    dataset.save_as(path, enforce_file_format=False)
    return path


@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom warns of what this test writes
@pytest.mark.parametrize("text", NO_UIDS)
@pytest.mark.parametrize("keyword", ["SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID"])
def test_a_text_that_is_no_uid_is_replaced_by_one_derived_from_it(make: Make, keyword: str, text: str) -> None:
    path = make(**{keyword: text})
    mammogram = read_mammogram(path, SETTINGS)
    identity = mammogram.identity
    uids = {
        "SOPInstanceUID": identity.sop_instance_uid,
        "SeriesInstanceUID": identity.series_instance_uid,
        "StudyInstanceUID": identity.study_instance_uid,
    }
    assert uids[keyword].startswith("2.25.")
    assert all(map(is_uid, uids.values()))
    assert sum(uid.startswith(OWN) for uid in uids.values()) == 2
    assert Flag.DERIVED_UID in mammogram.flags
    assert len(identity.notes) == 1
    assert "is not a UID" in identity.notes[0]
    assert text not in identity.notes[0] or text == "7"
    assert read_sop_instance_uid(path) == identity.sop_instance_uid
    assert as_uid(text) == uids[keyword]


def test_texts_that_differ_in_case_alone_get_names_of_their_own() -> None:
    names = {derive_uid(text) for text in NO_UIDS}
    assert len(names) == len(NO_UIDS)
    assert all(map(is_uid, names))


@pytest.mark.parametrize("text", ["1.2.826.0.1.3680043.8.098.1", " 1.2.826.0.1.3680043.8.98.12 ", "1.2.840.10008.1\0"])
def test_leading_zeros_and_padding_are_let_pass(make: Make, text: str) -> None:
    path = make()
    content = path.read_bytes()
    own = f"{OWN}1".encode()
    length = len(own) + 1
    path.write_bytes(content.replace(own + b"\0", text.encode().ljust(length, b"\0")[:length]))
    mammogram = read_mammogram(path, SETTINGS)
    assert mammogram.identity.sop_instance_uid == text.strip(" \0")
    assert Flag.DERIVED_UID not in mammogram.flags


@pytest.mark.parametrize("written", [None, ""])
def test_the_uid_of_file_meta_information_stands_for_one_that_is_missing(make: Make, written: str | None) -> None:
    path = make(SOPInstanceUID=written)
    meta = pydicom.dcmread(path).file_meta.MediaStorageSOPInstanceUID
    mammogram = read_mammogram(path, SETTINGS)
    assert mammogram.identity.sop_instance_uid == meta == read_sop_instance_uid(path)
    assert Flag.UID_FROM_FILE_META in mammogram.flags
    assert mammogram.identity.notes == (
        "SOP Instance UID (0008,0018) is missing; Media Storage SOP Instance UID (0002,0003) is used instead.",
    )


def test_the_class_of_file_meta_information_stands_for_one_that_is_missing(make: Make) -> None:
    mammogram = read_mammogram(make(SOPClassUID=None), SETTINGS)
    assert mammogram.identity.sop_class_uid == "1.2.840.10008.5.1.4.1.1.1.2"
    assert mammogram.flags == {Flag.UID_FROM_FILE_META}


def test_without_any_uid_the_name_follows_the_content(make: Make, tmp_path: Path) -> None:
    first = without_meta_uid(make(SOPInstanceUID=None))
    other = without_meta_uid(make(np.full((40, 30), 7, dtype=np.uint16), SOPInstanceUID=None))
    copy = tmp_path / "copy of the first"
    shutil.copy(first, copy)
    mammogram = read_mammogram(first, SETTINGS)
    uid = mammogram.identity.sop_instance_uid
    assert is_uid(uid)
    assert uid.startswith("2.25.")
    assert mammogram.flags == {Flag.DERIVED_UID}
    assert read_sop_instance_uid(first) == read_sop_instance_uid(copy) == uid
    assert read_sop_instance_uid(other) not in {uid, None}


def test_series_and_study_may_be_missing_and_it_is_said(make: Make) -> None:
    mammogram = read_mammogram(make(SeriesInstanceUID=None, StudyInstanceUID=None), SETTINGS)
    identity = mammogram.identity
    assert (identity.series_instance_uid, identity.study_instance_uid) == ("", "")
    assert mammogram.flags == {Flag.MISSING_UID}
    assert len(identity.notes) == 2


def test_an_object_without_pixels_and_uid_needs_none(make: Make) -> None:
    changes: dict[str, Any] = {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.67", "Modality": "SR", "PixelData": None}
    path = without_meta_uid(make(SOPInstanceUID=None, **changes))
    assert read_sop_instance_uid(path) is None
    with pytest.raises(ImageSkippedError):
        read_mammogram(path, SETTINGS)
