"""Discovery of files: from the inputs of a command to an ordered list of files, each once."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from mammocalc.dicom.dicomdir import read_references, resolve
from mammocalc.dicom.file_kind import has_no_ending, has_preamble, is_archive, is_named_as_dicom, looks_like_dicom
from mammocalc.dicom.folder_entry import is_circle, is_file, is_folder, join_path, printable, real_path
from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.lexicon import Reason, Status

if TYPE_CHECKING:
    from collections.abc import Sequence


MISSING_NAMED: Final = 1000
"""Files that one DICOMDIR refers to and that are not there get so many rows; a last one counts the others."""

DANGLING: Final = (
    Reason.MISSING_FILE,
    (
        "The link leads to nothing: what it stands for was moved or removed, or lies on a disk that is not mounted. "
        "Bring that back, or remove the link."
    ),
)

NO_FILE: Final = (
    Reason.UNREADABLE,
    "This is a pipe, a socket or a device, so it was not read. Take it out of the input.",
)

PACKED: Final = (
    Reason.NOT_DICOM,
    "This is an archive, and none is looked into. Unpack it, and give the folder as INPUT.",
)

CIRCLE: Final = (
    Reason.SYMLINK_LOOP,
    "The link leads in a circle, so it was not followed; what lies there is read under its own name. Remove the link.",
)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that is to be read: where it is, and its name in the results (posix, relative to its INPUT)."""

    path: Path
    relative: str


@dataclass(frozen=True, slots=True)
class InputProblem:
    """A problem of the input that is not a file to analyse; it becomes a row."""

    relative: str
    reason: Reason
    message: str
    status: Status = Status.FAILED
    tokens: frozenset[str] = frozenset()
    """What is known of the persons whose names the path may hold; see `mammocalc.dicom.privacy.identifiers`."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """
    The files and problems that were found.

    Attributes
    ----------
    files : tuple of FoundFile
        In the order of the inputs, and by name within each; no file twice,
        and no ``relative`` twice.
    passed_over : int
        How many files were seen that are not DICOM.
    problems : tuple of InputProblem
        Folders that cannot be read, links that lead in a circle or to nothing, pipes and devices that are named
        as images are, and files that a DICOMDIR names and that are not there.
    archives : tuple of FoundFile
        Those files that were passed over and are archives or images of media, in
        which mammograms may lie.
    """

    files: tuple[FoundFile, ...]
    passed_over: int
    problems: tuple[InputProblem, ...]
    archives: tuple[FoundFile, ...] = ()


def discover(inputs: Sequence[Path]) -> Discovery:
    """
    Find every file that may be a mammogram.

    Folders are searched to any depth, following symbolic links once; a
    DICOMDIR adds the files that it refers to. A file counts as DICOM by the
    ``DICM`` after its preamble, by an ending of ``.dcm``, ``.dicom`` or
    ``.ima``, or by beginning as a data set does. Which files are mammograms
    is for `mammocalc.dicom` to say.

    Parameters
    ----------
    inputs : sequence of Path
        Files, folders and DICOMDIRs. With one INPUT names are relative to
        it; with several, each begins with the shortest end of its INPUT's
        path by which it differs from the others.

    Returns
    -------
    Discovery
        Equal for an equal tree, whatever order the file system lists it in.

    Raises
    ------
    UsageError
        Where an INPUT does not exist.

    Examples
    --------
    >>> discover([]).files
    ()
    """
    for given in inputs:
        if not os.path.lexists(given):
            message = f"INPUT does not exist: {given}"
            raise UsageError(message)
    search = _Search()
    for given, label in zip(inputs, _labels(inputs), strict=True):
        search.look_into(given, label)
    return Discovery(tuple(search.files), search.passed_over, tuple(search.problems), tuple(search.archives))


@dataclass(slots=True)
class _Search:
    """What has been seen so far."""

    files: list[FoundFile] = field(default_factory=list)
    problems: list[InputProblem] = field(default_factory=list)
    archives: list[FoundFile] = field(default_factory=list)
    passed_over: int = 0
    seen: set[str] = field(default_factory=set)
    names: dict[str, int] = field(default_factory=dict)

    def look_into(self, given: Path, label: str) -> None:
        """Look into one INPUT."""
        if given.is_dir():
            self._walk(given, label)
        elif given.is_file():
            name = printable(given.name)
            if is_archive(str(given)) and not looks_like_dicom(str(given)):
                self._report(label or name, PACKED)
            else:
                self._take(real_path(given), str(given), label or name, is_named=True)
        elif given.exists():
            self._report(label or printable(given.name), NO_FILE)
        elif given.is_symlink():
            self._report(label or printable(given.name), DANGLING)
        else:  # it was there a moment ago
            message = "The input is not there any more. Bring it back, and repeat the command."
            self._report(label or printable(given.name), (Reason.MISSING_FILE, message))

    def _walk(self, top: Path, label: str) -> None:
        """Walk through a folder, depth first, with a stack of its own: folders may be deeper than Python's."""
        stack = [(str(top), real_path(top), label)]
        while stack:
            folder, real, relative = stack.pop()
            if real in self.seen:
                continue
            self.seen.add(real)
            try:
                with os.scandir(folder) as listing:
                    entries = sorted(listing, key=lambda entry: os.fsencode(entry.name))
            except OSError as error:
                self._report(relative or ".", _unreadable_folder(error))
                continue
            folders: list[tuple[str, str, str]] = []
            for entry in entries:
                name = join_path(relative, printable(entry.name))
                # Only a link can lie elsewhere than in its folder; asking for every file would cost more than reading.
                target = real_path(entry.path) if entry.is_symlink() else f"{real.rstrip(os.sep)}{os.sep}{entry.name}"
                if entry.is_symlink() and is_circle(entry, real, target):
                    self.problems.append(InputProblem(self._unique(name), *CIRCLE, Status.SKIPPED))
                elif is_folder(entry):
                    folders.append((entry.path, target, name))
                elif is_file(entry):
                    self._take(target, entry.path, name)
                else:
                    self._pass_by(entry, name)
            stack.extend(reversed(folders))

    def _pass_by(self, entry: os.DirEntry[str], name: str) -> None:
        """Report what is neither a file nor a folder where it is named as an image is, and count it else."""
        if entry.is_symlink() and not os.path.exists(entry.path):  # noqa: PTH110 - as above
            what = DANGLING if is_named_as_dicom(entry.name) or has_no_ending(entry.name) else None
        else:
            what = NO_FILE if is_named_as_dicom(entry.name) else None
        if what is None:
            self.passed_over += 1
        else:
            self._report(name, what)

    def _take(self, real: str, path: str, relative: str, *, is_named: bool = False) -> None:
        """Take a file, unless it was taken before or is not DICOM."""
        if real in self.seen:
            return
        self.seen.add(real)
        if os.path.basename(path).upper() == "DICOMDIR" and has_preamble(path):  # noqa: PTH119 - as above
            self._take_directory(Path(path), relative)
        elif is_named or looks_like_dicom(path):
            self.files.append(FoundFile(Path(path), self._unique(relative)))
        else:
            self.passed_over += 1
            if is_archive(path):
                self.archives.append(FoundFile(Path(path), relative))

    def _take_directory(self, path: Path, relative: str) -> None:
        """Take the files that a DICOMDIR refers to."""
        parent = str(PurePosixPath(relative).parent)
        parent = "" if parent == "." else parent
        missing = 0
        try:
            for parts, tokens in read_references(path):
                name = join_path(parent, "/".join(printable(part) for part in parts))
                target = resolve(path.parent, parts)
                if target is not None:
                    self._take(real_path(target), str(target), name, is_named=True)
                    continue
                missing += 1
                if missing <= MISSING_NAMED:
                    message = "The DICOMDIR refers to a file that is not there. Copy the whole medium again."
                    self._report(name, (Reason.MISSING_FILE, message), tokens)
        except Exception:  # noqa: BLE001 - a damaged DICOMDIR makes pydicom raise almost anything
            self._report(relative, (Reason.UNREADABLE, "The DICOMDIR is damaged. Name its folder instead."))
        if missing > MISSING_NAMED:
            message = f"The DICOMDIR refers to {missing} files that are not there. Copy the whole medium again."
            self._report(relative, (Reason.MISSING_FILE, message))

    def _report(self, relative: str, what: tuple[Reason, str], tokens: frozenset[str] = frozenset()) -> None:
        """Note a problem."""
        self.problems.append(InputProblem(self._unique(relative), *what, tokens=tokens))

    def _unique(self, relative: str) -> str:
        """Give a name that no other file of this run has."""
        name = relative
        if name in self.names:
            count = self.names[relative]  # the next that was not given yet
            while (name := f"{relative}~{count}") in self.names:
                count += 1
            self.names[relative] = count + 1
        self.names[name] = 2
        return name


def _labels(inputs: Sequence[Path]) -> list[str]:
    """Give each INPUT the shortest end of its path that tells it from the others; nothing to a single one."""
    if len(inputs) < 2:
        return [""] * len(inputs)
    parts = [Path(os.path.abspath(given)).parts for given in inputs]  # noqa: PTH100 - resolve() would follow links
    labels = []
    for own in parts:
        others = [other for other in parts if other != own]
        length = 1
        while length < len(own) and any(other[-length:] == own[-length:] for other in others):
            length += 1
        labels.append("/".join(printable(part.strip("/\\")) for part in own[-length:]).strip("/"))
    return labels


def _unreadable_folder(error: OSError) -> tuple[Reason, str]:
    """Say why a folder was not searched."""
    why = error.strerror or "input/output error"
    return Reason.UNREADABLE, f"The folder cannot be searched: {why}. Check its permissions and its disk."
