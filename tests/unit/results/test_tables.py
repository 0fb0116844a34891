from __future__ import annotations

import csv
import json
import tracemalloc
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow.parquet
import pytest
from pydantic import ValidationError

from mammocalc.results.columns import CALCIFICATION_COLUMNS, CLUSTER_COLUMNS, IMAGE_COLUMNS, RESULT_TABLES, Kind
from mammocalc.results.layout import result_files
from mammocalc.results.result import OverlayPlacement, Provenance, Result
from mammocalc.results.settings import OutputSettings
from mammocalc.results.tables import write_tables
from mammocalc.results.to_json import encode, to_json
from mammocalc.vocabulary.lexicon import Distribution, Flag

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PROVENANCE = Provenance("mammocalc", "0.1.0", "0123456789abcdef", "default")
MORPHOLOGY: dict[str, Any] = {"label": "round", "calibrated_on": None, "reasons": [], "evidence": {}}
POINTS = ((500.0, 300.0), (520.0, 310.0), (510.0, 330.0))


@pytest.fixture
def write_result(make_example: Callable[..., Any]) -> Callable[..., None]:
    def write(run: Path, uid: str, folder: str = "", **changes: Any) -> None:
        example = make_example(
            ((Distribution.GROUPED, POINTS),),
            ((700.0, 200.0, 15.0),),
            label=Distribution.GROUPED,
            flags=frozenset({Flag.LOSSY, Flag.IMPLANT}),
        )
        identity = replace(example.report.identity, sop_instance_uid=uid, **changes)
        document = to_json(
            Result.of(
                replace(example.report, identity=identity),
                PROVENANCE,
                OverlayPlacement(f"overlays/{uid}.jpg", 1.0, (0.0, 0.0)),
            )
        )
        path = run / "results" / folder / f"{uid}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode(document))

    return write


def read(run: Path, name: str) -> list[dict[str, str]]:
    with (run / "tables" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_an_image_is_one_row_with_units_in_the_names(tmp_path: Path, write_result: Callable[..., None]) -> None:
    write_result(tmp_path, "1.2.3", folder="ab")
    write_tables(tmp_path)
    (row,) = read(tmp_path, "images.csv")
    assert list(row) == list(IMAGE_COLUMNS)
    expected = {
        "sop_instance_uid": "1.2.3",
        "row_spacing_mm": "0.1",
        "breast_area_mm2": "5000.123",
        "presence": "0.931235",
        "n_calcifications": "4",
        "n_micro": "3",
        "n_macro": "1",
        "n_left_out": "0",
        "n_clusters": "1",
        "nipple_confidence": "0.9",
        "distribution": "grouped",
        "between": "",
        "p_grouped": "0.6",
        "p_linear": "0.1",
        "margin": "0.5",
        "reasons": "The members lie as grouped calcifications do.; The largest distance between two is 8.3 mm.",
        "flags": "implant lossy",
        "result": "results/ab/1.2.3.json",
        "overlay": "overlays/1.2.3.jpg",
    }
    assert {name: row[name] for name in expected} == expected


def test_calcifications_and_clusters_refer_to_each_other(tmp_path: Path, write_result: Callable[..., None]) -> None:
    write_result(tmp_path, "1.2.3")
    write_tables(tmp_path)
    calcifications, clusters = read(tmp_path, "calcifications.csv"), read(tmp_path, "clusters.csv")
    assert list(calcifications[0]) == list(CALCIFICATION_COLUMNS)
    assert list(clusters[0]) == list(CLUSTER_COLUMNS)
    assert [row["cluster"] for row in calcifications] == ["1", "1", "1", ""]
    assert [row["size"] for row in calcifications] == ["micro", "micro", "micro", "macro"]
    (cluster,) = clusters
    assert (cluster["id"], cluster["n_members"], cluster["distribution"]) == ("1", "3", "grouped")
    assert cluster["p_grouped"] == "0.6"
    assert cluster["reasons"].startswith("The members lie as grouped calcifications do.")
    assert cluster["published_population"].startswith("findings of 3 series")


def test_what_is_left_out_says_why_and_is_counted(tmp_path: Path, make_example: Callable[..., Any]) -> None:
    report = make_example(singles=((700.0, 200.0, 15.0), (600.0, 200.0, 4.0))).report
    first, second = report.calcifications
    report = replace(report, calcifications=(replace(first, left_out="rim (88 %): hollow"), second))
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "1.2.json").write_bytes(encode(to_json(Result.of(report, PROVENANCE))))
    write_tables(tmp_path)
    assert [row["left_out"] for row in read(tmp_path, "calcifications.csv")] == ["rim (88 %): hollow", ""]
    assert read(tmp_path, "images.csv")[0]["n_left_out"] == "1"


def test_the_tables_name_the_vessel_of_each_calcification_and_tell_loose_chains(
    tmp_path: Path, make_example: Callable[..., Any], put_in_vessel: Callable[..., Any]
) -> None:
    singles = ((700.0, 200.0, 4.0), (600.0, 200.0, 4.0), (500.0, 200.0, 4.0))
    report = make_example(((Distribution.GROUPED, POINTS), (Distribution.GROUPED, POINTS[:2])), singles).report
    chain = replace(report.clusters[1], distribution=replace(report.clusters[1].distribution, loose=True))
    report = put_in_vessel(replace(report, clusters=(report.clusters[0], chain)), 5, 6)
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "1.2.json").write_bytes(encode(to_json(Result.of(report, PROVENANCE))))
    write_tables(tmp_path, parquet=True)
    calcifications = read(tmp_path, "calcifications.csv")
    assert [row["vessel"] for row in calcifications] == ["", "", "", "", "", "1", "1", ""]
    assert [row["vessel_letter"] for row in calcifications] == ["", "", "", "", "", "V1", "V1", ""]
    (image,) = read(tmp_path, "images.csv")
    assert (image["n_vessels"], image["vessels_length_mm"]) == ("1", "10.0")
    clusters = read(tmp_path, "clusters.csv")
    assert [row["loose"] for row in clusters] == ["0", "1"]
    assert image["n_clusters"] == str(sum(row["loose"] == "0" for row in clusters))
    assert image["n_loose_chains"] == "1"


def test_an_indeterminate_image_names_its_candidates(tmp_path: Path, make_example: Callable[..., Any]) -> None:
    report = make_example(label=Distribution.INDETERMINATE).report
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "1.2.json").write_bytes(encode(to_json(Result.of(report, PROVENANCE))))
    write_tables(tmp_path)
    assert read(tmp_path, "images.csv")[0]["between"] == "linear segmental"


def test_rows_stand_in_the_order_of_their_uids_whatever_the_folders(
    tmp_path: Path, write_result: Callable[..., None]
) -> None:
    for uid, folder in (("1.2.9", "aa"), ("1.2.1", "zz"), ("1.2.5", "")):
        write_result(tmp_path, uid, folder=folder)
    write_tables(tmp_path)
    assert [row["sop_instance_uid"] for row in read(tmp_path, "images.csv")] == ["1.2.1", "1.2.5", "1.2.9"]
    assert [path.name for path in result_files(tmp_path)] == ["1.2.1.json", "1.2.5.json", "1.2.9.json"]


def test_text_from_headers_never_becomes_a_formula(tmp_path: Path, write_result: Callable[..., None]) -> None:
    for index, text in enumerate(
        ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "a;=1,+2", "＝1", 'quo"ted, text\nline')
    ):
        write_result(tmp_path, f"1.2.{index}", manufacturer=text)
    write_tables(tmp_path)
    makers = [row["manufacturer"] for row in read(tmp_path, "images.csv")]
    assert makers == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "' =1", "' =1", "a;'=1,'+2", "'＝1", 'quo"ted, text line']


def test_lines_end_in_line_feeds_and_equal_results_give_equal_bytes(
    tmp_path: Path, write_result: Callable[..., None]
) -> None:
    for run in (tmp_path / "a", tmp_path / "b"):
        for uid in ("1.2.1", "1.2.2") if run.name == "a" else ("1.2.2", "1.2.1"):
            write_result(run, uid)
        write_tables(run)
    for name in ("images.csv", "calcifications.csv", "clusters.csv"):
        data = (tmp_path / "a" / "tables" / name).read_bytes()
        assert data == (tmp_path / "b" / "tables" / name).read_bytes()
        assert b"\r" not in data
        assert data.endswith(b"\n")
    assert not list((tmp_path / "a" / "tables").glob("*.part"))


def test_a_run_of_nothing_gives_tables_with_headers_alone(tmp_path: Path) -> None:
    write_tables(tmp_path)
    assert (tmp_path / "tables" / "images.csv").read_text() == ",".join(IMAGE_COLUMNS) + "\n"


def test_parquet_holds_what_the_csv_holds_with_types(tmp_path: Path, write_result: Callable[..., None]) -> None:
    for index, maker in enumerate(("Maker", "=1+1", "two\nlines")):
        write_result(tmp_path, f"1.2.{index}", manufacturer=maker)
    write_tables(tmp_path, parquet=True)
    arrow = {Kind.TEXT: "string", Kind.COUNT: "int32", Kind.NUMBER: "double"}
    between = {Kind.WORDS: " ", Kind.SENTENCES: "; "}
    for name, columns in RESULT_TABLES.items():
        table = pyarrow.parquet.read_table(tmp_path / "tables" / f"{name}.parquet")
        assert {field.name: str(field.type) for field in table.schema} == {
            column: arrow.get(kind, "list<element: string>") for column, kind in columns.items()
        }
        lines = read(tmp_path, f"{name}.csv")
        assert len(lines) == table.num_rows > 0
        for line, row in zip(lines, table.to_pylist(), strict=True):
            for column, kind in columns.items():
                value = row[column]
                if kind in between and value is not None:
                    value = between[kind].join(value)
                if column != "manufacturer":
                    assert line[column] == ("" if value is None else str(value))
    makers = pyarrow.parquet.read_table(tmp_path / "tables" / "images.parquet")["manufacturer"].to_pylist()
    assert makers == ["Maker", "=1+1", "two\nlines"], "nothing runs a text in a typed column, so it stays as it is"


def test_equal_results_give_equal_parquet_in_groups_of_rows(
    tmp_path: Path, write_result: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mammocalc.results.parquet_table.ROWS_PER_GROUP", 5)
    for run in (tmp_path / "a", tmp_path / "b"):
        for uid in ("1.2.1", "1.2.2", "1.2.3"):
            write_result(run, uid)
        write_tables(run, parquet=True)
    for name in RESULT_TABLES:
        first, second = (tmp_path / run / "tables" / f"{name}.parquet" for run in "ab")
        assert first.read_bytes() == second.read_bytes()
    written = pyarrow.parquet.ParquetFile(tmp_path / "a" / "tables" / "calcifications.parquet")
    assert [written.metadata.row_group(n).num_rows for n in range(written.num_row_groups)] == [5, 5, 2]
    assert "research use only" in written.schema_arrow.metadata[b"notice"].decode().lower()
    assert not list((tmp_path / "a" / "tables").glob("*.part"))


def test_a_run_of_nothing_gives_parquet_without_rows(tmp_path: Path) -> None:
    write_tables(tmp_path, parquet=True)
    table = pyarrow.parquet.read_table(tmp_path / "tables" / "clusters.parquet")
    assert (table.num_rows, table.column_names) == (0, list(CLUSTER_COLUMNS))


def test_parquet_without_pyarrow_is_refused_before_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mammocalc.results.settings.find_spec", lambda _name: None)
    assert not OutputSettings(parquet=False).parquet
    with pytest.raises(ValidationError, match=r"pip install 'mammocalc\[parquet\]'"):
        OutputSettings(parquet=True)


def test_a_large_cohort_is_not_held_in_memory(
    tmp_path: Path, write_result: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mammocalc.results.parquet_table.ROWS_PER_GROUP", 20)
    write_result(
        tmp_path, "1.2.0", notes=("x" * 50_000,)
    )  # far more than lists of Python's own that are kept for reuse
    content = (tmp_path / "results" / "1.2.0.json").read_bytes()
    results = [tmp_path / "results" / f"1.3.{number}.json" for number in range(100)]
    for path in results:
        path.write_bytes(content)
    peaks = []
    for gone in (0, 90):
        for path in results[:gone]:
            path.unlink()
        tracemalloc.start()
        write_tables(tmp_path, parquet=True)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[0] - peaks[1] < 90 * 5_000, "a path for each result, and nothing of what is in it"
    assert len(content) > 4_000


def test_a_kind_whose_probability_somebody_took_out_is_a_row_all_the_same(
    tmp_path: Path, write_result: Callable[..., None]
) -> None:
    write_result(tmp_path, "1.2")
    file = tmp_path / "results" / "1.2.json"
    document = json.loads(file.read_bytes())
    for cluster in document["clusters"]:
        cluster["morphology"] = {**MORPHOLOGY, "probabilities": {}}
    file.write_text(json.dumps(document), encoding="utf-8")
    write_tables(tmp_path)
    rows = read(tmp_path, "clusters.csv")
    assert {(row["morphology"], row["p_morphology"]) for row in rows} == {("round", "")}
