"""The result of one image, for programs and notebooks."""

from __future__ import annotations

import tempfile
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from mammocalc.api.frames import read_frame
from mammocalc.api.notebook import result_to_html, say_result
from mammocalc.api.paths import require_folder_path
from mammocalc.files.replacing import write_whole
from mammocalc.results.columns import RESULT_TABLES
from mammocalc.results.from_json import from_json
from mammocalc.results.layout import RESULTS, place_of
from mammocalc.results.tables import write_tables
from mammocalc.results.to_json import encode
from mammocalc.vocabulary.errors import OutputError, UsageError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

    import pandas as pd
    from PIL.Image import Image as Picture

    from mammocalc.model import Calcification, Cluster, DistributionCall, Report, Vessel
    from mammocalc.results.result import Provenance
    from mammocalc.results.result import Result as Stored
    from mammocalc.vocabulary.geometry import PixelSpacing
    from mammocalc.vocabulary.lexicon import Flag, Laterality, View


class Result:
    """
    What was found in one image.

    Numbers are rounded to what they mean, as in the files of a run: the same image gives the same result by `analyse`
    and by `run`.

    Parameters
    ----------
    document : mapping
        The result as JSON.
    draw : callable
        Gives the overlay of the record.
    path : str or None
        The file of the image, as a table shows it.

    Attributes
    ----------
    stored : mammocalc.results.result.Result
        All of it as a record.
    """

    def __init__(self, document: Mapping[str, Any], draw: Callable[[Stored], Picture], path: str | None = None) -> None:
        self.stored = from_json(document)
        self._document = document
        self._draw = draw
        self._path = path

    @property
    def report(self) -> Report:
        """What was found, as a record."""
        return self.stored.report

    @property
    def sop_instance_uid(self) -> str:
        """The SOP Instance UID of the image."""
        return self.report.identity.sop_instance_uid

    @property
    def key(self) -> str:
        """Its name in a run: the SOP Instance UID, with the frame number for one of several frames."""
        return self.report.identity.key

    @property
    def laterality(self) -> Laterality:
        """Which breast: L, R, B or unknown."""
        return self.report.identity.laterality

    @property
    def view(self) -> View:
        """Which view, as abbreviated in DICOM CID 4014, or unknown."""
        return self.report.identity.view

    @property
    def spacing(self) -> PixelSpacing | None:
        """Row and column spacing in the breast in mm; None without a believable one, and then no length is in mm."""
        return self.report.spacing

    @property
    def distribution(self) -> DistributionCall:
        """
        The distribution of the calcifications of the image.

        ``label`` is the word, and what it compares with: ``result.distribution == "grouped"``. ``probabilities``,
        ``reasons`` and ``evidence`` argue it.
        """
        return self.report.distribution

    @property
    def presence(self) -> float | None:
        """Certainty that there is any calcification, 0 to 1; not a probability."""
        return self.report.presence

    @property
    def presence_level(self) -> float | None:
        """The same on a scale from 0 to 10, on which differences are visible."""
        return self.stored.presence_level

    @property
    def calcifications(self) -> tuple[Calcification, ...]:
        """The reported calcifications, by number; empty if there are none."""
        return self.report.calcifications

    @property
    def clusters(self) -> tuple[Cluster, ...]:
        """Their clusters, by number, including loose chains, which no page shows."""
        return self.report.clusters

    @property
    def vessels(self) -> tuple[Vessel, ...]:
        """Calcified arteries, by number."""
        return self.report.vessels

    @property
    def flags(self) -> frozenset[Flag]:
        """Doubts about the image and its result; ``mammocalc.FLAG_SENTENCES`` says what each means."""
        return self.report.flags

    @property
    def provenance(self) -> Provenance:
        """Version, digest of the configuration, and operating point."""
        return self.stored.provenance

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON values, as the published schema describes them; a copy."""
        return deepcopy(dict(self._document))

    def to_json(self, path: str | os.PathLike[str] | None = None) -> str:
        """
        Return the result as JSON, and write it to a file if one is given.

        Parameters
        ----------
        path : str, Path or None
            A file that is written, or replaced; None writes none.

        Returns
        -------
        str
            The text that a run writes.

        Raises
        ------
        OutputError
            If the file cannot be written.
        """
        content = encode(self._document)
        if path is not None:
            file = require_folder_path(path, "path", "a file")
            try:
                write_whole(file, content)
            except OSError as error:
                raise OutputError(file, f"cannot be written ({error.strerror})") from error
        return content.decode()

    def to_frame(self, table: Literal["images", "calcifications", "clusters"] = "calcifications") -> pd.DataFrame:
        """
        Return the result as a table with the columns of a run.

        Parameters
        ----------
        table : {"calcifications", "clusters", "images"}
            A row for each calcification, for each cluster, or one for the image.

        Returns
        -------
        DataFrame
            Without rows, but with all columns, where there is nothing.

        Raises
        ------
        UsageError
            If there is no such table, or pandas is not installed.
        """
        if not isinstance(table, str) or table not in RESULT_TABLES:
            message = f"there is no table {table!r}: choose one of {', '.join(map(repr, RESULT_TABLES))}"
            raise UsageError(message)
        with tempfile.TemporaryDirectory(prefix="mammocalc-") as name:
            folder = Path(name)  # through the very file that a run writes, so that both are the same
            file = folder / place_of(RESULTS, self.key, ".json", 0)
            file.parent.mkdir()
            file.write_bytes(encode(self._document))
            write_tables(folder, {} if self._path is None else {self.key: self._path})
            return read_frame(folder, table)

    def overlay(self) -> Picture:
        """
        Draw the image with its findings.

        Returns
        -------
        PIL.Image.Image
            In RGB: ``save("a.png")`` writes it, ``numpy.asarray`` gives its pixels, and a notebook shows it.

        Raises
        ------
        UsageError
            If the picture cannot be had any more: its file was changed, or the run wrote none.
        """
        return self._draw(self.stored)

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        """Go from process to process as JSON."""
        return type(self), (self._document, self._draw, self._path)

    def __repr__(self) -> str:
        """One line: side, view, distribution, counts, presence, doubts."""
        doubts = f"; flags: {', '.join(sorted(self.flags))}" if self.flags else ""
        return f"<Result {say_result(self.stored)}{doubts}>"

    def _repr_html_(self) -> str:
        """Show the picture with its tables in a notebook; nothing is loaded from anywhere."""
        try:
            picture = self.overlay()
        except UsageError as error:
            return result_to_html(self.stored, None, str(error))
        return result_to_html(self.stored, picture)
