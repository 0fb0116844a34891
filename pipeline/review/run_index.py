"""The images of a finished run, as far as a worklist needs them, and the way to the files of each."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from pipeline.errors import CallError
from pipeline.json_lines import read_json_lines
from pipeline.lexicon import Status
from pipeline.model import Counts
from pipeline.outputs.page.build import thumbnail_path
from pipeline.outputs.tables import result_files

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD_BYTES: Final = 8192
"""A result begins with its image; that part has some 1,000 bytes."""
MOST_OF_A_CASE: Final = 16
"""Images that are opened together: twice the views of an examination. Some archives give all images one study."""
HANGING: Final = (("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO"))
"""The usual order of the four views."""


@dataclass(frozen=True, slots=True)
class Image:
    """
    One judged image of the run.

    ``found`` holds what the algorithm says of it and what a blinded reader
    must not see; places of files are relative to the run's folder, None where
    there is no such file.
    """

    uid: str
    patient_key: str | None
    study_uid: str
    series_uid: str
    laterality: str
    view: str
    patient_orientation: tuple[str, ...]
    rows: int
    columns: int
    spacing_mm: tuple[float, float] | None
    found: Mapping[str, Any]
    result: PurePosixPath
    overlay: PurePosixPath | None
    thumbnail: PurePosixPath | None
    input_path: str | None


@dataclass(frozen=True, slots=True, eq=False)
class RunIndex:
    """
    A finished run.

    Attributes
    ----------
    folder : Path
    record : mapping
        ``run.json``.
    images : mapping of str to Image
        By UID, in the order of UIDs.
    not_judged : tuple of mapping
        Rows of ``files.jsonl`` that are no judged image.
    """

    folder: Path
    record: Mapping[str, Any]
    images: Mapping[str, Image]
    not_judged: tuple[Mapping[str, Any], ...]

    def result(self, uid: str) -> dict[str, Any]:
        """
        Read the result of an image.

        Raises
        ------
        OSError, ValueError
            If the file has gone or was damaged since the run.
        """
        document: dict[str, Any] = json.loads(self._bytes(uid))
        return document

    def result_digest(self, uid: str) -> str:
        """Fingerprint the bytes of a result: 16 hexadecimal digits."""
        return hashlib.sha256(self._bytes(uid)).hexdigest()[:16]

    def case(self, uid: str) -> list[str]:
        """
        List the images of the same study, else of the same woman, hung as usual; further ones behind.

        At most `MOST_OF_A_CASE`, the image itself among them.
        """
        own = self.images[uid]
        by = "study_uid" if own.study_uid else "patient_key"
        if not getattr(own, by):
            return [uid]
        same = [image for image in self.images.values() if getattr(image, by) == getattr(own, by)]
        uids = [image.uid for image in sorted(same, key=_hung)]
        return uids[:MOST_OF_A_CASE] if uid in uids[:MOST_OF_A_CASE] else [*uids[: MOST_OF_A_CASE - 1], uid]

    def _bytes(self, uid: str) -> bytes:
        return (self.folder / self.images[uid].result).read_bytes()


def _hung(image: Image) -> tuple[int, str]:
    place = (image.laterality, image.view)
    return (HANGING.index(place) if place in HANGING else len(HANGING), image.uid)


def read_index(folder: Path) -> RunIndex:
    """
    Read what a worklist needs of a run: its record, rows and tables, and the beginning of each result.

    Parameters
    ----------
    folder : Path
        What ``--out`` of the run was.

    Returns
    -------
    RunIndex

    Raises
    ------
    CallError
        If the folder holds no run, or a file in it is not what a run writes.
    """
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        if not isinstance(record, dict):
            raise TypeError  # noqa: TRY301 - as any other record that is none
    except (OSError, ValueError, TypeError):
        message = f"{folder} holds no run: give the folder that --out of mammocalc run named."
        raise CallError(message) from None
    try:
        rows = tuple(read_json_lines(folder / "files.jsonl"))
        judged = {row["sop_instance_uid"]: row for row in rows if row["status"] == Status.JUDGED}
        table = _table(folder / "tables" / "images.csv")
        images = {}
        for path in result_files(folder):
            image = _image(folder, PurePosixPath(path.as_posix()), table.get(path.stem), judged.get(path.stem, {}))
            images[image.uid] = image
    except (OSError, KeyError, TypeError, ValueError) as error:
        message = f"{folder} does not hold a run that can be reviewed: a file in it lacks or misstates {error}."
        raise CallError(message) from None
    return RunIndex(folder, record, images, tuple(row for row in rows if row["status"] != Status.JUDGED))


def _table(file: Path) -> dict[str, dict[str, str]]:
    """Read the table of images; empty where the run was stopped before it wrote one."""
    if not file.exists():
        return {}
    with file.open(encoding="utf-8", newline="") as lines:
        return {row["sop_instance_uid"]: row for row in csv.DictReader(lines)}


def _image(folder: Path, place: PurePosixPath, row: Mapping[str, str] | None, file: Mapping[str, Any]) -> Image:
    """Describe one image: from the table and the head of its result, or from the whole result."""
    head = None if row is None else _head(folder / place)
    if row is not None and head is not None:
        found = {
            "distribution": row["distribution"],
            "presence_level": float(row["presence_level"]) if row["presence_level"] else None,
            "counts": {field.name: int(row[f"n_{field.name}"]) for field in fields(Counts)},
            "flags": row["flags"].split(),
        }
        overlay = row["overlay"] or None
    else:
        result = json.loads((folder / place).read_bytes())
        head = result["image"]
        found = {
            "distribution": result["distribution"]["label"],
            "presence_level": result["presence_level"],
            "counts": result["counts"],
            "flags": result["flags"],
        }
        overlay = result["overlay"]["path"] if result["overlay"] else None
    if head["sop_instance_uid"] != place.stem:
        message = "the UID of a result that is named by another one"
        raise ValueError(message)
    spacing = head["pixel_spacing_mm"]
    thumbnail = None if overlay is None else thumbnail_path(overlay)
    return Image(
        uid=head["sop_instance_uid"],
        patient_key=head["patient_key"],
        study_uid=head["study_instance_uid"],
        series_uid=head["series_instance_uid"],
        laterality=head["laterality"],
        view=head["view"],
        patient_orientation=tuple(head["patient_orientation"]),
        rows=int(head["rows"]),
        columns=int(head["columns"]),
        spacing_mm=None if spacing is None else (float(spacing[0]), float(spacing[1])),
        found={**found, "seconds": file.get("seconds")},
        result=place,
        overlay=_own_file(folder, overlay),
        thumbnail=_own_file(folder, thumbnail),
        input_path=file.get("path"),
    )


def _head(path: Path) -> dict[str, Any] | None:
    """Read the image of a result without the rest; None where it does not stand at the beginning."""
    with path.open("rb") as file:
        text = file.read(HEAD_BYTES).decode("utf-8", "ignore")
    start = text.find('"image": {')
    if not 0 <= start < 100:
        return None
    try:
        head: dict[str, Any] = json.JSONDecoder().raw_decode(text, start + len('"image": '))[0]
    except ValueError:
        return None
    return head


def _own_file(folder: Path, place: str | None) -> PurePosixPath | None:
    """Give the place of a picture of the run; None where it is not there, or would lie outside of the run."""
    if place is None:
        return None
    parts = PurePosixPath(place)
    if parts.is_absolute() or ".." in parts.parts or not (folder / parts).is_file():
        return None
    return parts
