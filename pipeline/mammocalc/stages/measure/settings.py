"""How particles are measured, and where macro begins."""

from typing import Annotated

from pydantic import Field

from mammocalc.model.settings import Settings


class MeasureSettings(Settings):
    """How particles are measured, and where macro begins."""

    macro_min_width_mm: float = Field(default=1.0, gt=0, le=5)
    """A calcification at least this wide is a macrocalcification. 1 mm follows the Human Phenotype Ontology
    (HP:0040403) and most detection studies; several clinical texts draw the line at 0.5 mm. The width decides, not the
    length, so that a fine linear cast stays micro. Sizes are stored, so the split can be made again."""

    level: float = Field(default=0.5, gt=0.1, lt=0.9)
    """Height of the contour, as a share of the particle's height above the background."""

    detector_blur_mm: float = Field(default=0.08, ge=0, le=0.5)
    """Full width at half maximum of the detector's own blur, taken out of the measured diameters together with that of
    the pixels and of the filter. 0.08 mm is typical of amorphous selenium; it matters below 0.3 mm only."""

    merge_share: float = Field(default=0.65, gt=0, lt=1)
    """Two peaks belong to one particle when the saddle between them is at least this share of the lower peak. Two
    specks a blur apart have a valley of half their height; the texture of one large calcification is shallower."""

    background_length_mm: float = Field(default=2.2, gt=0.1, le=10)
    """Length of the lines with which the background below a particle of the fine channels is found, those with shorter
    lines: well over that of the search, so that two particles that touch, or one of nearly that length, are no
    background themselves."""

    body_reaches_mm: Annotated[tuple[Annotated[float, Field(gt=0, le=20)], ...], Field(strict=False)] = (1.5, 3.0, 6.0)
    """Widths of the windows around a particle in which the whole body that it is part of is looked for."""

    body_min_length_mm: float = Field(default=0.6, gt=0, le=10)
    """Particles shorter than this are not taken for a part of something larger."""

    body_min_gain: float = Field(default=1.25, ge=1, le=10)
    """How many times the particle's area a body has at least; less is the same outline again."""

    body_min_solidity: float = Field(default=0.9, gt=0, le=1)
    """Smallest share of its convex hull that a body fills. Half of the simulated bodies exceed 0.95; half of what was
    taken for one, tissue and neighbours of a speck, stays below 0.79."""

    body_max_haze_mm: float = Field(default=0.5, gt=0, le=5)
    """Widest edge of a body. Nine of ten simulated ones have a sharper one than 0.6 mm; half of the patches of tissue
    with specks on them have a wider one."""

    body_min_evenness: float = Field(default=0.72, gt=0, le=1)
    """Smallest median height of a body as a share of the particle's. Nine of ten simulated ones exceed 0.73; a speck on
    a patch of tissue has about 0.65."""

    body_shortest_mm: float = Field(default=1.2, gt=0, le=10)
    """Shortest body: smaller particles are outlined whole."""

    body_longest_mm: float = Field(default=12.0, gt=0, le=50)
    """Longest body: calcified cysts exceed 1 cm (BI-RADS, rim); longer ones are mostly tissue or vessels."""

    finer_share: float = Field(default=0.75, gt=0, le=1)
    """A particle of a coarse channel that is shorter than this share of the next finer channel's lines is left to that
    channel, which sees it, and its neighbours, better."""

    longest_share: float = Field(default=1.5, ge=1, le=10)
    """A particle that is longer than this many times the lines its background was found with is part of something
    longer, a wire or a fibre, and is dropped."""

    near_skin_mm: float = Field(default=3.0, ge=0, le=20)
    """Calcifications closer than this to the skin line are flagged: skin calcifications and folds are found there."""
