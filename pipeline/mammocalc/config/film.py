"""Settings for digitised film, which replace those of the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic import Field

from mammocalc.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping


class FilmSettings(Settings):
    """
    What takes the place of its namesake in another section where an image is a digitised film.

    A configuration that gives the namesake itself, and not the value here,
    means both: what was chosen is never undone.
    """

    threshold_sigma: float = Field(default=2.5, gt=0)
    """In place of ``detect.threshold_sigma``. Specks are fainter on film, and the classifier knows what its grain looks
    like."""

    threshold: float = Field(default=0.8, gt=0, lt=1)
    """In place of ``classify.threshold``. A third of a false cluster on a normal film of mini-MIAS; single marks are
    dust more often than not."""

    crowd_score: float = Field(default=0.15, gt=0, le=1)
    """In place of ``classify.crowd_score``. At 0.2 mm a speck is a pixel or two, as dust is, and few reach the
    threshold one by one; dust seldom lies three within 3 mm. On mini-MIAS 11 of the 14 circles are hit by a member of a
    cluster instead of 8, at 0.33 clusters on a normal film instead of 0.1."""

    detector_blur_mm: float = Field(default=0.12, ge=0, le=0.5)
    """In place of ``measure.detector_blur_mm``. Blur of screen and scanner together, full width at half maximum."""


HOMES: Final[Mapping[str, str]] = {
    "threshold_sigma": "detect",
    "threshold": "classify",
    "crowd_score": "classify",
    "detector_blur_mm": "measure",
}
"""The section in which the namesake of each setting of `FilmSettings` stands."""


def by_section(film: FilmSettings) -> dict[str, dict[str, Any]]:
    """Sort the values for film by the section whose settings they replace."""
    changes: dict[str, dict[str, Any]] = {}
    for name, section in HOMES.items():
        changes.setdefault(section, {})[name] = getattr(film, name)
    return changes
