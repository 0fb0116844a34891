"""One image from DICOM to its outputs; what happens inside a worker."""

from __future__ import annotations

import filecmp
import time
import traceback
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import pipeline
from pipeline.analyse import analyse
from pipeline.dicom import DicomSettings, read_mammogram
from pipeline.engine.limits import Fault
from pipeline.engine.store import CANDIDATES, OVERLAYS, RESULTS, THUMBNAILS
from pipeline.errors import ImageError, SkippedImage
from pipeline.lexicon import Reason, Status
from pipeline.model import FileRow
from pipeline.outputs.details import details_path, render_details
from pipeline.outputs.overlay import encode_overlay, encode_thumbnail, render_overlay
from pipeline.outputs.report import OverlayPlacement, candidates_to_json, encode, to_json

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.engine.limits import Lost
    from pipeline.engine.plan import PlannedFile, PlannedImage
    from pipeline.engine.store import Store
    from pipeline.model import Mammogram, Report
    from pipeline.outputs.report import Provenance

_PACKAGE: Final = Path(pipeline.__file__).parent


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """What every image of a run has in common."""

    config: Config
    provenance: Provenance
    folder: Store


@dataclass(frozen=True, slots=True)
class ImageOutcome:
    """
    What became of the files of an image: a row for each.

    ``write_problem`` is None, or says why the run's folder did not take the
    results; then there are no rows, and the run cannot go on.
    """

    rows: tuple[FileRow, ...]
    write_problem: str | None = None


def process_image(image: PlannedImage, order: WorkOrder) -> ImageOutcome:
    """
    Judge one image and write what is to be written of it.

    Of several files with one SOP Instance UID, the first that can be judged is. Exact
    copies of an earlier one are skipped, and others fail: for their own fault if
    they have one, else for bearing the UID of another image.

    Parameters
    ----------
    image : PlannedImage
    order : WorkOrder

    Returns
    -------
    ImageOutcome
        Whatever happens: this never raises. A failure that nobody foresaw
        becomes ``internal_error`` with its type and its place in the
        program, and without its message, which could quote the header.
    """
    rows: list[FileRow] = []
    judged = image.judged is not None
    different: list[Path] = [] if image.judged is None else [image.judged]
    for file in image.files:
        started = time.perf_counter()
        try:
            status, reason, message = _settle(file, different, order, may_judge=not judged)
        except _WriteProblem as problem:
            return ImageOutcome((), str(problem))
        if reason is not Reason.DUPLICATE:
            different.append(file.path)
        judged = judged or status is Status.JUDGED
        seconds = round(time.perf_counter() - started, 3)
        rows.append(FileRow(file.public_path, file.sop_instance_uid, status, reason, message, seconds))
    return ImageOutcome(tuple(rows))


def files_of(image: PlannedImage) -> int:
    """Count the files that say they are one image."""
    return len(image.files)


def give_up(image: PlannedImage, lost: Lost) -> ImageOutcome:
    """Give the outcome of an image whose worker was lost for good: a row for each of its files."""
    reason, message = _ENDINGS[lost.fault]
    seconds = round(lost.seconds / len(image.files), 3)
    return ImageOutcome(
        tuple(
            FileRow(
                file.public_path, file.sop_instance_uid, Status.FAILED, reason, message.format(lost.detail), seconds
            )
            for file in image.files
        )
    )


_ENDINGS: Final = MappingProxyType(
    {
        Fault.TIME: (
            Reason.TIMED_OUT,
            (
                "The time limit of {} passed before this file was judged: its decoder hangs, or the disk does. "
                "Allow more with --time-limit, or export it in another transfer syntax."
            ),
        ),
        Fault.MEMORY: (
            Reason.OUT_OF_MEMORY,
            (
                "This file needed more memory than the limit of {}, also with no other file beside it. "
                "Run it on a machine with more, or allow more with --memory-limit."
            ),
        ),
        Fault.CRASH: (
            Reason.CRASHED,
            (
                "The process that worked on this file crashed ({}), most likely in a decoder. "
                "Export it in another transfer syntax, and report the crash with the version."
            ),
        ),
        Fault.KILLED: (
            Reason.CRASHED,
            (
                "The process that worked on this file was killed from outside ({}) twice, the second time alone: "
                "most likely the system ran out of memory. Run it on a machine with more."
            ),
        ),
    }
)


class _WriteProblem(Exception):  # noqa: N818 - not an error of the file
    """The folder of the run did not take a file."""


def _settle(
    file: PlannedFile, earlier: list[Path], order: WorkOrder, *, may_judge: bool
) -> tuple[Status, Reason | None, str | None]:
    """Say what becomes of one file, given those that came before it under the same UID."""
    try:
        if any(_are_equal(other, file.path) for other in earlier):
            return Status.SKIPPED, Reason.DUPLICATE, "An exact copy of another file of this run, which stands for both."
        if may_judge:
            _write(_judge(file, order), order.folder)
            return Status.JUDGED, None, None
        read_mammogram(file.path, dicom_settings(order.config))
    except SkippedImage as skipped:
        return Status.SKIPPED, skipped.reason, skipped.message
    except ImageError as failure:
        return Status.FAILED, failure.reason, failure.message
    except _WriteProblem:
        raise
    except Exception as error:  # noqa: BLE001 - one file must never end the run
        return Status.FAILED, Reason.INTERNAL_ERROR, describe_fault(error)
    message = (
        "Another file of this run has the same SOP Instance UID and other content, and that one was judged. "
        "Find out which is the right one, and remove the other."
    )
    return Status.FAILED, Reason.UID_COLLISION, message


def _are_equal(first: Path, second: Path) -> bool:
    try:
        return filecmp.cmp(first, second, shallow=False)
    except OSError:
        return False


def _write(outputs: dict[str, bytes], folder: Store) -> None:
    try:
        for place, content in outputs.items():
            folder.write(place, content)
    except OSError as error:
        raise _WriteProblem(error.strerror or type(error).__name__) from None


def dicom_settings(config: Config) -> DicomSettings:
    """Gather what the DICOM door needs to know."""
    return DicomSettings(admit=config.admit, spacing=config.spacing, read=config.read, privacy=config.privacy)


def _judge(file: PlannedFile, order: WorkOrder) -> dict[str, bytes]:
    """Everything that is to be written of one image, by place; the result is last, so that where it is, all is."""
    config = order.config
    mammogram = read_mammogram(file.path, dicom_settings(config))
    names = file.pseudonyms
    if mammogram.identity.sop_instance_uid != (file.sop_instance_uid if names is None else names.original_uid):
        message = "the plan and the reader disagree on the UID"
        raise RuntimeError(message)
    if names is not None:
        mammogram = replace(mammogram, identity=names.put_on(mammogram.identity))
    uid = mammogram.identity.sop_instance_uid
    report = analyse(mammogram, config)
    outputs, placement = _draw(mammogram, report, order)
    if config.outputs.candidates:
        outputs[order.folder.place(CANDIDATES, uid, ".json").as_posix()] = encode(candidates_to_json(report))
    document = to_json(report, order.provenance, placement)
    result = order.folder.place(RESULTS, uid, ".json").as_posix()
    outputs[details_path(result)] = render_details(document, result)
    outputs[result] = encode(document)
    return outputs


def _draw(mammogram: Mammogram, report: Report, order: WorkOrder) -> tuple[dict[str, bytes], OverlayPlacement | None]:
    """Give the pictures of an image, if the settings ask for them."""
    config, folder, uid = order.config, order.folder, report.identity.sop_instance_uid
    wanted = config.outputs.overlays
    if wanted == "none" or (wanted == "findings" and not report.calcifications):
        return {}, None
    rendered = render_overlay(mammogram, report, config.overlay)
    content, ending = encode_overlay(rendered, config.overlay)
    place = folder.place(OVERLAYS, uid, ending).as_posix()
    pictures = {place: content}
    if config.outputs.thumbnails:
        pictures[folder.place(THUMBNAILS, uid, ".jpg").as_posix()] = encode_thumbnail(rendered, config.overlay)
    return pictures, OverlayPlacement(place, rendered.scale, rendered.offset)


def describe_fault(error: BaseException) -> str:
    """Describe an unforeseen failure by its type and its place in this package: no data, no path of this machine."""
    place = "an unknown place"
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(_PACKAGE):
            place = f"{path.relative_to(_PACKAGE.parent).as_posix()}, line {frame.lineno}"
    return f"A fault of this program: {type(error).__name__} in {place}. Please report it, with the version."
