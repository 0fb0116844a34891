"""A second look: candidates within a cluster, or close together, are reported at lower odds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist

from mammocalc.vocabulary.geometry import convex_hull, distance_to_hull

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.model import Particle
    from mammocalc.stages.classify import ClassifySettings
    from mammocalc.vocabulary.geometry import PixelSpacing

_MEMBERS: Final = 5
"""A cluster that is looked at again has so many members that were reported at first sight: what BI-RADS asks of a
group. So no second look ever makes a group of fewer."""
_RIM_MM: Final = 1.0
"""So far outside of the hull: the hull of a line has no width."""
_NEAR_MM: Final = 5.0
"""Within this, there must be enough of them that look alike: hulls can be wide and empty."""
_ALIKE: Final = 3
"""Enough: three, so that neither two ends of a fibre nor the wall of one rim vouch for what lies beside them."""
_FACTOR: Final = 2.0
"""Alike are those whose strength is within this factor. Beside popcorn, specks of noise are not."""
_CROWD: Final = 3
"""So many, itself included, that lie close together are a crowd: as many as a cluster needs."""
_CROWD_MM: Final = 3.0
"""How close: on 40 normal films of mini-MIAS dust, and what nobody minded, lies so in one of four."""


def look_again(
    particles: Sequence[Particle], clusters: Sequence[Sequence[int]], spacing: PixelSpacing, settings: ClassifySettings
) -> tuple[Particle, ...]:
    """
    Find candidates below the threshold that their cluster makes likely.

    The score of a particle says what is known of it alone. Among five that
    were reported it is many times as likely to be one as anywhere else, if
    three nearby look like it: its odds may be lower by ``cluster_odds``. And
    where single particles prove little, as on film, three close together from
    ``crowd_score`` on do.

    Parameters
    ----------
    particles : sequence of Particle
        Scored, `one_per_place`, the surest first.
    clusters : sequence of sequence of int
        Clusters of those that reach the threshold, as indices into the particles.
    spacing : PixelSpacing
        Size of a pixel.
    settings : ClassifySettings
        The threshold, and how much lower the odds may be.

    Returns
    -------
    tuple of Particle
        Those that are to be reported as well, in the order of the particles.
    """
    odds = settings.threshold / (1 - settings.threshold) / settings.cluster_odds
    least = odds / (1 + odds)
    places = spacing.to_mm(np.array([(p.row_px, p.column_px) for p in particles]).reshape(-1, 2))
    scores = np.array([p.score for p in particles])
    magnitude = np.log([p.strength_sigma for p in particles])
    doubtful = np.flatnonzero((scores >= least) & (scores < settings.threshold))
    taken = _crowded(places, scores, settings)
    for cluster in clusters:
        members = np.array(cluster, dtype=np.int_)
        if len(members) < _MEMBERS:
            continue
        is_near = cdist(places[doubtful], places[members]) <= _NEAR_MM
        is_alike = np.abs(magnitude[doubtful, None] - magnitude[None, members]) <= np.log(_FACTOR)
        hull = convex_hull(places[members])
        for i in doubtful[(is_near & is_alike).sum(axis=1) >= _ALIKE].tolist():
            if distance_to_hull(places[i], hull) <= _RIM_MM:
                taken.add(i)
    return tuple(particles[i] for i in sorted(taken))


def _crowded(places_mm: NDArray[np.float64], scores: NDArray[np.float64], settings: ClassifySettings) -> set[int]:
    """Give those below the threshold that lie close together, as indices."""
    seen = np.flatnonzero(scores >= settings.crowd_score)
    if settings.crowd_score >= settings.threshold or len(seen) < _CROWD:
        return set()
    counts = KDTree(places_mm[seen]).query_ball_point(places_mm[seen], _CROWD_MM, return_length=True)
    return set(seen[(counts >= _CROWD) & (scores[seen] < settings.threshold)].tolist())
