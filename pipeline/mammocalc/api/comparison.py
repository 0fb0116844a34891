"""`mc.compare`: `mammocalc compare` as a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.api.arguments import require_force, require_workers, worded_as_called
from mammocalc.api.finished_run import Run, open_run
from mammocalc.api.paths import path_or_none, require_folder_path
from mammocalc.execution.comparing.batch import compare_runs
from mammocalc.execution.comparing.request import CompareRequest, CompareSummary

if TYPE_CHECKING:
    import os


def compare(
    run: Run | str | os.PathLike[str],
    prior: Run | str | os.PathLike[str] | None = None,
    *,
    out: str | os.PathLike[str],
    images: str | os.PathLike[str] | None = None,
    pairs: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    force: bool = False,
    salt_file: str | os.PathLike[str] | None = None,
) -> CompareSummary:
    """
    Compare the images of each patient with those of an earlier date.

    Parameters
    ----------
    run : Run, str or Path
        A finished run, or its folder.
    prior : Run, str, Path or None
        The run of the earlier date, if it is not ``run``.
    out : str or Path
        A folder of its own, made if needed. The same call continues where it stopped.
    images : str, Path or None
        The folder of the DICOM files. Without it nothing is called new or gone.
    pairs : str, Path or None
        A CSV with the columns current and prior (SOP Instance UIDs), if dates are unknown.
    workers : int or None
        Number of worker processes; None is one per processor.
    force : bool
        Replace another comparison in ``out``.
    salt_file : str, Path or None
        File with the secret salt of the runs, if they hashed their UIDs.

    Returns
    -------
    CompareSummary
        How many ``pairs`` were compared, the ``changes`` that are said, and what was ``unpaired`` or ``failed``, and
        why. The files in ``out`` hold the rest.

    Raises
    ------
    UsageError
        If there is no run, no pair, or no such file. Nothing was done.
    OutputError, OutputLostError
        If the folder cannot be written to.
    """
    opened = run if isinstance(run, Run) else open_run(run)
    before = prior if isinstance(prior, Run) or prior is None else open_run(prior)
    request = CompareRequest(
        run=opened.root,
        out=require_folder_path(out, "out"),
        prior_run=None if before is None else before.root,
        images=path_or_none(images, "images"),
        pairs=path_or_none(pairs, "pairs", "a file"),
        workers=require_workers(workers),
        force=require_force(force, "another comparison"),
        salt_file=path_or_none(salt_file, "salt_file", "a file"),
    )
    with worded_as_called():
        return compare_runs(request)
