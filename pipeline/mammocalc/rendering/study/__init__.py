"""The page of a study: what its images say together."""

from mammocalc.rendering.study.build import render_study

__all__ = ["render_study"]
