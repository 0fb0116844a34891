"""
How much of real calcified arteries is flagged: python tests/benchmarks/arteries.py FOLDER [--half tuning].

FOLDER holds DICOM mammograms and `readings/arteries.csv` with the courses that
readers traced (file, SOP Instance UID, course as row:column points in stored
pixels, note), beside `readings/readings.csv` with a row for every image that
was read. A mark within 3 mm of a course is arterial; one beyond 8 mm is not,
on images on which no course is called a guess or unsure. One patient holds most
of the marks, so the share that is flagged is given over all of them, without
that one, and as the mean over patients. Constants are set on the patients of one half
(`patient_split.py`); each score on the other half uses it up a little.

With --write-courses FILE the traces of the chosen halves are written for
`mammocalc train --vessels FOLDER --courses FILE`, and nothing is scored. The
shipped model was fitted on both halves; so what other patients can expect is
measured with one that was fitted on the other half alone: --vessels FILE.

With --simulated N also N simulated images of each kind: no line, wedge or group
may be flagged.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import tempfile
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import numpy as np
import pydicom
from patient_split import Half, half_of
from patterns import judge

from mammocalc.analysis.image import analyse
from mammocalc.config import Config
from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.simulation import default_recipe
from mammocalc.simulation.vocabulary import Beside, Kind
from mammocalc.vocabulary.geometry import PixelSpacing, points_along
from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Report
    from mammocalc.simulation import Scene

ON_MM, OFF_MM, COVERED_MM = 3.0, 8.0, 5.0
"""Marks nearer than the first lie on an artery, marks farther than the second do not; reach of a mark along it."""
_STEP_MM = 0.25
FIRST_SEED = 9700
"""Of the simulated images: neither looked at nor used in a fit."""


@dataclass(frozen=True, slots=True)
class Read:
    """A read image: its patient, the courses in it in pixels, and whether one of them is a guess."""

    path: Path
    patient: str
    courses_px: tuple[NDArray[np.float64], ...]
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Scored:
    """One image: flags of marks on and off arteries, and the length of its courses, all, marked and flagged."""

    patient: str
    on: NDArray[np.bool_]
    off: NDArray[np.bool_]
    length_mm: float
    marked_mm: float
    flagged_mm: float
    bare_courses: int
    drawn_away_mm: NDArray[np.float64]
    """How far the drawn courses of what lies on traced ones are from these, every 0.25 mm."""


def read_images(folder: Path, half: Half | None) -> list[Read]:
    """Gather the images that were read, and what is traced in them."""
    with (folder / "readings" / "arteries.csv").open(encoding="utf-8", newline="") as file:
        courses: dict[str, list[NDArray[np.float64]]] = defaultdict(list)
        unsure = set()
        for row in csv.DictReader(file):
            points = [[float(value) for value in point.split(":")] for point in row["course_row_column"].split(";")]
            courses[row["file"]].append(np.array(points))
            if any(word in row["note"].lower() for word in ("guess", "unsure")):
                unsure.add(row["file"])
    with (folder / "readings" / "readings.csv").open(encoding="utf-8", newline="") as file:
        names = sorted({row["file"] for row in csv.DictReader(file)})
    images = []
    for name in names:
        header = pydicom.dcmread(folder / name, stop_before_pixels=True, specific_tags=["PatientID"])
        patient = str(header.PatientID)
        if half is None or half_of(patient) == half:
            images.append(Read(folder / name, patient, tuple(courses[name]), name not in unsure))
    return images


def apart_mm(some: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the distance of each of some points to the nearest of others; infinite where there are none."""
    if not len(others):
        return np.full(len(some), np.inf)
    return np.asarray(np.min([np.hypot(*(some - other).T) for other in others], axis=0).reshape(len(some)))


def score(image: Read, config: Config) -> Scored | None:
    """Judge one image, and hold what is flagged against the courses; None where it is refused."""
    report = analyse(read_mammogram(image.path, DicomSettings()), config)
    return score_report(image, report) if report.spacing is not None else None


def score_report(image: Read, report: Report) -> Scored:
    """Hold what is flagged in an image against its courses."""
    spacing = report.spacing or PixelSpacing(1.0, 1.0)
    marks_mm = spacing.to_mm(np.array([(c.row_px, c.column_px) for c in report.calcifications]).reshape(-1, 2))
    flagged = np.array([Flag.VASCULAR in c.flags for c in report.calcifications], bool)
    courses = [points_along(spacing.to_mm(course), _STEP_MM) for course in image.courses_px]
    away = np.array([apart_mm(marks_mm, course) for course in courses]).reshape(len(courses), len(marks_mm))
    nearest = away.min(axis=0, initial=np.inf)
    lengths = [
        (
            len(course) * _STEP_MM,
            float((apart_mm(course, marks_mm) <= COVERED_MM).sum()) * _STEP_MM,
            float((apart_mm(course, marks_mm[flagged]) <= COVERED_MM).sum()) * _STEP_MM,
        )
        for course in courses
    ]
    length, marked, covered = np.sum(lengths, axis=0) if lengths else (0.0, 0.0, 0.0)
    return Scored(
        patient=image.patient,
        on=flagged[nearest <= ON_MM],
        off=flagged[nearest > OFF_MM] if image.is_sure else np.zeros(0, bool),
        length_mm=float(length),
        marked_mm=float(marked),
        flagged_mm=float(covered),
        bare_courses=int((away > ON_MM).all(axis=1).sum()),
        drawn_away_mm=_drawn_away(report, spacing, nearest, courses),
    )


def _drawn_away(
    report: Report, spacing: PixelSpacing, nearest: NDArray[np.float64], courses: Sequence[NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Measure the courses of vessels half of whose marks lie on traced ones: how they are drawn."""
    index = {item.number: at for at, item in enumerate(report.calcifications)}
    drawn = [
        points_along(spacing.to_mm(np.array(vessel.course_px)), _STEP_MM)
        for vessel in report.vessels
        if len(vessel.members) > 1 and (nearest[[index[number] for number in vessel.members]] <= ON_MM).mean() >= 0.5
    ]
    return apart_mm(np.concatenate(drawn), np.concatenate(courses)) if drawn else np.zeros(0)


def figures(scores: Sequence[Scored]) -> Iterator[str]:
    """Give the lines of one half."""
    by_patient: dict[str, list[NDArray[np.bool_]]] = defaultdict(list)
    for one in scores:
        if len(one.on):
            by_patient[one.patient].append(one.on)
    patients = {patient: np.concatenate(on) for patient, on in by_patient.items()}
    if patients:
        heaviest = max(patients, key=lambda patient: len(patients[patient]))
        everyone = np.concatenate(list(patients.values()))
        others = [on for patient, on in patients.items() if patient != heaviest]
        rest = np.concatenate(others) if others else np.zeros(0, bool)
        mean = np.mean([on.mean() for on in patients.values()])
        yield f"  on arteries, flagged: {everyone.mean():.3f} of {len(everyone)} marks of {len(patients)} patients"
        yield f"  ... without the patient with most: {rest.mean() if len(rest) else np.nan:.3f} of {len(rest)}"
        each = ", ".join(f"{on.mean():.2f} of {len(on)}" for on in sorted(patients.values(), key=len))
        yield f"  ... mean over patients: {mean:.3f} ({each})"
    off = np.concatenate([one.off for one in scores])
    images = sum(one.off.any() for one in scores)
    yield f"  beyond {OFF_MM:g} mm, flagged: {off.mean():.4f} ({off.sum()} of {len(off)}, in {images} images)"
    length, marked, covered = (
        sum(getattr(one, name) for one in scores) for name in ("length_mm", "marked_mm", "flagged_mm")
    )
    shares = f"{covered / length:.3f} by a flagged mark, {marked / length:.3f} by any" if length else "none traced"
    yield f"  length of {length:.0f} mm of artery within {COVERED_MM:g} mm: {shares}"
    yield f"  courses without a mark: {sum(one.bare_courses for one in scores)}"
    drawn: dict[str, list[NDArray[np.float64]]] = defaultdict(list)
    for one in scores:
        if len(one.drawn_away_mm):
            drawn[one.patient].append(one.drawn_away_mm)
    if drawn:
        by_patients = [np.concatenate(away) for away in drawn.values()]
        away, mean = np.concatenate(by_patients), np.mean([away.mean() for away in by_patients])
        shares = f"mean over {len(by_patients)} patients {mean:.2f}; beyond {ON_MM:g} mm {(away > ON_MM).mean():.3f}"
        yield f"  drawn courses, mm from traced ones: {away.mean():.2f} of {len(away) * _STEP_MM:.0f} mm; {shares}"


def write_courses(folder: Path, images: Sequence[Read], file: Path) -> None:
    """Write the rows of some images as training takes them: an image without an artery has one without a course."""
    with (folder / "readings" / "arteries.csv").open(encoding="utf-8", newline="") as opened:
        rows = [(row["file"], row["course_row_column"], row["note"]) for row in csv.DictReader(opened)]
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["sop_instance_uid", "course_row_column", "note"])
        for image in images:
            header = pydicom.dcmread(image.path, stop_before_pixels=True, specific_tags=["SOPInstanceUID"])
            own = [(course, note) for name, course, note in rows if name == image.path.name] or [("", "")]
            writer.writerows((header.SOPInstanceUID, course, note) for course, note in own)


def simulated_scenes(count: int, first_seed: int) -> Iterator[Scene]:
    """Give so many scenes of each kind; pixel size, view and coding change from one to the next of a kind."""
    kinds = (Kind.LINEAR, Kind.SEGMENTAL, Kind.GROUPED, Kind.REGIONAL, Kind.DIFFUSE, Kind.MACRO_ONLY, Kind.ARTERIAL)
    for kind in kinds:
        for number in range(count):
            recipe = default_recipe(first_seed + number).scenes
            scene = recipe[number % len(recipe)]
            beside = tuple(one for one in scene.beside if one is not Beside.ARTERY)  # or some were rightly flagged
            yield scene.model_copy(update={"kind": kind, "beside": beside, "name": f"{kind}{number}"})


def flagged_in(scene: Scene, config: Config) -> tuple[str, int, int]:
    """Judge a simulated image, and count what is found and what is flagged."""
    with tempfile.TemporaryDirectory() as folder:
        found = judge(scene, Path(folder), config).report.calcifications
    return scene.kind.value, len(found), sum(Flag.VASCULAR in c.flags for c in found)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="images and readings; without it only simulated ones")
    parser.add_argument("--half", choices=get_args(Half), nargs="+", default=["tuning"])
    parser.add_argument("--simulated", type=int, default=0, metavar="N", help="also N images of each kind")
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED, help="of the simulated ones")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--vessels", type=Path, metavar="FILE", help="a model in place of the shipped one")
    parser.add_argument("--write-courses", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    if arguments.write_courses:
        images = [image for half in arguments.half for image in read_images(arguments.folder, half)]
        write_courses(arguments.folder, images, arguments.write_courses)
        return
    config = Config()
    if arguments.vessels:
        own = config.vessels.model_copy(update={"file": str(arguments.vessels)})
        config = config.model_copy(update={"vessels": own})
    with ProcessPoolExecutor(arguments.workers, mp_context=get_context("spawn")) as pool:
        for half in arguments.half if arguments.folder else ():
            images = read_images(arguments.folder, half)
            scores = [one for one in pool.map(score, images, itertools.repeat(config)) if one is not None]
            print(f"{half}: {len(scores)} images of {len({one.patient for one in scores})} patients")
            print("\n".join(figures(scores)), flush=True)
        counts: dict[str, list[tuple[int, int]]] = defaultdict(list)
        scenes = simulated_scenes(arguments.simulated, arguments.first_seed)
        for kind, found, flagged in pool.map(flagged_in, scenes, itertools.repeat(config)):
            counts[kind].append((found, flagged))
        for kind, pairs in counts.items():
            found, flagged = np.sum(pairs, axis=0)
            images_with = sum(some > 0 for _, some in pairs)
            print(f"simulated {kind}: {flagged} of {found} flagged, in {images_with} of {len(pairs)} images")


if __name__ == "__main__":
    main()
