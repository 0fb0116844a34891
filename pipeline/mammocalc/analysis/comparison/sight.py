"""A second look at the pixels of an image, at places where nothing was reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.analysis.classifiers import classifier_of
from mammocalc.analysis.comparison.laid_out import lay_out
from mammocalc.analysis.comparison.tissue_view import TissueView, view_tissue
from mammocalc.analysis.search import search
from mammocalc.config import medium_of, settings_for
from mammocalc.stages import classify
from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.config import Config
    from mammocalc.model import Mammogram, Report

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
    tissue : TissueView or None
        By what the two dates are laid over each other; None without a believable spacing.
    """

    places_px: NDArray[np.float64]
    contrast: NDArray[np.float64]
    score: NDArray[np.float64]
    tissue: TissueView | None = None


def look_at(mammogram: Mammogram, report: Report, config: Config) -> Sight:
    """
    Search an image again, down to what is fainter than anything that would be reported.

    Parameters
    ----------
    mammogram : Mammogram
    report : Report
        What was found in it.
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
        seen.particles, seen.scales, seen.breast, seen.spacing, classifier_of(config), medium
    )
    table = np.array([(p.row_px, p.column_px, p.contrast_to_noise, p.score) for p in particles]).reshape(-1, 4)
    spacing = report.spacing
    tissue = None if spacing is None else view_tissue(seen.density.image, lay_out(report, spacing))
    return Sight(table[:, :2], table[:, 2], table[:, 3], tissue)
