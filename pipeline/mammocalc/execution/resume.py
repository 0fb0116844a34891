"""Check whether a folder holds a run, and whether it is the same one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.config import without_secrets
from mammocalc.execution.own_files import clear, own_places, remove_parts
from mammocalc.execution.run_folder import RESERVE
from mammocalc.execution.run_manifest import SOFTWARE
from mammocalc.results.layout import LOG, RECORD, say_no_run
from mammocalc.results.parse import parse_json
from mammocalc.results.schema_version import SCHEMA_VERSION
from mammocalc.vocabulary.errors import ResultError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mammocalc.config import ResolvedConfig
    from mammocalc.execution.run_manifest import RunIdentity


def check_resumable(root: Path, identity: RunIdentity, resolved: ResolvedConfig, *, force: bool) -> None:
    """
    Make sure that a folder may take this run.

    Parameters
    ----------
    root : Path
        Exists.
    identity : RunIdentity
        The run that is to begin.
    resolved : ResolvedConfig
        Its configuration, to name what differs.
    force : bool
        Remove the files of an earlier run, whichever it was.

    Raises
    ------
    UsageError
        If the folder holds a run of another configuration or version. Nothing was changed. Of another input it may be:
        what is new there is added.
    """
    if force:
        clear(root)
        return
    if not any((root / name).exists() for name in own_places() if name != LOG):
        return
    differences = list(_differences(read_record(root), identity, resolved))
    if differences:
        listed = "\n".join(f"  {difference}" for difference in differences)
        message = (
            f"{root} already holds another run, and runs are never mixed:\n{listed}\n"
            "Choose another --out, or replace the earlier run with --force."
        )
        raise UsageError(message)
    remove_parts(root)
    (root / RESERVE).unlink(missing_ok=True)


def read_record(root: Path) -> Mapping[str, Any] | None:
    """Read ``run.json`` of a folder; None if it has none of this program."""
    try:
        record = parse_json((root / RECORD).read_bytes())
    except (OSError, ResultError):
        return None
    is_own = isinstance(record, dict) and record.get("software") == SOFTWARE
    return record if is_own and isinstance(record.get("configuration", {}), dict) else None


def require_record(root: Path) -> Mapping[str, Any]:
    """Read ``run.json`` of a folder; UsageError if it has none of this program."""
    record = read_record(root)
    if record is None:
        raise UsageError(say_no_run(root))
    return record


def _differences(record: Mapping[str, Any] | None, identity: RunIdentity, resolved: ResolvedConfig) -> Iterator[str]:
    if record is None:
        yield "its run.json is missing or cannot be read, so nobody knows which run it was"
        return
    if record.get("version") != identity.version:
        yield f"it was made by version {record.get('version')}, this is {identity.version}"
    elif record.get("schema_version") != SCHEMA_VERSION:
        yield f"its files are of schema {record.get('schema_version')}, this writes {SCHEMA_VERSION}"
    if record.get("configuration_digest") != identity.configuration_digest:
        before, now = _flat(record.get("configuration") or {}), _flat(without_secrets(resolved.config))
        changed = sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))
        named = ", ".join(changed[:5]) + (" and more" if len(changed) > 5 else "")
        yield f"its configuration differs ({named or 'a secret'})"


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, dict):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat
