"""The places of calcifications as they stand in DICOM objects, read back with pydicom alone."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from report_tree import read_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset
    from report_tree import Node

Points = defaultdict[str, dict[int, tuple[float, float]]]
"""Row and column of each calcification by its number, by SOP Instance UID; (0, 0) is the centre of the first pixel."""

WORD = "calcification "
IDENTIFIER, CENTRE, REGION = "112039,DCM", "111010,DCM", "111030,DCM"


def points_of(dataset: Dataset) -> Points:
    """Read the places from a CAD SR, a TID 1500 report (the mean of the corners) or a presentation state (circles)."""
    found: Points = defaultdict(dict)
    if "GraphicAnnotationSequence" in dataset:
        for layer in dataset.GraphicAnnotationSequence:
            [image] = layer.ReferencedImageSequence
            for graphic in layer.get("GraphicObjectSequence") or []:
                if graphic.GraphicType == "CIRCLE" and graphic.TrackingID.startswith(WORD):
                    number = int(graphic.TrackingID.removeprefix(WORD))
                    found[str(image.ReferencedSOPInstanceUID)][number] = _middle(graphic.GraphicData[:2])
        return found
    root = read_tree(dataset)
    nodes = {node.position: node for node in root}
    for node in root:
        for child in node.children:
            if child.concept != IDENTIFIER or not str(child.dataset.TextValue).startswith(WORD):
                continue
            number = int(str(child.dataset.TextValue).removeprefix(WORD))
            for place in node.children:
                if place.concept in {CENTRE, REGION} and place.value_type == "SCOORD":
                    found[_image_of(place, nodes)][number] = _place(place)
    return found


def _image_of(place: Node, nodes: dict[tuple[int, ...], Node]) -> str:
    [selected] = place.children
    item = nodes[selected.target] if selected.target else selected
    return str(item.dataset.ReferencedSOPSequence[0].ReferencedSOPInstanceUID)


def _place(place: Node) -> tuple[float, float]:
    data = [float(value) for value in place.dataset.GraphicData]
    if place.dataset.GraphicType == "POLYLINE":
        return _middle(data[:-2])  # it is closed: its first corner stands at its end again
    return _middle(data[:2])


def _middle(data: list[float]) -> tuple[float, float]:
    columns, rows = list(map(float, data[::2])), list(map(float, data[1::2]))
    return sum(rows) / len(rows) - 0.5, sum(columns) / len(columns) - 0.5


def circles_of(dataset: Dataset) -> Iterator[tuple[str, list[float]]]:
    """Give the circles of a presentation state with the names of their layers, as x, y of centre and rim."""
    for layer in dataset.GraphicAnnotationSequence:
        for graphic in layer.get("GraphicObjectSequence") or []:
            if graphic.GraphicType == "CIRCLE":
                yield str(layer.GraphicLayer), [float(value) for value in graphic.GraphicData]
