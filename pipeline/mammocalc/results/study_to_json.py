"""A study as JSON: what its images say together, with the way to the result of each."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from mammocalc.results.rounding import LEVEL_DECIMALS, rounded, rounded_score
from mammocalc.vocabulary.lexicon import NOTICE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.model import BreastCall, StudyReport
    from mammocalc.results.result import Result

STUDY_SCHEMA_VERSION: Final = "1.0"
"""Grows like that of results, and has no earlier one."""


def study_to_json(study: StudyReport, results: Mapping[str, Result], paths: Mapping[str, str]) -> dict[str, Any]:
    """
    Give a study as the document that `study_schema` describes.

    Parameters
    ----------
    study : StudyReport
    results : mapping of str to Result
        The results of its images, by SOP Instance UID. All are of one configuration.
    paths : mapping of str to str
        Where these lie, relative to the run's folder, with forward slashes.

    Returns
    -------
    dict
        Only dict, list, str, int, float, bool and None; every key is always
        present, in a fixed order. Images keep the order of the study.
    """
    first = results[study.images[0].identity.sop_instance_uid].provenance
    return {
        "schema_version": STUDY_SCHEMA_VERSION,
        "study": {
            "study_instance_uid": study.uid,
            "joined_by": str(study.joined_by),
            "patient_key": study.patient_key,
            "study_day": study.study_day,
        },
        "images": [
            _image(results[uid], paths[uid]) for uid in (report.identity.sop_instance_uid for report in study.images)
        ],
        "breasts": [_breast(call) for call in study.breasts],
        "both_breasts": None if study.both_breasts is None else str(study.both_breasts),
        "missing_views": list(study.missing),
        "notes": list(study.notes),
        "provenance": {
            "software": first.software,
            "version": first.version,
            "configuration_digest": first.configuration_digest,
            "operating_point": first.operating_point,
        },
        "notice": NOTICE,
    }


def study_schema() -> dict[str, Any]:
    """
    Give the JSON schema of a study's document.

    Returns
    -------
    dict
        Draft 2020-12.
    """
    text = resources.files("mammocalc.results").joinpath("study.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _image(result: Result, path: str) -> dict[str, Any]:
    report, identity = result.report, result.report.identity
    return {
        "sop_instance_uid": identity.sop_instance_uid,
        "laterality": str(identity.laterality),
        "view": str(identity.view),
        "view_modifiers": [str(item) for item in identity.view_modifiers],
        "presentation_intent": str(identity.presentation_intent),
        "distribution": str(report.distribution.label),
        "presence": rounded_score(report.presence),
        "presence_level": rounded(result.presence_level, LEVEL_DECIMALS),
        "calcifications": report.counts.calcifications,
        "clusters": report.counts.clusters,
        "vessels": report.counts.vessels,
        "has_nipple": report.breast.nipple is not None,
        "result": path,
    }


def _breast(call: BreastCall) -> dict[str, Any]:
    return {
        "laterality": str(call.laterality),
        "label": str(call.label),
        "images": list(call.images),
        "reasons": list(call.reasons),
    }
