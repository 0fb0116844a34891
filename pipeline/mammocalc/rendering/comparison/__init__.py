"""The page of a comparison: both pictures of each pair at one scale, what was joined, and thumbnails that blink."""

from mammocalc.rendering.comparison.build import PairView, render_comparison_page, view_pair
from mammocalc.rendering.comparison.canvas import Canvas, Source, canvas_of
from mammocalc.rendering.comparison.pictures import draw_crops, draw_picture

__all__ = [
    "Canvas",
    "PairView",
    "Source",
    "canvas_of",
    "draw_crops",
    "draw_picture",
    "render_comparison_page",
    "view_pair",
]
