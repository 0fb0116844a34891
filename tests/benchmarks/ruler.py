"""
What is found by effective ratio, and what the second look inside clusters gains.

    python tests/benchmarks/ruler.py [--images 48] [--real FOLDER --labels CSV --half tuning --draws 4]

Simulates mammograms of the kind that training draws, of another seed, and, where a folder of real images is given, puts
calcifications into those of one half of the patients (tests/benchmarks/patient_split.py) that the CSV
(sop_instance_uid, has_calcifications, seen) calls empty. Each is run with and without the second look, scored with
`mammocalc evaluate`,
and printed as a table: found and false marks at the operating point, false clusters, and by effective ratio the share
that is found there and at 0.2, 1 and 2 false marks per image. Natural marks in real images count as false.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from pathlib import Path
from typing import Any

from command import call
from patient_split import half_of
from pydicom import dcmread

from mammocalc.simulation import Recipe, simulate
from mammocalc.training.particle_scenes import training_scenes
from mammocalc.vocabulary.lexicon import Medium

SEED = 77
"""Of the simulated images; the classifiers that come with the program saw seed 1."""
RATES = (0.2, 1.0, 2.0)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=48, help="number of simulated images")
    parser.add_argument("--real", type=Path, help="a folder of real images")
    parser.add_argument("--labels", type=Path, help="their CSV with sop_instance_uid, has_calcifications, seen")
    parser.add_argument("--half", choices=("tuning", "reporting"), default="tuning", help="of the patients")
    parser.add_argument("--draws", type=int, default=4, help="insertions into each real image")
    parser.add_argument("--set", action="append", default=[], help="a setting of every run")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.images:
            simulate(Path(folder) / "simulated", Recipe(scenes=training_scenes(arguments.images, SEED, Medium.DIGITAL)))
            _print("simulated", Path(folder), arguments.set)
        if arguments.real:
            chosen = Path(folder) / "chosen.csv"
            _choose(arguments.real, arguments.labels, arguments.half, chosen)
            for draw in range(1, arguments.draws + 1):
                part = Path(folder) / "inserted" / str(draw)
                call("simulate", part, "--into", arguments.real, "--only", chosen, "--seed", draw, accepted=(0, 1))
            truth = Path(folder) / "inserted" / "truth"
            truth.mkdir()
            for file in sorted((Path(folder) / "inserted").glob("*/truth/*.json")):
                file.rename(truth / file.name)
            _print("inserted", Path(folder), arguments.set)


def _choose(images: Path, labels: Path, half: str, chosen: Path) -> None:
    """Write the rows of the labels whose patients are of one half."""
    patients = {}
    for path in sorted(images.rglob("*.dcm")):
        ds = dcmread(path, stop_before_pixels=True)
        patients[str(ds.SOPInstanceUID)] = str(ds.PatientID)
    with labels.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if half_of(patients[row["sop_instance_uid"]]) == half]
    with chosen.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def _print(name: str, folder: Path, settings: list[str]) -> None:
    for title, odds in (("without a second look", "1.0"), ("as shipped", None)):
        own = [*settings, "outputs.overlays=none", "outputs.candidates=true"]
        own += [] if odds is None else [f"classify.cluster_odds={odds}"]
        sets = [word for setting in own for word in ("--set", setting)]
        call("run", folder / name, "--out", folder / "run", "--force", "--quiet", *sets, accepted=(0, 1))
        document = json.loads(
            call(
                "evaluate",
                folder / "run",
                "--truth",
                folder / name,
                "--out",
                folder / "scores",
                "--json",
                accepted=(0, 1),
            )
        )
        _table(f"{name}, {title}", document)


def _table(title: str, document: dict[str, Any]) -> None:
    points, clusters = document["calcifications"], document["clusters"]
    at = points["at_operating_point"]
    print(
        f"\n**{title}**: {points['images']} images, {points['true']} calcifications, {at['found']['value']:.3f} found, "
    )
    print(f"{at['false_per_image']['value']:.2f} false marks per image; clusters: ", end="")
    own = clusters["at_operating_point"]
    print(f"{own['found']['value']:.3f} found, {own['false_per_image']['value']:.3f} false per image\n")
    print("| effective ratio | n | found |", *(f"at {rate:g} |" for rate in RATES))
    print("|---|---|---|" + "---|" * len(RATES))
    for group in points["by"]["effective"]:
        rates = {row["rate"]: row["found"]["value"] for row in group["at_rates"]}
        shares = [group["at_operating_point"]["found"]["value"], *(rates[rate] for rate in RATES)]
        print(f"| {group['group']} | {group['n']} |", *(f"{share:.3f} |" for share in shares), flush=True)


if __name__ == "__main__":
    main()
