"""The result of one image: report, provenance and overlay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from mammocalc.model.letters import letters_of
from mammocalc.results.association import association_of
from mammocalc.vocabulary.lexicon import NOTICE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mammocalc.model import Report
    from mammocalc.model.letters import Letters
    from mammocalc.results.association import Association


@dataclass(frozen=True, slots=True)
class Provenance:
    """
    How a result came to be: which software, which configuration, at which operating point, and from which content.

    ``source_digest`` is the beginning of the SHA-256 of the file that was analysed, 32 hexadecimal digits; None where
    there was no file.
    """

    software: str
    version: str
    configuration_digest: str
    operating_point: str
    source_digest: str | None = None


@dataclass(frozen=True, slots=True)
class OverlayPlacement:
    """
    Where an overlay lies, and how its pixels map to those of the stored image.

    The centre of the stored pixel (row, column) is drawn at ``x = offset[0] +
    scale * (column + 0.5)``, ``y = offset[1] + scale * (row + 0.5)``, in pixels
    of the overlay from its top-left corner. ``path`` is relative to the run's
    folder, with forward slashes.
    """

    path: str
    scale: float
    offset: tuple[float, float]

    def file_in(self, run: Path) -> Path | None:
        """Return its file in the folder of a run; None if its path leads outside, as a changed one may."""
        try:
            file = (run / self.path).resolve()
        except (OSError, RuntimeError, ValueError):  # a link in a circle, or a name that no system has
            return None
        return file if file.is_relative_to(run.resolve()) else None


@dataclass(frozen=True, slots=True)
class Result:
    """
    A report with how it came to be, and with what is said of it wherever it is shown.

    What `to_json` writes and `from_json` reads. Read back, numbers are rounded
    to what they mean, and ``report.candidates`` is empty: they have a document
    of their own.

    Attributes
    ----------
    report : Report
        What was found in one image.
    provenance : Provenance
        How it was found.
    overlay : OverlayPlacement or None
        None where no overlay was written.
    presence_level : float or None
        `Report.presence_level`, of the presence before it was rounded.
    letters : Letters
        By which overlay, tables and pages call clusters, vessels and single calcifications.
    associations : mapping of int to Association or None
        What was published of each cluster's descriptor when the result was written, by the cluster's number.
    notice : str
        What a result must not be used for.
    """

    report: Report
    provenance: Provenance
    overlay: OverlayPlacement | None
    presence_level: float | None
    letters: Letters
    associations: Mapping[int, Association | None]
    notice: str = NOTICE

    @classmethod
    def of(cls, report: Report, provenance: Provenance, overlay: OverlayPlacement | None = None) -> Self:
        """
        Make the result of an image that was analysed now.

        Parameters
        ----------
        report : Report
        provenance : Provenance
        overlay : OverlayPlacement or None
            None where no overlay is written.

        Returns
        -------
        Result
            With the letters of the report's findings, and today's published associations.
        """
        return cls(
            report,
            provenance,
            overlay,
            report.presence_level,
            letters_of(report),
            {cluster.number: association_of(cluster.distribution.label) for cluster in report.clusters},
        )
