"""Whether a folder already holds a run, and whether that is this one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pipeline.config import without_secrets
from pipeline.engine.record import SOFTWARE, read_rows
from pipeline.engine.store import OWN, RECORD, RESULTS, ROWS, RunFolder, clear, remove_parts
from pipeline.errors import CallError
from pipeline.lexicon import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pipeline.config import ResolvedConfig
    from pipeline.engine.plan import Plan
    from pipeline.engine.record import RunIdentity
    from pipeline.model import FileRow


def take_over(root: Path, identity: RunIdentity, resolved: ResolvedConfig, *, force: bool) -> None:
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
    CallError
        If the folder holds another run. Nothing was changed.
    """
    if force:
        clear(root)
        return
    if not any((root / name).exists() for name in OWN):
        return
    differences = list(_differences(_read_record(root), identity, resolved))
    if differences:
        listed = "\n".join(f"  {difference}" for difference in differences)
        message = (
            f"{root} already holds another run, and runs are never mixed:\n{listed}\n"
            "Choose another --out, or replace the earlier run with --force."
        )
        raise CallError(message)
    remove_parts(root)


def finished_rows(folder: RunFolder, plan: Plan) -> dict[str, FileRow]:
    """
    Find what an interrupted run of this plan has already judged.

    Returns
    -------
    dict
        Public path to row, for judged files whose result is there. Skipped and failed ones are looked at
        again, and so are files that share a UID.
    """
    planned = {image.files[0].public_path for image in plan.images if len(image.files) == 1}
    return {
        row.path: row
        for row in read_rows(folder.root / ROWS)
        if row.status is Status.JUDGED
        and row.path in planned
        and row.sop_instance_uid is not None
        and (folder.root / folder.place(RESULTS, row.sop_instance_uid, ".json")).is_file()
    }


def _read_record(root: Path) -> Mapping[str, Any] | None:
    try:
        record = json.loads((root / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and record.get("software") == SOFTWARE else None


def _differences(record: Mapping[str, Any] | None, identity: RunIdentity, resolved: ResolvedConfig) -> Iterator[str]:
    if record is None:
        yield "its run.json is missing or cannot be read, so nobody knows which run it was"
        return
    if record.get("version") != identity.version:
        yield f"it was made by version {record.get('version')}, this is {identity.version}"
    if record.get("configuration_digest") != identity.configuration_digest:
        before, now = _flat(record.get("configuration") or {}), _flat(without_secrets(resolved.config))
        changed = sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))
        named = ", ".join(changed[:5]) + (" and more" if len(changed) > 5 else "")
        yield f"its configuration differs ({named or 'a secret'})"
    if record.get("input_digest") != identity.input_digest:
        yield "its input differs (files were added, removed or changed since, or it was another folder)"


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, dict):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat
