"""Retention: what a node keeps of patients, and for how long."""

from __future__ import annotations

import contextlib
import shutil
import time
from typing import TYPE_CHECKING, Final

from mammocalc.node.journal import end_of
from mammocalc.node.spool import DONE, IMAGES, INCOMING, OUTGOING, REFUSED, STUDIES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mammocalc.node.spool import Spool

HOUR_S: Final = 3600.0
RECORDS_S: Final = 365 * 24 * HOUR_S
"""Records hold UIDs and digests, no patient's data; an archive sends a study again within a year, if at all."""


def clean(spool: Spool, keep_hours: float, say: Callable[[str], None]) -> None:
    """
    Remove what has lain long enough.

    Images and run of a study go ``keep_hours`` after its last objects were sent, or after the last image came where
    nothing can be sent of it; so do objects that the destination refused. What waits to be analysed or sent stays.
    """
    now, keep_s = time.time(), keep_hours * HOUR_S
    waiting = set(spool.waiting())
    with spool.lock:
        for folder in [path for path in (spool.root / STUDIES).iterdir() if path.is_dir()]:
            uid = folder.name
            done = spool.root / DONE / f"{uid}.json"
            if (spool.root / OUTGOING / uid).exists() or (spool.root / INCOMING / uid).exists():
                continue
            if uid in waiting and not _lacks_images(spool, uid):
                continue
            if now - max(_date_of(done), _date_of(folder / IMAGES)) >= keep_s:
                shutil.rmtree(folder, ignore_errors=True)
                say(f"study {end_of(uid)}: its images and its run were removed, {keep_hours:g} h after the last of it")
        for folder in (spool.root / REFUSED).iterdir():
            if now - _date_of(folder) >= keep_s:
                shutil.rmtree(folder, ignore_errors=True)
        for record in (spool.root / DONE).glob("*.json"):
            if now - _date_of(record) >= RECORDS_S:
                record.unlink(missing_ok=True)


def _lacks_images(spool: Spool, uid: str) -> bool:
    """Whether a study waits for images that were analysed before and were removed."""
    return bool(spool.analysed(uid).keys() - spool.kept(uid))


def _date_of(path: Path) -> float:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime
    return 0.0
