"""Spool folder of a node. Each step is a rename, so that a crash loses nothing and repeats nothing."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mammocalc.files.claim import LOCK, FolderClaim
from mammocalc.node.content import content_of
from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.uid import is_uid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

RECEIVING, INCOMING, STUDIES, OUTGOING, DONE, REFUSED = (
    "receiving",
    "incoming",
    "studies",
    "outgoing",
    "done",
    "refused",
)
FOLDERS: Final = (RECEIVING, INCOMING, STUDIES, OUTGOING, DONE, REFUSED)
IMAGES, RUN, OBJECTS, RECORD = "images", "run", "objects", "study.json"
ENDING: Final = ".dcm"


@dataclass(frozen=True, slots=True)
class Taken:
    """
    A study that was taken in.

    Attributes
    ----------
    images : int
        How many lie there now; 0 where nothing is to be done.
    fresh : int
        How many of those that came had not been analysed.
    missing : int
        Images that were analysed before, are not kept any more, and did not come again: without them the study would
        be analysed by a part of it.
    """

    images: int
    fresh: int
    missing: int


class Spool:
    """
    The folder of a node; one process at a time.

    ::

        receiving/              what is being written
        incoming/STUDY/UID.dcm  received whole, until the study is complete
        studies/STUDY/          images/, run/ and objects/ of a study that is, or was, analysed
        outgoing/STUDY/         objects that are to be sent, and study.json
        done/STUDY.json         what was analysed and sent: UIDs and digests, no patient's data
        refused/STUDY/          objects that the destination refused for good
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lock = threading.RLock()

    def study(self, uid: str) -> Path:
        """Give the folder of a study's images and run."""
        return self.root / STUDIES / uid

    def record(self, uid: str) -> dict[str, Any] | None:
        """Return the record of an analysed study; None if there is none."""
        for file in (self.root / OUTGOING / uid / RECORD, self.root / DONE / f"{uid}.json"):
            with contextlib.suppress(OSError, ValueError):
                values = json.loads(file.read_text(encoding="utf-8"))
                if isinstance(values, dict) and isinstance(values.get("instances"), dict):
                    return values
        return None

    def analysed(self, uid: str) -> dict[str, Any]:
        """Return the digests of the analysed images of a study by UID; empty if there is no record."""
        instances: dict[str, Any] = (self.record(uid) or {}).get("instances", {})
        return instances

    def kept(self, uid: str) -> set[str]:
        """Name the images of a study that lie here, but for those that have just come."""
        return _instances(self.study(uid) / IMAGES)

    def known_content(self, study: str, instance: str) -> str | None:
        """Return the digest of an instance that came before; None if it did not."""
        for folder in (self.root / INCOMING / study, self.study(study) / IMAGES):
            with contextlib.suppress(OSError, ValueError):
                return content_of(folder / f"{instance}{ENDING}")
        digest = self.analysed(study).get(instance)
        return None if digest is None else str(digest)

    def is_own_object(self, study: str, instance: str) -> bool:
        """Whether an instance is one that was made here."""
        return instance in ((self.record(study) or {}).get("objects") or {})

    def accept(self, received: Path, study: str, instance: str) -> None:
        """Take a file that was received whole; OSError where the disk does not take it."""
        folder = self.root / INCOMING / study
        with received.open("rb+") as file:
            os.fsync(file.fileno())
        with self.lock:
            folder.mkdir(exist_ok=True)
            received.replace(folder / f"{instance}{ENDING}")
            _sync(folder)

    def waiting(self) -> list[str]:
        """List the studies with new or unfinished images."""
        with self.lock:
            found = set(_names(self.root / INCOMING))
            for uid in _names(self.root / STUDIES):
                if self.kept(uid) - self.analysed(uid).keys():
                    found.add(uid)
        return sorted(found)

    def here(self, uid: str) -> dict[str, Path | None]:
        """Give the files of a study's images by their UIDs; None for one that was analysed and is not kept any more."""
        found: dict[str, Path | None] = dict.fromkeys(self.analysed(uid))
        for folder in (self.study(uid) / IMAGES, self.root / INCOMING / uid):
            found |= {path.name.removesuffix(ENDING): path for path in folder.glob(f"*{ENDING}")}
        return found

    def take_in(self, uid: str) -> Taken:
        """Move the arrivals of a study to its images; if all were analysed before, they are dropped."""
        arrived, images = self.root / INCOMING / uid, self.study(uid) / IMAGES
        with self.lock:
            known = self.analysed(uid)
            had, came = self.kept(uid), _instances(arrived)
            fresh = len(came - had - known.keys())
            if not fresh and not had - known.keys():
                shutil.rmtree(arrived, ignore_errors=True)
                return Taken(0, 0, 0)
            images.mkdir(parents=True, exist_ok=True)
            for instance in came:
                (arrived / f"{instance}{ENDING}").replace(images / f"{instance}{ENDING}")
            shutil.rmtree(arrived, ignore_errors=True)
            _sync(images)
            there = had | came
        return Taken(len(there), fresh, len(known.keys() - there))

    def contents(self, uid: str) -> dict[str, str]:
        """Give the digests of the images of a study."""
        images = sorted((self.study(uid) / IMAGES).glob(f"*{ENDING}"))
        return {path.name.removesuffix(ENDING): content_of(path) for path in images}

    def finish(self, uid: str, record: Mapping[str, Any], *, is_to_send: bool) -> bool:
        """
        Note what was analysed, and put the objects of a study out for sending.

        Parameters
        ----------
        uid : str
        record : mapping
            JSON values, with ``instances`` and ``objects``.
        is_to_send : bool
            Whether there are objects.

        Returns
        -------
        bool
            Whether objects of an earlier state of the study lay there unsent, and were taken away.
        """
        made, out = self.study(uid) / OBJECTS, self.root / OUTGOING / uid
        with self.lock:
            if not is_to_send:
                self._write_json(out / RECORD if out.exists() else self.root / DONE / f"{uid}.json", record)
                shutil.rmtree(made, ignore_errors=True)
                return False
            self._write_json(made / RECORD, record)
            is_superseding = out.exists()
            if is_superseding:
                _discard(out, self.root / RECEIVING)
            made.replace(out)
            _sync(out.parent)
        return is_superseding

    def outgoing(self) -> list[str]:
        """Name the studies that have objects to be sent, the oldest first."""
        folder = self.root / OUTGOING
        with self.lock:
            return sorted(_names(folder), key=lambda uid: (folder / uid).stat().st_mtime_ns)

    def unsent(self, uid: str) -> list[Path]:
        """Give the objects of a study that are to be sent, in their order."""
        with self.lock:
            return sorted((self.root / OUTGOING / uid).glob(f"*{ENDING}"))

    def refuse(self, uid: str, file: Path) -> None:
        """Put an object aside that the destination does not take."""
        with self.lock, contextlib.suppress(FileNotFoundError):  # a newer state of the study took its place
            (self.root / REFUSED / uid).mkdir(exist_ok=True)
            file.replace(self.root / REFUSED / uid / file.name)

    def settle(self, uid: str) -> None:
        """Note that nothing of a study is to be sent any more."""
        out = self.root / OUTGOING / uid
        with self.lock:
            if not any(out.glob(f"*{ENDING}")) and (out / RECORD).exists():
                (out / RECORD).replace(self.root / DONE / f"{uid}.json")
                shutil.rmtree(out, ignore_errors=True)

    def _write_json(self, file: Path, values: Mapping[str, Any]) -> None:
        """Write a record whole or not at all."""
        part = self.root / RECEIVING / f"{file.parent.name}-{file.name}.part"
        with part.open("w", encoding="utf-8") as out:
            json.dump(values, out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
        _sync(file.parent)


@contextmanager
def open_spool(root: Path) -> Iterator[Spool]:
    """
    Open the folder of a node for this process only; only its owner may read it.

    Raises
    ------
    UsageError
        Where another process holds it, or it holds something else.
    OutputError
        Where it cannot be made or written to.
    """
    _require_own(root)
    with contextlib.suppress(OSError):  # the claim says what is wrong
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with FolderClaim(root, "spool folder"):
        if sys.platform != "win32":
            root.chmod(0o700)
        for name in FOLDERS:
            (root / name).mkdir(mode=0o700, exist_ok=True)
        shutil.rmtree(root / RECEIVING)
        (root / RECEIVING).mkdir(mode=0o700)
        yield Spool(root)


def _require_own(root: Path) -> None:
    """Refuse a folder of somebody else, or one with something else in it: it is about to be closed to all others."""
    if not root.is_dir():
        return
    foreign = {path.name for path in root.iterdir()} - {*FOLDERS, LOCK}
    if foreign:
        message = f"--spool {root} holds something else. Name a folder that is empty, new or a node's own."
        raise UsageError(message)
    if sys.platform != "win32" and root.stat().st_uid != os.getuid():
        message = f"--spool {root} belongs to another user, who could read the images. Name a folder of your own."
        raise UsageError(message)


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if is_uid(path.name) and path.is_dir()]


def _instances(folder: Path) -> set[str]:
    return {path.name.removesuffix(ENDING) for path in folder.glob(f"*{ENDING}")}


def _discard(folder: Path, bin_folder: Path) -> None:
    """Remove a folder at once, whatever is being read of it."""
    target = bin_folder / f"{folder.name}.old"
    folder.replace(target)
    shutil.rmtree(target, ignore_errors=True)


def _sync(folder: Path) -> None:
    """Write the names in a folder down to the disk, where a system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
