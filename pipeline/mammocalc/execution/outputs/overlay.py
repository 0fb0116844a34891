"""The picture of an image with what was found in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.execution.outputs.output import Output
from mammocalc.rendering.overlay import encode_overlay
from mammocalc.results.layout import OVERLAYS

if TYPE_CHECKING:
    from mammocalc.config import Config
    from mammocalc.execution.outputs.analysed_image import AnalysedImage

PICTURE_ENDS: Final = (b"\xff\xd9", b"IEND\xaeB`\x82")  # of JPEG (ITU-T T.81, B.1) and PNG (RFC 2083, 4.1.4)


def is_whole_picture(content: bytes) -> bool:
    """Whether a JPEG or PNG ends as one."""
    return content.endswith(PICTURE_ENDS)


def wants_overlay(config: Config, has_findings: bool) -> bool:
    """Whether an overlay is to be drawn."""
    return config.outputs.overlays == "all" or (config.outputs.overlays == "findings" and has_findings)


def _render(image: AnalysedImage) -> bytes:
    return encode_overlay(image.picture, image.config.overlay)[0]


OVERLAY: Final = Output(
    OVERLAYS,
    (".jpg", ".png"),
    lambda config: ".png" if config.overlay.format == "png" else ".jpg",
    wants_overlay,
    _render,
    is_whole_picture,
)
