"""The BI-RADS distribution descriptor, with the numbers it rests on and the reason in words."""

from mammocalc.stages.distribution.cluster import CHANCE_EVIDENCE, classify_pattern
from mammocalc.stages.distribution.image import classify_image, not_calibrated, withhold
from mammocalc.stages.distribution.image_words import CONCERN
from mammocalc.stages.distribution.learned import CHANCE, CLASSES, FEATURES, table_of
from mammocalc.stages.distribution.settings import DistributionSettings

__all__ = [
    "CHANCE",
    "CHANCE_EVIDENCE",
    "CLASSES",
    "CONCERN",
    "FEATURES",
    "DistributionSettings",
    "classify_image",
    "classify_pattern",
    "not_calibrated",
    "table_of",
    "withhold",
]
