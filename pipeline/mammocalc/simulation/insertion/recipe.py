"""Recipes for insertion into existing images: an `InsertRecipe`, as written in YAML."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from mammocalc.model.settings import Settings
from mammocalc.simulation.recipe import require_order

# YAML gives lists, so tuples are read leniently; numbers stay strict.
_Positive = Annotated[float, Field(gt=0)]
_PositivePair = Annotated[tuple[_Positive, _Positive], Field(strict=False), AfterValidator(require_order)]
_Counts = Annotated[tuple[Annotated[int, Field(ge=0)], int], Field(strict=False), AfterValidator(require_order)]


class InsertRecipe(Settings):
    """How many calcifications are put into each image, how large and how bright they are, and where they may lie."""

    singles: _Counts = (5, 8)
    """Fewest and most single microcalcifications of an image. Few enough that the image stays its own background."""
    groups: _Counts = (0, 2)
    """Fewest and most groups. Two leave most of the breast free of them."""
    group_members: _Counts = (5, 8)
    """Fewest and most microcalcifications of a group. BI-RADS: five within a centimetre are grouped."""
    group_diameter_mm: float = Field(default=9.0, gt=1.0, le=30.0)
    """Diameter of the circle that holds a group's centres; below 10 mm, so that each is grouped by BI-RADS."""
    macros: _Counts = (0, 2)
    """Fewest and most macrocalcifications: lucent-centred rings, popcorn and rods."""
    ring_share: float = Field(default=0.5, ge=0.0, le=1.0)
    """Share of the macrocalcifications that are lucent-centred rings, which are the commonest benign ones and the
    hardest to detect."""

    micro_diameter_mm: _PositivePair = (0.15, 0.6)
    """Diameters of microcalcifications, small ones the most frequent. Below 0.15 mm nothing is seen on the usual
    detectors."""
    macro_diameter_mm: _PositivePair = (1.2, 3.0)
    """Diameters of macrocalcifications; BI-RADS calls them coarse from 1 mm on."""
    attenuation_per_mm: _PositivePair = (0.2, 0.9)
    """Attenuation of one mm of microcalcification above tissue, even in the logarithm; hydroxyapatite reaches about 1
    at 22 keV, crystals in tissue less, amorphous ones least. The faint ones tell detectors apart."""
    macro_attenuation_per_mm: _PositivePair = (0.2, 0.5)
    """The same of macrocalcifications, which are porous."""
    peak_sigma: _PositivePair = (3.0, 40.0)
    """Height of the peak over the local noise of single pixels. Microcalcifications outside of these limits are thinned
    or thickened. 3 is about ten grey levels of an 8-bit image for presentation; below, nobody sees a speck."""

    quanta_per_mm2: float = Field(default=4e5, ge=1e3, le=1e7)
    """X-ray quanta registered in one mm2. Only for images that are not linear in exposure: there it says what
    attenuation the local noise stands for, and so which contrast a calcification of some attenuation has. 4e5 is usual
    in screening (see `Scene.quanta_per_mm2`)."""
    blur_mm: float = Field(default=0.045, ge=0.0, le=0.5)
    """Standard deviation of the blur by focal spot and detector, beside the pixel's own width: between 0.03 mm of
    direct detectors and 0.06 mm of scintillators."""

    skin_margin_mm: float = Field(default=3.0, ge=0.0, le=30.0)
    """No calcification reaches nearer to the skin line; what lies there counts as a skin calcification."""
    pectoral_margin_mm: float = Field(default=2.0, ge=0.0, le=30.0)
    """No calcification reaches nearer to the pectoral muscle, on whose edge nobody can tell what was found."""
    gap_mm: float = Field(default=5.0, ge=0.5, le=50.0)
    """Smallest distance between single ones, macrocalcifications and groups, so that each is found or missed alone."""
    group_gap_mm: float = Field(default=0.5, ge=0.1, le=10.0)
    """Smallest distance between the rims of two members of a group, so that none hides another."""
