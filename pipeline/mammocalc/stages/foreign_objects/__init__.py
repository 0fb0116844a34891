"""What lies over the breast and is no calcification: metal, lead and drawings; and where the areola may be."""

from mammocalc.stages.foreign_objects.search import find_metal, flag_areola, leave_out_drawn, leave_out_metal
from mammocalc.stages.foreign_objects.settings import ForeignSettings

__all__ = ["ForeignSettings", "find_metal", "flag_areola", "leave_out_drawn", "leave_out_metal"]
