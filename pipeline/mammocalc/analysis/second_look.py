"""Second looks: candidates below the threshold that are reported because of their cluster or artery."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.stages import classify, clustering
from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mammocalc.config import Config
    from mammocalc.model import Calcification, Particle
    from mammocalc.vocabulary.geometry import PixelSpacing


def look_again(distinct: Sequence[Particle], spacing: PixelSpacing, config: Config) -> tuple[Particle, ...]:
    """Give what is to be reported as well because of the clusters of what is; ``distinct`` are the surest first."""
    sure = [(p.row_px, p.column_px) for p in distinct if p.score >= config.classify.threshold]
    clusters = clustering.find_clusters(spacing.to_mm(np.array(sure).reshape(-1, 2)), config.group)
    return classify.look_again(distinct, [cluster.members for cluster in clusters], spacing, config.classify)


def taken_along(particles: Sequence[Particle], found: Sequence[Calcification]) -> list[Particle]:
    """Give the particles that a second look along arteries reports: its calcifications lie at their peaks."""
    along = [c for c in found if {Flag.SECOND_LOOK, Flag.VASCULAR} <= c.flags]
    return [min(particles, key=lambda p, c=c: abs(p.row_px - c.row_px) + abs(p.column_px - c.column_px)) for c in along]  # type: ignore[misc]


def mark_second_look(calcification: Calcification, frame: int, config: Config) -> Calcification:
    """Return a calcification with its frame, and flagged if only its cluster made it one."""
    is_second = calcification.score < config.classify.threshold
    flags = calcification.flags | ({Flag.SECOND_LOOK} if is_second else frozenset())
    return replace(calcification, frame=frame, flags=flags)
