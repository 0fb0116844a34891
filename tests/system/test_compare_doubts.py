"""What makes a comparison of two dates less than it seems is said; and what is lost by an oversight is not."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pydicom
import pytest
import scipy.ndimage

from mammocalc.analysis.comparison import compare_images
from mammocalc.cli.main import main
from mammocalc.results.from_json import read_result
from mammocalc.vocabulary.changes import Change
from tests.system.test_compare import alter, altered, documents_of, judged_once, on_date, run_of_both, two_dates

if TYPE_CHECKING:
    from collections.abc import Callable

    from mammocalc.model import Report
    from tests.system.conftest import Judge

SAMPLE = Path(__file__).parents[2] / "sample_data" / "03_grouped.dcm"
"""Of a breast that is larger than those of the other tests: around its group it shows enough."""

__all__ = ["altered", "judged_once", "run_of_both", "two_dates"]


def flip(ds: pydicom.Dataset) -> None:
    ds.PixelData = np.fliplr(ds.pixel_array).tobytes()


@pytest.mark.parametrize(
    ("put", "sentence"),
    [
        (flip, "the two show the chest wall at different edges, and Patient Orientation does not say why"),
        (alter(BreastImplantPresent="YES"), "only the prior has an implant"),
    ],
)
def test_what_makes_a_pair_doubtful_is_said(
    altered: Callable[..., Path], tmp_path: Path, put: Callable[[pydicom.Dataset], None], sentence: str
) -> None:
    assert main(["compare", str(altered(put)), "--out", str(tmp_path / "changes")]) == 0
    [document] = documents_of(tmp_path / "changes")
    assert any(note.startswith(sentence) for note in document["notes"])


def test_an_image_without_a_date_that_might_be_the_prior_is_told(two_dates: Path, tmp_path: Path, judge: Judge) -> None:
    folder = tmp_path / "in"
    shutil.copytree(two_dates, folder)
    ds = pydicom.dcmread(folder / "prior.dcm")
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ""
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.UID("1.2.3.9")
    ds.save_as(folder / "undated.dcm")
    judge(folder, tmp_path / "run")
    assert main(["compare", str(tmp_path / "run"), "--out", str(tmp_path / "changes")]) == 0
    [document] = documents_of(tmp_path / "changes")
    assert document["notes"] == ["1 more of this view without a date, perhaps nearer; name another pair with --pairs"]


def test_names_of_files_are_no_pairs_and_the_error_says_where_uids_are(
    run_of_both: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pairs.csv").write_text("current,prior\n1.2.3.20220402,prior.dcm\n")
    command = ["compare", str(run_of_both), "--out", str(tmp_path / "changes"), "--pairs", str(tmp_path / "pairs.csv")]
    assert main(command) == 2
    assert (
        "  1 pair: there is no result of the prior image, which is no SOP Instance UID: tables/images.csv of a run has "
        "them\n"
    ) in capsys.readouterr().err


def test_a_comparison_of_other_images_is_not_replaced_by_an_oversight(
    run_of_both: Path, two_dates: Path, tmp_path: Path, judge: Judge, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "changes"
    assert main(["compare", str(run_of_both), "--out", str(out)]) == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    folder = tmp_path / "others"
    folder.mkdir()
    for name in ("prior", "current"):
        ds = pydicom.dcmread(two_dates / f"{name}.dcm")
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.UID(f"{ds.SOPInstanceUID}.7")
        ds.save_as(folder / f"{name}.dcm")
    judge(folder, tmp_path / "other_run")
    assert main(["compare", str(tmp_path / "other_run"), "--out", str(out)]) == 2
    assert "already holds a comparison of other images (1)" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert main(["compare", str(tmp_path / "other_run"), "--out", str(out), "--force"]) == 0
    assert "1 pair of an earlier call are none any more" in capsys.readouterr().out
    [document] = documents_of(out)
    assert document["current"]["sop_instance_uid"].endswith(".7")


def test_a_file_that_is_not_what_was_analysed_is_not_looked_at_until_the_right_one_is_back(
    run_of_both: Path, two_dates: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    images, out = tmp_path / "images", tmp_path / "changes"
    shutil.copytree(two_dates, images)
    ds = pydicom.dcmread(images / "prior.dcm")
    ds.PixelData = pydicom.dcmread(images / "current.dcm").PixelData
    ds.save_as(images / "prior.dcm")
    command = ["compare", str(run_of_both), "--out", str(out), "--images", str(images)]
    assert main(command) == 0
    [document] = documents_of(out)
    assert document["looked_at"] == {"current": True, "prior": False}
    assert document["counts"]["new"] == 0
    assert "1 image of them not found under --images or not looked at" in capsys.readouterr().out
    assert document["notes"] == [
        "the file of the prior is not the one that was analysed, so its pixels were not looked at"
    ]
    shutil.copy(two_dates / "prior.dcm", images / "that_one.dcm")
    assert main(command) == 0
    assert "of them before" not in capsys.readouterr().out
    [document] = documents_of(out)
    assert document["looked_at"] == {"current": True, "prior": True}
    assert document["notes"] == []


def test_under_a_secret_salt_no_file_is_looked_at_that_cannot_be_known_again(
    two_dates: Path, tmp_path: Path, judge: Judge, capsys: pytest.CaptureFixture[str]
) -> None:
    judge(two_dates, tmp_path / "run", "privacy.patient_key_salt=of the house")
    command = ["compare", str(tmp_path / "run"), "--out", str(tmp_path / "changes"), "--images", str(two_dates)]
    assert main(command) == 2
    assert "was made under a secret salt" in capsys.readouterr().err
    (tmp_path / "salt").write_text("of the house\n", encoding="utf-8")
    assert main([*command, "--salt-file", str(tmp_path / "salt")]) == 0
    [document] = documents_of(tmp_path / "changes")
    assert document["looked_at"] == {"current": True, "prior": True}


def test_a_disk_that_fills_up_stops_the_comparison_which_goes_on_later(run_of_both: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands in for the full disk: no document of a pair fits."""
    out = tmp_path / "changes"
    command = [sys.executable, "-m", "mammocalc", "compare", str(run_of_both), "--out", str(out)]
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (2_000, 2_000))
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, preexec_fn=limit)
    assert ended.returncode == 3, ended.stderr
    assert (
        "does not take the comparison any more (File too large); make room. The same command continues" in ended.stderr
    )
    assert not list(out.rglob("*.part"))
    assert main(command[3:]) == 0
    assert len(documents_of(out)) == 1


def test_the_page_has_one_order_however_pairs_are_listed(run_of_both: Path, tmp_path: Path) -> None:
    one, other = "1.2.3.20220402", "1.2.3.20210305"
    pages = []
    for number, pairs in enumerate(((f"{one},{other}", f"{other},{one}"), (f"{other},{one}", f"{one},{other}"))):
        (tmp_path / "pairs.csv").write_text("\n".join(["current,prior", *pairs]))
        out = tmp_path / str(number)
        assert main(["compare", str(run_of_both), "--out", str(out), "--pairs", str(tmp_path / "pairs.csv")]) == 0
        pages.append((out / "index.html").read_bytes())
    assert pages[0] == pages[1]


def test_a_folder_without_images_and_a_run_of_old_tables_are_named(
    run_of_both: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["compare", str(run_of_both), "--out", str(tmp_path / "changes")]
    assert main([*command, "--images", str(tmp_path / "nowhere")]) == 2
    assert "nowhere is not a folder: name the one in which the DICOM files are" in capsys.readouterr().err
    table = run_of_both / "tables" / "images.csv"
    table.write_text(table.read_text().replace("study_day", "day"))
    assert main(command) == 2
    assert "has no column study_day: another version or another program wrote it" in capsys.readouterr().err
    table.write_text(table.read_text().splitlines()[0].replace("day", "study_day") + "\na,b\n")
    assert main(command) == 2
    assert "cannot be read (it is not what a run writes)" in capsys.readouterr().err


@pytest.fixture
def reports(run_of_both: Path) -> tuple[Report, Report]:
    """Give what is reported of the current image and of the prior."""
    found = [read_result(path).report for path in sorted((run_of_both / "results").rglob("*.json"))]
    return found[1], found[0]


def test_where_all_have_another_diameter_sentences_give_both_numbers(reports: tuple[Report, Report]) -> None:
    current, prior = reports
    smaller = tuple(replace(item, diameter_mm=0.7 * (item.diameter_mm or 0.0)) for item in prior.calcifications)
    found = compare_images(current, replace(prior, calcifications=smaller))
    assert any("all joined have 1.43 times the diameter of the prior in the median" in note for note in found.notes)
    [cluster] = found.clusters
    assert " 1.43 times those of the prior (median), 1.43 of all joined; 1.00 is within" in " ".join(cluster.reasons)
    joined = [item for item in found.calcifications if item.change is Change.MATCHED]
    assert joined
    for item in joined:
        assert item.diameter_mm is not None
        assert item.prior_diameter_mm is not None
        ratio = item.diameter_mm / item.prior_diameter_mm
        assert item.reason.startswith(f"diameter {ratio:.2f} times that of the prior (1.43 of all joined); from ")


def test_parts_of_one_cluster_of_the_prior_are_told_with_the_whole(reports: tuple[Report, Report]) -> None:
    current, prior = reports
    [whole] = current.clusters
    parts = (whole.members[::2], whole.members[1::2])
    number_of = {member: number for number, members in enumerate(parts, 1) for member in members}
    split = replace(
        current,
        clusters=tuple(replace(whole, number=number, members=members) for number, members in enumerate(parts, 1)),
        calcifications=tuple(replace(c, cluster=number_of.get(c.number)) for c in current.calcifications),
    )
    [before] = prior.clusters
    told = f"with {len(before.members)} members that is now in 2 clusters with {len(whole.members)} together"
    assert [told in change.reasons[-1] for change in compare_images(split, prior).clusters] == [True, True]
    [merged] = compare_images(prior, split).clusters
    assert merged.reasons[-1] == f"it was 2 clusters on the prior, with {len(whole.members)} members together"
    [same] = compare_images(current, prior).clusters
    assert not any("clusters" in reason for reason in same.reasons)


def without_the_brightest(ds: pydicom.Dataset, report: Report) -> None:
    """Smooth the four calcifications away that stand out most."""
    before, pixels = ds.pixel_array, ds.pixel_array.copy()
    for mark in sorted(report.calcifications, key=lambda mark: -mark.contrast_to_noise)[:4]:
        row, column = int(mark.row_px), int(mark.column_px)
        around = before[row - 30 : row + 31, column - 30 : column + 31]
        smooth = scipy.ndimage.median_filter(around, 41)
        pixels[row - 10 : row + 11, column - 10 : column + 11] = smooth[20:41, 20:41]
    ds.PixelData = pixels.tobytes()


def test_two_runs_of_different_settings_say_no_word_of_a_change(
    tmp_path: Path, judge: Judge, capsys: pytest.CaptureFixture[str]
) -> None:
    images, folder = tmp_path / "images", tmp_path / "priors"
    images.mkdir()
    folder.mkdir()
    on_date(SAMPLE, "20220402").save_as(images / "current.dcm")
    judge(images, tmp_path / "run_now")
    ds = on_date(SAMPLE, "20210305")
    ds.decompress()
    without_the_brightest(ds, read_result(next((tmp_path / "run_now" / "results").rglob("*.json"))).report)
    ds.save_as(folder / "prior.dcm")
    shutil.copy(folder / "prior.dcm", images)
    said, documents = [], []
    for name, options in (("same", []), ("other", ["classify.threshold=0.9"])):
        judge(folder, tmp_path / name, *options)
        command = ["compare", str(tmp_path / "run_now"), str(tmp_path / name), "--images", str(images)]
        assert main([*command, "--out", str(tmp_path / f"{name}_changes")]) == 0
        said.append(capsys.readouterr().out)
        documents += documents_of(tmp_path / f"{name}_changes")
    assert [text.count("with different settings (classify.threshold") for text in said] == [0, 1]
    same, other = (document["counts"] for document in documents)
    assert same["new"] > 0
    assert not any(other[word] for word in ("new", "gone", "grown", "smaller"))
    assert other["new_faint"] >= same["new"]
    reasons = [item["reason"] for item in documents[1]["calcifications"]]
    assert any(reason.endswith("the word new is withheld, for the two were analysed with different settings")
               for reason in reasons)  # fmt: skip


def test_left_and_right_exchanged_on_the_prior_are_told(
    two_dates: Path, drawn: Path, tmp_path: Path, judge: Judge
) -> None:
    """The breast is labelled R on the prior; what is labelled L there is the other one, without any calcification."""
    folder = tmp_path / "in"
    shutil.copytree(two_dates, folder)
    ds = pydicom.dcmread(folder / "prior.dcm")
    ds.ImageLaterality, ds.SOPInstanceUID = "R", "1.2.3.8"
    ds.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.UID("1.2.3.8")
    ds.save_as(folder / "prior_r.dcm")
    ds = pydicom.dcmread(folder / "prior.dcm")
    ds.PixelData = np.fliplr(pydicom.dcmread(drawn / "none.dcm").pixel_array).tobytes()
    ds.save_as(folder / "prior.dcm")
    judge(folder, tmp_path / "run")
    command = ["compare", str(tmp_path / "run"), "--images", str(folder), "--out", str(tmp_path / "changes")]
    assert main(command) == 0
    [document] = documents_of(tmp_path / "changes")
    assert document["looked_at"] == {"current": True, "prior": True}
    assert "left and right may be exchanged on one of the two dates" in document["registration"]["reasons"][-1]
    assert {item["change"] for item in document["calcifications"]} == {"not_comparable"}
