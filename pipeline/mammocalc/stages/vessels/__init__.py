"""Which calcifications lie in the wall of an artery: a ridge of the image runs through them, and little lies beside."""

from mammocalc.stages.vessels.along import look_along, may_lie_along
from mammocalc.stages.vessels.calcifications import describe_calcifications, flag_vessels
from mammocalc.stages.vessels.marks import FEATURES
from mammocalc.stages.vessels.settings import VesselSettings

__all__ = ["FEATURES", "VesselSettings", "describe_calcifications", "flag_vessels", "look_along", "may_lie_along"]
