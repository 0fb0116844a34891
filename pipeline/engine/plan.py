"""What a run has to do: every file once, under a name that names nobody."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.dicom import read_sop_instance_uid
from pipeline.dicom.privacy import personal_tokens
from pipeline.engine.paths import public_paths
from pipeline.model import FileRow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pipeline.config import Config
    from pipeline.discover import Discovery, FoundFile


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file that is to be judged: where it is, and what it may be called in the outputs."""

    path: Path
    public_path: str
    sop_instance_uid: str | None


@dataclass(frozen=True, slots=True)
class PlannedImage:
    """
    All files that say they are one image, by relative path.

    As a rule that is one file. Files without a readable SOP Instance UID stand alone.
    """

    files: tuple[PlannedFile, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What is to be judged, and what is settled already.

    ``rows`` hold what could not be looked into. ``input_digest`` is a
    fingerprint of the names, sizes and dates of all files.
    """

    images: tuple[PlannedImage, ...]
    rows: tuple[FileRow, ...]
    input_digest: str

    @property
    def total(self) -> int:
        """Number of rows that the run will have."""
        return len(self.rows) + sum(len(image.files) for image in self.images)


def plan_run(discovery: Discovery, config: Config, on_header: Callable[[int, int], None]) -> Plan:
    """
    Look at the header of every file that was found, before any of them is judged.

    Files that share a SOP Instance UID are put together here, so that what becomes of
    them never depends on which worker is faster.

    Parameters
    ----------
    discovery : Discovery
    config : Config
    on_header : callable
        Told after each header how many of how many are read.

    Returns
    -------
    Plan
        Images in the order of their first files' relative paths.
    """
    found = sorted(discovery.files, key=lambda file: file.relative)
    max_pixel_bytes = 2 * config.read.max_pixels
    uids, tokens = [], []
    for number, file in enumerate(found, start=1):
        uids.append(read_sop_instance_uid(file.path))
        tokens.append(personal_tokens(file.path, max_pixel_bytes))
        on_header(number, len(found))
    salt = config.privacy.patient_key_salt
    relative = [file.relative for file in found] + [problem.relative for problem in discovery.problems]
    names = public_paths(relative, tokens + [frozenset()] * len(discovery.problems), salt)

    together: dict[str, list[PlannedFile]] = {}
    for file, uid, name in zip(found, uids, names, strict=False):
        # No UID holds a slash, so that a path cannot be taken for one.
        together.setdefault(uid or f"/{file.relative}", []).append(PlannedFile(file.path, name, uid))
    rows = [
        FileRow(name, None, problem.status, problem.reason, problem.message, 0.0)
        for problem, name in zip(discovery.problems, names[len(found) :], strict=True)
    ]
    images = tuple(PlannedImage(tuple(files)) for files in together.values())
    return Plan(images, tuple(rows), _digest_of_input(found, salt))


def _digest_of_input(found: Sequence[FoundFile], salt: str) -> str:
    digest = hashlib.sha256(salt.encode())
    for file in found:
        try:
            status = file.path.stat()
            state = f"{status.st_size} {status.st_mtime_ns}"
        except OSError:
            state = "unreadable"
        digest.update(f"{file.relative}\n{state}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()[:16]
