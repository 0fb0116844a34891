"""Synthetic mammograms with planted truth."""

from mammocalc.simulation.default_recipe import default_recipe
from mammocalc.simulation.folder import simulate
from mammocalc.simulation.recipe import Recipe, Scene, load_recipe
from mammocalc.simulation.rendering import SimulatedImage, render

__all__ = ["Recipe", "Scene", "SimulatedImage", "default_recipe", "load_recipe", "render", "simulate"]
