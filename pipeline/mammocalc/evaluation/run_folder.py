"""A finished run, read back from its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from mammocalc.files.claim import state_of
from mammocalc.results.file_rows import read_rows
from mammocalc.results.from_json import candidates_from_json, from_json
from mammocalc.results.layout import RECORD, ROWS, candidates_files, result_files, say_no_run
from mammocalc.results.parse import parse_json
from mammocalc.results.schema_version import check_version
from mammocalc.vocabulary.errors import ResultError, UsageError
from mammocalc.vocabulary.lexicon import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from mammocalc.model import Calcification, Candidate
    from mammocalc.results.result import Result
    from mammocalc.vocabulary.geometry import PixelSpacing
    from mammocalc.vocabulary.lexicon import Distribution

Document = TypeVar("Document")
VERSION: Final = "schema_version"

MACRO_MIN_WIDTH_MM: Final = 1.0
"""The limit between micro and macro of runs whose record names none."""


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """
    What a run marked in one image: the reported calcifications, then the candidates below the threshold.

    Attributes
    ----------
    points_px : ndarray of float64, shape (n, 2)
        (row, column).
    scores : ndarray of float64, shape (n,)
    diameter_mm : ndarray of float64, shape (n,)
        nan where it was not measured, as for all candidates.
    sizes : tuple of (str or None), length n
        ``micro`` or ``macro``.
    reported : int
        How many of them, from the first on, were reported.
    """

    points_px: NDArray[np.float64]
    scores: NDArray[np.float64]
    diameter_mm: NDArray[np.float64]
    sizes: tuple[str | None, ...]
    reported: int


@dataclass(frozen=True, slots=True)
class FoundCluster:
    """A cluster of a run; ``members`` are indices into the marks of its image, a ``loose`` one is shown nowhere."""

    members: tuple[int, ...]
    label: Distribution
    probabilities: Mapping[Distribution, float] | None
    morphology: str | None
    loose: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class FoundImage:
    """What a run says of one image that it analysed."""

    uid: str
    patient_key: str | None
    spacing: PixelSpacing | None
    breast_area_mm2: float | None
    presence: float | None
    marks: Marks
    clusters: tuple[FoundCluster, ...]
    label: Distribution
    probabilities: Mapping[Distribution, float] | None


@dataclass(frozen=True, slots=True)
class NotAnalysed:
    """An image that a run came across and did not analyse."""

    status: str
    reason: str | None


@dataclass(frozen=True, slots=True, eq=False)
class FinishedRun:
    """
    Everything of a run that scoring needs.

    Attributes
    ----------
    images : mapping of str to FoundImage
        The analysed ones, by SOP instance UID.
    not_analysed : mapping of str to NotAnalysed
        Failed and skipped ones, by SOP instance UID.
    unnamed : mapping of str to NotAnalysed
        Those whose UID could not be read, by file name.
    uid_of_file : mapping of str to str
        UIDs by file name, as far as both are in the record and the name is
        not hidden.
    has_candidates : bool
        Whether candidates below the threshold were kept.
    macro_min_width_mm : float
    configuration : mapping
        As resolved.
    facts : mapping of str to str or None
        Version, configuration digest, operating point and state.
    """

    images: Mapping[str, FoundImage]
    not_analysed: Mapping[str, NotAnalysed]
    unnamed: Mapping[str, NotAnalysed]
    uid_of_file: Mapping[str, str]
    has_candidates: bool
    macro_min_width_mm: float
    configuration: Mapping[str, Any]
    facts: Mapping[str, str | None]


def read_run(folder: Path) -> FinishedRun:
    """
    Read a run's record, rows, results and candidates.

    Parameters
    ----------
    folder : Path
        What ``--out`` of the run was.

    Returns
    -------
    FinishedRun

    Raises
    ------
    UsageError
        If the folder holds no run, or a file in it is not what a run writes.
    """
    record = _read(folder / RECORD, _record, say_no_run(folder))
    try:
        below = {path.stem: path for path in candidates_files(folder)}
        images = {}
        for path in result_files(folder):
            candidates = _read(folder / below[path.stem], candidates_from_json) if path.stem in below else ()
            images[path.stem] = _image(_read(folder / path, from_json), candidates)
        not_analysed, unnamed, uid_of_file, analysed = _rows(folder / ROWS)
        lost = len(analysed - images.keys())
        if lost:
            message = f"{folder} lacks the results of {lost} analysed images: repeat the run, which makes them again."
            raise UsageError(message)
        configuration = record["configuration"]
        record["state"] = state_of(folder, record.get("state"))
        return FinishedRun(
            images=images,
            not_analysed={uid: row for uid, row in not_analysed.items() if uid not in images},
            unnamed=unnamed,
            uid_of_file=uid_of_file,
            has_candidates=bool(below),
            macro_min_width_mm=float(configuration.get("measure", {}).get("macro_min_width_mm", MACRO_MIN_WIDTH_MM)),
            configuration=configuration,
            facts={
                name: record.get(name)
                for name in ("software", "version", "configuration_digest", "operating_point", "state")
            },
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        message = f"{folder} does not hold a run that can be scored: a file in it lacks or misstates {error}."
        raise UsageError(message) from None


def _read(path: Path, read: Callable[[Any], Document], unreadable: str = "") -> Document:
    """Read a document of a run; ``unreadable`` is said where it is none, and not only of another version."""
    try:
        return read(parse_json(path.read_bytes()))
    except OSError as error:
        message = unreadable or f"{path} cannot be read ({error.strerror})."
    except ResultError as error:
        is_of_version = error.path == VERSION  # the sentence says what to do
        message = f"{path} cannot be read ({error})." if is_of_version or not unreadable else unreadable
    raise UsageError(message)


def _record(document: Any) -> dict[str, Any]:
    check_version(document.get("schema_version") if isinstance(document, dict) else None)
    if not isinstance(document.get("configuration"), dict):
        raise ResultError("configuration", "an object is needed")
    return dict(document)


def _image(result: Result, candidates: Sequence[Candidate]) -> FoundImage:
    report = result.report
    marks: list[Calcification | Candidate] = [*report.calcifications, *candidates]
    index = {item.number: position for position, item in enumerate(report.calcifications)}
    return FoundImage(
        uid=report.identity.key,
        patient_key=report.identity.patient_key,
        spacing=report.spacing,
        breast_area_mm2=report.breast.area_mm2,
        presence=report.presence,
        marks=Marks(
            points_px=np.array([(item.row_px, item.column_px) for item in marks], float).reshape(-1, 2),
            scores=np.array([item.score for item in marks], dtype=np.float64),
            diameter_mm=np.array([np.nan if item.diameter_mm is None else item.diameter_mm for item in marks], float),
            sizes=(*(item.size for item in report.calcifications), *(None for _ in candidates)),
            reported=len(report.calcifications),
        ),
        clusters=tuple(
            FoundCluster(
                members=tuple(index[number] for number in item.members),
                label=item.distribution.label,
                probabilities=item.distribution.probabilities or None,
                morphology=None if item.morphology is None else item.morphology.label,
                loose=item.distribution.loose,
            )
            for item in report.clusters
        ),
        label=report.distribution.label,
        probabilities=report.distribution.probabilities or None,
    )


def _rows(file: Path) -> tuple[dict[str, NotAnalysed], dict[str, NotAnalysed], dict[str, str], set[str]]:
    """Give what was not analysed, by key and by file name, UIDs by file name, and the keys of what was analysed."""
    not_analysed: dict[str, NotAnalysed] = {}
    unnamed: dict[str, NotAnalysed] = {}
    uid_of_file: dict[str, str] = {}
    analysed: set[str] = set()
    unclear: set[str] = set()  # names of several images
    for row in read_rows(file):
        name = PurePosixPath(row.path).name
        if row.sop_instance_uid and not name.startswith("~"):
            unclear |= {name} if uid_of_file.setdefault(name, row.sop_instance_uid) != row.sop_instance_uid else set()
        if row.status is Status.ANALYSED:
            analysed |= {row.key} if row.key else set()
            continue
        outcome = NotAnalysed(row.status, row.reason)
        if row.key:
            not_analysed[row.key] = outcome
        else:
            unnamed[name] = outcome
    return not_analysed, unnamed, {name: uid_of_file[name] for name in uid_of_file.keys() - unclear}, analysed
