"""A real scheduler and two real workers of Dask on the loopback, and an S3 server there."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from run_files import contents, copy_many, row_count, wait_until

from mammocalc.cli import main
from mammocalc.config import load
from mammocalc.execution.backends.dask_cluster import what_is_exposed
from mammocalc.execution.batch import run
from mammocalc.execution.run_options import RunRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mammocalc.execution.run_options import RunSummary

    Judge = Callable[..., RunSummary]
    Rows = Callable[[Path], dict[str, dict[str, Any]]]

pytest.importorskip("distributed", reason="needs the extra dask")
ROOT = Path(__file__).parents[2]


@contextmanager
def started(*command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process with all its descendants for as long as this lasts."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment, "PYTHONPATH": path},
    )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that was started here, and its descendants, by force."""
    family = []
    if process.poll() is None:
        family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
    for member in reversed(family):
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue
    process.wait()


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """The address of a scheduler without workers."""
    file = tmp_path / "scheduler.json"
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show", "--scheduler-file", str(file)]
    with started("-m", "distributed.cli.dask_scheduler", *options):
        wait_until(lambda: file.exists() and file.stat().st_size > 0)
        yield str(json.loads(file.read_text())["address"])


@pytest.fixture
def certificates(tmp_path: Path) -> dict[str, str]:
    """Environment for scheduler, worker and client that trust one authority, as docs/scale.md makes it."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificates")
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem",
        "req -newkey rsa:2048 -nodes -subj /CN=mammocalc -keyout dask.key -out dask.csr",
        "x509 -req -in dask.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out dask.pem",
    ):
        subprocess.run(["openssl", *command.split()], cwd=tmp_path, check=True, capture_output=True)
    roles = {
        f"DASK_DISTRIBUTED__COMM__TLS__{role}__{kind}": str(tmp_path / f"dask.{ending}")
        for role in ("SCHEDULER", "WORKER", "CLIENT")
        for kind, ending in (("CERT", "pem"), ("KEY", "key"))
    }
    return roles | {
        "DASK_DISTRIBUTED__COMM__TLS__CA_FILE": str(tmp_path / "ca.pem"),
        "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "true",
    }


@contextmanager
def worker(scheduler: str, folder: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    options = ["--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder)]
    with started("-m", "distributed.cli.dask_worker", scheduler, *options, **environment) as process:
        yield process


def test_a_cluster_of_which_a_worker_is_lost_gives_the_bytes_of_one_machine(
    drawn: Path, tmp_path: Path, scheduler: str, rows_of: Rows, judge: Judge
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    copy_many(drawn / "grouped.dcm", folder, 16)
    judge(folder, tmp_path / "whole")
    command = [sys.executable, "-m", "mammocalc", "run", str(folder), "--out", str(out), "--scheduler", scheduler]
    with worker(scheduler, tmp_path / "one"), worker(scheduler, tmp_path / "two") as lost:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_until(lambda: row_count(out) >= 3)
        end(lost)
        said, complained = process.communicate(timeout=240)
    assert process.returncode == 0, complained
    assert "16 files: 16 analysed" in said
    assert len(rows_of(out)) == 16
    assert contents(out) == contents(tmp_path / "whole")
    record = json.loads((out / "run.json").read_text())
    assert record["scheduler"] == "dask"
    assert "127.0.0.1" not in (out / "run.json").read_text() + (out / "log.jsonl").read_text()


def test_a_cluster_can_be_reached_over_tls_alone(
    drawn: Path, tmp_path: Path, certificates: dict[str, str], rows_of: Rows
) -> None:
    copy_many(drawn / "grouped.dcm", tmp_path / "in", 1)
    file = tmp_path / "scheduler.json"
    options = ["--protocol", "tls", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show"]
    command = [sys.executable, "-m", "mammocalc", "run", str(tmp_path / "in"), "--out", str(tmp_path / "out")]
    with started("-m", "distributed.cli.dask_scheduler", *options, "--scheduler-file", str(file), **certificates):
        wait_until(lambda: file.exists() and file.stat().st_size > 0)
        address = str(json.loads(file.read_text())["address"])
        assert address.startswith("tls://")
        with worker(address, tmp_path / "one", **certificates):
            refused = subprocess.run([*command, "--scheduler", address], capture_output=True, text=True, check=False)
            assert refused.returncode == 2
            assert "needs certificates" in refused.stderr
            assert "Traceback" not in refused.stderr
            ended = subprocess.run(
                [*command, "--scheduler", address],
                capture_output=True,
                text=True,
                check=False,
                env={**os.environ, **certificates},
            )
    assert (ended.returncode, ended.stderr.count("tls")) == (0, 0), ended.stderr
    assert [row["status"] for row in rows_of(tmp_path / "out").values()] == ["analysed"]


def test_neither_salt_nor_names_are_in_what_a_worker_can_print(drawn: Path, tmp_path: Path) -> None:
    """What travels is the call itself: pickled for the worker, and printed by it where a call failed."""
    inputs = tmp_path / "Quillfeather"
    copy_many(drawn / "grouped.dcm", inputs, 1)
    seen: list[tuple[Any, ...]] = []

    class Listening(ThreadPoolExecutor):
        def submit(self, fn: Any, /, *arguments: Any, **named: Any) -> Any:
            seen.append((fn, *arguments))
            return super().submit(fn, *arguments, **named)

    settings = ["privacy.patient_key_salt=a secret of the house", "privacy.uids=hash"]
    request = RunRequest((inputs,), tmp_path / "out", load(None, settings), workers=1)
    summary = run(request, open_executor=Listening)
    assert [row.status for row in summary.rows] == ["analysed"]
    assert seen
    for call in seen:
        assert b"a secret of the house" not in pickle.dumps(call)
        assert "a secret of the house" not in repr(call)
        assert "Quillfeather" not in repr(call)
    assert "a secret" not in repr(request.resolved)


@pytest.mark.parametrize(
    ("address", "is_said"),
    [
        ("tcp://10.0.0.4:8786", True), ("scheduler:8786", True), ("ws://host:1", True), ("tls://10.0.0.4:8786", False),
        ("tcp://127.0.0.1:8786", False), ("tcp://[::1]:8786", False), ("localhost:8786", False),
    ],
)  # fmt: skip
def test_a_scheduler_without_encryption_on_another_machine_is_said(address: str, is_said: bool) -> None:
    assert (what_is_exposed(address) is not None) is is_said


def test_what_a_cluster_lacks_is_said_before_work(
    drawn: Path, tmp_path: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["run", str(drawn), "--out", str(tmp_path / "out"), "--scheduler"]
    monkeypatch.setattr("mammocalc.execution.backends.dask_cluster.WORKERS_SECONDS", 1)
    monkeypatch.setattr("mammocalc.execution.backends.dask_cluster.CONNECT_SECONDS", "1s")
    assert main([*command, scheduler]) == 2
    assert "has no workers" in capsys.readouterr().err
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"tcp://127.0.0.1:{closed.getsockname()[1]}"
        assert main([*command, nobody]) == 2
    assert "no Dask scheduler answers" in capsys.readouterr().err
    assert main([*command, "nonsense"]) == 2
    assert "nonsense is no address: write tcp://HOST:PORT" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bucket of an S3 server on the loopback."""
    pytest.importorskip("moto", reason="needs an S3 server")
    import s3fs  # noqa: PLC0415 - only here

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret-of-the-store",
        "AWS_DEFAULT_REGION": "us-east-1",
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    with started("-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)):
        wait_until(lambda: is_open(port))
        s3fs.S3FileSystem(skip_instance_cache=True).mkdir("archive")
        yield "s3://archive"
    s3fs.S3FileSystem.clear_instance_cache()


def is_open(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def fetch(address: str, target: Path) -> None:
    import s3fs  # noqa: PLC0415 - only here

    system = s3fs.S3FileSystem(skip_instance_cache=True)
    for name in system.find(address.removeprefix("s3://")):
        place = target / name.removeprefix(address.removeprefix("s3://")).lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(system.cat_file(name))


def test_a_run_at_an_address_is_interrupted_continued_and_replaced(
    mammograms: Path, tmp_path: Path, bucket: str, capsys: pytest.CaptureFixture[str], judge: Judge
) -> None:
    import s3fs  # noqa: PLC0415 - only here

    command = ["run", str(mammograms), "--workers", "1", "--quiet", "--out"]
    judge(mammograms, tmp_path / "whole")
    address = f"{bucket}/runs/one"
    assert main([*command, address]) == 0
    fetch(address, tmp_path / "first")
    assert contents(tmp_path / "first") == contents(tmp_path / "whole")
    names = {path.name for path in (tmp_path / "first").iterdir()}
    assert names == {path.name for path in (tmp_path / "whole").iterdir()}
    texts = [path.read_bytes() for path in (tmp_path / "first").rglob("*.json*")]
    assert not any(b"secret-of-the-store" in text or b"127.0.0.1" in text for text in texts)

    # A client that was killed has written results, and perhaps nothing of its rows.
    system = s3fs.S3FileSystem(skip_instance_cache=True)
    results = system.find("archive/runs/one/results")
    system.rm([results[0], *system.find("archive/runs/one/tables"), "archive/runs/one/files.jsonl"])
    before = {name: system.info(name)["LastModified"] for name in results[1:]}
    time.sleep(1.1)  # the store's clock has whole seconds
    assert main([*command[:-2], "--json", "--out", address]) == 0
    assert json.loads(capsys.readouterr().out)["resumed"] == 2
    system.invalidate_cache()
    assert {name: system.info(name)["LastModified"] for name in before} == before
    fetch(address, tmp_path / "second")
    assert contents(tmp_path / "second") == contents(tmp_path / "whole")

    assert main([*command, address, "--set", "outputs.candidates=true"]) == 2
    assert "already holds another run" in capsys.readouterr().err
    system.pipe_file("archive/runs/one/results/thesis.txt", b"mine")
    assert main([*command, address, "--set", "outputs.overlays=none", "--force"]) == 0
    system.invalidate_cache()
    assert system.cat_file("archive/runs/one/results/thesis.txt") == b"mine"
    assert system.find("archive/runs/one/overlays") == []
    assert len(system.find("archive/runs/one/results")) == 4


def test_an_address_that_cannot_be_written_to_is_told_before_work(
    mammograms: Path, bucket: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(mammograms), "--out", "s3://missing-bucket/run", "--workers", "1"]) == 2
    assert "cannot be written to" in capsys.readouterr().err
    assert main(["run", str(mammograms), "--out", "gopher://somewhere/run", "--workers", "1"]) == 2
    assert "gopher" in capsys.readouterr().err


def test_any_address_of_fsspec_will_do(mammograms: Path, tmp_path: Path, judge: Judge) -> None:
    command = ["run", str(mammograms), "--workers", "1", "--quiet", "--out"]
    assert main([*command, f"file://{tmp_path}/there"]) == 0
    judge(mammograms, tmp_path / "whole")
    assert contents(tmp_path / "there") == contents(tmp_path / "whole")
    assert not list((tmp_path / "there").rglob("*.part"))


def test_a_cluster_writes_to_an_address(drawn: Path, tmp_path: Path, scheduler: str, bucket: str, judge: Judge) -> None:
    folder = tmp_path / "in"
    copy_many(drawn / "grouped.dcm", folder, 4)
    judge(folder, tmp_path / "whole")
    with worker(scheduler, tmp_path / "one"):
        address = f"{bucket}/runs/two"
        assert main(["run", str(folder), "--out", address, "--scheduler", scheduler, "--quiet"]) == 0
    fetch(address, tmp_path / "first")
    assert contents(tmp_path / "first") == contents(tmp_path / "whole")


def test_a_run_whose_scheduler_is_lost_stops_and_goes_on_elsewhere(drawn: Path, tmp_path: Path, judge: Judge) -> None:
    folder, out, file = tmp_path / "in", tmp_path / "out", tmp_path / "scheduler.json"
    copy_many(drawn / "grouped.dcm", folder, 12)
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show", "--scheduler-file", str(file)]
    command = [sys.executable, "-m", "mammocalc", "run", str(folder), "--out", str(out)]
    with started("-m", "distributed.cli.dask_scheduler", *options) as scheduler:
        wait_until(lambda: file.exists() and file.stat().st_size > 0)
        address = str(json.loads(file.read_text())["address"])
        with worker(address, tmp_path / "one"):
            process = subprocess.Popen(
                [*command, "--scheduler", address], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            wait_until(lambda: row_count(out))
            end(scheduler)
            said, complained = process.communicate(timeout=240)
    assert process.returncode == 3, said + complained
    assert "the connection to the Dask scheduler was lost" in complained
    assert "Traceback" not in complained
    assert json.loads((out / "run.json").read_text())["state"] == "stopped"
    assert judge(folder, out).stopped_because is None
