"""Processing of one image in a worker, from DICOM to its outputs."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from mammocalc.analysis.image import analyse
from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.execution.content import digest_of, state_of, tag_of
from mammocalc.execution.fault import describe_fault
from mammocalc.execution.outputs import written
from mammocalc.execution.outputs.analysed_image import AnalysedImage
from mammocalc.execution.run_folder import out_of_room
from mammocalc.execution.volumes import volume_key
from mammocalc.execution.work_order import ImageOutcome, WorkOrder
from mammocalc.model import FileRow
from mammocalc.results.from_json import head_from_json
from mammocalc.results.layout import RESULTS
from mammocalc.results.parse import parse_json
from mammocalc.vocabulary.errors import ImageError, ImageSkippedError, ImageUnreadableError, OutputLostError
from mammocalc.vocabulary.lexicon import Reason, Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from mammocalc.config import Config
    from mammocalc.execution.content import State
    from mammocalc.execution.plan import PlannedFile, PlannedImage


def process_image(image: PlannedImage, order: WorkOrder) -> ImageOutcome:
    """
    Analyse one image and write its files.

    Of several files with one SOP Instance UID, the first that can be analysed is. Exact
    copies of an earlier one are skipped, and others fail: for their own fault if
    they have one, else for bearing the UID of another image. A file that changes while it
    is read is read again, and fails where it goes on changing.

    Returns
    -------
    ImageOutcome
        Whatever happens: this never raises. A failure that nobody foresaw
        becomes ``internal_error`` with its type and its place in the
        program, and without its message, which could quote the header.
    """
    rows: list[FileRow] = []
    earlier: set[str] = set()
    may_judge = True
    for file in image.files:
        started = time.perf_counter()
        try:
            verdict = _settle_unchanged(file, image, earlier, order, may_judge=may_judge)
        except _OutputRefusedError as problem:
            return ImageOutcome((), str(problem))
        if verdict.content is not None:
            earlier.add(verdict.content)
        may_judge = may_judge and verdict.status is not Status.ANALYSED
        seconds = round(time.perf_counter() - started, 3)
        rows.append(
            FileRow(
                file.public_path, file.sop_instance_uid, verdict.status, verdict.reason, verdict.message, seconds,
                verdict.content, verdict.seen, verdict.volume, file.frame,
            )
        )  # fmt: skip
    adopted = sum(row.status is Status.ANALYSED and row.content == image.source for row in rows)
    return ImageOutcome(tuple(rows), adopted=adopted)


def files_of(image: PlannedImage) -> int:
    """Count the files that say they are one image."""
    return len(image.files)


READINGS: Final = 3
"""How often a file is read that changes meanwhile; one that is still being written does so for longer."""

_MISSING: Final = (
    "The file was there when the run looked for files, and is not any more: it was moved, renamed or removed, or its "
    "disk was unmounted. Bring it back, and repeat the command."
)

_DUPLICATE: Final = "An exact copy of another file of this run, which stands for both."

_COLLISION: Final = (
    "Another file of this run has the same SOP Instance UID and other content, and that one was analysed. "
    "Find out which is the right one, and remove the other."
)

_CHANGED: Final = (
    "The file was exchanged or changed while the run went on, so nothing of it was analysed. "
    "Repeat the command when nothing writes to it any more."
)


class _OutputRefusedError(Exception):
    """The folder of the run did not take a file."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What becomes of a file; ``content``, ``seen`` and ``volume`` as in its row."""

    status: Status
    reason: Reason | None = None
    message: str | None = None
    content: str | None = None
    seen: str | None = None
    volume: str | None = None


def _settle_unchanged(
    file: PlannedFile, image: PlannedImage, earlier: AbstractSet[str], order: WorkOrder, *, may_judge: bool
) -> _Verdict:
    """Say what becomes of one file, and write what is to be written, all of it from one and the same content."""
    for _ in range(READINGS):
        try:
            before = _state(file.path)
            verdict, outputs = _settle(file, image, earlier, order, may_judge=may_judge)
            after = _state(file.path)
        except FileNotFoundError:
            return _Verdict(Status.FAILED, Reason.MISSING_FILE, _MISSING)
        if before == after:
            if outputs:
                _write(outputs, image, order)
            return verdict if before is None else replace(verdict, seen=tag_of(before, order.key))
    return _Verdict(Status.FAILED, Reason.CHANGED, _CHANGED)


def _state(path: Path) -> State | None:
    """Ask for the state of a file; None where it cannot be told, which the reader has words for."""
    try:
        return state_of(path)
    except FileNotFoundError:
        raise
    except (OSError, ValueError):
        return None


def _settle(
    file: PlannedFile, image: PlannedImage, earlier: AbstractSet[str], order: WorkOrder, *, may_judge: bool
) -> tuple[_Verdict, dict[str, bytes]]:
    """Say what becomes of one file, given the contents that came before it under the same UID, and what to write."""
    content = None
    try:
        if len(image.files) > 1 or image.source is not None:  # else what is skipped by its header need not be read
            content = _digest(file.path, order)
        if content in earlier:
            raise ImageSkippedError(Reason.DUPLICATE, _DUPLICATE)  # noqa: TRY301 - as the reader does
        if may_judge and content is not None and content == image.source:
            said = _said_of_analysed(_notes_of_result(image, order))
            return _Verdict(Status.ANALYSED, message=said, content=content), {}  # its result lies there, whole
        mammogram = read_mammogram(file.path, dicom_settings(order.config), frame=file.frame)
        names = file.pseudonyms
        if mammogram.identity.sop_instance_uid != (file.sop_instance_uid if names is None else names.original_uid):
            raise ImageUnreadableError(Reason.CHANGED, _CHANGED)  # noqa: TRY301 - as the reader does
        if names is not None:
            mammogram = replace(mammogram, identity=names.put_on(mammogram.identity))
        if not may_judge:
            raise ImageUnreadableError(Reason.UID_COLLISION, _COLLISION)  # noqa: TRY301 - as the reader does
        content = content or _digest(file.path, order)
        report = analyse(mammogram, order.config)
        outputs = written.write_outputs(AnalysedImage(mammogram, report, content, order))
        said = _said_of_analysed(mammogram.identity.notes)
        return _Verdict(Status.ANALYSED, message=said, content=content), outputs
    except ImageError as error:
        status = Status.SKIPPED if isinstance(error, ImageSkippedError) else Status.FAILED
        volume = _volume_of(file) if error.reason is Reason.TOMOSYNTHESIS else None
        which = "" if file.frame is None else f"Frame {file.frame + 1}: "
        return _Verdict(status, error.reason, which + error.message, content, volume=volume), {}
    except Exception as error:  # noqa: BLE001 - one file must never end the run
        return _Verdict(Status.FAILED, Reason.INTERNAL_ERROR, describe_fault(error), content), {}


def _volume_of(file: PlannedFile) -> str | None:
    """Give the key of the volume that a slice belongs to; None where its file names no series."""
    return None if file.pseudonyms is None else volume_key(file.pseudonyms.series_instance_uid)


def _said_of_analysed(notes: Sequence[str]) -> str | None:
    """Give what the row of a analysed file says: the notes of its result; None where there is nothing to be said."""
    return " ".join(notes) or None


def _notes_of_result(image: PlannedImage, order: WorkOrder) -> tuple[str, ...]:
    """Read the notes of a result that lies there whole."""
    place = order.folder.place(RESULTS, str(image.key), ".json")
    return head_from_json(parse_json(order.folder.read(place))).image.identity.notes


def _digest(path: Path, order: WorkOrder) -> str:
    """Fingerprint the content of a file; what keeps it from being read is told as the reader tells it."""
    try:
        return digest_of(path, order.key)
    except (OSError, ValueError) as error:
        read_mammogram(path, dicom_settings(order.config))
        why = getattr(error, "strerror", None) or "input/output error"
        message = f"The file cannot be read to its end: {why}. Check its permissions and its disk."
        raise ImageUnreadableError(Reason.UNREADABLE, message) from None


def _write(outputs: dict[str, bytes], image: PlannedImage, order: WorkOrder) -> None:
    """Write the files of an image; of another content's, its result goes first, and nothing stays."""
    folder, uid = order.folder, str(image.key)
    try:
        if image.source is not None:
            for output in written.OUTPUTS:
                places = [folder.place(output.kind, uid, ending).as_posix() for ending in output.endings]
                for place in places if output.kind == RESULTS else set(places) - set(outputs):
                    folder.remove(place)
        for place, content in outputs.items():
            folder.write(place, content)
    except OutputLostError as lost:
        raise _OutputRefusedError(str(lost)) from None
    except OSError as error:
        raise _OutputRefusedError(out_of_room(error)) from None


def dicom_settings(config: Config) -> DicomSettings:
    """Gather the settings of the DICOM reader."""
    return DicomSettings(admit=config.admit, spacing=config.spacing, read=config.read, privacy=config.privacy)
