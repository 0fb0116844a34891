"""Changes of a right report, one at a time: 33 faults, and one that the standard allows."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING

from pydicom.dataset import Dataset
from report_tree import code_in, read_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from report_tree import Node

Change = Callable[[Dataset], None]

IMPRESSION, FINDING, INTENT, CENTRE = "111034,DCM", "111059,DCM", "111056,DCM", "111010,DCM"
CLUSTER, SINGLE = "129769006,SCT", "129770007,SCT"
DISTRIBUTION, KIND, NUMBER, LONG_AXIS = "111008,DCM", "111009,DCM", "111038,DCM", "103339001,SCT"
DETECTIONS, ANALYSES = "111064,DCM", "111065,DCM"


def nodes(report: Dataset, concept: str, value: str = "") -> list[Node]:
    """Give the items of a name, and of a value where one is given."""
    return [node for node in read_tree(report) if node.concept == concept and value in {"", node.value}]


def first(report: Dataset, concept: str, value: str = "") -> Node:
    return nodes(report, concept, value)[0]


def item(concept: str, value_type: str, relationship: str, value: str = "") -> Dataset:
    """Make an item."""
    made = Dataset()
    made.RelationshipType, made.ValueType = relationship, value_type
    made.ConceptNameCodeSequence = [coded(concept)]
    if value_type == "CODE":
        made.ConceptCodeSequence = [coded(value)]
    if value_type == "TEXT":
        made.TextValue = value
    return made


def coded(text: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator = text.split(",")
    code.CodeMeaning = "planted"
    return code


def child(node: Node, concept: str) -> Node:
    return next(one for one in node.children if one.concept == concept)


def remove(node: Node) -> None:
    assert node.parent is not None
    below = [one.dataset for one in node.parent.children if one is not node]
    if below:
        node.parent.dataset.ContentSequence = below
    else:
        del node.parent.dataset.ContentSequence


def relate(node: Node, relationship: str) -> None:
    node.dataset.RelationshipType = relationship


def give(node: Node, value: str) -> None:
    node.dataset.ConceptCodeSequence = [coded(value)]


def put(node: Node, *items: Dataset) -> None:
    node.dataset.ContentSequence = [*(node.dataset.get("ContentSequence") or []), *items]


def of_cluster(report: Dataset, concept: str) -> Node:
    return child(first(report, FINDING, CLUSTER), concept)


def nested(report: Dataset) -> Node:
    return next(node for node in nodes(report, FINDING, SINGLE) if node.parent and node.parent.value == CLUSTER)


def selected(report: Dataset) -> Dataset:
    """Give the reference below the centre of a cluster."""
    return of_cluster(report, CENTRE).children[0].dataset


def of_algorithm(report: Dataset) -> Node:
    return child(first(report, FINDING, CLUSTER), "111003,DCM")


def with_laterality(report: Dataset) -> Node:
    return first(report, "111027,DCM")


def twice(report: Dataset) -> None:
    node = of_cluster(report, DISTRIBUTION)
    assert node.parent is not None
    at = node.position[-1]
    below = [one.dataset for one in node.parent.children]
    node.parent.dataset.ContentSequence = [*below[:at], deepcopy(node.dataset), *below[at:]]


def after_the_number(report: Dataset) -> None:
    node, number = of_cluster(report, DISTRIBUTION), of_cluster(report, NUMBER)
    assert node.parent is not None
    below = [one.dataset for one in node.parent.children if one is not node]
    at = below.index(number.dataset) if number.dataset in below else number.position[-1]
    node.parent.dataset.ContentSequence = [*below[: at + 1], node.dataset, *below[at + 1 :]]


def before_references(node: Node, made: Dataset) -> None:
    """Put an item where measurements stand: before the findings that are nested."""
    below = [one.dataset for one in node.children]
    at = next((n for n, one in enumerate(below) if code_in(one, "ConceptNameCodeSequence") == FINDING), len(below))
    node.dataset.ContentSequence = [*below[:at], made, *below[at:]]


def evidence_of(report: Dataset) -> Iterator[Dataset]:
    for series in report.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence:
        yield from series.ReferencedSOPSequence


def not_in_evidence(report: Dataset) -> None:
    next(evidence_of(report)).ReferencedSOPInstanceUID = "1.2.3.4"


def wrong_class(report: Dataset) -> None:
    uid = next(evidence_of(report)).ReferencedSOPInstanceUID
    other = "1.2.840.10008.5.1.4.1.1.1.2.1"
    for referred in evidence_of(report):
        if referred.ReferencedSOPInstanceUID == uid:
            referred.ReferencedSOPClassUID = other
    for node in read_tree(report):
        if node.value_type == "IMAGE" and node.dataset.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == uid:
            node.dataset.ReferencedSOPSequence[0].ReferencedSOPClassUID = other


def units(report: Dataset) -> None:
    measured = of_cluster(report, LONG_AXIS).dataset.MeasuredValueSequence[0]
    measured.MeasurementUnitsCodeSequence = [coded("{pixels},UCUM")]


def fraction(report: Dataset) -> None:
    of_cluster(report, NUMBER).dataset.MeasuredValueSequence[0].NumericValue = "9.5"


def volume(report: Dataset) -> None:
    of_cluster(report, LONG_AXIS).dataset.ConceptNameCodeSequence = [coded("118565006,SCT")]


def outside(report: Dataset) -> None:
    of_cluster(report, CENTRE).dataset.GraphicData = [99_999.0, 1.0]


def as_polyline(report: Dataset) -> None:
    centre = of_cluster(report, CENTRE).dataset
    centre.GraphicType, centre.GraphicData = "POLYLINE", [1.0, 1.0, 2.0, 2.0]


def refer(report: Dataset, position: list[int]) -> None:
    selected(report).ReferencedContentItemIdentifier = position


def without_description(report: Dataset) -> None:
    """Leave out all of TID 4010, a user option."""
    for concept in (KIND, DISTRIBUTION, NUMBER, LONG_AXIS, "42798000,SCT"):
        for node in nodes(report, concept):
            if node.parent is not None and node.parent.value == CLUSTER:
                again = next(
                    one for one in nodes(report, concept) if one.parent is not None and one.parent.value == CLUSTER
                )
                remove(again)


FAULTS: dict[str, Change] = {
    "relationship of a nested calcification": lambda r: relate(nested(r), "CONTAINS"),
    "relationship of a distribution": lambda r: relate(of_cluster(r, DISTRIBUTION), "CONTAINS"),
    "relationship of an impression": lambda r: relate(first(r, IMPRESSION), "CONTAINS"),
    "relationship of a laterality": lambda r: relate(with_laterality(r), "HAS CONCEPT MOD"),
    "no rendering intent": lambda r: remove(child(first(r, IMPRESSION), INTENT)),
    "no algorithm version": lambda r: remove(of_algorithm(r)),
    "no centre": lambda r: remove(of_cluster(r, CENTRE)),
    "no summary of analyses": lambda r: remove(first(r, ANALYSES)),
    "no language": lambda r: remove(first(r, "121049,DCM")),
    "no image library": lambda r: remove(first(r, "111028,DCM")),
    "no detections below Succeeded": lambda r: remove(first(r, "111063,DCM")),
    "no laterality of an image that has one": lambda r: remove(with_laterality(r)),
    "a type as distribution": lambda r: give(of_cluster(r, DISTRIBUTION), "129755006,SCT"),
    "a distribution of SRT": lambda r: give(of_cluster(r, DISTRIBUTION), "F-01790,SRT"),
    "rendering intent of another group": lambda r: give(child(first(r, IMPRESSION), INTENT), "111222,DCM"),
    "an invented type": lambda r: give(first(r, KIND), "999999,DCM"),
    "a size under the name of a volume": volume,
    "a size in pixels": units,
    "9.5 calcifications": fraction,
    "a reference to nothing": lambda r: refer(r, [1, 2, 99]),
    "a reference to the library": lambda r: refer(r, [1, 2]),
    "a reference to an item above": lambda r: refer(r, list(of_cluster(r, CENTRE).position[:-1])),
    "a centre that is a line": as_polyline,
    "a centre outside of the image": outside,
    "a distribution twice": twice,
    "a distribution after the number": after_the_number,
    "a distribution of a single one": lambda r: before_references(
        nested(r), item(DISTRIBUTION, "CODE", "HAS PROPERTIES", "129766004,SCT")
    ),
    "a calcification in a calcification": lambda r: put(nested(r), nested_copy(r)),
    "an invented item": lambda r: put(read_tree(r), item("111444,DCM", "TEXT", "CONTAINS", "invented")),
    "not attempted, with detections": lambda r: give(first(r, DETECTIONS), "111225,DCM"),
    "an image that is not in the evidence": not_in_evidence,
    "an image of the wrong class": wrong_class,
    "another title": lambda r: setattr(r, "ConceptNameCodeSequence", [coded("126000,DCM")]),
}
ALLOWED: dict[str, Change] = {"a cluster without its description": without_description}


def nested_copy(report: Dataset) -> Dataset:
    return deepcopy(nested(report).dataset)
