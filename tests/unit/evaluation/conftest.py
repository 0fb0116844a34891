from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.evaluation import ScoringSettings
from mammocalc.results.schema_version import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

SPACING_MM = 0.1
IMAGE: dict[str, Any] = {
    **dict.fromkeys(("sop_class_uid", "series_instance_uid", "study_instance_uid"), "1.2"),
    "study_day": None,
    "laterality": "L",
    "view": "CC",
    "view_modifiers": [],
    "patient_orientation": [],
    "breast_implant_present": None,
    "presentation_intent": "FOR PRESENTATION",
    "manufacturer": "",
    "manufacturer_model_name": "",
    "rows": 1000,
    "columns": 1000,
    "number_of_frames": 1,
    "notes": [],
    "spacing_source": "imager",
}


def _mark(number: int, mark: Sequence[float]) -> dict[str, Any]:
    diameter_mm = mark[3] if len(mark) > 3 else None
    return {
        **dict.fromkeys(("letter", "cluster", "vessel", "morphology", "left_out")),
        "id": number,
        "frame": 0,
        "row": mark[0],
        "column": mark[1],
        "outline": [],
        "diameter_px": 1.0,
        **dict.fromkeys(("diameter_mm", "length_mm", "width_mm"), diameter_mm),
        "area_mm2": None,
        "size": None if diameter_mm is None else "macro" if diameter_mm >= 1 else "micro",
        "score": mark[2],
        "contrast_to_noise": 9.0,
        "memberships": [],
        "flags": [],
    }


@pytest.fixture
def settings() -> ScoringSettings:
    return ScoringSettings(replicates=50)


@pytest.fixture
def image() -> Callable[..., dict[str, Any]]:
    """Make a result as a run writes it; marks are (row_px, column_px, score), and the diameter if it was measured."""

    def image(
        uid: str,
        marks: Sequence[tuple[float, ...]] = (),
        *,
        below: Sequence[tuple[float, float, float]] = (),
        patient: str | None = None,
        presence: float | None = 0.5,
        clusters: Sequence[Sequence[int]] = (),
        label: str = "not_applicable",
        probabilities: dict[str, float] | None = None,
        spacing: list[float] | None = [SPACING_MM, SPACING_MM],  # noqa: B006 - never changed
    ) -> dict[str, Any]:
        call: dict[str, Any] = {
            "label": label,
            "between": [],
            "probabilities": probabilities,
            "calibrated_on": None,
            "margin": None,
            "reasons": [],
            "evidence": {},
        }
        of_cluster = {"extent_mm": 1.0, "area_mm2": 1.0, "density_per_cm2": 1.0, "hull": [], "loose": False}
        listed = [_mark(number, mark) for number, mark in enumerate(marks, start=1)]
        sizes = [item["size"] for item in listed]
        return {
            "schema_version": SCHEMA_VERSION,
            "image": {**IMAGE, "sop_instance_uid": uid, "patient_key": patient, "pixel_spacing_mm": spacing},
            "breast": {"area_mm2": 1000.0, "outline": [], "pectoral": [], "pectoral_confidence": None, "nipple": None},
            "presence": presence,
            "presence_level": None,
            "counts": {
                "calcifications": len(listed),
                "micro": sizes.count("micro"),
                "macro": sizes.count("macro"),
                "size_unknown": sizes.count(None),
                "vascular": 0,
                "left_out": 0,
                "clusters": len(clusters),
                "loose_chains": 0,
                "vessels": 0,
            },
            "calcifications": listed,
            "clusters": [
                {
                    **of_cluster,
                    "id": number,
                    "letter": "ABCDEF"[number],
                    "members": [i + 1 for i in members],
                    "distribution": call,
                    "morphology": None,
                    "published_association": None,
                }
                for number, members in enumerate(clusters)
            ],
            "vessels": [],
            "distribution": call,
            "overlay": None,
            "flags": [],
            "provenance": {
                "software": "mammocalc",
                "version": "0",
                "configuration_digest": "0",
                "operating_point": "default",
                "source_digest": None,
                "medium": "digital",
            },
            "notice": "",
            "candidates": [
                {"frame": 0, "row": row, "column": column, "score": score, "diameter_mm": None}
                for row, column, score in below
            ],
        }

    return image


def candidates_of(result: dict[str, Any]) -> dict[str, Any]:
    return {name: result[name] for name in ("schema_version", "candidates")}


@pytest.fixture
def write_run(tmp_path: Path) -> Callable[..., Path]:
    """Write the files of a run; ``rows`` are the images that were not judged."""

    def write_run(images: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]] = (), name: str = "run") -> Path:
        folder = tmp_path / name
        for kind in ("results", "candidates"):
            (folder / kind).mkdir(parents=True)
        record = {
            "schema_version": SCHEMA_VERSION,
            "software": "mammocalc",
            "version": "0",
            "configuration_digest": "0",
            "operating_point": name,
            "state": "finished",
            "configuration": {"measure": {"macro_min_width_mm": 1.0}},
        }
        (folder / "run.json").write_text(json.dumps(record))
        lines = []
        for number, result in enumerate(images):
            uid = result["image"]["sop_instance_uid"]
            (folder / "results" / f"{uid}.json").write_text(json.dumps(result))
            (folder / "candidates" / f"{uid}.json").write_text(json.dumps(candidates_of(result)))
            row = {"path": f"image_{number}.dcm", "sop_instance_uid": uid, "status": "analysed", "reason": None}
            lines.append(json.dumps(row))
        lines += [json.dumps(row) for row in rows]
        (folder / "files.jsonl").write_text("\n".join(lines))
        return folder

    return write_run


@pytest.fixture
def write_truth(tmp_path: Path) -> Callable[..., Path]:
    """Write the truth of images; each is a dict of what differs from an image without calcifications."""

    def write_truth(*images: dict[str, Any], name: str = "truth") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for own in images:
            truth = {"pixel_spacing_mm": [SPACING_MM, SPACING_MM], "points": [], **own}
            (folder / f"{truth['sop_instance_uid']}.json").write_text(json.dumps(truth))
        return folder

    return write_truth
