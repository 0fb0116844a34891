"""The image that an object speaks of: its header, read again, and what every object copies from it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydicom.charset import convert_encodings, python_encoding
from pydicom.datadict import dictionary_VR
from pydicom.valuerep import PersonName

from mammocalc.dicom.reader.header import Header, items_of, label, values_of
from mammocalc.dicom.reader.parser import open_dicom
from mammocalc.dicom.writer.new_item import new_item
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.image_key import image_key
from mammocalc.vocabulary.lexicon import Reason
from mammocalc.vocabulary.uid import is_uid

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom.dataset import Dataset

IMAGE_UIDS: Final = ("SOPInstanceUID", "SOPClassUID", "SeriesInstanceUID", "StudyInstanceUID")
"""Without any of these an image cannot be referred to."""

PATIENT: Final = ("PatientID", "IssuerOfPatientID", "PatientName", "PatientBirthDate", "PatientSex")
_EMPTY_IF_MISSING: Final = (
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
_COPIED_IF_THERE: Final = (
    "TimezoneOffsetFromUTC",
    "IssuerOfPatientID",
    "PatientAge",
    "PatientIdentityRemoved",
    "DeidentificationMethod",
    "StudyDescription",
)
_UNDECODED: Final = "\ufffd"
_MISSPELT: Final = (
    (re.compile(r"ISO[ _-]?IR[ _-]?([0-9]+)"), r"ISO_IR \1"),
    (re.compile(r"ISO[ _-]?2022[ _-]?IR[ _-]?([0-9]+)"), r"ISO 2022 IR \1"),
    (re.compile(r"UTF[ _-]?8"), "ISO_IR 192"),
)
"""Character sets as some devices spell them, and as the standard does (PS3.3 C.12.1.1.2)."""

_DATE: Final = re.compile(r"[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])")
_TIME: Final = re.compile(r"([01][0-9]|2[0-3])([0-5][0-9](([0-5][0-9]|60)(\.[0-9]{1,6})?)?)?")
_FORMS: Final = {
    "PatientBirthDate": _DATE,
    "PatientSex": re.compile("[MFO]"),
    "PatientAge": re.compile(r"[0-9]{3}[DWMY]"),
    "StudyDate": _DATE,
    "StudyTime": _TIME,
    "TimezoneOffsetFromUTC": re.compile(r"[+-](0[0-9]|1[0-4])[0-5][0-9]"),
}
"""What may stand in an attribute (PS3.5 section 6.2), where devices write other things."""


@dataclass(frozen=True, slots=True, eq=False)
class SourceImage:
    """
    What is known of an image from its header.

    Attributes
    ----------
    header : Header
        As it stands in the file, patient included.
    sop_instance_uid, sop_class_uid, series_instance_uid, study_instance_uid : str
        As other objects refer to it.
    rows, columns : int
    frame : int or None
        0-based frame of a multi-frame object that is spoken of; None for an object of one image.
    """

    header: Header
    sop_instance_uid: str
    sop_class_uid: str
    series_instance_uid: str
    study_instance_uid: str
    rows: int
    columns: int
    frame: int | None = None

    @property
    def key(self) -> str:
        """The key of the image, from the UID of its file (`mammocalc.vocabulary.image_key`)."""
        return image_key(self.sop_instance_uid, self.frame)

    @property
    def patient(self) -> tuple[str, ...]:
        """Whom the image names: identifier, issuer, name, date of birth and sex, without padding and case."""
        return tuple(self.header.text(keyword).rstrip("^ ").upper() for keyword in PATIENT)

    @property
    def orientation(self) -> tuple[str, ...]:
        """Patient Orientation of its rows and of its columns; empty where it does not say both."""
        found = self.header.texts("PatientOrientation")
        return found if len(found) == 2 and all(found) else ()

    @property
    def side(self) -> str:
        """``L`` or ``R``, as objects that draw on one breast say; empty where the header says neither."""
        found = self.header.text("ImageLaterality").upper()
        return found if found in {"L", "R"} else ""

    @property
    def detector_spacing_mm(self) -> tuple[float, ...]:
        """Imager Pixel Spacing of rows and of columns, else Pixel Spacing; empty where it is no two distances."""
        found = self.header.numbers("ImagerPixelSpacing") or self.header.numbers("PixelSpacing")
        return found if len(found) == 2 and all(math.isfinite(value) and value > 0 for value in found) else ()

    @property
    def derived_from(self) -> frozenset[str]:
        """SOP Instance UIDs of the images that it was made from (Source Image Sequence)."""
        return frozenset(item.text("ReferencedSOPInstanceUID") for item in self.header.items("SourceImageSequence"))

    def keeps_places_of(self, other: SourceImage) -> bool:
        """Whether it says that a pixel lies where it did in the image that it was made from (PS3.17 E.5)."""
        said = {
            item.text("SpatialLocationsPreserved").upper()
            for item in self.header.items("SourceImageSequence")
            if item.text("ReferencedSOPInstanceUID") == other.sop_instance_uid
        }
        return said == {"YES"} and (self.rows, self.columns) == (other.rows, other.columns)

    def date(self, keyword: str) -> str:
        """Give a date that is one, else an empty text."""
        return _matching(_DATE, self.header.text(keyword))

    def time(self, keyword: str) -> str:
        """Give a time that is one, else an empty text."""
        return _matching(_TIME, self.header.text(keyword))


def read_source(path: Path, frame: int | None = None) -> SourceImage:
    """
    Read the header of an image that objects are to be written of.

    Parameters
    ----------
    path : Path
    frame : int or None
        0-based frame of a multi-frame object.

    Returns
    -------
    SourceImage

    Raises
    ------
    ImageUnreadableError
        If it cannot be read or referred to, or if what names its patient cannot be copied as it is.
    """
    with open_dicom(path, 0, header_only=True) as opened:
        header = Header(opened.header.dataset, frame or 0)
        uids = {keyword: header.text(keyword) for keyword in IMAGE_UIDS}
        for keyword, uid in uids.items():
            if not is_uid(uid):
                what = "is no UID" if uid else "is missing"
                message = (
                    f"{label(keyword)} {what}, so no object can refer to this image. Export it from its source again."
                )
                raise ImageUnreadableError(Reason.INVALID_TAG if uid else Reason.MISSING_TAG, message)
        is_known = _character_set(header) is not None
        for keyword in (*_EMPTY_IF_MISSING, *_COPIED_IF_THERE):
            if any(_UNDECODED in text or not (is_known or text.isascii()) for text in header.texts(keyword)):
                message = (
                    f"{label(keyword)} cannot be read in the {label('SpecificCharacterSet')} that the header names, so "
                    "a copy of it would name somebody else. Correct the character set in the image."
                )
                raise ImageUnreadableError(Reason.INVALID_TAG, message)
        rows, columns = header.integer("Rows"), header.integer("Columns")
        if not rows or not columns:
            message = "Rows (0028,0010) or Columns (0028,0011) is missing, so no place in the image can be named."
            raise ImageUnreadableError(Reason.MISSING_TAG, message)
    return SourceImage(
        header,
        uids["SOPInstanceUID"],
        uids["SOPClassUID"],
        uids["SeriesInstanceUID"],
        uids["StudyInstanceUID"],
        rows,
        columns,
        frame,
    )


def copy_patient_and_study(source: SourceImage) -> Dataset:
    """
    Begin an object as its image has it: patient, study and character set, all as they stand there.

    What the standard demands and the image lacks is empty: an object that knew more than its image would be filed
    under another patient. Dates, times and ages that are none count as lacking.

    Parameters
    ----------
    source : SourceImage

    Returns
    -------
    Dataset
        New.

    References
    ----------
    DICOM PS3.3 C.7.1.1 (Patient), C.7.2.1 (General Study), C.7.2.2 (Patient Study).
    """
    found, copy = source.header.dataset, new_item()
    characters = _character_set(source.header)
    if characters:
        copy.SpecificCharacterSet = list(characters) if len(characters) > 1 else characters[0]
        encodings = convert_encodings(list(characters))
        copy.set_original_encoding(is_implicit_vr=False, is_little_endian=True, character_encoding=encodings)
    for keyword in (*_COPIED_IF_THERE, *_EMPTY_IF_MISSING):
        values = _texts_of(source.header, keyword)
        if values or keyword in _EMPTY_IF_MISSING:
            setattr(copy, keyword, values if len(values) > 1 else (*values, "")[0])
    deidentified = items_of(found, "DeidentificationMethodCodeSequence")
    if deidentified:
        copy.DeidentificationMethodCodeSequence = deidentified
    copy.StudyInstanceUID = source.study_instance_uid
    return copy


def _character_set(header: Header) -> tuple[str, ...] | None:
    """Give the character set of a header in the standard's spelling; None if the standard has none like it."""
    found = []
    for text in header.texts("SpecificCharacterSet"):
        spelling = text
        for pattern, right in _MISSPELT:
            if pattern.fullmatch(text.upper()):
                spelling = pattern.sub(right, text.upper())
        found.append(spelling)
    return tuple(found) if all(name in python_encoding for name in found) else None


def _texts_of(header: Header, keyword: str) -> list[str | bytes | PersonName]:
    """Give what is copied of an attribute: as it stands there, or as text where its VR is that of something else."""
    text = header.text(keyword)
    if keyword in _FORMS and text and not _FORMS[keyword].fullmatch(text):
        return []
    texts = (str, bytes, PersonName) if dictionary_VR(keyword) == "PN" else (str, bytes)
    values = values_of(header.dataset, keyword)
    return [value if isinstance(value, texts) else str(value) for value in values]


def _matching(pattern: re.Pattern[str], text: str) -> str:
    return text if pattern.fullmatch(text) else ""
