"""The Grayscale Softcopy Presentation State of an image: marks that a viewer draws over it, in layers with names."""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from mammocalc.dicom.writer.change_words import is_told, say_marks, word_of
from mammocalc.dicom.writer.copied import copy_patient_and_study
from mammocalc.dicom.writer.display import describe_display
from mammocalc.dicom.writer.findings import COLOURS, findings_of, layer_of, names_of_clusters, track
from mammocalc.dicom.writer.graphics import circle, closed, graphic_points, is_area
from mammocalc.dicom.writer.instance import Series, describe_series, finish, moment_of
from mammocalc.dicom.writer.new_item import new_item, referred
from mammocalc.dicom.writer.records import SOFTWARE, Kind
from mammocalc.vocabulary.changes import Change
from mammocalc.vocabulary.lexicon import SHORT_NOTICE, CalcificationSize, Flag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydicom.dataset import Dataset

    from mammocalc.dicom.writer.findings import Findings, Tracking
    from mammocalc.dicom.writer.records import DicomObject, PriorView, StudyContent, StudyImage
    from mammocalc.dicom.writer.source import SourceImage
    from mammocalc.model import Calcification, Counts, Point, Report
    from mammocalc.results.result import Result

SOP_CLASS: Final = "1.2.840.10008.5.1.4.1.1.11.1"
SERIES: Final = Series(Kind.GSPS, "PR", 9002, "Marks of calcifications")

CLUSTERS, VASCULAR, GONE, LABELS, NOTICE = "CLUSTERS", "VASCULAR", "GONE", "LABELS", "NOTICE"
LAYERS: Final = {
    CLUSTERS: ("Hulls of clusters", (58687, 30716, 52165)),
    "MICRO": ("Microcalcifications", COLOURS[CalcificationSize.MICRO]),
    "MACRO": ("Macrocalcifications", COLOURS[CalcificationSize.MACRO]),
    "SIZE UNKNOWN": ("Calcifications in an image without a pixel spacing", COLOURS[None]),
    VASCULAR: ("Calcifications in arteries, and their courses", (43964, 43949, 38029)),
    GONE: ("Places where a calcification of the prior is gone", (44862, 32532, 31303)),
    LABELS: ("Letters and words", (61800, 32768, 32303)),
    NOTICE: ("What the marks must not be used for", (44862, 32532, 31303)),
}
"""Layers from the lowest to the highest: what each holds, and the colour that is recommended for it (CIELab, PCS)."""

_GREY: Final = 0xFFFF
"""White, where there are no colours."""
_ROOM_PX: Final = 4.0
"""Between a calcification and its circle, so that the circle hides no part of it."""
_LEAST_RADIUS_PX: Final = 6.0
_MOST_LETTERS: Final = 100
"""Of a line above the image, so that it fits onto a screen at any size of letters that can be read."""
_CORNERS: Final = ((-1, -1), (-1, 1), (1, 1), (1, -1))
_LINE_PX: Final = 40.0
_LETTER_PX: Final = 24.0
"""Height of a label's box, and width for each of its letters; viewers choose the letters themselves."""


@dataclass(slots=True)
class _Layer:
    """What is drawn on one layer."""

    graphics: list[Dataset] = field(default_factory=list)
    texts: list[Dataset] = field(default_factory=list)


def write_presentation_state(
    content: StudyContent, image: StudyImage, number: int, shown_on: SourceImage | None = None
) -> DicomObject:
    """
    Write the presentation state of an image.

    Parameters
    ----------
    content : StudyContent
    image : StudyImage
        With a result.
    number : int
        Within the series, from 1 on.
    shown_on : SourceImage, optional
        Another image of the same exposure, all of whose pixels lie where those of ``image`` do: the marks are for it.

    Returns
    -------
    DicomObject
        With a notice in it, and with marks where there are any: it says that the image was analysed. Where it was
        compared with a prior, labels say what became of what they name, and squares where something is gone.

    References
    ----------
    DICOM PS3.3 A.33.1 (IOD), C.10.5 (Graphic Annotation), C.10.7 (Graphic Layer), C.11.11 (Relationship).
    """
    target = shown_on or image.source
    dataset = copy_patient_and_study(target)
    describe_series(dataset, SERIES, content, number, target.side)
    dataset.ContentLabel = SOFTWARE.upper()
    dataset.ContentDescription = f"Calcifications found by {SOFTWARE}"
    dataset.ContentCreatorName = ""
    dataset.PresentationCreationDate, dataset.PresentationCreationTime = moment_of(content, dataset)
    series = new_item()
    series.SeriesInstanceUID = target.series_instance_uid
    series.ReferencedImageSequence = [referred(target)]
    dataset.ReferencedSeriesSequence = [series]
    describe_display(dataset, target)
    layers = _draw(image, content, target)
    dataset.GraphicAnnotationSequence = [_annotation(name, layer, target) for name, layer in layers.items()]
    dataset.GraphicLayerSequence = [_describe_layer(name, order) for order, name in enumerate(layers, start=1)]
    return finish(dataset, SOP_CLASS, SERIES, [target])


def _draw(image: StudyImage, content: StudyContent, target: SourceImage) -> dict[str, _Layer]:
    """Draw everything that was found; layers on which nothing lies are left out."""
    assert image.result is not None  # noqa: S101 - the caller's promise, which mypy cannot see
    layers = {name: _Layer() for name in LAYERS}
    result, facts = image.result, content.facts
    found = findings_of(result.report)
    for cluster, _ in found.clusters:
        if len(cluster.hull_px) > 1:
            tracking = track(image, facts, "cluster", cluster.number)
            layers[CLUSTERS].graphics.append(_line(cluster.hull_px, target, tracking))
    for item in found.all:
        tracking = track(image, facts, "calcification", item.number)
        layers[layer_of(item)].graphics.extend(_marks(item, target, tracking))
    for vessel in result.report.vessels:
        if len(vessel.course_px) > 1:
            tracking = track(image, facts, "vessel", vessel.number)
            layers[VASCULAR].graphics.append(_line(vessel.course_px, target, tracking, is_closed=False))
    prior = content.prior_of(image)
    layers[LABELS].texts.extend(_labels(result, found, names_of_clusters(content), target, prior))
    layers[NOTICE].texts.append(_notice(result.report))
    if prior is not None:
        layers[GONE].graphics.extend(_gone(prior, target))
        layers[NOTICE].texts.append(_since(prior))
    return {name: layer for name, layer in layers.items() if layer.graphics or layer.texts}


def _marks(item: Calcification, target: SourceImage, tracking: Tracking) -> list[Dataset]:
    """Draw a calcification: a circle around it, and its outline."""
    radius = max(item.diameter_px / 2 + _ROOM_PX, _LEAST_RADIUS_PX)
    data = circle((item.row_px, item.column_px), radius, target)
    marks = [_graphic("CIRCLE", data, tracking, is_closed=True)]
    if is_area(item.outline_px):
        marks.append(_line(item.outline_px, target, tracking))
    return marks


def _gone(prior: PriorView, target: SourceImage) -> Iterator[Dataset]:
    """Draw a square where a calcification of the prior is not any more, under the name that it has there."""
    for change in prior.comparison.calcifications:
        if change.change is Change.GONE and change.place_px is not None and change.prior_calcification is not None:
            row, column = change.place_px
            half = max(_LEAST_RADIUS_PX, _ROOM_PX)
            corners = tuple((row + down * half, column + right * half) for down, right in _CORNERS)
            yield _line(corners, target, track(prior.image, prior.facts, "calcification", change.prior_calcification))


def _line(points_px: tuple[Point, ...], target: SourceImage, tracking: Tracking, *, is_closed: bool = True) -> Dataset:
    points = closed(points_px) if is_closed else points_px
    return _graphic("POLYLINE", graphic_points(points, target), tracking, is_closed=is_closed)


def _graphic(kind: str, data: list[float], tracking: Tracking, *, is_closed: bool) -> Dataset:
    item = new_item()
    item.GraphicAnnotationUnits, item.GraphicDimensions = "PIXEL", 2
    item.NumberOfGraphicPoints, item.GraphicData, item.GraphicType = len(data) // 2, data, kind
    if is_closed:
        item.GraphicFilled = "N"
    item.TrackingID, item.TrackingUID = tracking.identifier, tracking.uid
    return item


def _labels(
    result: Result,
    found: Findings,
    names: Mapping[tuple[str, int], str],
    target: SourceImage,
    prior: PriorView | None,
) -> list[Dataset]:
    """
    Name clusters, arteries and single calcifications by the letters that overlay and tables give them.

    Clusters bear the name of their finding before it, which is the same in every view, and all the word of what became
    of them, where a comparison has any.
    """
    letters = result.letters
    told = prior if prior is not None and is_told(prior) else None
    labels = []
    for cluster, members in found.clusters:
        name = names.get((result.report.identity.key, cluster.number))
        called = " ".join(filter(None, (name, letters.clusters[cluster.number])))
        words = f"{called}: {cluster.distribution.label}, {len(members)}"
        words += "" if told is None else f", {word_of(told.clusters[cluster.number].change)}"
        places = cluster.hull_px or [(item.row_px, item.column_px) for item in members]
        labels.append(_label(words.replace("_", " "), places, target))
    labels += [
        _label(letters.vessels[vessel.number], vessel.course_px[:1], target)
        for vessel in result.report.vessels
        if vessel.course_px
    ]
    labels += [
        _label(
            letters.calcifications[item.number] + _word_of_single(item, told),
            [(item.row_px, item.column_px)],
            target,
        )
        for item in found.singles
        if Flag.VASCULAR not in item.flags and item.number in letters.calcifications
    ]
    return labels


def _word_of_single(item: Calcification, told: PriorView | None) -> str:
    """Give the word for a letter, but for the word that most of them have."""
    change = Change.MATCHED if told is None else told.calcifications[item.number].change
    return "" if change is Change.MATCHED else f": {word_of(change)}"


def _label(words: str, points_px: Sequence[Point], target: SourceImage) -> Dataset:
    """Put words above and right of what they speak of, or left of it where the image ends before them."""
    width = _LETTER_PX * len(words)
    top = min(row for row, _ in points_px) - _LINE_PX - _LEAST_RADIUS_PX
    top = max(min(top, target.rows - _LINE_PX), 0.0)
    left = max(column for _, column in points_px) + _LEAST_RADIUS_PX
    is_right = left + width <= target.columns
    if not is_right:
        left = min(column for _, column in points_px) - _LEAST_RADIUS_PX - width
    corners = graphic_points([(top, left), (top + _LINE_PX, left + width)], target)
    return _text(words, "PIXEL", corners, "LEFT" if is_right else "RIGHT")


def _notice(report: Report) -> Dataset:
    """Say across the top of what is displayed what was found, and what it is not for; nothing of the patient."""
    counts = report.counts
    found = ", ".join(_count(number, word) for number, word in _named(counts) if number)
    words = f"{SOFTWARE}: {found or 'no calcification found'}. {SHORT_NOTICE}."
    return _text(words, "DISPLAY", [0.0, 0.0, 1.0, 0.03], "LEFT")


def _since(prior: PriorView) -> Dataset:
    """Say below it what a comparison says of the image as a whole, in lines that fit above it."""
    lines = wrap(say_marks(prior), _MOST_LETTERS)
    return _text("\r\n".join(lines), "DISPLAY", [0.0, 0.03, 1.0, 0.03 * (1 + len(lines))], "LEFT")


def _named(counts: Counts) -> tuple[tuple[int, str], ...]:
    return (counts.calcifications, "calcification"), (counts.clusters, "cluster"), (counts.vessels, "calcified artery")


def _count(number: int, word: str) -> str:
    """
    Say a number of things.

    Examples
    --------
    >>> _count(1, "cluster"), _count(2, "calcified artery")
    ('1 cluster', '2 calcified arteries')
    """
    if number == 1:
        return f"1 {word}"
    return f"{number} {word[:-1]}ies" if word.endswith("y") else f"{number} {word}s"


def _text(words: str, units: str, box: list[float], justified: str) -> Dataset:
    item = new_item()
    item.BoundingBoxAnnotationUnits, item.UnformattedTextValue = units, words
    item.BoundingBoxTopLeftHandCorner, item.BoundingBoxBottomRightHandCorner = box[:2], box[2:]
    item.BoundingBoxTextHorizontalJustification = justified
    return item


def _annotation(name: str, layer: _Layer, target: SourceImage) -> Dataset:
    item = new_item()
    item.ReferencedImageSequence = [referred(target)]
    item.GraphicLayer = name
    if layer.texts:
        item.TextObjectSequence = layer.texts
    if layer.graphics:
        item.GraphicObjectSequence = layer.graphics
    return item


def _describe_layer(name: str, order: int) -> Dataset:
    description, colour = LAYERS[name]
    item = new_item()
    item.GraphicLayer, item.GraphicLayerOrder = name, order
    item.GraphicLayerRecommendedDisplayGrayscaleValue = _GREY
    item.GraphicLayerRecommendedDisplayCIELabValue = list(colour)
    item.GraphicLayerDescription = description
    return item
