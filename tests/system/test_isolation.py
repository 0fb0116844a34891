"""A decoder that hangs, crashes or eats memory costs its own file and no other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pydicom
import pytest
from pydicom.uid import RLELossless, generate_uid

if TYPE_CHECKING:
    from collections.abc import Callable

    Rows = Callable[[Path], dict[str, dict[str, Any]]]

DECODER = '''
"""A decoder package as somebody may have installed it: it goes wrong on images that begin in a certain way."""
import ctypes, importlib.util, pathlib, sys
places = [pathlib.Path(entry, "rle", "__init__.py") for entry in sys.path]
[place] = [path for path in places if path.is_file() and not path.samefile(__file__)]
spec = importlib.util.spec_from_file_location("rle", place, submodule_search_locations=[str(place.parent)])
whole = importlib.util.module_from_spec(spec)
sys.modules["rle"] = whole
spec.loader.exec_module(whole)
decode = whole.decode_pixel_data

def decode_pixel_data(frame, *arguments, **named):
    pixels = decode(frame, *arguments, **named)
    first = bytes(pixels[:4])
    if first == b"HANG":
        ctypes.PyDLL(None).pause()  # in C, with Python's lock held
    if first == b"SEGV":
        ctypes.string_at(0)
    if first == b"ABRT":
        ctypes.CDLL(None).abort()
    if first == b"EATS":
        kept = [bytearray(10_000_000) for _ in range(10**6)]
    return pixels

whole.decode_pixel_data = decode_pixel_data
'''


@pytest.fixture
def decoder(tmp_path: Path) -> dict[str, str]:
    """The environment of a user whose RLE decoder is faulty."""
    package = tmp_path / "site" / "rle"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(DECODER)
    path = os.pathsep.join([str(package.parent), str(Path(__file__).parents[2])])
    return {**os.environ, "PYTHONPATH": path}


def compress(original: Path, target: Path, beginning: bytes = b"") -> None:
    """Write a copy in RLE with a UID of its own, whose first byte planes, as the decoder gives them, begin so."""
    dataset = pydicom.dcmread(original)
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[target.name])
    if beginning:
        pixels = bytearray(dataset.PixelData)
        pixels[: len(beginning)] = beginning
        dataset.PixelData = bytes(pixels)
    dataset.compress(RLELossless, generate_instance_uid=False)
    dataset.save_as(target)


def test_each_costs_its_own_row_and_the_run_goes_on(
    drawn: Path, tmp_path: Path, decoder: dict[str, str], rows_of: Rows
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for number in range(4):
        compress(drawn / "none.dcm", folder / f"{number}.dcm")
    for beginning in ("HANG", "SEGV", "ABRT", "EATS"):
        compress(drawn / "none.dcm", folder / f"0_{beginning}.dcm", beginning.encode())
    command = [sys.executable, "-m", "mammocalc", "run", str(folder), "--out", str(out), "--workers", "2"]
    command += ["--time-limit", "6", "--memory-limit", "700"]
    ended = subprocess.run(command, env=decoder, capture_output=True, text=True, check=False, timeout=300)
    assert ended.returncode == 1, ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr

    rows = rows_of(out)
    assert {path: (row["status"], row["reason"]) for path, row in rows.items()} == {
        **{f"{number}.dcm": ("analysed", None) for number in range(4)},
        "0_HANG.dcm": ("failed", "timed_out"),
        "0_SEGV.dcm": ("failed", "crashed"),
        "0_ABRT.dcm": ("failed", "crashed"),
        "0_EATS.dcm": ("failed", "out_of_memory"),
    }
    assert "limit of 6 s passed" in rows["0_HANG.dcm"]["message"]
    assert "(SIGSEGV)" in rows["0_SEGV.dcm"]["message"]
    assert "(SIGABRT)" in rows["0_ABRT.dcm"]["message"]
    assert "limit of 1400 MiB" in rows["0_EATS.dcm"]["message"]  # that of both workers, when it was tried alone
    assert rows["0_HANG.dcm"]["seconds"] >= 6
    assert json.loads((out / "run.json").read_text())["state"] == "finished"
    assert not list(out.rglob("*.part"))
    log = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    assert sorted((line["path"], line["fault"], line["is_tried_again"]) for line in log if "fault" in line) == [
        ("0_ABRT.dcm", "crash", False),
        ("0_EATS.dcm", "memory", False),
        ("0_EATS.dcm", "memory", True),
        ("0_HANG.dcm", "time", False),
        ("0_SEGV.dcm", "crash", False),
    ]
    assert sorted(line["path"] for line in log if line["event"] == "file_failed") == sorted(
        path for path, row in rows.items() if row["status"] == "failed"
    )
    assert log[-1]["event"] == "run_ended"
    assert len(log[-1]["slowest"]) == 5
    # Nothing that was started is left, not even what hangs in C.
    assert not [process for process in psutil.process_iter(["environ"]) if is_of(process, tmp_path)]


def test_ctrl_c_twice_ends_even_a_decoder_that_hangs(drawn: Path, tmp_path: Path, decoder: dict[str, str]) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    compress(drawn / "none.dcm", folder / "hang.dcm", b"HANG")
    compress(drawn / "none.dcm", folder / "whole.dcm")
    command = [sys.executable, "-m", "mammocalc", "run", str(folder), "--out", str(out), "--workers", "2"]
    with subprocess.Popen(
        command, env=decoder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        deadline = time.monotonic() + 60
        while not (out / "files.jsonl").exists() or not (out / "files.jsonl").stat().st_size:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        workers = psutil.Process(process.pid).children()
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: every process of the group
        assert process.stderr is not None
        while not process.stderr.readline().startswith("Stopping"):
            assert process.poll() is None
        time.sleep(1)
        assert process.poll() is None  # it waits for what is in hand
        os.killpg(process.pid, signal.SIGINT)
        _, complained = process.communicate(timeout=30)
    assert process.returncode == 3
    assert "the same command continues where it stopped" in complained
    assert "Traceback" not in complained
    assert psutil.wait_procs(workers, timeout=10)[1] == []


def is_of(process: psutil.Process, folder: Path) -> bool:
    return str(folder) in str((process.info["environ"] or {}).get("PYTHONPATH", ""))
