"""The export of a run: what is written, what is left out and why, and that nothing wrong is said."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
import pytest
from planted_faults import nodes
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

import mammocalc as mc
from mammocalc.cli import main
from mammocalc.dicom.writer import KINDS, Kind
from mammocalc.execution.export.export import export
from mammocalc.execution.export.request import ExportRequest, ExportSummary
from mammocalc.vocabulary.errors import StoppedError, UsageError

if TYPE_CHECKING:
    from report_tree import Node

Export = Callable[..., ExportSummary]
PATIENT = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyDate", "StudyID")


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def reasons(summary: ExportSummary) -> str:
    return "\n".join(map(str, summary.left_out))


def test_every_kind_is_written_and_carries_patient_and_study_of_its_images(study_objects: Path, views: Path) -> None:
    source = pydicom.dcmread(next(views.glob("*.dcm")), stop_before_pixels=True)
    listed = json.loads((study_objects / "export.json").read_bytes())
    assert listed["state"] == "finished"
    assert {item["kind"] for item in listed["objects"]} == {*KINDS, "labelmap"}
    assert {item["file"] for item in listed["objects"]} == set(bytes_of(study_objects)) - {"export.json"}
    for item in listed["objects"]:
        found = pydicom.dcmread(study_objects / item["file"])
        assert [found.get(keyword) for keyword in PATIENT] == [source.get(keyword) for keyword in PATIENT]
        assert found.SOPInstanceUID == item["sop_instance_uid"] == found.file_meta.MediaStorageSOPInstanceUID
        assert found.SOPClassUID == item["sop_class_uid"]
        assert len(found.SOPInstanceUID) <= 44


def test_equal_runs_give_equal_bytes_and_another_name_other_uids(
    study_objects: Path, study_run: Path, views: Path, tmp_path: Path
) -> None:
    again = mc.export(study_run, views, tmp_path / "again")
    assert repr(again).startswith(f"<ExportSummary: {len(again.objects)} objects, 0 left out")
    assert again.left_out == ()
    assert bytes_of(tmp_path / "again") == bytes_of(study_objects)
    other = mc.open_run(study_run).export(views, tmp_path / "other", to="cad-sr", manufacturer="House")
    [report] = other.objects
    assert report.file not in bytes_of(study_objects)
    assert pydicom.dcmread(tmp_path / "other" / report.file).Manufacturer == "House"


def test_the_command_line_writes_them_and_says_that_they_name_the_patient(
    study_run: Path, views: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["export", str(study_run), "--images", str(views), "--out", str(tmp_path / "out"), "--to", "cad-sr,gsps"]
    assert main(call) == 0
    assert "5 DICOM objects" in (said := capsys.readouterr().out)
    assert "name the patient" in said
    assert "Synthetic" not in said


def test_images_that_moved_or_changed_are_named_and_no_report_speaks_without_them(
    images: Path, export_to: Export, edit: Callable[..., None], study_run: Path
) -> None:
    shutil.move(images / "R_CC.dcm", images / "deep.name")
    assert export_to(images, Kind.CAD_SR).left_out == ()  # moved, and found by its UID
    edit(images / "R_MLO.dcm", ImageComments="other")
    (images / "deep.name").unlink()
    summary = export_to(images, Kind.CAD_SR, Kind.GSPS)
    assert "no file under --images has this image's UID" in reasons(summary)
    assert "its content has changed" in reasons(summary)
    assert "no report of this study was written" in reasons(summary)
    assert [item.kind for item in summary.objects] == ["gsps", "gsps"]


def test_views_that_are_missing_and_images_that_were_passed_over_are_said(
    images: Path, edit: Callable[..., None], judge: Callable[..., object], keep: Callable[..., None], tmp_path: Path
) -> None:
    keep("R_CC", "L_CC")
    edit(images / "L_CC.dcm", Modality="CT")
    judge(images, tmp_path / "run")
    summary = export(ExportRequest(tmp_path / "run", images, tmp_path / "out", (Kind.CAD_SR,)))
    said = "".join(map(str, summary.notes))
    assert "no analysed image shows its R MLO, L CC, L MLO" in said
    assert "1 of its images were not analysed" in said
    assert [item.kind for item in summary.objects] == ["cad-sr"]


def test_a_uid_with_two_contents_is_nobodys(images: Path, export_to: Export, edit: Callable[..., None]) -> None:
    shutil.copy(images / "R_CC.dcm", images / "same.dcm")
    assert export_to(images, Kind.GSPS).left_out == ()
    edit(images / "same.dcm", ImageComments="other")
    summary = export_to(images, Kind.GSPS)
    assert "other content" in reasons(summary)
    assert len(summary.objects) == 3


def test_two_patients_in_one_study_are_written_as_none(
    images: Path, edit: Callable[..., None], judge: Callable[..., object], tmp_path: Path
) -> None:
    edit(images / "R_CC.dcm", PatientID="ANOTHER-1")
    judge(images, tmp_path / "run")
    summary = mc.export(tmp_path / "run", images, tmp_path / "out")
    assert "different patients" in reasons(summary)
    assert "ANOTHER" not in reasons(summary)
    assert summary.objects == ()
    assert list((tmp_path / "out").glob("**/*.dcm")) == []


def test_an_image_that_names_no_patient_is_written_as_it_is_and_that_is_said(
    images: Path, edit: Callable[..., None], judge: Callable[..., object], tmp_path: Path
) -> None:
    for path in images.glob("*.dcm"):
        edit(path, PatientID=None, PatientName=None, PatientSex=None, StudyTime=None)
    judge(images, tmp_path / "run")
    summary = mc.export(tmp_path / "run", images, tmp_path / "out", to="cad-sr")
    assert summary.left_out == ()
    assert "name no Patient ID" in str(summary.notes[0])
    found = pydicom.dcmread(tmp_path / "out" / summary.objects[0].file)
    assert (found.PatientID, str(found.PatientName), found.StudyTime) == ("", "", "")


@pytest.mark.parametrize(
    ("character_set", "name"),
    [
        ("ISO_IR 100", "Müller^Zoë"),
        ("ISO_IR 192", "Müller^Żółć^山田"),
        (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎=やまだ^たろう"),
    ],
)
def test_names_come_through_in_every_character_set(
    character_set: object,
    name: str,
    images: Path,
    edit: Callable[..., None],
    judge: Callable[..., object],
    tmp_path: Path,
    keep: Callable[..., None],
) -> None:
    keep("L_CC")
    edit(images / "L_CC.dcm", SpecificCharacterSet=character_set, PatientName=name, StudyDescription="Mammo")
    judge(images, tmp_path / "run", "outputs.overlays=none")
    summary = mc.export(tmp_path / "run", images, tmp_path / "out", to="cad-sr,gsps,seg")
    source = pydicom.dcmread(images / "L_CC.dcm")
    assert len(summary.objects) == 4
    for item in summary.objects:
        found = pydicom.dcmread(tmp_path / "out" / item.file)
        assert found.PatientName == source.PatientName == name
        assert found.PatientName.original_string == source.PatientName.original_string
        assert found.SpecificCharacterSet == source.SpecificCharacterSet


def test_a_name_that_its_character_set_cannot_hold_is_left_to_its_owner(
    images: Path, judge: Callable[..., object], tmp_path: Path, keep: Callable[..., None]
) -> None:
    path = images / "L_CC.dcm"
    dataset = pydicom.dcmread(path)
    dataset.SpecificCharacterSet, dataset.PatientID = "ISO_IR 192", "MARKER"
    dataset.save_as(path)
    path.write_bytes(path.read_bytes().replace(b"MARKER", b"M\xfcRKE "))
    keep("L_CC")
    judge(images, tmp_path / "run", "outputs.overlays=none")
    summary = mc.export(tmp_path / "run", images, tmp_path / "out", to="cad-sr,gsps")
    assert summary.objects == ()
    assert "Specific Character Set (0008,0005)" in reasons(summary)
    assert "RKE" not in reasons(summary)


def test_each_breast_has_a_series_for_laterality_belongs_to_the_series(study_objects: Path) -> None:
    sides: dict[str, set[str]] = defaultdict(set)
    for kind in ("gsps", "capture"):
        for path in study_objects.glob(f"*/{kind}/*.dcm"):
            dataset = pydicom.dcmread(path, stop_before_pixels=True)
            sides[dataset.SeriesInstanceUID].add(dataset.Laterality)
    assert sorted(map(sorted, sides.values())) == [["L"], ["L"], ["R"], ["R"]]


@pytest.mark.parametrize(
    ("spelling", "written"),
    [(b"ISO-IR 100", "ISO_IR 100"), (b"utf-8     ", "ISO_IR 192"), (b"ISO_IR 999", None)],
)
def test_a_character_set_is_written_as_the_standard_spells_it(
    spelling: bytes,
    written: str | None,
    images: Path,
    judge: Callable[..., object],
    tmp_path: Path,
    keep: Callable[..., None],
) -> None:
    path = images / "L_CC.dcm"
    dataset = pydicom.dcmread(path)
    dataset.SpecificCharacterSet, dataset.PatientName, dataset.PatientID = "ISO_IR 101", "MARKER", "A\\B"
    dataset.save_as(path)
    name = "Zoë".encode("utf-8" if b"utf" in spelling else "latin-1").ljust(6)
    path.write_bytes(path.read_bytes().replace(b"MARKER", name).replace(b"ISO_IR 101", spelling))
    keep("L_CC")
    judge(images, tmp_path / "run", "outputs.overlays=none")
    summary = mc.export(tmp_path / "run", images, tmp_path / "out", to="gsps,seg")
    objects = [pydicom.dcmread(tmp_path / "out" / item.file) for item in summary.objects]
    assert ("Specific Character Set (0008,0005)" in reasons(summary)) is (written is None)
    assert {(str(found.PatientName), found.SpecificCharacterSet) for found in objects} == (
        set() if written is None else {("Zoë", written)}
    )
    assert all(found.PatientID == "" for found in objects)  # two values, where one is admitted
    assert ("Patient ID (0010,0020)" in "".join(map(str, summary.notes))) is (written is not None)


def test_the_folder_is_one_of_its_own(study_run: Path, images: Path, tmp_path: Path) -> None:
    for out, why in ((study_run / "dicom", "names? nobody"), (images, "folder of the images")):
        with pytest.raises(UsageError, match=why):
            export(ExportRequest(study_run, images, out))
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "letter.txt").touch()
    with pytest.raises(UsageError, match="no export has put there"):
        export(ExportRequest(study_run, images, tmp_path / "used"))
    assert [path.name for path in (tmp_path / "used").iterdir()] == ["letter.txt"]
    assert not (study_run / "dicom").exists()


def test_what_an_earlier_export_left_is_not_sent_along(
    images: Path, export_to: Export, study_run: Path, tmp_path: Path
) -> None:
    before = {item.file for item in export_to(images, Kind.CAD_SR, Kind.GSPS).objects}
    (images / "R_CC.dcm").unlink()
    summary = export_to(images, Kind.CAD_SR, Kind.GSPS)
    left = {path.relative_to(tmp_path / "objects").as_posix() for path in (tmp_path / "objects").rglob("*.dcm")}
    assert left == {item.file for item in summary.objects}
    assert summary.removed == len(before - left) > 0
    assert export_to(images, Kind.CAD_SR, Kind.GSPS).removed == 0


def test_a_wrong_folder_of_images_removes_no_objects(
    images: Path, export_to: Export, study_run: Path, tmp_path: Path
) -> None:
    export_to(images, Kind.CAD_SR)
    before = sorted((tmp_path / "objects").rglob("*.dcm"))
    (tmp_path / "elsewhere").mkdir()
    record = tmp_path / "objects" / "export.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | {"objects": []}))  # as a stopped one leaves it
    with pytest.raises(UsageError, match="no image of the run is in --images"):
        export_to(tmp_path / "elsewhere", Kind.CAD_SR)
    assert sorted((tmp_path / "objects").rglob("*.dcm")) == before


def test_runs_that_cannot_be_used_are_refused_before_anything_is_done(
    study_run: Path, images: Path, tmp_path: Path
) -> None:
    run = Path(shutil.copytree(study_run, tmp_path / "run"))
    record = json.loads((run / "run.json").read_bytes())
    for changes, why in (
        ({"schema_version": "9.0"}, "newer"),
        ({"state": "running"}, "has not ended"),
        ({"state": "stopped"}, "has not ended"),
        ({"started": "yesterday"}, "not what a run writes"),
        ({"configuration": {"privacy": {"uids": "keep", "patient_key_salt": "(set, not shown)"}}}, "--salt-file"),
    ):
        (run / "run.json").write_text(json.dumps(record | changes), encoding="utf-8")
        with pytest.raises(UsageError, match=why):
            export(ExportRequest(run, images, tmp_path / "out"))
    (run / "run.json").unlink()
    with pytest.raises(UsageError, match="holds no run"):
        export(ExportRequest(run, images, tmp_path / "out"))
    with pytest.raises(UsageError, match="does not exist"):
        export(ExportRequest(study_run, tmp_path / "nowhere", tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_result_of_another_version_is_left_out_by_itself(study_run: Path, images: Path, tmp_path: Path) -> None:
    run = Path(shutil.copytree(study_run, tmp_path / "run"))
    broken = min((run / "results").glob("*.json"))
    broken.write_text(broken.read_text("utf-8").replace('"schema_version": "2.0"', '"schema_version": "3.1"'), "utf-8")
    summary = export(ExportRequest(run, images, tmp_path / "out", (Kind.CAD_SR, Kind.GSPS)))
    assert "install a newer mammocalc" in reasons(summary)
    assert [item.kind for item in summary.objects] == ["gsps"] * 3


def test_a_run_of_the_first_schema_gives_the_same_objects(
    study_run: Path, study_objects: Path, images: Path, tmp_path: Path
) -> None:
    run = Path(shutil.copytree(study_run, tmp_path / "run"))
    record = json.loads((run / "run.json").read_bytes())
    (run / "run.json").write_text(json.dumps({**record, "schema_version": "1.0"}), encoding="utf-8")
    for file in (run / "results").rglob("*.json"):
        document = json.loads(file.read_bytes())
        del document["image"]["study_day"]
        file.write_text(json.dumps({**document, "schema_version": "1.0"}), encoding="utf-8")
    rows = (run / "files.jsonl").read_text(encoding="utf-8")
    (run / "files.jsonl").write_text(rows.replace('"analysed"', '"judged"'), encoding="utf-8")
    assert mc.export(run, images, tmp_path / "out", to="cad-sr,gsps,sr-1500").left_out == ()
    made = bytes_of(tmp_path / "out")
    assert {name: made[name] for name in made if name.endswith(".dcm")} == {
        name: content
        for name, content in bytes_of(study_objects).items()
        if name.split("/")[1:2] in (["cad-sr"], ["gsps"], ["sr-1500"])
    }


def test_uids_that_a_run_has_hashed_are_found_again_under_its_salt(
    images: Path, judge: Callable[..., object], tmp_path: Path
) -> None:
    salt = tmp_path / "salt"
    salt.write_text("of the house\n", encoding="utf-8")
    judge(images, tmp_path / "run", "privacy.uids=hash", "privacy.patient_key_salt=of the house")
    with pytest.raises(UsageError, match="name it with salt_file"):
        mc.export(tmp_path / "run", images, tmp_path / "out")
    summary = mc.export(tmp_path / "run", images, tmp_path / "out", to="cad-sr", salt_file=salt)
    assert summary.left_out == ()
    real = {str(pydicom.dcmread(path, stop_before_pixels=True).SOPInstanceUID) for path in images.glob("*.dcm")}
    assert set(summary.objects[0].images) == real


def test_a_full_disk_stops_it_with_a_sentence_and_nothing_half_written(
    images: Path, export_to: Export, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real, calls = os.fsync, []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) > 3:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoppedError, match="make room"):
        export_to(images, Kind.CAD_SR, Kind.GSPS)
    monkeypatch.undo()
    assert not list((tmp_path / "objects").rglob("*.part"))
    for path in (tmp_path / "objects").rglob("*.dcm"):
        pydicom.dcmread(path)
    assert export_to(images, Kind.CAD_SR, Kind.GSPS).left_out == ()


def test_a_name_that_no_object_can_bear_is_refused(study_run: Path, images: Path, tmp_path: Path) -> None:
    for name in ("", "a\\b", "x" * 65, "Müller", "two\nlines"):
        with pytest.raises(UsageError, match="printable ASCII"):
            mc.export(study_run, images, tmp_path / "out", manufacturer=name)
    with pytest.raises(UsageError, match="there is no kind of object 'pdf'"):
        mc.export(study_run, images, tmp_path / "out", to="cad-sr,pdf")


def test_an_image_without_an_overlay_is_captured_as_none_and_that_is_said(
    images: Path, judge: Callable[..., object], tmp_path: Path
) -> None:
    judge(images, tmp_path / "run", "outputs.overlays=findings")
    broken = min((tmp_path / "run" / "overlays").glob("*"))
    broken.write_bytes(broken.read_bytes()[:2000])
    summary = export(ExportRequest(tmp_path / "run", images, tmp_path / "out", (Kind.CAD_SR, Kind.CAPTURE)))
    assert "the run drew no overlay of it" in reasons(summary)
    assert "cannot be read as a picture" in reasons(summary)
    assert [item.kind for item in summary.objects] == ["cad-sr", "capture", "capture"]


def test_segmentations_ask_for_their_package_before_anything_is_done(
    study_run: Path, images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "highdicom", None)
    with pytest.raises(UsageError, match=r"pip install 'mammocalc\[export\]'"):
        export(ExportRequest(study_run, images, tmp_path / "out", (Kind.GSPS, Kind.SEG)))
    assert not (tmp_path / "out").exists()
    assert export(ExportRequest(study_run, images, tmp_path / "out", (Kind.GSPS, Kind.SR_1500))).left_out == ()


def test_clusters_of_two_views_are_one_feature(study_objects: Path, study_run: Path) -> None:
    [finding] = json.loads(next((study_run / "studies").glob("*.json")).read_bytes())["findings"]
    [report] = study_objects.glob("*/cad-sr/*.dcm")
    [composite] = nodes(pydicom.dcmread(report), "111015,DCM")
    seen = [child for child in composite.children if child.concept == "111059,DCM"]
    assert len(seen) == len(finding["sightings"]) == 2
    assert child_text(composite) == f"finding {finding['name']}"
    where = finding["location"]
    placed = [
        child.concept for child in composite.children if child.concept in {"111048,DCM", "111014,DCM", "111020,DCM"}
    ]
    known = [where["quadrant"], where["clock"] or where["region"], where["depth"]]
    assert len(placed) == sum(value is not None for value in known) > 0
    [analyses] = nodes(pydicom.dcmread(report), "111065,DCM")
    assert analyses.value == "111222,DCM"


def child_text(node: Node) -> str:
    return next(str(child.dataset.TextValue) for child in node.children if child.concept == "112039,DCM")


def test_of_two_images_of_one_exposure_the_reports_speak_of_one(
    images: Path, edit: Callable[..., None], judge: Callable[..., object], tmp_path: Path, keep: Callable[..., None]
) -> None:
    raw = images / "R_CC.dcm"
    uid = str(pydicom.dcmread(raw, stop_before_pixels=True).SOPInstanceUID)
    shown = Path(shutil.copy(raw, images / "shown.dcm"))
    made_from = Dataset()
    made_from.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.1.2.1"
    made_from.ReferencedSOPInstanceUID, made_from.SpatialLocationsPreserved = uid, "YES"
    edit(shown, SOPInstanceUID=generate_uid(entropy_srcs=["shown"]), SourceImageSequence=[made_from])
    edit(raw, SOPClassUID="1.2.840.10008.5.1.4.1.1.1.2.1", PresentationIntentType="FOR PROCESSING")
    keep("R_CC", "shown")
    judge(images, tmp_path / "both")
    both = export(ExportRequest(tmp_path / "both", images, tmp_path / "out", (Kind.CAD_SR, Kind.GSPS, Kind.SR_1500)))
    spoken = {item.kind: item.images for item in both.objects if item.kind != "gsps"}
    other = str(pydicom.dcmread(shown, stop_before_pixels=True).SOPInstanceUID)
    assert spoken == {"cad-sr": (uid,), "sr-1500": (other,)}
    assert "of one exposure" in "".join(map(str, both.notes))
    shown.rename(tmp_path / "shown.dcm")
    judge(images, tmp_path / "one")
    (tmp_path / "shown.dcm").rename(shown)
    one = export(ExportRequest(tmp_path / "one", images, tmp_path / "out_1", (Kind.GSPS,)))
    marked = [pydicom.dcmread(tmp_path / "out_1" / item.file) for item in one.objects]
    assert {str(m.ReferencedSeriesSequence[0].ReferencedImageSequence[0].ReferencedSOPInstanceUID) for m in marked} == {
        uid,
        other,
    }
