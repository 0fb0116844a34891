"""Registration: two sets of calcifications of one breast are laid over each other and joined."""

from mammocalc.stages.registration.frame import Anatomy, FrameMap, lay_over
from mammocalc.stages.registration.local_map import local_map
from mammocalc.stages.registration.match import Matching, match_points

__all__ = ["Anatomy", "FrameMap", "Matching", "lay_over", "local_map", "match_points"]
