"""Settings of scoring: distances, rates, bins and the bootstrap."""

from __future__ import annotations

from pydantic import Field

from mammocalc.model.settings import Settings


class ScoringSettings(Settings):
    """When something counts as found, and how uncertain the figures are."""

    hit_radius_mm: float = Field(default=0.5, gt=0, le=5)
    """A mark finds a calcification when it lies within this distance, or within half the true diameter where that is
    more. 0.5 mm: 7 pixels of 0.07 mm, as GravityNet was scored."""

    strict_radius_mm: float = Field(default=0.35, gt=0, le=5)
    """The same, matched strictly, and whatever the diameter. 0.35 mm: 5 pixels of 0.07 mm, as HDoGReg was scored."""

    body_rim_mm: float = Field(default=0.15, ge=0, le=5)
    """A mark within half the true length and this is on the body of a calcification: no false one, even where it is too
    far from the middle to find it. A pixel or two of blur, as the training of the classifier counts."""

    cluster_margin_mm: float = Field(default=1.0, ge=0, le=10)
    """The centroid of a found cluster may lie this far outside the convex hull of the true one: about the distance
    between neighbours in a dense cluster, so that the one missed at the edge does not decide."""

    cluster_members: int = Field(default=3, ge=1, le=20)
    """So many members of a true cluster must have been found one by one: three within 1 cm2 is what detection studies
    ask for since Kallergi 1999."""

    cluster_overlap: float = Field(default=0.2, gt=0, le=1)
    """A cluster is found as well where intersection over union of the two hulls reaches this share: a fifth, for hulls
    of few points are coarse."""

    kallergi_smallest_share: float = Field(default=0.5, gt=0, le=1)
    """Kallergi's rule: the found area is at least this share of the true one (Med Phys 26:267, 1999)."""

    kallergi_largest_factor: float = Field(default=4.0, ge=1)
    """Kallergi's rule: and at most this many times the true one."""

    kallergi_neighbour_mm: float = Field(default=14.142, gt=0)
    """Kallergi's rule: members that count have a found neighbour closer than the square root of 2 cm."""

    kallergi_circle_mm2: float = Field(default=100.0, gt=0)
    """Kallergi's rule: the three found members lie within a circle of 1 cm2."""

    area_margin_mm: float = Field(default=0.5, gt=0, le=5)
    """Hulls are widened by this before their areas are compared, so that a row of points has an area as well."""

    rates: tuple[float, ...] = (0.1, 0.2, 1 / 3, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
    """False marks per image at which the share of found ones is listed. 0.2, 1 and 3 are the goals of the project, the
    rest lets curves of other studies be compared."""

    rates_per_cm2: tuple[float, ...] = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
    """The same per cm2 of breast: a hundredth is one false mark on a breast of 100 cm2."""

    diameter_edges_mm: tuple[float, ...] = (0.2, 0.3, 0.5, 1.0)
    """Where the bins of the true diameter begin and end: about two and four pixels of common detectors, the two limits
    between micro and macro in use."""

    detectability_edges: tuple[float, ...] = (5.0, 8.0, 12.0, 20.0)
    """Where the bins of the matched filter's signal-to-noise ratio begin and end: 5 is the limit of certain detection
    of a known signal (Rose), 8 what any detector must find."""

    effective_edges: tuple[float, ...] = (4.0, 5.0, 6.0, 8.0, 12.0, 20.0)
    """Where the bins of the effective ratio begin and end. It alone decides what is found, in simulated and in real
    images alike: nearly nothing below 5, half from 6 to 8, and nearly all beyond."""

    sure_effective: float = Field(default=8.0, gt=0)
    """Calcifications of at least this effective ratio are listed as one group as well, and the specks among them
    (`speck_mm`)."""

    peak_edges: tuple[float, ...] = (5.0, 10.0, 20.0, 40.0)
    """Where the bins of the height of inserted calcifications begin and end, in stored grey levels: 10 is the goal of
    the project on images of 8 bits."""

    sure_detectability: float = Field(default=8.0, gt=0)
    """Calcifications of at least this signal-to-noise ratio are listed as one group as well: the ones that any detector
    must find."""

    clear_peak: float = Field(default=10.0, gt=0)
    """Inserted calcifications of at least this height in stored grey levels are listed as one group as well."""

    speck_mm: tuple[float, float] = (0.15, 0.6)
    """Of those, and of those with a sure effective ratio, the ones with a diameter within these limits are groups of
    their own: the specks that the project's goals for inserted ones speak of."""

    limit_margin_px: float = Field(default=1.0, ge=0)
    """Macro or micro is also scored without calcifications whose true width lies this close to the limit: no
    measurement is better than the pixel."""

    size_tolerance_mm: float = Field(default=0.12, gt=0)
    """A diameter is right within this, or within `size_tolerance_share` of it if that is more: the goal of the
    project."""

    size_tolerance_share: float = Field(default=0.1, gt=0, lt=1)
    """See `size_tolerance_mm`."""

    replicates: int = Field(default=1000, ge=20, le=100_000)
    """Draws of the bootstrap: at 1000 the ends of a 95 % interval are stable to about a tenth of its width."""

    seed: int = Field(default=20_250_101, ge=0)
    """Seed of the bootstrap's generator (PCG64), fixed so that equal input gives equal intervals."""

    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    """Share of the draws within an interval."""
