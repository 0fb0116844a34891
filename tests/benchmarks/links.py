"""
How well clusters of two views are joined to findings.

    python tests/benchmarks/links.py points [--patients 300 --seed 300]
    python tests/benchmarks/links.py inbreast RUN --images FOLDER
    python tests/benchmarks/links.py rendered RUN --truth FOLDER

`points` joins simulated patients without pixels, with losses, false marks and errors of measurement. A link is right
where the smaller cluster shares at least half of its members with the other one. Recall is the share of the pairs that
could be made one to one. `inbreast` takes breasts (of one examination) in which the run shows exactly one cluster in CC
and one in MLO: the area under the curve of the odds of these pairs against those of pairs of different patients, by
halves of the patients (patient_split.py). `rendered` counts as `points` does, in a run of `mammocalc simulate
--studies`. The weights come from other seeds (link_weights.py), and from no patient's image.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from patient_split import half_of
from point_reports import patient_reports
from pydicom import dcmread
from scipy.optimize import linear_sum_assignment

from mammocalc.analysis.image_pairs import ImagePairs, Place
from mammocalc.analysis.study import join_study
from mammocalc.results.from_json import read_result
from mammocalc.results.layout import result_files
from mammocalc.simulation.patient import PatientRecipe
from mammocalc.vocabulary.lexicon import Laterality, View

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from mammocalc.model import Report

Cluster = tuple[str, int]
Pair = tuple[Cluster, Cluster]
Members = dict[Cluster, frozenset[str]]
RECIPE: Final = PatientRecipe(dates=1, date_displacement_mm=0.0)
BINS: Final = ((0.0, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 0.97), (0.97, 1.0))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(dest="kind", required=True)
    points = kinds.add_parser("points")
    points.add_argument("--patients", type=int, default=300)
    points.add_argument("--seed", type=int, default=300)
    real = kinds.add_parser("inbreast")
    real.add_argument("run", type=Path)
    real.add_argument("--images", type=Path, required=True)
    rendered = kinds.add_parser("rendered")
    rendered.add_argument("run", type=Path)
    rendered.add_argument("--truth", type=Path, required=True)
    arguments = parser.parse_args()
    if arguments.kind == "inbreast":
        measure_inbreast(arguments.run, arguments.images)
    elif arguments.kind == "rendered":
        print_links(rendered_studies(arguments.run, arguments.truth))
    else:
        print_links(patient_reports(arguments.seed, number + 1, RECIPE) for number in range(arguments.patients))


def print_links(patients: Iterable[tuple[list[Report], Members]]) -> None:
    """Print recall and precision of links, and how often links of a probability are right."""
    possible = made_of_them = 0
    links: list[tuple[float, bool]] = []
    for reports, members in patients:
        made = links_of(reports)
        for first, second in breasts_of(reports):
            true = true_pairs(first, second, members)
            possible += most_pairs(true)
            own = {pair: p for pair, p in made.items() if pair[0] in clusters_of(first)}
            made_of_them += most_pairs([pair for pair in own if pair in true])
            links += [(p, pair in true) for pair, p in own.items()]
    right = sum(is_right for _, is_right in links)
    print(
        f"recall {made_of_them / possible:.3f} of {possible} pairs, precision {right / len(links):.3f} of {len(links)}"
    )
    for low, high in BINS:
        inside = [(p, is_right) for p, is_right in links if low <= p < high]
        if inside:
            told, right_share = np.mean(inside, axis=0)
            print(f"probability {low:.2f} to {high:.2f}: {len(inside)} links, told {told:.2f}, right {right_share:.2f}")


def links_of(reports: list[Report]) -> dict[Pair, float]:
    """Join a study; give its links with their probabilities."""
    return {
        (
            (link.first.sop_instance_uid, link.first.cluster),
            (link.second.sop_instance_uid, link.second.cluster),
        ): 1.0 if link.probability is None else link.probability
        for finding in join_study(reports).findings
        for link in finding.links
    }


def breasts_of(reports: list[Report]) -> Iterator[tuple[Report, Report]]:
    """Give CC and MLO of each breast that has both."""
    for side in (Laterality.RIGHT, Laterality.LEFT):
        own = {report.identity.view: report for report in reports if report.identity.laterality is side}
        if {View.CC, View.MLO} <= own.keys():
            yield own[View.CC], own[View.MLO]


def clusters_of(report: Report) -> list[Cluster]:
    """Give the clusters that are shown."""
    uid = report.identity.sop_instance_uid
    return [(uid, cluster.number) for cluster in report.clusters if not cluster.distribution.loose]


def true_pairs(first: Report, second: Report, members: Members) -> list[Pair]:
    """Give the pairs of clusters that are the same."""
    size = {
        (report.identity.sop_instance_uid, cluster.number): len(cluster.members)
        for report in (first, second)
        for cluster in report.clusters
    }
    return [
        (one, other)
        for one in clusters_of(first)
        for other in clusters_of(second)
        if 2 * len(members[one] & members[other]) >= min(size[one], size[other])
    ]


def most_pairs(pairs: Collection[Pair]) -> int:
    """Count how many of the pairs can be made at once, one to one."""
    firsts, seconds = (sorted({pair[place] for pair in pairs}) for place in (0, 1))
    table = np.zeros((len(firsts), len(seconds)))
    for one, other in pairs:
        table[firsts.index(one), seconds.index(other)] = 1
    return int(table[linear_sum_assignment(-table)].sum())


def rendered_studies(run: Path, truth: Path) -> Iterator[tuple[list[Report], Members]]:
    """Give the studies of a run, and which true calcifications each cluster holds: the nearest within 0.5 mm."""
    studies: dict[tuple[str, int | None], list[Report]] = defaultdict(list)
    truths = {path.stem: path for path in truth.rglob("*.json")}
    for path in result_files(run):
        report = read_result(run / path).report
        if report.identity.sop_instance_uid in truths:
            studies[report.identity.study_instance_uid, report.identity.study_day].append(report)
    for reports in studies.values():
        members: Members = {}
        for report in reports:
            members |= matched(report, json.loads(truths[report.identity.sop_instance_uid].read_bytes()))
        yield reports, members


def matched(report: Report, truth: Mapping[str, Any]) -> Members:
    """Tell which true calcifications the clusters of an image hold."""
    if report.spacing is None:
        return {}
    scale = np.array([report.spacing.row_mm, report.spacing.column_mm])
    points = np.array([[item["row"], item["column"]] for item in truth["points"]], np.float64).reshape(-1, 2)
    names = [str(item["calcification"]) for item in truth["points"]]
    by_number = {item.number: item for item in report.calcifications}
    found: Members = {}
    for cluster in report.clusters:
        own = set()
        for number in cluster.members:
            item = by_number[number]
            far = np.hypot(*((points - (item.row_px, item.column_px)) * scale).T)
            if len(far) and far.min() <= max(0.5, (item.diameter_mm or 0) / 2):
                own.add(names[int(far.argmin())])
        found[report.identity.sop_instance_uid, cluster.number] = frozenset(own)
    return found


def measure_inbreast(run: Path, images: Path) -> None:
    """Print the area under the curve, by halves of the patients."""
    patients = {}
    for path in images.rglob("*.dcm"):
        header = dcmread(path, stop_before_pixels=True)
        patients[str(header.SOPInstanceUID)] = str(header.PatientID), path.name
    breasts: dict[tuple[str, str], dict[View, list[tuple[str, Report]]]] = defaultdict(lambda: defaultdict(list))
    for path in result_files(run):
        report = read_result(run / path).report
        patient, name = patients[report.identity.sop_instance_uid]
        breasts[patient, str(report.identity.laterality)][report.identity.view].append((name, report))
    ones = []
    for (patient, _), views in breasts.items():
        craniocaudal, oblique = sorted(views[View.CC]), sorted(views[View.MLO])
        if len(craniocaudal) == len(oblique):  # the names of files tell examinations apart
            pairs = [(one, other) for (_, one), (_, other) in zip(craniocaudal, oblique, strict=True)]
            ones += [(patient, *pair) for pair in pairs if all(len(clusters_of(report)) == 1 for report in pair)]
    for half in ("all", "tuning", "reporting"):
        own = [one for one in ones if half in {"all", half_of(one[0])}]
        true = np.array([odds_of(first, second) for _, first, second in own])
        false = np.array([odds_of(a, d) for one, a, _ in own for other, _, d in own if one != other])
        area = np.mean(true[:, None] > false) + np.mean(true[:, None] == false) / 2
        print(
            f"{half}: {len(true)} pairs of {len({one[0] for one in own})} patients, {len(false)} of two patients: "
            f"area {area:.3f}; odds above even for {np.sum(true > 0)} and {np.sum(false > 0)}"
        )


def odds_of(first: Report, second: Report) -> float:
    """Give the log odds of the only clusters of two images."""
    return ImagePairs([first, second], ["CC", "MLO"]).log_odds(Place(0, 0), Place(1, 0))


if __name__ == "__main__":
    main()
