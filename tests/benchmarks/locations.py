"""
How often quadrant, clock position and depth of a finding are those of its place: python tests/benchmarks/locations.py.

Simulated patients without pixels (`--patients 300 --seed 23`): findings of three and more calcifications, those that
fill the breast left out, are located from CC and MLO together and from each alone, with a nipple that is found 3 mm
beside its place in each direction and the muscle where it is. The truth is the middle of the finding in the breast
before it is compressed. `moved` is what is right where an MLO view is taken at its word, as if it were a lateral one.
The simulator knows an oblique view as the program does, so this tells what positioning and projection do to a word, and
nothing of how the nipple is found on patients (landmarks.py, nipples.py).
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.analysis.cluster_traits import frame_of
from mammocalc.analysis.location import clock_position, locate
from mammocalc.analysis.view_place import place_in_view
from mammocalc.model import BreastSummary, ImageIdentity, Nipple, Report
from mammocalc.simulation.patient import PatientRecipe, simulate_patient_points
from mammocalc.stages.distribution import not_calibrated
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import Distribution, Laterality, Medium, PresentationIntent, SpacingSource, View
from mammocalc.vocabulary.location import Region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mammocalc.analysis.view_place import ViewPlace
    from mammocalc.model import Location
    from mammocalc.simulation.patient import PatientPoints
    from mammocalc.simulation.patient.records import PatientImage

PIXEL_MM = 0.1
LEAST = 3
AT_THE_LINE_MM = 10.0
"""Nearer to a line between two quadrants, a finding may be called by either."""


def report_of(image: PatientImage) -> Report:
    """Give what the program knows of an image: its view, its outline, a found nipple and the muscle."""
    medial = "R" if image.laterality is Laterality.LEFT else "L"
    nipple = Nipple(image.found_nipple_mm[0] / PIXEL_MM, image.found_nipple_mm[1] / PIXEL_MM, 0.9)
    rows, columns = (round(side / PIXEL_MM) for side in image.field_mm)
    return Report(
        identity=ImageIdentity(
            sop_instance_uid="1.2",
            sop_class_uid="",
            series_instance_uid="",
            study_instance_uid="",
            patient_key=None,
            laterality=image.laterality,
            view=image.view,
            view_modifiers=(),
            patient_orientation=("A", medial if image.view is View.CC else "F"),
            breast_implant_present=None,
            presentation_intent=PresentationIntent.FOR_PRESENTATION,
            manufacturer="",
            manufacturer_model_name="",
            rows=rows,
            columns=columns,
            number_of_frames=1,
        ),
        spacing=PixelSpacing(PIXEL_MM, PIXEL_MM),
        spacing_source=SpacingSource.IMAGER,
        breast=BreastSummary(None, _pixels(image.skin_line_mm), _pixels(image.muscle_mm), nipple, 1.0),
        presence=None,
        calcifications=(),
        clusters=(),
        distribution=not_calibrated(),
        flags=frozenset(),
        candidates=(),
        medium=Medium.DIGITAL,
        vessels=(),
    )


def _pixels(line_mm: NDArray[np.float64]) -> tuple[tuple[float, float], ...]:
    return tuple((float(row) / PIXEL_MM, float(column) / PIXEL_MM) for row, column in line_mm)


def places_of(patient: PatientPoints) -> Iterator[tuple[Laterality, NDArray[np.float64], float, list[ViewPlace]]]:
    """Give side, true middle (outer, upper), true depth and the views of each finding."""
    wanted = {one.id for one in patient.findings if one.label not in {None, Distribution.DIFFUSE}}
    where = {one.id: one for one in patient.calcifications}
    seen: dict[str, dict[View, tuple[PatientImage, list[str], NDArray[np.float64]]]] = defaultdict(dict)
    for image in patient.images:
        members = defaultdict(list)
        for one in image.shown:
            members[one.finding].append(one)
        for finding, shown in members.items():
            if finding in wanted and len(shown) >= LEAST:
                middle = np.mean([(one.row_mm, one.column_mm) for one in shown], axis=0)
                seen[finding][image.view] = (image, [one.id for one in shown], middle)
    for views in seen.values():
        if len(views) != 2:
            continue
        places = []
        for image, _, middle in views.values():
            report = report_of(image)
            frame = frame_of(report)
            if frame is not None:
                places.append(place_in_view(report, middle, frame, str(image.view)))
        image, ids, _ = next(iter(views.values()))
        x, y, z = np.mean([where[one].place_mm for one in ids], axis=0)
        depth_mm = patient.breasts[image.laterality].depth_mm
        yield image.laterality, np.array([x, z]), 1 - float(y) / depth_mm, places


def judge(side: Laterality, true_mm: NDArray[np.float64], depth: float, found: Location, said: Counter[str]) -> None:
    """Count what was said, and what of it is right."""
    outer_mm, upper_mm = map(float, true_mm)
    if found.outer_inner is not None:
        said["outer or inner"] += 1
        said["outer or inner: right"] += (found.outer_inner.value == "outer") is (outer_mm > 0)
    if found.upper_lower is not None:
        said["upper or lower"] += 1
        said["upper or lower: right"] += (found.upper_lower.value == "upper") is (upper_mm > 0)
    if found.quadrant is not None:
        truth = f"{'upper' if upper_mm > 0 else 'lower'}_{'outer' if outer_mm > 0 else 'inner'}"
        said["quadrant"] += 1
        said["quadrant: right"] += str(found.quadrant) == truth
        if min(abs(outer_mm), abs(upper_mm)) > AT_THE_LINE_MM:
            said["quadrant, off the lines"] += 1
            said["quadrant, off the lines: right"] += str(found.quadrant) == truth
    if found.clock is not None:
        hour = clock_position(side, outer_mm, upper_mm)
        apart = 0 if hour is None else abs((found.clock - hour + 6) % 12 - 6)
        said["clock"] += 1
        said["clock: right"] += apart <= 1
    if found.region in {Region.CENTRAL, Region.SUBAREOLAR}:
        said["behind the nipple"] += 1
        said["behind the nipple: right"] += float(np.hypot(*true_mm)) <= 2 * AT_THE_LINE_MM
    if found.depth is not None:
        third = ("anterior", "middle", "posterior")[min(2, int(3 * depth))]
        said["depth"] += 1
        said["depth: right"] += str(found.depth) == third


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=300)
    parser.add_argument("--seed", type=int, default=23)
    arguments = parser.parse_args()
    said: dict[str, Counter[str]] = defaultdict(Counter)
    recipe = PatientRecipe(dates=1)
    for number in range(arguments.patients):
        patient = simulate_patient_points(arguments.seed, recipe, number=number + 1)
        for side, true_mm, depth, places in places_of(patient):
            ways = {
                "both": places,
                "CC": [place for place in places if place.outer_mm is not None],
                "MLO": [place for place in places if place.is_oblique],
                "moved": [replace(place, is_oblique=False) for place in places],
            }
            for way, taken in ways.items():
                said[way]["findings"] += 1
                judge(side, true_mm, depth, locate(taken, side), said[way])
    for way, counted in said.items():
        print(f"{way}: {counted['findings']} findings")
        for name in [name for name in counted if f"{name}: right" in counted]:
            print(f"  {name}: said of {counted[name]}, right {counted[f'{name}: right'] / counted[name]:.2f}")


if __name__ == "__main__":
    main()
