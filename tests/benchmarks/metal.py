"""
How much metal is marked as a calcification, and what leaving it out loses: python tests/benchmarks/metal.py.

Simulated images with a clip, a marker and a BB, and others with coarse
calcifications alone, raw and processed, at four pixel sizes, are judged with
and without the stage that leaves metal out.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from through_dicom import through_dicom

from mammocalc.analysis.image import analyse
from mammocalc.config import Config
from mammocalc.simulation import Scene, default_recipe, render
from mammocalc.simulation.vocabulary import Kind, ObjectKind
from mammocalc.stages.foreign_objects import ForeignSettings
from mammocalc.vocabulary.lexicon import CalcificationSize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FIRST_SEED = 9700
"""Of the images that are neither looked at nor used for a limit or a training."""
METAL = (ObjectKind.CLIP, ObjectKind.MARKER, ObjectKind.BB)


class Place(NamedTuple):
    """Where something was planted, and how far it reaches."""

    row_px: float
    column_px: float
    radius_mm: float


def scenes(images: int, *, with_metal: bool) -> Iterator[Scene]:
    """Give scenes in changing views, sides, detectors, codings and pixel sizes."""
    for number in range(images):
        home = default_recipe(FIRST_SEED + number // len(Kind)).scenes[number % len(Kind)]
        kind = (Kind.NONE if number % 2 else Kind.GROUPED) if with_metal else Kind.MACRO_ONLY
        changes = {"kind": kind, "name": f"metal{number}", "objects": METAL if with_metal else ()}
        yield home.model_copy(update=changes)


def marked(scene: Scene, folder: Path, configs: Sequence[Config]) -> tuple[int, list[int]]:
    """Count what was planted, and how many of it carry a mark under each configuration."""
    simulated = render(scene)
    mammogram, truth = through_dicom(simulated, folder), simulated.truth
    places = [Place(o.row_px, o.column_px, o.radius_mm) for o in truth.objects]
    if not places:
        macro = [p for p in truth.calcifications if p.size is CalcificationSize.MACRO]
        places = [Place(p.row_px, p.column_px, p.length_mm / 2) for p in macro]
    counts = []
    for config in configs:
        found = np.array([(c.row_px, c.column_px) for c in analyse(mammogram, config).calcifications]).reshape(-1, 2)
        away_mm = [np.hypot(*(found - place[:2]).T) * scene.pixel_spacing_mm for place in places]
        pairs = zip(away_mm, places, strict=True)
        counts.append(sum(bool((away <= place.radius_mm).any()) for away, place in pairs))
    return len(places), counts


def main() -> None:
    """Print both counts with and without the stage."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=18, help="images with metal, three pieces each")
    parser.add_argument("--coarse", type=int, default=14, help="images with coarse calcifications and no metal")
    arguments = parser.parse_args()
    configs = (Config(foreign=ForeignSettings(leave_out_metal=False)), Config())
    with tempfile.TemporaryDirectory() as folder:
        for name, images, with_metal in (
            ("clips, markers and BBs", arguments.images, True),
            ("macrocalcifications", arguments.coarse, False),
        ):
            rows = [marked(scene, Path(folder), configs) for scene in scenes(images, with_metal=with_metal)]
            planted, without, default = (sum(c) for c in zip(*((n, *counts) for n, counts in rows), strict=True))
            print(f"{name}, {images} images: of {planted} {without} marked without the stage, {default} with it.")


if __name__ == "__main__":
    main()
