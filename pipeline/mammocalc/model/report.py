"""Report of one image, and the row of one file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mammocalc.vocabulary.image_key import image_key, place_in_run
from mammocalc.vocabulary.lexicon import CalcificationSize, Flag, Medium

if TYPE_CHECKING:
    from mammocalc.model.anatomy import BreastSummary, Nipple
    from mammocalc.model.findings import Calcification, Candidate, Cluster, DistributionCall, Vessel
    from mammocalc.model.image import ImageIdentity
    from mammocalc.vocabulary.geometry import PixelSpacing
    from mammocalc.vocabulary.lexicon import Reason, SpacingSource, Status


@dataclass(frozen=True, slots=True)
class Report:
    """
    Everything that was found in one image.

    ``presence`` grows with the certainty that the breast holds at least one
    calcification of any kind (0 to 1). ``medium`` is as what it was analysed.
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
    medium: Medium = Medium.DIGITAL
    vessels: tuple[Vessel, ...] = ()

    @property
    def counts(self) -> Counts:
        """How many of what are listed."""
        found = self.calcifications
        sizes = [item.size for item in found]
        return Counts(
            calcifications=len(found),
            micro=sizes.count(CalcificationSize.MICRO),
            macro=sizes.count(CalcificationSize.MACRO),
            size_unknown=sizes.count(None),
            vascular=sum(Flag.VASCULAR in item.flags for item in found),
            left_out=sum(item.left_out is not None for item in found),
            clusters=sum(not item.distribution.loose for item in self.clusters),
            loose_chains=sum(item.distribution.loose for item in self.clusters),
            vessels=len(self.vessels),
        )

    @property
    def known_nipple(self) -> Nipple | None:
        """The nipple where it is sure enough to be used."""
        return None if Flag.NIPPLE_UNCERTAIN in self.flags else self.breast.nipple

    @property
    def presence_level(self) -> float | None:
        """
        Presence on a scale from 0 to 10 that people can read and cut at.

        Half of five more than the log odds of the score: 2.5 at 0.5, 5 at
        0.9933, 7.5 at 0.99995; held within 0.1 and 9.9, for nothing is
        certain. The score itself is so close to 1 in most images that nobody
        sees its differences.
        """
        if self.presence is None:
            return None
        score = min(max(self.presence, 1e-9), 1 - 1e-9)
        level = (5 + math.log(score / (1 - score))) / 2
        return min(max(level, 0.1), 9.9)


@dataclass(frozen=True, slots=True)
class Counts:
    """
    How many of what are listed in one image.

    ``micro``, ``macro`` and ``size_unknown`` sum to ``calcifications``.
    ``vascular`` and ``left_out`` are of these, whatever their size. ``clusters``
    are those that are shown; loose chains are counted apart.
    """

    calcifications: int
    micro: int
    macro: int
    size_unknown: int
    vascular: int
    left_out: int
    clusters: int
    loose_chains: int
    vessels: int


@dataclass(frozen=True, slots=True)
class FileRow:
    """
    What became of one input file, or of one frame of it: a line of ``files.jsonl``.

    ``path`` is relative to the input it was found under, with forward slashes.
    ``reason`` is None for analysed files, unless the file has gone since (``gone``), ``message`` where nothing is to be
    said of them.
    ``content`` is the beginning of the SHA-256 of its bytes, None where they were not needed.
    ``seen`` is a keyed mark of its size and dates when it was settled, None where those cannot be trusted.
    ``volume`` is the same for all slices of one volume, and None for everything else.
    ``frame`` is the 0-based frame where the frames of a file are analysed one by one, and None for everything else.
    """

    path: str
    sop_instance_uid: str | None
    status: Status
    reason: Reason | None
    message: str | None
    seconds: float
    content: str | None = None
    seen: str | None = None
    volume: str | None = None
    frame: int | None = None

    @property
    def key(self) -> str | None:
        """The key of the image (`mammocalc.vocabulary.image_key`); None where the file has no UID."""
        return None if self.sop_instance_uid is None else image_key(self.sop_instance_uid, self.frame)

    @property
    def place(self) -> tuple[str, int]:
        """Its place in the order of a run (`mammocalc.vocabulary.image_key.place_in_run`)."""
        return place_in_run(self.path, self.frame)
