"""The frames of multi-frame files, from the command to tables, page, answers and DICOM objects."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pydicom
import pytest
from PIL import Image as Pictures
from pydicom.uid import UID

import mammocalc as mc
from mammocalc.cli import main
from mammocalc.execution.export.export import export
from mammocalc.execution.export.request import ExportRequest
from mammocalc.vocabulary.errors import ImageSkippedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOMOSYNTHESIS: Final = "1.2.840.10008.5.1.4.1.1.13.1.3"
JPEG_LS: Final = "1.2.840.10008.1.2.4.80"
ADMITTED: Final = "admit.multiframe=true"


class Made:
    """Single images, the same as frames of two and of ten, and their run."""

    def __init__(self, top: Path, drawn: Path, judge: Callable[..., Any], write: Callable[..., str]) -> None:
        self.images, self.run = top / "in", top / "run"
        self.images.mkdir()
        singles = [drawn / f"{name}.dcm" for name in ("none", "grouped", "macro_only")]
        shutil.copy(drawn / "grouped.dcm", self.images)
        self.single = str(pydicom.dcmread(drawn / "grouped.dcm").SOPInstanceUID)
        self.two = write(self.images / "two.dcm", singles[:2])
        ten = [singles[number % 3] for number in range(10)]
        self.ten = write(self.images / "ten.dcm", ten, JPEG_LS, TOMOSYNTHESIS)
        judge(self.images, self.run, ADMITTED)

    def result(self, key: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.run / "results" / f"{key}.json").read_bytes())
        return document

    def table(self, name: str) -> list[dict[str, str]]:
        with (self.run / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def made(
    drawn: Path,
    tmp_path_factory: pytest.TempPathFactory,
    judge: Callable[..., Any],
    write_multiframe: Callable[..., str],
) -> Made:
    return Made(tmp_path_factory.mktemp("frames"), drawn, judge, write_multiframe)


def bare(result: dict[str, Any]) -> dict[str, Any]:
    """Take away what a frame and a file of its own do not have in common: their headers, and what names the frame."""
    calcifications = [{**item, "frame": 0} for item in result["calcifications"]]
    flags = [flag for flag in result["flags"] if flag != "multiframe_admitted"]
    return {
        **result,
        "image": None,
        "provenance": None,
        "overlay": None,
        "calcifications": calcifications,
        "flags": flags,
    }


def test_a_frame_gives_what_its_image_gives_in_a_file_of_its_own(made: Made) -> None:
    single = made.result(made.single)
    assert "frame" not in single["image"]
    for uid, frames, count in ((made.two, [1], 2), (made.ten, [1, 4, 7], 10)):
        for frame in frames:
            found = made.result(f"{uid}-frame{frame + 1:04}")
            assert (found["image"]["sop_instance_uid"], found["image"]["frame"]) == (uid, frame)
            assert found["image"]["number_of_frames"] == count
            assert {item["frame"] for item in found["calcifications"]} == {frame}
            assert "multiframe_admitted" in found["flags"]
            assert bare(found) == bare(single)


def test_rows_tables_and_pages_name_the_frame(made: Made) -> None:
    rows = [json.loads(line) for line in (made.run / "files.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["path"], row["frame"]) for row in rows if row["status"] == "analysed"] == [
        ("grouped.dcm", None),
        *(("ten.dcm", frame) for frame in range(10)),
        *(("two.dcm", frame) for frame in range(2)),
    ]
    images = made.table("images")
    assert {(row["sop_instance_uid"], row["frame"]) for row in images} == {
        (made.single, "0"),
        *((made.ten, str(frame)) for frame in range(10)),
        *((made.two, str(frame)) for frame in range(2)),
    }
    assert all(Path(row["path"]).stem in {"grouped", "two", "ten"} for row in images)
    assert {row["frame"] for row in made.table("clusters") if row["sop_instance_uid"] == made.ten} == {"1", "4", "7"}
    page = (made.run / "index.html").read_text(encoding="utf-8")
    assert '"frame 10"' in page
    details = (made.run / "details" / f"{made.ten}-frame0002.html").read_text(encoding="utf-8")
    assert "frame 2 of 10" in details
    assert f"../results/{made.ten}-frame0002.json" in details
    assert "studies/" not in details
    assert "frame" not in (made.run / "details" / f"{made.single}.html").read_text(encoding="utf-8").split("<main>")[1]


def test_studies_and_comparisons_leave_frames_out(
    made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    studies = [path.read_text(encoding="utf-8") for path in (made.run / "studies").glob("*.json")]
    assert len(studies) == 1
    assert made.ten not in studies[0]
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(f"current,prior\n{made.single},{made.two}-frame0001\n")
    assert main(["compare", str(made.run), "--out", str(tmp_path / "out"), "--pairs", str(pairs)]) == 2
    assert "frames are not compared" in capsys.readouterr().err


def test_the_same_command_analyses_no_frame_again_and_a_file_that_goes_leaves_its_frames(
    made: Made, judge: Callable[..., Any], tmp_path: Path
) -> None:
    images, run = shutil.copytree(made.images, tmp_path / "in"), shutil.copytree(made.run, tmp_path / "run")
    before = {path: path.stat().st_mtime_ns for path in (run / "results").iterdir()}
    summary = judge(images, run, ADMITTED)
    assert (summary.resumed, summary.totals.files) == (13, 13)
    assert {path: path.stat().st_mtime_ns for path in (run / "results").iterdir()} == before
    overlay = run / "overlays" / f"{made.ten}-frame0003.jpg"
    overlay.unlink()
    assert judge(images, run, ADMITTED).resumed == 12
    assert overlay.is_file()
    (images / "two.dcm").unlink()
    gone = [row for row in judge(images, run, ADMITTED).rows if row.reason == "gone"]
    assert [(row.path, row.frame) for row in gone] == [("two.dcm", 0), ("two.dcm", 1)]


def test_one_damaged_frame_is_one_failure(made: Made, judge: Callable[..., Any], tmp_path: Path) -> None:
    dataset = pydicom.dcmread(made.images / "ten.dcm")
    fragments = list(pydicom.encaps.generate_frames(dataset.PixelData, number_of_frames=10))
    fragments[3] = fragments[3][: len(fragments[3]) // 2]
    dataset.PixelData = pydicom.encaps.encapsulate(fragments)
    (tmp_path / "in").mkdir()
    dataset.save_as(tmp_path / "in" / "ten.dcm")
    summary = judge(tmp_path / "in", tmp_path / "run", ADMITTED)
    assert summary.totals.status == {"analysed": 9, "skipped": 0, "failed": 1}
    [failed] = [row for row in summary.rows if row.status == "failed"]
    assert failed.frame == 3
    assert failed.message.startswith("Frame 4: ")


def test_without_the_setting_multiframe_files_are_skipped_and_said_so_once(
    made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(made.images), "--out", str(tmp_path / "run"), "--workers", "1"]) == 0
    assert "2 multiframe" in capsys.readouterr().out
    assert len(list((tmp_path / "run" / "results").iterdir())) == 1


def test_programmers_read_a_frame_by_its_number_and_a_run_by_keys(made: Made) -> None:
    run, key = mc.open_run(made.run), f"{made.ten}-frame0002"
    image = mc.read(made.images / "ten.dcm", frame=1)
    assert (image.key, image.frame, image in run) == (key, 1, True)
    result = mc.analyse(image)
    assert result.key == run[key].key == key
    assert mc.analyse(made.images / "ten.dcm", frame=np.int64(1)).to_json() == result.to_json()
    assert [item.diameter_mm for item in result.calcifications] == pytest.approx(
        [item.diameter_mm for item in run[key].calcifications], abs=0.01
    )
    drawn = result.overlay()
    with Pictures.open(made.run / "overlays" / f"{key}.jpg") as overlay:
        assert drawn.size == overlay.size
    assert set(run.files()["frame"].dropna()) == set(range(10))
    with pytest.raises(ImageSkippedError, match="10 frames"):
        mc.read(made.images / "ten.dcm")
    with pytest.raises(mc.UsageError, match="frame=-1"):
        mc.read(made.images / "ten.dcm", frame=-1)
    with pytest.raises(mc.UsageError, match=r"10 frames.*the last is 9"):
        mc.analyse(made.images / "ten.dcm", frame=10)
    with pytest.raises(mc.UsageError, match="give analyse the path"):
        mc.analyse(image, frame=1)


def test_frame_0_of_a_file_of_one_image_is_that_image(made: Made) -> None:
    image = mc.read(made.images / "grouped.dcm", frame=0)
    assert (image.key, image.frame) == (made.single, None)
    with pytest.raises(mc.UsageError, match=r"a single image.*the last is 0"):
        mc.read(made.images / "grouped.dcm", frame=1)


def sequences(dataset: pydicom.Dataset) -> Iterator[tuple[str, pydicom.Dataset]]:
    for element in dataset.iterall():
        if element.VR == "SQ":
            for item in element.value:
                yield element.keyword, item


def test_objects_refer_to_the_frame(made: Made, tmp_path: Path) -> None:
    pytest.importorskip("highdicom")
    summary = export(ExportRequest(made.run, made.images, tmp_path / "out"))
    assert summary.left_out == ()
    seen = set()
    for path in sorted((tmp_path / "out").rglob("*.dcm")):
        dataset = pydicom.dcmread(path)
        for keyword, item in sequences(dataset):
            uid = item.get("ReferencedSOPInstanceUID")
            if keyword == "ReferencedSOPSequence" and "ReferencedFrameNumber" not in item and uid == made.ten:
                seen.add((path.parent.name, "evidence"))  # which is of whole instances (PS3.3 C.17.2)
            elif "ReferencedFrameNumber" in item:
                assert uid in {made.two, made.ten}
                seen.add((path.parent.name, keyword))
            else:
                assert uid != made.two or keyword in {"ReferencedInstanceSequence", "ReferencedSOPSequence"}
        for evidence in dataset.get("CurrentRequestedProcedureEvidenceSequence", ()):
            for series in evidence.ReferencedSeriesSequence:
                listed = [item.ReferencedSOPInstanceUID for item in series.ReferencedSOPSequence]
                assert len(listed) == len(set(listed))
    assert {
        ("cad-sr", "ReferencedSOPSequence"),
        ("cad-sr", "evidence"),
        ("sr-1500", "ReferencedSOPSequence"),
        ("gsps", "ReferencedImageSequence"),
        ("capture", "SourceImageSequence"),
        ("seg", "SourceImageSequence"),
        ("labelmap", "SourceImageSequence"),
    } <= seen


def test_a_file_of_other_frames_than_before_is_a_changed_file(
    made: Made, drawn: Path, judge: Callable[..., Any], write_multiframe: Callable[..., str], tmp_path: Path
) -> None:
    images, run = tmp_path / "in", tmp_path / "run"
    images.mkdir()
    for before, singles in (((), ["grouped"] * 3), (("two.dcm",), ["none"] * 2), (("two.dcm",), ["none"])):
        uid = write_multiframe(images / "two.dcm", [drawn / f"{name}.dcm" for name in singles])
        summary = judge(images, run, ADMITTED)
        frames = list(range(len(singles))) if len(singles) > 1 else [None]
        assert summary.changed == before
        assert [(row.frame, row.status, row.reason) for row in summary.rows] == [
            (frame, "analysed", None) for frame in frames
        ]
        stems = {uid if frame is None else f"{uid}-frame{frame + 1:04}" for frame in frames}
        assert {path.stem for kind in ("results", "overlays", "details") for path in (run / kind).iterdir()} == stems
    assert uid == made.two
    assert judge(images, run, ADMITTED).resumed == 1
    assert "file_gone" not in (run / "log.jsonl").read_text(encoding="utf-8")


def test_files_of_one_uid_and_other_numbers_of_frames_collide(
    made: Made, drawn: Path, judge: Callable[..., Any], tmp_path: Path
) -> None:
    images, run = tmp_path / "in", tmp_path / "run"
    images.mkdir()
    shutil.copy(made.images / "two.dcm", images / "b.dcm")
    judge(images, run, ADMITTED)
    dataset = pydicom.dcmread(drawn / "none.dcm")
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = UID(made.two)
    dataset.save_as(images / "c.dcm")
    assert [(row.path, row.frame, row.reason) for row in judge(images, run, ADMITTED).rows] == [
        ("b.dcm", 0, None),
        ("b.dcm", 1, None),
        ("c.dcm", None, "uid_collision"),
    ]
    (images / "c.dcm").rename(images / "a.dcm")
    for resumed in (0, 1):
        summary = judge(images, run, ADMITTED)
        assert (summary.changed, summary.resumed) == ((), resumed)
        assert [(row.path, row.frame, row.reason) for row in summary.rows] == [
            ("a.dcm", None, None),
            ("b.dcm", None, "uid_collision"),
        ]
    assert [path.stem for path in (run / "results").iterdir()] == [made.two]
    assert "file_gone" not in (run / "log.jsonl").read_text(encoding="utf-8")
