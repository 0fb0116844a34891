"""How quick the review server is: start and worklist of a large run, and the first tile of the largest mammogram."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
import pydicom
from pydicom.uid import UID, ExplicitVRLittleEndian
from run_files import small_scene
from served import served

from mammocalc.config import load
from mammocalc.execution.batch import run
from mammocalc.execution.run_options import RunRequest
from mammocalc.simulation import simulate
from mammocalc.simulation.recipe import Recipe
from mammocalc.simulation.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS, COLUMNS = 5355, 4915


def _judge(folder: Path) -> str:
    """Judge one small mammogram and give its UID."""
    simulate(folder / "in", Recipe(scenes=(small_scene("grouped", Kind.GROUPED, patient=1),)))
    run(RunRequest((folder / "in",), folder / "run", load(None, []), workers=1), lambda _: None, lambda: False)
    return next((folder / "run" / "results").glob("*.json")).stem


def _multiply(folder: Path, uid: str, count: int) -> None:
    """Make a run of many images from one result; the last of them has the pixels of the largest mammogram."""
    table = folder / "tables" / "images.csv"
    head, line = table.read_text(encoding="utf-8").splitlines()
    result = (folder / "results" / f"{uid}.json").read_text(encoding="utf-8")
    uids = [f"1.2.826.{number}" for number in range(count)]
    for own in uids:
        (folder / "results" / f"{own}.json").write_text(result.replace(uid, own), encoding="utf-8")
    table.write_text("\n".join([head, *(line.replace(uid, own) for own in uids)]) + "\n", encoding="utf-8")
    usual = {"status": "analysed", "reason": None, "message": None, "seconds": 1}
    rows = [{"path": f"{own}.dcm", "sop_instance_uid": own, **usual} for own in uids]
    (folder / "files.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    (folder / "results" / f"{uid}.json").unlink()


def _enlarge(folder: Path, uid: str) -> None:
    dataset = pydicom.dcmread(next(folder.glob("*.dcm")))
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = UID(uid)
    small = dataset.pixel_array
    image = np.tile(small, (-(-ROWS // small.shape[0]), -(-COLUMNS // small.shape[1])))[:ROWS, :COLUMNS]
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.PixelData, dataset.Rows, dataset.Columns = image.astype("<u2").tobytes(), ROWS, COLUMNS
    dataset["PixelData"].is_undefined_length = False
    dataset.save_as(folder / f"{uid}.dcm")


def _timed(what: str, ask: Callable[[], Any], repeats: int = 5) -> Any:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        given = ask()
        times.append(time.perf_counter() - start)
    print(f"{what}: {1000 * times[0]:.0f} ms, then {1000 * min(times):.0f} ms at best")
    return given


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=2000, metavar="N", help="images of the run")
    count = parser.parse_args().images
    with tempfile.TemporaryDirectory(prefix="mammocalc-review-") as name:
        folder = Path(name)
        uid = _judge(folder)
        _multiply(folder / "run", uid, count)
        last = f"1.2.826.{count - 1}"
        _enlarge(folder / "in", last)
        start = time.perf_counter()
        with (
            served(folder / "run", folder / "in") as address,
            httpx.Client(base_url=address, timeout=60, trust_env=False) as client,
        ):
            client.get("api/run")
            print(f"start with {count} images: {time.perf_counter() - start:.1f} s")
            _timed("worklist", lambda: client.get("api/worklist").json())
            _timed(f"image of {ROWS} x {COLUMNS}", lambda: client.get(f"api/images/{last}").json())
            level = f"api/images/{last}/pixels/2/0/0"
            _timed("its level of a quarter", lambda: client.get(level).content)
            _timed("a tile of it", lambda: client.get(f"api/images/{last}/pixels/0/0/0").content)
            action = {"reader": "Ada", "action": {"type": "agree_image"}}
            place = f"api/images/{last}/answers"
            _timed("an answer", lambda: client.post(place, json=action, headers={"X-Mammocalc": "1"}).json())
            _timed("worklist after it", lambda: client.get("api/worklist", params={"reader": "Ada"}).json())


if __name__ == "__main__":
    main()
