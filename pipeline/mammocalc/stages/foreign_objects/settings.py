"""What is taken for metal or for a drawing, and where the areola is."""

from pydantic import Field

from mammocalc.model.settings import Settings


class ForeignSettings(Settings):
    """What is taken for metal or for a drawing, and where the areola is."""

    leave_out_metal: bool = True
    """Whether clips, markers, wires and lead letters are left out. The image is flagged where that happened."""

    metal_over_share: float = Field(default=0.1, ge=0, le=5)
    """Metal is denser than the densest tissue by at least this share of the tissue's range (from the 5th to the 99.5th
    percentile of the breast)."""

    metal_flat_share: float = Field(default=0.4, gt=0, lt=1)
    """Smallest share of the area above half of an object's height that reaches nine tenths of it. Next to nothing
    passes through metal, so its top is flat; in a dome, like a calcification, a quarter of the area is so high."""

    metal_flank_mm: float = Field(default=0.15, gt=0, le=2)
    """Largest mean width of the flank between half and nine tenths of the height. The wall of metal is as steep as the
    detector's blur allows, 0.03 to 0.14 mm; real large calcifications with tops nearly as flat, saturated ones
    among them, had 0.29 mm and more."""

    metal_area_mm2: float = Field(default=1.2, gt=0, le=20)
    """Smallest area of a piece of metal: that of a BB of 1.2 mm, or the end of a clip. Real round calcifications below
    this have too few pixels to be told from it by their flanks."""

    leave_out_drawn: bool = True
    """Whether text, dots, rulers, rings and other marks that were drawn into the pixels over the breast are left out.
    The image is flagged where that happened."""

    areola_radius_mm: float = Field(default=20.0, ge=0, le=60)
    """Calcifications this close to a nipple that was found with confidence are flagged; areolas are 30 to 50 mm
    wide."""
