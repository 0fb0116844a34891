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
        call = {"label": label, "probabilities": probabilities}
        return {
            "schema_version": SCHEMA_VERSION,
            "image": {"sop_instance_uid": uid, "patient_key": patient, "pixel_spacing_mm": spacing},
            "breast": {"area_mm2": 1000.0},
            "presence": presence,
            "calcifications": [
                {
                    "id": number,
                    "row": mark[0],
                    "column": mark[1],
                    "score": mark[2],
                    "diameter_mm": mark[3] if len(mark) > 3 else None,
                    "size": None if len(mark) < 4 else "macro" if mark[3] >= 1 else "micro",
                }
                for number, mark in enumerate(marks, start=1)
            ],
            "clusters": [
                {"members": [i + 1 for i in members], "distribution": call, "morphology": None} for members in clusters
            ],
            "distribution": call,
            "candidates": [
                {"row": row, "column": column, "score": score, "diameter_mm": None} for row, column, score in below
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
