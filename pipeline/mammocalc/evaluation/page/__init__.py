"""The page of an evaluation."""

from mammocalc.evaluation.page.build import render_page

__all__ = ["render_page"]
