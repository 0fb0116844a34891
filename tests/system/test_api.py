"""What a researcher writes from memory, on DICOM files."""

from __future__ import annotations

import gc
import json
import pickle
import re
import shutil
import subprocess
import sys
import warnings
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pydicom
import pytest
from pandas.testing import assert_frame_equal

import mammocalc as mc
from mammocalc.results.columns import RESULT_TABLES, TABLES, Kind

WRONGLY: Any = mc
"""Called as no type checker would let it be."""
Settings = dict[str, Any]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(drawn: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two mammograms, one without a spacing, one that is cut off, and a text."""
    folder = tmp_path_factory.mktemp("in")
    shutil.copy(drawn / "grouped.dcm", folder)
    shutil.copy(drawn / "none.dcm", folder)
    dataset = pydicom.dcmread(drawn / "macro_only.dcm")
    del dataset.ImagerPixelSpacing
    dataset.PatientID = "123e45"
    dataset.save_as(folder / "uncalibrated.dcm")
    (folder / "cut.dcm").write_bytes((drawn / "macro_only.dcm").read_bytes()[:3000])
    (folder / "texts").mkdir()
    (folder / "texts" / "note.txt").write_text("no image", encoding="utf-8")
    (folder / "note.txt").write_text("no image", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def run(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> mc.Run:
    return mc.run(folder, tmp_path_factory.mktemp("out") / "run", workers=1)


@pytest.fixture(scope="module")
def result(folder: Path) -> mc.Result:
    return mc.analyse(folder / "grouped.dcm")


def test_text_path_and_image_give_the_same_result(folder: Path, result: mc.Result) -> None:
    image = mc.read(str(folder / "grouped.dcm"))
    assert image.spacing_mm == (0.1, 0.1)
    assert (image.laterality, image.view, image.shape) == ("L", "CC", (700, 500))
    assert mc.analyse(image).to_json() == mc.analyse(str(folder / "grouped.dcm")).to_json() == result.to_json()
    assert "\n" not in repr(image) + repr(result)
    assert repr(image) == "<Image L CC, 700 x 500 pixels, 0.1 x 0.1 mm>"
    assert repr(result).startswith("<Result L CC: grouped; ")


def test_a_result_says_what_was_found(result: mc.Result) -> None:
    assert result.distribution == "grouped" == str(result.distribution) == result.distribution.label
    assert result.distribution != "linear"
    assert result.distribution in {"grouped", "linear"}
    assert sum(result.distribution.probabilities.values()) == pytest.approx(1)
    assert result.presence is not None
    assert 0.9 < result.presence < 1
    assert len(result.calcifications) >= 5
    assert result.clusters[0].distribution == "grouped"
    assert {item.cluster for item in result.calcifications} >= {result.clusters[0].number}
    assert result.vessels == ()
    assert set(result.flags) <= set(mc.FLAG_SENTENCES)


def test_nothing_found_is_empty_and_keeps_its_columns(folder: Path) -> None:
    result = mc.analyse(folder / "none.dcm")
    assert result.distribution == "none"
    assert result.clusters == ()
    frame = result.to_frame("clusters")
    assert len(frame) == 0
    assert list(frame) == list(TABLES["clusters"])
    assert frame["id"].dtype == "int64"


def test_the_overlay_is_a_picture_that_can_be_saved_and_is_read_again(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "grouped.dcm", tmp_path / "own.dcm")
    image = mc.read(tmp_path / "own.dcm")
    result = mc.analyse(image)
    first = np.asarray(result.overlay())
    assert first.dtype == np.uint8
    assert first.shape[2] == 3
    del image
    gc.collect()
    np.testing.assert_array_equal(np.asarray(result.overlay()), first)
    result.overlay().save(tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 10_000
    shutil.copy(folder / "none.dcm", tmp_path / "own.dcm")
    with pytest.raises(mc.UsageError, match="changed since it was analysed"):
        result.overlay()
    assert "changed since it was analysed" in result._repr_html_()
    (tmp_path / "own.dcm").unlink()
    with pytest.raises(mc.UsageError, match="does not exist"):
        result.overlay()


def test_an_image_that_nobody_keeps_is_not_kept_for_its_picture(folder: Path) -> None:
    results = [mc.analyse(folder / "grouped.dcm") for _ in range(2)]
    gc.collect()
    alive = [thing for thing in gc.get_objects() if isinstance(thing, mc.Image) and thing.path is not None]
    assert not [image for image in alive if image.path == folder / "grouped.dcm"]
    assert len(results) == 2


def test_results_go_from_process_to_process(folder: Path, result: mc.Result) -> None:
    """As ``multiprocessing.Pool().map(mc.analyse, paths)`` sends them."""
    arrived = pickle.loads(pickle.dumps(result))  # noqa: S301 - our own
    assert arrived.to_json() == result.to_json()
    assert arrived.calcifications == result.calcifications
    np.testing.assert_array_equal(np.asarray(arrived.overlay()), np.asarray(result.overlay()))
    own = mc.analyse(mc.from_array(mc.read(folder / "grouped.dcm").to_array(), 0.1))
    arrived = pickle.loads(pickle.dumps(own))  # noqa: S301 - as above
    np.testing.assert_array_equal(np.asarray(arrived.overlay()), np.asarray(own.overlay()))


def test_an_array_gives_the_findings_of_its_file(folder: Path, result: mc.Result) -> None:
    stored = pydicom.dcmread(folder / "grouped.dcm").pixel_array
    found = mc.analyse(mc.from_array(stored, 0.1, laterality="L", view="CC"))
    assert found.calcifications == result.calcifications
    assert found.clusters == result.clusters
    assert found.distribution == result.distribution
    assert found.provenance.source_digest is None
    assert np.asarray(found.overlay()).shape[2] == 3
    without = mc.analyse(mc.from_array(stored))
    assert without.distribution == "not_applicable"
    assert without.spacing is None
    assert {item.diameter_mm for item in without.calcifications} == {None}
    assert "uncalibrated" in without.flags


def test_settings_do_what_they_do_on_the_command_line(folder: Path, result: mc.Result) -> None:
    fewer = mc.analyse(folder / "grouped.dcm", **{"detect.threshold_sigma": 30.0})
    assert len(fewer.calcifications) < len(result.calcifications)
    assert fewer.provenance.operating_point == "custom"
    assert fewer.provenance.configuration_digest != result.provenance.configuration_digest
    named = mc.analyse(mc.read(folder / "grouped.dcm"), config="high_sensitivity")
    assert named.provenance.operating_point == "high_sensitivity"


def test_settings_of_reading_belong_to_reading(folder: Path) -> None:
    file, setting = folder / "grouped.dcm", {"spacing.max_mm": 0.09}
    assert mc.analyse(file, **setting).distribution == "not_applicable"
    image = mc.read(file, **setting)
    assert image.spacing_mm is None
    assert mc.analyse(image).to_json() == mc.analyse(file, **setting).to_json()
    with pytest.raises(mc.UsageError, match=r"spacing\.max_mm: .* Give it to read"):
        mc.analyse(mc.read(file), **setting)


def test_hashed_uids_are_those_of_a_run(folder: Path, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"privacy.uids": "hash", "privacy.patient_key_salt": "ours"}
    [hashed] = mc.run(folder / "grouped.dcm", tmp_path / "run", workers=1, **settings)
    ours = mc.analyse(folder / "grouped.dcm", **settings)
    assert ours.sop_instance_uid == hashed.sop_instance_uid != mc.read(folder / "grouped.dcm").sop_instance_uid
    assert ours.provenance == hashed.provenance


def test_an_image_is_what_a_run_makes_of_it(folder: Path, run: mc.Run) -> None:
    assert [re.sub(r"\W.*", "", str(result)[8:]) for result in run]
    for name in ("grouped.dcm", "none.dcm", "uncalibrated.dcm"):
        alone = mc.analyse(folder / name)
        of_run = run[alone.sop_instance_uid]
        assert {**alone.to_dict(), "overlay": None} == {**of_run.to_dict(), "overlay": None}
        assert alone.calcifications == of_run.calcifications
        assert_frame_equal(alone.to_frame(), of_run.to_frame())
        columns = ["overlay", "path"]
        assert_frame_equal(
            alone.to_frame("images").drop(columns=columns), of_run.to_frame("images").drop(columns=columns)
        )


def test_a_result_is_written_as_a_run_writes_it(run: mc.Run, tmp_path: Path) -> None:
    [file] = [file for file in (run.path / "results").rglob("*.json") if file.stem == run[0].sop_instance_uid]
    assert run[0].to_json(tmp_path / "a.json").encode() == file.read_bytes() == (tmp_path / "a.json").read_bytes()
    copied = run[0].to_dict()
    copied["flags"].append("changed")
    assert run[0].to_dict() == json.loads(file.read_bytes())
    with pytest.raises(mc.OutputError, match="cannot be written"):
        run[0].to_json(tmp_path / "nowhere" / "a.json")


def test_a_run_says_which_images_it_holds_wherever_the_caller_goes(
    run: mc.Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = next(iter(run))
    assert first.sop_instance_uid in run
    assert first in run
    assert "1.2.3" not in run
    monkeypatch.chdir(run.path.parent)
    opened = mc.open_run(run.path.name)
    monkeypatch.chdir(tmp_path)
    assert [result.sop_instance_uid for result in opened] == [result.sop_instance_uid for result in run]
    with pytest.raises(mc.UsageError, match="of the type slice"):
        opened[:2]  # type: ignore[index]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda out: mc.run("", out), "inputs is empty"),
        (lambda _out: mc.open_run(""), "folder is empty"),
        (lambda _out: mc.read(""), "path is empty"),
        (lambda out: mc.run("sample_data", out, force="no"), "force='no'"),  # type: ignore[arg-type]
        (lambda _out: mc.read("sample_data/03_grouped.dcm", **{"detect.threshold_sigma": 7}), "give it to analyse"),
    ],
)
def test_slips_that_would_do_something_else_are_errors(call: Any, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(mc.UsageError, match=sentence):
        call(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_studies_are_those_of_the_run_and_a_damaged_one_is_said(run: mc.Run, tmp_path: Path) -> None:
    studies = run.studies()
    assert {image["sop_instance_uid"] for study in studies for image in study["images"]} == set(
        run.images()["sop_instance_uid"]
    )
    shutil.copytree(run.path, tmp_path / "copy")
    damaged = next((tmp_path / "copy" / "studies").glob("*.json"))
    damaged.write_text("{")
    with pytest.raises(mc.UsageError, match=f"{damaged.name} cannot be read"):
        mc.open_run(tmp_path / "copy").studies()


@pytest.mark.parametrize("table", [*RESULT_TABLES, "findings"])
def test_a_frame_is_the_csv_of_the_run(run: mc.Run, table: Any) -> None:
    """Value by value, against the text of each cell; and the types do not depend on what is in the columns."""
    frame = getattr(run, table)()
    plain = pd.read_csv(run.path / "tables" / f"{table}.csv", dtype=str, keep_default_na=False)
    assert list(frame) == list(plain) == list(TABLES[table])
    assert len(frame) == len(plain) > 0
    for name, kind in TABLES[table].items():
        for value, cell in zip(frame[name], plain[name], strict=True):
            if cell == "":
                assert pd.isna(value), name
            elif kind is Kind.NUMBER:
                assert value == float(cell), name
            elif kind is Kind.COUNT:
                assert value == int(cell), name
            else:
                assert value == cell, name
        expected = {Kind.NUMBER: {"float64"}, Kind.COUNT: {"int64", "Int64"}}.get(kind)
        assert str(frame[name].dtype) in (expected or {str(pd.Series(["a"], dtype=str).dtype)}), name
    if table in RESULT_TABLES:  # a finding is of several images
        again = pd.concat([result.to_frame(table) for result in run], ignore_index=True)
        assert_frame_equal(again, frame)


def test_what_looks_like_a_number_or_like_nothing_stays_text(run: mc.Run, tmp_path: Path) -> None:
    shutil.copytree(run.path, tmp_path / "run")
    file = tmp_path / "run" / "tables" / "images.csv"
    frame = run.images()
    words = ["1e5", "NA", "None"]
    for word, key in zip(words, frame["patient_key"], strict=True):
        file.write_text(file.read_text(encoding="utf-8").replace(key, word), encoding="utf-8")
    assert list(mc.open_run(tmp_path / "run").images()["patient_key"]) == words


def test_tables_without_rows_keep_columns_and_types(drawn: Path, tmp_path: Path) -> None:
    empty = mc.run(drawn / "none.dcm", tmp_path / "run", workers=1, **Settings({"classify.threshold": 0.999}))
    full = mc.analyse(drawn / "grouped.dcm")
    assert len(empty) == 1
    for table in ("calcifications", "clusters"):
        frame = getattr(empty, table)()
        assert len(frame) == 0
        assert_frame_equal(frame, full.to_frame(table).iloc[:0])


def test_what_became_of_every_file_is_told(run: mc.Run) -> None:
    files = run.files().set_index("path")
    lines = [json.loads(line) for line in (run.path / "files.jsonl").read_text(encoding="utf-8").splitlines()]
    assert list(files.index) == [line["path"] for line in lines]
    assert len(files) == 4
    assert list(files["status"]).count("failed") == 1
    assert files.loc["cut.dcm", "reason"] == "truncated"
    assert "Copy it again" in files.loc["cut.dcm", "message"] or files.loc["cut.dcm", "message"]
    assert pd.isna(files.loc["grouped.dcm", "reason"])
    assert files["seconds"].dtype == "float64"
    assert type(files["status"].iloc[0]) is str
    assert len(run) == 3 == len(list(run))
    assert "1 failed" in repr(run)
    assert "\n" not in repr(run)


def test_a_run_goes_on_and_is_not_mixed_with_another(folder: Path, run: mc.Run) -> None:
    again = mc.run([folder / "grouped.dcm", folder], run.path, workers=1)
    assert len(again) == len(run)
    with pytest.raises(mc.UsageError, match="force=True") as caught:
        mc.run(folder, run.path, **Settings({"detect.threshold_sigma": 7}))
    assert "--" not in str(caught.value)


def test_progress_is_told(folder: Path, tmp_path: Path) -> None:
    steps: list[Any] = []
    mc.run(str(folder / "none.dcm"), str(tmp_path / "run"), workers=1, on_progress=steps.append)
    assert {step.stage for step in steps} == {"headers", "files", "tables"}


def test_the_picture_of_a_run_is_the_one_it_wrote(run: mc.Run, tmp_path: Path) -> None:
    result = next(result for result in run if result.distribution == "grouped")
    assert result.overlay().mode == "RGB"
    shutil.copytree(run.path, tmp_path / "run")
    for picture in (tmp_path / "run" / "overlays").rglob("*.jpg"):
        picture.write_bytes(b"no picture")
    copied = mc.open_run(tmp_path / "run")
    with pytest.raises(mc.UsageError, match="cannot be read as a picture"):
        copied[0].overlay()
    for file in (tmp_path / "run" / "results").rglob("*.json"):
        document = json.loads(file.read_text(encoding="utf-8"))
        document["overlay"]["path"] = "../../secret.jpg"
        file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(mc.UsageError, match="does not lie in the folder of its run"):
        copied[0].overlay()


def test_a_run_without_pictures_says_how_to_get_one(drawn: Path, tmp_path: Path) -> None:
    [result] = mc.run(drawn / "none.dcm", tmp_path / "run", workers=1, **Settings({"outputs.overlays": "none"}))
    with pytest.raises(mc.UsageError, match=r"analyse\(path\)\.overlay\(\)"):
        result.overlay()
    assert "outputs.overlays" in result._repr_html_()


def test_damaged_runs_are_errors_of_ours(run: mc.Run, tmp_path: Path) -> None:
    shutil.copytree(run.path, tmp_path / "run")
    for file in (tmp_path / "run" / "results").rglob("*.json"):
        file.write_text('{"schema_version": "99.0"}', encoding="utf-8")
    (tmp_path / "run" / "tables" / "images.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "run" / "tables" / "clusters.csv").unlink()
    damaged = mc.open_run(tmp_path / "run")
    with pytest.raises(mc.MammocalcError, match="newer mammocalc"):
        damaged[0]
    with pytest.raises(mc.UsageError, match="columns of this version"):
        damaged.images()
    with pytest.raises(mc.UsageError, match="is not there"):
        damaged.clusters()
    with pytest.raises(KeyError, match=r"no result of 1\.2\.3"):
        damaged["1.2.3"]
    with pytest.raises(IndexError):
        damaged[99]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda _in, _out: WRONGLY.read("nowhere.dcm"), "nowhere.dcm does not exist"),
        (lambda folder, _out: WRONGLY.read(folder), r"is a folder: .*run\("),
        (lambda folder, _out: WRONGLY.analyse(str(folder)), r"is a folder: .*run\("),
        (lambda _in, _out: WRONGLY.read(7), "not an object of the type int"),
        (lambda _in, _out: WRONGLY.analyse(None), "type NoneType"),
        (lambda folder, _out: WRONGLY.read(pydicom.dcmread(folder / "none.dcm")), "its filename"),
        (lambda folder, _out: WRONGLY.from_array(mc.read(folder / "none.dcm")), "image already"),
        (lambda _in, _out: WRONGLY.analyse(np.zeros((50, 50))), "from_array"),
        (lambda _in, _out: WRONGLY.open_run("nowhere"), "nowhere does not exist"),
        (lambda folder, _out: WRONGLY.open_run(folder), "holds no run"),
        (lambda folder, _out: WRONGLY.open_run(folder / "note.txt"), "is a file"),
        (lambda _in, _out: WRONGLY.open_run("s3://bucket/run"), "no folder of this machine"),
        (lambda folder, _out: WRONGLY.run(folder, "s3://bucket/run"), "no folder of this machine"),
        (lambda _in, out: WRONGLY.run("nowhere", out), "nowhere"),
        (lambda _in, out: WRONGLY.run(7, out), "type int"),
        (lambda folder, out: WRONGLY.run(folder / "texts", out), "no DICOM files"),
        (lambda folder, out: WRONGLY.run(folder, out, workers=0), "workers=0"),
        (lambda folder, out: WRONGLY.run(folder, out, on_progress=5), "on_progress is of the type int"),
        (lambda _folder, out: WRONGLY.simulate(out, seed=2**40), "seed=1099511627776: .* 4294967295"),
        (lambda folder, out: WRONGLY.run(folder, out, workers=2.5), "workers=2.5"),
        (lambda folder, out: WRONGLY.run(folder, out, time_limit_s=0), "time_limit_s=0"),
        (lambda folder, out: WRONGLY.run(folder, out, config="defualt"), "high_sensitivity"),
        (lambda _in, out: WRONGLY.evaluate(out, "truth"), "does not exist"),
        (lambda _in, out: WRONGLY.simulate(out, seed=-1), "seed=-1"),
        (lambda _in, out: WRONGLY.simulate(out, [{"name": "a", "kind": "gruoped", "seed": 1}]), r"scenes\.0\.kind"),
        (lambda _in, out: WRONGLY.simulate(out, "nowhere.yaml"), "nowhere.yaml"),
        (lambda _in, _out: WRONGLY.simulate(7), "type int"),
    ],
)
def test_wrong_calls_are_errors_of_ours_that_say_what_is_wrong(folder: Path, tmp_path: Path, call, said: str) -> None:
    with pytest.raises(mc.MammocalcError, match=said):
        call(folder, tmp_path / "out")
    assert not (tmp_path / "out" / "run.json").exists()


def test_files_that_are_no_mammograms_say_so(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(mc.ImageUnreadableError, match="from_array") as caught:
        mc.read(folder / "note.txt")
    assert caught.value.reason == "not_dicom"
    with pytest.raises(mc.ImageUnreadableError) as cut:
        mc.read(folder / "cut.dcm")
    assert cut.value.reason == "truncated"
    noise = np.random.default_rng(1).normal(2000, 200, (20, 20))
    with pytest.raises(mc.ImageUnreadableError, match="too little for a breast") as empty:
        mc.analyse(mc.from_array(noise, 0.1, photometric="MONOCHROME2"))
    assert empty.value.reason == "no_breast"


def test_no_warning_of_a_library_quotes_the_header(folder: Path, tmp_path: Path) -> None:
    dataset = pydicom.dcmread(folder / "grouped.dcm")
    dataset.PatientAge = "044Y"
    dataset.save_as(tmp_path / "a.dcm")
    content = (tmp_path / "a.dcm").read_bytes().replace(b"044Y", b"x\\yZ")
    (tmp_path / "a.dcm").write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mc.read(tmp_path / "a.dcm")


def test_a_table_without_pandas_says_how_to_get_it(folder: Path) -> None:
    code = (
        "import sys; sys.modules['pandas'] = None\n"
        "import mammocalc as mc\n"
        f"result = mc.analyse({str(folder / 'none.dcm')!r})\n"
        "try:\n    result.to_frame()\nexcept mc.UsageError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "tables as DataFrames need pandas: pip install 'mammocalc[frames]'"


class Seen(HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def test_the_html_of_a_notebook_brings_all_it_shows_and_escapes_the_rest(run: mc.Run, tmp_path: Path) -> None:
    shutil.copytree(run.path, tmp_path / "run")
    result = next(result for result in run if result.distribution == "grouped")
    file = next((tmp_path / "run" / "results").rglob(f"{result.sop_instance_uid}.json"))
    document = json.loads(file.read_text(encoding="utf-8"))
    evil = "<script src='http://example.org/x.js'>\"&</script>"
    document["distribution"]["reasons"] = [evil]
    file.write_text(json.dumps(document), encoding="utf-8")
    rows = tmp_path / "run" / "files.jsonl"
    rows.write_text(rows.read_text(encoding="utf-8").replace("cut.dcm", "<b onclick=x>.dcm"), encoding="utf-8")
    copied = mc.open_run(tmp_path / "run")
    for text in (copied[result.sop_instance_uid]._repr_html_(), copied._repr_html_()):
        seen = Seen(text)
        assert set(seen.tags) <= {"div", "b", "img", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"}
        assert {name for name, _ in seen.attributes} <= {"class", "style", "alt", "src"}
        assert all(str(value).startswith("data:image/jpeg;base64,") for name, value in seen.attributes if name == "src")
    assert "&lt;script" in copied[result.sop_instance_uid]._repr_html_()
    assert "&lt;b onclick" in copied._repr_html_()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    page = browser.new_page()
    yield page
    page.close()


def test_a_notebook_shows_the_picture_and_its_tables(page: Any, result: mc.Result, run: mc.Run) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(result._repr_html_())
    shown = page.locator("img").evaluate("image => [image.complete, image.naturalWidth, image.clientWidth]")
    assert shown[0]
    assert 400 < shown[1] <= 900
    assert shown[2] <= 900
    assert page.locator("table").count() == 2
    assert page.locator("tbody").last.locator("tr").count() == min(10, len(result.calcifications))
    assert "Research use only" in page.locator("body").inner_text()
    page.set_content(run._repr_html_())
    assert page.locator("table").first.locator("tbody tr").count() == 3
    assert "cut.dcm" in page.locator("table").last.inner_text()
    assert [url for url in asked if not url.startswith("data:")] == []


def test_truth_goes_in_and_figures_come_out(tmp_path: Path) -> None:
    scene = {"kind": "grouped", "field_mm": [70.0, 50.0], "pixel_spacing_mm": 0.1, "snr": [40.0, 80.0]}
    paths = mc.simulate(tmp_path / "in", [{"name": "a", "seed": 1, **scene}, {"name": "b", "seed": 2, **scene}])
    assert [path.name for path in paths] == ["a.dcm", "b.dcm"]
    assert [
        path.read_bytes()
        for path in mc.simulate(
            tmp_path / "in", {"scenes": [{"name": "a", "seed": 1, **scene}, {"name": "b", "seed": 2, **scene}]}
        )
    ] == [path.read_bytes() for path in paths]
    run = mc.run(paths, tmp_path / "run", workers=1)
    scores = mc.evaluate(run, tmp_path / "in" / "truth")
    assert str(scores).strip()
    assert "\n" not in repr(scores)
    assert scores.document == mc.evaluate(str(run.path), str(tmp_path / "in")).document
    page = scores.save(tmp_path / "scores")
    assert json.loads((page.parent / "evaluation.json").read_text(encoding="utf-8")) == scores.document
    with pytest.raises(mc.UsageError, match="are read as results or truth"):
        scores.save(tmp_path / "in" / "truth" / "scores")
    with pytest.raises(KeyError, match="there is no section"):
        scores["nothing"]
    with pytest.raises(mc.UsageError, match="does not exist"):
        mc.evaluate(run, tmp_path / "nowhere")
