"""The studies of a run: joined from results, described by a schema, the same however the run came about."""

from __future__ import annotations

import csv
import json
import shutil
from typing import TYPE_CHECKING, Any

import jsonschema
import pydicom
import pytest

from mammocalc.model import JoinedBy
from mammocalc.results.schema import read_schema
from mammocalc.vocabulary.lexicon import Distribution, View, ViewModifier

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.system.conftest import Judge

VIEWS = {"grouped.dcm": ("R", "CC"), "macro_only.dcm": ("R", "MLO"), "none.dcm": ("L", "CC")}
CODES = {"CC": "399162004", "MLO": "399368009"}


def studies_of(out: Path) -> list[dict[str, Any]]:
    found = [json.loads(path.read_bytes()) for path in sorted((out / "studies").rglob("*.json"))]
    for document in found:
        jsonschema.validate(document, read_schema("study"), cls=jsonschema.Draft202012Validator)
    return found


def table_of(out: Path, name: str) -> list[dict[str, str]]:
    with (out / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def patient(drawn: Path, tmp_path: Path) -> Callable[..., Path]:
    """Write three views of one patient, as one study or as what `changes` make of them."""

    def write(**changes: Any) -> Path:
        folder = tmp_path / "in"
        folder.mkdir()
        for name, (side, view) in VIEWS.items():
            ds = pydicom.dcmread(drawn / name)
            ds.ImageLaterality, ds.ViewCodeSequence[0].CodeValue = side, CODES[view]
            ds.PatientOrientation = {"R": ["P", "L"], "L": ["A", "R"]}[side] if view == "CC" else ["P", "FL"]
            ds.ViewPosition = view
            for keyword, value in {"StudyInstanceUID": "1.2.3.4", "PatientID": "one", **changes}.items():
                setattr(ds, keyword, value)
            ds.save_as(folder / name)
        return folder

    return write


def test_three_views_are_one_study_and_the_fourth_is_missing(
    patient: Callable[..., Path], tmp_path: Path, judge: Judge
) -> None:
    judge(patient(), tmp_path / "out")
    [study] = studies_of(tmp_path / "out")
    assert study["study"]["study_instance_uid"] == "1.2.3.4"
    assert study["study"]["joined_by"] == "study_instance_uid"
    results = [json.loads((tmp_path / "out" / image["result"]).read_bytes()) for image in study["images"]]
    assert [image["sop_instance_uid"] for image in study["images"]] == [r["image"]["sop_instance_uid"] for r in results]
    assert [image["distribution"] for image in study["images"]] == [r["distribution"]["label"] for r in results]
    assert {(image["laterality"], image["view"]) for image in study["images"]} == set(VIEWS.values())
    assert [breast["laterality"] for breast in study["breasts"]] == ["R", "L"]
    assert study["breasts"][0]["label"] == "grouped"
    assert study["missing_views"] == ["L MLO"]
    assert study["study"]["study_day"] == results[0]["image"]["study_day"]
    [row] = table_of(tmp_path / "out", "studies")
    assert "1 (folder studies; tables/studies.csv" in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert (row["study_instance_uid"], row["missing_views"]) == ("1.2.3.4", "L MLO")
    assert row["n_findings"] == str(len(study["findings"]))
    findings = table_of(tmp_path / "out", "findings")
    seen = [(finding["name"], item["letter"]) for finding in study["findings"] for item in finding["sightings"]]
    assert [(finding["finding"], finding["letter"]) for finding in findings] == seen != []
    shown = [cluster for result in results for cluster in result["clusters"] if not cluster["loose"]]
    assert len(shown) == len(findings)


def test_images_without_a_study_are_joined_by_patient_and_day(
    patient: Callable[..., Path], tmp_path: Path, judge: Judge
) -> None:
    folder = patient(StudyInstanceUID="", StudyDate="20200304")
    judge(folder, tmp_path / "out")
    [study] = studies_of(tmp_path / "out")
    assert study["study"]["joined_by"] == "patient_and_day"
    assert len(study["images"]) == 3


def test_a_study_grows_with_its_run_and_has_the_bytes_of_a_run_at_once(
    patient: Callable[..., Path], tmp_path: Path, judge: Judge
) -> None:
    folder = patient()
    judge(folder, tmp_path / "whole")
    late = tmp_path / "none.dcm"
    shutil.move(folder / "none.dcm", late)
    judge(folder, tmp_path / "out")
    [study] = studies_of(tmp_path / "out")
    assert [breast["laterality"] for breast in study["breasts"]] == ["R"]
    assert study["missing_views"] == ["L CC", "L MLO"]
    shutil.move(late, folder / "none.dcm")
    judge(folder, tmp_path / "out")
    written = sorted((tmp_path / "out" / "studies").iterdir())
    assert [path.name for path in written] == ["1.2.3.4.html", "1.2.3.4.json"]
    for path in written:
        assert path.read_bytes() == (tmp_path / "whole" / "studies" / path.name).read_bytes()
    for name in ("studies.csv", "findings.csv"):
        assert (tmp_path / "out" / "tables" / name).read_bytes() == (tmp_path / "whole" / "tables" / name).read_bytes()
    before = [path.stat().st_mtime_ns for path in written]
    judge(folder, tmp_path / "out")
    assert [path.stat().st_mtime_ns for path in written] == before


def test_a_study_that_a_run_has_no_more_is_removed_and_nothing_else(
    patient: Callable[..., Path], tmp_path: Path, judge: Judge
) -> None:
    folder, out = patient(), tmp_path / "out"
    judge(folder, out)
    (out / "studies" / "1.2.99.json").write_text("{}")
    (out / "studies" / "1.2.99.html").write_text("<p>")
    (out / "studies" / "thesis.txt").write_text("mine")
    (out / "studies" / "1.2.3.4.json").write_text("damaged")
    judge(folder, out)
    assert {path.name for path in (out / "studies").iterdir()} == {"1.2.3.4.html", "1.2.3.4.json", "thesis.txt"}
    assert len(studies_of(out)) == 1


def test_the_page_of_a_study_is_reached_from_its_images_and_leads_back(
    patient: Callable[..., Path], tmp_path: Path, judge: Judge, browser: Any
) -> None:
    out = tmp_path / "out"
    judge(patient(), out)
    [study] = studies_of(out)
    [finding] = study["findings"]
    first = finding["sightings"][0]
    context = browser.new_context()
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfailed", lambda request: faults.append(request.url))
    page.goto((out / "details" / f"{first['sop_instance_uid']}.html").as_uri())
    with context.expect_page() as opened:
        page.get_by_role("link", name="The study").click()
    there = opened.value
    assert there.url.endswith("/studies/1.2.3.4.html")
    assert "No image of L MLO was analysed." in there.inner_text("main")
    assert there.locator("svg.map").count() == len(study["images"])
    assert there.locator("svg.map text").all_text_contents() == [finding["name"]]
    there.get_by_role("link", name=f"{first['view']} {first['letter']}").click()
    assert there.url.endswith(f"{first['sop_instance_uid']}.html#cluster-{first['cluster']}")
    page.goto((out / "index.html").as_uri())
    page.get_by_placeholder("UID, path, reason").fill(first["sop_instance_uid"])
    page.locator(".card").first.click()
    assert page.locator("#detail-seen").inner_text() == f"{first['letter']} is {finding['name']}, in this image only"
    assert page.locator("#detail-links a", has_text="Study").get_attribute("href") == "studies/1.2.3.4.html"
    assert faults == []
    context.close()


def test_the_schema_has_the_words_of_the_lexicon() -> None:
    schema = read_schema("study")
    image = schema["properties"]["images"]["items"]["properties"]
    assert schema["$defs"]["word"]["enum"] == [str(word) for word in Distribution]
    assert image["view"]["enum"] == [str(view) for view in View]
    assert image["view_modifiers"]["items"]["enum"] == [str(modifier) for modifier in ViewModifier]
    assert schema["properties"]["study"]["properties"]["joined_by"]["enum"] == [str(by) for by in JoinedBy]
