"""`mammocalc export`: the results of a finished run become DICOM objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.dicom.writer import OF_STUDY, Kind, require_segmentations, write_study
from mammocalc.execution.export.changes import TELLING, ComparedImages
from mammocalc.execution.export.folder import FINISHED, RECORD, WRITING, ExportFolder, holds_objects, require_apart
from mammocalc.execution.export.images import ImageFiles
from mammocalc.execution.export.request import ExportSummary, LeftOut
from mammocalc.execution.export.run_facts import know_run
from mammocalc.execution.export.studies import find_study, sort_by_study
from mammocalc.files.claim import FolderClaim
from mammocalc.results.parse import record_in
from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.image_key import split_key

if TYPE_CHECKING:
    from mammocalc.execution.export.request import ExportRequest, WrittenObject
    from mammocalc.execution.export.studies import FoundStudy, RunImages

_NO_REPORT: Final = (
    "no report of this study was written, for it would say nothing of {} of its images, as if they had not been "
    "taken. What was written speaks of single images"
)
_ALL_FAILED: Final = "none of its images was analysed, so that there is nothing to mark, measure or draw: no {}"


def export(request: ExportRequest) -> ExportSummary:
    """
    Write the DICOM objects of a finished run.

    An image is known again by its SOP Instance UID and by its content, as a run knows it. What cannot be written
    without saying something wrong is left out, with its reason; the rest is written.

    Returns
    -------
    ExportSummary
        Equal runs, images and requests give equal files.

    Raises
    ------
    UsageError
        If the run, the images or the folder of the export cannot be used, or a package is missing. Nothing was done.
    OutputError
        If the folder cannot be made. Nothing was done.
    StoppedError, OutputLostError
        If it takes no more. What is in it is whole, and the same call goes on.
    """
    require_apart(request)
    if Kind.SEG in request.kinds:
        require_segmentations()
    run = know_run(request.run, request.salt_file)
    if not request.images.exists():
        message = f"--images {request.images} does not exist: name the folder in which the DICOM files of the run are."
        raise UsageError(message)
    compared = ComparedImages.look(request, run)
    written: list[WrittenObject] = []
    left_out: list[LeftOut] = []
    notes: list[LeftOut] = []
    files = ImageFiles.look(request.images, run.public, run.key)
    images = sort_by_study(run, files)
    with FolderClaim(request.out, "folder of the export") as claim:
        tells_changes = _require_no_loss(request, images, files)
        folder = ExportFolder(request.out, claim.token)
        folder.record(WRITING, run.facts, tells_changes=tells_changes)
        left_out.extend((*images.strays, *compared.strays))
        for uid in images.studies:
            study = find_study(uid, images, run, files, request, compared)
            kinds = _kinds_for(study, request.kinds)
            left_out.extend((*study.left_out, *study.without_overlay, *study.without_changes))
            notes.extend(study.notes)
            if study.content is not None:
                written.extend(map(folder.write, write_study(study.content, kinds)))
        removed = folder.remove_older(request.kinds, {item.file for item in written})
        summary = ExportSummary(tuple(written), tuple(left_out), tuple(notes), removed)
        folder.record(FINISHED, run.facts, summary, tells_changes=tells_changes)
    return summary


def _require_no_loss(request: ExportRequest, images: RunImages, files: ImageFiles) -> bool:
    """Raise UsageError where objects of an earlier export would go by an oversight; tell whether some tell changes."""
    before = record_in(request.out / RECORD)
    if request.comparison is None and before.get("tells_changes"):
        if not TELLING & set(request.kinds):
            return True
        message = (
            f"--out {request.out} holds objects that tell the changes since the priors, and without --comparison these "
            "would tell them no more. Give --comparison, or choose another --out."
        )
        raise UsageError(message)
    keys = (split_key(key)[0] for results in images.results.values() for key in results)
    if holds_objects(request.out) and files.by_uid.keys().isdisjoint(keys):
        message = (
            f"no image of the run is in --images {request.images}, so that the objects in --out {request.out} would be "
            "removed and none written. Name the folder that the images were moved to; if --salt-file is given, it has "
            "to hold the run's own salt."
        )
        raise UsageError(message)
    return request.comparison is not None


def _kinds_for(study: FoundStudy, asked: tuple[Kind, ...]) -> tuple[Kind, ...]:
    """Say which kinds can be written of a study, and note why others cannot."""
    missing = len(study.left_out)
    if missing and study.content is not None and any(kind in OF_STUDY for kind in asked):
        study.left_out.append(LeftOut(study.uid, _NO_REPORT.format(missing)))
    if missing:
        asked = tuple(kind for kind in asked if kind not in OF_STUDY)
    content = study.content
    if content is not None and not any(image.result for image in content.images):
        others = tuple(kind for kind in asked if kind is not Kind.CAD_SR)
        if others:
            study.notes.append(LeftOut(study.uid, _ALL_FAILED.format(", ".join(others))))
        return tuple(kind for kind in asked if kind is Kind.CAD_SR)
    return asked
