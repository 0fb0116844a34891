"""Destination of a run: its folder, and the address behind it if there is one."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mammocalc import __version__
from mammocalc.config import digest, without_salt
from mammocalc.execution.content import key_of
from mammocalc.execution.own_files import remove_parts
from mammocalc.execution.relocation import relocate
from mammocalc.execution.remote import RemoteFolder
from mammocalc.execution.run_folder import RESERVE, RESERVED_BYTES, RunFolder
from mammocalc.execution.run_manifest import SOFTWARE
from mammocalc.execution.stored_files import Present
from mammocalc.execution.work_order import WorkOrder
from mammocalc.results.layout import RESULTS, levels_for
from mammocalc.results.result import Provenance

if TYPE_CHECKING:
    from mammocalc.execution.output_claim import Claims
    from mammocalc.execution.plan import Plan
    from mammocalc.execution.run_options import RunRequest

PUBLISH_SECONDS: Final = 60.0  # what a killed client loses of its rows; results are where they belong at once


class Destination:
    """
    Where a run writes.

    Parameters
    ----------
    request : RunRequest
    claims : Claims
        The right to write where the request says.

    Attributes
    ----------
    folder : RunFolder
        On this machine. Where the run writes to an address, rows, tables and page are made here, and brought there.
    order : WorkOrder
        What workers need to know; its store is the address, else the folder.
    """

    def __init__(self, request: RunRequest, claims: Claims) -> None:
        config = request.resolved.config
        self.folder = RunFolder(request.out, 0, claims.folder.token, claims.folder.what)
        self._remote = None if request.address is None else RemoteFolder(request.address)
        self.order = WorkOrder(
            without_salt(config),
            Provenance(SOFTWARE, __version__, digest(config), config.name),
            self._remote or self.folder,
            key_of(config.privacy.patient_key_salt),
        )
        self._published = time.monotonic()

    def clear(self) -> None:
        """Remove what an earlier run has put at the address."""
        if self._remote is not None:
            self._remote.clear()

    def reserve(self) -> None:
        """Keep room for the last record."""
        if self._remote is None:
            self.folder.write(RESERVE, bytes(RESERVED_BYTES))

    def lay_out(self, plan: Plan) -> Present:
        """Look what lies there, and bring it to the subfolders of a run of this size."""
        there = Present.look(self.order.folder)
        uids = {image.key for image in plan.images}
        gone = sum(uid not in uids for uid in there.places[RESULTS])
        levels = levels_for(len(plan.images) + gone)
        if levels != self.folder.levels:
            self.folder = replace(self.folder, levels=levels)
            self._remote = self._remote and replace(self._remote, levels=levels)
            self.order = replace(self.order, folder=self._remote or self.folder)
        return Present.look(self.order.folder) if relocate(there, self.order) else there

    def collect(self) -> None:
        """Bring to the folder what tables and page are made of, and take away what killed workers left."""
        remove_parts(self.folder.root)
        if self._remote is not None:
            self._remote.collect(self.folder.root)

    def publish(self, *, with_tables: bool = False) -> None:
        """Bring what is written here to where the run lies."""
        if self._remote is not None:
            self._remote.publish(self.folder.root, with_tables=with_tables)
            self._published = time.monotonic()

    def publish_at_times(self) -> None:
        """Do so once a minute."""
        if time.monotonic() - self._published >= PUBLISH_SECONDS:
            self.publish()
