"""Which particles are calcifications: small boosted trees, or a rule on strength alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field
from scipy.spatial import KDTree

from pipeline.settings import Settings
from pipeline.stages.classify.appearance import FEATURES, describe_particles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.boosting import BoostedTrees
    from pipeline.geometry import PixelSpacing
    from pipeline.model import Breast, Channel, Particle

__all__ = ["FEATURES", "ClassifySettings", "classify_particles", "describe_particles", "most_prominent", "presence"]


class ClassifySettings(Settings):
    """How particles are scored, and from which score on they are reported."""

    by: Literal["trees", "strength"] = "trees"
    """``trees`` scores particles of the finest channel by boosted trees that were trained on simulated mammograms;
    ``strength`` by their strength alone, a rule without any training. Coarser channels always follow the rule."""

    file: str | None = None
    """A classifier made by ``mammocalc train``; null for the one that comes with the program."""

    threshold: float = Field(default=0.93, gt=0, lt=1)
    """Smallest score of a calcification that is reported. Chosen with a margin: on other women than those it was looked
    at on, a threshold gave up to three times as many false marks."""

    most: int = Field(default=200, ge=1, le=5000)
    """At most so many particles are scored, the strongest. Weaker ones than these were never calcifications in
    simulated images, and each costs time."""

    presence_members: int = Field(default=1, ge=1, le=20)
    """Presence is the score of the n-th surest particle within a circle: 1 on digital images, where a single speck is
    one; more on film, where dust is as sharp and bright as a speck but does not come in groups."""

    presence_circle_mm: float = Field(default=10.0, gt=0, le=50)
    """Radius of that circle."""

    strength_half_sigma: float = Field(default=5.0, gt=0)
    """Strength at which the rule gives a score of 0.5."""

    coarse_half_sigma: float = Field(default=8.0, gt=0)
    """The same in the coarser channels, where the texture of the gland stands out as well."""

    strength_step_sigma: float = Field(default=1.5, gt=0)
    """Strength by which the odds of the rule grow by a factor of e. With a threshold of 0.93 the rule reports from 8.9
    standard deviations on, and from 11.9 in the coarser channels."""


def classify_particles(
    particles: Sequence[Particle],
    channels: tuple[Channel, ...],
    breast: Breast,
    spacing: PixelSpacing,
    trees: BoostedTrees | None,
    settings: ClassifySettings,
) -> tuple[Particle, ...]:
    """
    Score particles.

    Parameters
    ----------
    particles : sequence of Particle
        All that were found, the strongest first.
    channels : tuple of Channel
        As they were searched.
    breast : Breast
        For the distance to the skin.
    spacing : PixelSpacing
        Size of a pixel.
    trees : BoostedTrees or None
        None for the rule on strength.
    settings : ClassifySettings
        The scale of the rule.

    Returns
    -------
    tuple of Particle
        With their scores, the surest first; equal ones by row, then column.
        Particles of the finest channel beyond the ``most`` strongest are left
        out.
    """
    fine = most_prominent(particles, settings)
    coarse = [p for p in particles if p.channel > 0]
    if trees is None:
        odds = [(p.strength_sigma - settings.strength_half_sigma) / settings.strength_step_sigma for p in fine]
    else:
        odds = trees.decide(describe_particles(fine, channels, breast, spacing)).tolist()
    odds += [(p.strength_sigma - settings.coarse_half_sigma) / settings.strength_step_sigma for p in coarse]
    scored = [replace(p, score=_probability(o)) for p, o in zip([*fine, *coarse], odds, strict=True)]
    return tuple(sorted(scored, key=lambda p: (-p.score, -p.strength_sigma, p.row_px, p.column_px)))


def most_prominent(particles: Sequence[Particle], settings: ClassifySettings) -> list[Particle]:
    """Give the strongest particles of the finest channel: those that are worth a description."""
    return [p for p in particles if p.channel == 0][: settings.most]


def presence(particles: Sequence[Particle], spacing: PixelSpacing, settings: ClassifySettings) -> float:
    """
    Give a score for the presence of any calcification in the breast.

    The score of the surest particle; or, where single specks mean nothing, as
    on film with its dust, of the n-th surest within a circle around one of
    them. It depends on no threshold.

    Parameters
    ----------
    particles : sequence of Particle
        Scored, the surest first.
    spacing : PixelSpacing
        Size of a pixel.
    settings : ClassifySettings
        How many particles count as evidence.

    Returns
    -------
    float
        0 to 1; larger is surer. It is a score and no probability.

    Examples
    --------
    >>> from pipeline.geometry import PixelSpacing
    >>> presence((), PixelSpacing(0.1, 0.1), ClassifySettings())
    0.0
    """
    scores = np.array([p.score for p in particles])
    if len(scores) < settings.presence_members:
        return 0.0
    places = spacing.to_mm(np.array([(p.row_px, p.column_px) for p in particles]))
    near = KDTree(places).query_ball_point(places, settings.presence_circle_mm)
    enough = [
        np.sort(scores[others])[-settings.presence_members]
        for others in near
        if len(others) >= settings.presence_members
    ]
    return float(max(enough, default=0.0))


def _probability(log_odds: float) -> float:
    """Turn log odds into 0..1, short of both ends."""
    return float(1 / (1 + np.exp(-min(max(log_odds, -15.0), 15.0))))
