"""Whether a folder already holds a run, and whether that is this one."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from pipeline.config import without_secrets
from pipeline.engine.record import SOFTWARE
from pipeline.engine.store import CANDIDATES, LOG, OWN, RECORD, RESULTS, THUMBNAILS, clear, remove_parts
from pipeline.errors import CallError
from pipeline.lexicon import Status
from pipeline.model import FileRow
from pipeline.outputs.details import details_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pipeline.config import ResolvedConfig
    from pipeline.engine.plan import PlannedImage
    from pipeline.engine.process import WorkOrder
    from pipeline.engine.record import RunIdentity

CHECKS_AT_ONCE: Final = 16
PAGE_END: Final = b"</html>\n"
PICTURE_ENDS: Final = (b"\xff\xd9", b"IEND\xaeB`\x82")  # of JPEG (ITU-T T.81, B.1) and PNG (RFC 2083, 4.1.4)


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
    if not any((root / name).exists() for name in OWN if name != LOG):
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


def settled_rows(rows: Iterable[FileRow], images: Iterable[PlannedImage], order: WorkOrder) -> dict[str, FileRow]:
    """
    Find what an interrupted run has already judged.

    An image is judged if its result lies there whole, with everything that it
    refers to, whether or not the run lived to write the row. Of several files with one UID only the rows can say which
    was judged. What is only partly there is removed, and judged again.

    Parameters
    ----------
    rows : iterable of FileRow
        Those that were written.
    images : iterable of PlannedImage
    order : WorkOrder
        What the images of this run have in common.

    Returns
    -------
    dict
        Public path to row, for all files of judged images. Skipped and failed ones are looked at again.
    """
    written = {row.path: row for row in rows}
    images = [image for image in images if _may_be_judged(image, written)]
    # A store on a network answers many questions at once much sooner than one by one.
    with ThreadPoolExecutor(CHECKS_AT_ONCE) as checks:
        whole = list(checks.map(lambda image: _is_whole(str(image.files[0].sop_instance_uid), order), images))
    settled: dict[str, FileRow] = {}
    for image, is_whole in zip(images, whole, strict=True):
        for file in image.files if is_whole else ():
            adopted = FileRow(file.public_path, file.sop_instance_uid, Status.JUDGED, None, None, 0.0)
            settled[file.public_path] = written.get(file.public_path, adopted)
    return settled


def _may_be_judged(image: PlannedImage, written: Mapping[str, FileRow]) -> bool:
    """Whether a result of an image can stand for it, if there is one."""
    rows = [written.get(file.public_path) for file in image.files]
    if image.files[0].sop_instance_uid is None:
        return False
    if len(rows) == 1:
        return rows[0] is None or rows[0].status is Status.JUDGED
    return None not in rows and any(row is not None and row.status is Status.JUDGED for row in rows)


def _is_whole(uid: str, order: WorkOrder) -> bool:
    """Whether the result of an image is there, is of this run, and all that was to be written with it is there too."""
    store, place = order.folder, order.folder.place(RESULTS, uid, ".json")
    try:
        content = store.read(place)
    except OSError:
        return False
    try:
        document = json.loads(content)
        is_own: bool = document["image"]["sop_instance_uid"] == uid and document["provenance"] == asdict(
            order.provenance
        )
        is_own = is_own and store.read(details_path(place.as_posix())).endswith(PAGE_END)
        overlay = document["overlay"]
        if is_own and overlay is not None:
            is_own = _is_whole_picture(store.read(overlay["path"]))
            if order.config.outputs.thumbnails:
                is_own = is_own and _is_whole_picture(store.read(store.place(THUMBNAILS, uid, ".jpg")))
        if is_own and order.config.outputs.candidates:
            json.loads(store.read(store.place(CANDIDATES, uid, ".json")))
    except (OSError, ValueError, KeyError, TypeError):
        is_own = False
    if not is_own:
        store.remove(place)
    return is_own


def _is_whole_picture(content: bytes) -> bool:
    """Whether a JPEG or PNG ends as one."""
    return content.endswith(PICTURE_ENDS)


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
