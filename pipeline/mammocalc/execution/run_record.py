"""Record of a run as a whole: ``run.json``, the head of its page, and what its caller gets."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from mammocalc.execution.run_manifest import RUNNING, SOFTWARE, Pace, describe_run, measure_pace
from mammocalc.results.layout import RECORD, STUDIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mammocalc.execution.backends.backend import Backend
    from mammocalc.execution.run_folder import RunFolder
    from mammocalc.execution.run_manifest import RunIdentity
    from mammocalc.execution.run_options import RunRequest
    from mammocalc.model import FileRow

ARCHIVES_NAMED: Final = 1000  # in the record; a folder of a million zips needs no list to be believed


class RunRecord:
    """
    The record of a run that began when this was made.

    Parameters
    ----------
    request : RunRequest
    backend : Backend
        Where images are analysed.
    """

    def __init__(self, request: RunRequest, backend: Backend) -> None:
        self._resolved, self._backend = request.resolved, backend
        self._started = datetime.now(UTC)
        self._clock = time.monotonic()

    def write(
        self, folder: RunFolder, identity: RunIdentity, state: str, archives: Sequence[str] = (), **more: Any
    ) -> None:
        """Write ``run.json``; raises as `RunFolder.write` does."""
        now = datetime.now(UTC)
        times = {
            "started": self._started.isoformat(timespec="seconds"),
            "ended": None if state == RUNNING else now.isoformat(timespec="seconds"),
            "seconds": None if state == RUNNING else round((now - self._started).total_seconds(), 1),
        }
        record = describe_run(identity, self._resolved, state, self._backend.describe(), times)
        if archives:
            record["archives"] = {"passed_over": len(archives), "first": list(archives[:ARCHIVES_NAMED])}
        folder.write(RECORD, (json.dumps({**record, **more}, ensure_ascii=False, indent=1) + "\n").encode())

    def pace(self, rows: Iterable[FileRow], analysed: int) -> Pace:
        """Say how fast the run was until now."""
        return measure_pace(rows, analysed, time.monotonic() - self._clock)

    def facts(self, identity: RunIdentity, why: str | None, volumes: Sequence[str], studies: int) -> dict[str, str]:
        """Say at the top of the page what this run is."""
        facts = {
            "Version": f"{SOFTWARE} {identity.version}",
            "Configuration": f"{self._resolved.config.name} ({identity.configuration_digest})",
            "Started": self._started.strftime("%Y-%m-%d %H:%M UTC"),
        }
        if studies:
            facts["Studies"] = f"{studies:,} (folder {STUDIES}; tables/studies.csv, tables/findings.csv)"
        if volumes:
            facts["Not analysed"] = "; ".join(volumes)
        return facts if why is None else {**facts, "Stopped": why}
