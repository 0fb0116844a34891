"""Synthetic mammograms with planted truth."""

from pipeline.phantom.folder import simulate
from pipeline.phantom.one_of_each import default_recipe
from pipeline.phantom.recipe import Recipe, Scene, load_recipe
from pipeline.phantom.rendering import Phantom, render

__all__ = ["Phantom", "Recipe", "Scene", "default_recipe", "load_recipe", "render", "simulate"]
