"""`mc.open_run`: a run in a folder, with its results, its tables and the status of every file."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from mammocalc.api.arguments import as_whole, worded_as_called
from mammocalc.api.frames import frame_of_rows, read_frame
from mammocalc.api.notebook import run_to_html
from mammocalc.api.paths import require_folder_path
from mammocalc.api.result import Result
from mammocalc.execution.resume import require_record
from mammocalc.model import FileRow
from mammocalc.results.file_rows import read_rows
from mammocalc.results.layout import ROWS, result_files, study_files
from mammocalc.results.parse import parse_json
from mammocalc.results.study_from_json import study_from_json
from mammocalc.vocabulary.errors import MammocalcError, ResultError, UsageError
from mammocalc.vocabulary.lexicon import Status

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pandas as pd
    from PIL.Image import Image as Picture

    from mammocalc.execution.comparing.request import CompareSummary
    from mammocalc.execution.export.request import ExportSummary
    from mammocalc.results.result import Result as Stored


class Run:
    """
    A run: the results of many images, and the status of every file.

    Iterating gives the `Result` of each analysed image, in the order of the tables: by SOP Instance UID. Each is read
    only when it is needed.

    Parameters
    ----------
    path : Path
        Its folder.
    record : mapping
        Its ``run.json``.

    Attributes
    ----------
    path : Path
        As it was given.
    root : Path
        The same, absolute.
    record : mapping
        Version, configuration, state and totals, as ``run.json`` has them.
    """

    def __init__(self, path: Path, record: Mapping[str, Any]) -> None:
        self.path = path
        self.root = path.absolute()  # the caller may go elsewhere
        self.record = record
        self._files = {file.stem: file for file in result_files(path)}
        self._rows = read_rows(path / ROWS)
        self._paths = {str(row.key): row.path for row in self._rows if row.status is Status.ANALYSED}

    def images(self) -> pd.DataFrame:
        """
        Return a row for each analysed image.

        Returns
        -------
        DataFrame
            What stands in ``tables/images.csv``: UIDs and keys are text, counts whole numbers. All columns are there
            also where there is no row.

        Raises
        ------
        UsageError
            If pandas is not installed, or the run wrote no tables.
        """
        return read_frame(self.root, "images")

    def calcifications(self) -> pd.DataFrame:
        """Return a row for each calcification, as `images` does."""
        return read_frame(self.root, "calcifications")

    def clusters(self) -> pd.DataFrame:
        """Return a row for each cluster, as `images` does."""
        return read_frame(self.root, "clusters")

    def findings(self) -> pd.DataFrame:
        """
        Return a row for each finding of a breast and each cluster that shows it, as `images` does.

        With ``p_link`` and ``reasons`` of the surest link to another view; `studies` gives all of them.
        """
        return read_frame(self.root, "findings")

    def studies(self) -> tuple[dict[str, Any], ...]:
        """
        Return the document of each study: findings over views, the word of each breast, and missing views.

        Returns
        -------
        tuple of dict
            What stands in ``studies/*.json``, by the UID of the study. Empty for a run that wrote none.

        Raises
        ------
        UsageError
            If one of them cannot be read.
        """
        return tuple(self._read_study(self.root / file) for file in study_files(self.root))

    def files(self) -> pd.DataFrame:
        """
        Return a row for each input file: its status, and the reason.

        Returns
        -------
        DataFrame
            What stands in ``files.jsonl``; skipped and failed files have their ``reason`` and a ``message``.
        """
        dtypes: dict[str, str | type] = {
            field.name: {"seconds": "float64", "frame": "Int64"}.get(field.name, str) for field in fields(FileRow)
        }
        return frame_of_rows((asdict(row) for row in self._rows), dtypes)

    def export(self, images: str | os.PathLike[str], out: str | os.PathLike[str], **options: Any) -> ExportSummary:
        """
        Write the results as DICOM objects; `mammocalc.export` with this run.

        Parameters
        ----------
        images : str or Path
            Where the DICOM files of the run are now.
        out : str or Path
            A folder of its own: these files name the patient.
        **options
            ``to``, ``manufacturer``, ``model``, ``salt_file``, ``comparison`` and ``prior_run``.

        Raises
        ------
        UsageError, OutputError, StoppedError
            As `mammocalc.export`.
        """
        from mammocalc.api.export import export  # noqa: PLC0415 - it knows runs, too

        return export(self, images, out, **options)

    def compare(
        self, prior: Run | str | os.PathLike[str] | None = None, *, out: str | os.PathLike[str], **options: Any
    ) -> CompareSummary:
        """
        Compare its images with those of an earlier date; `mammocalc.compare` with this run.

        Parameters
        ----------
        prior : Run, str, Path or None
            The run of the earlier date, if it is another.
        out : str or Path
            A folder of its own.
        **options
            ``images``, ``pairs``, ``workers``, ``force`` and ``salt_file``.

        Raises
        ------
        UsageError, OutputError, OutputLostError
            As `mammocalc.compare`.
        """
        from mammocalc.api.comparison import compare  # noqa: PLC0415 - it knows runs, too

        return compare(self, prior, out=out, **options)

    def __len__(self) -> int:
        """Count the analysed images."""
        return len(self._files)

    def __contains__(self, image: object) -> bool:
        """Tell whether there is a result of an image: of its key (as a rule its UID), a `Result` or an `Image`."""
        return getattr(image, "key", image) in self._files

    def __iter__(self) -> Iterator[Result]:
        """Read one result after the other."""
        return map(self._read, self._files.values())

    def __getitem__(self, key: int | str) -> Result:
        """Give the result of an image by its key (as a rule its SOP Instance UID), or by its place in the tables."""
        if isinstance(key, str):
            found = self._files.get(key)
            if found is None:
                message = f"{self.path} holds no result of {key}; files() says what became of every file"
                raise KeyError(message)
            return self._read(found)
        place = as_whole(key)
        if place is None:
            message = f"the key is of the type {type(key).__name__}: give a SOP Instance UID, or a place in the tables"
            raise UsageError(message)
        return self._read(list(self._files.values())[place])

    def _read(self, file: Path) -> Result:
        """Read a result; UsageError where it is none."""
        document = _read_document(self.root / file)
        try:
            return Result(document, self._open_overlay, self._paths.get(file.stem))
        except MammocalcError as error:
            message = f"{self.path / file} is no result ({error}): repeat the run"
            raise UsageError(message) from error

    def _read_study(self, file: Path) -> dict[str, Any]:
        """Read the document of a study; UsageError where it is none."""
        document = _read_document(file)
        try:
            study_from_json(document)
        except MammocalcError as error:
            message = f"{file} is no study ({error}): repeat the run"
            raise UsageError(message) from error
        return document

    def _open_overlay(self, stored: Stored) -> Picture:
        """Read the picture that the run wrote."""
        from PIL import Image as Pictures  # noqa: PLC0415 - only those who look need it

        if stored.overlay is None:
            message = (
                "the run wrote no overlay of this image (outputs.overlays). Analyse its file to draw one: "
                "analyse(path).overlay()"
            )
            raise UsageError(message)
        file = stored.overlay.file_in(self.root)
        if file is None:
            message = f"the overlay of {stored.report.identity.sop_instance_uid} does not lie in the folder of its run"
            raise UsageError(message)
        try:
            with Pictures.open(file) as picture:
                return picture.convert("RGB")
        except OSError:
            message = (
                f"{self.root / stored.overlay.path} cannot be read as a picture: repeat the run, which makes it again"
            )
            raise UsageError(message) from None

    def __repr__(self) -> str:
        """One line: where it lies, how many files became what, and whether it came to its end."""
        statuses = Counter(row.status for row in self._rows)
        counted = f"{len(self)} analysed, {statuses[Status.SKIPPED]} skipped, {statuses[Status.FAILED]} failed"
        state = self.record.get("state")
        return f"<Run {str(self.path)!r}: {counted}{'' if state == 'finished' else f'; {state}'}>"

    def _repr_html_(self) -> str:
        """Show the images and the failures in a notebook."""
        return run_to_html(repr(self)[1:-1], (result.stored for result in self), self._rows)


def _read_document(file: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = parse_json(file.read_bytes())
    except (OSError, ResultError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        message = f"{file} cannot be read ({why}): repeat the run"
        raise UsageError(message) from error
    return document


def open_run(folder: str | os.PathLike[str]) -> Run:
    """
    Open a finished run, made by `run` or by the command line.

    Parameters
    ----------
    folder : str or Path
        The folder of the run.

    Returns
    -------
    Run

    Raises
    ------
    UsageError
        If there is no run.
    """
    path = require_folder_path(folder, "folder")
    if not path.is_dir():
        what = "is a file" if path.exists() else "does not exist"
        message = f"{path} {what}: give the folder that out of the run named"
        raise UsageError(message)
    with worded_as_called():
        return Run(path, require_record(path))
