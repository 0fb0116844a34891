"""What other libraries read in the objects is what stands in the results."""

from __future__ import annotations

import io
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pydicom
import pytest
from object_points import circles_of, points_of
from PIL import Image as Pictures
from planted_faults import nodes

from mammocalc.results.from_json import read_result
from mammocalc.vocabulary.lexicon import CalcificationSize, Laterality

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydicom.dataset import Dataset

    from mammocalc.results.result import Result


@pytest.fixture(scope="module")
def results(study_run: Path) -> dict[str, Result]:
    return {path.stem: read_result(path) for path in (study_run / "results").glob("*.json")}


def objects(folder: Path, kind: str) -> Iterator[Dataset]:
    return map(pydicom.dcmread, sorted(folder.glob(f"*/{kind}/*.dcm")))


@pytest.mark.parametrize("kind", ["cad-sr", "gsps", "sr-1500"])
def test_every_calcification_lies_where_the_result_has_it(
    kind: str, study_objects: Path, results: dict[str, Result]
) -> None:
    found: dict[str, dict[int, tuple[float, float]]] = defaultdict(dict)
    for dataset in objects(study_objects, kind):
        for uid, points in points_of(dataset).items():
            found[uid].update(points)
    for uid, result in results.items():
        calcifications = result.report.calcifications
        assert found[uid].keys() == {item.number for item in calcifications}
        for item in calcifications:
            corners = item.outline_px[:-1] if item.outline_px[0] == item.outline_px[-1] else item.outline_px
            middle = np.mean(corners, axis=0) if kind == "sr-1500" else (item.row_px, item.column_px)
            assert found[uid][item.number] == pytest.approx(tuple(middle), abs=0.01)


def test_layers_hold_calcifications_by_size_within_the_image(study_objects: Path, results: dict[str, Result]) -> None:
    for dataset in objects(study_objects, "gsps"):
        uid = str(dataset.ReferencedSeriesSequence[0].ReferencedImageSequence[0].ReferencedSOPInstanceUID)
        report = results[uid].report
        circles = list(circles_of(dataset))
        for layer, size in (("MICRO", CalcificationSize.MICRO), ("MACRO", CalcificationSize.MACRO)):
            assert sum(name == layer for name, _ in circles) == sum(i.size is size for i in report.calcifications)
        listed = {str(item.GraphicLayer) for item in dataset.GraphicLayerSequence}
        assert listed == {str(item.GraphicLayer) for item in dataset.GraphicAnnotationSequence} >= {"NOTICE"}
        for _, (x, y, rim_x, rim_y) in circles:
            assert 0 <= min(x, rim_x) <= max(x, rim_x) <= report.identity.columns
            assert 0 <= min(y, rim_y) <= max(y, rim_y) <= report.identity.rows


def test_a_cluster_bears_the_name_of_its_finding_in_every_view(study_objects: Path) -> None:
    labels = [
        str(text.UnformattedTextValue)
        for dataset in objects(study_objects, "gsps")
        for layer in dataset.GraphicAnnotationSequence
        for text in layer.get("TextObjectSequence") or []
    ]
    assert sorted(label.split(":")[0] for label in labels if "grouped" in label) == ["R1 A", "R1 A"]


def test_a_state_shows_the_image_as_the_image_asks_to_be_shown(study_objects: Path, views: Path) -> None:
    source = pydicom.dcmread(next(views.glob("*.dcm")), stop_before_pixels=True)
    for dataset in objects(study_objects, "gsps"):
        [voi] = dataset.SoftcopyVOILUTSequence
        assert (voi.WindowCenter, voi.WindowWidth) == (source.WindowCenter, source.WindowWidth)
        assert (dataset.RescaleSlope, dataset.PresentationLUTShape) == (source.RescaleSlope, "IDENTITY")
        [area] = dataset.DisplayedAreaSelectionSequence
        assert list(area.DisplayedAreaBottomRightHandCorner) == [source.Columns, source.Rows]


def test_highdicom_reads_the_measurements_of_every_finding(study_objects: Path, results: dict[str, Result]) -> None:
    highdicom = pytest.importorskip("highdicom", reason="highdicom is not installed: its reader is not asked")
    [path] = study_objects.glob("*/sr-1500/*.dcm")
    report = highdicom.sr.srread(path)
    groups = report.content.get_planar_roi_measurement_groups()
    reports = [result.report for result in results.values()]
    uids = [group.tracking_uid for group in groups]
    shared = {uid for uid in uids if uids.count(uid) > 1}  # that of the finding that two views show
    assert len(groups) - 2 == sum(len(one.calcifications) + len(one.clusters) for one in reports) == len({*uids}) - 1
    over_views = [group for group in groups if group.tracking_uid in shared]
    assert [group.tracking_identifier for group in over_views] == ["finding R1", "finding R1"]
    assert len({group.roi.ContentSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID
                for group in over_views}) == 2  # fmt: skip
    assert report.ConceptNameCodeSequence[0].CodeValue == "126000"  # the one title that OHIF takes
    assert "Image Library Group" in str(report)  # without which it loads none
    diameters = sorted(
        float(measured.value)
        for group in groups
        for measured in group.get_measurements()
        if measured.name.value == "81827009"
    )
    assert diameters == pytest.approx(
        sorted(item.diameter_mm for one in reports for item in one.calcifications if item.diameter_mm), abs=1e-9
    )
    sides = [group.finding_sites[0].laterality.value for group in groups]
    right = [one for one in reports if one.identity.laterality is Laterality.RIGHT]
    assert sides.count("24028007") - 2 == sum(len(one.calcifications) + len(one.clusters) for one in right)


def test_one_tracking_uid_ties_a_finding_together_over_all_objects(study_objects: Path) -> None:
    def tracked(dataset: Dataset) -> set[str]:
        found = set()
        for element in dataset.iterall():
            if element.keyword == "TrackingUID" or (element.keyword == "UID" and element.VR == "UI"):
                found.add(str(element.value))
        return found

    [cad], [measured] = (list(objects(study_objects, kind)) for kind in ("cad-sr", "sr-1500"))
    marks = set().union(*map(tracked, objects(study_objects, "gsps")))
    assert marks
    assert marks <= tracked(cad)
    assert marks <= tracked(measured)
    over_views = [
        str(child.dataset.UID)
        for node in nodes(cad, "111015,DCM")
        for child in node.children
        if child.concept == "112040,DCM"
    ]
    assert len(over_views) == 1
    assert set(over_views) <= tracked(measured)


def test_masks_hold_the_calcifications_and_no_more(study_objects: Path, results: dict[str, Result]) -> None:
    for kind in ("seg", "labelmap"):
        for dataset in objects(study_objects, kind):
            [series] = dataset.ReferencedSeriesSequence
            report = results[str(series.ReferencedInstanceSequence[0].ReferencedSOPInstanceUID)].report
            frames = np.atleast_3d(dataset.pixel_array)
            assert {report.identity.rows, report.identity.columns} <= set(frames.shape)
            pixels = int((frames > 0).sum())
            area = sum(item.area_mm2 or 0 for item in report.calcifications)
            assert report.spacing is not None
            assert pixels * report.spacing.row_mm * report.spacing.column_mm == pytest.approx(area, rel=0.12, abs=0.05)
            labels = [item.SegmentLabel for item in dataset.SegmentSequence if int(item.SegmentNumber) > 0]
            assert labels == ["Microcalcifications", "Macrocalcifications"]


def test_highdicom_reads_the_segments(study_objects: Path) -> None:
    highdicom = pytest.importorskip("highdicom", reason="highdicom is not installed: its reader is not asked")
    for kind in ("seg", "labelmap"):
        for path in study_objects.glob(f"*/{kind}/*.dcm"):
            read = highdicom.seg.segread(path)
            assert read.get_segment_numbers(segment_label="Microcalcifications") == [1]


def test_a_capture_is_the_overlay_of_the_run(study_objects: Path, study_run: Path, results: dict[str, Result]) -> None:
    for dataset in objects(study_objects, "capture"):
        overlay = results[str(dataset.SourceImageSequence[0].ReferencedSOPInstanceUID)].overlay
        assert overlay is not None
        with Pictures.open(io.BytesIO((study_run / overlay.path).read_bytes())) as picture:
            assert np.array_equal(dataset.pixel_array, np.asarray(picture.convert("RGB")))
        assert (dataset.Modality, dataset.BurnedInAnnotation, dataset.LossyImageCompression) == ("OT", "YES", "01")
