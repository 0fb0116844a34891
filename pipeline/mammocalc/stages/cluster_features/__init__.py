"""Shape features of a set of calcifications, as the definitions of distribution use them."""

from mammocalc.stages.cluster_features.counts import cells_with, most_within
from mammocalc.stages.cluster_features.features import SEEN_FROM_NIPPLE, PatternSettings, describe_pattern
from mammocalc.stages.cluster_features.spread import measure_spread

__all__ = ["SEEN_FROM_NIPPLE", "PatternSettings", "cells_with", "describe_pattern", "measure_spread", "most_within"]
