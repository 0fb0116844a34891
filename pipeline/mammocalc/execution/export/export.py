"""`mammocalc export`: the results of a finished run become DICOM objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.dicom.writer import OF_STUDY, Kind, require_segmentations, write_study
from mammocalc.execution.export.changes import ComparedImages
from mammocalc.execution.export.folder import FINISHED, WRITING, ExportFolder, require_apart
from mammocalc.execution.export.images import ImageFiles
from mammocalc.execution.export.request import ExportSummary, LeftOut
from mammocalc.execution.export.run_facts import know_run
from mammocalc.execution.export.studies import find_study, sort_by_study
from mammocalc.files.claim import FolderClaim
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from mammocalc.execution.export.request import ExportRequest, WrittenObject
    from mammocalc.execution.export.studies import FoundStudy

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
    with FolderClaim(request.out, "folder of the export") as claim:
        folder = ExportFolder(request.out, claim.token)
        folder.record(WRITING, run.facts)
        files = ImageFiles.look(request.images, run.public, run.key)
        images = sort_by_study(run, files)
        left_out.extend((*images.strays, *compared.strays))
        for uid in images.studies:
            study = find_study(uid, images, run, files, request, compared)
            kinds = _kinds_for(study, request.kinds)
            left_out.extend((*study.left_out, *study.without_overlay, *study.without_changes))
            notes.extend(study.notes)
            if study.content is not None:
                written.extend(map(folder.write, write_study(study.content, kinds)))
        folder.remove_older(request.kinds, {item.file for item in written})
        summary = ExportSummary(tuple(written), tuple(left_out), tuple(notes))
        folder.record(FINISHED, run.facts, summary)
    return summary


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
