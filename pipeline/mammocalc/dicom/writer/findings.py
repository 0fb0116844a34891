"""Findings of a result in the order and with the names that all objects share."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from mammocalc.dicom.writer import codes
from mammocalc.model.letters import ranked_clusters
from mammocalc.vocabulary.lexicon import CalcificationSize, Flag
from mammocalc.vocabulary.uid import derive_uid

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from mammocalc.dicom.writer.codes import Code
    from mammocalc.dicom.writer.records import RunFacts, StudyContent, StudyImage
    from mammocalc.model import Calcification, Cluster, Finding, Report
    from mammocalc.vocabulary.lexicon import Distribution


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
    return Tracking(f"{what} {number}", derive_uid(f"{what} {number} {image.source.key} {run}"))


def track_change(image: StudyImage, prior: StudyImage, facts: RunFacts, what: str, number: int) -> Tracking:
    """Name what became of a finding since a prior image, as `track` does."""
    of_prior = f"since {prior.source.key}"
    uid = derive_uid(f"{track(image, facts, what, number).uid} {of_prior}")
    return Tracking(f"change of {what} {number}", uid)


def track_finding(name: str, content: StudyContent) -> Tracking:
    """Name a finding over several views, as `track` does."""
    run = f"{content.facts.version} {content.facts.configuration_digest}"
    return Tracking(f"finding {name}", derive_uid(f"finding {name} {content.study_instance_uid} {run}"))


def seen_in_several(
    content: StudyContent, clusters: Container[tuple[str, int]]
) -> Iterator[tuple[Finding, list[tuple[str, int]]]]:
    """Give the findings that are seen in several images, each with those of ``clusters`` that it joins."""
    for finding in content.findings:
        joined = [key for one in finding.sightings if (key := (one.sop_instance_uid, one.cluster)) in clusters]
        if len({uid for uid, _ in joined}) > 1:
            yield finding, joined


def names_of_clusters(content: StudyContent) -> dict[tuple[str, int], str]:
    """Give the names of the findings in which clusters are seen, by the UID of an image's result and the cluster."""
    return {(one.sop_instance_uid, one.cluster): item.name for item in content.findings for one in item.sightings}


def types_of(item: Calcification) -> list[Code]:
    """Give the codes of what a calcification looks like, and of its size."""
    shape = None if item.morphology is None else codes.MORPHOLOGIES.get(item.morphology.label)
    size = None if item.size is None else codes.SIZES[item.size]
    return [code for code in (shape, size) if code is not None]


COLOURS: Final[Mapping[CalcificationSize | None, tuple[int, int, int]]] = MappingProxyType(
    {
        CalcificationSize.MICRO: (45400, 28579, 23766),
        CalcificationSize.MACRO: (35976, 44539, 49401),
        None: (61800, 32768, 32303),
    }
)
"""Of a calcification by its size, as DICOM holds a colour (CIELab, PCS); None where the image has no pixel spacing."""


def layer_of(item: Calcification) -> str:
    """Name the layer of a calcification: its artery before its size."""
    if Flag.VASCULAR in item.flags:
        return "VASCULAR"
    if item.size is None:
        return "SIZE UNKNOWN"
    return "MACRO" if item.size is CalcificationSize.MACRO else "MICRO"


def measures_of(item: Calcification) -> Iterator[tuple[Code, float, Code]]:
    """Give the sizes of a calcification in the breast, each with its name and units; none that is null or 0."""
    for name, value, units in (
        (codes.DIAMETER, item.diameter_mm, codes.MILLIMETRE),
        (codes.LONG_AXIS, item.length_mm, codes.MILLIMETRE),
        (codes.SHORT_AXIS, item.width_mm, codes.MILLIMETRE),
        (codes.AREA, item.area_mm2, codes.SQUARE_MILLIMETRE),
    ):
        if value:
            yield name, value, units


def measures_of_cluster(cluster: Cluster) -> Iterator[tuple[Code, float, Code]]:
    """Give the number of a cluster's members and its sizes, each with its name and units."""
    yield codes.NUMBER_OF_CALCIFICATIONS, len(cluster.members), codes.NO_UNITS
    if cluster.extent_mm:
        yield codes.LONG_AXIS, cluster.extent_mm, codes.MILLIMETRE
    if cluster.area_mm2:
        yield codes.AREA, cluster.area_mm2, codes.SQUARE_MILLIMETRE


def words_of_cluster(cluster: Cluster) -> Iterator[tuple[Code, Code]]:
    """Give the codes of a cluster's morphology and of its distribution, each with its name, where there are any."""
    shape = None if cluster.morphology is None else codes.MORPHOLOGIES.get(cluster.morphology.label)
    if shape is not None:
        yield codes.CALCIFICATION_TYPE, shape
    yield from words_of_label(cluster.distribution.label)


def words_of_label(label: Distribution) -> Iterator[tuple[Code, Code]]:
    """Give the code of a distribution with its name; none where the label has none."""
    distribution = codes.DISTRIBUTIONS.get(label)
    if distribution is not None:
        yield codes.CALCIFICATION_DISTRIBUTION, distribution
