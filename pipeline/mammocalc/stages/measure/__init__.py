"""Size of each particle from its contour at half height, in millimetres; macro or micro."""

from mammocalc.stages.measure.particles import measure_particles
from mammocalc.stages.measure.settings import MeasureSettings

__all__ = ["MeasureSettings", "measure_particles"]
