"""
How sure and how right the nipple is on patients: python tests/benchmarks/nipples.py FOLDER [--half tuning].

FOLDER holds DICOM mammograms. `nipples_inbreast.csv` (or --readings FILE) is
a table of where a reader, no radiologist, saw the nipple in the oblique views
of INbreast (file, row_px, column_px, in_profile: yes, slightly, no, not seen),
in stored pixels; views without a row are counted and not scored. Given are how
many views have an unsure nipple, how far the sure ones are off, and what each
confidence is worth. Constants are set on the patients of one half
(`patient_split.py`); each score on the other half uses it up a little.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pydicom
from patient_split import half_of

from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.stages.breast import find_breast
from mammocalc.stages.landmarks import find_landmarks
from mammocalc.stages.normalise import to_density
from mammocalc.vocabulary.lexicon import Flag, Medium

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GOAL_MM = 10.0
BINS = (0.0, 0.5, 0.8, 0.9, 1.01)
"""Of the confidence; what has less than 0.5 is passed on as unknown."""
PROFILES = ("yes", "slightly", "no", "not seen", "not read")


@dataclass(frozen=True, slots=True)
class Seen:
    """One view: what the reader saw, and the program's confidence and distance from it (None where neither is)."""

    view: str
    in_profile: str
    confidence: float
    is_sure: bool
    away_mm: float | None


def measure(file: Path, reading: dict[str, str] | None) -> Seen | None:
    """Find the nipple of one image; None where it has no spacing."""
    mammogram = read_mammogram(file, DicomSettings())
    if mammogram.spacing is None:
        return None
    spacing = mammogram.spacing
    medium = Medium.FILM if Flag.DIGITISED_FILM in mammogram.flags else Medium.DIGITAL
    breast = find_breast(to_density(mammogram.pixels), spacing, medium)
    found = find_landmarks(breast, spacing, mammogram.identity.view)
    away = None
    if reading is not None and reading["row_px"] and found.nipple is not None:
        down = (found.nipple.row_px - float(reading["row_px"])) * spacing.row_mm
        across = (found.nipple.column_px - float(reading["column_px"])) * spacing.column_mm
        away = float(np.hypot(down, across))
    return Seen(
        view=str(mammogram.identity.view),
        in_profile="not read" if reading is None else reading["in_profile"],
        confidence=0.0 if found.nipple is None else found.nipple.confidence,
        is_sure=found.known_nipple is not None,
        away_mm=away,
    )


def table(seen: Sequence[Seen]) -> Iterator[str]:
    """Give the rows: by what was seen, and by confidence."""
    yield "| views | n | unsure | sure, read | within 10 mm | median | farthest |"
    yield "|---|---|---|---|---|---|---|"
    for view in sorted({one.view for one in seen}):
        own = [one for one in seen if one.view == view]
        yield _row(view, own)
        for profile in PROFILES:
            if part := [one for one in own if one.in_profile == profile]:
                yield _row(f"{view}, in profile: {profile}", part)
    yield ""
    yield "| confidence | read | within 10 mm | farthest |"
    yield "|---|---|---|---|"
    for low, high in pairwise(BINS):
        away = [one.away_mm for one in seen if one.away_mm is not None and low <= one.confidence < high]
        if away:
            within = sum(mm <= GOAL_MM for mm in away)
            yield f"| {low:g} to {min(high, 1):g} | {len(away)} | {within / len(away):.1%} | {max(away):.1f} mm |"


def _row(name: str, seen: Sequence[Seen]) -> str:
    away = [one.away_mm for one in seen if one.is_sure and one.away_mm is not None]
    unsure = sum(not one.is_sure for one in seen)
    start = f"| {name} | {len(seen)} | {unsure} ({unsure / len(seen):.0%}) | {len(away)} |"
    if not away:
        return f"{start} | | |"
    within = sum(mm <= GOAL_MM for mm in away)
    return f"{start} {within} | {np.median(away):.1f} mm | {max(away):.1f} mm |"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--readings", type=Path, default=Path(__file__).with_name("nipples_inbreast.csv"))
    parser.add_argument("--half", choices=("tuning", "reporting", "both"), default="tuning")
    arguments = parser.parse_args()
    with arguments.readings.open(encoding="utf-8-sig", newline="") as rows:
        readings = {row["file"]: row for row in csv.DictReader(rows)}
    seen = []
    for file in sorted(arguments.folder.glob("*.dcm")):
        header = pydicom.dcmread(file, stop_before_pixels=True, specific_tags=["PatientID"])
        if arguments.half in {"both", half_of(str(header.PatientID))}:
            one = measure(file, readings.get(file.name))
            seen += [one] if one is not None else []
    print(f"# {arguments.half}: {len(seen)} images")
    print("\n".join(table(seen)))


if __name__ == "__main__":
    main()
