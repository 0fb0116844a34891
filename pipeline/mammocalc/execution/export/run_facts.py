"""What an export has to know of a run before it looks at an image: whether it has ended, and how it hides names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mammocalc.config import salt_of, uid_hasher
from mammocalc.dicom.writer import RunFacts
from mammocalc.execution.content import key_of
from mammocalc.execution.resume import read_record
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

    ``public`` gives the UID that the run has for one, ``key`` is that under which it has hashed contents.
    """

    root: Path
    facts: RunFacts
    public: Callable[[str], str]
    key: bytes


def know_run(root: Path, salt_file: Path | None) -> KnownRun:
    """
    Read the record of a run.

    Parameters
    ----------
    root : Path
    salt_file : Path or None
        Its salt, if that was a secret.

    Returns
    -------
    KnownRun

    Raises
    ------
    UsageError
        If there is no run, if it is of a version that cannot be read or has not ended, or if its salt is not known.
    """
    record = read_record(root)
    if record is None:
        message = f"{root} holds no run (no run.json of mammocalc): name the folder that --out of the run named"
        raise UsageError(message)
    try:
        check_version(record.get("schema_version"))
    except ResultError as error:
        message = f"{root}: {error}"
        raise UsageError(message) from None
    state = state_of(root, record.get("state"))
    if state != FINISHED:
        message = (
            f"{root} holds a run that has not ended ({state}), and a report of it would say that images were not "
            "there. End it first: the same `mammocalc run` goes on where it was."
        )
        raise UsageError(message)
    configuration = record.get("configuration")
    configuration = configuration if isinstance(configuration, dict) else {}
    public, salt = uid_hasher(configuration, salt_file), salt_of(configuration, salt_file)
    if public is None or salt is None:
        message = f"{root} was made under a secret salt, by which its images are known again: name it with --salt-file."
        raise UsageError(message)
    return KnownRun(root, _facts(root, record), public, key_of(salt))


def _facts(root: Path, record: Mapping[str, Any]) -> RunFacts:
    try:
        started = datetime.fromisoformat(record["started"])
        version, digest, point = (str(record[name]) for name in ("version", "configuration_digest", "operating_point"))
        started.astimezone()
    except (KeyError, TypeError, ValueError, OverflowError):
        message = f"{root}: its run.json is not what a run writes. Repeat the run."
        raise UsageError(message) from None
    return RunFacts(version, digest, point, started)
