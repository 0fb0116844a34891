"""
What the trees, the second look and a higher limit of the search gain: one change at a time, as a table.

    python tests/benchmarks/ablation.py [--images 32] [--real FOLDER --labels CSV]

Simulates mammograms that were not trained on, runs every variant on them (and on a folder of real images with labels,
if one is given), scores it with `mammocalc evaluate` and prints a table in Markdown:

- found: share of the planted calcifications with a matched-filter ratio of 8 or more that are found at 0.2 and at 1
  false marks per image;
- area: area under the ROC curve of `presence` on the real images, as labelled / as they look;
- marks: calcifications reported per real image that is truly without, and share of the others with at least one.

What no setting changes is not compared: trees know the search that they were trained on and no other.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from command import call

RULE = ("classify.by=strength",)
VARIANTS: dict[str, tuple[str, ...]] = {
    "rule on strength": RULE,
    "boosted trees (default)": (),
    "boosted trees, no second look": ("classify.cluster_odds=1",),
    "boosted trees, three in a crowd from 0.2 on": ("classify.crowd_score=0.2",),
    "boosted trees, particles from 5 sigma on": ("detect.threshold_sigma=5",),
}

BRIGHT = "8 and more, all"
"""The group of planted calcifications that an ideal observer could not miss."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=32, help="number of simulated images")
    parser.add_argument("--real", type=Path, help="a folder of real images")
    parser.add_argument("--labels", type=Path, help="their CSV with sop_instance_uid, has_calcifications, seen")
    arguments = parser.parse_args()
    print("| variant | found at 0.2 | found at 1 | area, as labelled / as seen | marks without / share with |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        simulated = Path(folder) / "simulated"
        for number in range(-(-arguments.images // 8)):
            call("simulate", simulated / str(number), "--seed", 9000 + number, accepted=(0, 1))
        truth = Path(folder) / "truth"
        truth.mkdir()
        for file in simulated.glob("*/truth/*.json"):
            file.rename(truth / file.name)
        for name, changes in VARIANTS.items():
            found = _scores(Path(folder), "simulated", simulated, truth, changes)
            [bright] = [g for g in found["calcifications"]["by"]["detectability"] if g["group"] == BRIGHT]
            rates = {row["rate"]: row["found"]["value"] for row in bright["at_rates"]}
            line = f"| {name} | {rates[0.2]:.3f} | {rates[1.0]:.3f} |"
            if arguments.real:
                seen = _scores(Path(folder), "real", arguments.real, arguments.labels, changes)
                line += _real_columns(seen)
            print(line, flush=True)


def _scores(folder: Path, name: str, images: Path, truth: Path, changes: tuple[str, ...]) -> dict[str, Any]:
    settings = ("outputs.overlays=none", "outputs.candidates=true", *changes)
    sets = [word for change in settings for word in ("--set", change)]
    call("run", images, "--out", folder / f"run_{name}", "--force", "--quiet", *sets, accepted=(0, 1))
    scored = call(
        "evaluate",
        folder / f"run_{name}",
        "--truth",
        truth,
        "--out",
        folder / f"scores_{name}",
        "--json",
        accepted=(0, 1),
    )
    return dict(json.loads(scored))


def _real_columns(scores: dict[str, Any]) -> str:
    labelled = scores["presence"]["as_labelled"]["area"]["value"]
    seen = scores["presence"]["as_they_look"]["area"]["value"]
    marks = scores["marks"]
    without, with_any = marks["marks_on_without_mean"]["value"], marks["with_marked"]["value"]
    return f" {labelled:.3f} / {seen:.3f} | {without:.2f} / {with_any:.2f} |"


if __name__ == "__main__":
    main()
