"""Letters of findings, the same on overlays, in tables and on pages."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from mammocalc.model import Calcification, Cluster, Report


def ranked_clusters(report: Report) -> list[Cluster]:
    """
    Give the clusters that are worth a look, in their rank.

    Those that bear the image's own label come first, then those with most
    members, equal ones by number. Loose chains are none of them.
    """
    label = report.distribution.label
    shown = [cluster for cluster in report.clusters if not cluster.distribution.loose]
    return sorted(shown, key=lambda c: (c.distribution.label is not label, -len(c.members), c.number))


def ranked_singles(report: Report) -> list[Calcification]:
    """
    Return the calcifications outside clusters and vessels, or only in loose chains.

    The surest come first, those in arteries last, equal ones by number.
    """
    within = {number for vessel in report.vessels for number in vessel.members}
    within |= {number for cluster in ranked_clusters(report) for number in cluster.members}
    singles = [item for item in report.calcifications if item.number not in within]
    return sorted(singles, key=lambda item: (Flag.VASCULAR in item.flags, -item.score, item.number))


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters of clusters, of vessels, and of calcifications outside of both, by number and in the order of rank."""

    clusters: dict[int, str]
    vessels: dict[int, str]
    calcifications: dict[int, str]


def letters_of(report: Report) -> Letters:
    """
    Give a letter to each cluster, and then to each calcification outside of clusters and vessels.

    Parameters
    ----------
    report : Report
        Of one image.

    Returns
    -------
    Letters
        A to Z, then AA, AB and so on; vessels are V1, V2 and so on, the one
        with most calcifications first. Members of clusters and vessels have
        none, save for those of loose chains, which stand alone wherever
        findings are shown; the chains themselves come last.
    """
    clusters, singles = ranked_clusters(report), ranked_singles(report)
    loose = [cluster for cluster in report.clusters if cluster.distribution.loose]
    first_loose = len(clusters) + len(singles)
    return Letters(
        {cluster.number: letter(rank) for rank, cluster in enumerate(clusters)}
        | {cluster.number: letter(rank) for rank, cluster in enumerate(loose, start=first_loose)},
        {vessel.number: f"V{vessel.number}" for vessel in report.vessels},
        {single.number: letter(rank) for rank, single in enumerate(singles, start=len(clusters))},
    )


def letter(rank: int) -> str:
    """
    Name the places A to Z, then AA, AB and so on.

    Examples
    --------
    >>> [letter(rank) for rank in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    alphabet = string.ascii_uppercase
    text = ""
    rank += 1
    while rank > 0:
        rank, digit = divmod(rank - 1, len(alphabet))
        text = alphabet[digit] + text
    return text
