"""The picture of one image with what was found in it."""

from mammocalc.rendering.overlay.render import RenderedOverlay, encode_overlay, encode_thumbnail, render_overlay
from mammocalc.rendering.overlay.settings import OverlaySettings

__all__ = [
    "OverlaySettings",
    "RenderedOverlay",
    "encode_overlay",
    "encode_thumbnail",
    "render_overlay",
]
