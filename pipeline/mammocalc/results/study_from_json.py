"""A study as it was written, read back: the inverse of `study_to_json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.model import BreastCall, ClusterReference, Finding, JoinedBy, Link, LinkBasis, Location, Sighting, Unseen
from mammocalc.results.field import Field
from mammocalc.results.parse import parse_json
from mammocalc.results.result import Provenance
from mammocalc.results.schema_version import STUDY_HISTORY, check_version
from mammocalc.results.study import Study, StudyImage
from mammocalc.vocabulary.lexicon import Distribution, Laterality, PresentationIntent, View, ViewModifier
from mammocalc.vocabulary.location import Depth, OuterInner, Quadrant, Region, UpperLower

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def study_from_json(document: Any) -> Study:
    """
    Read a study.

    ``study_to_json(study_from_json(document)) == document`` for every document
    that `study_to_json` gives. Documents of the version 1.0 have no findings.

    Parameters
    ----------
    document : JSON value
        As `json.loads` gives it.

    Returns
    -------
    Study

    Raises
    ------
    ResultError
        If it is of a version that is not known, or not what a run writes: a field is missing or something else than it
        should be, or a finding names an image that the study does not have. The sentence begins with the path.
    """
    root = Field(document)
    root = Field(_upgraded(document, check_version(root.at("schema_version").value, STUDY_HISTORY)))
    study, provenance = root.at("study"), root.at("provenance")
    images = tuple(_image(item) for item in root.at("images").items())
    known = {image.sop_instance_uid for image in images}
    return Study(
        uid=study.at("study_instance_uid").text(),
        joined_by=study.at("joined_by").word(JoinedBy),
        patient_key=study.at("patient_key").or_none(Field.text),
        study_day=study.at("study_day").or_none(Field.count),
        images=images,
        breasts=tuple(_breast(item) for item in root.at("breasts").items()),
        both_breasts=root.at("both_breasts").or_none(lambda word: word.word(Distribution)),
        findings=tuple(_finding(item, known) for item in root.at("findings").items()),
        statements=root.at("statements").texts(),
        missing=root.at("missing_views").texts(),
        notes=root.at("notes").texts(),
        provenance=Provenance(
            software=provenance.at("software").text(),
            version=provenance.at("version").text(),
            configuration_digest=provenance.at("configuration_digest").text(),
            operating_point=provenance.at("operating_point").text(),
        ),
        notice=root.at("notice").text(),
    )


def read_study(path: Path) -> Study:
    """
    Read a study from its file.

    Parameters
    ----------
    path : Path
        ``<StudyInstanceUID>.json`` of a run.

    Returns
    -------
    Study

    Raises
    ------
    ResultError
        If it is not what a run writes, as `study_from_json`.
    OSError
        If it cannot be read.
    """
    return study_from_json(parse_json(path.read_bytes()))


def _upgraded(document: Mapping[str, Any], version: str) -> Mapping[str, Any]:
    """Give a study of 1.0 what it did not have: no findings, and places that nobody counted."""
    if version != "1.0":
        return document
    breasts = document.get("breasts")
    if isinstance(breasts, list):
        breasts = [{"places": None, **item} if isinstance(item, dict) else item for item in breasts]
    return {"findings": [], "statements": [], **document, "breasts": breasts}


def _image(field: Field) -> StudyImage:
    return StudyImage(
        sop_instance_uid=field.at("sop_instance_uid").text(),
        laterality=field.at("laterality").word(Laterality),
        view=field.at("view").word(View),
        view_modifiers=field.at("view_modifiers").words(ViewModifier),
        presentation_intent=field.at("presentation_intent").word(PresentationIntent),
        distribution=field.at("distribution").word(Distribution),
        presence=field.at("presence").or_none(Field.share),
        presence_level=field.at("presence_level").or_none(Field.length),
        calcifications=field.at("calcifications").count(),
        clusters=field.at("clusters").count(),
        vessels=field.at("vessels").count(),
        has_nipple=field.at("has_nipple").truth(),
        result=field.at("result").text(),
    )


def _breast(field: Field) -> BreastCall:
    return BreastCall(
        laterality=field.at("laterality").word(Laterality),
        label=field.at("label").word(Distribution),
        images=field.at("images").texts(),
        reasons=field.at("reasons").texts(),
        places=field.at("places").or_none(Field.count),
    )


def _finding(field: Field, known: set[str]) -> Finding:
    return Finding(
        name=field.at("name").text(),
        laterality=field.at("laterality").word(Laterality),
        label=field.at("label").word(Distribution),
        sightings=tuple(_sighting(item, known) for item in field.at("sightings").items()),
        links=tuple(_link(item, known) for item in field.at("links").items()),
        unseen=tuple(
            Unseen(
                _uid(item, known),
                item.at("view").text(),
                item.at("arc_mm").or_none(Field.length),
                item.at("band_mm").or_none(Field.length),
            )
            for item in field.at("unseen").items()
        ),
        location=_location(field.at("location")),
    )


def _location(field: Field) -> Location:
    """Read a location; its quadrant follows from the halves, and has to be theirs."""
    location = Location(
        upper_lower=field.at("upper_lower").or_none(lambda word: word.word(UpperLower)),
        outer_inner=field.at("outer_inner").or_none(lambda word: word.word(OuterInner)),
        region=field.at("region").or_none(lambda word: word.word(Region)),
        clock=field.at("clock").or_none(Field.count),
        depth=field.at("depth").or_none(lambda word: word.word(Depth)),
        from_nipple_mm=field.at("from_nipple_mm").or_none(Field.length),
        views=field.at("views").texts(),
        reasons=field.at("reasons").texts(),
    )
    quadrant = field.at("quadrant")
    if quadrant.or_none(lambda word: word.word(Quadrant)) is not location.quadrant:
        raise quadrant.error("the quadrant is another one than its halves make")
    return location


def _sighting(field: Field, known: set[str]) -> Sighting:
    return Sighting(
        sop_instance_uid=_uid(field, known),
        cluster=field.at("cluster").count(),
        letter=field.at("letter").text(),
        view=field.at("view").text(),
        label=field.at("label").word(Distribution),
        arc_mm=field.at("arc_mm").or_none(Field.length),
        straight_mm=field.at("straight_mm").or_none(Field.number),
    )


def _link(field: Field, known: set[str]) -> Link:
    return Link(
        first=_reference(field.at("first"), known),
        second=_reference(field.at("second"), known),
        probability=field.at("probability").or_none(Field.share),
        basis=field.at("basis").word(LinkBasis),
        reasons=field.at("reasons").texts(),
        evidence={name: value.number() for name, value in field.at("evidence").members()},
        calibrated_on=field.at("calibrated_on").or_none(Field.text),
    )


def _reference(field: Field, known: set[str]) -> ClusterReference:
    return ClusterReference(_uid(field, known), field.at("cluster").count())


def _uid(field: Field, known: set[str]) -> str:
    """Give the UID of one of the study's images."""
    place = field.at("sop_instance_uid")
    uid = place.text()
    if uid not in known:
        raise place.error("the study has no such image")
    return uid
