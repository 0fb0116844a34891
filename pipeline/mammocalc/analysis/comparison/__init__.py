"""Two dates: which images are held against each other, and what became of their calcifications."""

from mammocalc.analysis.comparison.compare import compare_images
from mammocalc.analysis.comparison.laid_out import orientation_of
from mammocalc.analysis.comparison.pairing import Entry, Pairing, Unpaired, named_pairs, pair_up, rivals
from mammocalc.analysis.comparison.sight import Sight, look_at
from mammocalc.analysis.comparison.withheld import withhold_changes

__all__ = [
    "Entry",
    "Pairing",
    "Sight",
    "Unpaired",
    "compare_images",
    "look_at",
    "named_pairs",
    "orientation_of",
    "pair_up",
    "rivals",
    "withhold_changes",
]
