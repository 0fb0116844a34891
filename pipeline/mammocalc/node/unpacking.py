"""Zip archives in the input of a job, unpacked while it runs; nothing that they say is trusted."""

from __future__ import annotations

import lzma
import shutil
import stat
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.dicom.discover import discover
from mammocalc.dicom.file_kind import is_archive, looks_like_dicom
from mammocalc.dicom.folder_entry import printable
from mammocalc.execution.run_folder import out_of_room
from mammocalc.vocabulary.errors import StoppedError
from mammocalc.vocabulary.lexicon import Reason, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from pathlib import Path
    from typing import IO

    from mammocalc.dicom.discover import FoundFile

MOST_BYTES: Final = 1 << 35
"""Of one archive, unpacked: a session with volumes of tomosynthesis has a third of it. More is no archive of images."""
MOST_FILES: Final = 100_000
MOST_TIMES, ALWAYS_BYTES = 200, 1 << 30
"""Unpacked, mammograms take 2 to 20 times their room in an archive. More than so many times is a bomb, from a size on
that matters."""
LEAST_FREE_BYTES: Final = 1 << 30
"""What the run and its objects need beside the unpacked images."""
CHUNK_BYTES: Final = 1 << 20
LONGEST_NAME_BYTES: Final = 200
"""As long as any file system takes it, with a number behind it."""
ENCRYPTED: Final = 1
DAMAGE: Final = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError)
"""What reading a damaged archive raises, or one of a method that is not known (NotImplementedError)."""
_TOO_LARGE: Final = (
    f"Unpacked, the archive has more than {MOST_BYTES >> 30} GB, {MOST_TIMES} times its size or {MOST_FILES} files, or "
    "more than the output has room for, so it was not used. Pack fewer images, or give the output more room."
)


@dataclass(frozen=True, slots=True)
class NotUnpacked:
    """What of the input was not read, and why; ``path`` counts, because a name may be a patient's."""

    path: str
    status: Status
    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class JobInput:
    """
    What there is to analyse.

    Attributes
    ----------
    folder : Path
        The input itself where it holds no zip archive; else a folder with links to its files, and with what was
        unpacked under the names of the archives.
    is_empty : bool
        Whether archives are all that there is, and nothing came out of them.
    not_unpacked : tuple of NotUnpacked
    """

    folder: Path
    is_empty: bool = False
    not_unpacked: tuple[NotUnpacked, ...] = ()


class _DamagedError(Exception):
    """Something in an archive cannot be read."""


class _TooLargeError(Exception):
    """An archive holds more than is unpacked."""


@contextmanager
def unpacked(
    inputs: Path, space: Path, should_stop: Callable[[], bool], own: Collection[Path] = ()
) -> Iterator[JobInput]:
    """
    Unpack the zip archives of a folder.

    Parameters
    ----------
    inputs : Path
        Only read.
    space : Path
        Where to unpack; on the same disk as the output. What lies there is removed first, and in the end.
    should_stop : callable
        Asked after each megabyte.
    own : collection of Path
        Files and folders of the output, which may lie in the input: they are no input.

    Raises
    ------
    StoppedError
        If the disk takes no more.
    KeyboardInterrupt
        If it is asked to stop.

    Notes
    -----
    Names lead nowhere: parts that would leave the folder are dropped. Links and archives within an archive are not
    followed, and told. Sizes are counted while they are written, whatever the archive says.
    """
    shutil.rmtree(space, ignore_errors=True)
    found = discover([inputs])
    archives = [file for file in found.archives if not _is_within(file, own)]
    zips = [file for file in archives if _is_zip(file)]
    others = [file for file in archives if file not in zips]
    told = [_other_kind(number) for number, _ in enumerate(others, start=1)]
    if not zips:
        yield JobInput(inputs, is_empty=False, not_unpacked=tuple(told))
        return
    try:
        try:
            space.mkdir()
            for file in found.files:
                if not _is_within(file, own):
                    _lay(file.path.resolve(), _place_for(space, file.relative.split("/")))
            for number, file in enumerate(zips, start=1):
                told += _unpack(file, _place_for(space, file.relative.split("/")), f"archive {number}", should_stop)
        except OSError as error:
            raise StoppedError(out_of_room(error, "unpacked images")) from None
        told += [
            NotUnpacked(f"entry {number}", problem.status, problem.reason, problem.message)
            for number, problem in enumerate(found.problems, start=1)
        ]
        yield JobInput(space, not any(path.is_file() for path in space.rglob("*")), tuple(told))
    finally:
        shutil.rmtree(space, ignore_errors=True)


def _is_zip(file: FoundFile) -> bool:
    return file.path.suffix.lower() == ".zip" or zipfile.is_zipfile(file.path)


def _is_within(file: FoundFile, own: Collection[Path]) -> bool:
    path = file.path.resolve()
    return any(path.is_relative_to(place.resolve()) for place in own)


def _other_kind(number: int) -> NotUnpacked:
    message = "An archive that is no zip archive was not looked into. Pack its images as zip, or unpack them."
    return NotUnpacked(f"other archive {number}", Status.SKIPPED, Reason.NOT_DICOM, message)


def _lay(source: Path, place: Path) -> None:
    """Put a link to a file, or a copy where there are no links."""
    try:
        place.symlink_to(source)
    except OSError:
        shutil.copyfile(source, place)


def _place_for(folder: Path, parts: Iterable[str]) -> Path:
    """Give a place that is free for a file of these names, whatever they are, and make its folder."""
    names = [_short(printable(part)) for part in parts if part.strip() not in {"", ".", ".."}] or ["unnamed"]
    place = folder.joinpath(*names)
    parents = [parent for parent in place.parents if parent.is_relative_to(folder)]
    if any(parent.is_file() for parent in parents):  # a file and a folder of one name
        place = folder / _short("~".join(names))
    place.parent.mkdir(parents=True, exist_ok=True)
    free, number = place, 2
    while free.is_symlink() or free.exists():
        free, number = place.with_name(f"{place.name}~{number}"), number + 1
    return free


def _short(name: str) -> str:
    """Keep the end of a long name, for that says of what kind it is."""
    return name.encode()[-LONGEST_NAME_BYTES:].decode(errors="ignore")


def _unpack(file: FoundFile, place: Path, name: str, should_stop: Callable[[], bool]) -> Iterator[NotUnpacked]:
    """Unpack an archive into a folder, and tell what of it is not there."""
    try:
        archive = zipfile.ZipFile(file.path)
    except DAMAGE:
        yield _failed(name, Reason.UNREADABLE, "The archive is damaged, or no zip archive. Send it again.")
        return
    with archive:
        try:
            members = _files_of(archive)
            links = sum(map(_is_link, members))
            members = [member for member in members if not _is_link(member)]
            closed, damaged, inner = _write(archive, members, place, _room(file.path, place), should_stop)
        except _TooLargeError:
            shutil.rmtree(place, ignore_errors=True)
            yield _failed(name, Reason.TOO_LARGE, _TOO_LARGE)
            return
    if closed:
        yield _failed(name, Reason.UNREADABLE, f"{_count(closed)} in it need a password. Pack without one.")
    if damaged:
        yield _failed(name, Reason.UNREADABLE, f"{_count(damaged)} in it cannot be unpacked. Send the archive again.")
    if inner:
        message = f"{_count(inner)} in it: archives, which are not looked into within another. Unpack them first."
        yield NotUnpacked(name, Status.SKIPPED, Reason.NOT_DICOM, message)
    if links:
        message = f"{_count(links)} in it: links to other places, which are not followed. Pack the images themselves."
        yield NotUnpacked(name, Status.SKIPPED, Reason.NOT_DICOM, message)
    elif not members:
        yield NotUnpacked(name, Status.SKIPPED, Reason.NOT_DICOM, "The archive is empty.")


def _room(archive: Path, place: Path) -> int:
    """Give how many bytes may come out of an archive."""
    most = min(MOST_BYTES, max(ALWAYS_BYTES, MOST_TIMES * archive.stat().st_size))
    return min(most, shutil.disk_usage(place.parent).free - LEAST_FREE_BYTES)


def _write(
    archive: zipfile.ZipFile,
    members: Iterable[zipfile.ZipInfo],
    place: Path,
    room: int,
    should_stop: Callable[[], bool],
) -> tuple[int, int, int]:
    """Write the files of an archive, and count those that need a password, are damaged, and are archives."""
    closed = damaged = inner = 0
    for member in members:
        if member.flag_bits & ENCRYPTED:
            closed += 1
            continue
        target = _place_for(place, member.filename.replace("\\", "/").split("/"))
        try:
            room -= _copy(archive, member, target, room, should_stop)
        except _DamagedError:
            damaged += 1
            target.unlink(missing_ok=True)
            continue
        if is_archive(str(target)) and not looks_like_dicom(str(target)):
            inner += 1
            target.unlink()
    return closed, damaged, inner


def _files_of(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MOST_FILES:
        raise _TooLargeError
    return members


def _is_link(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a symbolic link, as systems other than Unix (3) do not say."""
    return member.create_system == 3 and stat.S_ISLNK(member.external_attr >> 16)


def _failed(name: str, reason: Reason, message: str) -> NotUnpacked:
    return NotUnpacked(name, Status.FAILED, reason, message)


def _count(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"


def _copy(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, room: int, should_stop: Callable[[], bool]
) -> int:
    """Write a file of an archive, and give its bytes."""
    written = 0
    with target.open("xb") as out, _open(archive, member) as source:
        while chunk := _read(source):
            if should_stop():
                raise KeyboardInterrupt
            written += len(chunk)
            if written > room:
                raise _TooLargeError
            out.write(chunk)
    return written


def _open(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> IO[bytes]:
    try:
        return archive.open(member)
    except DAMAGE:
        raise _DamagedError from None


def _read(source: IO[bytes]) -> bytes:
    try:
        return source.read(CHUNK_BYTES)
    except DAMAGE:
        raise _DamagedError from None
