"""The report of one image as JSON: the form that programs read."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, TypeVar

from mammocalc.model.letters import letters_of
from mammocalc.results.association import association_to_json
from mammocalc.vocabulary.lexicon import DESCRIPTORS, NOTICE

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
    from mammocalc.vocabulary.lexicon import Flag

_Name = TypeVar("_Name")

SCHEMA_VERSION: Final = "1.0"

# How many decimals each kind of number is worth.
POSITION_DECIMALS: Final = 2  # a hundredth of a pixel is below the noise of any centroid
MILLIMETRE_DECIMALS: Final = 3  # a micrometre
SPACING_DECIMALS: Final = 6  # as DICOM decimal strings usually hold it
PROBABILITY_DECIMALS: Final = 4
SCORE_DECIMALS: Final = 6  # scores are ranked: fewer decimals would tie the surest ones
LEAST_SCORE: Final = 1e-6  # as close to 0 and 1 as they are written: nothing is certain
LEVEL_DECIMALS: Final = 2
CONTRAST_DECIMALS: Final = 2
EVIDENCE_DECIMALS: Final = 4


@dataclass(frozen=True, slots=True)
class Provenance:
    """
    How a result came to be: which software, which configuration, at which operating point, and from which content.

    ``source_digest`` is the beginning of the SHA-256 of the file that was judged, 32 hexadecimal digits; None where
    there was no file.
    """

    software: str
    version: str
    configuration_digest: str
    operating_point: str
    source_digest: str | None = None


@dataclass(frozen=True, slots=True)
class OverlayPlacement:
    """
    Where an overlay lies, and how its pixels map to those of the stored image.

    The centre of the stored pixel (row, column) is drawn at ``x = offset[0] +
    scale * (column + 0.5)``, ``y = offset[1] + scale * (row + 0.5)``, in pixels
    of the overlay from its top-left corner. ``path`` is relative to the run's
    folder, with forward slashes.
    """

    path: str
    scale: float
    offset: tuple[float, float]


def to_json(report: Report, provenance: Provenance, overlay: OverlayPlacement | None) -> dict[str, Any]:
    """
    Give the report as the document that ``schema`` describes.

    Parameters
    ----------
    report : Report
        What was found in one image.
    provenance : Provenance
        How it was found.
    overlay : OverlayPlacement or None
        None where no overlay is written.

    Returns
    -------
    dict
        Only dict, list, str, int, float, bool and None; every key is always
        present, in a fixed order. Numbers are rounded to what they mean.
        Calcifications and clusters keep the report's order.

    Raises
    ------
    ValueError
        If a number is not finite.
    """
    letters = letters_of(report)
    return {
        "schema_version": SCHEMA_VERSION,
        "image": _image(report),
        "breast": _breast(report.breast),
        "presence": _score(report.presence),
        "presence_level": _rounded(report.presence_level, LEVEL_DECIMALS),
        "counts": asdict(report.counts),
        "calcifications": [_calcification(item, letters) for item in report.calcifications],
        "clusters": [_cluster(item, letters) for item in report.clusters],
        "vessels": [_vessel(item, letters) for item in report.vessels],
        "distribution": _distribution(report.distribution),
        "overlay": None
        if overlay is None
        else {
            "path": overlay.path,
            "scale": _rounded(overlay.scale, SPACING_DECIMALS),
            "offset": [_rounded(value, POSITION_DECIMALS) for value in overlay.offset],
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
        "notice": NOTICE,
    }


def candidates_to_json(report: Report) -> dict[str, Any]:
    """Give what scored below the reporting threshold, as a document of its own; the order is the report's."""
    return {
        "schema_version": SCHEMA_VERSION,
        "sop_instance_uid": report.identity.sop_instance_uid,
        "candidates": [
            {
                "frame": item.frame,
                "row": _rounded(item.row_px, POSITION_DECIMALS),
                "column": _rounded(item.column_px, POSITION_DECIMALS),
                "diameter_mm": _rounded(item.diameter_mm, MILLIMETRE_DECIMALS),
                "score": _score(item.score),
            }
            for item in report.candidates
        ],
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


def _rounded(value: float | None, decimals: int) -> float | None:
    if value is None:
        return None
    number = float(value)
    if not math.isfinite(number):
        message = f"a result holds finite numbers only, not {number!r}"
        raise ValueError(message)
    return round(number, decimals) + 0.0  # + 0.0 turns -0.0 into 0.0


def _score(value: float | None) -> float | None:
    """Round a score, short of 0 and of 1."""
    rounded = _rounded(value, SCORE_DECIMALS)
    return None if rounded is None else min(max(rounded, LEAST_SCORE), 1 - LEAST_SCORE)


def _points(points: Iterable[Point]) -> list[list[float | None]]:
    return [[_rounded(row, POSITION_DECIMALS), _rounded(column, POSITION_DECIMALS)] for row, column in points]


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
        else [_rounded(spacing.row_mm, SPACING_DECIMALS), _rounded(spacing.column_mm, SPACING_DECIMALS)],
        "spacing_source": str(report.spacing_source),
    }


def _breast(breast: BreastSummary) -> dict[str, Any]:
    nipple = breast.nipple
    return {
        "area_mm2": _rounded(breast.area_mm2, MILLIMETRE_DECIMALS),
        "outline": _points(breast.outline_px),
        "pectoral": _points(breast.pectoral_px),
        "pectoral_confidence": _rounded(breast.pectoral_confidence, PROBABILITY_DECIMALS),
        "nipple": None
        if nipple is None
        else {
            "row": _rounded(nipple.row_px, POSITION_DECIMALS),
            "column": _rounded(nipple.column_px, POSITION_DECIMALS),
            "confidence": _rounded(nipple.confidence, PROBABILITY_DECIMALS),
        },
    }


def _calcification(item: Calcification, letters: Letters) -> dict[str, Any]:
    return {
        "id": int(item.number),
        "letter": letters.calcifications.get(item.number),
        "frame": int(item.frame),
        "row": _rounded(item.row_px, POSITION_DECIMALS),
        "column": _rounded(item.column_px, POSITION_DECIMALS),
        "outline": _points(item.outline_px),
        "diameter_mm": _rounded(item.diameter_mm, MILLIMETRE_DECIMALS),
        "length_mm": _rounded(item.length_mm, MILLIMETRE_DECIMALS),
        "width_mm": _rounded(item.width_mm, MILLIMETRE_DECIMALS),
        "area_mm2": _rounded(item.area_mm2, MILLIMETRE_DECIMALS),
        "diameter_px": _rounded(item.diameter_px, POSITION_DECIMALS),
        "size": None if item.size is None else str(item.size),
        "score": _score(item.score),
        "contrast_to_noise": _rounded(item.contrast_to_noise, CONTRAST_DECIMALS),
        "cluster": None if item.cluster is None else int(item.cluster),
        "vessel": None if item.vessel is None else int(item.vessel),
        "memberships": [
            {"cluster": number, "share": _rounded(share, PROBABILITY_DECIMALS)} for number, share in item.memberships
        ],
        "morphology": _morphology(item.morphology),
        "left_out": item.left_out,
        "flags": _flags(item.flags),
    }


def _cluster(item: Cluster, letters: Letters) -> dict[str, Any]:
    return {
        "id": int(item.number),
        "letter": letters.clusters[item.number],
        "loose": item.distribution.loose,
        "members": [int(number) for number in item.members],
        "extent_mm": _rounded(item.extent_mm, MILLIMETRE_DECIMALS),
        "area_mm2": _rounded(item.area_mm2, MILLIMETRE_DECIMALS),
        "density_per_cm2": _rounded(item.density_per_cm2, MILLIMETRE_DECIMALS),
        "hull": _points(item.hull_px),
        "distribution": _distribution(item.distribution),
        "morphology": _morphology(item.morphology),
        "published_association": association_to_json(item.distribution.label),
    }


def _vessel(item: Vessel, letters: Letters) -> dict[str, Any]:
    return {
        "id": int(item.number),
        "letter": letters.vessels[item.number],
        "members": [int(number) for number in item.members],
        "length_mm": _rounded(item.length_mm, MILLIMETRE_DECIMALS),
        "course": _points(item.course_px),
    }


def _distribution(call: DistributionCall) -> dict[str, Any]:
    return {
        "label": str(call.label),
        "between": [str(label) for label in call.between],
        "probabilities": _probabilities(call),
        "calibrated_on": call.calibrated_on,
        "margin": _rounded(call.margin, PROBABILITY_DECIMALS),
        "reasons": list(call.reasons),
        "evidence": {
            str(name): int(value)
            if isinstance(value, int)  # a count stays a count
            else _rounded(value, EVIDENCE_DECIMALS)
            for name, value in call.evidence.items()
        },
    }


def _morphology(call: MorphologyCall | None) -> dict[str, Any] | None:
    if call is None:
        return None
    return {
        "label": str(call.label),
        "probabilities": {str(kind): share for kind, share in summing_to_one(call.probabilities).items() if share},
        "calibrated_on": call.calibrated_on,
        "reasons": list(call.reasons),
        "evidence": {name: _rounded(value, EVIDENCE_DECIMALS) for name, value in call.evidence.items()},
    }


def summing_to_one(shares: Mapping[_Name, float]) -> dict[_Name, float]:
    """
    Round shares as a result holds them: so that they still sum to 1.

    What rounding down leaves goes to the largest remainders.

    Parameters
    ----------
    shares : mapping of any key to float
        They sum to 1.

    Returns
    -------
    dict
        The same keys in the same order, each share to four decimals.
    """
    units = 10**PROBABILITY_DECIMALS
    whole = {name: math.floor(float(share) * units + 1e-6) for name, share in shares.items()}
    by_remainder = sorted(whole, key=lambda name: whole[name] - float(shares[name]) * units)
    for name in by_remainder[: units - sum(whole.values())]:
        whole[name] += 1
    return {name: count / units for name, count in whole.items()}


def _probabilities(call: DistributionCall) -> dict[str, float] | None:
    """Give the five in the order of the vocabulary."""
    if not call.probabilities:
        return None
    if not math.isclose(sum(call.probabilities.values()), 1.0, rel_tol=1e-6):
        message = "the probabilities of a distribution must sum to 1"
        raise ValueError(message)
    return summing_to_one({str(label): call.probabilities[label] for label in DESCRIPTORS})
