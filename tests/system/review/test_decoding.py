"""A file that hangs, crashes or fills its reader costs its own picture: the server and all other readers go on."""

from __future__ import annotations

import os
import runpy
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pydicom
import pytest

from mammocalc.execution.workers.resource_limits import Limits
from mammocalc.review.server.decoders import Decoders
from mammocalc.review.server.decoding import NoPixelsError

FAULTY = runpy.run_path(str(Path(__file__).parents[1] / "test_isolation.py"))
"""What the tests of a run have: a faulty decoder, and files that it goes wrong on."""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages with the faulty decoder, for processes that are started from here on."""
    package = tmp_path / "site" / "rle"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(FAULTY["DECODER"])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(package.parent), str(Path(__file__).parents[3])]))
    monkeypatch.syspath_prepend(package.parent)
    return package.parent


def spoil(original: Path, target: Path, beginning: str) -> None:
    """Write a copy with the UID of the original, on which the decoder goes wrong."""
    uid = pydicom.dcmread(original, stop_before_pixels=True).SOPInstanceUID
    FAULTY["compress"](original, target, beginning.encode())
    dataset = pydicom.dcmread(target)
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = uid
    dataset.save_as(target)


@pytest.mark.usefixtures("site")
def test_each_way_of_going_wrong_is_said_and_not_tried_again_before_the_file_has_changed(
    drawn: Path, tmp_path: Path
) -> None:
    header = pydicom.dcmread(drawn / "none.dcm", stop_before_pixels=True)
    uid, shape = str(header.SOPInstanceUID), (header.Rows, header.Columns)
    words = {"HANG": "longer than 3 s", "SEGV": "SIGSEGV", "ABRT": "SIGABRT", "EATS": "more than 700 MiB"}
    before = psutil.Process().children(recursive=True)  # a browser and other servers of these tests
    with Decoders(Limits(time_seconds=3, memory_mib=700)) as decoders:
        for beginning, word in words.items():
            place = tmp_path / f"{beginning}.dcm"
            spoil(drawn / "none.dcm", place, beginning)
            for _ in range(2):
                with pytest.raises(NoPixelsError, match=word):
                    decoders.draw(place, uid, shape, 256)
            shutil.copy(drawn / "none.dcm", place)
            assert decoders.draw(place, uid, shape, 256).levels[0].shape == shape
        with pytest.raises(NoPixelsError, match="rows and"):  # marks would lie elsewhere
            decoders.draw(place, uid, (shape[0], shape[1] + 1), 256)
    assert set(psutil.Process().children(recursive=True)) <= set(before)


def test_a_file_that_is_exchanged_while_readers_work_ends_nothing(
    serve: Any, judge: Any, drawn: Path, site: Path, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    names = ("grouped", "macro_only", "none")
    for name in names:
        shutil.copy(drawn / f"{name}.dcm", tmp_path / "in")
    judge(tmp_path / "in", tmp_path / "run")
    server = serve(tmp_path / "run", "--images", str(tmp_path / "in"))
    uids = {name: str(pydicom.dcmread(drawn / f"{name}.dcm", stop_before_pixels=True).SOPInstanceUID) for name in names}
    spoil(drawn / "grouped.dcm", tmp_path / "in" / "grouped.dcm", "SEGV")
    spoil(drawn / "macro_only.dcm", tmp_path / "in" / "macro_only.dcm", "HANG")
    place = f"api/images/{uids['macro_only']}"
    threading.Thread(target=_ask, args=(server, f"{place}/plain"), daemon=True).start()
    told = server.image(uids["grouped"])["pixels"]
    assert not told["available"]
    assert "SIGSEGV" in told["why"]
    assert server.get(f"api/images/{uids['grouped']}/pixels/0/0/0").status_code == 404
    # More requests than the server has threads wait for the picture that hangs; another reader does not.
    waiting = [threading.Thread(target=_ask, args=(server, place), daemon=True) for _ in range(60)]
    for thread in waiting:
        thread.start()
    time.sleep(0.5)
    assert server.image(uids["none"])["pixels"]["available"]
    assert server.answer(uids["grouped"], type="comment", text="still here")["saved_at"]
    assert server.process.poll() is None
    server.end()
    assert server.told.count("\n") == 1, server.told


def _ask(server: Any, place: str) -> None:
    try:
        server.client.get(place, timeout=30)
    except Exception:  # noqa: BLE001 - the server ends before it answers
        return
