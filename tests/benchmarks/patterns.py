"""
What the patterns of the textbook are called, and their pictures: python tests/benchmarks/patterns.py [--seeds 20].

Each scene of docs/patterns.yaml is simulated, written as DICOM, read again and
judged with the default settings; with --seeds N also in N - 1 other breasts. A
row says how often the label of the image, and the look of the pattern, is what
was planted. The look is that of the cluster with most members; of coarse
calcifications and plaques it is that of each planted one that was found. With
--pictures FOLDER the overlays of the first breasts are written as JPEG.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from through_dicom import through_dicom

from mammocalc.analysis.image import analyse
from mammocalc.config import Config
from mammocalc.rendering.overlay import encode_overlay, render_overlay
from mammocalc.rendering.overlay.settings import OverlaySettings
from mammocalc.simulation import Scene, load_recipe, render
from mammocalc.simulation.ground_truth_morphology import kind_of, kind_of_cluster
from mammocalc.vocabulary.lexicon import Morphology

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mammocalc.model import Calcification, Mammogram, Report
    from mammocalc.simulation.truth import PlantedCalcification, Truth

RECIPE = Path(__file__).parents[2] / "docs" / "patterns.yaml"
PICTURE = OverlaySettings(max_side_px=900, insets=2)
"""Small enough to lie in the documentation, large enough to see every mark."""
SAME_MM = 0.5
"""A reported calcification within this distance, or within the radius, of a planted one is taken for it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One scene: what was planted, and what was made of it."""

    scene: Scene
    truth: Truth
    mammogram: Mammogram
    report: Report


def judge(scene: Scene, folder: Path, config: Config) -> Judged:
    """Simulate a scene, write it, read it and analyse it."""
    simulated = render(scene)
    mammogram = through_dicom(simulated, folder)
    return Judged(scene, simulated.truth, mammogram, analyse(mammogram, config))


def looks(judged: Judged) -> Iterator[tuple[Morphology, Morphology | None]]:
    """Give pairs of what was planted and what it was called; None where it was not found or is in no cluster."""
    truth, report = judged.truth, judged.report
    for cluster in truth.clusters:
        planted = kind_of_cluster([p for p in truth.calcifications if p.cluster == cluster.number])
        largest = max(report.clusters, key=lambda c: len(c.members), default=None)
        yield planted, None if largest is None or largest.morphology is None else _named(largest.morphology.label)
    if not truth.clusters:
        for point in truth.calcifications:
            found = _nearest(point, judged)
            yield kind_of(point), None if found is None or found.morphology is None else _named(found.morphology.label)


def _named(kind: Morphology) -> Morphology:
    """BI-RADS calls a thin shell a rim as well."""
    return Morphology.RIM if kind is Morphology.EGGSHELL else kind


def _nearest(point: PlantedCalcification, judged: Judged) -> Calcification | None:
    """Give the reported calcification next to a planted one, if it lies on it."""
    found = judged.report.calcifications
    if not found:
        return None
    away = np.hypot(*(np.array([(c.row_px, c.column_px) for c in found]) - (point.row_px, point.column_px)).T)
    reach_px = max(SAME_MM, point.diameter_mm / 2) / judged.scene.pixel_spacing_mm
    return found[int(away.argmin())] if float(away.min()) <= reach_px else None


def row(name: str, all_judged: list[Judged]) -> str:
    """Give one row of the table."""
    labels = Counter(j.report.distribution.label for j in all_judged)
    planted = all_judged[0].truth.distribution
    pairs = [pair for j in all_judged for pair in looks(j)]
    right = sum(one is other for one, other in pairs)
    wrong = Counter(f"{one} called {other or 'nothing'}" for one, other in pairs if one is not other)
    others = ", ".join(f"{count} {label}" for label, count in labels.most_common() if label is not planted)
    errors = ", ".join(f"{count} {what}" for what, count in wrong.most_common())
    shares = f"{labels[planted]} of {len(all_judged)} | {others} | {right} of {len(pairs)} | {errors}"
    return f"| {name} | {planted} | {shares} |"


def main() -> None:
    """Print the table, and write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", type=Path, default=RECIPE, help="the patterns, a scene each")
    parser.add_argument("--seeds", type=int, default=1, help="breasts for each pattern")
    parser.add_argument("--only", default="", help="this pattern alone")
    parser.add_argument("--pictures", type=Path, help="write the overlay of each pattern's first breast here")
    arguments = parser.parse_args()
    config = Config()
    print("| pattern | planted | so called | other labels | its look so called | other looks |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for scene in load_recipe(arguments.recipe).scenes:
            if arguments.only not in {"", scene.name}:
                continue
            scenes = [scene.model_copy(update={"seed": scene.seed + 100 * n}) for n in range(arguments.seeds)]
            all_judged = [judge(one, Path(folder), config) for one in scenes]
            print(row(scene.name, all_judged), flush=True)
            if arguments.pictures:
                arguments.pictures.mkdir(parents=True, exist_ok=True)
                overlay = render_overlay(all_judged[0].mammogram, all_judged[0].report, PICTURE)
                data, ending = encode_overlay(overlay, PICTURE)
                (arguments.pictures / f"{scene.name}{ending}").write_bytes(data)


if __name__ == "__main__":
    main()
