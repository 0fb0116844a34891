"""The page of one image: its labels, what speaks for them, and how sure they are, in words."""

from mammocalc.rendering.details.build import render_details

__all__ = ["render_details"]
