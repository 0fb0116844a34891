"""
What typically benign forms of real breasts are told as: python tests/benchmarks/benign.py FOLDER [--half tuning].

FOLDER holds mammograms and `readings/readings.csv` beside them, with what
blind readers say of each image: its label, and how much of it is coarse and
benign (`coarse_benign`: none, some or most). Every read image of one half of
the patients (`patient_split.py`) is analysed with the default settings. Of the
calcifications that lie on no artery, the table counts those that are left out
of the distribution by their kind, and those that still count though they are
0.8 mm in diameter or more: they should be many where readers see nothing but
benign forms, and none where they see none. The mean over patients stands beside
the pool, since one patient may hold most of the marks. `--images` also prints
each image.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from patient_split import half_of
from pydicom import dcmread

from mammocalc.analysis.image import analyse
from mammocalc.config import Config
from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COARSE_MM = 0.8
"""Of a coarse calcification: words_trial's limit for what counts as benign by its size alone."""
CLASSES = (
    "readers: benign only",
    "coarse and benign: most",
    "coarse and benign: some",
    "coarse and benign: none",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One image: how readers see it, and what its calcifications off the arteries are told as."""

    file: str
    patient: str
    seen: str
    kinds: Counter[str]
    counting: int
    coarse_counting: int

    @property
    def left_out(self) -> int:
        """Number that is left out of the distribution as typically benign."""
        return self.kinds.total()

    @property
    def total(self) -> int:
        """Number of calcifications that lie on no artery."""
        return self.left_out + self.counting


def seen_by_readers(folder: Path) -> dict[str, str]:
    """Give how each read file is seen, one of `CLASSES`: by any reader's first word, else by the most that any says."""
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (folder / "readings" / "readings.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows[row["file"]].append(row)
    most = ("most", "some", "none")
    return {
        name: CLASSES[0]
        if any(row["label"] == "benign_only" for row in read)
        else CLASSES[1 + min(most.index(row["coarse_benign"]) for row in read)]
        for name, read in rows.items()
    }


def outcomes_of(folder: Path, half: str) -> Iterator[Outcome]:
    """Judge the read images of one half of the patients."""
    config = Config()
    for name, seen in sorted(seen_by_readers(folder).items()):
        patient = str(dcmread(folder / name, stop_before_pixels=True).PatientID)
        if half_of(patient) != half:
            continue
        report = analyse(read_mammogram(folder / name, DicomSettings()), config)
        found = [c for c in report.calcifications if Flag.VASCULAR not in c.flags]
        apart = [c for c in found if c.left_out is not None]
        counting = [c for c in found if c.left_out is None]
        coarse = sum(c.diameter_mm is not None and c.diameter_mm >= COARSE_MM for c in counting)
        kinds = Counter(str(c.morphology.label) for c in apart if c.morphology is not None)
        yield Outcome(name, patient, seen, kinds, len(counting), coarse)


def row(name: str, some: Sequence[Outcome]) -> str:
    """Give one row of the table."""
    patients = sorted({o.patient for o in some})
    total = sum(o.total for o in some)
    shares = []
    for patient in patients:
        own = [o for o in some if o.patient == patient]
        shares.append(sum(o.left_out for o in own) / max(1, sum(o.total for o in own)))
    kinds = sum((o.kinds for o in some), Counter[str]())
    words = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()) or "none"
    left, coarse = kinds.total(), sum(o.coarse_counting for o in some)
    mean = f"{np.mean(shares):.0%}" if shares else ""
    return (
        f"| {name} | {len(some)} of {len(patients)} | {total} | {left} ({left / max(1, total):.0%}) | {mean} "
        f"| {coarse} | {words} |"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="mammograms, with readings/readings.csv beside them")
    parser.add_argument("--half", choices=("tuning", "reporting"), default="tuning", help="of the patients")
    parser.add_argument("--images", action="store_true", help="print each image as well")
    arguments = parser.parse_args()
    outcomes = list(outcomes_of(arguments.folder, arguments.half))
    head = "images of patients | off arteries | left out | mean of patients | coarse, counting | as"
    print(f"| {arguments.half} patients | {head} |")
    print("|---|---|---|---|---|---|---|")
    for seen in CLASSES:
        some = [o for o in outcomes if o.seen == seen]
        print(row(seen, some))
        for o in some if arguments.images else ():
            print(row(f"{o.file}", [o]))


if __name__ == "__main__":
    main()
