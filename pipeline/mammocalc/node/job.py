"""One run for container platforms: a folder in, a folder out, and an exit code."""

from __future__ import annotations

import json
import os
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc import __version__
from mammocalc.config import load
from mammocalc.execution.batch import run
from mammocalc.execution.run_folder import out_of_room
from mammocalc.execution.run_options import RunRequest
from mammocalc.execution.workers.resources import default_workers
from mammocalc.files.claim import FolderClaim
from mammocalc.files.replacing import write_whole
from mammocalc.node.objects import make_objects
from mammocalc.node.packing import pack
from mammocalc.node.unpacking import NotUnpacked, unpacked
from mammocalc.vocabulary.errors import OutputError, StoppedError
from mammocalc.vocabulary.lexicon import SHORT_NOTICE, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mammocalc.config import ResolvedConfig
    from mammocalc.model import FileRow
    from mammocalc.node.objects import MadeObjects
    from mammocalc.node.platform import Job
    from mammocalc.node.unpacking import JobInput

RUN, OBJECTS, RESULT, UNPACKED = "run", "dicom", "result.json", ".unpacked"
PACKED: Final = {OBJECTS: "mammocalc.dicom.zip", RUN: "mammocalc.run.zip"}
"""Flywheel takes what ends in .dicom.zip for DICOM."""
OWN: Final = (RUN, OBJECTS, *PACKED.values())
LISTED: Final = 100
"""Files that are named in result.json; run/files.jsonl has all."""


def do_job(job: Job, should_stop: Callable[[], bool] = lambda: False) -> bool:
    """
    Analyse a folder, and leave everything in another: ``dicom/*.dcm``, ``run/`` and ``result.json``.

    Nothing else there ends in .dcm, for platforms send on whatever does. Where no folders are kept, they are packed.

    Parameters
    ----------
    job : Job
        Zip archives in its input are looked into.
    should_stop : callable
        Asked often.

    Returns
    -------
    bool
        False where images failed and none was analysed. Where only some failed there are results, which a platform
        would throw away after a failure; result.json names what failed.

    Raises
    ------
    MammocalcError
        If the call, the input or the output cannot be used.
    KeyboardInterrupt
        If it was asked to stop before the run began.
    """
    resolved = load(job.config, job.overrides)
    job.objects.check()
    try:
        job.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            job.out, f"cannot be made ({error.strerror}). Mount a folder that can be written to."
        ) from None
    if not os.access(job.out, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        user = f"user {os.getuid()}" if hasattr(os, "getuid") else "this user"
        raise OutputError(
            job.out,
            f"cannot be written to by {user}, as whom this runs. Let that user write to it (chown), or start the "
            "container as its owner (--user).",
        )
    with (
        FolderClaim(job.out, "output of the job"),
        warnings.catch_warnings(),
        unpacked(job.inputs, job.out / UNPACKED, should_stop, [job.out / name for name in OWN]) as given,
    ):
        warnings.simplefilter("ignore")  # those of libraries quote headers
        done = _analyse(job, given, resolved, should_stop)
        try:
            if not job.keeps_folders:
                for name, archive in PACKED.items():
                    if (job.out / name).is_dir():
                        pack(job.out / name, job.out / archive)
            write_whole(job.out / RESULT, json.dumps(_document(done), indent=1, ensure_ascii=False) + "\n")
        except OSError as error:
            raise StoppedError(out_of_room(error)) from None
    return bool(done.count(Status.ANALYSED)) or not done.count(Status.FAILED)


@dataclass(frozen=True, slots=True)
class _Done:
    """What became of the input."""

    rows: Sequence[FileRow | NotUnpacked]
    made: MadeObjects | None

    def count(self, status: Status) -> int:
        return sum(row.status is status for row in self.rows)


def _analyse(job: Job, given: JobInput, resolved: ResolvedConfig, should_stop: Callable[[], bool]) -> _Done:
    if given.is_empty:
        return _Done(given.not_unpacked, None)
    request = RunRequest((given.folder,), job.out / RUN, resolved, default_workers())
    summary = run(request, should_stop=should_stop)
    if summary.stopped_because is not None:
        message = f"the run stopped: {summary.stopped_because}"
        raise StoppedError(message)
    made = None
    if any(row.status in {Status.ANALYSED, Status.FAILED} for row in summary.rows):
        made = make_objects(job.out / RUN, given.folder, job.out / OBJECTS, job.objects)
    return _Done([*summary.rows, *given.not_unpacked], made)


def _document(done: _Done) -> dict[str, object]:
    """Say what was done, as result.json has it."""
    analysed, failed, skipped = map(done.count, (Status.ANALYSED, Status.FAILED, Status.SKIPPED))
    others = [row for status in (Status.FAILED, Status.SKIPPED) for row in done.rows if row.status is status]
    made = done.made
    return {
        "software": "mammocalc",
        "version": __version__,
        "notice": SHORT_NOTICE,
        "analysed": analysed,
        "failed": failed,
        "skipped": skipped,
        "objects": 0 if made is None else len(made.files),
        "remarks": [] if made is None else list(made.remarks),
        "not_analysed": [
            {"path": row.path, "status": str(row.status), "reason": str(row.reason), "message": row.message}
            for row in others[:LISTED]
        ],
        "__mercure_notification": {
            "text": f"{analysed} images analysed, {failed} failed, {skipped} skipped. {SHORT_NOTICE}.",
            "requested": bool(failed),
        },
    }
