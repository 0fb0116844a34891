"""How particles are measured, and where macro begins."""

from pydantic import Field

from mammocalc.model.settings import Settings


class MeasureSettings(Settings):
    """How particles are measured, and where macro begins."""

    macro_min_width_mm: float = Field(default=1.0, gt=0, le=5)
    """A calcification at least this wide is a macrocalcification. 1 mm follows the Human Phenotype Ontology
    (HP:0040403) and most detection studies; several clinical texts draw the line at 0.5 mm. The width decides, not the
    length, so that a fine linear cast stays micro. Sizes are stored, so the split can be made again."""

    detector_blur_mm: float = Field(default=0.08, ge=0, le=0.5)
    """Full width at half maximum of the detector's own blur, taken out of the measured diameters together with that of
    the pixels and of the filter. 0.08 mm is typical of amorphous selenium; it matters below 0.3 mm only."""
