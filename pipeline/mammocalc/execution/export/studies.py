"""Studies of a run, and reasons why some cannot be exported."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from mammocalc.dicom.writer import Kind, StudyContent, StudyImage, say_exposures
from mammocalc.execution.export.images import NotThereError, is_one_patient, read_own_result, why_unusable
from mammocalc.execution.export.overlays import find_overlay
from mammocalc.execution.export.request import LeftOut
from mammocalc.results.file_rows import read_rows
from mammocalc.results.from_json import read_result
from mammocalc.results.layout import ROWS, result_files, study_files
from mammocalc.results.study_from_json import read_study
from mammocalc.vocabulary.errors import ResultError
from mammocalc.vocabulary.image_key import split_key
from mammocalc.vocabulary.lexicon import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from mammocalc.dicom.writer import PriorView, SourceImage
    from mammocalc.execution.export.changes import ComparedImages
    from mammocalc.execution.export.images import ImageFiles
    from mammocalc.execution.export.request import ExportRequest
    from mammocalc.execution.export.run_facts import KnownRun
    from mammocalc.model import FileRow
    from mammocalc.results.result import Result
    from mammocalc.results.study import Study

_PATIENTS = (
    "its images name different patients, or the same one in different ways, so nothing was written of it: an object "
    "would be filed under one of them. Correct the images, and repeat the run"
)
_UNKNOWN_FAILURES = (
    "{} of the files that failed cannot be assigned to a study, so that no report says so: files.jsonl names them"
)
_ROWS_LOST = (
    "files.jsonl is not whole: it names {} of the {} files of the run. Which of the others failed is not known, and no "
    "report is written where one may be an image of the study. Bring the file back, or repeat the run"
)
_MAY_HAVE_FAILED = (
    "files.jsonl is not whole, and {} of its images have neither a result nor a row: they may have failed"
)
_UNFIT = (
    "its images have values that no object may hold (too long, several, of another form, or beyond its character set), "
    "so its objects are without them: {}. Correct the images, or file the objects by hand"
)
_NOT_SHOWN = "no analysed image shows its {}: the reports speak of the views that are there"
_NOT_ANALYSED = "{} of its images were not analysed, so nothing is said of them: files.jsonl of the run has the reasons"


@dataclass(slots=True)
class FoundStudy:
    """
    What there is to write about a study.

    Attributes
    ----------
    uid : str
        As the run calls it.
    content : StudyContent or None
        None where nothing can be written of it.
    left_out : list of LeftOut
        Its images that are missing; where there is one, no report can speak for the study.
    without_overlay : list of LeftOut
        Its images of which there is no picture.
    without_changes : list of LeftOut
        Its images of which no change can be said, though they were compared.
    notes : list of LeftOut
    """

    uid: str
    content: StudyContent | None = None
    left_out: list[LeftOut] = field(default_factory=list)
    without_overlay: list[LeftOut] = field(default_factory=list)
    without_changes: list[LeftOut] = field(default_factory=list)
    notes: list[LeftOut] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RunImages:
    """
    The images of a run by study, each by the name of its result or the row of its failure.

    ``documents`` are the files of studies. ``strays`` are failed files of which no header is known, so that they may
    belong to any study. ``are_rows_lost`` is true where the run has looked at more files than it has rows of.
    """

    results: Mapping[str, Mapping[str, Path]]
    failures: Mapping[str, Mapping[str, FileRow]]
    documents: Mapping[str, Path]
    strays: tuple[LeftOut, ...]
    are_rows_lost: bool

    @property
    def studies(self) -> list[str]:
        """UIDs of all studies, sorted."""
        return sorted(self.results.keys() | self.failures.keys())


def sort_by_study(run: KnownRun, files: ImageFiles) -> RunImages:
    """Sort results and failures by study: by the headers of the images where they are there, else by the results."""
    study_of = {uid: study for study, uids in files.by_study.items() for uid in uids}
    results: dict[str, dict[str, Path]] = defaultdict(dict)
    for path in result_files(run.root):
        results[study_of.get(split_key(path.stem)[0]) or _study_in(run.root / path)][path.stem] = path
    analysed = {key for keys in results.values() for key in keys}
    failures: dict[str, dict[str, FileRow]] = defaultdict(dict)
    strays: list[LeftOut] = []
    unknown = 0
    rows = read_rows(run.root / ROWS)
    are_rows_lost = run.files is not None and len(rows) < run.files
    if are_rows_lost:
        strays.append(LeftOut("", _ROWS_LOST.format(len(rows), run.files)))
    for row in rows:
        key, uid = row.key, row.sop_instance_uid
        if row.status is Status.ANALYSED and key not in analysed:
            strays.append(LeftOut(str(key), "its result is not in the run any more. Repeat the run"))
        if row.status is not Status.FAILED or key in analysed:
            continue
        if key is not None and uid in study_of:
            failures[study_of[uid]][key] = row
        else:
            unknown += 1
    if unknown:
        strays.append(LeftOut("", _UNKNOWN_FAILURES.format(unknown)))
    documents = {path.stem: run.root / path for path in study_files(run.root)}
    return RunImages(results, failures, documents, tuple(strays), are_rows_lost)


def find_study(
    uid: str, images: RunImages, run: KnownRun, files: ImageFiles, request: ExportRequest, compared: ComparedImages
) -> FoundStudy:
    """
    Bring the results of a study together with its images.

    Parameters
    ----------
    uid : str
        Of the study, as the run calls it.
    images : RunImages
    run : KnownRun
    files : ImageFiles
    request : ExportRequest
    compared : ComparedImages
    """
    study = FoundStudy(uid)
    found: list[StudyImage] = []
    for image, place in images.results.get(uid, {}).items():
        try:
            result = read_own_result(run.root / place, image)
            source = files.find(image, result.provenance.source_digest)
            overlay = _find_overlay(result, run.root, study) if Kind.CAPTURE in request.kinds else None
            found.append(StudyImage(source, result, overlay))
        except NotThereError as error:
            study.left_out.append(LeftOut(image, str(error)))
    joined = _read_joined(uid, images.documents.get(uid), study)
    found = _in_hanging_order(found, joined)
    for image, row in sorted(images.failures.get(uid, {}).items()):
        try:
            found.append(StudyImage(files.find(image, row.content, is_proved=False), None))
        except NotThereError as error:
            study.left_out.append(LeftOut(image, str(error)))
    others = tuple(_others(files, uid, images))
    if others and images.are_rows_lost:
        study.left_out.append(LeftOut(uid, _MAY_HAVE_FAILED.format(len(others))))
    patients = {image.source.patient for image in found}
    if any(not is_one_patient(one, other) for one, other in combinations(patients, 2)):
        study.left_out.append(LeftOut(uid, _PATIENTS))
    elif found:
        study.content = StudyContent(
            tuple(found),
            run.facts,
            request.device,
            others,
            findings=joined.findings if joined else (),
            is_joined=joined is not None and all(call.places is not None for call in joined.breasts),
            priors=_priors(found, compared, files, study),
        )
        study.notes.extend(_notes(uid, patients, [image.source for image in found]))
        study.notes.extend(LeftOut(uid, sentence) for sentence in say_exposures(study.content))
        if joined and joined.missing:
            study.notes.append(LeftOut(uid, _NOT_SHOWN.format(", ".join(joined.missing))))
        if others:
            study.notes.append(LeftOut(uid, _NOT_ANALYSED.format(len(others))))
    return study


def _read_joined(uid: str, place: Path | None, study: FoundStudy) -> Study | None:
    """Read what the run says of a study as a whole, and note where it says nothing."""
    try:
        return None if place is None else read_study(place)
    except (ResultError, OSError) as error:
        message = f"its clusters are not joined over views, for its document cannot be used ({why_unusable(error)})"
        study.notes.append(LeftOut(uid, message))
        return None


def _in_hanging_order(images: list[StudyImage], joined: Study | None) -> list[StudyImage]:
    """Sort analysed images as a study has them, those that it does not have last."""
    order = {image.sop_instance_uid: place for place, image in enumerate(joined.images)} if joined else {}

    def place(image: StudyImage) -> tuple[int, str]:
        name = "" if image.result is None else image.result.report.identity.key
        return order.get(name, len(order)), name

    return sorted(images, key=place)


def _study_in(path: Path) -> str:
    """Give the study that a result names; none where it cannot be read."""
    try:
        return read_result(path).report.identity.study_instance_uid
    except (ResultError, OSError):
        return ""


def _find_overlay(result: Result, root: Path, study: FoundStudy) -> Callable[[], bytes] | None:
    """Find the overlay of a result, and note where there is none to be captured."""
    try:
        return find_overlay(result.overlay, root)
    except NotThereError as error:
        study.without_overlay.append(LeftOut(result.report.identity.key, str(error)))
        return None


def _priors(
    images: Iterable[StudyImage], compared: ComparedImages, files: ImageFiles, study: FoundStudy
) -> dict[str, PriorView]:
    """Find the priors of a study's images, and note where one cannot be used."""
    found: dict[str, PriorView] = {}
    for image in images:
        if image.result is None:
            continue
        uid = image.result.report.identity.key
        try:
            prior = compared.prior_of(image, files)
        except NotThereError as error:
            study.without_changes.append(LeftOut(uid, f"its changes since the prior: {error}"))
        else:
            if prior is not None:
                found[uid] = prior
    return found


def _others(files: ImageFiles, study: str, images: RunImages) -> Iterator[SourceImage]:
    """Give the images of a study that have neither a result nor a failure."""
    keys = images.results.get(study, {}).keys() | images.failures.get(study, {}).keys()
    known = {split_key(key)[0] for key in keys}
    for uid in sorted(set(files.by_study.get(study, ())) - known):
        try:
            yield files.find(uid, None, is_proved=False)
        except NotThereError:
            continue  # nothing was promised of it


def _notes(uid: str, patients: set[tuple[str, ...]], sources: Iterable[SourceImage]) -> Iterator[LeftOut]:
    unfit = dict.fromkeys(name for source in sources for name in source.unfit)
    if unfit:
        yield LeftOut(uid, _UNFIT.format(", ".join(unfit)))
    if any(not identifier for identifier, *_ in patients):
        yield LeftOut(uid, "its images name no Patient ID (0010,0020), and so do its objects: file them by hand")
