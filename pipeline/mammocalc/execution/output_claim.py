"""Claim of the output of a run: its folder, and its address if there is one."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mammocalc.execution.remote import RemoteFolder
from mammocalc.execution.remote_claim import RemoteClaim
from mammocalc.files.claim import FolderClaim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mammocalc.execution.run_options import RunRequest


@dataclass(frozen=True, slots=True)
class Claims:
    """The right to write: into the folder of this machine, and to the address, if there is one."""

    folder: FolderClaim
    address: RemoteClaim | None = None

    def check(self) -> None:
        """Raise OutputLostError if either is lost."""
        self.folder.check()
        if self.address is not None:
            self.address.check()


@contextlib.contextmanager
def local_output(request: RunRequest) -> Iterator[tuple[RunRequest, Claims]]:
    """
    Claim the output of a run, and return its request with a local folder that has the files of earlier runs.

    That is the folder itself, or, for a run that lies at an address, one for
    as long as this lasts. Paths are whole where other machines use them.

    Raises
    ------
    UsageError
        If another process writes there.
    """
    if request.scheduler is not None:
        inputs = tuple(path.absolute() for path in request.inputs)
        request = replace(request, inputs=inputs, out=request.out.absolute())
    if request.address is None:
        with FolderClaim(request.out) as folder:
            yield request, Claims(folder)
        return
    remote = RemoteFolder(request.address)
    remote.probe()
    with (
        RemoteClaim(remote) as address,
        tempfile.TemporaryDirectory(prefix="mammocalc", ignore_cleanup_errors=True) as name,
        FolderClaim(Path(name), "temporary folder of this run") as folder,
    ):
        if not request.force:
            remote.fetch(Path(name))
        yield replace(request, out=Path(name)), Claims(folder, address)
