"""Morphology of particles and clusters in the words of BI-RADS: candidates with reasons."""

from mammocalc.stages.morphology.morphology import (
    classify_cluster,
    classify_morphology,
    counts_for_distribution,
    set_apart,
)
from mammocalc.stages.morphology.settings import MorphologySettings

__all__ = ["MorphologySettings", "classify_cluster", "classify_morphology", "counts_for_distribution", "set_apart"]
