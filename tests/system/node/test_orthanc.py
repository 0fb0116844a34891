"""The whole circle with an archive that hospitals use: images to Orthanc, its hook, the node, objects back."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Any

import orthanc
import pydicom
import pytest
from hospital import free_port, running, send, write_study
from template_checker import check_report

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.usefixtures("network"),
    pytest.mark.skipif(not orthanc.is_there(), reason="Orthanc with its DICOMweb plug-in is not installed"),
    pytest.mark.skipif(shutil.which("storescu") is None, reason="DCMTK is not installed"),
]


def fetch_objects(url: str) -> list[Any]:
    """Fetch by QIDO and WADO whatever an archive has but mammograms."""
    import dicomweb_client  # noqa: PLC0415
    import requests  # noqa: PLC0415

    session = requests.Session()
    session.trust_env = False
    client = dicomweb_client.DICOMwebClient(url, session=session)
    found = []
    for series in client.search_for_series():
        if series["00080060"]["Value"] != ["MG"]:
            study, uid = series["0020000D"]["Value"][0], series["0020000E"]["Value"][0]
            found += client.retrieve_series(study, uid)
    session.close()
    return found


def points_in(dataset: Any) -> set[tuple[float, float]]:
    """Give row and column of all points that a report or a presentation state has, as a result would write them."""
    items = [element.value for element in dataset.iterall() if element.keyword == "GraphicData"]
    return {(round(y - 0.5, 2), round(x - 0.5, 2)) for x, y in (item for item in items if len(item) == 2)}


def errors_of(dataset: Any, tmp_path: Path) -> list[str]:
    """Give what dciodvfy finds wrong; nothing where it is not installed."""
    if shutil.which("dciodvfy") is None:
        return []
    file = tmp_path / "object.dcm"
    dataset.save_as(file, enforce_file_format=True)
    said = subprocess.run(["dciodvfy", "-new", str(file)], capture_output=True, text=True, check=False).stderr
    return re.findall(r"^Error.*", said, re.MULTILINE)


def test_images_go_round_and_come_back_as_objects_once(drawn: Path, tmp_path: Path) -> None:
    files = write_study([drawn / "grouped.dcm", drawn / "none.dcm"], tmp_path / "in", 1)
    port = free_port()
    with orthanc.orthanc(tmp_path / "orthanc", port) as archive:
        arguments = ("--settle", "3", "--from", "ARCHIVE", "--send-to", archive.address)
        with running(tmp_path / "spool", *arguments, port=port) as node:
            archive.store(files)
            node.wait_for("2 images; analysing")
            time.sleep(2)
            node.kill()
        with running(tmp_path / "spool", *arguments, port=port) as node:
            node.wait_for("stored by ARCHIVE")
            first = {str(one.SOPInstanceUID) for one in fetch_objects(archive.web)}
            assert first
            node.wait_for("nothing new, nothing to send")  # the results made the study stable once more
            jobs = archive.jobs()
            time.sleep(orthanc.STABLE_S + 2)
            assert archive.jobs() == jobs, "it does not go on for ever"
            archive.store(files)
            objects = fetch_objects(archive.web)
            assert node.stop() == 0
        assert {str(one.SOPInstanceUID) for one in objects} == first
        assert archive.count("MG") == 2
    headers = {str(one.SOPInstanceUID): one for one in map(pydicom.dcmread, files)}
    results = [json.loads(path.read_text()) for path in (tmp_path / "spool" / "studies").rglob("results/*.json")]
    centres = {
        (round(one["row"], 2), round(one["column"], 2)) for result in results for one in result["calcifications"]
    }
    assert centres
    [report] = [one for one in objects if one.Modality == "SR"]
    assert centres <= points_in(report)
    assert check_report(report, headers).problems == []
    assert sum(one.Modality == "PR" for one in objects) == len(results) == 2
    for one in objects:
        assert (one.PatientID, one.StudyInstanceUID) == ("P1", pydicom.dcmread(files[0]).StudyInstanceUID)
        assert errors_of(one, tmp_path) == []


def test_images_are_fetched_by_wado_and_objects_stored_by_stow(drawn: Path, tmp_path: Path) -> None:
    today = f"{dt.datetime.now().astimezone():%Y%m%d}"
    files = write_study([drawn / "grouped.dcm"], tmp_path / "in", 1, StudyDate=today)
    old = write_study([drawn / "none.dcm"], tmp_path / "in", 2, StudyDate="20010101")
    with orthanc.orthanc(tmp_path / "orthanc", free_port(), has_hook=False) as archive:
        archive.store([*files, *old])
        with running(tmp_path / "spool", "--settle", "0.5", "--web-from", archive.web, "--web-to", archive.web) as node:
            node.wait_for("1 of 1 images fetched from 127.0.0.1")
            node.wait_for("stored by 127.0.0.1")
            assert node.text.count("fetched from 127.0.0.1") == 1, "the other study is too old"
            assert node.stop() == 0
        objects = fetch_objects(archive.web)
    assert objects
    assert {one.PatientID for one in objects} == {"P1"}


def test_a_study_waits_until_all_came_that_the_archive_has(drawn: Path, tmp_path: Path) -> None:
    files = write_study([drawn / "grouped.dcm", drawn / "none.dcm"], tmp_path / "in", 1)
    port = free_port()
    with orthanc.orthanc(tmp_path / "orthanc", port, has_hook=False) as archive:
        archive.store(files)
        arguments = ("--settle", "0.5", "--from", "ARCHIVE", "--ask", archive.address, "--send-to", archive.address)
        with running(tmp_path / "spool", *arguments, port=port) as node:
            assert send(node.port, files[:1]) == [0]
            node.wait_for("1 of 2 mammograms of ARCHIVE came; it waits for the rest")
            assert send(node.port, files[1:]) == [0]
            node.wait_for("stored by ARCHIVE")
            assert node.text.count("; analysing") == node.text.count("2 images; analysing") == 1
            assert send(node.port, files) == [0, 0]  # the archive has objects of the study by now
            node.wait_for("nothing new, nothing to send")
            assert node.stop() == 0


def test_a_server_that_does_not_answer_is_asked_again(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/dicom-web"
    with running(tmp_path / "spool", "--web-from", url) as node:
        node.wait_for("gives no images now (ConnectionError); asked again in 2 s")
        node.wait_for("asked again in 4 s")
        assert node.stop() == 0
