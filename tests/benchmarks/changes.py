"""
What is said of simulated patients on two dates, from rendered pixels through `run` and `compare --images`.

    mammocalc simulate SIM --studies 5 --seed 9000 --recipe RECIPE.yaml
    mammocalc run SIM --out RUN
    mammocalc compare RUN --out DIR --images SIM
    python tests/benchmarks/changes.py DIR RUN SIM

A recipe with `displacement_mm: 2` is that of docs/evidence/comparison.md; one with `changing_share: 0`,
`new_finding_share: 0` and `gone_finding_share: 0` has patients without any change. Reported calcifications are those of
the truth within 1 mm, the nearest first. Constants were set on the seeds 100, 200, 300, 320 and 350.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

HIT_MM = 1.0


def true_ids(result: dict[str, Any], truth: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """Give the true calcification of each reported one, by the id of the latter."""
    found, points = result["calcifications"], truth["points"]
    if not found or not points:
        return {}
    spacing = np.array(result["image"]["pixel_spacing_mm"])
    ours = np.array([(item["row"], item["column"]) for item in found]) * spacing
    theirs = np.array([(item["row"], item["column"]) for item in points]) * spacing
    reach = np.array([max(HIT_MM, item["diameter_mm"] / 2) for item in points])
    cost = np.where(cdist(ours, theirs) <= reach, cdist(ours, theirs), 1e3)
    return {
        found[one]["id"]: points[other]
        for one, other in zip(*linear_sum_assignment(cost), strict=True)
        if cost[one, other] < 1e3
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("images", type=Path)
    given = parser.parse_args()
    count: Counter[str] = Counter()
    words: dict[str, Counter[str]] = {}
    clusters: Counter[str] = Counter()
    for path in sorted((given.folder / "comparisons").rglob("*.json")):
        document = json.loads(path.read_bytes())
        uids = [document[side]["sop_instance_uid"] for side in ("current", "prior")]
        results = [json.loads((given.run / document[side]["result"]).read_bytes()) for side in ("current", "prior")]
        truths = [json.loads((given.images / "truth" / f"{uid}.json").read_bytes()) for uid in uids]
        known, before = (true_ids(*both) for both in zip(results, truths, strict=True))
        name = {number: point["calcification"] for number, point in known.items()}
        old = {number: point["calcification"] for number, point in before.items()}
        count["both"] += len(set(name.values()) & set(old.values()))
        count["pairs of images"] += 1
        count["comparable"] += document["registration"]["is_comparable"]
        for mark in document["calcifications"]:
            ours, theirs = mark["calcification"], mark["prior_calcification"]
            if ours is not None and theirs is not None:
                count["joined"] += 1
                count["joined right"] += name.get(ours) is not None and name.get(ours) == old.get(theirs)
            point = before.get(theirs) if ours is None else known.get(ours)
            fate = "false mark" if point is None else str(point["fate"] or "same")
            if ours is None and point is not None:
                there = {item["calcification"] for item in truths[0]["points"]}
                fate = "missed now" if point["calcification"] in there else "gone"
            words.setdefault(fate, Counter())[mark["change"]] += 1
        clusters.update(item["change"] for item in document["clusters"])
    print(f"{count['pairs of images']} pairs of images, {count['comparable']} laid over each other")
    print(
        f"recall of matches among those reported on both dates {count['joined right'] / max(count['both'], 1):.3f}",
        end="",
    )
    print(f" of {count['both']}, precision "
          f"{count['joined right'] / max(count['joined'], 1):.3f} of {count['joined']}")  # fmt: skip
    new = sum(found["new"] for found in words.values())
    truly = words.get("new", Counter())
    print(f"new: {new} called, truly new {truly['new'] / max(new, 1):.3f}; of {truly.total()} truly new ones that are "
          f"reported {truly['new'] / max(truly.total(), 1):.3f} are called")  # fmt: skip
    current = sum(found.total() for fate, found in words.items() if fate not in {"gone", "missed now"})
    print(f"of all {current} marks of current images {new / max(current, 1):.3f} are called new")
    said = clusters.total() - clusters["not_comparable"]
    changed = said - clusters["matched"]
    print(f"clusters {dict(clusters)}: {changed / max(said, 1):.3f} of {said} with a word are called changed, "
          f"{changed / max(clusters.total(), 1):.3f} of all")  # fmt: skip
    for fate in sorted(words):
        print(f"  {fate:10s} {dict(words[fate])}")


if __name__ == "__main__":
    main()
