"""Findings: the clusters of one breast, joined over its images where they are likely the same."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.analysis.image_pairs import ImagePairs, Place
from mammocalc.analysis.location import locate
from mammocalc.analysis.study_words import MOST_CONCERN_FIRST
from mammocalc.analysis.view_place import place_in_view
from mammocalc.model import Finding, Sighting, Unseen
from mammocalc.model.letters import letter
from mammocalc.model.view_names import names_of
from mammocalc.vocabulary.lexicon import Laterality

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mammocalc.analysis.view_place import ViewPlace
    from mammocalc.model import Cluster, Link, Report

ARC_BAND_MM: Final = 20.0
"""Nine of ten true pairs of INbreast lie at distances from the nipple that differ by no more."""
_NEIGHBOURS_MM: Final = 20.0
"""Parts of one finding lie no farther apart than calcifications that grouping may join (LONGEST_REACH_MM)."""
_GAIN_OF_PARTS: Final = 0.7
"""Two clusters of a view are parts of a finding where together they double the odds of its other views."""
_LETTERS: Final = {Laterality.UNKNOWN: "U"}

_LIKELY: Final = 0.5
"""A link is made where it is more likely than not."""

Parts = list[Place]
"""The clusters of one finding."""


def join_findings(images: Sequence[Report]) -> tuple[Finding, ...]:
    """
    Join the clusters of a study to findings.

    Clusters are joined over images of one breast of one patient and day, and
    each belongs to one finding; loose chains, which nobody is shown, to none.
    In each further image a cluster takes the finding that it is likeliest to
    be, one to one for the greatest product of odds, and none where the odds
    are against all. Two neighbours in one image are parts of one finding where
    together they are much more like what another image shows of it.

    Parameters
    ----------
    images : sequence of Report
        Of one study, in its order.

    Returns
    -------
    tuple of Finding
        By side in the order of the images, then the word of most concern, then the number of calcifications.
    """
    names = names_of([report.identity for report in images])
    found: list[Finding] = []
    for group in _breasts(images):
        pairs = ImagePairs([images[index] for index in group], [names[index] for index in group])
        found += (_described(parts, pairs) for parts in _joined(pairs))
    return tuple(_named(found, images))


def _breasts(images: Sequence[Report]) -> list[list[int]]:
    """Tell the images that may show one breast in one state; an image whose side is not known stands alone."""
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for index, report in enumerate(images):
        who = report.identity
        is_known = who.laterality in {Laterality.LEFT, Laterality.RIGHT}
        groups[(who.laterality, who.patient_key, who.study_day) if is_known else (index,)].append(index)
    return list(groups.values())


def _joined(pairs: ImagePairs) -> list[Parts]:
    findings: list[Parts] = []
    for image, places in enumerate(pairs.places):
        odds = np.array([[_mean_odds(parts, place, pairs) for place in places] for parts in findings])
        taken: dict[Place, Parts] = {}
        if odds.size:
            from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - 0.2 s, and most runs have one view

            for row, column in zip(*linear_sum_assignment(-np.maximum(odds, 0.0)), strict=True):
                place = Place(image, int(column))
                if odds[row, column] > 0 and _is_likely(findings[row], place, pairs):
                    taken[place] = findings[row]
        for place in places:
            if place in taken:
                taken[place].append(place)
            else:
                findings.append([place])
    return _with_parts(findings, pairs)


def _mean_odds(parts: Parts, place: Place, pairs: ImagePairs) -> float:
    """Weigh a cluster against all that a finding is so far; the same exposure decides alone."""
    certain = [part for part in parts if pairs.comparison(part.image, place.image).is_same_exposure]
    return float(np.mean([pairs.log_odds(part, place) for part in certain or parts]))


def _is_likely(parts: Parts, place: Place, pairs: ImagePairs) -> bool:
    """Tell whether a cluster is more likely than not what one of the finding's is, as far as can be told."""
    found = [pairs.probability(part, place, [part, place]) for part in parts]
    return any(probability is None or probability >= _LIKELY for probability in found)


def _with_parts(findings: list[Parts], pairs: ImagePairs) -> list[Parts]:
    """Give a finding that is torn in one image its second part there."""
    while True:
        best: tuple[float, Parts, Place] | None = None
        for whole in findings:
            for lone in findings:
                gain = _gain(whole, lone, pairs)
                if gain > (_GAIN_OF_PARTS if best is None else best[0]):
                    best = gain, whole, lone[0]
        if best is None:
            return findings
        _, whole, part = best
        findings = [parts for parts in findings if parts != [part]]
        whole.append(part)
        whole.sort()


def _gain(whole: Parts, lone: Parts, pairs: ImagePairs) -> float:
    """Give by how much the odds of a finding grow with the one cluster of another as its second part."""
    if len(lone) != 1 or whole is lone:
        return -math.inf
    [part] = lone
    here = [place for place in whole if place.image == part.image]
    others = [place for place in whole if place.image != part.image]
    if len(here) != 1 or not others or pairs.gap_mm(here[0], part) > _NEIGHBOURS_MM:
        return -math.inf
    if any(pairs.comparison(part.image, place.image).is_same_exposure for place in others):
        return -math.inf
    alone = np.mean([pairs.log_odds(here[0], place) for place in others])
    joined = np.mean([pairs.log_odds_together(here[0], part, place) for place in others])
    return float(joined - alone) if joined > 0 else -math.inf


def _described(parts: Parts, pairs: ImagePairs) -> Finding:
    """Say what a finding is, in which images it is seen, and why; its name comes later."""
    clusters = [pairs.clusters[place.image][place.cluster] for place in parts]
    labels = [cluster.distribution.label for cluster in clusters]
    side = pairs.images[parts[0].image].identity.laterality
    return Finding(
        name="",
        laterality=side,
        label=min(labels, key=MOST_CONCERN_FIRST.index),
        sightings=tuple(_sighting(place, pairs) for place in parts),
        links=tuple(_links(parts, pairs)),
        unseen=tuple(_unseen(parts, pairs)),
        location=locate([_placed(place, pairs) for place in parts], side),
    )


def _placed(place: Place, pairs: ImagePairs) -> ViewPlace:
    report, middle_mm = pairs.images[place.image], pairs.traits[place].points_mm.mean(axis=0)
    return place_in_view(report, middle_mm, pairs.frame(place), pairs.names[place.image])


def _sighting(place: Place, pairs: ImagePairs) -> Sighting:
    report, cluster = pairs.images[place.image], pairs.clusters[place.image][place.cluster]
    traits = pairs.traits[place]
    return Sighting(
        sop_instance_uid=report.identity.sop_instance_uid,
        cluster=cluster.number,
        letter=letter(place.cluster),
        view=pairs.names[place.image],
        label=cluster.distribution.label,
        arc_mm=traits.arc_mm,
        straight_mm=traits.straight_mm,
    )


def _links(parts: Parts, pairs: ImagePairs) -> Iterable[Link]:
    for place, first in enumerate(parts):
        for second in parts[place + 1 :]:
            if first.image != second.image:
                yield pairs.link(first, second, parts)


def _unseen(parts: Parts, pairs: ImagePairs) -> Iterable[Unseen]:
    seen = {place.image for place in parts}
    for image, report in enumerate(pairs.images):
        if image in seen:
            continue
        arcs = [
            arc_mm
            for place in parts
            if pairs.comparison(place.image, image).in_place and (arc_mm := pairs.traits[place].arc_mm) is not None
        ]
        arc_mm = float(np.mean(arcs)) if arcs else None
        yield Unseen(
            report.identity.sop_instance_uid, pairs.names[image], arc_mm, None if arc_mm is None else ARC_BAND_MM
        )


def _named(findings: Iterable[Finding], images: Sequence[Report]) -> Iterable[Finding]:
    """Give each finding its number, side by side."""
    clusters: Mapping[str, Mapping[int, Cluster]] = {
        report.identity.sop_instance_uid: {cluster.number: cluster for cluster in report.clusters} for report in images
    }
    sides = list(dict.fromkeys(report.identity.laterality for report in images))

    def rank(finding: Finding) -> tuple[object, ...]:
        largest = max(len(clusters[item.sop_instance_uid][item.cluster].members) for item in finding.sightings)
        first = finding.sightings[0]
        return (
            sides.index(finding.laterality),
            MOST_CONCERN_FIRST.index(finding.label),
            -largest,
            first.sop_instance_uid,
            first.cluster,
        )

    counted: dict[Laterality, int] = defaultdict(int)
    for finding in sorted(findings, key=rank):
        side = finding.laterality
        counted[side] += 1
        yield replace(finding, name=f"{_LETTERS.get(side, side)}{counted[side]}")
