"""Registration: two sets of calcifications of one breast are laid over each other and joined."""

from mammocalc.stages.registration.clarity import Clarity, clarity_of, smoothed_in_part
from mammocalc.stages.registration.expected import expect
from mammocalc.stages.registration.frame import Anatomy, FrameMap, lay_over
from mammocalc.stages.registration.guide import SPREAD_MM, Guide
from mammocalc.stages.registration.local_map import local_map
from mammocalc.stages.registration.looks import cut_crops, log_odds_of_looks
from mammocalc.stages.registration.match import Matching, match_points, residual_mm
from mammocalc.stages.registration.tissue import TissueMap, register_tissue
from mammocalc.stages.registration.tissue_image import TissueImage, coarsen, detail_at

__all__ = [
    "SPREAD_MM",
    "Anatomy",
    "Clarity",
    "FrameMap",
    "Guide",
    "Matching",
    "TissueImage",
    "TissueMap",
    "clarity_of",
    "coarsen",
    "cut_crops",
    "detail_at",
    "expect",
    "lay_over",
    "local_map",
    "log_odds_of_looks",
    "match_points",
    "register_tissue",
    "residual_mm",
    "smoothed_in_part",
]
