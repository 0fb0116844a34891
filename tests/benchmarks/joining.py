"""How long the studies of a run take: its results, copied under other names to so many studies of four images."""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mammocalc.execution.run_folder import RunFolder
from mammocalc.execution.studies import write_studies, write_tables_and_studies
from mammocalc.execution.up_to_date import Made
from mammocalc.results.layout import result_files
from mammocalc.results.tables import write_tables
from mammocalc.results.to_json import encode

if TYPE_CHECKING:
    from collections.abc import Iterator

VIEWS = (("R", "CC"), ("R", "MLO"), ("L", "CC"), ("L", "MLO"))


def main() -> None:
    """Copy, join, and say how long joining took: at once, and once more without any change."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="a run, the more images the better: every study gets other ones")
    parser.add_argument("--studies", type=int, default=1000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        folder = RunFolder(root, levels=1)
        uids = {write(folder, document) for document in copies(arguments.run, arguments.studies)}
        write_tables(root, {})
        said = f"{arguments.studies} studies of four images"
        with timed(f"{said}, joined at first"):
            write_studies(folder, uids, Made(folder))
        with timed(f"{said}, with their tables and those of images, at first"):
            write_tables_and_studies(folder, dict.fromkeys(uids, ""))
        with timed(f"{said}, the same again, without any change"):
            write_tables_and_studies(folder, dict.fromkeys(uids, ""))
        found = [json.loads(path.read_bytes()) for path in (root / "studies").rglob("*.json")]
        findings = [finding for study in found for finding in study["findings"]]
        print(f"{len(findings)} findings, {sum(bool(finding['links']) for finding in findings)} of them linked")


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long something takes."""
    clock, cpu = time.perf_counter(), time.process_time()
    yield
    seconds, busy = time.perf_counter() - clock, time.process_time() - cpu
    print(f"{what}: {seconds:.1f} s ({busy:.1f} s of CPU)", flush=True)


def copies(run: Path, studies: int) -> Iterator[dict[str, Any]]:
    """Give the results of a run again and again, as views of other patients."""
    documents = [json.loads((run / path).read_bytes()) for path in result_files(run)]
    for number, document in zip(range(4 * studies), itertools.cycle(documents)):
        side, view = VIEWS[number % 4]
        image = {
            **document["image"],
            "sop_instance_uid": f"1.2.{number + 1}",
            "study_instance_uid": f"1.3.{number // 4 + 1}",
            "patient_key": f"{number // 4:012x}",
            "laterality": side,
            "view": view,
        }
        yield {**document, "image": image}


def write(folder: RunFolder, document: dict[str, Any]) -> str:
    """Write a result where the run has it; give its UID."""
    uid: str = document["image"]["sop_instance_uid"]
    target = folder.root / folder.place("results", uid, ".json")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(encode(document))
    return uid


if __name__ == "__main__":
    main()
