"""
How marks that are no pattern lie to one another: python tests/benchmarks/chance.py FOLDER [--half tuning].

FOLDER holds DICOM images and ``readings/readings.csv``. Of the images of one
half of the patients that every reader calls none or scattered, it counts the pairs
of calcifications within some millimetres, over those of as many independent
points in the same breasts (Ripley's K over that of a Poisson process), with 95 %
of 1000 draws of patients; and the same of the false points that the classifier of
distributions is trained with. Then it counts what is shown as a cluster on these
images, and by what descriptor what readers call grouped is known.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pydicom
from command import call
from scipy.spatial.distance import cdist
from words import readings_of

from mammocalc.simulation.point_scenes import Disturbance, draw_breast, usual_scene
from mammocalc.simulation.vocabulary import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

WITHIN_MM = np.array([2.0, 5.0, 10.0, 20.0])
NEAR_MM = 5.0
"""A cluster is at a reader's finding where a member is this near to it."""
DRAWS = 1000
POINTS = (4, 8, 12, 16)
"""False points of a simulated scene: as many as such images have."""


def pairs_of(points_mm: NDArray[np.float64], cells_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Count the pairs within each distance, and how many there would be by chance.

    Parameters
    ----------
    points_mm : ndarray, shape (n, 2)
    cells_mm : ndarray, shape (m, 2)
        Centres of the cells of the breast, all of one size.

    Returns
    -------
    ndarray of float64, shape (2, 4)
        Seen, and expected of independent points; each pair twice.
    """
    away = cdist(points_mm, points_mm)
    np.fill_diagonal(away, np.inf)
    beside = cdist(points_mm, cells_mm)
    seen = [(away <= reach).sum() for reach in WITHIN_MM]
    expected = [(len(points_mm) - 1) * (beside <= reach).mean(axis=1).sum() for reach in WITHIN_MM]
    return np.array([seen, expected], dtype=np.float64)


def pairs_of_result(result: dict[str, Any]) -> NDArray[np.float64]:
    """Count those of a result, on cells of a millimetre."""
    spacing_mm = np.array(result["image"]["pixel_spacing_mm"])
    counting = [one for one in result["calcifications"] if one["left_out"] is None]
    points_mm = np.array([(one["row"], one["column"]) for one in counting]).reshape(-1, 2) * spacing_mm
    outline_mm = np.array(result["breast"]["outline"]) * spacing_mm
    inside = np.zeros(np.ceil(outline_mm.max(axis=0)).astype(int) + 1, np.uint8)
    cv2.fillPoly(inside, [np.rint(outline_mm[:, ::-1]).astype(np.int32)], 1)
    return pairs_of(points_mm, np.argwhere(inside).astype(np.float64))


def simulated_pairs(seed: int = 5) -> NDArray[np.float64]:
    """Count those of simulated scenes without a pattern."""
    rng, total = np.random.default_rng(seed), np.zeros((2, len(WITHIN_MM)))
    for _ in range(30):
        home = draw_breast(rng)
        cells_mm = np.argwhere(home.is_breast).astype(np.float64)
        for count in POINTS * 4:
            scene = usual_scene(home, Kind.NONE, Disturbance(false=count), rng)
            total += pairs_of(scene.points_mm[~scene.is_pattern], cells_mm)
    return total


def said(title: str, by_patient: list[NDArray[np.float64]]) -> str:
    """Give a row of the table: how many times as many pairs as by chance, and its interval over patients."""
    pairs = np.array(by_patient)
    seen, expected = pairs.sum(axis=0)
    times = [f"{ratio:.1f}" for ratio in seen / expected]
    if len(pairs) == 1:
        return f"| {title} | {' | '.join(times)} |"
    rng = np.random.default_rng(0)
    draws = [pairs[rng.integers(len(pairs), size=len(pairs))].sum(axis=0) for _ in range(DRAWS)]
    low, high = np.quantile([seen / expected for seen, expected in draws], (0.025, 0.975), axis=0)
    cells = [f"{ratio} ({a:.1f} to {b:.1f})" for ratio, a, b in zip(times, low, high, strict=True)]
    return f"| {title} | {' | '.join(cells)} |"


def known_as(result: dict[str, Any], finding: dict[str, str]) -> str:
    """Say what the shown cluster at a reader's finding is called; ``none`` where there is none."""
    spacing_mm = np.array(result["image"]["pixel_spacing_mm"])
    middle_mm = np.array([[float(finding["row"]), float(finding["column"])]]) * spacing_mm
    places_mm = {one["id"]: np.array([one["row"], one["column"]]) * spacing_mm for one in result["calcifications"]}
    reach_mm = float(finding["extent_mm"] or 0) / 2 + NEAR_MM
    labels = {
        cluster["distribution"]["label"]
        for cluster in result["clusters"]
        if not cluster["loose"]
        and cdist(np.array([places_mm[m] for m in cluster["members"]]), middle_mm).min() <= reach_mm
    }
    return min(labels, key=lambda label: (label == "indeterminate", label), default="none")


def main() -> None:
    """Print the table and the counts of one half of the patients."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="DICOM images, and readings/")
    parser.add_argument("--half", choices=("tuning", "reporting"), default="tuning")
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE", dest="sets")
    arguments = parser.parse_args()
    words: dict[str, set[str]] = defaultdict(set)
    for row in readings_of(arguments.folder, arguments.half):
        words[row["file"]].add(row["label"])
    with (arguments.folder / "readings" / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
        findings = [row for row in csv.DictReader(file) if row["file"] in words and row["label"] == "grouped"]
    sets = [word for change in ("outputs.overlays=none", *arguments.sets) for word in ("--set", change)]
    with tempfile.TemporaryDirectory() as out:
        call("run", *(arguments.folder / name for name in sorted(words)), "--out", out, "--quiet", "--force", *sets)
        results = {path.stem: json.loads(path.read_text()) for path in Path(out).glob("results/**/*.json")}
    patients: dict[str, list[NDArray[np.float64]]] = defaultdict(list)
    shown: Counter[str] = Counter()
    for name, labels in sorted(words.items()):
        header = pydicom.dcmread(
            arguments.folder / name, stop_before_pixels=True, specific_tags=["PatientID", "SOPInstanceUID"]
        )
        result = results[str(header.SOPInstanceUID)]
        if labels <= {"none", "scattered"}:
            patients[str(header.PatientID)].append(pairs_of_result(result))
            shown.update(one["distribution"]["label"] for one in result["clusters"] if not one["loose"])
    known = Counter(known_as(results[finding["sop_instance_uid"]], finding) for finding in findings)
    print(f"| times as many pairs as by chance, within | {' | '.join(f'{reach:g} mm' for reach in WITHIN_MM)} |")
    print("|---|---|---|---|---|")
    quiet = sum(map(len, patients.values()))
    title = f"{quiet} images of {len(patients)} patients ({arguments.half})"
    print(said(title, [np.sum(one, axis=0) for one in patients.values()]))
    print(said("simulated false points", [simulated_pairs()]))
    print(f"clusters shown on these images: {sum(shown.values())} {dict(shown)}")
    print(f"{len(findings)} groups of readers are known as: {dict(known)}")


if __name__ == "__main__":
    main()
