"""Where the image files of a run are now: by the paths of its record, else by UID among all files of a folder."""

from __future__ import annotations

import threading
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from pipeline.dicom import read_sop_instance_uid
from pipeline.discover import discover

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NOT_ASKED: Final = (
    "The run does not record where its images lie. Start mammocalc review with --images FOLDER to see their pixels."
)
NOT_FOUND: Final = "No file under --images has this image's UID. Name the folder that the images were moved to."


class ImageFinder:
    """
    Finds image files by their UID.

    A file counts only if its header holds the very UID. The path that the run
    recorded is tried first; if the image is not there, all files under the
    folder are searched, once, in a thread of its own.

    Parameters
    ----------
    folder : Path or None
        None where nobody said where the images are.
    recorded : mapping of str to (str or None)
        Paths relative to the input of the run, by UID.
    """

    def __init__(self, folder: Path | None, recorded: Mapping[str, str | None]) -> None:
        self._folder = folder
        self._recorded = recorded
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
        if self._folder is None:
            return None, NOT_ASKED
        with self._changed:
            place = self._places.get(uid)
        if place is not None and place.is_file():
            return place, ""
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

    def _as_recorded(self, uid: str) -> Path | None:
        """Look where the run found the image; ``..`` of a record that was tampered with leads nowhere."""
        recorded = self._recorded.get(uid)
        if self._folder is None or not recorded:
            return None
        parts = PurePosixPath(recorded)
        if parts.is_absolute() or ".." in parts.parts or "\0" in recorded:
            return None
        # Of several inputs each path begins with the name of its input, which may be the folder itself.
        for tail in (parts, PurePosixPath(*parts.parts[1:])):
            place = self._folder / tail
            if place.is_file() and read_sop_instance_uid(place) == uid:
                return place
        return None

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
                uid = read_sop_instance_uid(path)
                with self._changed:
                    self._searched += 1
                    if uid in self._recorded:
                        self._places.setdefault(uid, path)
                        self._changed.notify_all()
        finally:
            with self._changed:
                self._is_done = True
                self._changed.notify_all()

    def _files(self) -> Iterable[Path]:
        return [] if self._folder is None else [found.path for found in discover([self._folder]).files]
