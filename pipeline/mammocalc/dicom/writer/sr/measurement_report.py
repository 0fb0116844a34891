"""The measurement report of a study (TID 1500): every cluster and calcification with its sizes, for general viewers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.dicom.writer import codes
from mammocalc.dicom.writer.change_words import Seen, say_calcification, say_clusters, say_study
from mammocalc.dicom.writer.codes import Code, dcm, sct
from mammocalc.dicom.writer.findings import (
    findings_of,
    measures_of,
    measures_of_cluster,
    seen_in_several,
    track,
    track_finding,
    types_of,
    words_of_cluster,
    words_of_label,
)
from mammocalc.dicom.writer.graphics import circle, closed, graphic_points, is_area, middle_of
from mammocalc.dicom.writer.instance import DEVICE_SERIAL_NUMBER, Series
from mammocalc.dicom.writer.records import SOFTWARE, Kind
from mammocalc.dicom.writer.sr import items
from mammocalc.dicom.writer.sr.document import write_report
from mammocalc.dicom.writer.sr.items import (
    CONTAINS,
    HAS_ACQ_CONTEXT,
    HAS_CONCEPT_MOD,
    HAS_OBS_CONTEXT,
    SELECTED_FROM,
)
from mammocalc.dicom.writer.sr.provenance import algorithm, known_as
from mammocalc.dicom.writer.sr.said import words_of_change
from mammocalc.vocabulary.lexicon import Laterality
from mammocalc.vocabulary.uid import derive_uid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mammocalc.dicom.writer.findings import Tracking
    from mammocalc.dicom.writer.records import DicomObject, StudyContent, StudyImage
    from mammocalc.dicom.writer.sr.encoding import Item
    from mammocalc.model import Calcification, Cluster, Point

SOP_CLASS: Final = "1.2.840.10008.5.1.4.1.1.88.34"
"""Comprehensive 3D SR: among the classes that OHIF reads; its coordinates are those of the image all the same."""
SERIES: Final = Series(Kind.SR_1500, "SR", 9003, "Measurements of calcifications")

_TITLE: Final = dcm(126000, "Imaging Measurement Report")
"""The one that OHIF takes."""
_SOURCE: Final = sct(260753009, "Source")
_SIDES: Final = {Laterality.LEFT: sct(7771000, "Left"), Laterality.RIGHT: sct(24028007, "Right")}
"""CID 244."""
_QUALITATIVE: Final = Code("C0034375", "UMLS", "Qualitative Evaluations")
_LEAST_RADIUS_PX: Final = 1.0


def write_measurement_report(content: StudyContent, images: Sequence[StudyImage]) -> DicomObject:
    """
    Write the measurements of a study: one report for all of its images, for OHIF shows the last of a series alone.

    Parameters
    ----------
    content : StudyContent
    images : sequence of StudyImage
        With results, one of each exposure; at least one.

    Returns
    -------
    DicomObject
        With an image library, without which OHIF does not load a report, and with the tracking UIDs of all findings.
        A finding that joins clusters over views has a group for each of them under one UID, beside those of the
        clusters: OHIF draws only the first of equal ones, so that a cluster without one of its own would be lost.

        What became of each since a prior stands in its group, as in the Mammography CAD SR; what the prior alone has,
        in the qualitative evaluations of the whole.

    References
    ----------
    DICOM PS3.16 TID 1500, 1410 and 1600.
    """
    groups = [group for image in images for group in _groups(image, content)]
    groups += _groups_of_findings(images, content)
    device = content.device
    observer = derive_uid(f"observer {device} {content.facts.version}")
    tree = (
        items.code(HAS_CONCEPT_MOD, codes.LANGUAGE, codes.ENGLISH),
        items.code(HAS_OBS_CONTEXT, dcm(121005, "Observer Type"), dcm(121007, "Device")),
        items.uid_reference(HAS_OBS_CONTEXT, dcm(121012, "Device Observer UID"), observer),
        items.text(HAS_OBS_CONTEXT, dcm(121013, "Device Observer Name"), SOFTWARE),
        items.text(HAS_OBS_CONTEXT, dcm(121014, "Device Observer Manufacturer"), device.manufacturer),
        items.text(HAS_OBS_CONTEXT, dcm(121015, "Device Observer Model Name"), device.model),
        items.text(HAS_OBS_CONTEXT, dcm(121016, "Device Observer Serial Number"), DEVICE_SERIAL_NUMBER),
        items.code(HAS_CONCEPT_MOD, dcm(121058, "Procedure reported"), sct(71651007, "Mammography")),
        items.container(CONTAINS, codes.IMAGE_LIBRARY, [_library(images)]),
        items.container(CONTAINS, dcm(126010, "Imaging Measurements"), groups),
        *_since_the_priors(images, content),
    )
    return write_report(content, images, (_TITLE, "1500", tree), SOP_CLASS, SERIES)


def _library(images: Sequence[StudyImage]) -> Item:
    entries = [items.image(CONTAINS, image.source, _describe(image), _SOURCE) for image in images]
    return items.container(CONTAINS, dcm(126200, "Image Library Group"), entries)


def _describe(image: StudyImage) -> Iterator[Item]:
    """Give what the library says of an image (TID 1602)."""
    source = image.source
    yield items.code(HAS_ACQ_CONTEXT, dcm(121139, "Modality"), Code("MG", "DCM", "Mammography"))
    yield items.number(HAS_ACQ_CONTEXT, dcm(110910, "Pixel Data Rows"), source.rows, codes.PIXELS)
    yield items.number(HAS_ACQ_CONTEXT, dcm(110911, "Pixel Data Columns"), source.columns, codes.PIXELS)


def _since_the_priors(images: Sequence[StudyImage], content: StudyContent) -> Iterator[Item]:
    """Say with what the images were compared (rows 12 and 14 of TID 1500); nothing where none was."""
    said = say_study(images, [content.prior_of(image) for image in images])
    if said is not None:
        yield items.container(CONTAINS, _QUALITATIVE, words_of_change(said, CONTAINS))


def _groups(image: StudyImage, content: StudyContent) -> Iterator[Item]:
    """Give a measurement group for each cluster, and for each calcification."""
    if image.result is None:
        return
    found = findings_of(image.result.report)
    prior = content.prior_of(image)
    for cluster, members in found.clusters:
        known = track(image, content.facts, "cluster", cluster.number)
        said = words_of_change(say_clusters([Seen(image, cluster, members, prior)]), CONTAINS)
        below = [*_of_cluster(cluster, members, image), *said]
        yield _group(image, content, known, codes.CALCIFICATION_CLUSTER, below)
    for item in found.all:
        known = track(image, content.facts, "calcification", item.number)
        below = [*_of_calcification(item, image), *words_of_change(say_calcification(item, prior), CONTAINS)]
        yield _group(image, content, known, codes.INDIVIDUAL_CALCIFICATION, below)


def _groups_of_findings(images: Sequence[StudyImage], content: StudyContent) -> Iterator[Item]:
    """Give the groups of each finding that is seen in several images of the report: what it is called, and where."""
    found = {
        (image.result.report.identity.key, cluster.number): (image, cluster, members)
        for image in images
        if image.result is not None
        for cluster, members in findings_of(image.result.report).clusters
    }
    for finding, keys in seen_in_several(content, found):
        words = [*words_of_label(finding.label), *codes.words_of_location(finding.location)]
        parts = [found[key] for key in keys]
        changes = say_clusters([Seen(*part, content.prior_of(part[0])) for part in parts])
        for image, cluster, members in parts:
            below = [*(items.code(CONTAINS, *one) for one in words), _region_of_cluster(cluster, members, image)]
            below += words_of_change(changes, CONTAINS)
            yield _group(image, content, track_finding(finding.name, content), codes.CALCIFICATION_CLUSTER, below)


def _of_cluster(cluster: Cluster, members: Sequence[Calcification], image: StudyImage) -> Iterator[Item]:
    yield from (items.number(CONTAINS, *measured) for measured in measures_of_cluster(cluster))
    yield from (items.code(CONTAINS, *words) for words in words_of_cluster(cluster))
    yield _region_of_cluster(cluster, members, image)


def _region_of_cluster(cluster: Cluster, members: Sequence[Calcification], image: StudyImage) -> Item:
    places = [(item.row_px, item.column_px) for item in members]
    return _region(cluster.hull_px or places, middle_of(places), _LEAST_RADIUS_PX, image)


def _of_calcification(item: Calcification, image: StudyImage) -> Iterator[Item]:
    yield from (items.number(CONTAINS, *measured) for measured in measures_of(item))
    yield from (items.code(CONTAINS, codes.CALCIFICATION_TYPE, value) for value in types_of(item))
    yield _region(item.outline_px, (item.row_px, item.column_px), item.diameter_px / 2, image)


def _group(image: StudyImage, content: StudyContent, known: Tracking, finding: Code, measured: Iterable[Item]) -> Item:
    """Give a measurement group (TID 1410)."""
    side = None if image.result is None else _SIDES.get(image.result.report.identity.laterality)
    below = [] if side is None else [items.code(HAS_CONCEPT_MOD, codes.LATERALITY, side)]
    group = items.container(
        CONTAINS,
        dcm(125007, "Measurement Group"),
        [
            *known_as(known),
            items.code(CONTAINS, dcm(121071, "Finding"), finding),
            items.code(HAS_CONCEPT_MOD, sct(363698007, "Finding Site"), codes.BREAST, below),
            *algorithm(content.facts.version, HAS_CONCEPT_MOD),
            *measured,
        ],
    )
    group["ContentTemplateSequence"] = [items.template("1410")]
    return group


def _region(outline: Sequence[Point], centre: Point, radius_px: float, image: StudyImage) -> Item:
    """Give the region that was measured: its outline, or a circle where that has no inside."""
    source = image.source
    selected = items.image(SELECTED_FROM, source, (), _SOURCE)
    name = dcm(111030, "Image Region")
    if is_area(outline):
        return items.coordinates(CONTAINS, name, "POLYLINE", graphic_points(closed(outline), source), selected)
    data = circle(centre, max(radius_px, _LEAST_RADIUS_PX), source)
    return items.coordinates(CONTAINS, name, "CIRCLE", data, selected)
