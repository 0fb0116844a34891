"""`mc.export`: `mammocalc export` as a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.api.arguments import worded_as_called
from mammocalc.api.finished_run import Run, open_run
from mammocalc.api.paths import path_or_none, require_folder_path
from mammocalc.dicom.writer import KINDS, Device
from mammocalc.execution.export.export import export as write_objects
from mammocalc.execution.export.request import ExportRequest, ExportSummary, parse_kinds
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable


def export(
    run: Run | str | os.PathLike[str],
    images: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    to: str | Iterable[str] = KINDS,
    manufacturer: str = "mammocalc",
    model: str = "mammocalc",
    salt_file: str | os.PathLike[str] | None = None,
    comparison: str | os.PathLike[str] | None = None,
    prior_run: str | os.PathLike[str] | None = None,
) -> ExportSummary:
    """
    Write the results of a run as DICOM objects, which name the patient as their images do.

    Parameters
    ----------
    run : Run, str or Path
        A finished run, or its folder.
    images : str or Path
        The folder of its DICOM files, which are matched by UID and content.
    out : str or Path
        A folder of its own, made if needed.
    to : str or several
        Kinds of objects: ``cad-sr``, ``gsps``, ``capture``, ``sr-1500``, ``seg``; a text may hold several, with commas.
    manufacturer : str
        Manufacturer of the objects. Some workstations show only those of manufacturers on a list.
    model : str
        Manufacturer's Model Name of the objects.
    salt_file : str, Path or None
        File with the secret salt of the run, if it hashed its UIDs.
    comparison : str, Path or None
        Folder that `mammocalc.compare` wrote for this run: changes since the priors become part of ``cad-sr``,
        ``gsps`` and ``sr-1500``.
    prior_run : str, Path or None
        The run of the earlier date, if it is not ``run``.

    Returns
    -------
    ExportSummary
        ``objects`` that were written, what was ``left_out`` and why, and ``notes``.

    Raises
    ------
    UsageError
        If the run, the images, the folder or an argument cannot be used. Nothing was done.
    OutputError
        If the folder cannot be made. Nothing was done.
    StoppedError
        If the folder takes no more. What is in it is whole, and the same call continues.
    """
    opened = run if isinstance(run, Run) else open_run(run)
    words = to.split(",") if isinstance(to, str) else [str(word) for word in _several(to)]
    request = ExportRequest(
        run=opened.root,
        images=require_folder_path(images, "images"),
        out=require_folder_path(out, "out"),
        kinds=parse_kinds(words),
        device=Device(manufacturer, model),
        salt_file=path_or_none(salt_file, "salt_file", "a file"),
        comparison=path_or_none(comparison, "comparison", "a folder"),
        prior_run=path_or_none(prior_run, "prior_run", "a folder"),
    )
    with worded_as_called():
        return write_objects(request)


def _several(to: Iterable[str]) -> Iterable[str]:
    try:
        return iter(to)
    except TypeError:
        message = f"to is of the type {type(to).__name__}: give kinds of objects, such as 'cad-sr,gsps'"
        raise UsageError(message) from None
