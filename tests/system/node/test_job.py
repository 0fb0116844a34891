"""A job as platforms start it: as nobody, without HOME, without a network, from files that cannot be written."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pydicom
import pytest
from hospital import wait_until

from mammocalc import __version__
from mammocalc.node import platform
from mammocalc.node.job import do_job
from mammocalc.node.platform import Job, find_job
from mammocalc.vocabulary.errors import UsageError

ROOT = Path(__file__).parents[3]
MANIFESTS = ROOT / "pipeline" / "mammocalc" / "node" / "manifests"
NOBODY = 65534
AS_NOBODY = ["unshare", "-n", "setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"]
AS_NOBODY += ["--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"]
"""Without a network; may read everything, for this Python may lie in somebody's home, and write nothing."""


def manifest(name: str) -> Any:
    return json.loads((MANIFESTS / name).read_text(encoding="utf-8"))


@pytest.fixture
def delivered(drawn: Path, tmp_path: Path) -> Path:
    """Files as mercure lays them down: names with a number sign, tags beside them, and its task."""
    folder = tmp_path / "data"
    folder.mkdir()
    source = pydicom.dcmread(drawn / "grouped.dcm")
    name = f"{source.SeriesInstanceUID}#{source.SOPInstanceUID}"
    shutil.copy(drawn / "grouped.dcm", folder / f"{name}.dcm")
    (folder / f"{name}.tags").write_text("{}")
    (folder / f"{name}2.dcm").write_bytes(b"damaged")
    settings = {"set": "outputs.overlays=none", "objects": "cad-sr", "manufacturer": "Hospital"}
    (folder / "task.json").write_text(json.dumps({"process": [{"settings": {}}, {"settings": settings}]}))
    return folder


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can start a job as somebody else")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="util-linux is not installed")
def test_a_job_of_mercure_leaves_objects_and_says_what_failed(delivered: Path, tmp_path: Path) -> None:
    out = tmp_path / "output"
    out.mkdir()
    os.chown(out, NOBODY, NOBODY)
    for path in [delivered, *delivered.iterdir()]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    variables = {"MERCURE_IN_DIR": str(delivered), "MERCURE_OUT_DIR": str(out), "HOLOSCAN_INPUT_PATH": "/nowhere"}
    search = os.pathsep.join(part for part in sys.path if part)
    done = subprocess.run(
        [*AS_NOBODY, sys.executable, "-P", "-B", "-m", "mammocalc", "job"],
        env={"PYTHONPATH": search, "PATH": os.environ["PATH"], **variables},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    [made] = out.rglob("*.dcm")
    report = pydicom.dcmread(made)
    assert (report.Modality, report.Manufacturer) == ("SR", "Hospital")
    result = json.loads((out / "result.json").read_text())
    assert (result["analysed"], result["failed"], result["objects"]) == (1, 1, 1)
    assert result["not_analysed"][0]["message"]
    assert str(report.PatientName) not in (out / "result.json").read_text()
    assert result["__mercure_notification"]["requested"]
    assert sorted(path.name for path in out.iterdir()) == ["dicom", "result.json", "run"]
    assert made.stat().st_uid == NOBODY


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can start a job as somebody else")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="util-linux is not installed")
def test_a_user_who_may_not_write_to_the_output_is_named(delivered: Path, tmp_path: Path) -> None:
    out = tmp_path / "output"
    out.mkdir(mode=0o755)
    done = subprocess.run(
        [*AS_NOBODY, sys.executable, "-P", "-B", "-m", "mammocalc", "job", str(delivered), str(out)],
        env={"PYTHONPATH": os.pathsep.join(part for part in sys.path if part), "PATH": os.environ["PATH"]},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert f"{out}: cannot be written to by user {NOBODY}, as whom this runs. Let that user write" in done.stderr
    assert list(out.iterdir()) == []


def test_places_and_settings_are_found_for_each_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given, out = tmp_path / "in", tmp_path / "out"
    given.mkdir()
    for first, second in platform.VARIABLES:
        job = find_job((None, None), {first: str(given), second: str(out)})
        assert (job.inputs, job.out) == (given, out)
    both = {"MERCURE_IN_DIR": str(given), "MERCURE_OUT_DIR": str(out), "HOLOSCAN_INPUT_PATH": "/x"}
    assert find_job((None, None), {**both, "HOLOSCAN_OUTPUT_PATH": "/y"}).out == out
    assert find_job((given, out), {"MERCURE_IN_DIR": "/x", "MERCURE_OUT_DIR": "/y"}).inputs == given
    monkeypatch.setattr(platform, "MOUNTS", (given, out))
    assert find_job((None, None), {}).out == out
    gear = tmp_path / "flywheel"
    (gear / "input" / "dicom").mkdir(parents=True)
    (gear / "config.json").write_text('{"config": {"config": "high_sensitivity", "set": "a=1 b=2", "objects": "gsps"}}')
    monkeypatch.setattr(platform, "FLYWHEEL", gear)
    job = find_job((None, None), {})
    assert (job.inputs, job.out) == (gear / "input", gear / "output")
    assert (job.config, job.overrides, job.objects.kinds) == ("high_sensitivity", ("a=1", "b=2"), "gsps")
    assert not job.keeps_folders
    mounted = tmp_path / "app.yaml"
    holoscan = {
        **dict(zip(platform.VARIABLES[1], map(str, (given, out)), strict=True)),
        "HOLOSCAN_CONFIG_PATH": str(mounted),
    }
    assert find_job((None, None), holoscan).config is None
    mounted.touch()
    assert find_job((None, None), holoscan).config == str(mounted)


def test_flywheel_gives_an_archive_and_keeps_files_alone(
    drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gear = tmp_path / "flywheel"
    (gear / "input" / "dicom").mkdir(parents=True)
    with zipfile.ZipFile(gear / "input" / "dicom" / "1.dicom.zip", "w") as archive:
        archive.write(drawn / "grouped.dcm", "series/1.dcm")
    (gear / "input" / "dicom" / "2.zip").write_bytes(b"PK\x03\x04")
    (gear / "config.json").write_text('{"config": {"set": "outputs.overlays=none"}}')
    monkeypatch.setattr(platform, "FLYWHEEL", gear)
    assert do_job(find_job((None, None), {}))
    out = gear / "output"
    assert sorted(path.name for path in out.iterdir()) == ["mammocalc.dicom.zip", "mammocalc.run.zip", "result.json"]
    with zipfile.ZipFile(out / "mammocalc.dicom.zip") as archive:
        objects = [pydicom.dcmread(archive.open(name)) for name in archive.namelist() if name.endswith(".dcm")]
    assert sorted(item.Modality for item in objects) == ["PR", "SR"]
    with zipfile.ZipFile(out / "mammocalc.run.zip") as archive:
        [row] = [json.loads(line) for line in archive.read("run/files.jsonl").splitlines()]
    assert (row["path"], row["status"]) == ("dicom/1.dicom.zip/series/1.dcm", "analysed")
    result = json.loads((out / "result.json").read_text())
    assert (result["analysed"], result["failed"], result["objects"]) == (1, 1, 2)
    [problem] = result["not_analysed"]
    assert "damaged" in problem["message"]


def test_a_job_that_is_told_to_stop_takes_its_unpacked_images_away(drawn: Path, tmp_path: Path) -> None:
    given, out = tmp_path / "in", tmp_path / "out"
    given.mkdir()
    with zipfile.ZipFile(given / "a.zip", "w") as archive:
        archive.write(drawn / "grouped.dcm", "1.dcm")
    command = [sys.executable, "-m", "mammocalc", "job", str(given), str(out)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    wait_until((out / ".unpacked").exists, 120)
    process.terminate()
    _, said = process.communicate(timeout=120)
    assert "Stopping" in said
    assert process.returncode in {0, 3}  # the image in hand is finished, and it was the last
    assert {path.name for path in out.iterdir()} <= {"run", "dicom", "result.json"}


def test_archives_without_an_image_are_a_failure_that_is_told(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.zip").write_bytes(b"PK\x03\x04")
    assert not do_job(Job(tmp_path / "in", tmp_path / "out"))
    result = json.loads((tmp_path / "out" / "result.json").read_text())
    assert (result["analysed"], result["failed"]) == (0, 1)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["result.json"]


@pytest.mark.parametrize(
    ("variables", "task", "why"),
    [
        ({"MERCURE_IN_DIR": "in"}, None, "go together"),
        ({"MERCURE_IN_DIR": "nowhere", "MERCURE_OUT_DIR": "out"}, None, "is not there"),
        ({"MERCURE_IN_DIR": "in", "MERCURE_OUT_DIR": "out"}, "{", "not JSON"),
        ({"MERCURE_IN_DIR": "in", "MERCURE_OUT_DIR": "out"}, '{"process": {"settings": {"x": 1}}}', "unknown settings"),
        ({"MERCURE_IN_DIR": "in", "MERCURE_OUT_DIR": "out"}, '{"process": {"settings": {"set": 1}}}', "neither a text"),
    ],
)
def test_a_call_that_is_wrong_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], task: str | None, why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    if task is not None:
        (tmp_path / "in" / "task.json").write_text(task)
    with pytest.raises(UsageError, match=why):
        find_job((None, None), variables)


def test_manifests_and_dockerfile_say_the_same() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    label = re.search(r"org\.nrg\.commands='(.*)'", dockerfile)
    assert label is not None
    assert json.loads(label[1]) == [manifest("command.json")]
    assert [manifest(name)["version"] for name in ("command.json", "manifest.json")] == [__version__] * 2
    mounts = {Path(mount["path"]) for mount in manifest("command.json")["mounts"]}
    assert mounts == set(platform.MOUNTS)
    assert re.search(r"^USER [1-9]", dockerfile, re.MULTILINE), "not root"
    sent = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for name in re.findall(r"^COPY ([^-\n]+) \S+$", dockerfile, re.MULTILINE):
        for source in name.split():
            assert (ROOT / source).exists(), source
            assert f"!{source}" in sent or f"!{source.partition('/')[0]}" in sent, "the build gets what it copies"


def test_everything_that_the_container_installs_is_pinned_by_hash() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {
        re.split(r"[\[<>=~! ]", line)[0].lower()
        for line in [*project["dependencies"], *extras["listen"], *extras["export"]]
    }
    lock = (ROOT / ".ci" / "container.lock").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([a-z0-9-]+)==\S+((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", lock, re.MULTILINE))
    assert {name.replace("_", "-") for name in wanted} <= set(pinned)
    assert lock.count("==") == len(pinned), "each line has a hash"
