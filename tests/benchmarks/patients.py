"""
Simulated patients from their files to the results: what a run makes of their studies.

    python tests/benchmarks/patients.py [--patients 4 --seed 41 --recipe FILE] [--keep DIR]

Writes the studies twice, compares their bytes, analyses them with `mammocalc run`, and prints: images analysed; whose
side, view, patient and interval between dates are those of the truth; the distance of nipples that were found surely;
the share of microcalcifications found by what became of them, and of those that may be found at all (effective ratio 8
and more); the share of those shown on both dates that were found on both, and of those shown by both views; the
seconds of processor time for one study.
"""

from __future__ import annotations

import argparse
import filecmp
import json
import resource
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from command import call
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

CLEAR = 8.0
"""Effective ratio from which a calcification can be found without many false marks."""
_FAR = 1e6


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=4)
    parser.add_argument("--seed", type=int, default=41)
    parser.add_argument("--recipe", type=Path, help="YAML with a recipe of patients")
    parser.add_argument("--keep", type=Path, help="a folder for images and run, which are otherwise removed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.keep or Path(scratch)
        words = ["--studies", arguments.patients, "--seed", arguments.seed]
        words += [] if arguments.recipe is None else ["--recipe", arguments.recipe]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        call("simulate", folder / "images", *words)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        call("simulate", Path(scratch) / "again", *words)
        call("run", folder / "images", "--out", folder / "run", "--set", "outputs.overlays=none")
        truths = [json.loads(path.read_text("utf-8")) for path in sorted((folder / "images" / "truth").glob("*.json"))]
        files = [path.relative_to(folder / "images") for path in sorted((folder / "images").rglob("*.*"))]
        equal = filecmp.cmpfiles(folder / "images", Path(scratch) / "again", files, shallow=False)[0]
        results = {
            (result := json.loads(path.read_text("utf-8")))["image"]["sop_instance_uid"]: result
            for path in (folder / "run" / "results").rglob("*.json")
        }
    studies = len({truth["study_instance_uid"] for truth in truths})
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{len(files)} files, {len(equal)} with equal bytes when made again")
    print(
        f"{studies} studies, {seconds / studies:.1f} s of processor time each, {seconds / len(truths):.1f} s an image"
    )
    _identities(truths, results)
    _found(truths, results)


def _identities(truths: list[dict[str, Any]], results: dict[str, dict[str, Any]]) -> None:
    """Print what of the headers came through, and where the nipple was found."""
    keys, days = defaultdict(set), defaultdict(set)
    right, away, sure = 0, [], 0
    for truth in truths:
        result = results.get(truth["sop_instance_uid"])
        if result is None:
            continue
        image = result["image"]
        right += (image["laterality"], image["view"]) == (truth["laterality"], truth["view"])
        keys[truth["patient"]].add(image["patient_key"])
        days[truth["patient"]].add(image["study_day"] - truth["study_day"])
        nipple = result["breast"]["nipple"]
        if nipple and "nipple_uncertain" not in result["flags"]:
            sure += 1
            steps = [nipple[axis] - truth["nipple"][axis] for axis in ("row", "column")]
            away.append(float(np.hypot(*steps)) * truth["pixel_spacing_mm"][0])
    print(f"{len(results)} of {len(truths)} images analysed; side and view right in {right}")
    print(f"patients with one key: {sum(len(own) == 1 for own in keys.values())} of {len(keys)}, ", end="")
    print(f"with the true intervals: {sum(len(own) == 1 for own in days.values())}")
    print(f"nipple sure in {sure}, {np.median(away):.1f} mm away in the median, {max(away):.1f} at most")


def _found(truths: list[dict[str, Any]], results: dict[str, dict[str, Any]]) -> None:
    """Print which microcalcifications were found: by fate, on both dates, in both views."""
    counts: Counter[tuple[str, bool]] = Counter()
    seen: dict[tuple[str, str, str], dict[int, bool]] = defaultdict(dict)
    over: dict[tuple[str, str, int], dict[str, bool]] = defaultdict(dict)
    for truth in truths:
        hits = _hits(truth, results.get(truth["sop_instance_uid"], {"calcifications": []}))
        for point, is_found in zip(truth["points"], hits, strict=True):
            if point["kind"] != "micro":
                continue
            counts["all", is_found] += 1
            counts[f"fate {point['fate'] or 'first date'}", is_found] += 1
            if (point["effective_snr"] or 0.0) >= CLEAR:
                counts["effective ratio 8 and more", is_found] += 1
            name = point["calcification"]
            seen[truth["patient"], truth["view"], name][truth["study_day"]] = is_found
            over[truth["patient"], name, truth["study_day"]][truth["view"]] = is_found
    for word in sorted({word for word, _ in counts}):
        yes, no = counts[word, True], counts[word, False]
        print(f"found, {word}: {yes / (yes + no):.2f} of {yes + no}")
    for word, pairs in (("both dates", seen.values()), ("both views", over.values())):
        both = [list(pair.values()) for pair in pairs if len(pair) > 1]
        once = [all(pair) for pair in both if any(pair)]
        print(
            f"shown on {word}: {len(both)}; of {len(once)} that were found at all, found on both: {np.mean(once):.2f}"
        )


def _hits(truth: dict[str, Any], result: dict[str, Any]) -> list[bool]:
    """Tell which true calcifications have a mark of their own within their radius and half a millimetre."""
    places = np.array([(p["row"], p["column"]) for p in truth["points"]]).reshape(-1, 2)
    marks = np.array([(m["row"], m["column"]) for m in result["calcifications"]]).reshape(-1, 2)
    reach = np.array([p["length_mm"] / 2 + 0.5 for p in truth["points"]])
    apart = cdist(places, marks) * truth["pixel_spacing_mm"][0]
    cost = np.where(apart <= reach[:, None], apart, _FAR)
    own, other = linear_sum_assignment(cost)
    found = {int(i) for i, j in zip(own, other, strict=True) if cost[i, j] < _FAR}
    return [number in found for number in range(len(places))]


if __name__ == "__main__":
    main()
