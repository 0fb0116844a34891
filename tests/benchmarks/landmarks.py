"""
How far off the nipple and the pectoral muscle are: python tests/benchmarks/landmarks.py [--images 64].

Simulated breasts of every kind of scene, both views and both sides, of 100 to
200 mm, fatty to dense, raw and processed, a third with a
nipple that does not stand out of the skin, are written as DICOM, read again,
and searched for landmarks with the default settings. The goals: the nipple
within 10 mm in 95 % of the images, and none that is expected to be more than
11 mm off is passed on as known. As many oblique views with a pectoral muscle
of all thicknesses, from the usual down to a twentieth of it, tell what the
confidence of the muscle's edge is worth.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from through_dicom import through_dicom

from mammocalc.config import Config
from mammocalc.simulation import Scene, render
from mammocalc.simulation.vocabulary import Detector, Kind
from mammocalc.stages.breast import find_breast
from mammocalc.stages.landmarks import find_landmarks
from mammocalc.stages.normalise import to_density
from mammocalc.vocabulary.lexicon import Laterality, Medium, PresentationIntent, View

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

FIRST_SEED = 5_000_000
"""Far from the seeds of any training."""
GOAL_MM = 10.0
UNKNOWN_MM = 11.0
"""From this expected error on a nipple does more harm than none (docs/evidence/landmarks.md)."""
BINS = (0.0, 0.5, 0.7, 0.9, 1.01)
"""Of the confidence; what has less than 0.5 is passed on as unknown."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One image: error and confidence of the nipple, None without one, and the distances of the muscle's edge."""

    scene: Scene
    nipple_mm: float | None
    confidence: float
    pectoral_mm: NDArray[np.float64] | None
    pectoral_confidence: float
    has_pectoral: bool


def scenes(images: int, pixel_spacing_mm: float) -> Iterator[Scene]:
    """Give scenes in which kind, view, side, size, density and coding change independently."""
    kinds = list(Kind)
    for number in range(images):
        rng = np.random.default_rng([FIRST_SEED, number])
        height = float(rng.uniform(100.0, 200.0))
        yield Scene(
            name="landmarks",
            kind=kinds[number % len(kinds)],
            seed=FIRST_SEED + number,
            view=(View.CC, View.MLO)[number // len(kinds) % 2],
            laterality=(Laterality.LEFT, Laterality.RIGHT)[number // (2 * len(kinds)) % 2],
            field_mm=(round(height, 1), round(height * float(rng.uniform(0.7, 0.8)), 1)),
            density=float(rng.uniform(0.1, 0.7)),
            flat_nipple=number % 3 == 2,
            pixel_spacing_mm=pixel_spacing_mm,
            intent=(PresentationIntent.FOR_PRESENTATION, PresentationIntent.FOR_PROCESSING)[int(rng.integers(2))],
            detector=(Detector.DIRECT, Detector.SCINTILLATOR)[int(rng.integers(2))],
        )


def thinner_muscles(images: int, pixel_spacing_mm: float) -> Iterator[Scene]:
    """Give the same scenes as oblique views, their muscles from nearly the usual thickness to a twentieth of it."""
    for number, scene in enumerate(scenes(images, pixel_spacing_mm)):
        share = round(0.05 ** ((number + 1) / images), 3)
        yield scene.model_copy(update={"view": View.MLO, "seed": scene.seed + images, "muscle_share": share})


def measure(scene: Scene, folder: Path, config: Config) -> Measured:
    """Simulate a scene, write it, read it, find its landmarks and hold them against the truth."""
    simulated = render(scene)
    truth, mammogram = simulated.truth, through_dicom(simulated, folder)
    spacing = mammogram.spacing
    if spacing is None:
        raise SystemExit("a simulated image has no spacing")
    breast = find_breast(to_density(mammogram.pixels), spacing, Medium.DIGITAL)
    found = find_landmarks(breast, spacing, scene.view)
    error, confidence = None, 0.0
    if found.nipple is not None:
        away = np.subtract((found.nipple.row_px, found.nipple.column_px), truth.nipple_px) * scene.pixel_spacing_mm
        error, confidence = float(np.hypot(*away)), found.nipple.confidence
    edge = None
    if found.pectoral_px and truth.pectoral_px:
        edge = _distances(np.array(found.pectoral_px), np.array(truth.pectoral_px)) * scene.pixel_spacing_mm
    return Measured(scene, error, confidence, edge, found.pectoral_confidence or 0.0, bool(truth.pectoral_px))


def _distances(points: NDArray[np.float64], line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the distance of each point to a polyline."""
    start, run = line[:-1], np.diff(line, axis=0)
    gap = points[:, None] - start
    share = np.clip((gap * run).sum(axis=2) / np.maximum((run**2).sum(axis=1), 1e-9), 0, 1)
    return np.asarray(np.linalg.norm(gap - share[..., None] * run, axis=2).min(axis=1))


def nipple_table(measured: Sequence[Measured]) -> Iterator[str]:
    """Give the rows of the nipple's table: by view, by confidence, and what is passed on."""
    yield "| nipple | images | median | 95 % below | within 10 mm | above 11 mm |"
    yield "|---|---|---|---|---|---|"
    yield _row("all", measured)
    for view in (View.CC, View.MLO):
        yield _row(view.value, [m for m in measured if m.scene.view is view])
    for name, is_flat in (("in profile", False), ("not in profile", True)):
        yield _row(name, [m for m in measured if m.scene.flat_nipple is is_flat])
    for low, high in pairwise(BINS):
        name = f"confidence {low:g} to {min(high, 1):g}{', passed on as unknown' if high <= BINS[1] else ''}"
        yield _row(name, [m for m in measured if low <= m.confidence < high])
    yield _row("passed on as known", [m for m in measured if m.confidence >= BINS[1]])


def _row(name: str, measured: Sequence[Measured]) -> str:
    if not measured:
        return f"| {name} | 0 | | | | |"
    errors = np.array([np.inf if m.nipple_mm is None else m.nipple_mm for m in measured])
    within, above = np.mean(errors <= GOAL_MM), int(np.sum(errors > UNKNOWN_MM))
    middle, far = np.quantile(errors, (0.5, 0.95), method="higher")
    return f"| {name} | {len(errors)} | {middle:.1f} mm | {far:.1f} mm | {within:.1%} | {above} |"


def pectoral_table(measured: Sequence[Measured]) -> Iterator[str]:
    """Give the rows of the muscle's table: how far its edge is from the true one."""
    yield "| muscle | images | not found | mean distance, median | 90 % below | farthest point, median |"
    yield "|---|---|---|---|---|---|"
    yield _muscle_row("usual", [m for m in measured if m.has_pectoral and m.scene.muscle_share == 1.0])
    thinner = [m for m in measured if m.has_pectoral and m.scene.muscle_share < 1.0]
    yield _muscle_row("thinner", thinner)
    for low, high in pairwise(BINS):
        name = f"confidence {low:g} to {min(high, 1):g}{', passed on as unknown' if high <= BINS[1] else ''}"
        within = [m for m in thinner if m.pectoral_mm is not None and low <= m.pectoral_confidence < high]
        yield _muscle_row(f"... {name}", within)
    views = [m for m in measured if not m.has_pectoral]
    false = sum(m.pectoral_mm is not None for m in views)
    yield f"In {len(views)} CC views a muscle was drawn {false} times."


def _muscle_row(name: str, measured: Sequence[Measured]) -> str:
    edges = [m.pectoral_mm for m in measured if m.pectoral_mm is not None]
    if not edges:
        return f"| {name} | {len(measured)} | {len(measured)} | | | |"
    means, ends = np.array([e.mean() for e in edges]), np.array([e.max() for e in edges])
    figures = f"{np.median(means):.1f} mm | {np.quantile(means, 0.9):.1f} mm | {np.median(ends):.1f} mm"
    return f"| {name} | {len(measured)} | {len(measured) - len(edges)} | {figures} |"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=64, help="simulated images; 32 hold every combination")
    parser.add_argument(
        "--pixel", type=float, default=0.2, help="pixel size in mm; landmarks are sought on cells of 0.6 mm"
    )
    parser.add_argument("--list", action="store_true", help="also name the images whose nipple is more than 10 mm off")
    arguments = parser.parse_args()
    config = Config()
    with tempfile.TemporaryDirectory() as folder:
        measured = [measure(s, Path(folder), config) for s in scenes(arguments.images, arguments.pixel)]
        thinner = [measure(s, Path(folder), config) for s in thinner_muscles(arguments.images, arguments.pixel)]
    print("\n".join([*nipple_table(measured), "", *pectoral_table([*measured, *thinner])]))
    for one in measured if arguments.list else ():
        if one.nipple_mm is None or one.nipple_mm > GOAL_MM:
            size = f"{one.scene.view} {one.scene.laterality} {one.scene.field_mm} density {one.scene.density:.2f}"
            print(f"{one.scene.kind} seed {one.scene.seed}: {one.nipple_mm} mm, {one.confidence:.2f}, {size}")


if __name__ == "__main__":
    main()
