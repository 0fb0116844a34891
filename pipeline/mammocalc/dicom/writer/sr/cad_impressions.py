"""What a Mammography CAD SR says of a study: findings over its views, clusters and single calcifications (TID 4003)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.dicom.writer import codes
from mammocalc.dicom.writer.codes import dcm
from mammocalc.dicom.writer.findings import findings_of, track_finding
from mammocalc.dicom.writer.sr import items
from mammocalc.dicom.writer.sr.cad_findings import Finder, finding_of_cluster, finding_of_single
from mammocalc.dicom.writer.sr.items import CONTAINS, HAS_CONCEPT_MOD, HAS_PROPERTIES, INFERRED_FROM
from mammocalc.dicom.writer.sr.provenance import algorithm, known_as

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydicom.dataset import Dataset

    from mammocalc.dicom.writer.codes import Code
    from mammocalc.dicom.writer.records import StudyContent, StudyImage
    from mammocalc.dicom.writer.sr.items import Position
    from mammocalc.model import Calcification, Cluster, Finding

_IMPRESSION: Final = dcm(111034, "Individual Impression/Recommendation")
_COMPOSITE: Final = dcm(111015, "Composite Feature")
_RELATION: Final = dcm(111016, "Composite type")
_SPATIALLY: Final = dcm(111154, "Target Content Items are related spatially")
_SCOPE: Final = dcm(111057, "Scope of Feature")
_ON_MULTIPLE_IMAGES: Final = dcm(111158, "Feature detected on multiple images")

_Sighted = tuple["Cluster", tuple["Calcification", ...], Finder]


def impressions_of(
    content: StudyContent, images: Sequence[StudyImage], positions: Mapping[str, Position]
) -> Iterator[Dataset]:
    """
    Give a heading for each finding over several views, for each other cluster, and for the single ones of each image.

    Parameters
    ----------
    content : StudyContent
        Its findings say which clusters are one.
    images : sequence of StudyImage
        Those of the report, with results.
    positions : mapping of str to Position
        Where the images stand in the report, by SOP Instance UID.

    Yields
    ------
    Dataset
        Findings by their names; then clusters by image and rank; then single ones by image.
    """
    sighted: dict[tuple[str, int], _Sighted] = {}
    singles: list[Dataset] = []
    for image in images:
        if image.result is None:
            continue
        finder = Finder(image, content.facts, positions[image.source.sop_instance_uid])
        report = image.result.report
        found = findings_of(report)
        for cluster, members in found.clusters:
            sighted[report.identity.sop_instance_uid, cluster.number] = (cluster, members, finder)
        if found.singles:
            below = [finding_of_single(item, finder) for item in found.singles]
            singles.append(_impression(codes.PRESENTATION_OPTIONAL, below))
    for finding in content.findings:
        keys = [(one.sop_instance_uid, one.cluster) for one in finding.sightings]
        keys = [key for key in keys if key in sighted]
        if len({uid for uid, _ in keys}) > 1:
            yield _impression(
                codes.PRESENTATION_REQUIRED, [_composite(finding, [sighted.pop(key) for key in keys], content)]
            )
    for cluster, members, finder in sighted.values():
        yield _impression(codes.PRESENTATION_REQUIRED, [finding_of_cluster(cluster, members, finder)])
    yield from singles


def _impression(intent: Code, findings: Sequence[Dataset]) -> Dataset:
    below = [items.code(HAS_CONCEPT_MOD, codes.RENDERING_INTENT, intent), *findings]
    return items.container(INFERRED_FROM, _IMPRESSION, below)


def _composite(finding: Finding, sighted: Sequence[_Sighted], content: StudyContent) -> Dataset:
    """
    Give a finding over several views (TID 4004 and 4005): one feature, inferred from the clusters in which it is seen.

    The probability of a link is not that of the feature, so that no certainty is given.
    """
    words = [*codes.words_of_location(finding.location)]
    distribution = codes.DISTRIBUTIONS.get(finding.label)
    if distribution is not None:
        words.append((codes.CALCIFICATION_DISTRIBUTION, distribution))
    return items.code(
        CONTAINS,
        _COMPOSITE,
        codes.CALCIFICATION_CLUSTER,
        [
            items.code(HAS_CONCEPT_MOD, codes.RENDERING_INTENT, codes.PRESENTATION_REQUIRED),
            *known_as(track_finding(finding.name, content)),
            items.code(HAS_PROPERTIES, _RELATION, _SPATIALLY),
            items.code(HAS_PROPERTIES, _SCOPE, _ON_MULTIPLE_IMAGES),
            *algorithm(content.facts, HAS_PROPERTIES),
            *(items.code(HAS_PROPERTIES, name, value) for name, value in words),
            *(finding_of_cluster(cluster, members, finder, INFERRED_FROM) for cluster, members, finder in sighted),
        ],
    )
