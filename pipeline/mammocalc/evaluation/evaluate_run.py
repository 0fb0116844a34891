"""Evaluation of a run in a folder against a truth, written to another folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from mammocalc.config import uid_hasher
from mammocalc.evaluation.evaluation import Evaluation, evaluate
from mammocalc.evaluation.evaluation_cases import pair
from mammocalc.evaluation.folder import require_own, write_evaluation
from mammocalc.evaluation.run_folder import read_run
from mammocalc.evaluation.settings import ScoringSettings
from mammocalc.evaluation.truth import renamed
from mammocalc.evaluation.truth_files import read_truth
from mammocalc.files.claim import FolderClaim
from mammocalc.rendering.wording import many
from mammocalc.stages.clustering import GroupSettings, find_clusters
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from numpy.typing import NDArray

    from mammocalc.evaluation.cluster_metrics import FindClusters
    from mammocalc.evaluation.run_folder import FinishedRun
    from mammocalc.evaluation.truth import TruthSet


def evaluate_run(
    run: Path, truth: Path, out: Path, marked: Sequence[Path] = (), salt_file: Path | None = None
) -> Evaluation:
    """
    Score a finished run, and write the evaluation.

    Parameters
    ----------
    run : Path
        The folder of the run.
    truth : Path
        A file or folder that `read_truth` knows.
    out : Path
        The folder of the evaluation, made if needed.
    marked : sequence of Path
        Other runs of the same images, marked on the curves.
    salt_file : Path or None
        The file with the salt of the run, where the run hashed its UIDs.

    Returns
    -------
    Evaluation
        What was written.

    Raises
    ------
    UsageError
        If a folder holds no run, a marked one lacks images of the other, the UIDs of the run were hashed under a salt
        that is not given, or ``out`` holds files of somebody else under the names that are needed.
    TruthError
        If the truth cannot be read, or names none of the images of the run.
    OutputError
        If another command is writing to ``out``.
    """
    require_own(out)
    with FolderClaim(out, "folder of the evaluation") as claim:
        evaluation = score_run(run, truth, marked, salt_file)
        claim.check()
        write_evaluation(out, evaluation)
        claim.check()
    return evaluation


def score_run(run: Path, truth: Path, marked: Sequence[Path] = (), salt_file: Path | None = None) -> Evaluation:
    """
    Score a finished run, and write nothing.

    Parameters
    ----------
    run : Path
        The folder of the run.
    truth : Path
        A file or folder that `read_truth` knows.
    marked : sequence of Path
        Other runs of the same images, marked on the curves.
    salt_file : Path or None
        The file with the salt of the run, where the run hashed its UIDs.

    Returns
    -------
    Evaluation

    Raises
    ------
    UsageError
        As `evaluate_run`.
    """
    finished = read_run(run)
    named = _as_named_in(finished, read_truth(truth, finished.uid_of_file), salt_file)
    others = [read_run(folder) for folder in marked]
    for folder, other in zip(marked, others, strict=True):
        _require_same_images(named, finished, folder, other)
    return evaluate(finished, named, ScoringSettings(), _clusters_as_drawn(finished.configuration), others)


def _require_same_images(truth: TruthSet, run: FinishedRun, folder: Path, other: FinishedRun) -> None:
    """Raise UsageError where a run that is to be marked lacks images of the curve."""
    ours, theirs = ({case.truth.uid for case in pair(truth, one).cases} for one in (run, other))
    if lacking := len(ours - theirs):
        message = (
            f"{folder} cannot be marked on the curves: of the {many(len(ours), 'image')} that are scored it lacks "
            f"{lacking}, so that its figures would be of others. Give a run of the same images."
        )
        raise UsageError(message)


def _as_named_in(run: FinishedRun, truth: TruthSet, salt_file: Path | None) -> TruthSet:
    """Name the images of a truth as the run does; raise UsageError where the salt for that is missing."""
    known = {**run.images, **run.not_analysed}
    public = uid_hasher(run.configuration, salt_file)
    if public is not None:
        return renamed(truth, known, public)
    if truth.images and known.keys().isdisjoint(truth.images):
        message = (
            "The UIDs of this run were hashed under a secret salt (privacy.uids: hash), so that the truth's are not "
            "among them. Give the salt of the run with --salt-file FILE."
        )
        raise UsageError(message)
    return renamed(truth, known, str)


def _clusters_as_drawn(configuration: Mapping[str, Any]) -> FindClusters:
    """Draw clusters by the settings of the run, for curves that go below its threshold."""
    told = configuration.get("group", {})
    try:
        settings = GroupSettings(**{name: told[name] for name in GroupSettings.model_fields if name in told})
    except (ValidationError, TypeError):
        message = "The settings in run.json are not what a run of mammocalc writes: repeat the run with --force."
        raise UsageError(message) from None

    def find(points_mm: NDArray[Any]) -> list[Any]:
        return [group.members for group in find_clusters(points_mm, settings)]

    return find
