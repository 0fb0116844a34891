"""Settings of the landmarks."""

from __future__ import annotations

from pydantic import Field

from mammocalc.model.settings import Settings


class LandmarkSettings(Settings):
    """How the pectoral muscle and the nipple are found."""

    pectoral_contrast: float = Field(default=0.04, ge=0, le=1)
    """Smallest mean drop of density across the edge of the muscle, as a share of the range of densities in the
    breast's thick part, at which it is believed. Of 45 simulated breasts, those with a muscle had 0.19 and more,
    those without at most 0.012."""

    pectoral_least_contrast: float = Field(default=0.005, ge=0, le=1)
    """The same as a share of the whole breast's range, so that an even breast has no muscle drawn into its noise: with
    a muscle 0.014 and more, in noise alone less than 0.0005."""

    pectoral_range_from_skin_mm: float = Field(default=15.0, ge=0, le=50)
    """How far from the skin line the range of densities is taken. Nearer to it the breast gets thinner, and in a raw
    image that alone darkens it by more than all tissue does; compressed breasts are 2 to 6 cm thick and rounded at
    their edge."""

    pectoral_tube_mm: float = Field(default=8.0, ge=0, le=30)
    """How far the edge of the muscle may leave the straight line that fits it best."""

    pectoral_seen_contrast: float = Field(default=0.1, ge=0, le=1)
    """Confidence: a point of the muscle's edge counts as seen where the density drops across it by this share of the
    same range."""

    pectoral_uneven_mm: float = Field(default=1.5, gt=0, le=20)
    """Confidence: it is halved where the edge leaves a smooth arc by this much (root mean square). A muscle's edge is
    smooth; what jumps from one line to another follows glands and folds."""

    pectoral_least_confidence: float = Field(default=0.5, ge=0, le=1)
    """With less confidence the muscle is drawn, and passed on as unknown. Of 92 edges drawn in oblique views of
    INbreast and looked at, 92 % of those with more were right along their whole length, and 18 % of those with less
    (docs/distribution.md)."""

    nipple_disc_mm: float = Field(default=18.0, gt=0, le=60)
    """Radius of the disc that is rolled along the inside of the skin line; what it does not reach stands out. It is
    wider than nipples, which are 8 to 20 mm wide, and narrower than the tips of breasts."""

    nipple_reach_mm: float = Field(default=45.0, gt=0, le=100)
    """How far from the outermost point of the breast a nipple in profile is looked for. In INbreast the farthest is
    45 mm off; farther away lie the folds at the chest wall."""

    nipple_bump_mm: float = Field(default=0.8, ge=0, le=20)
    """Height of a bump on the skin line at which it is taken for the nipple in profile."""

    nipple_least_confidence: float = Field(default=0.5, ge=0, le=1)
    """With less confidence the nipple is passed on as unknown: one that is wrong by more than about 11 mm tells less
    than none."""
