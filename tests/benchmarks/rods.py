"""
How many secretory rods are found: python tests/benchmarks/rods.py [--images 24].

Simulates breasts with nothing but rods in their ducts, at the pixel sizes,
doses and detectors that training draws, judges them, and prints by effective
ratio how many are found, how many are called rods, and the marks that lie on
none.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np

from mammocalc.analysis.image import analyse
from mammocalc.config import Config
from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.simulation import Recipe, simulate
from mammocalc.simulation.vocabulary import Beside, Kind
from mammocalc.training.particle_scenes import training_scenes
from mammocalc.vocabulary.lexicon import Medium

SEED = 88
BINS = ((0, 18), (18, 30), (30, 50), (50, np.inf))
HIT_MM, RIM_MM = 0.5, 0.15


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=24)
    images = parser.parse_args().images
    changes = {"kind": Kind.NONE, "beside": (Beside.RODS,), "field_mm": (120.0, 90.0)}
    scenes = [scene.model_copy(update=changes) for scene in training_scenes(images, SEED, Medium.DIGITAL)]
    rows: list[tuple[float, bool, bool]] = []
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        simulate(Path(folder), Recipe(scenes=tuple(scenes)))
        for path in sorted(Path(folder).glob("*.dcm")):
            mammogram = read_mammogram(path, DicomSettings())
            truth = Path(folder) / "truth" / f"{mammogram.identity.sop_instance_uid}.json"
            pixel_mm = mammogram.spacing.mean_mm if mammogram.spacing else 1.0
            marks = analyse(mammogram, Config()).calcifications
            places = np.array([(c.row_px, c.column_px) for c in marks]).reshape(-1, 2)
            is_on_rod = np.zeros(len(marks), dtype=bool)
            for point in json.loads(truth.read_text(encoding="utf-8"))["points"]:
                away = np.hypot(*(places - (point["row"], point["column"])).T) * pixel_mm
                hits = np.flatnonzero(away <= max(HIT_MM, point["diameter_mm"] / 2))
                is_rod = any(c.morphology is not None and c.morphology.label == "rod" for c in (marks[i] for i in hits))
                rows.append((point["effective_snr"], len(hits) > 0, is_rod))
                is_on_rod |= away <= point["length_mm"] / 2 + RIM_MM
            wrong += int((~is_on_rod).sum())
    print("| effective ratio | rods | found | called rods |\n|---|---|---|---|")
    for low, high in BINS:
        those = [row for row in rows if low <= row[0] < high]
        found, called = (sum(row[k] for row in those) for k in (1, 2))
        print(f"| {low:g} to {high:g} | {len(those)} | {found} | {called} |")
    print(f"\n{wrong} marks in {images} images lie on none")


if __name__ == "__main__":
    main()
