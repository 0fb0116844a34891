"""Attributes that every object copies from its image, patient and study, and values that it must not copy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydicom.charset import convert_encodings, python_encoding
from pydicom.datadict import dictionary_VR
from pydicom.valuerep import PersonName

from mammocalc.dicom.reader.header import items_of, label, values_of
from mammocalc.dicom.writer.new_item import new_item

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydicom.dataset import Dataset

    from mammocalc.dicom.reader.header import Header
    from mammocalc.dicom.writer.source import SourceImage

EMPTY_IF_MISSING: Final = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "ReferringPhysicianName",
    "StudyID",
    "AccessionNumber",
)
COPIED_IF_THERE: Final = (
    "TimezoneOffsetFromUTC",
    "IssuerOfPatientID",
    "PatientAge",
    "PatientIdentityRemoved",
    "DeidentificationMethod",
    "StudyDescription",
)
DATE: Final = re.compile(r"[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])")
TIME: Final = re.compile(r"([01][0-9]|2[0-3])([0-5][0-9](([0-5][0-9]|60)(\.[0-9]{1,6})?)?)?")

_SEVERAL_ADMITTED: Final = frozenset({"DeidentificationMethod"})
_FORMS: Final = {
    "PatientBirthDate": DATE,
    "PatientSex": re.compile("[MFO]"),
    "PatientAge": re.compile(r"[0-9]{3}[DWMY]"),
    "PatientIdentityRemoved": re.compile("YES|NO"),
    "StudyDate": DATE,
    "StudyTime": TIME,
    "TimezoneOffsetFromUTC": re.compile(r"[+-](0[0-9]|1[0-4])[0-5][0-9]"),
}
"""What may stand in an attribute (PS3.5 section 6.2), where devices write other things."""
_MOST_CHARACTERS: Final = {"LO": 64, "SH": 16, "PN": 64}
"""Of a value, and of each group of components of a name (PS3.5 section 6.2)."""
_MOST_GROUPS, _MOST_COMPONENTS = 3, 5
_UNDECODED: Final = "\ufffd"
"""Stands for bytes that a character set does not have."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")

_MISSPELT: Final = (
    (re.compile(r"ISO[ _-]?IR[ _-]?([0-9]+)"), r"ISO_IR \1"),
    (re.compile(r"ISO[ _-]?2022[ _-]?IR[ _-]?([0-9]+)"), r"ISO 2022 IR \1"),
    (re.compile(r"UTF[ _-]?8"), "ISO_IR 192"),
)
"""Character sets as some devices spell them, and as the standard does (PS3.3 C.12.1.1.2)."""

Value = str | PersonName


@dataclass(frozen=True, slots=True)
class Copied:
    """
    What an object has of its image's patient and study.

    Attributes
    ----------
    values : mapping of str to tuple
        By keyword; an attribute without any is missing or empty.
    unfit : tuple of str
        Attributes of the image, as people look them up, whose values no object may hold: they are left out.
    """

    values: Mapping[str, tuple[Value, ...]]
    unfit: tuple[str, ...]


def read_copied(header: Header) -> Copied:
    """Sort what a header says of patient and study into what can be copied and what cannot."""
    values: dict[str, tuple[Value, ...]] = {}
    unfit = []
    has_characters = bool(character_set(header))
    for keyword in (*COPIED_IF_THERE, *EMPTY_IF_MISSING):
        is_name = dictionary_VR(keyword) == "PN"
        texts = (_as_text(value, is_name=is_name) for value in values_of(header.dataset, keyword))
        found = [value for value in texts if value != ""]
        values[keyword] = ()
        if all(
            value is not None and _fits(keyword, value) and _is_written(value, has_characters=has_characters)
            for value in found
        ) and (len(found) <= 1 or keyword in _SEVERAL_ADMITTED):
            values[keyword] = tuple(value for value in found if value is not None)
        else:
            unfit.append(label(keyword))
    if values.get("PatientIdentityRemoved") == ("YES",) and not (
        values.get("DeidentificationMethod") or _methods(header.dataset)
    ):
        values["PatientIdentityRemoved"] = ()  # the standard wants to know how
        unfit.append(label("PatientIdentityRemoved"))
    return Copied(values, tuple(unfit))


def copy_patient_and_study(source: SourceImage) -> Dataset:
    """
    Begin an object as its image has it: patient, study and character set, all as they stand there.

    What the standard demands and the image lacks is empty: an object that knew more than its image would be filed
    under another patient. What no object may hold counts as lacking; a part of it would name somebody else.

    Returns
    -------
    Dataset
        New.

    References
    ----------
    DICOM PS3.3 C.7.1.1 (Patient), C.7.2.1 (General Study), C.7.2.2 (Patient Study).
    """
    copy = new_item()
    characters = character_set(source.header)
    if characters:
        copy.SpecificCharacterSet = list(characters) if len(characters) > 1 else characters[0]
        encodings = convert_encodings(list(characters))
        copy.set_original_encoding(is_implicit_vr=False, is_little_endian=True, character_encoding=encodings)
    for keyword, found in read_copied(source.header).values.items():
        if found or keyword in EMPTY_IF_MISSING:
            setattr(copy, keyword, list(found) if len(found) > 1 else (*found, "")[0])
    methods = _methods(source.header.dataset)
    if methods:
        copy.DeidentificationMethodCodeSequence = methods
    copy.StudyInstanceUID = source.study_instance_uid
    return copy


def character_set(header: Header) -> tuple[str, ...] | None:
    """Give the character set of a header in the standard's spelling; None if the standard has none like it."""
    found = []
    for text in header.texts("SpecificCharacterSet"):
        spelling = text
        for pattern, right in _MISSPELT:
            if pattern.fullmatch(text.upper()):
                spelling = pattern.sub(right, text.upper())
        found.append(spelling)
    return tuple(found) if all(name in python_encoding for name in found) else None


def text_within(text: str, vr: str) -> str:
    """Give a text that may stand in an attribute of this kind, else an empty one."""
    return text if len(text) <= _MOST_CHARACTERS[vr] and not _CONTROL.search(text) and "\\" not in text else ""


def matching(pattern: re.Pattern[str], text: str) -> str:
    """Give a text that is as a pattern wants it, else an empty one."""
    return text if pattern.fullmatch(text) else ""


def _as_text(value: object, *, is_name: bool) -> Value | None:
    """Give a value as text whatever its VR was; None for bytes that are none."""
    if isinstance(value, PersonName) and is_name:
        return value if str(value).strip(" ^=") else ""
    if isinstance(value, bytes):
        try:
            return value.decode("ascii").strip(" \0")
        except UnicodeDecodeError:
            return None
    return str(value).strip(" \0")


def _fits(keyword: str, value: Value) -> bool:
    text, vr = str(value), dictionary_VR(keyword)
    if keyword in _FORMS:
        return bool(_FORMS[keyword].fullmatch(text))
    if _CONTROL.search(text) or "\\" in text:
        return False
    if vr != "PN":
        return len(text) <= _MOST_CHARACTERS[vr]
    groups = text.split("=")
    return len(groups) <= _MOST_GROUPS and all(
        len(group) <= _MOST_CHARACTERS[vr] and group.count("^") < _MOST_COMPONENTS for group in groups
    )


def _is_written(value: Value, *, has_characters: bool) -> bool:
    """Whether a character set has a text: ASCII alone where none is named, and nothing that was not decoded."""
    text = str(value)
    return _UNDECODED not in text and (has_characters or text.isascii())


def _methods(dataset: Dataset) -> list[Dataset]:
    """Give how an image was de-identified, in codes, as far as these are codes."""
    return [
        copy
        for item in items_of(dataset, "DeidentificationMethodCodeSequence")
        if (copy := _copy_code(item)) is not None
    ]


def _copy_code(item: Dataset) -> Dataset | None:
    found = {
        keyword: text_within("".join(str(value) for value in values_of(item, keyword)[:1]).strip(" \0"), vr)
        for keyword, vr in (("CodeValue", "SH"), ("CodingSchemeDesignator", "SH"), ("CodeMeaning", "LO"))
    }
    if not all(found.values()):
        return None
    copy = new_item()
    copy.CodeValue, copy.CodingSchemeDesignator, copy.CodeMeaning = found.values()
    return copy
