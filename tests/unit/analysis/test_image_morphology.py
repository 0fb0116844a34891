"""The kinds of calcifications from the pixels of an image to its document and tables."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from mammocalc.analysis.image import analyse
from mammocalc.config import Config
from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.model import Mammogram, Report
from mammocalc.results.result import Provenance, Result
from mammocalc.results.schema import read_schema
from mammocalc.results.tables import write_tables
from mammocalc.results.to_json import encode, to_json
from mammocalc.vocabulary.lexicon import Distribution, Morphology

SAMPLES = Path(__file__).parents[3] / "sample_data"
GROUP = [(34.0 + 2 * (i % 3), 18.0 + 2 * (i // 3), 0.6) for i in range(9)]
PROVENANCE = Provenance("mammocalc", "0", "0" * 16, "default")

Maker = Callable[..., Mammogram]


def sample(name: str) -> tuple[Report, dict[str, Any]]:
    report = analyse(read_mammogram(SAMPLES / f"{name}.dcm", DicomSettings()), Config())
    truth = json.loads((SAMPLES / "truth" / f"{report.identity.sop_instance_uid}.json").read_text(encoding="utf-8"))
    return report, truth


def test_coarse_ones_are_listed_with_their_kind_and_left_out_of_the_distribution() -> None:
    report, truth = sample("06_macro_only")
    places = np.array([(planted["row"], planted["column"]) for planted in truth["points"]])
    kinds = set()
    for found in report.calcifications:
        planted = truth["points"][int(np.hypot(*(places - (found.row_px, found.column_px)).T).argmin())]
        assert found.morphology is not None
        assert found.morphology.label == planted["morphology"]
        kinds.add(found.morphology.label)
    assert kinds >= {Morphology.RIM, Morphology.DYSTROPHIC}
    assert report.clusters == ()
    assert report.distribution.label is Distribution.TYPICALLY_BENIGN
    assert any("rim" in r and r.endswith("not counted for the distribution") for r in report.distribution.reasons)


def test_what_is_left_out_keeps_its_place_in_the_list_and_is_in_no_cluster() -> None:
    report, _ = sample("03_grouped")
    assert [c.number for c in report.calcifications] == list(range(1, len(report.calcifications) + 1))
    apart = {c.number for c in report.calcifications if c.morphology and c.morphology.label is Morphology.ROD}
    members = {number for cluster in report.clusters for number in cluster.members}
    assert not apart & members
    assert all((c.cluster is not None) == (c.number in members) for c in report.calcifications)
    assert report.distribution.label is Distribution.GROUPED


def test_the_document_and_the_tables_carry_it(make_mammogram: Maker, tmp_path: Path) -> None:
    report = analyse(make_mammogram(GROUP), Config())
    assert len(report.clusters) == 1
    document = to_json(Result.of(report, PROVENANCE))
    jsonschema.validate(document, read_schema())
    for item in (*document["calcifications"], *document["clusters"]):
        call = item["morphology"]
        assert sum(call["probabilities"].values()) == pytest.approx(1)
        assert call["label"] == next(iter(call["probabilities"]))
        assert call["reasons"]
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "1.2.3.json").write_bytes(encode(document))
    write_tables(tmp_path)
    for name in ("calcifications", "clusters"):
        with (tmp_path / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        calls = [item["morphology"] for item in document[name]]
        assert [row["morphology"] for row in rows] == [call["label"] for call in calls]
        assert [float(row["p_morphology"]) for row in rows] == [call["probabilities"][call["label"]] for call in calls]


def test_without_a_spacing_no_kind_is_named(make_mammogram: Maker) -> None:
    document = to_json(Result.of(analyse(make_mammogram(GROUP, is_calibrated=False), Config()), PROVENANCE))
    assert document["calcifications"]
    assert all(item["morphology"] is None for item in document["calcifications"])


def test_the_schema_knows_every_kind() -> None:
    assert set(read_schema()["$defs"]["kind"]["enum"]) == {kind.value for kind in Morphology}
    assert "milk" not in json.dumps(read_schema()["$defs"]["kind"])
