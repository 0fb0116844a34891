"""Attributes of every object: series, equipment, a UID derived from the content, and the bytes of the file."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from datetime import timedelta, timezone
from typing import TYPE_CHECKING, Final

from pydicom.charset import default_encoding
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset, write_file_meta_info
from pydicom.uid import UID, ExplicitVRLittleEndian

from mammocalc.dicom.writer.records import LONGEST_NAME, SOFTWARE, DicomObject
from mammocalc.vocabulary.lexicon import SHORT_NOTICE
from mammocalc.vocabulary.uid import derive_uid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mammocalc.dicom.writer.records import StudyContent
    from mammocalc.dicom.writer.source import SourceImage

IMPLEMENTATION: Final = derive_uid(SOFTWARE)
DEVICE_SERIAL_NUMBER: Final = "1"
"""Demanded by the standard of every equipment; a program has none."""

_SOP_INSTANCE_UID: Final = 0x00080018
_OFFSET: Final = re.compile(r"([+-])([0-9]{2})([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Series:
    """
    The series of one kind of object in a study.

    ``number`` lies far from those of a modality; ``folder`` names the kind.
    """

    folder: str
    modality: str
    number: int
    description: str


def describe_series(
    dataset: Dataset, series: Series, content: StudyContent, number_in_series: int, side: str | None = None
) -> None:
    """
    Put series, equipment and dates into an object that has its patient and study.

    Another run or configuration gives another series: readers that show only the last report of one series (OHIF)
    would hide the others.

    Parameters
    ----------
    dataset : Dataset
        Is added to.
    series : Series
    content : StudyContent
    number_in_series : int
        From 1 on.
    side : str, optional
        Laterality of what draws on one breast; it belongs to the series (PS3.3 C.7.3.1), so each has one of its own.
    """
    facts, device = content.facts, content.device
    date, time = moment_of(content, dataset)
    named = f"{series.folder} {content.study_instance_uid} {facts.version} {facts.configuration_digest} {facts.started}"
    if side is not None:
        named += f" side {side}"
        dataset.Laterality = side
    dataset.Modality = series.modality
    dataset.SeriesInstanceUID = derive_uid(f"series {named} {device}")
    dataset.SeriesNumber, dataset.InstanceNumber = series.number, number_in_series
    dataset.SeriesDate, dataset.SeriesTime = date, time
    dataset.SeriesDescription = f"{series.description} - {SHORT_NOTICE}"[:LONGEST_NAME]
    dataset.Manufacturer, dataset.ManufacturerModelName = device.manufacturer, device.model
    dataset.DeviceSerialNumber, dataset.SoftwareVersions = DEVICE_SERIAL_NUMBER, f"{SOFTWARE} {facts.version}"


def moment_of(content: StudyContent, dataset: Dataset) -> tuple[str, str]:
    """
    Give the date and the time of all objects of a run: its start.

    In the zone that the image names, and in UTC where it names none: to name one here would move the dates of the
    study as well.
    """
    found = _OFFSET.fullmatch(str(dataset.get("TimezoneOffsetFromUTC", "")))
    sign, hours, minutes = found.groups() if found else ("+", "0", "0")
    away = timedelta(hours=int(hours), minutes=int(minutes))
    moment = content.facts.started.astimezone(timezone(-away if sign == "-" else away))
    return f"{moment:%Y%m%d}", f"{moment:%H%M%S}"


def finish(dataset: Dataset, sop_class_uid: str, series: Series, images: Iterable[SourceImage]) -> DicomObject:
    """
    Name an object by its content, and write it.

    Parameters
    ----------
    dataset : Dataset
        Whole but for its SOP Class and Instance UID.
    sop_class_uid : str
    series : Series
    images : iterable of SourceImage
        That it speaks of.

    Returns
    -------
    DicomObject
        Explicit VR Little Endian, or the syntax that ``file_meta`` of the data set names. Its UID is derived from
        everything that is in it: archives keep the first content of a UID, and drop any other without a word.
    """
    dataset.SOPClassUID = sop_class_uid
    meta = getattr(dataset, "file_meta", None) or FileMetaDataset()
    meta.TransferSyntaxUID = UID(meta.get("TransferSyntaxUID", ExplicitVRLittleEndian))
    meta.ImplementationClassUID, meta.ImplementationVersionName = UID(IMPLEMENTATION), SOFTWARE.upper()
    before, after = _encoded(dataset, stop=_SOP_INSTANCE_UID), _encoded(dataset, start=_SOP_INSTANCE_UID + 1)
    content = hashlib.sha256(before)
    content.update(after)
    uid = derive_uid(content.hexdigest())
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = UID(sop_class_uid), UID(uid)
    dataset.SOPInstanceUID = uid
    head = DicomBytesIO(b"\0" * 128 + b"DICM")
    head.seek(0, io.SEEK_END)
    write_file_meta_info(head, meta, enforce_standard=True)
    named = _encoded(dataset, _SOP_INSTANCE_UID, _SOP_INSTANCE_UID + 1)
    return DicomObject(
        series.folder,
        sop_class_uid,
        uid,
        str(dataset.StudyInstanceUID),
        tuple(image.key for image in images),
        b"".join((head.getvalue(), before, named, after)),
    )


def _encoded(dataset: Dataset, start: int | None = None, stop: int | None = None) -> bytes:
    """Write the elements from one tag up to another; all of it is written once, though its UID depends on it."""
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    write_dataset(buffer, dataset[start:stop], dataset.get("SpecificCharacterSet") or default_encoding)
    return buffer.getvalue()
