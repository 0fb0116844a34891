"""
Whether the size of pixels changes a label: python tests/benchmarks/pixel_sizes.py [--seeds 4].

The simulator draws one breast with one set of calcifications at any pixel
size. Each kind of scene is drawn at 0.05, 0.07, 0.085 and 0.1 mm, written as
DICOM, read again and judged with the default settings; the labels of the four
images should be one.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from through_dicom import through_dicom

from mammocalc.analysis.image import analyse
from mammocalc.config import Config
from mammocalc.simulation import Scene, render
from mammocalc.simulation.vocabulary import Kind
from mammocalc.vocabulary.lexicon import DESCRIPTORS, Distribution, View

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES_MM = (0.05, 0.07, 0.085, 0.1)
FIRST_SEED = 6_000_000
"""Far from the seeds of any training."""
FIELD_MM = (120.0, 90.0)
"""Large enough for every pattern, and small enough for a few hundred images in an hour."""


def label_of(scene: Scene, folder: Path, config: Config) -> Distribution:
    """Simulate a scene, write it, read it, and name its distribution."""
    return analyse(through_dicom(render(scene), folder), config).distribution.label


def scenes(kind: Kind, number: int) -> Iterator[Scene]:
    """Give one scene at every pixel size, in turns as a CC and an MLO view."""
    for size in SIZES_MM:
        yield Scene(
            name="one",
            kind=kind,
            seed=FIRST_SEED + number,
            view=(View.CC, View.MLO)[number % 2],
            field_mm=FIELD_MM,
            pixel_spacing_mm=size,
        )


def truth_of(kind: Kind) -> Distribution:
    """Give the label that a kind of scene should get."""
    return next((label for label in DESCRIPTORS if label.value == kind.value), Distribution.NOT_APPLICABLE)


def main() -> None:
    """Print a row for each scene, and what they come to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=4, help="breasts, with every kind of scene in each")
    arguments = parser.parse_args()
    config, same, right = Config(), 0, dict.fromkeys(SIZES_MM, 0)
    print(f"| planted | seed | {' | '.join(f'{size:g} mm' for size in SIZES_MM)} | the same |")
    print(f"|---|---|{'---|' * len(SIZES_MM)}---|")
    with tempfile.TemporaryDirectory() as folder:
        for number in range(arguments.seeds):
            for kind in Kind:
                labels = [label_of(scene, Path(folder), config) for scene in scenes(kind, number)]
                is_same = len(set(labels)) == 1
                same += is_same
                for size, label in zip(SIZES_MM, labels, strict=True):
                    right[size] += label is truth_of(kind)
                said = "yes" if is_same else "no"
                print(f"| {kind} | {FIRST_SEED + number} | {' | '.join(labels)} | {said} |", flush=True)
    total = arguments.seeds * len(Kind)
    print(f"One label at all sizes: {same} of {total} scenes.")
    print("Right: " + ", ".join(f"{count} of {total} at {size:g} mm" for size, count in right.items()) + ".")


if __name__ == "__main__":
    main()
