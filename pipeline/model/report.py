"""All of one image, and the row of one file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.geometry import PixelSpacing
    from pipeline.lexicon import Flag, Reason, SpacingSource, Status
    from pipeline.model.anatomy import BreastSummary
    from pipeline.model.findings import Calcification, Candidate, Cluster, DistributionCall
    from pipeline.model.image import ImageIdentity


@dataclass(frozen=True, slots=True)
class Report:
    """
    Everything that was found in one image.

    ``presence`` grows with the certainty that the breast holds at least one
    calcification of any kind (0 to 1).
    """

    identity: ImageIdentity
    spacing: PixelSpacing | None
    spacing_source: SpacingSource
    breast: BreastSummary
    presence: float | None
    calcifications: tuple[Calcification, ...]
    clusters: tuple[Cluster, ...]
    distribution: DistributionCall
    flags: frozenset[Flag]
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class FileRow:
    """
    What became of one input file: a line of ``files.jsonl``.

    ``path`` is relative to the input it was found under, with forward slashes.
    ``reason`` and ``message`` are None for judged files.
    """

    path: str
    sop_instance_uid: str | None
    status: Status
    reason: Reason | None
    message: str | None
    seconds: float
