"""Index of the images of a finished run, for the worklist."""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import json
import math
from dataclasses import asdict, dataclass, fields
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from mammocalc.model import Counts
from mammocalc.results.image_form import StoredImage
from mammocalc.results.layout import RECORD, result_files, say_no_run, table_path, thumbnail_path
from mammocalc.results.schema_version import check_version
from mammocalc.results.tables import key_of_row
from mammocalc.results.to_json import to_json
from mammocalc.review.server.result_record import check_head, check_result
from mammocalc.review.server.rows import problem_row, read_rows
from mammocalc.review.server.run_files import WrongFileError, find_inside, parse_json, read_inside, say_why
from mammocalc.vocabulary.errors import ResultError, UsageError
from mammocalc.vocabulary.image_key import image_key
from mammocalc.vocabulary.lexicon import Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mammocalc.model import ImageIdentity
    from mammocalc.results.result import Result

HEAD_BYTES: Final = 8192
"""A result begins with its image; that part has some 1,000 bytes."""
PICTURES: Final = {".jpg": "image/jpeg", ".png": "image/png"}


@dataclass(frozen=True, slots=True)
class Image:
    """
    One analysed image of the run.

    ``found`` holds what the algorithm says of it and what a blinded reader
    must not see; places of files are relative to the run's folder, None where
    there is no such file.
    """

    identity: ImageIdentity
    spacing_mm: tuple[float, float] | None
    found: Mapping[str, Any]
    result: PurePosixPath
    overlay: PurePosixPath | None
    thumbnail: PurePosixPath | None
    input_path: str | None

    @property
    def uid(self) -> str:
        """The name of the image: the SOP Instance UID, with the number of the frame where it is one of several."""
        return self.identity.key


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
        By key, in the order of keys.
    not_analysed : tuple of mapping
        Rows of ``files.jsonl`` that are no analysed image.
    """

    folder: Path
    record: Mapping[str, Any]
    images: Mapping[str, Image]
    not_analysed: tuple[Mapping[str, Any], ...]

    def result(self, uid: str) -> tuple[Result, str]:
        """
        Read the result of an image.

        Returns
        -------
        Result
        str
            The fingerprint of its bytes: 16 hexadecimal digits.

        Raises
        ------
        OSError, WrongFileError
            If the file has gone, or is not what a run writes.
        """
        text = self._bytes(uid)
        result = _read(text)
        if result.report.identity.key != uid:
            message = "it is named after another image"
            raise WrongFileError(message)
        return result, _digest(text)

    def document(self, uid: str) -> tuple[dict[str, Any], str]:
        """Give the JSON of the result of an image, and its fingerprint; raises as `result`."""
        result, digest = self.result(uid)
        return to_json(result), digest

    def result_digest(self, uid: str) -> str:
        """Fingerprint the bytes of a result; empty where it cannot be read, which is the fingerprint of nothing."""
        try:
            return _digest(self._bytes(uid))
        except (OSError, WrongFileError):
            return ""

    def _bytes(self, uid: str) -> bytes:
        return read_inside(self.folder, self.images[uid].result)


@functools.lru_cache(maxsize=16)  # of what is open: each answer asks for it
def _read(text: bytes) -> Result:
    return check_result(parse_json(text))


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:16]


def read_index(folder: Path) -> RunIndex:
    """
    Read what a worklist needs of a run: its record, rows and tables, and the beginning of each result.

    Parameters
    ----------
    folder : Path
        What ``--out`` of the run was.

    Raises
    ------
    UsageError
        If the folder holds no run, or a file in it is not what a run writes.
    """
    try:
        record = parse_json(read_inside(folder, PurePosixPath(RECORD)))
        if not isinstance(record, dict):
            raise TypeError  # noqa: TRY301 - as any other record that is none
    except (OSError, WrongFileError, TypeError):
        raise UsageError(say_no_run(folder)) from None
    try:
        check_version(record.get("schema_version"))
    except ResultError as error:
        message = f"{folder / RECORD} cannot be read ({error})."
        raise UsageError(message) from None
    rows, problems = read_rows(folder)
    analysed = {
        image_key(row["sop_instance_uid"] or "", row["frame"]): row for row in rows if row["status"] == Status.ANALYSED
    }
    table = _table(folder)
    images: dict[str, Image] = {}
    for path in result_files(folder):
        place = PurePosixPath(path.as_posix())
        try:
            image = _image(folder, place, table.get(path.stem), analysed.get(path.stem, {}))
            if image.uid in images:
                message = "there is another result of the same image"
                raise WrongFileError(message)  # noqa: TRY301 - as any other that cannot be shown
        except (OSError, WrongFileError) as error:
            problems.append(problem_row(place.as_posix(), f"This result cannot be shown: {say_why(error)}."))
        else:
            images[image.uid] = image
    others = tuple(row for row in rows if row["status"] != Status.ANALYSED)
    return RunIndex(folder, record, images, (*others, *problems))


def _table(folder: Path) -> dict[str, dict[str, str]]:
    """Read the table of images; empty where there is none, or none that can be read: each result holds the same."""
    try:
        text = read_inside(folder, table_path("images")).decode("utf-8", "replace")
        return {key_of_row(row): row for row in csv.DictReader(io.StringIO(text, newline=""))}
    except (OSError, WrongFileError, KeyError, TypeError, csv.Error):
        return {}


def _image(folder: Path, place: PurePosixPath, row: Mapping[str, str] | None, file: Mapping[str, Any]) -> Image:
    """Describe one image: from the table and the head of its result, or from the whole result."""
    told = None if row is None else _tabulated(row)
    head = None if told is None else _head(folder, place)
    if told is not None and head is not None:
        found, overlay = told
    else:
        result = _read(read_inside(folder, place))
        report, overlay = result.report, result.overlay.path if result.overlay else None
        head = StoredImage(report.identity, report.spacing, report.spacing_source)
        found = {
            "distribution": report.distribution.label,
            "presence_level": result.presence_level,
            "counts": asdict(report.counts),
            "flags": sorted(report.flags),
        }
    identity = head.identity
    if identity.key != place.stem:
        message = "it is named after another image"
        raise WrongFileError(message)
    thumbnail = None if overlay is None else thumbnail_path(overlay)
    return Image(
        identity=identity,
        spacing_mm=None if head.spacing is None else (head.spacing.row_mm, head.spacing.column_mm),
        found={**found, "seconds": file.get("seconds")},
        result=place,
        overlay=_own_picture(folder, overlay),
        thumbnail=_own_picture(folder, thumbnail),
        input_path=file.get("path"),
    )


def _tabulated(row: Mapping[str, str]) -> tuple[dict[str, Any], str | None] | None:
    """Take from the table what the worklist shows, and the overlay; None where a cell is not what it should be."""
    try:
        level = float(row["presence_level"]) if row["presence_level"] else None
        found = {
            "distribution": row["distribution"],
            "presence_level": level,
            "counts": {field.name: int(row[f"n_{field.name}"]) for field in fields(Counts)},
            "flags": row["flags"].split(),
        }
        return (found, row["overlay"] or None) if level is None or math.isfinite(level) else None
    except (KeyError, ValueError, TypeError, AttributeError):  # a cell that is missing is None
        return None


def _head(folder: Path, place: PurePosixPath) -> StoredImage | None:
    """Read the image of a result without the rest; None where it does not stand at the beginning."""
    text = read_inside(folder, place, HEAD_BYTES).decode("utf-8", "ignore")
    start = text.find('"image": {')
    if not 0 <= start < 100:
        return None
    try:
        image = json.JSONDecoder().raw_decode(text, start + len('"image": '))[0]
        version = json.loads(text[:start].rstrip().removesuffix(",") + "}").get("schema_version")
    except (ValueError, RecursionError):
        return None
    return check_head(image, version)


def _own_picture(folder: Path, place: str | None) -> PurePosixPath | None:
    """Give the place of a picture of the run; None where it is not there, or would lie outside of the run."""
    if place is None or PurePosixPath(place).suffix not in PICTURES:
        return None
    try:
        is_there = find_inside(folder, PurePosixPath(place)).is_file()
    except (OSError, WrongFileError):
        return None
    return PurePosixPath(place) if is_there else None
