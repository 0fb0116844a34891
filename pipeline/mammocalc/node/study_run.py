"""Analysis and export of one study, in a process of its own."""

from __future__ import annotations

import shutil
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pydicom.filereader import read_file_meta_info

from mammocalc.execution.batch import run
from mammocalc.execution.run_options import RunRequest
from mammocalc.files.claim import is_claimed
from mammocalc.node.content import UnfitInstanceError, read_instance
from mammocalc.node.objects import make_objects
from mammocalc.vocabulary.errors import MammocalcError, OutputError, UsageError
from mammocalc.vocabulary.lexicon import Status

if TYPE_CHECKING:
    from pathlib import Path

    from mammocalc.config import ResolvedConfig
    from mammocalc.node.objects import ObjectsWanted

EXPORT: Final = "export"


@dataclass(frozen=True, slots=True)
class StudyTask:
    """A study to analyse; ``before`` are the instances from which its last objects were made."""

    folder: Path
    images: Path
    run: Path
    objects: Path
    wanted: ObjectsWanted
    resolved: ResolvedConfig
    workers: int
    before: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StudyOutcome:
    """
    What became of a study.

    Attributes
    ----------
    analysed, failed, skipped : int
        Images.
    judged : tuple of str
        Instances that were analysed or failed: what the objects speak of.
    objects : tuple of str
        SOP Instance UIDs of those that were written, each the name of its file.
    remarks : tuple of str
        On what was left out of the objects.
    problem : str
        Why there are none; empty where that is as it should be.
    is_lasting : bool
        Whether the same would come of a second try.
    """

    analysed: int = 0
    failed: int = 0
    skipped: int = 0
    judged: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    problem: str = ""
    is_lasting: bool = True


def process_study(task: StudyTask) -> StudyOutcome:
    """
    Analyse a study and write its objects.

    Returns
    -------
    StudyOutcome
        Whatever goes wrong on purpose; what does not is for whoever watches this process.
    """
    if len(_patients(task.images)) > 1:
        return StudyOutcome(problem="images of two patients carry the same Study Instance UID")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _process(task)
        except (OSError, OutputError):
            return StudyOutcome(problem="the disk of the spool does not take the results", is_lasting=False)
        except MammocalcError:  # its sentence may name paths
            return StudyOutcome(problem="its objects could not be written", is_lasting=False)


def _process(task: StudyTask) -> StudyOutcome:
    request = RunRequest((task.images,), task.run, task.resolved, task.workers)
    try:
        summary = run(request)
    except UsageError:
        if is_claimed(task.run):  # by what a killed node has left, which ends by itself
            return StudyOutcome(problem="its run is still being written by another process", is_lasting=False)
        # What lies there is a run of another version or configuration.
        shutil.rmtree(task.run)
        summary = run(request)
    if summary.stopped_because is not None:
        return StudyOutcome(problem="its run could not go on: the disk is full, or no worker starts", is_lasting=False)
    judged = [row for row in summary.rows if row.status in {Status.ANALYSED, Status.FAILED}]
    names = tuple(sorted(row.sop_instance_uid or row.path for row in judged))
    outcome = StudyOutcome(
        analysed=sum(row.status is Status.ANALYSED for row in judged),
        failed=sum(row.status is Status.FAILED for row in judged),
        skipped=len(summary.rows) - len(judged),
        judged=names,
    )
    shutil.rmtree(task.objects, ignore_errors=True)
    if not judged or frozenset(names) == task.before:
        return outcome
    task.objects.mkdir()
    made = make_objects(task.run, task.images, task.objects / EXPORT, task.wanted)
    uids = tuple(_named_by_uid(path, task.objects) for path in made.files)
    shutil.rmtree(task.objects / EXPORT)
    return replace(outcome, objects=uids, remarks=made.remarks)


def _named_by_uid(file: Path, folder: Path) -> str:
    """Put an object into a folder under its SOP Instance UID, and give that."""
    uid = str(read_file_meta_info(file).MediaStorageSOPInstanceUID)
    file.replace(folder / f"{uid}.dcm")
    return uid


def _patients(images: Path) -> set[tuple[str, ...]]:
    found = set()
    for path in images.glob("*.dcm"):
        try:
            found.add(read_instance(path).patient)
        except UnfitInstanceError:  # it was readable when it came: the run says what is wrong
            continue
    return found
