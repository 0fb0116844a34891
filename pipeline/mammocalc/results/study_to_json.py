"""A study as JSON: what its images say together, with the way to the result of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.results.rounding import (
    EVIDENCE_DECIMALS,
    LEVEL_DECIMALS,
    MILLIMETRE_DECIMALS,
    PROBABILITY_DECIMALS,
    rounded,
    rounded_score,
)
from mammocalc.results.schema_version import STUDY_SCHEMA_VERSION

if TYPE_CHECKING:
    from enum import StrEnum

    from mammocalc.model import BreastCall, ClusterReference, Finding, Link, Location
    from mammocalc.results.study import Study, StudyImage


def study_to_json(study: Study) -> dict[str, Any]:
    """
    Give a study as the document that ``study.schema.json`` describes.

    Parameters
    ----------
    study : Study

    Returns
    -------
    dict
        Only dict, list, str, int, float, bool and None; every key is always
        present, in a fixed order. Images keep the order of the study.

    See Also
    --------
    mammocalc.results.study_from_json.study_from_json : The inverse.
    """
    provenance = study.provenance
    return {
        "schema_version": STUDY_SCHEMA_VERSION,
        "study": {
            "study_instance_uid": study.uid,
            "joined_by": str(study.joined_by),
            "patient_key": study.patient_key,
            "study_day": study.study_day,
        },
        "images": [_image(image) for image in study.images],
        "breasts": [_breast(call) for call in study.breasts],
        "both_breasts": None if study.both_breasts is None else str(study.both_breasts),
        "findings": [_finding(finding) for finding in study.findings],
        "statements": list(study.statements),
        "missing_views": list(study.missing),
        "notes": list(study.notes),
        "provenance": {
            "software": provenance.software,
            "version": provenance.version,
            "configuration_digest": provenance.configuration_digest,
            "operating_point": provenance.operating_point,
        },
        "notice": study.notice,
    }


def _image(image: StudyImage) -> dict[str, Any]:
    return {
        "sop_instance_uid": image.sop_instance_uid,
        "laterality": str(image.laterality),
        "view": str(image.view),
        "view_modifiers": [str(item) for item in image.view_modifiers],
        "presentation_intent": str(image.presentation_intent),
        "distribution": str(image.distribution),
        "presence": rounded_score(image.presence),
        "presence_level": rounded(image.presence_level, LEVEL_DECIMALS),
        "calcifications": image.calcifications,
        "clusters": image.clusters,
        "vessels": image.vessels,
        "has_nipple": image.has_nipple,
        "result": image.result,
    }


def _breast(call: BreastCall) -> dict[str, Any]:
    return {
        "laterality": str(call.laterality),
        "label": str(call.label),
        "images": list(call.images),
        "reasons": list(call.reasons),
        "places": call.places,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "name": finding.name,
        "laterality": str(finding.laterality),
        "label": str(finding.label),
        "sightings": [
            {
                "sop_instance_uid": item.sop_instance_uid,
                "cluster": int(item.cluster),
                "letter": item.letter,
                "view": item.view,
                "label": str(item.label),
                "arc_mm": rounded(item.arc_mm, MILLIMETRE_DECIMALS),
                "straight_mm": rounded(item.straight_mm, MILLIMETRE_DECIMALS),
            }
            for item in finding.sightings
        ],
        "location": _location(finding.location),
        "links": [_link(link) for link in finding.links],
        "unseen": [
            {
                "sop_instance_uid": item.sop_instance_uid,
                "view": item.view,
                "arc_mm": rounded(item.arc_mm, MILLIMETRE_DECIMALS),
                "band_mm": rounded(item.band_mm, MILLIMETRE_DECIMALS),
            }
            for item in finding.unseen
        ],
    }


def _location(location: Location) -> dict[str, Any]:
    return {
        "quadrant": _word(location.quadrant),
        "upper_lower": _word(location.upper_lower),
        "outer_inner": _word(location.outer_inner),
        "region": _word(location.region),
        "clock": location.clock,
        "depth": _word(location.depth),
        "from_nipple_mm": rounded(location.from_nipple_mm, MILLIMETRE_DECIMALS),
        "views": list(location.views),
        "reasons": list(location.reasons),
    }


def _word(word: StrEnum | None) -> str | None:
    return None if word is None else str(word)


def _link(link: Link) -> dict[str, Any]:
    return {
        "first": _reference(link.first),
        "second": _reference(link.second),
        "probability": rounded(link.probability, PROBABILITY_DECIMALS),
        "basis": str(link.basis),
        "reasons": list(link.reasons),
        "evidence": {name: rounded(value, EVIDENCE_DECIMALS) for name, value in link.evidence.items()},
        "calibrated_on": link.calibrated_on,
    }


def _reference(cluster: ClusterReference) -> dict[str, Any]:
    return {"sop_instance_uid": cluster.sop_instance_uid, "cluster": int(cluster.cluster)}
