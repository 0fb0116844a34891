"""Source image of an object: its header, and what every object copies from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.dicom.reader.header import Header, label
from mammocalc.dicom.reader.parser import open_dicom
from mammocalc.dicom.writer.copied import (
    COPIED_IF_THERE,
    DATE,
    EMPTY_IF_MISSING,
    TIME,
    character_set,
    matching,
    read_copied,
)
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.image_key import image_key
from mammocalc.vocabulary.lexicon import Reason
from mammocalc.vocabulary.uid import is_uid

if TYPE_CHECKING:
    from pathlib import Path

IMAGE_UIDS: Final = ("SOPInstanceUID", "SOPClassUID", "SeriesInstanceUID", "StudyInstanceUID")
"""Without any of these an image cannot be referred to."""

PATIENT: Final = ("PatientID", "IssuerOfPatientID", "PatientName", "PatientBirthDate", "PatientSex")
_UNDECODED: Final = "\ufffd"


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
    def unfit(self) -> tuple[str, ...]:
        """Attributes of patient and study whose values no object may hold, as people look them up."""
        return read_copied(self.header).unfit

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
        return matching(DATE, self.header.text(keyword))

    def time(self, keyword: str) -> str:
        """Give a time that is one, else an empty text."""
        return matching(TIME, self.header.text(keyword))


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
                what = "is not a UID" if uid else "is missing"
                message = (
                    f"{label(keyword)} {what}, so no object can refer to this image. Export it from its source again."
                )
                raise ImageUnreadableError(Reason.INVALID_TAG if uid else Reason.MISSING_TAG, message)
        is_known = character_set(header) is not None
        for keyword in (*EMPTY_IF_MISSING, *COPIED_IF_THERE):
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
