"""Reading truth files, whose kind is recognised from their content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic import Field

from mammocalc.evaluation.inbreast import read_inbreast
from mammocalc.evaluation.reader_truth import are_answers, read_answers
from mammocalc.evaluation.truth import TrueCluster, TrueImage, TruePoint, TrueRegion, TruthError, TruthSet, hull_of
from mammocalc.evaluation.truth_record import (
    MOST,
    DistributionWord,
    Length,
    MorphologyWord,
    Place,
    Record,
    SizeWord,
    key_in,
    key_of,
    read_record,
)
from mammocalc.evaluation.word_truth import WORD_COLUMNS, read_words
from mammocalc.files.csv_rows import read_csv
from mammocalc.results.parse import parse_json
from mammocalc.vocabulary.errors import ResultError
from mammocalc.vocabulary.geometry import PixelSpacing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mammocalc.files.csv_rows import CsvRow

POINTS, PRESENCE, REGIONS = "points", "presence", "regions"

_UID: Final = "sop_instance_uid"


class _Point(Record):
    row: Place
    column: Place
    id: int | str | None = None
    diameter_mm: Length = None
    length_mm: Length = None
    width_mm: Length = None
    size: SizeWord | None = None
    kind: str | None = None
    cluster: int | str | None = None
    matched_filter_snr: float | None = None
    effective_snr: float | None = None
    peak_grey_levels: float | None = None


class _Cluster(Record):
    id: int | str
    label: DistributionWord | None = None
    morphology: MorphologyWord | None = None


class _Truth(Record):
    sop_instance_uid: str = Field(min_length=1)
    frame: int | None = Field(default=None, ge=0)
    file: str | None = None
    pixel_spacing_mm: tuple[float, float] | None = Field(default=None, strict=False)
    has_calcifications: bool | None = None
    distribution: DistributionWord | None = None
    points: list[_Point]
    clusters: list[_Cluster] = Field(default_factory=list)
    inserted: bool = False


def read_truth(path: Path, uid_of_file: Mapping[str, str]) -> TruthSet:
    """
    Read the truth of any kind.

    Parameters
    ----------
    path : Path
        A folder of ``<SOPInstanceUID>.json`` (or one that holds such a folder
        called ``truth``), a folder of INbreast's XML, or a CSV with the
        columns ``sop_instance_uid`` and ``has_calcifications``, or
        ``sop_instance_uid, kind, row, column, radius_px``, or
        ``sop_instance_uid, reader, label`` (and ``second_label``); or the
        answers that ``mammocalc review --export`` wrote as JSON.
    uid_of_file : mapping of str to str
        UIDs by file name, from the run, for truth that names files.

    Returns
    -------
    TruthSet

    Raises
    ------
    TruthError
        With a sentence that names the place, if it cannot be used.
    """
    if path.is_dir():
        return _folder(path, uid_of_file)
    if not path.exists():
        message = f"the truth {path} does not exist."
        raise TruthError(message)
    if path.suffix.lower() == ".json":
        document = _json(path)
        return read_answers(path, document) if are_answers(document) else _points_of([path])
    if path.suffix.lower() == ".xml":
        return read_inbreast([path], uid_of_file)
    return _table(path)


def _json(path: Path) -> Any:
    try:
        return parse_json(path.read_bytes())
    except (OSError, ResultError) as error:
        message = f"{path} is no truth: {error.strerror if isinstance(error, OSError) else error}."
        raise TruthError(message) from None


def _folder(folder: Path, uid_of_file: Mapping[str, str]) -> TruthSet:
    for place in (folder, folder / "truth"):
        if documents := sorted(place.glob("*.json")):
            return _points_of(documents)
    if drawings := sorted(folder.glob("*.xml")):
        return read_inbreast(drawings, {**uid_of_file, **_names(folder)})
    message = (
        f"{folder} holds no truth: neither <SOPInstanceUID>.json as mammocalc simulate writes it, nor INbreast's XML. "
        "A table of labels or regions is given as the CSV file itself."
    )
    raise TruthError(message)


def _names(folder: Path) -> dict[str, str]:
    """UIDs by file name from tables that lie beside the drawings."""
    found = {}
    for path in sorted(folder.glob("*.csv")):
        rows = read_csv(path, f"the table {path}", error=TruthError)
        found.update({row["file"]: row[_UID] for row in rows if {"file", _UID} <= row.keys()})
    return found


# ---------------------------------------------------------------- JSON


def _points_of(paths: Sequence[Path]) -> TruthSet:
    images: dict[str, TrueImage] = {}
    for path in paths:
        image = _points(path)
        if image.uid in images:
            message = f"{path} is the second truth for its image; there must be one."
            raise TruthError(message)
        images[image.uid] = image
    return TruthSet(POINTS, images)


def _points(path: Path) -> TrueImage:
    truth = read_record(_Truth, _json(path), path, "is no truth as mammocalc simulate writes it")
    try:
        spacing = None if truth.pixel_spacing_mm is None else PixelSpacing(*truth.pixel_spacing_mm)
    except ValueError as error:
        message = f"{path} is no truth: {error}."
        raise TruthError(message) from None
    points = tuple(
        TruePoint(
            row_px=point.row,
            column_px=point.column,
            diameter_mm=point.diameter_mm,
            length_mm=point.length_mm,
            width_mm=point.width_mm,
            size=point.size,
            kind=point.kind,
            matched_filter_snr=point.matched_filter_snr,
            effective_snr=point.effective_snr,
            peak_grey_levels=point.peak_grey_levels,
        )
        for point in truth.points
    )
    clusters = []
    for cluster in truth.clusters:
        members = tuple(i for i, point in enumerate(truth.points) if point.cluster == cluster.id)
        clusters.append(TrueCluster(members, hull_of(points, members), cluster.label, cluster.morphology))
    has = truth.has_calcifications
    return TrueImage(
        uid=key_of(truth.sop_instance_uid, truth.frame),
        file=truth.file,
        has_calcifications=bool(points) if has is None else has,
        points=points,
        clusters=tuple(cluster for cluster in clusters if cluster.members),
        label=truth.distribution,
        spacing=spacing,
        is_inserted=truth.inserted,
    )


# ---------------------------------------------------------------- CSV


def _table(path: Path) -> TruthSet:
    rows = read_csv(path, f"the truth {path}", error=TruthError)
    names = rows[0].keys() if rows else set()
    if not rows:
        message = f"the truth {path} holds no row."
    elif {_UID, "has_calcifications"} <= names:
        return _presence(rows, has_second_look="seen" in names)
    elif {_UID, "kind", "row", "column", "radius_px"} <= names:
        return _regions(rows)
    elif names >= WORD_COLUMNS:
        return read_words(path, rows)
    else:
        message = (
            f"the truth {path} has the columns {', '.join(list(names)[:12])}; needed are sop_instance_uid and "
            "has_calcifications, or sop_instance_uid, kind, row, column and radius_px, or sop_instance_uid, reader "
            "and label."
        )
    raise TruthError(message)


def _presence(rows: Sequence[CsvRow], *, has_second_look: bool) -> TruthSet:
    images: dict[str, TrueImage] = {}
    for row in rows:
        uid, has = key_in(row), row.is_yes("has_calcifications")
        if not uid or has is None:
            raise row.wrong("a UID and 1 or 0 under has_calcifications are needed")
        looks = (has or bool(row["seen"])) if has_second_look else None
        image = TrueImage(uid, row.get("file") or None, has, looks)
        if images.setdefault(uid, image) != image:
            raise row.wrong("this image was given another label further up")
    return TruthSet(PRESENCE, images)


def _regions(rows: Sequence[CsvRow]) -> TruthSet:
    kinds: dict[str, str] = {}
    files: dict[str, str | None] = {}
    circles: dict[str, list[TrueRegion]] = {}
    unplaced: set[str] = set()
    for row in rows:
        uid, kind = key_in(row), row["kind"].upper()
        if not uid or kind not in {"CALC", "NORM"} or kinds.setdefault(uid, kind) != kind:
            raise row.wrong("a UID and CALC or NORM, one of them for an image, are needed")
        files[uid] = row.get("file") or None
        if kind == "NORM":
            continue
        values = [row.number(column) for column in ("row", "column", "radius_px")]
        places = [value for value in values if value is not None]
        if not places:
            unplaced.add(uid)
            continue
        if len(places) < 3 or places[-1] <= 0 or max(map(abs, places)) > MOST:
            raise row.wrong("row, column and radius_px must be numbers of pixels, and the radius positive")
        circles.setdefault(uid, []).append(TrueRegion(*places))
    images = {
        uid: TrueImage(
            uid,
            files[uid],
            has_calcifications=kind == "CALC",
            # Where a place is missing, marks elsewhere in the image are neither right nor wrong.
            regions=None if uid in unplaced and uid not in circles else tuple(circles.get(uid, ())),
        )
        for uid, kind in kinds.items()
    }
    notes: tuple[str, ...] = ()
    if unplaced:
        many = "one image has" if len(unplaced) == 1 else f"{len(unplaced)} images have"
        notes = (f"{many} calcifications without a place: they count for presence, not for regions.",)
    return TruthSet(REGIONS, images, notes)
