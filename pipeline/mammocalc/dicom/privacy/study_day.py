"""Day of an examination without its date: each patient's dates are shifted by an offset of their own."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from mammocalc.dicom.privacy.pseudonyms import hash_of_patient

if TYPE_CHECKING:
    from mammocalc.dicom.reader.header import Header
    from mammocalc.dicom.reader.settings import PrivacySettings

DATES: Final = ("StudyDate", "SeriesDate", "AcquisitionDate")
"""In this order. Content Date is left out: it may be the day on which an image was processed again."""
DATE: Final = re.compile(r"(\d{4})(\.?)(\d\d)\2(\d\d)")
"""A DA value of DICOM PS3.5 table 6.2-1, or ACR-NEMA's with full stops."""
YEARS: Final = range(1971, 2100)
"""Dates outside, such as 19000101, 19700101 and 99991231, stand for none. Who knows what stands for a date knows the
shift of its patient, and with it all true dates."""
SHIFTS: Final = 365_250
"""Days in a millennium: so many more than the dates of all mammograms span that hardly a shifted day, one in a hundred
at most, lies so near an end of them that it narrows its date."""


def study_day(header: Header, settings: PrivacySettings) -> int | None:
    """
    Compute the day of an examination, shifted by the same number of days for all images of a patient.

    Differences between the days of one patient are the true intervals. Those
    between patients mean nothing.

    Returns
    -------
    int or None
        Days, 0 and more. None without a Patient ID, by which the shift is
        found, or without a date of the calendar in Study Date, Series Date or
        Acquisition Date.
    """
    hashed = hash_of_patient(header, settings, b"mammocalc day")
    day = next(filter(None, (_ordinal(header.text(keyword)) for keyword in DATES)), None)
    if hashed is None or day is None:
        return None
    return day - date(YEARS.start, 1, 1).toordinal() + int.from_bytes(hashed) % SHIFTS


def _ordinal(text: str) -> int | None:
    """Give the number of a day; None for what is no date of the calendar, or one that stands for none."""
    written = DATE.fullmatch(text)
    if written is None:
        return None
    try:
        day = date(int(written[1]), int(written[3]), int(written[4]))
    except ValueError:
        return None
    return day.toordinal() if day.year in YEARS else None
