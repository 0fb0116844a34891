"""How overlays look."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mammocalc.model.settings import Settings


class OverlaySettings(Settings):
    """The picture of one image with what was found in it."""

    format: Literal["jpeg", "png"] = "jpeg"
    """JPEG with full colour resolution, or PNG. JPEG by default: a third of the size, and encoded in a fifth of the
    time; at the default quality no difference is seen."""

    quality: int = Field(default=92, ge=50, le=100)
    """JPEG quality. 92: of a thousand pixels, one is off by more than 11 of 255 grey levels; at 80 it would be 22, and
    rings are seen around thin marks."""

    max_side_px: int = Field(default=2000, ge=400, le=8000)
    """The longer side of the picture of the breast, in pixels of the overlay. 2000 fills a reading monitor turned
    upright and shows a particle of 0.2 mm in a breast of 24 cm as two pixels; the insets show the rest."""

    max_enlargement: float = Field(default=2.0, ge=1.0, le=8.0)
    """A small image is enlarged at most so far. Twice: more shows nothing more, and looks blurred."""

    surround_mm: float = Field(default=2.0, ge=0.0, le=3.0)
    """What is shown around the outline of the breast; beyond it everything is drawn black, because names may be
    burned in there. 2 mm: the skin is wholly visible where the outline is one millimetre off."""

    gap_mm: float = Field(default=1.0, ge=0.2, le=5.0)
    """The distance of a mark from the particle that it marks, so that it hides nothing of it: on the picture of the
    breast 1 mm, about five times the diameter of a microcalcification."""

    inset_gap_mm: float = Field(default=0.5, ge=0.1, le=5.0)
    """The same in the insets, which are enlarged."""

    insets: int = Field(default=4, ge=0, le=12)
    """How many places are shown at full resolution beside the picture: the clusters that give the image its
    distribution, those with most members, then the calcifications with the highest scores. Four: with more, an inset
    at double size would show less than a centimetre."""

    inset_enlargement: int = Field(default=4, ge=1, le=8)
    """A pixel of the image is shown as at most so many pixels a side in an inset; fewer where the cluster would not
    fit. Four: a particle of two pixels is then as large as a letter's dot."""

    labels: int = Field(default=24, ge=0, le=200)
    """How many clusters carry a label, in the same order. With more, labels would lie on each other."""

    thumbnail_side_px: int = Field(default=320, ge=64, le=1000)
    """The longer side of a thumbnail in pixels. 320 is twice what the page shows, for screens of high density."""
