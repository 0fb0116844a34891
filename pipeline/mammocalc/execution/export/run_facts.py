"""Facts that an export needs of a run: whether it has ended, and how it hides names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mammocalc.dicom.writer import RunFacts
from mammocalc.execution.identification import known_by
from mammocalc.execution.resume import require_record
from mammocalc.execution.run_manifest import FINISHED
from mammocalc.files.claim import state_of
from mammocalc.results.schema_version import check_version
from mammocalc.vocabulary.errors import ResultError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class KnownRun:
    """
    A finished run.

    ``public`` gives the UID that the run has for one, ``key`` is that under which it has hashed contents, ``files`` how
    many files it has looked at; None where it does not say so.
    """

    root: Path
    facts: RunFacts
    public: Callable[[str], str]
    key: bytes
    files: int | None = None


def know_run(root: Path, salt_file: Path | None) -> KnownRun:
    """
    Read the record of a run.

    Parameters
    ----------
    root : Path
    salt_file : Path or None
        Its salt, if that was a secret.

    Raises
    ------
    UsageError
        If there is no run, if it is of a version that cannot be read or has not ended, or if its salt is not known.
    """
    record = require_record(root)
    try:
        check_version(record.get("schema_version"))
    except ResultError as error:
        message = f"{root}: {error}"
        raise UsageError(message) from None
    state = state_of(root, record.get("state"))
    if state != FINISHED:
        message = (
            f"{root} holds a run that has not ended ({state}), and a report of it would say that images were not "
            "there. End it first: the same `mammocalc run` continues where it stopped."
        )
        raise UsageError(message)
    public, key = known_by(root, record, salt_file)
    totals = record.get("totals")
    files = totals.get("files") if isinstance(totals, dict) else None
    return KnownRun(root, _facts(root, record), public, key, files if type(files) is int else None)


def _facts(root: Path, record: Mapping[str, Any]) -> RunFacts:
    try:
        started = datetime.fromisoformat(record["started"])
        version, digest, point = (str(record[name]) for name in ("version", "configuration_digest", "operating_point"))
        started.astimezone()
    except (KeyError, TypeError, ValueError, OverflowError):
        message = f"{root}: its run.json is not what a run writes. Repeat the run."
        raise UsageError(message) from None
    return RunFacts(version, digest, point, started)
