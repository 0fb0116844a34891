"""The small picture beside an overlay, for the page of the run."""

from __future__ import annotations

from typing import Final

from mammocalc.execution.outputs.output import Output
from mammocalc.execution.outputs.overlay import is_whole_picture, wants_overlay
from mammocalc.rendering.overlay import encode_thumbnail
from mammocalc.results.layout import THUMBNAILS

THUMBNAIL: Final = Output(
    THUMBNAILS,
    (".jpg",),
    lambda _config: ".jpg",
    lambda config, has_findings: config.outputs.thumbnails and wants_overlay(config, has_findings),
    lambda image: encode_thumbnail(image.picture),
    is_whole_picture,
)
