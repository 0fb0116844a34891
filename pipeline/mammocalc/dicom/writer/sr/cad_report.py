"""The Mammography CAD SR of a study (TID 4000): what was found, in which images, and which could not be analysed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.dicom.writer import codes
from mammocalc.dicom.writer.change_words import is_told, say_study
from mammocalc.dicom.writer.codes import dcm
from mammocalc.dicom.writer.instance import Series
from mammocalc.dicom.writer.records import Kind
from mammocalc.dicom.writer.sr import items
from mammocalc.dicom.writer.sr.cad_changes import Since
from mammocalc.dicom.writer.sr.cad_findings import Finder
from mammocalc.dicom.writer.sr.cad_impressions import impressions_of
from mammocalc.dicom.writer.sr.cad_performed import Performed, analyses, detections
from mammocalc.dicom.writer.sr.document import write_report
from mammocalc.dicom.writer.sr.image_library import describe_image
from mammocalc.dicom.writer.sr.items import CONTAINS, HAS_CONCEPT_MOD, HAS_PROPERTIES
from mammocalc.dicom.writer.sr.links import Links
from mammocalc.dicom.writer.sr.said import body_of_change
from mammocalc.vocabulary.lexicon import SHORT_NOTICE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mammocalc.dicom.writer.records import DicomObject, RunFacts, StudyContent, StudyImage
    from mammocalc.dicom.writer.sr.items import Position

SOP_CLASS: Final = "1.2.840.10008.5.1.4.1.1.88.50"
SERIES: Final = Series(Kind.CAD_SR, "SR", 9001, "Mammography CAD")

_TITLE: Final = dcm(111036, "Mammography CAD Report")
_DETECTED: Final = (codes.INDIVIDUAL_CALCIFICATION, codes.CALCIFICATION_CLUSTER)
"""Grouping within one image counts as detection and not as analysis (PS3.17 E.1)."""
_SUMMARIES: Final = {
    (True, True, False): dcm(111241, "All algorithms succeeded; without findings"),
    (True, True, True): dcm(111242, "All algorithms succeeded; with findings"),
    (True, False, False): dcm(111243, "Not all algorithms succeeded; without findings"),
    (True, False, True): dcm(111244, "Not all algorithms succeeded; with findings"),
    (False, False, False): dcm(111245, "No algorithms succeeded; without findings"),
}
"""CID 6047, by whether any image was analysed, whether nothing failed, and whether anything was found."""


def write_cad_report(content: StudyContent, images: Sequence[StudyImage]) -> DicomObject:
    """
    Write the Mammography CAD SR of a study.

    Parameters
    ----------
    content : StudyContent
    images : sequence of StudyImage
        Those of the study that it speaks of, one of each exposure; at least one.

    References
    ----------
    DICOM PS3.16 TID 4000 to 4021; PS3.3 A.35.5 (Mammography CAD SR IOD); PS3.17 Annex E.
    """
    priors = _priors_of(content, images)
    places: dict[str, Position] = {
        image.source.key: (1, 2, number) for number, image in enumerate((*images, *priors), start=1)
    }
    analysed = [image for image in images if image.result is not None]
    finders = [Finder(image, content.facts, places[image.source.key]) for image in analysed]
    links = Links()
    sinces = [_since(image, content, places, links) for image in analysed]
    looked_for = [*_detections(content, images, places)]
    made_of_it = [*_collocations(content, finders), *_correlations(finders, sinces)]
    impressions = list(impressions_of(content, finders, sinces))
    have_all_succeeded = all(one.has_succeeded for one in (*looked_for, *made_of_it))
    summary = _SUMMARIES[bool(analysed), have_all_succeeded, bool(impressions)]
    said = say_study(analysed, [None if since is None else since.prior for since in sinces])
    tree = (
        items.code(HAS_CONCEPT_MOD, codes.LANGUAGE, codes.ENGLISH),
        items.container(
            CONTAINS,
            codes.IMAGE_LIBRARY,
            [items.image(CONTAINS, image.source, describe_image(image.source)) for image in (*images, *priors)],
        ),
        items.code(
            CONTAINS,
            dcm(111017, "CAD Processing and Findings Summary"),
            summary,
            [*body_of_change(said, HAS_PROPERTIES), *impressions],
        ),
        detections(looked_for),
        analyses(made_of_it),
    )
    links.resolve(tree)
    return write_report(content, images, (_TITLE, "4000", tree), SOP_CLASS, SERIES, priors)


def _priors_of(content: StudyContent, images: Sequence[StudyImage]) -> tuple[StudyImage, ...]:
    """Give the priors that are not of the report itself, each once, in the order of what was compared with them."""
    own = {image.source.key for image in images}
    priors = map(content.prior_of, images)
    found = {prior.image.source.key: prior.image for prior in priors if prior is not None}
    return tuple(image for uid, image in found.items() if uid not in own)


def _since(image: StudyImage, content: StudyContent, places: Mapping[str, Position], links: Links) -> Since | None:
    prior = content.prior_of(image)
    if prior is None:
        return None
    return Since(prior, Finder(prior.image, prior.facts, places[prior.image.source.key]), links)


def _detections(
    content: StudyContent, images: Sequence[StudyImage], places: Mapping[str, Position]
) -> Iterator[Performed]:
    """Say what was looked for in the images of a study, and in their priors by the run that analysed these."""
    groups: dict[tuple[bool, str, str], list[Position]] = {}
    for image in images:
        key = (image.result is not None, *_how(content.facts))
        groups.setdefault(key, []).append(places[image.source.key])
    for image in images:
        prior = content.prior_of(image)
        if prior is not None:
            found = groups.setdefault((True, *_how(prior.facts)), [])
            place = places[prior.image.source.key]
            found += [] if place in found else [place]
    for (has_succeeded, version, parameters), found in sorted(groups.items(), key=lambda item: not item[0][0]):
        for detected in _DETECTED:
            yield Performed(detected, version, tuple(found), has_succeeded, parameters)


def _how(facts: RunFacts) -> tuple[str, str]:
    how = f"operating point {facts.operating_point}, configuration {facts.configuration_digest}. {SHORT_NOTICE}."
    return facts.version, how


def _collocations(content: StudyContent, finders: Sequence[Finder]) -> Iterator[Performed]:
    """Say whether clusters were looked for again in the other views of the breast."""
    sides = [one.image.result.report.identity.laterality for one in finders if one.image.result]
    compared = tuple(one.position for one, side in zip(finders, sides, strict=True) if sides.count(side) > 1)
    if content.is_joined and compared:
        yield Performed(codes.COLLOCATION, content.facts.version, compared)


def _correlations(finders: Sequence[Finder], sinces: Sequence[Since | None]) -> Iterator[Performed]:
    """Say which images were held against their priors; one of which nothing can be said was, and failed."""
    for finder, since in zip(finders, sinces, strict=True):
        if since is not None:
            places = (finder.position, since.finder.position)
            yield Performed(codes.TEMPORAL_CORRELATION, since.prior.version, places, is_told(since.prior))
