"""
How often the image's word is that of a reader: python tests/benchmarks/words.py FOLDER [--half tuning].

FOLDER holds DICOM images and ``readings/readings.csv`` (what `mammocalc
evaluate` takes as a table of words). The images of one half of the patients are
judged from the command line, and both words are held against each other by
`mammocalc evaluate`. Constants are set on `tuning`; what is claimed is measured
on `reporting`, and every look at that half is counted.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from pathlib import Path

import pydicom
from command import call
from patient_split import half_of


def readings_of(folder: Path, half: str) -> list[dict[str, str]]:
    """Take the readings of the patients of one half, by the Patient ID of their images."""
    with (folder / "readings" / "readings.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    patients = {
        name: str(pydicom.dcmread(folder / name, stop_before_pixels=True, specific_tags=["PatientID"]).PatientID)
        for name in sorted({row["file"] for row in rows})
    }
    return [row for row in rows if half_of(patients[row["file"]]) == half]


def score(folder: Path, half: str, out: Path, overrides: list[str]) -> None:
    """Judge the images of one half, write its readings as a table, and evaluate."""
    rows = readings_of(folder, half)
    out.mkdir(parents=True, exist_ok=True)
    truth = out / f"{half}.csv"
    with truth.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["sop_instance_uid", "reader", "label", "second_label"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    run, scores = out / half, out / f"{half}-scores"
    sets = [word for change in overrides for word in ("--set", change)]
    files = [folder / name for name in sorted({row["file"] for row in rows})]
    call("run", *files, "--out", run, "--quiet", "--force", *sets)
    print(f"# {half}: {len(files)} images", flush=True)
    print(call("evaluate", run, "--truth", truth, "--out", scores), end="", flush=True)


def main() -> None:
    """Score one half, or both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="DICOM images, and readings/readings.csv")
    parser.add_argument("--half", choices=("tuning", "reporting", "both"), default="tuning")
    parser.add_argument("--out", type=Path, help="keep runs and scores here")
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE", dest="sets")
    arguments = parser.parse_args()
    halves = ("tuning", "reporting") if arguments.half == "both" else (arguments.half,)
    with tempfile.TemporaryDirectory() as temporary:
        for half in halves:
            score(arguments.folder, half, arguments.out or Path(temporary), arguments.sets)


if __name__ == "__main__":
    main()
