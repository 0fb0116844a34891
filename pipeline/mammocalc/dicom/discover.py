"""From what was named on the command line to an ordered list of files, each once."""

from __future__ import annotations

import errno
import os
import re
import unicodedata
import warnings
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from pydicom.charset import default_encoding
from pydicom.filereader import read_dataset, read_sequence_item
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from mammocalc.dicom.privacy.identifiers import tokens_of
from mammocalc.dicom.reader.bounded_reader import Stream
from mammocalc.vocabulary.errors import CallError
from mammocalc.vocabulary.lexicon import Reason, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydicom.dataset import Dataset
    from pydicom.tag import BaseTag

DICOM_ENDINGS: Final = (".dcm", ".dicom", ".ima")
PREAMBLE_BYTES: Final = 128
FIRST_GROUPS: Final = frozenset({2, 8})
"""Groups with which a data set without preamble begins: File Meta Information, or identification."""
LAST_FIRST_ELEMENT: Final = 0x18
"""A data set begins at or before SOP Instance UID (0008,0018)."""
DIRECTORY_RECORDS: Final = 0x00041220
RECORD_READS: Final = 10_000
RECORD_BYTES: Final = 1 << 20
"""What one record of a DICOMDIR may cost: those with an icon take a hundred reads and some kilobytes."""
MISSING_NAMED: Final = 1000
"""Files that one DICOMDIR refers to and that are not there get so many rows; a last one counts the others."""
ARCHIVE: Final = re.compile(
    r"\.(zip|zipx|tar|tgz|tbz2?|txz|gz|bz2|xz|zst|7z|rar|iso|img|nrg|dmg|cab|arj|lzh|[zr][0-9]{2})(\.[0-9]{3})?$",
    re.IGNORECASE,
)
"""Names of archives and images of media, also in parts."""
ARCHIVE_STARTS: Final = (
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\0",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"(\xb5/\xfd",
)
"""As archives begin; looked at where a name has no ending."""
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
    """Something of the input that is no file to be judged, and that somebody should know of; it becomes a row."""

    relative: str
    reason: Reason
    message: str
    status: Status = Status.FAILED
    tokens: frozenset[str] = frozenset()
    """What is known of the persons whose names the path may hold; see `mammocalc.dicom.privacy.identifiers`."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """
    What was found.

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
    archives : tuple of str
        Names of those files that were passed over and are archives or images of
        media, in which mammograms may lie.
    """

    files: tuple[FoundFile, ...]
    passed_over: int
    problems: tuple[InputProblem, ...]
    archives: tuple[str, ...] = ()


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
    CallError
        Where an INPUT does not exist.

    Examples
    --------
    >>> discover([]).files
    ()
    """
    for given in inputs:
        if not os.path.lexists(given):
            message = f"INPUT does not exist: {given}"
            raise CallError(message)
    search = _Search()
    for given, label in zip(inputs, _labels(inputs), strict=True):
        search.look_into(given, label)
    return Discovery(tuple(search.files), search.passed_over, tuple(search.problems), tuple(search.archives))


@dataclass(slots=True)
class _Search:
    """What has been seen so far."""

    files: list[FoundFile] = field(default_factory=list)
    problems: list[InputProblem] = field(default_factory=list)
    archives: list[str] = field(default_factory=list)
    passed_over: int = 0
    seen: set[str] = field(default_factory=set)
    names: dict[str, int] = field(default_factory=dict)

    def look_into(self, given: Path, label: str) -> None:
        """Look into one INPUT."""
        if given.is_dir():
            self._walk(given, label)
        elif given.is_file():
            name = _printable(given.name)
            self._take(_real(given), str(given), label or name, is_named=True)
        elif given.exists():
            self._report(label or _printable(given.name), NO_FILE)
        elif given.is_symlink():
            self._report(label or _printable(given.name), DANGLING)
        else:  # it was there a moment ago
            message = "The input is not there any more. Bring it back, and repeat the command."
            self._report(label or _printable(given.name), (Reason.MISSING_FILE, message))

    def _walk(self, top: Path, label: str) -> None:
        """Walk through a folder, depth first, with a stack of its own: folders may be deeper than Python's."""
        stack = [(str(top), _real(top), label)]
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
                name = _joined(relative, _printable(entry.name))
                # Only a link can lie elsewhere than in its folder; asking for every file would cost more than reading.
                target = _real(entry.path) if entry.is_symlink() else f"{real.rstrip(os.sep)}{os.sep}{entry.name}"
                if entry.is_symlink() and _is_circle(entry, real, target):
                    self.problems.append(InputProblem(self._unique(name), *CIRCLE, Status.SKIPPED))
                elif _is_folder(entry):
                    folders.append((entry.path, target, name))
                elif _is_file(entry):
                    self._take(target, entry.path, name)
                else:
                    self._pass_by(entry, name)
            stack.extend(reversed(folders))

    def _pass_by(self, entry: os.DirEntry[str], name: str) -> None:
        """Report what is neither a file nor a folder where it is named as an image is, and count it else."""
        if entry.is_symlink() and not os.path.exists(entry.path):  # noqa: PTH110 - as above
            what = DANGLING if _is_named_as_dicom(entry.name) or _has_no_ending(entry.name) else None
        else:
            what = NO_FILE if _is_named_as_dicom(entry.name) else None
        if what is None:
            self.passed_over += 1
        else:
            self._report(name, what)

    def _take(self, real: str, path: str, relative: str, *, is_named: bool = False) -> None:
        """Take a file, unless it was taken before or is not DICOM."""
        if real in self.seen:
            return
        self.seen.add(real)
        if os.path.basename(path).upper() == "DICOMDIR" and _has_preamble(path):  # noqa: PTH119 - as above
            self._take_directory(Path(path), relative)
        elif is_named or _looks_like_dicom(path):
            self.files.append(FoundFile(Path(path), self._unique(relative)))
        else:
            self.passed_over += 1
            if _is_archive(path):
                self.archives.append(relative)

    def _take_directory(self, path: Path, relative: str) -> None:
        """Take the files that a DICOMDIR refers to."""
        parent = str(PurePosixPath(relative).parent)
        parent = "" if parent == "." else parent
        missing = 0
        try:
            for parts, tokens in _referenced(path):
                name = _joined(parent, "/".join(_printable(part) for part in parts))
                target = _resolve(path.parent, parts)
                if target is not None:
                    self._take(_real(target), str(target), name, is_named=True)
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
        labels.append("/".join(_printable(part.strip("/\\")) for part in own[-length:]).strip("/"))
    return labels


def _looks_like_dicom(path: str) -> bool:
    """Whether a file's name or its beginning says DICOM; of one that cannot be read, the name alone: no ending may."""
    name = os.path.basename(path)  # noqa: PTH119 - for every file of a run
    if _is_named_as_dicom(name):
        return True
    try:
        with open(path, "rb", buffering=0, opener=_without_waiting) as file:
            start = file.read(PREAMBLE_BYTES + 4) or b""
    except OSError:
        return _has_no_ending(name)
    return start[PREAMBLE_BYTES:] == b"DICM" or _starts_as_data_set(start)


def _is_named_as_dicom(name: str) -> bool:
    """Whether a name ends as those of images do; "._x.dcm" is what macOS leaves beside x.dcm."""
    return name.lower().endswith(DICOM_ENDINGS) and not name.startswith("._")


def _has_no_ending(name: str) -> bool:
    """Whether a name says nothing of its content: no ending, or a number, as of a UID or of IM.0001."""
    return name.rpartition(".")[2].isdecimal() or "." not in name


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; what became a pipe since it was listed is not waited for."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _starts_as_data_set(start: bytes) -> bool:
    """Whether bytes begin as a data set without preamble: a first tag, then a VR or a short length."""
    if len(start) < 8:
        return False
    for order in ("little", "big"):
        group, element = int.from_bytes(start[:2], order), int.from_bytes(start[2:4], order)
        if group in FIRST_GROUPS and element <= LAST_FIRST_ELEMENT:
            is_explicit = start[4:6].isalpha() and start[4:6].isupper()
            return is_explicit or (order == "little" and int.from_bytes(start[4:8], "little") <= PREAMBLE_BYTES)
    return False


def _has_preamble(path: str) -> bool:
    """Whether a file is DICOM by its preamble."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            return file.read(PREAMBLE_BYTES + 4)[PREAMBLE_BYTES:] == b"DICM"
    except OSError:
        return False


def _is_archive(path: str) -> bool:
    """Whether a file that is not DICOM is an archive, by its name, or by how it begins where its name has no ending."""
    name = os.path.basename(path)  # noqa: PTH119 - as above
    if ARCHIVE.search(name):
        return True
    if "." in name:
        return False
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - as above
            return file.read(8).startswith(ARCHIVE_STARTS)
    except OSError:
        return False


def _referenced(path: Path) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
    """
    Yield the file IDs of a DICOMDIR's records, in their order (PS3.3 F.3), with what names their patient and study.

    One record is held at a time, and none may cost more than any has a reason to.
    """
    with Stream(FileIO(path), path.stat().st_size) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        of_patient: frozenset[str] = frozenset()
        of_study: frozenset[str] = frozenset()
        for record in _records(file):
            kind = str(record.get("DirectoryRecordType", ""))
            if kind == "PATIENT":
                of_patient, of_study = tokens_of(record), frozenset()
            elif kind == "STUDY":
                of_study = tokens_of(record)
            file_id = record.get("ReferencedFileID")
            if file_id:
                parts = (file_id,) if isinstance(file_id, str) else tuple(file_id)
                yield tuple(str(part) for part in parts), of_patient | of_study


def _records(file: Stream) -> Iterator[Dataset]:
    """Yield the records of a DICOMDIR, each read when it is asked for; raises where there are none."""
    file.seek(PREAMBLE_BYTES + 4)
    meta = read_dataset(file, is_implicit_VR=False, is_little_endian=True, stop_when=lambda tag, *_: tag.group != 2)
    syntax = meta.get("TransferSyntaxUID")  # PS3.10 8.6 demands Explicit VR Little Endian; not everybody knows
    places: list[tuple[int, int]] = []

    def at_records(tag: BaseTag, _vr: str | None, length: int) -> bool:
        if tag == DIRECTORY_RECORDS and length:
            places.append((file.tell(), length))
        return bool(places)

    is_little_endian = syntax != ExplicitVRBigEndian
    index = read_dataset(file, syntax == ImplicitVRLittleEndian, is_little_endian, stop_when=at_records)
    [(start, length)] = places  # raises where there is none: not a DICOMDIR
    file.seek(start)
    while file.tell() - start < length:
        file.reads_left, file.bytes_left = RECORD_READS, RECORD_BYTES
        record = read_sequence_item(file, bool(index.original_encoding[0]), is_little_endian, default_encoding)
        if record is None:
            return
        yield record


def _resolve(folder: Path, parts: tuple[str, ...]) -> Path | None:
    """Find a referenced file below its DICOMDIR, in any case; None where it is not there or would lie elsewhere."""
    if any(part in {"", ".", ".."} or "/" in part or "\\" in part or "\0" in part for part in parts):
        return None
    for candidate in (parts, tuple(part.lower() for part in parts)):
        target = folder.joinpath(*candidate)
        try:
            if target.is_file():
                return target
        except OSError:
            return None
    return None


def _real(path: str | Path) -> str:
    """Follow links; one that nobody may read, or that went away just now, stands for itself."""
    try:
        return os.path.realpath(path)
    except OSError:
        return os.path.abspath(path)  # noqa: PTH100 - resolve() would follow links


def _is_circle(entry: os.DirEntry[str], folder: str, target: str) -> bool:
    """Whether a link leads to itself, or to a folder that it lies in (both real paths)."""
    if folder == target or folder.startswith(f"{target.rstrip(os.sep)}{os.sep}"):
        return True
    try:
        entry.stat()
    except OSError as error:
        return error.errno == errno.ELOOP
    return False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder or leads to one; a link that leads in a circle does not."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is an ordinary file or leads to one."""
    try:
        return entry.is_file()
    except OSError:
        return False


def _joined(folder: str, name: str) -> str:
    """Join names as posix does."""
    return f"{folder}/{name}" if folder else name


def _printable(name: str) -> str:
    r"""
    Write a name so that it can stand in JSON, in a log, on a page and on a terminal.

    Bytes that are no UTF-8, and characters that steer a terminal or the
    direction of a text (line breaks, escapes, overrides), become backslash
    sequences.

    Examples
    --------
    >>> _printable("a\nb\u202egpj.exe")
    'a\\nb\\u202egpj.exe'
    """
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or unicodedata.category(c) == "Zs" else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    """Write a character as Python would."""
    return character.encode("unicode_escape").decode("ascii")


def _unreadable_folder(error: OSError) -> tuple[Reason, str]:
    """Say why a folder was not searched."""
    why = error.strerror or "input/output error"
    return Reason.UNREADABLE, f"The folder cannot be searched: {why}. Check its permissions and its disk."
