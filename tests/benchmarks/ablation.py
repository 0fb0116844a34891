"""
What each ingredient of the detector gains: one change at a time, as a table.

    python tests/benchmarks/ablation.py [--images 32] [--real FOLDER --labels CSV]

Simulates mammograms that were not trained on, runs every variant on them (and on a folder of real images with labels,
if one is given), scores it with `mammocalc evaluate` and prints a table in Markdown:

- found: share of the planted calcifications with a matched-filter ratio of 8 or more that are found at 0.2 and at 1
  false marks per image;
- area: area under the ROC curve of `presence` on the real images, as labelled / as they look;
- marks: calcifications reported per real image that is truly without, and share of the others with at least one.

The variants of the search are compared under the rule on strength, which needs no training; the trees come last.
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
    "rule on strength, all ingredients": RULE,
    "lines of 0.8 mm": (*RULE, "enhance.lengths_mm=[0.8, 1.4, 3.5, 8.0]"),
    "lines of 1.2 mm": (*RULE, "enhance.lengths_mm=[1.2, 1.4, 3.5, 8.0]"),
    "lines of 2.0 mm": (*RULE, "enhance.lengths_mm=[2.0, 3.5, 8.0]", "enhance.pixels_mm=[0.0, 0.28, 0.56]"),
    "4 directions of lines": (*RULE, "enhance.angles=4"),
    "12 directions of lines": (*RULE, "enhance.angles=12"),
    "no noise floor": (*RULE, "normalise.noise_floor=0.0"),
    "one noise for all grey levels (nearly)": (*RULE, "normalise.noise_levels=4"),
    "no blur": (*RULE, "normalise.blur_mm=0.0"),
    "blur of 0.1 mm": (*RULE, "normalise.blur_mm=0.1"),
    "edges in 4 directions": (*RULE, "detect.directions=4"),
    "hot pixels left": (*RULE, "normalise.hot_pixel_mm=0.0"),
    "no lines of 1.4 mm": (*RULE, "enhance.lengths_mm=[0.6, 3.5, 8.0]", "enhance.pixels_mm=[0.0, 0.28, 0.56]"),
    "no coarse channels": (*RULE, "enhance.lengths_mm=[0.6, 1.4]", "enhance.pixels_mm=[0.0, 0.14]"),
    "no margin at the image's edge": (*RULE, "breast.image_margin_mm=0.0"),
    "no margin at the skin": (*RULE, "breast.skin_margin_mm=0.0"),
    "boosted trees (default)": (),
    "boosted trees, large ones without their edge": ("classify.coarse_edge_half_sigma=1000.0",),
    "boosted trees, large ones by the rule at 8": ("classify.coarse_half_sigma=8.0",),
    "boosted trees, 100 strongest": ("classify.most=100",),
    "boosted trees, 400 strongest": ("classify.most=400",),
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
