"""Vascular calcifications: those on a ridge of the image with few others beside it."""

from mammocalc.stages.vessels.along import look_along, may_lie_along
from mammocalc.stages.vessels.calcifications import describe_calcifications, flag_vessels
from mammocalc.stages.vessels.marks import FEATURES
from mammocalc.stages.vessels.settings import VesselSettings

__all__ = ["FEATURES", "VesselSettings", "describe_calcifications", "flag_vessels", "look_along", "may_lie_along"]
