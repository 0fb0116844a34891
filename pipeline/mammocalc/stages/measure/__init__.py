"""How large each particle is, by its contour at half of its height; macro or micro, in millimetres."""

from mammocalc.stages.measure.particles import measure_particles
from mammocalc.stages.measure.settings import MeasureSettings

__all__ = ["MeasureSettings", "measure_particles"]
