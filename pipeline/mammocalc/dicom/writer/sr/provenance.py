"""Provenance of a finding in a report: its name, and the algorithm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.dicom.writer import codes
from mammocalc.dicom.writer.records import SOFTWARE
from mammocalc.dicom.writer.sr import items
from mammocalc.dicom.writer.sr.items import HAS_OBS_CONTEXT

if TYPE_CHECKING:
    from mammocalc.dicom.writer.findings import Tracking
    from mammocalc.dicom.writer.sr.encoding import Item


def known_as(tracking: Tracking) -> list[Item]:
    """Give the name and UID by which a finding is known in every object (TID 4108)."""
    return [
        items.text(HAS_OBS_CONTEXT, codes.TRACKING_IDENTIFIER, tracking.identifier),
        items.uid_reference(HAS_OBS_CONTEXT, codes.TRACKING_UID, tracking.uid),
    ]


def algorithm(version: str, relationship: str) -> list[Item]:
    """Name the algorithm and its version (TID 4019)."""
    return [
        items.text(relationship, codes.ALGORITHM_NAME, SOFTWARE),
        items.text(relationship, codes.ALGORITHM_VERSION, version),
    ]
