"""A comparison of two dates: from DICOM files through runs to its folder."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import numpy as np
import pydicom
import pytest

import mammocalc as mc
from mammocalc.cli.main import main
from mammocalc.results.comparison_from_json import comparison_from_json
from mammocalc.results.schema import read_schema
from mammocalc.vocabulary.changes import STABILITY_NOTICE, Change

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.system.conftest import Judge

SHIFT_PX = (14, 0)


@pytest.fixture(scope="session")
def two_dates(drawn: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write one patient's view on two dates: the same breast, some millimetres lower in the later image."""
    folder = tmp_path_factory.mktemp("dates")
    for name, date, shift in (("prior", "20210305", (0, 0)), ("current", "20220402", SHIFT_PX)):
        ds = on_date(drawn / "grouped.dcm", date)
        ds.PixelData = np.roll(ds.pixel_array, shift, (0, 1)).tobytes()
        ds.save_as(folder / f"{name}.dcm")
    return folder


def on_date(path: Path, date: str) -> pydicom.Dataset:
    """Read an image as one of patient *one* on a date."""
    ds = pydicom.dcmread(path)
    ds.PatientID, ds.StudyDate, ds.StudyInstanceUID = "one", date, f"1.2.{date}"
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.UID(f"1.2.3.{date}")
    return ds


@pytest.fixture(scope="session")
def judged_once(two_dates: Path, tmp_path_factory: pytest.TempPathFactory, judge: Judge) -> Path:
    out = tmp_path_factory.mktemp("run_of_dates") / "run"
    judge(two_dates, out)
    return out


@pytest.fixture
def run_of_both(judged_once: Path, tmp_path: Path) -> Path:
    """The run of both dates, for a test of its own."""
    return Path(shutil.copytree(judged_once, tmp_path / "run"))


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "changes.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def documents_of(folder: Path) -> list[dict[str, Any]]:
    found = [json.loads(path.read_bytes()) for path in sorted((folder / "comparisons").rglob("*.json"))]
    for document in found:
        jsonschema.validate(document, read_schema("comparison"), cls=jsonschema.Draft202012Validator)
    return found


def test_the_same_breast_on_two_dates_is_matched_and_called_stable_with_what_that_is_worth(
    run_of_both: Path, two_dates: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "changes"
    assert main(["compare", str(run_of_both), "--out", str(out), "--images", str(two_dates)]) == 0
    said = capsys.readouterr().out
    assert "1 pair of images compared, 1 of them laid over each other" in said
    assert STABILITY_NOTICE in said
    [document] = documents_of(out)
    assert document["interval_days"] == 393
    assert document["paired_by"] == "nearest_earlier_day"
    assert document["looked_at"] == {"current": True, "prior": True}
    assert document["registration"]["is_comparable"]
    counts = document["counts"]
    assert counts["matched"] >= 0.9 * document["current"]["calcifications"]
    assert counts["new"] == counts["gone"] == counts["grown"] == counts["smaller"] == 0
    assert {item["change"] for item in document["clusters"]} <= {"matched", "not_comparable"}
    rows = rows_of(out)
    assert list(rows[0]) == [
        "sop_instance_uid", "prior_sop_instance_uid", "calcification", "prior_calcification", "change", "diameter_mm",
        "prior_diameter_mm", "cluster", "prior_cluster", "reason",
    ]  # fmt: skip
    assert len(rows) == len(document["calcifications"])
    assert comparison_from_json(document).registration.joined == document["registration"]["joined"]


def test_the_same_command_again_goes_on_and_gives_the_same_bytes(
    run_of_both: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "changes"
    command = ["compare", str(run_of_both), "--out", str(out)]
    assert main(command) == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    (out / "notes.txt").write_text("mine")
    capsys.readouterr()
    assert main(command) == 0
    assert "1 pair of images compared (1 of them before)" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in before} == before
    assert (out / "notes.txt").read_text() == "mine"


def test_without_pixels_nothing_is_new_and_the_reason_says_so(run_of_both: Path, tmp_path: Path) -> None:
    assert main(["compare", str(run_of_both), "--out", str(tmp_path / "changes")]) == 0
    [document] = documents_of(tmp_path / "changes")
    assert document["counts"]["new"] == document["counts"]["gone"] == 0
    assert document["looked_at"] == {"current": False, "prior": False}


def test_what_pixels_have_shown_is_not_replaced_by_a_call_without_them(
    run_of_both: Path, two_dates: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "changes"
    without = ["compare", str(run_of_both), "--out", str(out)]
    assert main(without) == 0
    assert main([*without, "--images", str(two_dates)]) == 0
    assert documents_of(out)[0]["looked_at"] == {"current": True, "prior": True}
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert main(without) == 2
    assert "has looked at the pixels, and without --images nothing would be new or gone" in capsys.readouterr().err
    (tmp_path / "gone").mkdir()
    assert main([*without, "--images", str(tmp_path / "gone")]) == 0
    assert "(1 of them before)" in (said := capsys.readouterr().out)
    assert "not found under" not in said
    assert {path: path.read_bytes() for path in before} == before
    assert main([*without, "--force"]) == 0
    assert documents_of(out)[0]["looked_at"] == {"current": False, "prior": False}


def alter(**changes: Any) -> Callable[[pydicom.Dataset], None]:
    def put(ds: pydicom.Dataset) -> None:
        for keyword, value in changes.items():
            setattr(ds, keyword, value)

    return put


@pytest.fixture
def altered(two_dates: Path, tmp_path: Path, judge: Judge) -> Callable[[Callable[[pydicom.Dataset], None]], Path]:
    """Make a run in which the prior's header is another one."""

    def make(put: Callable[[pydicom.Dataset], None]) -> Path:
        folder = tmp_path / "in"
        shutil.copytree(two_dates, folder)
        ds = pydicom.dcmread(folder / "prior.dcm")
        put(ds)
        ds.save_as(folder / "prior.dcm")
        judge(folder, tmp_path / "run")
        return tmp_path / "run"

    return make


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"PatientID": "other"}, "no other image of this patient is an L CC"),
        (
            {"StudyDate": "", "SeriesDate": "", "AcquisitionDate": ""},
            "the date of the patient's other images of this view is not known: name the pair",
        ),
        ({"StudyDate": "20220402"}, "no earlier image of this patient is an L CC"),
    ],
)
def test_images_that_have_no_prior_are_named_with_the_reason(
    altered: Callable[..., Path], tmp_path: Path, changes: dict[str, str], sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    run = altered(alter(**changes))
    assert main(["compare", str(run), "--out", str(tmp_path / "changes")]) == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "changes").exists()


def test_a_named_pair_of_two_patients_is_compared_and_says_so(altered: Callable[..., Path], tmp_path: Path) -> None:
    run = altered(alter(PatientID="other"))
    (tmp_path / "pairs.csv").write_text("current,prior\n1.2.3.20220402,1.2.3.20210305\n")
    command = ["compare", str(run), "--out", str(tmp_path / "changes"), "--pairs", str(tmp_path / "pairs.csv")]
    assert main(command) == 0
    [document] = documents_of(tmp_path / "changes")
    assert any("different patients" in note for note in document["notes"])
    assert document["interval_days"] is None


def test_the_page_opens_from_the_disk_joins_marks_and_blinks(
    run_of_both: Path, two_dates: Path, tmp_path: Path, browser: Any
) -> None:
    out = tmp_path / "changes"
    assert main(["compare", str(run_of_both), "--out", str(out), "--images", str(two_dates)]) == 0
    [document] = documents_of(out)
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((out / "index.html").as_uri())
    assert page.locator("#stability").text_content() == STABILITY_NOTICE
    sides = [page.locator(f"#{side} img") for side in ("current", "prior")]
    assert all(side.evaluate("image => image.complete && image.naturalWidth > 100") for side in sides)
    assert page.locator("#lines line.link").count() == document["counts"]["matched"]
    rows = page.locator("#table tr[id^=mark-]")
    counts = {change: count for change, count in document["counts"].items() if count}
    folds = page.locator("#table .fold[aria-expanded=false]")
    told = page.locator("#table .fold").all_inner_texts()
    assert sorted(int(text.split()[-1]) for text in told) == sorted(counts.values())
    while folds.count():
        folds.first.press("Enter")
    assert rows.count() == sum(counts.values())
    results = [json.loads(path.read_bytes()) for path in (run_of_both / "results").rglob("*.json")]
    letters = {
        (result["image"]["sop_instance_uid"], item["id"]): item["letter"] or str(item["id"])
        for result in results
        for item in result["calcifications"]
    }
    uid = document["current"]["sop_instance_uid"]
    named = sorted(letters[uid, row["calcification"]] for row in document["calcifications"] if row["calcification"])
    first = page.locator("#table tr[id^=mark-] td:first-child").all_inner_texts()
    assert sorted(text for text in first if text != "–") == named  # as overlay and review call them
    [cluster] = [one for result in results for one in result["clusters"] if result["image"]["sop_instance_uid"] == uid]
    assert page.locator("#clusters td").first.inner_text() == cluster["letter"]
    assert cluster["letter"] in page.locator("#lines .letter").all_text_contents()
    before = page.locator("#blink img").get_attribute("src")
    page.keyboard.press("b")
    assert page.locator("#blink img").get_attribute("src") != before
    assert page.locator("#blink-name").text_content() == "prior (blinks)"
    page.keyboard.press("j")
    assert rows.nth(1).get_attribute("aria-current") == "true"
    assert first[1] in page.locator("#said").inner_text()
    rows.last.locator("td").last.click()
    page.mouse.wheel(0, 4000)
    assert rows.last.get_attribute("aria-current") == "true"
    assert first[-1] in page.locator("#said").inner_text()
    loupe, row = page.locator(".loupe").bounding_box(), rows.last.bounding_box()
    assert loupe["x"] > row["x"] + row["width"]
    assert loupe["y"] + loupe["height"] > 0  # beside the table, however far down
    assert not said
    page.close()


def test_a_foreign_page_is_not_overwritten(
    run_of_both: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine"
    out.mkdir()
    (out / "index.html").write_text("mine")
    assert main(["compare", str(run_of_both), "--out", str(out)]) == 2
    assert "holds index.html, and not of a comparison" in capsys.readouterr().err
    assert [path.name for path in out.iterdir()] == ["index.html"]


@pytest.mark.parametrize(
    ("out", "sentence"),
    [
        ("run", "is the folder of the run"),
        ("run/results", "lies in the folder of the run"),
        ("run/changes", "lies in the folder of the run"),
        ("elsewhere/../run/changes", "lies in the folder of the run"),
        ("link/changes", "lies in the folder of the run"),
        ("prior_run/changes", "lies in the folder of the run prior_run"),
        (".", "lies in --out ., which needs a folder of its own"),
        ("up", "lies in --out up, which needs a folder of its own"),
    ],
)
def test_a_comparison_is_kept_apart_from_the_runs_that_it_reads_whatever_they_are_called(
    run_of_both: Path, tmp_path: Path, out: str, sentence: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    shutil.copytree(run_of_both, tmp_path / "prior_run")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(run_of_both, target_is_directory=True)
    (tmp_path / "up").symlink_to(tmp_path, target_is_directory=True)
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.chdir(tmp_path)
    assert main(["compare", "run", "prior_run", "--out", out]) == 2
    assert sentence in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_result_that_cannot_be_read_is_one_failed_pair(
    run_of_both: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    next((run_of_both / "results").rglob("*20210305.json")).write_text("{")
    assert main(["compare", str(run_of_both), "--out", str(tmp_path / "changes")]) == 1
    assert "1 failed" in capsys.readouterr().out
    assert rows_of(tmp_path / "changes") == []


def test_the_same_from_python(run_of_both: Path, two_dates: Path, tmp_path: Path) -> None:
    run = mc.open_run(run_of_both)
    summary = run.compare(out=tmp_path / "changes", images=two_dates)
    assert (summary.pairs, summary.comparable) == (1, 1)
    assert summary.changes[Change.MATCHED] == sum(row["change"] == "matched" for row in rows_of(tmp_path / "changes"))
    again = mc.compare(run_of_both, out=tmp_path / "changes", images=two_dates)
    assert again.resumed == 1
    with pytest.raises(mc.UsageError, match="the same folder"):
        mc.compare(run, run, out=tmp_path / "other")
    with pytest.raises(mc.UsageError, match="is the folder of the images"):
        mc.compare(run, out=two_dates / ".", images=two_dates)
    with pytest.raises(mc.UsageError, match="lie in out"):
        mc.compare(run, out=two_dates.parent, images=two_dates)
    (tmp_path / "pairs.csv").write_text("current,prior\n1.2.3.20220402,1.2.3.20210305\n")
    with pytest.raises(mc.UsageError, match="already holds another comparison"):
        mc.compare(run, out=tmp_path / "changes", pairs=tmp_path / "pairs.csv")


def test_a_run_of_other_patients_is_not_taken_for_the_prior(
    run_of_both: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Path(shutil.copytree(run_of_both, tmp_path / "other"))
    table = other / "tables" / "images.csv"
    [key] = {row["patient_key"] for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines())}
    table.write_text(table.read_text(encoding="utf-8").replace(key, "0" * 16).replace("1.2.3.", "1.2.4."))
    assert main(["compare", str(run_of_both), str(other), "--out", str(tmp_path / "changes")]) == 2
    assert "have no patient in common" in capsys.readouterr().err
    assert not (tmp_path / "changes").exists()


def test_of_files_that_collide_the_analysed_one_is_looked_at(
    run_of_both: Path, two_dates: Path, tmp_path: Path
) -> None:
    rows = [json.loads(line) for line in (run_of_both / "files.jsonl").read_text(encoding="utf-8").splitlines()]
    other = {"status": "failed", "reason": "uid_collision", "path": "z.dcm", "content": "0" * 32}
    lines = [json.dumps(row) for row in (*rows, *({**row, **other} for row in rows))]
    (run_of_both / "files.jsonl").write_text("\n".join(lines), encoding="utf-8")
    mc.compare(run_of_both, out=tmp_path / "changes", images=two_dates)
    [document] = documents_of(tmp_path / "changes")
    assert document["looked_at"] == {"current": True, "prior": True}
    assert {result.to_frame("images")["path"].item() for result in mc.open_run(run_of_both)} == {
        row["path"] for row in rows
    }


def test_arguments_that_are_none_are_refused_before_anything_is_replaced(run_of_both: Path, tmp_path: Path) -> None:
    out = tmp_path / "changes"
    mc.compare(run_of_both, out=out, workers=1)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    wrong: tuple[dict[str, Any], ...] = ({"force": "no"}, {"workers": 0}, {"workers": "2"}, {"workers": 1.5})
    for arguments in wrong:
        with pytest.raises(mc.UsageError, match=f"{next(iter(arguments))}="):
            mc.compare(run_of_both, out=out, pairs=tmp_path / "none.csv", **arguments)
    with pytest.raises(mc.UsageError, match=r"^images .* is not a folder"):
        mc.compare(run_of_both, out=out, images=tmp_path / "none")
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
