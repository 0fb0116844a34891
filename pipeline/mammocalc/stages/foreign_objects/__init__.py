"""Metal, lead and drawings over the breast, and the surroundings of the nipple."""

from mammocalc.stages.foreign_objects.search import find_metal, flag_areola, leave_out_drawn, leave_out_metal
from mammocalc.stages.foreign_objects.settings import ForeignSettings

__all__ = ["ForeignSettings", "find_metal", "flag_areola", "leave_out_drawn", "leave_out_metal"]
