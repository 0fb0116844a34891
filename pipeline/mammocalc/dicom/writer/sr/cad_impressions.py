"""Impressions of a study in a Mammography CAD SR: findings, clusters and single calcifications (TID 4003)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.dicom.writer import codes
from mammocalc.dicom.writer.change_words import say_calcification, say_clusters, say_rest
from mammocalc.dicom.writer.codes import dcm
from mammocalc.dicom.writer.findings import findings_of, seen_in_several, track_finding, words_of_label
from mammocalc.dicom.writer.sr import items
from mammocalc.dicom.writer.sr.cad_changes import (
    COMPOSITE,
    ON_MULTIPLE_IMAGES,
    RELATION,
    SCOPE,
    Sighting,
    feature_of_cluster,
    feature_of_single,
)
from mammocalc.dicom.writer.sr.cad_findings import finding_of_single
from mammocalc.dicom.writer.sr.items import CONTAINS, HAS_CONCEPT_MOD, HAS_PROPERTIES, INFERRED_FROM
from mammocalc.dicom.writer.sr.provenance import algorithm, known_as
from mammocalc.dicom.writer.sr.said import body_of_change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mammocalc.dicom.writer.change_words import Said
    from mammocalc.dicom.writer.codes import Code
    from mammocalc.dicom.writer.records import StudyContent
    from mammocalc.dicom.writer.sr.cad_changes import Since
    from mammocalc.dicom.writer.sr.cad_findings import Finder
    from mammocalc.dicom.writer.sr.encoding import Item
    from mammocalc.model import Calcification, Finding

_IMPRESSION: Final = dcm(111034, "Individual Impression/Recommendation")
_SPATIALLY: Final = dcm(111154, "Target Content Items are related spatially")


def impressions_of(content: StudyContent, finders: Sequence[Finder], sinces: Sequence[Since | None]) -> Iterator[Item]:
    """
    Give a heading for each finding over several views, for each other cluster, and for the single ones of each image.

    Parameters
    ----------
    content : StudyContent
        Its findings say which clusters are one.
    finders : sequence of Finder
        The images of the report that have results, and where they stand in it.
    sinces : sequence of Since or None
        What each of them is held against.

    Yields
    ------
    Item
        Findings by their names; then clusters by image and rank; then single ones by image, each that has a code of
        change by itself.
    """
    sighted: dict[tuple[str, int], Sighting] = {}
    singles: list[Item] = []
    for finder, since in zip(finders, sinces, strict=True):
        if finder.image.result is None:
            continue
        report = finder.image.result.report
        found = findings_of(report)
        for cluster, members in found.clusters:
            sighted[report.identity.key, cluster.number] = Sighting(cluster, members, finder, since)
        singles += _singles(found.singles, finder, since)
    for finding, keys in seen_in_several(content, sighted):
        parts = [sighted.pop(key) for key in keys]
        yield _impression(
            codes.PRESENTATION_REQUIRED,
            [_over_views(finding, parts, content)],
            say_clusters([part.seen for part in parts]),
        )
    for one in sighted.values():
        yield _impression(codes.PRESENTATION_REQUIRED, [feature_of_cluster(one)], say_clusters([one.seen]))
    yield from singles


def _singles(found: Sequence[Calcification], finder: Finder, since: Since | None) -> Iterator[Item]:
    prior = None if since is None else since.prior
    rest = []
    for item in found:
        said = say_calcification(item, prior)
        if said is None or not said.codes:
            rest.append(item)
        else:
            yield _impression(codes.PRESENTATION_OPTIONAL, [feature_of_single(item, finder, since)], said)
    if rest:
        below = [finding_of_single(item, finder) for item in rest]
        yield _impression(codes.PRESENTATION_OPTIONAL, below, say_rest(rest, prior))


def _impression(intent: Code, findings: Sequence[Item], said: Said | None) -> Item:
    intent_item = items.code(HAS_CONCEPT_MOD, codes.RENDERING_INTENT, intent)
    below = [intent_item, *body_of_change(said, CONTAINS), *findings]
    return items.container(INFERRED_FROM, _IMPRESSION, below)


def _over_views(finding: Finding, parts: Sequence[Sighting], content: StudyContent) -> Item:
    """
    Give a finding over several views (TID 4004 and 4005): one feature, inferred from the clusters in which it is seen.

    The probability of a link is not that of the feature, so that no certainty is given.
    """
    words = [*codes.words_of_location(finding.location), *words_of_label(finding.label)]
    features = [feature_of_cluster(part, INFERRED_FROM) for part in parts]
    features.sort(key=lambda item: item["ConceptNameCodeSequence"] != [COMPOSITE])  # rows 5, then 6
    return items.code(
        CONTAINS,
        COMPOSITE,
        codes.CALCIFICATION_CLUSTER,
        [
            items.code(HAS_CONCEPT_MOD, codes.RENDERING_INTENT, codes.PRESENTATION_REQUIRED),
            *known_as(track_finding(finding.name, content)),
            items.code(HAS_PROPERTIES, RELATION, _SPATIALLY),
            items.code(HAS_PROPERTIES, SCOPE, ON_MULTIPLE_IMAGES),
            *algorithm(content.facts.version, HAS_PROPERTIES),
            *(items.code(HAS_PROPERTIES, name, value) for name, value in words),
            *features,
        ],
    )
