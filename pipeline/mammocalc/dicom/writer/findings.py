"""Which findings of a result are written, in which order, and under which names: the same in every object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mammocalc.model.letters import ranked_clusters
from mammocalc.vocabulary.lexicon import CalcificationSize, Flag
from mammocalc.vocabulary.uid import derive_uid

if TYPE_CHECKING:
    from mammocalc.dicom.writer.codes import Code
    from mammocalc.dicom.writer.records import RunFacts, StudyImage
    from mammocalc.model import Calcification, Cluster, Report

from mammocalc.dicom.writer.codes import MORPHOLOGIES, SIZES


@dataclass(frozen=True, slots=True)
class Tracking:
    """By which name and UID a finding is known in every object of a run."""

    identifier: str
    uid: str


@dataclass(frozen=True, slots=True)
class Findings:
    """
    What was found in one image, as it is written.

    Attributes
    ----------
    clusters : tuple of (Cluster, tuple of Calcification)
        Those that are shown, by rank, each with its members.
    singles : tuple of Calcification
        All others, those in arteries included, by number.
    """

    clusters: tuple[tuple[Cluster, tuple[Calcification, ...]], ...]
    singles: tuple[Calcification, ...]

    @property
    def all(self) -> tuple[Calcification, ...]:
        """Every calcification, each once."""
        return (*(item for _, members in self.clusters for item in members), *self.singles)


def findings_of(report: Report) -> Findings:
    """Sort the calcifications of a report into clusters that are shown, and single ones."""
    by_number = {item.number: item for item in report.calcifications}
    clusters = tuple(
        (cluster, tuple(by_number[number] for number in cluster.members)) for cluster in ranked_clusters(report)
    )
    grouped = {item.number for _, members in clusters for item in members}
    return Findings(clusters, tuple(item for item in report.calcifications if item.number not in grouped))


def track(image: StudyImage, facts: RunFacts, what: str, number: int) -> Tracking:
    """
    Name a finding.

    Parameters
    ----------
    image : StudyImage
    facts : RunFacts
    what : str
        ``cluster`` or ``calcification``.
    number : int
        Its id in the result.

    Returns
    -------
    Tracking
        The UID ties the objects of one run together, and no two runs of other settings, whose numbers mean others.
    """
    run = f"{facts.version} {facts.configuration_digest}"
    return Tracking(f"{what} {number}", derive_uid(f"{what} {number} {image.source.sop_instance_uid} {run}"))


def types_of(item: Calcification) -> list[Code]:
    """Give the codes of what a calcification looks like, and of its size."""
    shape = None if item.morphology is None else MORPHOLOGIES.get(item.morphology.label)
    size = None if item.size is None else SIZES[item.size]
    return [code for code in (shape, size) if code is not None]


def layer_of(item: Calcification) -> str:
    """Name the layer of a calcification: its artery before its size."""
    if Flag.VASCULAR in item.flags:
        return "VASCULAR"
    if item.size is None:
        return "SIZE UNKNOWN"
    return "MACRO" if item.size is CalcificationSize.MACRO else "MICRO"
