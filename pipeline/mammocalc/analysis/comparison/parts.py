"""Clusters of one date that are parts of one cluster of the other."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mammocalc.analysis.comparison.joined import Joined
    from mammocalc.model.comparison import ClusterChange

LEAST_SHARED: Final = 3
"""So many joined members make a cluster a part of another."""


def tell_parts(joined: Joined, said: Iterable[ClusterChange]) -> Iterator[ClusterChange]:
    """
    Add the whole to what is said of parts: a cluster that was drawn in two has not become smaller by that.

    Parameters
    ----------
    joined : Joined
    said : iterable of ClusterChange
        Of the current image.

    Yields
    ------
    ClusterChange
        The same, with one reason more where its members, or those of a cluster of the prior, lie in several clusters
        of the other date.
    """
    current, prior = joined.current.report, joined.prior.report
    shared: Counter[tuple[int, int]] = Counter()
    for one, other in joined.pairs.tolist():
        here, there = current.calcifications[one].cluster, prior.calcifications[other].cluster
        if here is not None and there is not None:
            shared[here, there] += 1
    met = sorted(pair for pair, count in shared.items() if count >= LEAST_SHARED)
    ours, theirs = (
        {cluster.number: len(cluster.members) for cluster in report.clusters} for report in (current, prior)
    )
    for change in said:
        wholes = [other for one, other in met if one == change.cluster]
        more = []
        for whole in wholes:
            parts = [one for one, other in met if other == whole]
            if len(parts) > 1:
                more.append(
                    f"part of a cluster of the prior with {theirs[whole]} members that is now in {len(parts)} clusters "
                    f"with {sum(ours[part] for part in parts)} together"
                )
        if len(wholes) > 1:
            together = sum(theirs[whole] for whole in wholes)
            more.append(f"it was {len(wholes)} clusters on the prior, with {together} members together")
        yield replace(change, reasons=(*change.reasons, *more))
