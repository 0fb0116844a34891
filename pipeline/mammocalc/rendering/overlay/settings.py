"""How overlays look."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mammocalc.model.settings import Settings


class OverlaySettings(Settings):
    """The picture of one image with what was found in it."""

    format: Literal["jpeg", "png"] = "jpeg"
    """JPEG with full colour resolution, or PNG. JPEG by default: a third of the size, and encoded in a fifth of the
    time; no difference is seen."""

    max_side_px: int = Field(default=2000, ge=400, le=8000)
    """The longer side of the picture of the breast, in pixels of the overlay. 2000 fills a reading monitor turned
    upright and shows a particle of 0.2 mm in a breast of 24 cm as two pixels; the insets show the rest."""

    insets: int = Field(default=4, ge=0, le=12)
    """How many places are shown at full resolution beside the picture: the clusters that give the image its
    distribution, those with most members, then the calcifications with the highest scores. Four: with more, an inset
    at double size would show less than a centimetre."""
