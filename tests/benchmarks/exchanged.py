"""
How often images that are upside down, or whose views were exchanged, are told, and how often others are.

    python tests/benchmarks/exchanged.py dates RUN --images FOLDER [--pairs FILE.csv]
    python tests/benchmarks/exchanged.py muscle FOLDER

`dates` takes the pairs of inbreast_dates.py, with all images of the prior's date as what the prior may be instead: how
many pairs are given up for one of these without a cause; and of how many that are laid over each other it is told when
the prior is turned upside down, or when an image of the other view takes its place. `muscle` looks for the pectoral
muscle at the upper and at the lower end of each image: at the lower end of an oblique view, and at either of CC, it is
believed wrongly, or the header is wrong. By halves of patient_split.py.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from inbreast_dates import last_two, named, views_of
from patient_split import half_of
from pydicom import dcmread

from mammocalc.analysis.comparison import compare_images
from mammocalc.analysis.comparison.joined import join
from mammocalc.analysis.comparison.laid_out import lay_out
from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.results.from_json import read_result
from mammocalc.results.layout import result_files
from mammocalc.stages.breast import find_breast
from mammocalc.stages.landmarks import find_landmarks
from mammocalc.stages.normalise import to_density
from mammocalc.vocabulary.lexicon import Flag, Medium, View

if TYPE_CHECKING:
    from mammocalc.model import Breast, Report


def main() -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(dest="kind", required=True)
    dates = kinds.add_parser("dates")
    dates.add_argument("run", type=Path)
    dates.add_argument("--images", type=Path, required=True)
    dates.add_argument("--pairs", type=Path)
    muscle = kinds.add_parser("muscle")
    muscle.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    if arguments.kind == "dates":
        counts = of_dates(arguments.run, arguments.images, arguments.pairs)
    else:
        counts = of_muscles(arguments.folder)
    for half, counted in sorted(counts.items()):
        print(f"{half}: " + ", ".join(f"{name} {count}" for name, count in sorted(counted.items())))


def of_dates(run: Path, images: Path, listed: Path | None) -> dict[str, Counter[str]]:
    """Count over pairs of two dates."""
    views = views_of(images)
    found = (read_result(run / path).report for path in result_files(run))
    reports = {report.identity.sop_instance_uid: report for report in found if report.spacing is not None}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    pairs = last_two(views) if listed is None else named(listed)
    priors = {other for _, other in pairs}
    for one, other in pairs:
        if one not in reports or other not in reports:
            continue
        patient, side, view = views[other]
        of_date = [uid for uid in priors & reports.keys() if views[uid][0] == patient and uid != other]
        rivals = [reports[uid] for uid in sorted(of_date) if (views[uid][1] == side) is not (views[uid][2] == view)]
        other_views = [reports[uid] for uid in sorted(of_date) if views[uid][1] == side and views[uid][2] != view]
        current, prior = reports[one], reports[other]
        counted = Counter({"pairs": 1, **dict.fromkeys(("laid", "given up", "turned told", "exchanged", "told"), 0)})
        if _are_laid(current, prior):
            counted["laid"] = 1
            counted["given up"] = not compare_images(current, prior, rivals=rivals).registration.is_comparable
            counted["turned told"] = "upside down" in _reason(current, _turned(prior), rivals)
            counted["exchanged"] = len(other_views)
            for wrong in other_views:
                said = _reason(_like(current, prior), _like(wrong, prior), [_like(prior, wrong)])
                counted["told"] += "views may be exchanged" in said
        for half in ("all", half_of(patient)):
            counts[half].update(counted)
    return counts


def of_muscles(folder: Path) -> dict[str, Counter[str]]:
    """Count over images: as they are stored, and turned upside down."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for path in sorted(folder.rglob("*.dcm")):
        mammogram = read_mammogram(path, DicomSettings())
        spacing, view = mammogram.spacing, mammogram.identity.view
        if spacing is None or view not in {View.CC, View.MLO}:
            continue
        medium = Medium.FILM if Flag.DIGITISED_FILM in mammogram.flags else Medium.DIGITAL
        breast = find_breast(to_density(mammogram.pixels), spacing, medium)
        seen = Counter({f"{view}": 1})
        flag = Flag.VIEW_CONTRADICTED if view is View.CC else Flag.ORIENTATION_CONTRADICTED
        for name, own in (("flagged", breast), ("turned and flagged", _overturned(breast))):
            seen[f"{view} {name}"] = flag in find_landmarks(own, spacing, view).flags
        patient = str(dcmread(path, stop_before_pixels=True, specific_tags=["PatientID"]).PatientID)
        for half in ("all", half_of(patient)):
            counts[half].update(seen)
    return counts


def _overturned(breast: Breast) -> Breast:
    return replace(
        breast,
        is_breast=np.ascontiguousarray(breast.is_breast[::-1]),
        cell_density=np.ascontiguousarray(breast.cell_density[::-1]),
        skin_distance_px=np.ascontiguousarray(breast.skin_distance_px[::-1]),
    )


def _are_laid(current: Report, prior: Report) -> bool:
    if current.spacing is None or prior.spacing is None:
        return False
    return join(lay_out(current, current.spacing), lay_out(prior, prior.spacing)).registration.is_comparable


def _reason(current: Report, prior: Report, rivals: list[Report]) -> str:
    return compare_images(current, prior, rivals=rivals).registration.reasons[-1]


def _like(report: Report, other: Report) -> Report:
    return replace(report, identity=replace(report.identity, view=other.identity.view))


def _turned(report: Report) -> Report:
    """Turn what was found upside down; the muscle is then not found."""
    last, breast, nipple = report.identity.rows - 1, report.breast, report.breast.nipple
    return replace(
        report,
        calcifications=tuple(replace(item, row_px=last - item.row_px) for item in report.calcifications),
        breast=replace(
            breast,
            outline_px=tuple((last - row, column) for row, column in breast.outline_px),
            pectoral_px=(),
            nipple=None if nipple is None else replace(nipple, row_px=last - nipple.row_px),
        ),
    )


if __name__ == "__main__":
    main()
