"""
How well the calcifications of two dates are joined: simulated patients as points, without pixels.

    python tests/benchmarks/priors.py [--patients 60] [--seed 7000] [--sd 2]

Each date is seen as a search sees it: nine in ten to all are found, two false marks are added, places are off by 0.05
mm and diameters by a log SD of 0.15, and the nipple by 3 mm. A match is right if both are the same calcification. The
constants were set on patients of the seeds 1 to 999.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from mammocalc.simulation.patient import PatientRecipe, simulate_patient_points
from mammocalc.simulation.vocabulary import Beside, Kind
from mammocalc.stages.registration import Anatomy, lay_over, match_points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mammocalc.simulation.patient import PatientPoints
    from mammocalc.simulation.patient.records import PatientImage

FOUND = (0.9, 0.98)
FALSE_MARKS = 2.0
PLACE_SD_MM, DIAMETER_LOG_SD = 0.05, 0.15
MIXES = {
    "two or three groups": {
        "patterns": (Kind.GROUPED,),
        "beside": (Beside.GROUP, Beside.GROUP, Beside.SINGLES),
    },
    "as patients have it": {},
}


@dataclass(slots=True)
class Score:
    """What was counted."""

    right: int = 0
    wrong: int = 0
    both: int = 0
    mirrored: int = 0
    smaller: int = 0
    groups: list[bool] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def say(self) -> str:
        """Give a line."""
        return (
            f"recall {self.right / max(self.both, 1):.3f} of {self.both}, "
            f"precision {self.right / max(self.right + self.wrong, 1):.3f}, "
            f"groups with half of their pairs right {np.mean(self.groups):.3f} of {len(self.groups)}, "
            f"mirrored {self.mirrored / max(self.smaller, 1):.3f} of the smaller set, "
            f"slowest pair {max(self.seconds):.2f} s"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What a search reports of an image: ids, None for false marks, with places, diameters and landmarks."""

    ids: list[str | None]
    findings: list[str]
    places_mm: NDArray[np.float64]
    diameter_mm: NDArray[np.float64]
    anatomy: Anatomy


def see(image: PatientImage, rng: np.random.Generator) -> Seen:
    """Report an image as a search would."""
    share = rng.uniform(*FOUND)
    shown = [item for item in image.shown if rng.random() < share]
    false = int(rng.poisson(FALSE_MARKS))
    places = np.array([(item.row_mm, item.column_mm) for item in shown]).reshape(-1, 2)
    places = places + rng.normal(0, PLACE_SD_MM, places.shape)
    sizes = np.array([item.diameter_mm for item in shown]) * np.exp(rng.normal(0, DIAMETER_LOG_SD, len(shown)))
    extra = rng.uniform((0.2, 0.05), (0.8, 0.6), (false, 2)) * image.field_mm
    return Seen(
        [*(item.id for item in shown), *[None] * false],
        [*(item.finding for item in shown), *[""] * false],
        np.concatenate([places, extra]),
        np.concatenate([sizes, np.exp(rng.normal(np.log(0.25), 0.3, false))]),
        Anatomy(np.asarray(image.skin_line_mm), np.asarray(image.muscle_mm), np.array(image.found_nipple_mm)),
    )


def pairs_of(patient: PatientPoints) -> Iterator[tuple[PatientImage, PatientImage]]:
    """Give current image and prior of each view."""
    for image in patient.images:
        if image.date == 1:
            yield image, patient.image(image.laterality, image.view, 0)


def score_pair(current: Seen, prior: Seen, kinds: dict[str, str], scores: dict[str, Score]) -> None:
    """Join a pair, and count."""
    begin = time.perf_counter()
    frame = lay_over(current.anatomy, prior.anatomy)
    theirs = frame.to_current(prior.places_mm)
    found = match_points(current.places_mm, theirs, current.diameter_mm[:, None], prior.diameter_mm[:, None])
    seconds = time.perf_counter() - begin
    middle = frame.to_current(np.array([prior.anatomy.nipple_mm]))[0, 0] if prior.anatomy.nipple_mm is not None else 0.0
    turned = theirs * (-1, 1) + (2 * middle, 0)
    mirrored = match_points(current.places_mm, turned, current.diameter_mm[:, None], prior.diameter_mm[:, None])
    there = {name: place for place, name in enumerate(prior.ids) if name is not None}
    joined = dict(found.pairs.tolist())
    own: dict[str, list[bool]] = defaultdict(list)
    for part in ("all", *kinds.values()):
        scores[part].seconds.append(seconds)
    for place, name in enumerate(current.ids):
        true = None if name is None else there.get(name)
        given = joined.get(place)
        for part in {"all", kinds.get(current.findings[place], "false marks")}:
            score = scores[part]
            score.both += true is not None
            score.right += given is not None and given == true
            score.wrong += given is not None and given != true
        if true is not None:
            own[current.findings[place]].append(given == true)
    for finding, right in own.items():
        if len(right) >= 3:
            for part in {"all", kinds[finding]}:
                scores[part].groups.append(bool(np.mean(right) >= 0.5))
    scores["all"].mirrored += len(mirrored.pairs)
    scores["all"].smaller += min(len(current.ids), len(prior.ids))


def measure(mix: dict[str, Any], first: int, patients: int, sd_mm: float) -> dict[str, Score]:
    """Count over some patients."""
    scores: dict[str, Score] = defaultdict(Score)
    recipe = PatientRecipe(displacement_mm=sd_mm, **mix)
    for seed in range(first, first + patients):
        patient = simulate_patient_points(seed, recipe)
        rng = np.random.default_rng([seed, 1])
        kinds = {finding.id: finding.kind for finding in patient.findings}
        for current, prior in pairs_of(patient):
            score_pair(see(current, rng), see(prior, rng), kinds, scores)
    return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7000, help="of the first patient")
    parser.add_argument("--sd", type=float, action="append", help="SD of the tissue's displacement in mm")
    given = parser.parse_args()
    for name, mix in MIXES.items():
        for sd_mm in given.sd or [1.0, 2.0, 4.0]:
            scores = measure(mix, given.seed, given.patients, sd_mm)
            print(f"{name}, tissue SD {sd_mm:g} mm, {given.patients} patients: {scores['all'].say()}", flush=True)
            for kind in sorted(scores):
                if kind not in {"all", "false marks"} and scores[kind].groups:
                    print(f"    {kind:10s} {scores[kind].say()}")


if __name__ == "__main__":
    main()
