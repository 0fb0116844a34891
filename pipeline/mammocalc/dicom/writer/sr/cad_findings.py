"""The findings of a Mammography CAD SR: clusters with their calcifications, and single ones (TID 4006)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mammocalc.dicom.writer import codes
from mammocalc.dicom.writer.findings import measures_of, measures_of_cluster, track, types_of, words_of_cluster
from mammocalc.dicom.writer.graphics import closed, graphic_points, is_area, middle_of
from mammocalc.dicom.writer.sr import items
from mammocalc.dicom.writer.sr.items import (
    CONTAINS,
    HAS_CONCEPT_MOD,
    HAS_PROPERTIES,
    INFERRED_FROM,
    SELECTED_FROM,
)
from mammocalc.dicom.writer.sr.provenance import algorithm, known_as

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mammocalc.dicom.writer.codes import Code
    from mammocalc.dicom.writer.records import RunFacts, StudyImage
    from mammocalc.dicom.writer.sr.encoding import Item
    from mammocalc.dicom.writer.sr.items import Position
    from mammocalc.model import Calcification, Cluster, Point


@dataclass(frozen=True, slots=True)
class Finder:
    """In which image something was found, where that stands in the report, and by what it was found."""

    image: StudyImage
    facts: RunFacts
    position: Position


def finding_of_cluster(
    cluster: Cluster,
    members: Sequence[Calcification],
    finder: Finder,
    relationship: str = CONTAINS,
    intent: Code = codes.PRESENTATION_REQUIRED,
) -> Item:
    """
    Give a cluster as a finding, its calcifications below it.

    Parameters
    ----------
    cluster : Cluster
    members : sequence of Calcification
    finder : Finder
    relationship : str
        To what the finding stands below.
    intent : Code
        Whether the cluster is to be drawn.

    Returns
    -------
    Item
        Its calcifications may be drawn. What has no code of the standard has no item: an indeterminate distribution,
        a form that cannot be assessed. A score is no certainty in per cent, so that none is given.
    """
    centre = middle_of([(item.row_px, item.column_px) for item in members])
    return items.code(
        relationship,
        codes.SINGLE_IMAGE_FINDING,
        codes.CALCIFICATION_CLUSTER,
        [
            *_head(finder, intent, "cluster", cluster.number),
            *_geometry(finder, centre, cluster.hull_px),
            *_describe_cluster(cluster),
            *(finding_of_single(item, finder, INFERRED_FROM) for item in members),
        ],
    )


def finding_of_single(item: Calcification, finder: Finder, relationship: str = CONTAINS) -> Item:
    """Give a calcification as a finding, which may be drawn."""
    return items.code(
        relationship,
        codes.SINGLE_IMAGE_FINDING,
        codes.INDIVIDUAL_CALCIFICATION,
        [
            *_head(finder, codes.PRESENTATION_OPTIONAL, "calcification", item.number),
            *_geometry(finder, (item.row_px, item.column_px), item.outline_px),
            *(items.code(HAS_PROPERTIES, codes.CALCIFICATION_TYPE, value) for value in types_of(item)),
            *(items.number(HAS_PROPERTIES, *measured) for measured in measures_of(item)),
        ],
    )


def _describe_cluster(cluster: Cluster) -> Iterator[Item]:
    """Describe a cluster, in the order of TID 4010."""
    for words in words_of_cluster(cluster):
        yield items.code(HAS_PROPERTIES, *words)
    for measured in measures_of_cluster(cluster):
        yield items.number(HAS_PROPERTIES, *measured)


def _head(finder: Finder, intent: Code, what: str, number: int) -> list[Item]:
    """Begin a finding: whether it is to be drawn, its name, and by what it was found."""
    return [
        items.code(HAS_CONCEPT_MOD, codes.RENDERING_INTENT, intent),
        *known_as(track(finder.image, finder.facts, what, number)),
        *algorithm(finder.facts.version, HAS_PROPERTIES),
    ]


def _geometry(finder: Finder, centre: Point, outline: Sequence[Point]) -> Iterator[Item]:
    """Say where a finding lies (TID 4021): its centre, and its outline where that has an inside."""
    source = finder.image.source
    selected = items.reference(SELECTED_FROM, finder.position)
    yield items.coordinates(HAS_PROPERTIES, codes.CENTER, "POINT", graphic_points([centre], source), selected)
    if is_area(outline):
        points = graphic_points(closed(outline), source)
        selected = items.reference(SELECTED_FROM, finder.position)
        yield items.coordinates(HAS_PROPERTIES, codes.OUTLINE, "POLYLINE", points, selected)
