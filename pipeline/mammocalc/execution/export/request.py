"""Request and summary of an export."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mammocalc.dicom.writer import KINDS, Device, Kind
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """
    What is to be written of which run.

    Attributes
    ----------
    run : Path
        Folder of a finished run.
    images : Path
        Where its DICOM files are now: a folder of any depth, a file or a DICOMDIR.
    out : Path
        Made if needed; a folder of its own, for its files name patients.
    kinds : tuple of Kind
    device : Device
    salt_file : Path or None
        The salt of the run, if that was a secret.
    comparison : Path or None
        Folder of what `mammocalc compare` wrote of this run; its changes become part of what speaks of them.
    prior_run : Path or None
        The run of the earlier date, if it is another.
    """

    run: Path
    images: Path
    out: Path
    kinds: tuple[Kind, ...] = KINDS
    device: Device = field(default_factory=Device)
    salt_file: Path | None = None
    comparison: Path | None = None
    prior_run: Path | None = None


@dataclass(frozen=True, slots=True)
class WrittenObject:
    """
    A file of an export.

    Attributes
    ----------
    file : str
        Relative to the folder of the export, with forward slashes.
    kind : str
        As the folder in which it lies is called.
    sop_class_uid, sop_instance_uid, study_instance_uid : str
    images : tuple of str
        SOP Instance UIDs of the images that it speaks of, as they stand in their files.
    """

    file: str
    kind: str
    sop_class_uid: str
    sop_instance_uid: str
    study_instance_uid: str
    images: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """
    Something that was not written, and why.

    ``subject`` is the image or the study by the UID that the run gives it, or empty where it has none.
    """

    subject: str
    message: str

    def __str__(self) -> str:
        """Give it as one line."""
        return f"{self.subject}: {self.message}" if self.subject else self.message


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """
    What came of an export.

    Attributes
    ----------
    objects : tuple of WrittenObject
        By study, then in the order in which they were written.
    left_out : tuple of LeftOut
        Empty where everything that was asked for is there.
    notes : tuple of LeftOut
        What is there, and not as one might think.
    removed : int
        Objects of an earlier export that are not of this one.
    """

    objects: tuple[WrittenObject, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[LeftOut, ...]
    removed: int = 0

    def __repr__(self) -> str:
        """One line, however many objects there are."""
        return f"<ExportSummary: {len(self.objects)} objects, {len(self.left_out)} left out, {len(self.notes)} notes>"


def parse_kinds(words: Iterable[str]) -> tuple[Kind, ...]:
    """
    Read the kinds of objects that are asked for.

    Raises
    ------
    UsageError
        If there is none, or one of them is unknown.

    Examples
    --------
    >>> parse_kinds(["gsps", "cad-sr", "gsps"])
    (<Kind.CAD_SR: 'cad-sr'>, <Kind.GSPS: 'gsps'>)
    """
    asked = [word.strip() for word in words]
    known = [kind.value for kind in KINDS]
    unknown = [word for word in asked if word not in known]
    if unknown or not asked:
        what = f"there is no kind of object {unknown[0]!r}" if unknown else "no kind of object is named"
        message = f"{what}: choose among {', '.join(known)}"
        raise UsageError(message)
    return tuple(kind for kind in KINDS if kind.value in asked)
