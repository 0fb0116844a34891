"""Classification of candidates: boosted trees, or a rule on strength only."""

from __future__ import annotations

import math
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import KDTree

from mammocalc.stages.classify.appearance import describe_particles, edge_sigma
from mammocalc.vocabulary.lexicon import Medium

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mammocalc.classifiers.trees import BoostedTrees
    from mammocalc.model import Breast, Particle, Scale
    from mammocalc.vocabulary.geometry import PixelSpacing


_SURE_BY_EDGE = 3.0
"""Largest log odds by the edge alone: labels, implants and folds have sharper edges than any calcification."""

_ROD_HALF_SIGMA = 8.0
"""Mean height, in the noise, at which what is shaped as a rod and as sharp as one has a score of 0.5. So two false
ones, a fold of skin and a crossing of fibres, are reported in 112 images of 26 patients."""

_LARGE_HALF_SIGMA = 10.0
"""Fall at the edge of a large body, in the noise, at which it has a score of 0.5: what is sharp enough to be found, is
reported. In 211 images of patients none of those found is anything else."""

_SAME_PLACE = 0.3
"""Peaks of two scales this close, as a share of the coarser one's length, belong to one particle."""

TREES_UP_TO_MM: Final = 2.0
"""The trees classify scales with lines up to this length; coarser ones follow the rule. There trees gain nothing: the
simulated images' coarse texture is too unlike that of patients."""

_MOST: Final = 200
"""At most so many particles of a scale are scored by the trees, the strongest. Weaker ones than these were hardly
ever calcifications in simulated images, and each costs time."""

_PRESENCE_CIRCLE_MM: Final = 10.0
"""Radius of that circle."""

_STRENGTH_HALF_SIGMA: Final = 5.0
"""Strength at which the rule gives a score of 0.5."""

_SUPPORTED_HALF_SIGMA: Final = 8.0
"""The same where a fine scale's particle lies on it: then it is as sure as that one at most. Rims are found by parts
of their wall, and should be outlined as a whole."""

_COARSE_LEAST_SIGMA: Final = 5.0
"""Strength that a coarse particle needs to be classified by its edge."""

_STRENGTH_STEP_SIGMA: Final = 1.5
"""Strength by which the odds of the rule grow by a factor of e."""

_COARSE_HALF_SIGMA: Final[Mapping[Medium, float]] = MappingProxyType({Medium.DIGITAL: 12.0, Medium.FILM: 20.0})
"""The same in scales coarser than those that the trees classify, where the texture of the gland stands out as well.
Lower values find more large calcifications and rank images worse. On film: large blemishes and folds of the emulsion
stand out as strongly as large calcifications."""

_COARSE_EDGE_HALF_SIGMA: Final[Mapping[Medium, float]] = MappingProxyType({Medium.DIGITAL: 17.0, Medium.FILM: 1000.0})
"""Sharpness of its edge (`edge_sigma`) at which it then has a score of 0.5, whatever its strength: large ones over
dense tissue hardly stand out from its texture, and yet end sharply. Seven of ten calcifications wider than 1 mm in 384
simulated images have 20 and more; of lumps of tissue there 5 have, and one in 38 real images without. On film: their
edges are as sharp, so that the edge tells nothing (mini-MIAS ranks better without, 0.850 against 0.838)."""

_PRESENCE_MEMBERS: Final[Mapping[Medium, int]] = MappingProxyType({Medium.DIGITAL: 1, Medium.FILM: 5})
"""Presence is the score of the n-th surest particle within a circle: 1 on digital images, where a single speck is one;
more on film, where dust is as sharp and bright as a speck but does not come in groups. On film: a single speck is as
often dust; five within 10 mm are not."""


def classify_particles(
    particles: Sequence[Particle],
    scales: tuple[Scale, ...],
    breast: Breast,
    spacing: PixelSpacing,
    trees: BoostedTrees | None,
    medium: Medium,
) -> tuple[Particle, ...]:
    """
    Score particles.

    What two fine scales see at one place gets one score, the surer one:
    which of them outlines it better is not known before it is measured.

    Parameters
    ----------
    particles : sequence of Particle
        All that were found, the strongest first.
    scales : tuple of Scale
        As they were searched.
    breast : Breast
        For the distance to the skin.
    spacing : PixelSpacing
        Size of a pixel.
    trees : BoostedTrees or None
        None for the rule on strength.
    medium : Medium
        What is taken for what on a film differs.

    Returns
    -------
    tuple of Particle
        With their scores, the surest first; equal ones by row, then column.
        Particles of a fine scale beyond the strongest are left out.
    """
    fine = most_prominent(particles, scales)
    coarse = [p for p in particles if scales[p.scale].length_mm > TREES_UP_TO_MM]
    if trees is None:
        odds = np.array([_by_strength(p, _STRENGTH_HALF_SIGMA) for p in fine])
    else:
        odds = trees.decide(describe_particles(fine, scales, breast, spacing))
    for one, other in _twins(fine, scales, spacing):
        odds[one] = odds[other] = max(odds[one], odds[other])
    rule = _follow_rule(coarse, fine, odds, scales, breast, spacing, medium)
    scored = [replace(p, score=_probability(o)) for p, o in zip([*fine, *coarse], [*odds.tolist(), *rule], strict=True)]
    return tuple(sorted(scored, key=lambda p: (-p.score, -p.strength_sigma, p.row_px, p.column_px, p.scale)))


def _follow_rule(
    coarse: Sequence[Particle],
    fine: Sequence[Particle],
    fine_odds: NDArray[np.float64],
    scales: tuple[Scale, ...],
    breast: Breast,
    spacing: PixelSpacing,
    medium: Medium,
) -> list[float]:
    """Give the log odds of coarse particles: by their strength, their edge, and the fine ones on them."""
    tree = KDTree(_places_mm(fine, spacing)) if fine else None
    odds = []
    is_strong = np.array([p.strength_sigma >= _COARSE_LEAST_SIGMA for p in coarse], dtype=bool)
    edges = np.zeros(len(coarse))
    edges[is_strong] = edge_sigma([p for p, judged in zip(coarse, is_strong, strict=True) if judged], scales, breast)
    for particle, place, edge in zip(coarse, _places_mm(coarse, spacing), edges.tolist(), strict=True):
        by_edge = min((edge - _COARSE_EDGE_HALF_SIGMA[medium]) / _STRENGTH_STEP_SIGMA, _SURE_BY_EDGE)
        alone = max(_by_strength(particle, _COARSE_HALF_SIGMA[medium]), by_edge)
        if particle.is_rod or particle.outline_px:
            half_sigma = _ROD_HALF_SIGMA if particle.is_rod else _LARGE_HALF_SIGMA
            alone = min(_by_strength(particle, half_sigma), _SURE_BY_EDGE)
        reach_mm = scales[particle.scale].length_mm / 2
        on_it = fine_odds[tree.query_ball_point(place, reach_mm)] if tree is not None else np.zeros(0)
        supported = _by_strength(particle, _SUPPORTED_HALF_SIGMA)
        odds.append(max(alone, min(supported, float(on_it.max(initial=-np.inf)))))
    return odds


def _by_strength(particle: Particle, half_sigma: float) -> float:
    """Give the log odds that the rule gives to a strength."""
    return (particle.strength_sigma - half_sigma) / _STRENGTH_STEP_SIGMA


def _places_mm(particles: Sequence[Particle], spacing: PixelSpacing) -> NDArray[np.float64]:
    return spacing.to_mm(np.array([(p.row_px, p.column_px) for p in particles]).reshape(-1, 2))


def most_prominent(particles: Sequence[Particle], scales: tuple[Scale, ...]) -> list[Particle]:
    """
    Select the strongest particles of each fine scale: those that are worth a description.

    Parameters
    ----------
    particles : sequence of Particle
        Of all scales.
    scales : tuple of Scale
        Fine ones first.

    Returns
    -------
    list of Particle
        The strongest of each scale first.
    """
    return [
        p
        for index, scale in enumerate(scales)
        if scale.length_mm <= TREES_UP_TO_MM
        for p in [p for p in particles if p.scale == index][:_MOST]
    ]


def one_per_place(
    particles: Sequence[Particle], scales: tuple[Scale, ...], spacing: PixelSpacing
) -> tuple[Particle, ...]:
    """
    Merge what several scales saw at one place.

    Parameters
    ----------
    particles : sequence of Particle
        Scored.
    scales : tuple of Scale
        Fine ones first.
    spacing : PixelSpacing

    Returns
    -------
    tuple of Particle
        The one with the highest score at each place, or the finest of equals; in the order in which they were given.
    """
    places = _places_mm(particles, spacing)
    reach_mm = _SAME_PLACE * np.array([scales[p.scale].length_mm for p in particles])
    rivals: dict[int, list[int]] = {}
    pairs = KDTree(places).query_pairs(float(reach_mm.max())) if len(particles) else set()
    for i, j in pairs:
        is_near = math.dist(places[i], places[j]) <= max(reach_mm[i], reach_mm[j])
        if is_near and particles[i].scale != particles[j].scale:
            rivals.setdefault(i, []).append(j)
            rivals.setdefault(j, []).append(i)
    kept: set[int] = set()
    for i in sorted(range(len(particles)), key=lambda i: (-particles[i].score, particles[i].scale, i)):
        if not kept.intersection(rivals.get(i, ())):
            kept.add(i)
    return tuple(p for i, p in enumerate(particles) if i in kept)


def _twins(particles: Sequence[Particle], scales: tuple[Scale, ...], spacing: PixelSpacing) -> list[tuple[int, int]]:
    """Give the indices of each particle that has a finer one nearby, and of the nearest such."""
    places = _places_mm(particles, spacing)
    of_scale = np.array([p.scale for p in particles], dtype=np.int_)
    pairs = []
    for index in range(1, len(scales)):
        finer, coarser = np.flatnonzero(of_scale < index), np.flatnonzero(of_scale == index)
        if len(finer) == 0 or len(coarser) == 0:
            continue
        reach_mm = _SAME_PLACE * scales[index].length_mm
        apart, nearest = KDTree(places[finer]).query(places[coarser], distance_upper_bound=reach_mm)
        pairs += [(int(c), int(finer[n])) for c, d, n in zip(coarser, apart, nearest, strict=True) if np.isfinite(d)]
    return pairs


def presence(particles: Sequence[Particle], spacing: PixelSpacing, medium: Medium) -> float:
    """
    Give a score for the presence of any calcification in the breast.

    The score of the surest particle; or, where single specks mean nothing, as
    on film with its dust, of the n-th surest within a circle around one of
    them. It depends on no threshold.

    Parameters
    ----------
    particles : sequence of Particle
        Scored, `one_per_place`: what several scales see there is one piece of evidence.
    spacing : PixelSpacing
        Size of a pixel.
    medium : Medium
        What is taken for what on a film differs.

    Returns
    -------
    float
        0 to 1; larger is surer. It is a score and no probability.

    Examples
    --------
    >>> from mammocalc.vocabulary.geometry import PixelSpacing
    >>> presence((), PixelSpacing(0.1, 0.1), Medium.DIGITAL)
    0.0
    """
    count = _PRESENCE_MEMBERS[medium]
    if len(particles) < count:
        return 0.0
    scores = np.array([p.score for p in particles])
    places = _places_mm(particles, spacing)
    near = KDTree(places).query_ball_point(places, _PRESENCE_CIRCLE_MM)
    enough = [np.sort(scores[others])[-count] for others in near if len(others) >= count]
    return float(max(enough, default=0.0))


def _probability(log_odds: float) -> float:
    """Turn log odds into 0..1, short of both ends."""
    return float(1 / (1 + np.exp(-min(max(log_odds, -15.0), 15.0))))
