"""`mc.run`: `mammocalc run` as a call."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from mammocalc.api.arguments import as_whole, require_force, require_workers, worded_as_called
from mammocalc.api.configuration import DEFAULT, resolve
from mammocalc.api.finished_run import Run, open_run
from mammocalc.api.paths import require_folder_path
from mammocalc.execution.batch import run as run_engine
from mammocalc.execution.run_options import RunRequest
from mammocalc.execution.workers.resource_limits import Limits
from mammocalc.vocabulary.errors import StoppedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mammocalc.execution.run_options import Progress


def run(
    inputs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    config: object = DEFAULT,
    *,
    workers: int | None = None,
    force: bool = False,
    time_limit_s: float | None = None,
    memory_limit_mib: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    **settings: Any,
) -> Run:
    """
    Analyse every mammogram of some folders and files, and write the files of a run.

    The same call continues where it stopped, and adds new files.

    Parameters
    ----------
    inputs : str, Path or several of them
        Folders of any depth, DICOM files and DICOMDIRs.
    out : str or Path
        The folder of the run, made if needed.
    config : str, Path or Config
        The name of a configuration that comes with the program, a YAML file, or a `Config`.
    workers : int or None
        Number of worker processes; None is one per processor, fewer if memory is short.
    force : bool
        Replace a run of another configuration or version in ``out``.
    time_limit_s : float or None
        Longest time for one file; None for 600 seconds.
    memory_limit_mib : int or None
        Most memory of one worker; None shares what is free.
    on_progress : callable or None
        Called after every step with ``stage``, ``done``, ``total`` and ``row``.
    **settings
        Single settings by their paths, such as ``**{"detect.threshold_sigma": 7}``.

    Returns
    -------
    Run
        Even if files failed: each is a row of `Run.files`.

    Raises
    ------
    UsageError
        If the inputs hold nothing, or ``out`` another run. Nothing was done.
    ConfigurationError
        If the configuration has mistakes. Nothing was done.
    OutputError
        If the folder cannot take the results. Nothing was done.
    StoppedError
        If the run could not go on. What it wrote is whole, and the same call continues.
    """
    given = [inputs] if isinstance(inputs, str | bytes | os.PathLike) else list(_several(inputs))
    folder = require_folder_path(out, "out")
    if on_progress is not None and not callable(on_progress):
        message = f"on_progress is of the type {type(on_progress).__name__}: give what can be called with a step"
        raise UsageError(message)
    request = RunRequest(
        inputs=tuple(require_folder_path(item, "inputs") for item in given),
        out=folder,
        resolved=resolve(config, settings),
        workers=require_workers(workers),
        force=require_force(force, "an earlier run"),
        limits=_limits(time_limit_s, memory_limit_mib),
    )
    with worded_as_called():
        summary = run_engine(request, on_progress or (lambda _step: None))
    if summary.stopped_because is not None:
        message = f"the run in {folder} stopped: {summary.stopped_because}. The same call continues where it stopped"
        raise StoppedError(message)
    return open_run(folder)


def _several(inputs: object) -> Iterable[Any]:
    try:
        return iter(inputs)  # type: ignore[call-overload, no-any-return]
    except TypeError:
        message = f"inputs is of the type {type(inputs).__name__}: give a folder, a file, or a list of them"
        raise UsageError(message) from None


def _limits(time_limit_s: float | None, memory_limit_mib: int | None) -> Limits:
    """Give the limits of a worker."""
    whole = as_whole(memory_limit_mib)
    given = {"time_seconds": time_limit_s, "memory_mib": memory_limit_mib if whole is None else whole}
    try:
        return Limits(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValueError:
        message = (
            f"time_limit_s={time_limit_s!r}, memory_limit_mib={memory_limit_mib!r}: give seconds above 0, and whole "
            "MiB from 64 on"
        )
        raise UsageError(message) from None
