"""The picture of one image with what was found in it."""

from pipeline.outputs.overlay.render import RenderedOverlay, encode_overlay, encode_thumbnail, render_overlay
from pipeline.outputs.overlay.settings import OverlaySettings

__all__ = [
    "OverlaySettings",
    "RenderedOverlay",
    "encode_overlay",
    "encode_thumbnail",
    "render_overlay",
]
