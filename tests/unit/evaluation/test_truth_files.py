from __future__ import annotations

import json
import plistlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mammocalc.evaluation import read_truth
from mammocalc.evaluation.truth import TrueRegion, TruthError, renamed

Write = Callable[..., Path]


def test_points_and_clusters_come_from_a_folder(write_truth: Write) -> None:
    points = [
        {
            "id": 0,
            "row": 1,
            "column": 2.5,
            "diameter_mm": 0.3,
            "size": "micro",
            "cluster": 7,
            "matched_filter_snr": 6.5,
        },
        {"id": 1, "row": 3, "column": 4, "diameter_mm": 0.4, "cluster": 7, "peak_grey_levels": 12.0, "unknown": []},
        {"id": 2, "row": 5, "column": 6, "cluster": None},
    ]
    clusters = [{"id": 7, "label": "grouped", "members": [0, 1]}]
    own = {"sop_instance_uid": "1.2", "points": points, "clusters": clusters, "distribution": None, "inserted": True}
    truth = read_truth(write_truth(own, {"sop_instance_uid": "1.3"}), {})
    assert truth.kind == "points"
    image = truth.images["1.2"]
    assert image.points is not None
    assert image.clusters is not None
    assert [(p.row_px, p.column_px) for p in image.points] == [(1, 2.5), (3, 4), (5, 6)]
    assert (image.points[0].matched_filter_snr, image.points[1].peak_grey_levels) == (6.5, 12.0)
    assert image.clusters[0].members == (0, 1)
    assert image.is_inserted
    assert (image.has_calcifications, image.label) == (True, None)
    assert truth.images["1.3"].has_calcifications is False
    assert truth.images["1.3"].points == ()


def test_the_folder_of_a_simulation_leads_to_its_truth(write_truth: Write, tmp_path: Path) -> None:
    write_truth({"sop_instance_uid": "1.2"})
    assert set(read_truth(tmp_path, {}).images) == {"1.2"}


def test_a_table_of_labels_may_hold_a_second_look(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_text("file,sop_instance_uid,has_calcifications,seen\na,1,1,\nb,2,0,ring\nc,3,0,\n", encoding="utf-8-sig")
    truth = read_truth(file, {})
    assert truth.kind == "presence"
    assert [(i.has_calcifications, i.looks) for i in truth.images.values()] == [
        (True, True),
        (False, True),
        (False, False),
    ]
    assert truth.images["2"].file == "b"


def test_a_table_of_regions_may_lack_places(tmp_path: Path) -> None:
    file = tmp_path / "regions.csv"
    rows = ["1,CALC,20,10,5", "1,CALC,40,30,5", "2,NORM,,,", "3,CALC,,,"]
    file.write_text("\n".join(["sop_instance_uid,kind,row,column,radius_px", *rows]))
    truth = read_truth(file, {})
    assert truth.kind == "regions"
    assert truth.images["1"].regions == (TrueRegion(20, 10, 5), TrueRegion(40, 30, 5))
    assert truth.images["2"].regions == ()
    assert truth.images["3"].regions is None
    assert [i.has_calcifications for i in truth.images.values()] == [True, False, True]
    assert truth.notes == ("one image has calcifications without a place: they count for presence, not for regions.",)


PRESENCE = "sop_instance_uid,has_calcifications\n"
REGIONS = "sop_instance_uid,kind,row,column,radius_px\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no row"),
        ("a,b\n1,2\n", "has the columns a, b; needed are sop_instance_uid and has_calcifications"),
        (PRESENCE + "1,maybe\n", "line 2: has_calcifications must be 1 or 0, and is 'maybe'"),
        (PRESENCE + ",1\n", "line 2: a UID and 1 or 0"),
        (PRESENCE + "1,1\n1,0\n", "line 3: this image was given another label"),
        (REGIONS + "1,CALC,1,2,nan\n", "line 2: radius_px must be a number"),
        (REGIONS + "1,CALC,1e7,1,3\n", "line 2: row, column and radius_px must be numbers of pixels"),
        (REGIONS + "1,CALC,1,,3\n", "line 2: row, column and radius_px must be numbers"),
        (REGIONS + "1,CALC,1,2,0\n", "the radius positive"),
        (REGIONS + "1,CALC,1,2,3\n1,NORM,,,\n", "line 3: a UID and CALC or NORM"),
        (REGIONS + "1,MASS,1,2,3\n", "line 2: a UID and CALC or NORM"),
    ],
)
def test_a_table_that_cannot_be_used_says_where(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "labels.csv"
    file.write_text(text)
    with pytest.raises(TruthError, match=said):
        read_truth(file, {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no truth: it is not JSON"),
        ("[" * 100_000, "is no truth: it is nested too deeply"),
        ('{"sop_instance_uid": "1", "points": [{"row": 1e300, "column": 1}]}', "points.0.row: must be less"),
        ("[]", "the document"),
        ('{"points": []}', "sop_instance_uid: is missing"),
        ('{"sop_instance_uid": "1", "points": [{"row": 1}]}', "points.0.column: is missing"),
        ('{"sop_instance_uid": "1", "points": [{"row": "1", "column": 1}]}', "points.0.row: must be a number"),
        ('{"sop_instance_uid": "1", "points": [], "pixel_spacing_mm": [0, 1]}', "positive"),
        (
            '{"sop_instance_uid": "1", "points": [], "distribution": "Cluster"}',
            "distribution: 'Cluster' is not one of diffuse, regional, grouped, linear, segmental, none",
        ),
        (
            '{"sop_instance_uid": "1", "points": [], "clusters": [{"id": 1, "label": "clustered"}]}',
            "clusters.0.label: 'clustered' is not one of diffuse",
        ),
        (
            '{"sop_instance_uid": "1", "points": [], "clusters": [{"id": 1, "morphology": "fine"}]}',
            "clusters.0.morphology: 'fine' is not one of skin",
        ),
        (
            '{"sop_instance_uid": "1", "points": [{"row": 1, "column": 1, "size": "big"}]}',
            "size: 'big' is not one of macro",
        ),
    ],
)
def test_a_document_that_cannot_be_used_says_where(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "1.json").write_text(text)
    with pytest.raises(TruthError, match=said):
        read_truth(tmp_path, {})


def test_a_truth_that_is_not_there_or_empty_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(TruthError, match="does not exist"):
        read_truth(tmp_path / "none", {})
    with pytest.raises(TruthError, match="holds no truth"):
        read_truth(tmp_path, {})
    (tmp_path / "a.bin").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TruthError, match="cannot be read"):
        read_truth(tmp_path / "a.bin", {})


def test_two_truths_for_one_image_are_refused(write_truth: Write) -> None:
    folder = write_truth({"sop_instance_uid": "1"})
    (folder / "2.json").write_text(json.dumps({"sop_instance_uid": "1", "points": []}))
    with pytest.raises(TruthError, match="second truth"):
        read_truth(folder, {})


def roi(name: str, *corners: tuple[float, float]) -> dict[str, Any]:
    return {"Name": name, "NumberOfPoints": len(corners), "Point_px": [f"({x:.6f}, {y:.6f})" for x, y in corners]}


@pytest.fixture
def drawings(tmp_path: Path) -> Path:
    folder = tmp_path / "AllXML"
    folder.mkdir()
    square = [(10.0, 20.0), (12.0, 20.0), (12.0, 22.0), (10.0, 22.0)]
    rois = [
        roi("Calcification", (5.5, 7.25)),
        roi("Calcification", *square),
        roi("Cluster", (0, 0), (20, 0), (20, 15), (0, 15)),
        roi("Mass", *square),
    ]
    for name, own in (("20586908", rois), ("999_a", [])):
        with (folder / f"{name}.xml").open("wb") as file:
            plistlib.dump({"Images": [{"ImageIndex": 0, "NumberOfROIs": len(own), "ROIs": own}]}, file)
    return folder


def test_drawings_of_inbreast_become_points_and_clusters(drawings: Path) -> None:
    truth = read_truth(drawings, {"20586908_6c61_MG_R_CC_ANON.dcm": "1.2", "205869080_x.dcm": "1.3"})
    assert truth.kind == "inbreast"
    image = truth.images["1.2"]
    assert image.points is not None
    assert image.clusters is not None
    assert [(p.row_px, p.column_px) for p in image.points] == [(7.25, 5.5), (21, 11)]
    assert image.points[0].diameter_px is None
    assert image.points[1].diameter_px == pytest.approx(2.2568, abs=1e-4)  # the circle of 4 square pixels
    assert [cluster.members for cluster in image.clusters] == [(0,)]
    assert truth.notes == ("1 of 2 drawings belong to no image of the run.", "left out: 1 Mass.")


def test_a_table_beside_the_drawings_can_name_the_images(drawings: Path) -> None:
    (drawings / "names.csv").write_text("file,sop_instance_uid\ninb_20586908.dcm,1.2\n")
    assert set(read_truth(drawings, {}).images) == {"1.2"}


def test_drawings_without_an_image_say_how_they_are_matched(drawings: Path) -> None:
    with pytest.raises(TruthError, match=r"none of the 2 INbreast drawings .* file and sop_instance_uid beside"):
        read_truth(drawings, {"other.dcm": "1.2"})


def test_xml_that_is_no_drawing_is_refused(tmp_path: Path) -> None:
    far = plistlib.dumps({"Images": [{"ROIs": [roi("Calcification", (1e30, 1))]}]})
    for content in (b"<html></html>", far):
        (tmp_path / "1.xml").write_bytes(content)
        with pytest.raises(TruthError, match="not a list of drawings"):
            read_truth(tmp_path, {"1.dcm": "1"})


@pytest.mark.parametrize(
    ("columns", "cells"),
    [("has_calcifications", "1"), ("kind,row,column,radius_px", "CALC,1,2,3"), ("reader,label", "A,none")],
)
def test_a_table_names_frames_as_those_of_a_run(tmp_path: Path, columns: str, cells: str) -> None:
    file = tmp_path / "labels.csv"
    file.write_text(f"sop_instance_uid,frame,{columns}\n1.2,0,{cells}\n1.2,2,{cells}\n1.3,,{cells}\n1.4,0,{cells}\n")
    truth = read_truth(file, {})
    assert list(truth.images) == ["1.2-frame0001", "1.2-frame0003", "1.3", "1.4-frame0001"]
    here = renamed(truth, {"1.2-frame0001", "1.2-frame0003", "1.3", "1.4"}, str)  # 1.4 is an object of one image
    assert list(here.images) == [image.uid for image in here.images.values()]
    assert list(here.images) == ["1.2-frame0001", "1.2-frame0003", "1.3", "1.4"]
    assert {reading.uid for reading in here.readings} in ({*here.images}, set())


def test_frames_of_hashed_uids_are_frames_of_the_hashes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("sop_instance_uid,frame,has_calcifications\n1.2,1,1\n1.2,0,1\n")
    truth = read_truth(tmp_path / "a.csv", {})
    assert list(renamed(truth, {"2.25.5-frame0002"}, lambda _uid: "2.25.5").images) == [
        "2.25.5-frame0002",
        "2.25.5-frame0001",
    ]


def test_an_image_that_is_named_twice_in_two_ways_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("sop_instance_uid,frame,has_calcifications\n1.2,,1\n1.2,0,0\n")
    with pytest.raises(TruthError, match="one image of the run twice"):
        renamed(read_truth(tmp_path / "a.csv", {}), {"1.2"}, str)
    (tmp_path / "a.csv").write_text("sop_instance_uid,frame,has_calcifications\n1.2,-1,1\n")
    with pytest.raises(TruthError, match="line 2: frame must be a whole number"):
        read_truth(tmp_path / "a.csv", {})
