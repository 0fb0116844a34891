"""Reader of studies: the inverse of `study_to_json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.results.field import Field
from mammocalc.results.parse import parse_json
from mammocalc.results.schema_version import STUDY_HISTORY, check_version
from mammocalc.results.study_form import STUDY

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from pathlib import Path

    from mammocalc.results.study import Study
    from mammocalc.results.study_form import StudyDocument


def study_from_json(document: Any) -> Study:
    """
    Read a study.

    ``study_to_json(study_from_json(document)) == document`` for every document
    that `study_to_json` gives. Documents of the version 1.0 have no findings.

    Parameters
    ----------
    document : JSON value
        As `json.loads` gives it.

    Raises
    ------
    ResultError
        If it is of a version that is not known, or not what a run writes: a field is missing or something else than it
        should be, or a finding names an image that the study does not have. The sentence begins with the path.
    """
    root = Field(document)
    root = Field(_upgraded(document, check_version(root.at("schema_version").value, STUDY_HISTORY)))
    read: StudyDocument = STUDY.read(root)
    study = read.whole()
    _check_images(root.at("findings"), {image.sop_instance_uid for image in study.images})
    return study


def read_study(path: Path) -> Study:
    """
    Read a study from its file.

    Parameters
    ----------
    path : Path
        ``<StudyInstanceUID>.json`` of a run.

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


def _check_images(findings: Field, known: Container[str]) -> None:
    """Demand that findings name images of the study alone."""
    for finding in findings.items():
        ends = [link.at(end) for link in finding.at("links").items() for end in ("first", "second")]
        for item in (*finding.at("sightings").items(), *ends, *finding.at("unseen").items()):
            place = item.at("sop_instance_uid")
            if place.text() not in known:
                raise place.error("the study has no such image")
