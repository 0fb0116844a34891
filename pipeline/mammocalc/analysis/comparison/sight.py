"""A second look at the pixels of an image: what lies at a place at which nothing was reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.analysis.classifiers import classifier_of
from mammocalc.analysis.search import search
from mammocalc.config import medium_of, settings_for
from mammocalc.stages import classify
from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.config import Config
    from mammocalc.model import Mammogram

FAINTEST_SIGMA: Final = 3.0
"""Strength from which a particle is seen by the second look; the search itself goes down to 3.5."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """
    Everything that stands out in an image, reported or not.

    Attributes
    ----------
    places_px : ndarray of float64, shape (n, 2)
    contrast : ndarray of float64, shape (n,)
        Height above the surroundings in standard deviations of the noise.
    score : ndarray of float64, shape (n,)
        How much each looks like a calcification, 0 to 1.
    """

    places_px: NDArray[np.float64]
    contrast: NDArray[np.float64]
    score: NDArray[np.float64]


def look_at(mammogram: Mammogram, config: Config) -> Sight:
    """
    Search an image again, down to what is fainter than anything that would be reported.

    Parameters
    ----------
    mammogram : Mammogram
    config : Config

    Returns
    -------
    Sight

    Raises
    ------
    ImageUnreadableError
        As the search itself.
    """
    medium = medium_of(config, is_film=Flag.DIGITISED_FILM in mammogram.flags)
    config = settings_for(config, medium)
    fainter = config.detect.model_copy(update={"threshold_sigma": FAINTEST_SIGMA})
    seen = search(mammogram, config.model_copy(update={"detect": fainter}))
    particles = classify.classify_particles(
        seen.particles, seen.channels, seen.breast, seen.spacing, classifier_of(config), medium
    )
    table = np.array([(p.row_px, p.column_px, p.contrast_to_noise, p.score) for p in particles]).reshape(-1, 4)
    return Sight(table[:, :2], table[:, 2], table[:, 3])
