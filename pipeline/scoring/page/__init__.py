"""The page of an evaluation."""

from pipeline.scoring.page.build import render_page

__all__ = ["render_page"]
