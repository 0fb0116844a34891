"""The report of one image as JSON: the form that programs read."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from importlib import resources
from typing import TYPE_CHECKING, Any

from mammocalc.results.rounding import (
    CONTRAST_DECIMALS,
    EVIDENCE_DECIMALS,
    LEVEL_DECIMALS,
    MILLIMETRE_DECIMALS,
    POSITION_DECIMALS,
    PROBABILITY_DECIMALS,
    SPACING_DECIMALS,
    rounded,
    rounded_score,
    summing_to_one,
)
from mammocalc.results.schema_version import SCHEMA_VERSION
from mammocalc.vocabulary.lexicon import DESCRIPTORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mammocalc.model import (
        BreastSummary,
        Calcification,
        Cluster,
        DistributionCall,
        ImageIdentity,
        MorphologyCall,
        Point,
        Report,
        Vessel,
    )
    from mammocalc.model.letters import Letters
    from mammocalc.results.association import Association
    from mammocalc.results.result import Result
    from mammocalc.vocabulary.lexicon import Flag


def to_json(result: Result) -> dict[str, Any]:
    """
    Give a result as the document that ``schema`` describes.

    Parameters
    ----------
    result : Result
        Of one image.

    Returns
    -------
    dict
        Only dict, list, str, int, float, bool and None; every key is always
        present, in a fixed order. Numbers are rounded to what they mean.
        Calcifications and clusters keep the report's order.

    Raises
    ------
    ValueError
        If a number is not finite, or probabilities do not sum to 1.

    See Also
    --------
    mammocalc.results.from_json.from_json : The inverse.
    """
    report, provenance, overlay, letters = result.report, result.provenance, result.overlay, result.letters
    return {
        "schema_version": SCHEMA_VERSION,
        "image": _image(report),
        "breast": _breast(report.breast),
        "presence": rounded_score(report.presence),
        "presence_level": rounded(result.presence_level, LEVEL_DECIMALS),
        "counts": asdict(report.counts),
        "calcifications": [_calcification(item, letters) for item in report.calcifications],
        "clusters": [_cluster(item, letters, result.associations[item.number]) for item in report.clusters],
        "vessels": [_vessel(item, letters) for item in report.vessels],
        "distribution": _distribution(report.distribution),
        "overlay": None
        if overlay is None
        else {
            "path": overlay.path,
            "scale": rounded(overlay.scale, SPACING_DECIMALS),
            "offset": [rounded(value, POSITION_DECIMALS) for value in overlay.offset],
        },
        "flags": _flags(report.flags),
        "provenance": {
            "software": provenance.software,
            "version": provenance.version,
            "configuration_digest": provenance.configuration_digest,
            "operating_point": provenance.operating_point,
            "source_digest": provenance.source_digest,
            "medium": report.medium.value,
        },
        "notice": result.notice,
    }


def candidates_to_json(report: Report) -> dict[str, Any]:
    """Give what scored below the reporting threshold, as a document of its own; the order is the report's."""
    return {
        "schema_version": SCHEMA_VERSION,
        "sop_instance_uid": report.identity.sop_instance_uid,
        "candidates": [
            {
                "frame": item.frame,
                "row": rounded(item.row_px, POSITION_DECIMALS),
                "column": rounded(item.column_px, POSITION_DECIMALS),
                "diameter_mm": rounded(item.diameter_mm, MILLIMETRE_DECIMALS),
                "score": rounded_score(item.score),
            }
            for item in report.candidates
        ],
    }


def association_to_json(association: Association) -> dict[str, Any]:
    """Give a published association as a cluster's result holds it."""
    document = asdict(association)
    interval = association.collection.interval
    return {
        **document,
        "descriptor": str(association.descriptor),
        "malignant_share_range": list(association.malignant_share_range),
        "studies": list(document["studies"]),
        "collection": {**document["collection"], "interval": None if interval is None else list(interval)},
    }


def encode(document: Mapping[str, Any]) -> bytes:
    """
    Write a document as UTF-8 JSON: one line per top-level key and per listed finding.

    Equal documents give equal bytes. The keys keep their order.

    Raises
    ------
    ValueError
        If the document holds a number that JSON cannot express.

    Examples
    --------
    >>> print(encode({"flags": [], "clusters": [{"id": 1}, {"id": 2}]}).decode(), end="")
    {
     "flags": [],
     "clusters": [
      {"id": 1},
      {"id": 2}
     ]
    }
    """
    lines = []
    for key, value in document.items():
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            text = "[\n" + ",\n".join(f"  {_dump(item)}" for item in value) + "\n ]"
        else:
            text = _dump(value)
        lines.append(f" {_dump(key)}: {text}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode(errors="replace")


def schema() -> dict[str, Any]:
    """Read the JSON Schema (draft 2020-12) of a result from the package."""
    text = resources.files("mammocalc.results").joinpath("result.schema.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _points(points: Iterable[Point]) -> list[list[float | None]]:
    return [[rounded(row, POSITION_DECIMALS), rounded(column, POSITION_DECIMALS)] for row, column in points]


def _flags(flags: Iterable[Flag]) -> list[str]:
    return sorted(str(flag) for flag in flags)


def _image(report: Report) -> dict[str, Any]:
    identity: ImageIdentity = report.identity
    spacing = report.spacing
    implant = identity.breast_implant_present
    return {
        "sop_instance_uid": identity.sop_instance_uid,
        "sop_class_uid": identity.sop_class_uid,
        "series_instance_uid": identity.series_instance_uid,
        "study_instance_uid": identity.study_instance_uid,
        "patient_key": identity.patient_key,
        "study_day": identity.study_day,
        "laterality": str(identity.laterality),
        "view": str(identity.view),
        "view_modifiers": [str(item) for item in identity.view_modifiers],
        "patient_orientation": list(identity.patient_orientation),
        "breast_implant_present": None if implant is None else bool(implant),
        "presentation_intent": str(identity.presentation_intent),
        "manufacturer": identity.manufacturer,
        "manufacturer_model_name": identity.manufacturer_model_name,
        "rows": int(identity.rows),
        "columns": int(identity.columns),
        "number_of_frames": int(identity.number_of_frames),
        "notes": list(identity.notes),
        "pixel_spacing_mm": None
        if spacing is None
        else [rounded(spacing.row_mm, SPACING_DECIMALS), rounded(spacing.column_mm, SPACING_DECIMALS)],
        "spacing_source": str(report.spacing_source),
    }


def _breast(breast: BreastSummary) -> dict[str, Any]:
    nipple = breast.nipple
    return {
        "area_mm2": rounded(breast.area_mm2, MILLIMETRE_DECIMALS),
        "outline": _points(breast.outline_px),
        "pectoral": _points(breast.pectoral_px),
        "pectoral_confidence": rounded(breast.pectoral_confidence, PROBABILITY_DECIMALS),
        "nipple": None
        if nipple is None
        else {
            "row": rounded(nipple.row_px, POSITION_DECIMALS),
            "column": rounded(nipple.column_px, POSITION_DECIMALS),
            "confidence": rounded(nipple.confidence, PROBABILITY_DECIMALS),
        },
    }


def _calcification(item: Calcification, letters: Letters) -> dict[str, Any]:
    return {
        "id": int(item.number),
        "letter": letters.calcifications.get(item.number),
        "frame": int(item.frame),
        "row": rounded(item.row_px, POSITION_DECIMALS),
        "column": rounded(item.column_px, POSITION_DECIMALS),
        "outline": _points(item.outline_px),
        "diameter_mm": rounded(item.diameter_mm, MILLIMETRE_DECIMALS),
        "length_mm": rounded(item.length_mm, MILLIMETRE_DECIMALS),
        "width_mm": rounded(item.width_mm, MILLIMETRE_DECIMALS),
        "area_mm2": rounded(item.area_mm2, MILLIMETRE_DECIMALS),
        "diameter_px": rounded(item.diameter_px, POSITION_DECIMALS),
        "size": None if item.size is None else str(item.size),
        "score": rounded_score(item.score),
        "contrast_to_noise": rounded(item.contrast_to_noise, CONTRAST_DECIMALS),
        "cluster": None if item.cluster is None else int(item.cluster),
        "vessel": None if item.vessel is None else int(item.vessel),
        "memberships": [
            {"cluster": number, "share": rounded(share, PROBABILITY_DECIMALS)} for number, share in item.memberships
        ],
        "morphology": _morphology(item.morphology),
        "left_out": item.left_out,
        "flags": _flags(item.flags),
    }


def _cluster(item: Cluster, letters: Letters, published: Association | None) -> dict[str, Any]:
    return {
        "id": int(item.number),
        "letter": letters.clusters[item.number],
        "loose": item.distribution.loose,
        "members": [int(number) for number in item.members],
        "extent_mm": rounded(item.extent_mm, MILLIMETRE_DECIMALS),
        "area_mm2": rounded(item.area_mm2, MILLIMETRE_DECIMALS),
        "density_per_cm2": rounded(item.density_per_cm2, MILLIMETRE_DECIMALS),
        "hull": _points(item.hull_px),
        "distribution": _distribution(item.distribution),
        "morphology": _morphology(item.morphology),
        "published_association": None if published is None else association_to_json(published),
    }


def _vessel(item: Vessel, letters: Letters) -> dict[str, Any]:
    return {
        "id": int(item.number),
        "letter": letters.vessels[item.number],
        "members": [int(number) for number in item.members],
        "length_mm": rounded(item.length_mm, MILLIMETRE_DECIMALS),
        "course": _points(item.course_px),
    }


def _distribution(call: DistributionCall) -> dict[str, Any]:
    return {
        "label": str(call.label),
        "between": [str(label) for label in call.between],
        "probabilities": _probabilities(call),
        "calibrated_on": call.calibrated_on,
        "margin": rounded(call.margin, PROBABILITY_DECIMALS),
        "reasons": list(call.reasons),
        "evidence": {
            str(name): int(value)
            if isinstance(value, int)  # a count stays a count
            else rounded(value, EVIDENCE_DECIMALS)
            for name, value in call.evidence.items()
        },
    }


def _morphology(call: MorphologyCall | None) -> dict[str, Any] | None:
    if call is None:
        return None
    _demand_whole(call.probabilities, "a morphology")
    return {
        "label": str(call.label),
        "probabilities": {str(kind): share for kind, share in summing_to_one(call.probabilities).items() if share},
        "calibrated_on": call.calibrated_on,
        "reasons": list(call.reasons),
        "evidence": {name: rounded(value, EVIDENCE_DECIMALS) for name, value in call.evidence.items()},
    }


def _probabilities(call: DistributionCall) -> dict[str, float] | None:
    """Give the five in the order of the vocabulary."""
    if not call.probabilities:
        return None
    _demand_whole(call.probabilities, "a distribution")
    return summing_to_one({str(label): call.probabilities[label] for label in DESCRIPTORS})


def _demand_whole(shares: Mapping[Any, float], whose: str) -> None:
    if not math.isclose(sum(shares.values()), 1.0, rel_tol=1e-6):
        message = f"the probabilities of {whose} must sum to 1"
        raise ValueError(message)
