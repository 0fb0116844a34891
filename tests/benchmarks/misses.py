"""
What the detector misses and what it marks wrongly, as pictures: python tests/benchmarks/misses.py [--pictures DIR].

Simulates the images of docs/evidence/detector.md, judges them with the default
settings, and draws two sheets: planted calcifications with an effective ratio
of 8 or more that were not found, the clearest first, and marks where
nothing was planted, the surest first; each once as it is and once with what is
known of it. Prints how many there are of each kind.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from mammocalc.analysis.image import analyse
from mammocalc.config import Config
from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.simulation import default_recipe, simulate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from mammocalc.model import Mammogram, Report

CLEAR = 8.0
"""From this effective ratio on an observer for whom texture is noise misses nothing."""
SAME_MM, RIM_MM = 0.5, 0.15
SIDE_MM, SIDE_PX, COLUMNS = 8.0, 150, 8
GREEN, RED = (120, 255, 120), (90, 90, 255)


@dataclass(frozen=True, slots=True)
class Case:
    """One miss or one wrong mark: how clear or sure it is, what it is, and what to look at."""

    rank: float
    kind: str
    plain: NDArray[np.uint8]
    marked: NDArray[np.uint8]


def cases_of(mammogram: Mammogram, report: Report, points: list[dict[str, Any]]) -> tuple[list[Case], list[Case]]:
    """Give what was missed in an image, and what was marked wrongly."""
    spacing = mammogram.spacing
    if spacing is None:
        return [], []
    planted = np.array([(p["row"], p["column"]) for p in points]).reshape(-1, 2)
    found = np.array([(c.row_px, c.column_px) for c in report.calcifications]).reshape(-1, 2)
    apart_mm = np.hypot(*((planted[:, None] - found[None]) * spacing.mean_mm).T).T
    missed, wrong = [], []
    for p, away in zip(points, apart_mm, strict=True):
        is_found = bool((away <= max(SAME_MM, p["diameter_mm"] / 2)).any())
        if (p["effective_snr"] or 0.0) >= CLEAR and not is_found:
            shown = _crops(mammogram, report, (p["row"], p["column"]), p["length_mm"] / 2, GREEN)
            missed.append(Case(p["effective_snr"], f"{p['kind']}, {p['diameter_mm']:.1f} mm", *shown))
    reach_mm = np.array([max(SAME_MM, p["length_mm"] / 2 + RIM_MM) for p in points])
    for c, away in zip(report.calcifications, apart_mm.T, strict=True):
        if not (away <= reach_mm).any():
            shown = _crops(mammogram, report, (c.row_px, c.column_px), (c.length_mm or 0.0) / 2, RED)
            wrong.append(Case(c.score, f"{c.size}", *shown))
    return missed, wrong


def _crops(
    mammogram: Mammogram, report: Report, at: tuple[float, float], radius_mm: float, colour: tuple[int, int, int]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Cut out a square around a position, once plain and once with a circle and the outlines of all marks."""
    pixel_mm = mammogram.spacing.mean_mm if mammogram.spacing else 1.0
    half = round(SIDE_MM / 2 / pixel_mm)
    grey = mammogram.pixels.modality_values[mammogram.pixels.codes].astype(np.float32)
    framed = cv2.copyMakeBorder(grey, half, half, half, half, cv2.BORDER_REPLICATE)
    row, column = round(at[0]), round(at[1])
    patch = framed[row : row + 2 * half + 1, column : column + 2 * half + 1]
    low, high = np.percentile(patch, [1, 99.7])
    patch = np.clip((patch - low) / max(high - low, 1e-6), 0, 1) * 255
    patch = patch if mammogram.pixels.denser_is_larger else 255 - patch
    plain = cv2.resize(patch.astype(np.uint8), (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    plain = cv2.cvtColor(plain, cv2.COLOR_GRAY2BGR)
    scale = SIDE_PX / (2 * half + 1)
    marked = plain.copy()
    for c in report.calcifications:
        corners = (np.array(c.outline_px) - (row - half - 0.5, column - half - 0.5)) * scale
        cv2.polylines(marked, [np.rint(corners[:, ::-1]).astype(np.int32)], True, (0, 220, 255), 1, cv2.LINE_AA)
    circle = max(8, round((radius_mm + 0.3) / pixel_mm * scale))
    cv2.circle(marked, (SIDE_PX // 2, SIDE_PX // 2), circle, colour, 1, cv2.LINE_AA)
    return plain, marked


def sheet(cases: Iterable[Case]) -> NDArray[np.uint8]:
    """Lay cases side by side, plain above marked, each with its rank and kind."""
    tiles = []
    for case in cases:
        foot = np.zeros((18, SIDE_PX, 3), np.uint8)
        rank = f"{case.rank:.0f}" if case.rank > 1 else f"{case.rank:.3f}"
        cv2.putText(foot, f"{rank}  {case.kind}", (4, 13), cv2.FONT_HERSHEY_SIMPLEX, 0.38, (230,) * 3, 1, cv2.LINE_AA)
        tiles.append(cv2.copyMakeBorder(np.vstack([case.plain, case.marked, foot]), 2, 2, 2, 2, cv2.BORDER_CONSTANT))
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % COLUMNS)
    rows = [np.hstack(tiles[k : k + COLUMNS]) for k in range(0, len(tiles), COLUMNS)]
    return np.asarray(np.vstack(rows))


def main() -> None:
    """Print the counts, and write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[9000, 9001, 9002, 9003])
    parser.add_argument("--cases", type=int, default=24, help="drawn of each")
    parser.add_argument("--pictures", type=Path, help="write missed.jpg and wrong.jpg here")
    arguments = parser.parse_args()
    missed: list[Case] = []
    wrong: list[Case] = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in arguments.seeds:
            for path in simulate(Path(folder) / str(seed), default_recipe(seed)):
                if path.suffix != ".dcm":
                    continue
                mammogram = read_mammogram(path, DicomSettings())
                truth = path.parent / "truth" / f"{mammogram.identity.sop_instance_uid}.json"
                points = json.loads(truth.read_text(encoding="utf-8"))["points"]
                one_missed, one_wrong = cases_of(mammogram, analyse(mammogram, Config()), points)
                missed, wrong = missed + one_missed, wrong + one_wrong
    for name, cases in (("missed", missed), ("wrong", wrong)):
        cases.sort(key=lambda case: -case.rank)
        kinds = Counter(case.kind.split(",")[0] for case in cases)
        print(f"{name}: {len(cases)} ({', '.join(f'{count} {kind}' for kind, count in kinds.most_common())})")
        if arguments.pictures and cases:
            arguments.pictures.mkdir(parents=True, exist_ok=True)
            step = max(1, math.ceil(len(cases) / arguments.cases)) if name == "missed" else 1
            drawn = sheet(cases[::step][: arguments.cases])
            cv2.imwrite(str(arguments.pictures / f"{name}.jpg"), drawn, [cv2.IMWRITE_JPEG_QUALITY, 82])


if __name__ == "__main__":
    main()
