"""DICOM files of a run, found by SOP Instance UID, and used only with the content that was analysed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mammocalc.dicom import read_sop_instance_uid
from mammocalc.dicom.discover import discover
from mammocalc.dicom.writer import read_source
from mammocalc.execution.content import digest_of
from mammocalc.results.from_json import read_result
from mammocalc.vocabulary.errors import ImageError, ResultError
from mammocalc.vocabulary.image_key import split_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from mammocalc.dicom.writer import SourceImage
    from mammocalc.results.result import Result

_NOT_FOUND = (
    "no file under --images has this image's UID. Name the folder that the images were moved to; if --salt-file is "
    "given, it has to hold the run's own salt"
)
_ARCHIVES = "{}. Archives there ({}) were not looked into: unpack them"
_CHANGED = (
    "the file with this image's UID is not the one that was analysed: its content has changed. Bring that one back, or "
    "repeat the run on this one; if --salt-file is given, it has to hold the run's own salt"
)
_TWICE = (
    "two files under --images have this image's UID and other content, and nobody can tell which of them an archive "
    "holds. Find out which is the right one, remove the other, and repeat the run"
)
_UNPROVED = "its result does not say from which content it was made. Repeat the run"


def is_one_patient(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two headers name one patient: by the same identifier, and by nothing else that contradicts."""
    return one[:2] == other[:2] and all(not a or not b or a == b for a, b in zip(one, other, strict=True))


class NotThereError(Exception):
    """An image that objects cannot be written of; the message says why, without a full stop."""


@dataclass(frozen=True, slots=True)
class ImageFiles:
    """
    The DICOM images of a folder.

    Attributes
    ----------
    by_uid : mapping of str to sequence of Path
        By SOP Instance UID, as the run calls it.
    by_study : mapping of str to sequence of str
        SOP Instance UIDs by Study Instance UID, both as the run calls them.
    key : bytes
        Under which the run has hashed contents.
    archives : int
        How many there are; none is looked into.
    """

    by_uid: Mapping[str, Sequence[Path]]
    by_study: Mapping[str, Sequence[str]]
    key: bytes
    archives: int = 0

    @classmethod
    def look(cls, folder: Path, public: Callable[[str], str], key: bytes) -> ImageFiles:
        """
        Look at the header of every file.

        Parameters
        ----------
        folder : Path
        public : callable
            Gives the UID that the run has for one.
        key : bytes

        Raises
        ------
        UsageError
            If the folder does not exist.
        """
        by_uid: dict[str, list[Path]] = defaultdict(list)
        by_study: dict[str, list[str]] = defaultdict(list)
        discovered = discover([folder])
        for found in discovered.files:
            try:
                source = read_source(found.path)
            except ImageError:
                uid = read_sop_instance_uid(found.path)
            else:
                uid = source.sop_instance_uid
                by_study[public(source.study_instance_uid)].append(public(uid))
            if uid is not None:
                by_uid[public(uid)].append(found.path)
        return cls(dict(by_uid), dict(by_study), key, len(discovered.archives))

    def find(self, key: str, content: str | None, *, is_proved: bool = True) -> SourceImage:
        """
        Read the header of an image of the run.

        Parameters
        ----------
        key : str
            As the run calls it (`mammocalc.vocabulary.image_key`).
        content : str or None
            The digest of what was analysed.
        is_proved : bool
            False for an image that was not analysed: then its content need not be known.

        Raises
        ------
        NotThereError
            If it is not there, is another one, or cannot be referred to.
        """
        uid, frame = split_key(key)
        paths = self.by_uid.get(uid, ())
        if not paths:
            raise NotThereError(_ARCHIVES.format(_NOT_FOUND, self.archives) if self.archives else _NOT_FOUND)
        if content is None and is_proved:
            raise NotThereError(_UNPROVED)
        try:
            # One that was not analysed is compared with nothing: it is read to its end only where there are two of it.
            is_read = content is not None or len(paths) > 1
            found = {digest_of(path, self.key) for path in paths} if is_read else set()
            if len(found) > 1:
                raise NotThereError(_TWICE)
            if content is not None and found != {content}:
                raise NotThereError(_CHANGED)
            return read_source(paths[0], frame)
        except OSError as error:
            message = (
                f"its file cannot be read ({error.strerror or 'input/output error'}). Check its permissions and disk"
            )
            raise NotThereError(message) from None
        except ImageError as error:
            raise NotThereError(str(error).rstrip(".")) from None


def read_own_result(path: Path, uid: str) -> Result:
    """
    Read the result of an image.

    Raises
    ------
    NotThereError
        If it cannot be used, or is that of another image.
    """
    try:
        result = read_result(path)
    except (ResultError, OSError) as error:
        message = f"its result cannot be used ({why_unusable(error)})"
        raise NotThereError(message) from None
    if result.report.identity.key != uid:
        message = "its result is that of another image. Repeat the run"
        raise NotThereError(message)
    return result


def why_unusable(error: ResultError | OSError) -> str:
    """Say why a file of a run or a comparison cannot be used."""
    return str(error) if isinstance(error, ResultError) else error.strerror or "it cannot be read"
