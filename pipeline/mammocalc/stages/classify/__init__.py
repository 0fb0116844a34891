"""Classification of candidates: boosted trees, or a rule on strength only."""

from mammocalc.stages.classify.appearance import FEATURES, describe_particles
from mammocalc.stages.classify.particles import (
    classify_particles,
    most_prominent,
    one_per_place,
    presence,
)
from mammocalc.stages.classify.second_look import look_again
from mammocalc.stages.classify.settings import ClassifySettings

__all__ = [
    "FEATURES",
    "ClassifySettings",
    "classify_particles",
    "describe_particles",
    "look_again",
    "most_prominent",
    "one_per_place",
    "presence",
]
