"""Findings of two dates as one feature of a Mammography CAD SR: related temporally (TID 4004 and 4005)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from mammocalc.dicom.writer import codes
from mammocalc.dicom.writer.change_words import Seen
from mammocalc.dicom.writer.codes import dcm
from mammocalc.dicom.writer.findings import findings_of, track_change
from mammocalc.dicom.writer.sr import items
from mammocalc.dicom.writer.sr.cad_findings import Finder, finding_of_cluster, finding_of_single
from mammocalc.dicom.writer.sr.items import CONTAINS, HAS_CONCEPT_MOD, HAS_PROPERTIES, INFERRED_FROM
from mammocalc.dicom.writer.sr.provenance import algorithm, known_as
from mammocalc.vocabulary.changes import ON_BOTH_DATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mammocalc.dicom.writer.codes import Code
    from mammocalc.dicom.writer.records import PriorView
    from mammocalc.dicom.writer.sr.encoding import Item
    from mammocalc.dicom.writer.sr.links import Links
    from mammocalc.model import Calcification, Cluster

COMPOSITE: Final = dcm(111015, "Composite Feature")
RELATION: Final = dcm(111016, "Composite type")
SCOPE: Final = dcm(111057, "Scope of Feature")
ON_MULTIPLE_IMAGES: Final = dcm(111158, "Feature detected on multiple images")
_TEMPORALLY: Final = dcm(111153, "Target Content Items are related temporally")


@dataclass(frozen=True, eq=False)
class Since:
    """
    What the findings of an image are held against.

    Attributes
    ----------
    prior : PriorView
    finder : Finder
        Of the prior image.
    links : Links
        Takes references that are still open.
    """

    prior: PriorView
    finder: Finder
    links: Links

    @cached_property
    def of_prior(self) -> Mapping[int, Calcification]:
        """The calcifications of the prior."""
        result = self.prior.image.result
        return {} if result is None else {item.number: item for item in result.report.calcifications}

    def clusters_of_prior(self, numbers: Sequence[int]) -> list[tuple[Cluster, tuple[Calcification, ...]]]:
        """Give clusters of the prior as they are shown, each with its members."""
        result = self.prior.image.result
        shown = () if result is None else findings_of(result.report).clusters
        return [one for number in numbers for one in shown if one[0].number == number]


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """A cluster of an image, its members, and what it is held against; None where there is no prior."""

    cluster: Cluster
    members: tuple[Calcification, ...]
    finder: Finder
    since: Since | None

    @property
    def seen(self) -> Seen:
        """The same for words."""
        return Seen(self.finder.image, self.cluster, self.members, None if self.since is None else self.since.prior)


def feature_of_cluster(sighting: Sighting, relationship: str = CONTAINS) -> Item:
    """
    Give a cluster: as a finding, or as a feature of two dates where a comparison says that it is on both.

    Parameters
    ----------
    sighting : Sighting
    relationship : str
        To what it stands below.

    Returns
    -------
    Item
        The feature is inferred from the cluster, from the clusters of the prior in which its joined members lie, and
        from those that lie in none. Differences stand there only where the comparison counts every member of both
        clusters, for then they are those of the two numbers to which they refer.
    """
    cluster, members, finder, since = sighting.cluster, sighting.members, sighting.finder, sighting.since
    change = None if since is None else since.prior.clusters.get(cluster.number)
    if since is None or change is None or change.change not in ON_BOTH_DATES:
        return finding_of_cluster(cluster, members, finder, relationship)
    before = since.clusters_of_prior(change.prior_clusters)
    clustered = {item.number for _, prior_members in before for item in prior_members}
    lone = [
        since.of_prior[partner]
        for item in members
        if (partner := since.prior.calcifications[item.number].prior_calcification) is not None
        and partner not in clustered
    ]
    if not before and not lone:
        return finding_of_cluster(cluster, members, finder, relationship)
    now = finding_of_cluster(cluster, members, finder, INFERRED_FROM)
    targets = [
        *(finding_of_cluster(*one, since.finder, INFERRED_FROM, codes.PRESENTATION_OPTIONAL) for one in before),
        *(finding_of_single(item, since.finder, INFERRED_FROM) for item in lone),
    ]
    differences: list[Item] = []
    if len(before) == 1 and not lone and _are_all_counted(cluster, before[0][0], since):
        differences = [
            *_difference(codes.DIFFERENCE_IN_NUMBER, codes.NUMBER_OF_CALCIFICATIONS, (now, targets[0]), since.links),
            *_difference(codes.DIFFERENCE_IN_SIZE, codes.LONG_AXIS, (now, targets[0]), since.links),
        ]
    what = (codes.CALCIFICATION_CLUSTER, "cluster", cluster.number)
    return _feature(what, relationship, codes.PRESENTATION_REQUIRED, (finder, since), [*differences, now, *targets])


def feature_of_single(item: Calcification, finder: Finder, since: Since | None) -> Item:
    """Give a calcification likewise; its difference is that of the two diameters."""
    change = None if since is None else since.prior.calcifications.get(item.number)
    if since is None or change is None or change.change not in ON_BOTH_DATES or change.prior_calcification is None:
        return finding_of_single(item, finder)
    now = finding_of_single(item, finder, INFERRED_FROM)
    before = finding_of_single(since.of_prior[change.prior_calcification], since.finder, INFERRED_FROM)
    differences = _difference(codes.DIFFERENCE_IN_SIZE, codes.DIAMETER, (now, before), since.links)
    what = (codes.INDIVIDUAL_CALCIFICATION, "calcification", item.number)
    return _feature(what, CONTAINS, codes.PRESENTATION_OPTIONAL, (finder, since), [*differences, now, before])


def _are_all_counted(cluster: Cluster, before: Cluster, since: Since) -> bool:
    compared = (
        since.prior.comparison.compared_members(cluster.number),
        since.prior.clusters[cluster.number].prior_members,
    )
    return compared == (len(cluster.members), len(before.members))


def _feature(
    what: tuple[Code, str, int], relationship: str, intent: Code, of: tuple[Finder, Since], below: Sequence[Item]
) -> Item:
    value, noun, number = what
    finder, since = of
    tracking = track_change(finder.image, since.prior.image, finder.facts, noun, number)
    return items.code(
        relationship,
        COMPOSITE,
        value,
        [
            items.code(HAS_CONCEPT_MOD, codes.RENDERING_INTENT, intent),
            *known_as(tracking),
            items.code(HAS_PROPERTIES, RELATION, _TEMPORALLY),
            items.code(HAS_PROPERTIES, SCOPE, ON_MULTIPLE_IMAGES),
            *algorithm(since.prior.version, HAS_PROPERTIES),
            *below,
        ],
    )


def _difference(name: Code, of_what: Code, findings: tuple[Item, Item], links: Links) -> Iterator[Item]:
    """Give the difference of a number of two findings, now less before, with references to both."""
    numbers = [_number(finding, of_what) for finding in findings]
    if None in numbers:
        return
    now, before = (float(one["MeasuredValueSequence"][0]["NumericValue"]) for one in numbers if one is not None)
    difference = int(now - before) if of_what is codes.NUMBER_OF_CALCIFICATIONS else now - before
    units = codes.NO_UNITS if of_what is codes.NUMBER_OF_CALCIFICATIONS else codes.MILLIMETRE
    below = [links.to(INFERRED_FROM, one) for one in numbers if one is not None]
    yield items.number(HAS_PROPERTIES, name, difference, units, below)


def _number(finding: Item, name: Code) -> Item | None:
    """Find a number of a finding by its name."""
    return next(
        (
            item
            for item in finding["ContentSequence"]
            if item.get("ValueType") == "NUM" and item["ConceptNameCodeSequence"] == [name]
        ),
        None,
    )
