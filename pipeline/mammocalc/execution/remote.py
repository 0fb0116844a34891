"""Files of a run at an address: an object store, or anything else that fsspec reaches."""

from __future__ import annotations

import errno
import os
import platform
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mammocalc.execution.outputs import written
from mammocalc.results.layout import (
    LOG,
    MADE,
    PAGE,
    RECORD,
    RESULTS,
    ROWS,
    STUDIES,
    TABLES,
    THUMBNAILS,
    place_of,
    study_files,
    study_page_path,
)
from mammocalc.vocabulary.errors import OutputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path, PurePosixPath

WHOLE_OR_NOT: Final = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "memory"})
"""Stores that show an object when all of it has arrived; the others need a second name until then."""
KEPT: Final = (RECORD, ROWS, LOG, PAGE, MADE)


@dataclass(frozen=True, slots=True)
class RemoteFolder:
    """
    The folder of a run at an address; a `mammocalc.execution.run_folder.Store`.

    Keys and endpoints come from where the store's own tools look for them
    (``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT_URL``, profiles, ``~/.config/fsspec``),
    on every machine that writes, and stand nowhere else.

    Parameters
    ----------
    address : str
    levels : int
        Of subfolders.
    """

    address: str
    levels: int = 0

    def place(self, kind: str, uid: str, ending: str) -> PurePosixPath:
        """Say where a file of one image belongs, relative to the address."""
        return place_of(kind, uid, ending, self.levels)

    def write(self, place: PurePosixPath | str, content: bytes) -> None:
        """Write a file whole or not at all; OSError if it cannot be done."""
        system, path = self._reach(place)
        with _file_errors():
            if not WHOLE_OR_NOT.isdisjoint(_protocols(system)):
                system.pipe_file(path, content)
                return
            parent, _, name = path.rpartition("/")
            system.makedirs(parent, exist_ok=True)
            part = f"{parent}/.{name}.{platform.node()}.{os.getpid()}.part"
            system.pipe_file(part, content)
            system.mv(part, path)

    def read(self, place: PurePosixPath | str) -> bytes:
        """Read a file; OSError if it is not there."""
        system, path = self._reach(place)
        with _file_errors():
            return bytes(system.cat_file(path))

    def remove(self, place: PurePosixPath | str) -> None:
        """Remove a file, if it is there."""
        system, path = self._reach(place)
        with _file_errors():
            if system.exists(path):
                system.rm_file(path)

    def names(self, kind: str) -> Iterator[str]:
        """Give the places of all own files of a kind."""
        return (place for place in self._files(kind) if written.is_own_name(place.rpartition("/")[2]))

    def check(self) -> None:
        """Nothing: what an object store has lost shows when results are counted in the end."""

    def probe(self) -> None:
        """Make sure that the address takes files; OutputError if it does not."""
        try:
            self.write(".probe", b"mammocalc looks whether it can write here\n")
            self.remove(".probe")
        except OSError as error:
            raise OutputError(self.address, f"cannot be written to ({error.strerror}). Choose another --out.") from None

    def fetch(self, folder: Path) -> None:
        """Bring what an earlier run wrote of itself to a folder of this machine."""
        for name in KEPT:
            try:
                content = self.read(name)
            except OSError:
                continue
            (folder / name).write_bytes(content)
        if not (folder / RECORD).exists() and self._files(RESULTS):
            (folder / RESULTS).mkdir()  # results of unknown origin are refused, as in a folder

    def clear(self) -> None:
        """Remove the files of an earlier run, and nothing else."""
        for kind in written.folders():
            for place in self.names(kind):
                self.remove(place)
        for name in KEPT:
            self.remove(name)

    def collect(self, folder: Path) -> None:
        """
        Bring what tables and page are made of to a folder of this machine.

        These are the results themselves; of thumbnails it only counts that they are there, so their names are enough.
        """
        system, root = self._reach("")
        places = [place for place in self._files(RESULTS) if not (folder / place).exists()]
        for place in places:
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
        with _file_errors():
            system.get([f"{root.rstrip('/')}/{place}" for place in places], [str(folder / place) for place in places])
        for place in self._files(THUMBNAILS):
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).touch()

    def publish(self, folder: Path, *, with_tables: bool) -> None:
        """Bring rows, record and log from a folder of this machine to the address, and tables and page as well."""
        names = [name for name in KEPT if (folder / name).exists() and (with_tables or name not in {PAGE, MADE})]
        names += [f"{TABLES}/{path.name}" for path in sorted((folder / TABLES).glob("*"))] if with_tables else []
        if with_tables:
            documents = [path.as_posix() for path in study_files(folder)]
            studies = [*documents, *map(study_page_path, documents)]
            for place in set(self.names(STUDIES)) - set(studies):
                self.remove(place)
            names += studies
        for name in names:
            self.write(name, (folder / name).read_bytes())

    def _files(self, kind: str) -> list[str]:
        system, root = self._reach("")
        with _file_errors():
            try:
                found = system.find(f"{root.rstrip('/')}/{kind}")
            except FileNotFoundError:
                return []
        start = len(root.rstrip("/")) + 1
        return sorted(str(path)[start:] for path in found)

    def _reach(self, place: PurePosixPath | str) -> tuple[Any, str]:
        """Give the file system of the address and the path of a place in it."""
        try:
            from fsspec.core import url_to_fs  # noqa: PLC0415 - an extra
        except ImportError:
            message = "an address as --out needs fsspec: pip install 'mammocalc[dask]'"
            raise UsageError(message) from None
        try:
            system, path = url_to_fs(f"{self.address.rstrip('/')}/{place}")
        except ImportError:
            scheme = self.address.partition("://")[0]
            message = f"an address that begins with {scheme}:// needs the fsspec package of that store (s3fs for s3)"
            raise UsageError(message) from None
        except ValueError as error:
            raise UsageError(f"--out: {error}") from None
        return system, str(path)


def _protocols(system: Any) -> tuple[str, ...]:
    protocol = system.protocol
    return (protocol,) if isinstance(protocol, str) else tuple(protocol)


@contextmanager
def _file_errors() -> Iterator[None]:
    """Raise whatever a store's library raises as the error of a file, without its text, which can hold keys."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - every store has a family of its own
        if isinstance(error, FileNotFoundError):
            raise FileNotFoundError(errno.ENOENT, "No such file or directory") from None
        if isinstance(error, OSError) and error.strerror:
            raise OSError(error.errno or errno.EIO, error.strerror) from None
        raise OSError(errno.EIO, f"{type(error).__name__} from the store") from None
