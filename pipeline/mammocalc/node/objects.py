"""DICOM objects of a run, requested by node and job in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mammocalc.dicom.writer import Device
from mammocalc.execution.export.export import export
from mammocalc.execution.export.request import ExportRequest, parse_kinds

USUAL: Final = "cad-sr,gsps"
"""For mammography workstations and for most viewers; the others are large or need an extra."""


@dataclass(frozen=True, slots=True)
class ObjectsWanted:
    """Kinds of objects to make, and their manufacturer; ``salt_file`` is that of the run, or None."""

    kinds: str = USUAL
    manufacturer: str = "mammocalc"
    model: str = "mammocalc"
    salt_file: Path | None = None

    def check(self) -> None:
        """Raise UsageError where a kind is unknown or a name cannot be used."""
        self.request(Path(), Path(), Path())

    def request(self, run: Path, images: Path, out: Path) -> ExportRequest:
        """Ask for the objects of a run."""
        device = Device(self.manufacturer, self.model)
        return ExportRequest(run, images, out, parse_kinds(self.kinds.split(",")), device, self.salt_file)


@dataclass(frozen=True, slots=True)
class MadeObjects:
    """Files that were written, and sentences on what was left out or is not as one might think; without UIDs."""

    files: tuple[Path, ...]
    remarks: tuple[str, ...]


def make_objects(run: Path, images: Path, out: Path, wanted: ObjectsWanted) -> MadeObjects:
    """
    Write the DICOM objects of a finished run.

    Parameters
    ----------
    run, images : Path
        A run, and the folder that it was made of.
    out : Path
        Made if needed.
    wanted : ObjectsWanted

    Raises
    ------
    MammocalcError
        As `mammocalc.execution.export.export.export` does.
    """
    summary = export(wanted.request(run, images, out))
    remarks = dict.fromkeys(item.message for item in [*summary.left_out, *summary.notes])
    return MadeObjects(tuple(out / item.file for item in summary.objects), tuple(remarks))
