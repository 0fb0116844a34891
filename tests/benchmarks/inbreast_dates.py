"""
How many calcifications of patients with two examinations are joined, and how many by chance.

    python tests/benchmarks/inbreast_dates.py RUN --images FOLDER [--pairs FILE.csv] [--results-alone]

RUN is a run of FOLDER. Where images have no dates, the last two of a patient, side and view are held against each
other, in the order of their files; --pairs (current,prior) names other ones. Joined are counted of the smaller of the
two sets: with the prior, with the prior mirrored (along the wall, away from it, both), and with the priors of other
patients of the same side and view; in the halves of patient_split.py. The pixels are looked at for the tissue of both
dates, and its correlation is told: with the prior, with the prior mirrored, with other patients and with the other
breast. With --results-alone nothing is known but the results; then sides are exchanged: how many pairs are given up for
the true images of the other side, and of how many it is told when those take the prior's place and the prior theirs.
The limits of the matcher were chosen with these shares in view. Seconds are processor time of one comparison, without
reading the images and without the second look.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from patient_split import half_of
from pydicom import dcmread

from mammocalc.analysis.comparison import compare_images
from mammocalc.analysis.comparison.joined import join
from mammocalc.analysis.comparison.laid_out import lay_out
from mammocalc.analysis.comparison.layers import MIRRORED, match_in_layers, mirror
from mammocalc.analysis.comparison.tissue_view import TissueView, view_tissue
from mammocalc.dicom import AdmitSettings, DicomSettings, read_mammogram
from mammocalc.results.from_json import read_result
from mammocalc.results.layout import result_files
from mammocalc.stages.normalise import to_density
from mammocalc.stages.registration import lay_over, match_points, register_tissue

if TYPE_CHECKING:
    from mammocalc.analysis.comparison.laid_out import LaidOut
    from mammocalc.model import Report

ENOUGH = 5
"""Pairs of two patients are counted as compared or not from so many marks in the smaller set."""


@dataclass(slots=True)
class Score:
    """What was counted in one half."""

    pairs: int = 0
    compared: int = 0
    joined: int = 0
    smaller: int = 0
    mirrored: tuple[int, ...] = (0, 0, 0)
    other: list[tuple[int, int, bool]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    tissue: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    given_up: int = 0
    exchanged: list[bool] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Count what another has counted."""
        for name in ("pairs", "compared", "joined", "smaller", "given_up"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.mirrored = tuple(one + more for one, more in zip(self.mirrored, other.mirrored, strict=True))
        for name in ("other", "seconds", "exchanged"):
            getattr(self, name).extend(getattr(other, name))
        for name, values in other.tissue.items():
            self.tissue[name].extend(values)

    def say(self) -> str:
        """Give the figures."""
        joined, smaller = (sum(row[k] for row in self.other) for k in (0, 1))
        mirrored = ", ".join(_share(one, self.smaller) for one in self.mirrored)
        judged = [row[2] for row in self.other if row[1] >= ENOUGH]
        tissue = "".join(
            f"; tissue of {name}: {', '.join(f'{value:.2f}' for value in sorted(values))}"
            for name, values in self.tissue.items()
        )
        return (
            f"{self.pairs} pairs, {self.compared} laid over each other; "
            f"joined {_share(self.joined, self.smaller)}, mirrored {mirrored}, "
            f"other patients {_share(joined, smaller)}, of whose {len(judged)} pairs with {ENOUGH} and more marks "
            f"{sum(judged)} compared; given up for the other side {self.given_up}, exchanged sides told "
            f"{sum(self.exchanged)} of {len(self.exchanged)}; a pair takes {np.median(self.seconds):.2f} s (median), "
            f"{max(self.seconds):.2f} s at most{tissue}"
        )


def main() -> None:
    """Print the figures of all and of both halves."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--results-alone", action="store_true")
    given = parser.parse_args()
    views = views_of(given.images)
    pairs = last_two(views) if given.pairs is None else named(given.pairs)
    reports = {
        report.identity.sop_instance_uid: report
        for report in (read_result(given.run / place).report for place in result_files(given.run))
        if report.spacing is not None
    }
    pairs = [pair for pair in pairs if all(uid in reports and uid in views for uid in pair)]
    scores: dict[str, Score] = defaultdict(Score)
    seen = {} if given.results_alone else tissues(given.images, reports, {uid for pair in pairs for uid in pair})
    for current, prior in pairs:
        patient, *kind = views[current]
        others = [uid for _, uid in pairs if views[uid][0] != patient and [*views[uid][1:]] == kind]
        turned = (patient, "R" if kind[0] == "L" else "L", kind[1])
        sides = [uid for uid, view in views.items() if view == turned and uid in reports]
        made = Score()
        if given.results_alone:
            count(reports[current], reports[prior], [reports[uid] for uid in others], made)
            exchange(reports[current], reports[prior], [reports[uid] for uid in sides], made)
        else:
            count_on_tissue(reports, seen, (current, prior), others, sides, made)
        for half in ("all", half_of(patient)):
            scores[half].add(made)
    for half, score in scores.items():
        print(f"{half}: {score.say()}")


def count(current: Report, prior: Report, others: list[Report], score: Score) -> None:
    """Compare one pair; then the prior mirrored, and those of other patients."""
    begin = time.process_time()
    registration = compare_images(current, prior).registration
    score.seconds.append(time.process_time() - begin)
    ours, theirs = _laid(current), _laid(prior)
    score.pairs += 1
    score.compared += registration.is_comparable
    score.joined += registration.joined
    score.smaller += _smaller(current, prior)
    turned = mirror(lay_over(ours.anatomy, theirs.anatomy).to_current(theirs.points_mm))
    by_chance = [len(match_points(ours.points_mm, points, ours.traits, theirs.traits).pairs) for points in turned]
    score.mirrored = tuple(one + more for one, more in zip(score.mirrored, by_chance, strict=True))
    for other in others:
        found = join(ours, _laid(other)).registration
        score.other.append((found.joined, _smaller(current, other), found.is_comparable))


def count_on_tissue(
    reports: dict[str, Report],
    seen: dict[str, TissueView],
    pair: tuple[str, str],
    others: list[str],
    sides: list[str],
    score: Score,
) -> None:
    """Compare one pair by tissue and calcifications; then the prior mirrored, those of others, and the other breast."""
    current, prior = pair
    ours, theirs = (_laid(reports[uid]) for uid in pair)
    begin = time.process_time()
    found = join(ours, theirs, (seen[current], seen[prior])).registration
    score.seconds.append(time.process_time() - begin)
    score.pairs += 1
    score.compared += found.is_comparable
    score.joined += found.joined if found.is_comparable else 0
    score.smaller += _smaller(reports[current], reports[prior])
    score.tissue["both dates"].append(found.tissue_correlation or 0.0)
    score.tissue["mirrored"].append(found.mirrored_correlation or 0.0)
    way = lay_over(ours.anatomy, theirs.anatomy)
    tissue = register_tissue(seen[current].image, seen[prior].image, way)
    by_chance = []
    for points, signs in zip(
        mirror((tissue if tissue and tissue.is_sure else way).to_current(theirs.points_mm)), MIRRORED, strict=False
    ):
        if tissue and tissue.is_sure:
            crops = seen[current].crops, seen[prior].crops[:, :: int(signs[0]), :: int(signs[1])]
            by_chance.append(len(match_in_layers(ours, theirs, points, crops)[0].pairs))
        else:
            by_chance.append(len(match_points(ours.points_mm, points, ours.traits, theirs.traits).pairs))
    if by_chance:
        score.mirrored = tuple(one + more for one, more in zip(score.mirrored, by_chance, strict=True))
    for uid in others:
        made = join(ours, _laid(reports[uid]), (seen[current], seen[uid])).registration
        score.other.append((made.joined, _smaller(reports[current], reports[uid]), made.is_comparable))
        score.tissue["other patients"].append(made.tissue_correlation or 0.0)
    for uid in sides:
        if uid in seen:
            made = join(ours, _laid(reports[uid]), (seen[current], seen[uid])).registration
            score.tissue["the other breast"].append(made.tissue_correlation or 0.0)


def tissues(folder: Path, reports: dict[str, Report], wanted: set[str]) -> dict[str, TissueView]:
    """See the tissue of some images."""
    admit = AdmitSettings(
        quality_control=True, specimens=True, contrast_recombined=True, screenshots=True, not_mammography=True
    )
    found = {}
    for path in sorted(folder.rglob("*.dcm")):
        uid = str(dcmread(path, stop_before_pixels=True).SOPInstanceUID)
        if uid in wanted:
            density = to_density(read_mammogram(path, DicomSettings(admit=admit)).pixels)
            found[uid] = view_tissue(density.image, _laid(reports[uid]))
    return found


def exchange(current: Report, prior: Report, sides: list[Report], score: Score) -> None:
    """Try the images of the other side as what they are, and each in the prior's place."""
    if not compare_images(current, prior).registration.is_comparable:
        return
    score.given_up += not compare_images(current, prior, rivals=sides).registration.is_comparable
    for side in sides:
        wrong, right = _labelled(side, prior), _labelled(prior, side)
        reasons = compare_images(current, wrong, rivals=[right]).registration.reasons
        score.exchanged.append("left and right may be exchanged" in reasons[-1])


def _labelled(report: Report, like: Report) -> Report:
    return replace(report, identity=replace(report.identity, laterality=like.identity.laterality))


def views_of(folder: Path) -> dict[str, tuple[str, str, str]]:
    """Give patient, side and view of each image, in the order of the files."""
    found = {}
    for path in sorted(folder.rglob("*.dcm")):
        ds = dcmread(path, stop_before_pixels=True)
        side = str(ds.get("ImageLaterality") or ds.get("Laterality") or "")
        found[str(ds.SOPInstanceUID)] = (str(ds.get("PatientID", "")), side, str(ds.get("ViewPosition", "")))
    return found


def last_two(views: dict[str, tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Take the last two images of each patient, side and view for current and prior."""
    groups = defaultdict(list)
    for uid, kind in views.items():
        groups[kind].append(uid)
    return [(uids[-1], uids[-2]) for uids in groups.values() if len(uids) > 1]


def named(file: Path) -> list[tuple[str, str]]:
    """Read pairs from a CSV."""
    with file.open(encoding="utf-8", newline="") as opened:
        return [(row["current"], row["prior"]) for row in csv.DictReader(opened)]


def _laid(report: Report) -> LaidOut:
    if report.spacing is None:
        message = "only images with a spacing are laid out"
        raise ValueError(message)
    return lay_out(report, report.spacing)


def _smaller(current: Report, other: Report) -> int:
    return min(len(current.calcifications), len(other.calcifications))


def _share(part: int, whole: int) -> str:
    return f"{part / max(whole, 1):.3f} of {whole}"


if __name__ == "__main__":
    main()
