"""Folder of an export: a subfolder for each study and kind of object, and a list of all."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from mammocalc.dicom.writer import KINDS, Kind
from mammocalc.execution.export.request import WrittenObject
from mammocalc.execution.run_folder import RunFolder, out_of_room
from mammocalc.execution.run_manifest import SOFTWARE
from mammocalc.files.claim import LOCK
from mammocalc.results.to_json import encode
from mammocalc.vocabulary.errors import StoppedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from mammocalc.dicom.writer import DicomObject, RunFacts
    from mammocalc.execution.export.request import ExportRequest, ExportSummary

RECORD: Final = "export.json"
SCHEMA_VERSION: Final = "1.0"
FOLDERS: Final = {kind: (kind.value,) for kind in KINDS} | {Kind.SEG: (Kind.SEG.value, "labelmap")}
"""The subfolders of each kind."""
WRITING, FINISHED = "writing", "finished"
_OBJECT: Final = re.compile(r"[0-9.]+\.dcm")


def require_apart(request: ExportRequest) -> None:
    """
    Make sure that an export does not mix with anything else.

    Raises
    ------
    UsageError
        If its folder lies in the run, whose files name nobody, or in a folder that holds other files.
    """
    out, run, images = (path.resolve() for path in (request.out, request.run, request.images))
    if out.is_relative_to(run):
        message = (
            f"--out {request.out} lies in the folder of the run, whose files name nobody; DICOM objects name the "
            "patient. Choose a folder of its own."
        )
        raise UsageError(message)
    if out == images:
        message = f"--out {request.out} is the folder of the images. Choose a folder of its own."
        raise UsageError(message)
    if request.out.is_dir() and not (request.out / RECORD).is_file():
        others = [entry.name for entry in request.out.iterdir() if entry.name != LOCK]
        if others:
            message = (
                f"--out {request.out} holds files that no export has put there, which would be sent along with its "
                "objects. Choose an empty folder."
            )
            raise UsageError(message)


def holds_objects(out: Path) -> bool:
    """Tell whether a folder has objects of an earlier export, which may have been stopped before it listed them."""
    return any(_OBJECT.fullmatch(path.name) for path in out.glob("*/*/*.dcm"))


class ExportFolder:
    """
    Takes the objects of an export, each whole or not at all.

    Parameters
    ----------
    root : Path
        Exists, and is held.
    token : str
        Under which it is.
    """

    def __init__(self, root: Path, token: str) -> None:
        self._folder = RunFolder(root, token=token, what="folder of the export")

    def write(self, item: DicomObject) -> WrittenObject:
        """
        Write an object.

        Raises
        ------
        StoppedError
            If the folder takes no more. What is in it is whole.
        OutputLostError
            If it is another one by now.
        """
        place = PurePosixPath(item.study_instance_uid, item.folder, f"{item.sop_instance_uid}.dcm").as_posix()
        self._write(place, item.content)
        return WrittenObject(
            place, item.folder, item.sop_class_uid, item.sop_instance_uid, item.study_instance_uid, item.images
        )

    def record(
        self, state: str, facts: RunFacts, summary: ExportSummary | None = None, *, tells_changes: bool = False
    ) -> None:
        """Write what is in the folder; raises as `write`."""
        document: dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "software": SOFTWARE,
            "version": facts.version,
            "configuration_digest": facts.configuration_digest,
            "state": state,
            "tells_changes": tells_changes,
            "objects": [] if summary is None else [asdict(item) for item in summary.objects],
            "left_out": [] if summary is None else [asdict(item) for item in summary.left_out],
            "notes": [] if summary is None else [asdict(item) for item in summary.notes],
        }
        self._write(RECORD, encode(document))

    def remove_older(self, kinds: Collection[Kind], kept: Collection[str]) -> int:
        """Remove objects of some kinds that an earlier export has left, so that they are not sent along; count them."""
        root, removed = self._folder.root, 0
        for kind in kinds:
            for name in FOLDERS[kind]:
                for path in root.glob(f"*/{name}/*.dcm"):
                    place = path.relative_to(root).as_posix()
                    if _OBJECT.fullmatch(path.name) and place not in kept:
                        path.unlink(missing_ok=True)
                        removed += 1
                        for folder in (path.parent, path.parent.parent):
                            with suppress(OSError):
                                folder.rmdir()
        return removed

    def _write(self, place: str, content: bytes) -> None:
        try:
            self._folder.write(place, content)
        except OSError as error:
            raise StoppedError(out_of_room(error, "objects")) from None
