"""A folder in, a folder out, an exit code: one run as platforms that start containers want it."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Final

from mammocalc import __version__
from mammocalc.config import load
from mammocalc.execution.batch import run
from mammocalc.execution.run_options import RunRequest
from mammocalc.execution.workers.resources import default_workers
from mammocalc.files.replacing import write_whole
from mammocalc.node.objects import make_objects
from mammocalc.vocabulary.errors import OutputError, StoppedError
from mammocalc.vocabulary.lexicon import SHORT_NOTICE, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mammocalc.model import FileRow
    from mammocalc.node.platform import Job

RUN, OBJECTS, RESULT = "run", "dicom", "result.json"
LISTED: Final = 100
"""Files that are named in result.json; run/files.jsonl has all."""


def do_job(job: Job) -> bool:
    """
    Analyse a folder, and leave everything in another: ``dicom/*.dcm``, ``run/`` and ``result.json``.

    Nothing else there ends in .dcm, for platforms send on whatever does.

    Parameters
    ----------
    job : Job

    Returns
    -------
    bool
        False where images failed and none was analysed. Where only some failed there are results, which a platform
        would throw away after a failure; result.json names what failed.

    Raises
    ------
    MammocalcError
        If the call, the input or the output cannot be used.
    """
    resolved = load(job.config, job.overrides)
    job.objects.check()
    try:
        job.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            job.out, f"cannot be made ({error.strerror}). Mount a folder that can be written to."
        ) from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of libraries quote headers
        summary = run(RunRequest((job.inputs,), job.out / RUN, resolved, default_workers()))
        if summary.stopped_because is not None:
            message = f"the run stopped: {summary.stopped_because}"
            raise StoppedError(message)
        analysed, failed, skipped = (
            _rows(summary.rows, status) for status in (Status.ANALYSED, Status.FAILED, Status.SKIPPED)
        )
        made = make_objects(job.out / RUN, job.inputs, job.out / OBJECTS, job.objects) if analysed or failed else None
    document = {
        "software": "mammocalc",
        "version": __version__,
        "notice": SHORT_NOTICE,
        "analysed": len(analysed),
        "failed": len(failed),
        "skipped": len(skipped),
        "objects": 0 if made is None else len(made.files),
        "remarks": [] if made is None else list(made.remarks),
        "not_analysed": [
            {"path": row.path, "status": str(row.status), "reason": str(row.reason), "message": row.message}
            for row in [*failed, *skipped][:LISTED]
        ],
        "__mercure_notification": {
            "text": f"{len(analysed)} images analysed, {len(failed)} failed, {len(skipped)} skipped. {SHORT_NOTICE}.",
            "requested": bool(failed),
        },
    }
    write_whole(job.out / RESULT, json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    return bool(analysed) or not failed


def _rows(rows: Iterable[FileRow], status: Status) -> list[FileRow]:
    return [row for row in rows if row.status is status]
