"""Locating the image files of a run: by the paths of its record, else by UID in a folder."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from mammocalc.dicom import read_sop_instance_uid
from mammocalc.dicom.discover import discover
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    ReadUid = Callable[[Path], str | None]

NOT_ASKED: Final = (
    "The run does not record where its images lie. Start mammocalc review with --images FOLDER to see their pixels."
)
FIRST: Final = 3
"""Images at the begin of a run that are looked for; the first may have been deleted."""
MOST_FOLDERS: Final = 200
"""Folders that are looked into beside a run: more than people keep in one place, and still done at once."""
NOT_FOUND: Final = "No file under --images has this image's UID. Name the folder that the images were moved to."


def look_beside(
    places: Sequence[Path], recorded: Mapping[str, str | None], read_uid: ReadUid = read_sop_instance_uid
) -> Path | None:
    """
    Look whether the input of a run still lies where people keep it: in one of some folders, or right below one.

    Parameters
    ----------
    places : sequence of Path
        Such as the folder that holds the run's, and the current one.
    recorded : mapping of str to (str or None)
        Paths relative to the input of the run, by UID.
    read_uid : callable
        Gives the UID of a file; see `ImageFinder`.

    Returns
    -------
    Path or None
        That in which most of some images lie at their paths, with their very UIDs:
        a part of an archive, copied elsewhere, may lie beside the whole. The
        first of several that hold as many; None where none holds any.
    """
    samples = _samples(recorded)
    best, most = None, 0
    for place in dict.fromkeys(place.resolve() for place in places):
        try:
            below = sorted(entry for entry in place.iterdir() if entry.is_dir())[:MOST_FOLDERS]
        except OSError:
            continue
        for folder in (place, *below):
            found = sum(_holds(folder, path, uid, read_uid) is not None for uid, path in samples)
            if found > most:
                best, most = folder, found
            if most == len(samples) > 0:
                return best
    return best


def _samples(recorded: Mapping[str, str | None]) -> list[tuple[str, str]]:
    """Give UID and path of the first images, one in the middle and the last."""
    known = [(uid, path) for uid, path in recorded.items() if path]
    return list(dict.fromkeys([*known[:FIRST], *known[len(known) // 2 :][:1], *known[-1:]]))


def _holds(folder: Path, recorded: str, uid: str, read_uid: ReadUid) -> Path | None:
    """Give the file at a recorded path, if it is the image; a record tampered with leads out of no folder."""
    parts = PurePosixPath(recorded)
    if parts.is_absolute() or "\0" in recorded:
        return None
    inside = Path(os.path.abspath(folder))  # noqa: PTH100 - links of an archive are followed, dots of a record are not
    # Of several inputs each path begins with the name of its input, which may be the folder itself.
    for tail in (parts, PurePosixPath(*parts.parts[1:])):
        place = folder / tail
        if not Path(os.path.abspath(place)).is_relative_to(inside):  # noqa: PTH100 - as above
            return None
        with suppress(OSError, ValueError):  # a name that this system cannot have
            if place.is_file() and read_uid(place) == uid:
                return place
    return None


class ImageFinder:
    """
    Finds image files by their UID.

    A file counts only if its header holds the very UID. The path that the run
    recorded is tried first; if the image is not there, all files under the
    folder are searched in a thread of its own, and again only if one was moved since.

    Parameters
    ----------
    folder : Path or None
        None where nobody said where the images are.
    recorded : mapping of str to (str or None)
        Paths relative to the input of the run, by UID.
    read_uid : callable
        Gives the UID of a file, None where it has none. Files of other people
        may cost the process that opens them: a server has this done in another one.
    """

    def __init__(
        self, folder: Path | None, recorded: Mapping[str, str | None], read_uid: ReadUid = read_sop_instance_uid
    ) -> None:
        self.folder = folder
        self._recorded = recorded
        self._read_uid = read_uid
        self._places: dict[str, Path] = {}
        self._changed = threading.Condition()
        self._searched = 0
        self._is_searching = False
        self._is_done = False

    def find(self, uid: str, wait_s: float) -> tuple[Path | None, str]:
        """
        Find the file of an image.

        Parameters
        ----------
        uid : str
            One of the run.
        wait_s : float
            How long to wait for the search, at most.

        Returns
        -------
        Path or None
        str
            Why there is none, and what to do; empty where there is one.
        """
        if self.folder is None:
            return None, NOT_ASKED
        with self._changed:
            place = self._places.get(uid)
        if place is not None:
            if place.is_file():
                return place, ""
            self._forget(uid)
        place = self._as_recorded(uid)
        if place is not None:
            with self._changed:
                self._places[uid] = place
            return place, ""
        self._start()
        with self._changed:
            self._changed.wait_for(lambda: uid in self._places or self._is_done, wait_s)
            if uid in self._places:
                return self._places[uid], ""
            if self._is_done:
                return None, NOT_FOUND
            return None, (
                f"The image is still being searched for under --images, {self._searched} files so far. "
                "Open it again in a moment."
            )

    def survey(self, wait_s: float) -> tuple[int, int, bool]:
        """
        Look whether the folder is the right one: whether the first images, one in the middle and the last are there.

        Parameters
        ----------
        wait_s : float
            How long to search for those that are not at their place, at most.

        Returns
        -------
        int
            How many were found; of all images, where any had to be searched for.
        int
            Of how many.
        bool
            Whether the search has ended.
        """
        samples = _samples(self._recorded)
        if samples and all(self._as_recorded(uid) is not None for uid, _ in samples):
            return len(samples), len(samples), True
        self._start()
        with self._changed:
            self._changed.wait_for(lambda: self._is_done, wait_s)
            return len(self._places), len(self._recorded), self._is_done

    def _as_recorded(self, uid: str) -> Path | None:
        """Look where the run found the image."""
        recorded = self._recorded.get(uid)
        return None if self.folder is None or not recorded else _holds(self.folder, recorded, uid, self._read_uid)

    def _forget(self, uid: str) -> None:
        """Forget where an image was before it was moved, and let all files be searched again."""
        with self._changed:
            self._places.pop(uid, None)
            if self._is_done:
                self._is_searching = self._is_done = False

    def _start(self) -> None:
        """Begin the search, unless it has begun."""
        with self._changed:
            if self._is_searching:
                return
            self._is_searching = True
        threading.Thread(target=self._search, name="image search", daemon=True).start()

    def _search(self) -> None:
        """Read the UID of every file."""
        try:
            for path in self._files():
                uid = self._read_uid(path)
                with self._changed:
                    self._searched += 1
                    if uid is not None and uid in self._recorded:
                        self._places.setdefault(uid, path)
                        self._changed.notify_all()
        finally:
            with self._changed:
                self._is_done = True
                self._changed.notify_all()

    def _files(self) -> Iterable[Path]:
        if self.folder is None:
            return []
        try:
            return [found.path for found in discover([self.folder]).files]
        except (UsageError, OSError):  # the folder has gone: then nothing is found in it
            return []
