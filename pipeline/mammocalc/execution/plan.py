"""Plan of a run: every file once, under a name that names nobody."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from mammocalc.dicom import DicomSettings, read_claim
from mammocalc.execution.paths import PublicPaths
from mammocalc.model import FileRow
from mammocalc.vocabulary.image_key import image_key, place_in_run
from mammocalc.vocabulary.lexicon import Reason, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from mammocalc.config import Config
    from mammocalc.dicom import Pseudonyms
    from mammocalc.dicom.discover import Discovery, FoundFile, InputProblem

OTHER_FRAMES: Final = (
    "Another file of this run has the same SOP Instance UID and another number of frames, and comes first, so this one "
    "was not analysed. Find out which is the right one, and remove the other."
)


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """
    A file to analyse, or a frame of it: its path, and its name in the outputs.

    What may name a person is left out where this is printed: the worker of a cluster prints the arguments of
    calls that failed.
    """

    path: Path = field(repr=False)
    public_path: str
    sop_instance_uid: str | None
    pseudonyms: Pseudonyms | None = None
    frame: int | None = None

    @property
    def key(self) -> str | None:
        """The key of the image (`mammocalc.vocabulary.image_key`); None where the file has no UID."""
        return None if self.sop_instance_uid is None else image_key(self.sop_instance_uid, self.frame)

    @property
    def place(self) -> tuple[str, int]:
        """As that of its row."""
        return place_in_run(self.public_path, self.frame)


@dataclass(frozen=True, slots=True)
class PlannedImage:
    """
    All files that say they are one image, by relative path.

    As a rule that is one file. Files without a readable SOP Instance UID stand alone.
    ``source`` is None, or the digest of the content from which the whole result was made that lies in the store.
    """

    files: tuple[PlannedFile, ...]
    source: str | None = None

    @property
    def key(self) -> str | None:
        """That of its files."""
        return self.files[0].key


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What is to be analysed, and what is settled already.

    ``rows`` hold what could not be looked into, ``archives`` the names of those that were passed over. ``input_digest``
    is a fingerprint of the names, sizes and dates of all files. ``renamed`` says what paths of earlier rows are called
    now, where a header has told since that they name a person.
    """

    images: tuple[PlannedImage, ...]
    rows: tuple[FileRow, ...]
    input_digest: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    archives: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Number of rows that the run will have."""
        return len(self.rows) + sum(len(image.files) for image in self.images)


@dataclass(frozen=True, slots=True)
class Header:
    """
    Which image a found file is, and whether its header said something about a person.

    ``number_of_frames`` is None unless the frames of the file are analysed one by one.
    """

    file: FoundFile
    pseudonyms: Pseudonyms | None
    has_spoken: bool
    number_of_frames: int | None = None


def read_header(file: FoundFile, config: Config, paths: PublicPaths) -> Header:
    """Read the header of one file, and tell ``paths`` what it says about a person."""
    claim = read_claim(file.path, DicomSettings(admit=config.admit, read=config.read, privacy=config.privacy))
    paths.learn(file.relative, claim.tokens)
    return Header(file, claim.pseudonyms, bool(claim.tokens), claim.number_of_frames)


def plan_run(
    discovery: Discovery,
    config: Config,
    on_header: Callable[[int, int], None],
    earlier: Sequence[str] = (),
    read: Callable[[FoundFile, Config, PublicPaths], Header] = read_header,
    paths: PublicPaths | None = None,
) -> Plan:
    """
    Look at the header of every file that was found, before any of them is analysed.

    Files that share a SOP Instance UID are put together here, so that what becomes of
    them never depends on which worker is faster. Each frame of a multi-frame file that is
    admitted (``admit.multiframe``) is an image.

    Parameters
    ----------
    discovery : Discovery
    config : Config
    on_header : callable
        Told after each header how many of how many are read.
    earlier : sequence of str
        Paths of rows that were written before.
    read : callable
        Gives the header of a file, anew or from memory.
    paths : PublicPaths, optional
        What is known already of names.

    Returns
    -------
    Plan
        Images in the order of their first files' relative paths.
    """
    found = sorted(discovery.files, key=lambda file: file.relative)
    salt = config.privacy.patient_key_salt
    if paths is None:
        paths = PublicPaths(salt, hides=config.privacy.file_names == "hide")
    headers = []
    for number, file in enumerate(found, start=1):
        headers.append(read(file, config, paths))
        on_header(number, len(found))
    for problem in discovery.problems:
        paths.learn(problem.relative, problem.tokens)
    images, rows = put_together(headers, discovery.problems, paths)
    archives = tuple(paths.name(file.relative, has_spoken=False) for file in discovery.archives)
    now = {before: paths.name(before, has_spoken=False) for before in earlier}
    renamed = {before: name for before, name in now.items() if before != name}
    return Plan(images, rows, _digest_of_input(found, salt), renamed, archives)


def put_together(
    headers: Sequence[Header], problems: Sequence[InputProblem], paths: PublicPaths
) -> tuple[tuple[PlannedImage, ...], tuple[FileRow, ...]]:
    """
    Give files names that name nobody, and group those of one image.

    Files of one SOP Instance UID that have another number of frames than the first of them are told here: no frame of
    theirs has a counterpart to be held against.

    Parameters
    ----------
    headers : sequence of Header
        By relative path.
    problems : sequence of InputProblem
    paths : PublicPaths
        Has learned from all headers.

    Returns
    -------
    tuple of PlannedImage
        In the order of their first files, frames in their order.
    tuple of FileRow
        Of what could not be looked into, and of what collides.
    """
    together: dict[str, list[PlannedFile]] = {}
    frames_of: dict[str | None, int | None] = {}
    colliding = []
    for header in headers:
        name = paths.name(header.file.relative, has_spoken=header.has_spoken)
        uid = None if header.pseudonyms is None else header.pseudonyms.sop_instance_uid
        if frames_of.setdefault(uid, header.number_of_frames) != header.number_of_frames:
            colliding.append(FileRow(name, uid, Status.FAILED, Reason.UID_COLLISION, OTHER_FRAMES, 0.0))
            continue
        for frame in (None,) if header.number_of_frames is None else range(header.number_of_frames):
            file = PlannedFile(header.file.path, name, uid, header.pseudonyms, frame)
            # No key holds a slash, so that a path cannot be taken for one.
            together.setdefault(file.key or f"/{header.file.relative}", []).append(file)
    rows = [
        FileRow(
            paths.name(problem.relative, has_spoken=bool(problem.tokens)),
            None,
            problem.status,
            problem.reason,
            problem.message,
            0.0,
        )
        for problem in problems
    ]
    return tuple(PlannedImage(tuple(files)) for files in together.values()), (*rows, *colliding)


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
