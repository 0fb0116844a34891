"""What a user may want to set about arteries."""

from pydantic import Field

from mammocalc.model.settings import Settings


class VesselSettings(Settings):
    """
    When calcifications are taken for the wall of an artery.

    A logistic regression on fifteen measurements says how probably each mark
    lies in the wall of an artery, and marks that one ridge of the image joins
    are judged together. Besides, a chain of marks is an artery by rules: its
    particles lie along it and nothing lies beside it, and either they form two
    parallel tracks, or a tube of the image goes along it and on
    (docs/pipeline.md). Calcifications in a duct must not be taken for it, so
    every number leaves room to what simulated linear and segmental patterns
    reach.
    """

    leave_out: bool = True
    """Whether calcifications of arteries are looked for, flagged ``vascular`` and left out of clusters and of the
    distribution. They are listed and drawn in any case."""

    file: str | None = None
    """A model made by ``mammocalc train --vessels``; null for the one that comes with the program."""

    sure: float = Field(default=0.8, gt=0, lt=1)
    """How probable one mark of an artery has to be at least; the likely ones that are joined to it are taken along.
    Fewer than three marks, and rows that may point to the nipple, need 0.95 or this, whichever is more. Lower values
    find more arteries, and flag more of what is none."""

    reach_mm: float = Field(default=10.0, gt=0, le=40)
    """Longest gap in a chain. Arteries calcify in stretches; across longer gaps breasts full of scattered points would
    be chained."""

    min_length_mm: float = Field(default=9.0, gt=0, le=100)
    """Shortest chain, along its smoothed middle line: what is shorter has no direction to compare its particles
    with."""

    min_count: int = Field(default=5, ge=3, le=100)
    """Fewest calcifications of a chain: as many as make a group."""

    half_width_mm: float = Field(default=2.5, gt=0, le=10)
    """Calcifications this far from the middle line belong to its chain: arteries of the breast are up to 4 mm wide."""

    max_share_beside: float = Field(default=0.15, ge=0, le=2)
    """Most calcifications between 1 and 6 mm beside a chain, as a share of its own. An artery runs alone: the real and
    simulated ones had up to 0.14, chains through wedges, regions and groups 0.1 to 1."""

    elongated: float = Field(default=1.6, ge=1, le=5)
    """From this ratio of its outline's axes on a particle is called elongated. Plaques have 1.7 to 5."""

    min_alignment: float = Field(default=0.4, ge=-2, le=2)
    """Smallest alignment of a chain: the mean of (ratio of axes - 1, at most 2) times the cosine of twice the angle to
    the chain; 0 for round particles and for any direction alike. Simulated arteries have 0.4 to 1.5, linear patterns
    up to 0.43, others up to 0.2."""

    min_elongated_share: float = Field(default=0.6, ge=0, le=1)
    """Tracks: smallest share of elongated particles. Arteries have 0.7 to 1, ducts with casts up to 0.5."""

    track_gap_mm: tuple[float, float] = (1.0, 4.2)
    """Tracks: the distance between the two walls, nearest and farthest."""

    min_track_share: float = Field(default=0.3, gt=0, le=1)
    """Tracks: smallest share of particles that have a parallel one, within 25 degrees, on the other wall within 3 mm
    along it. Simulated arteries have 0.3 to 0.9, other simulated patterns up to 0.22."""

    min_track_clarity: float = Field(default=0.35, ge=-5, le=20)
    """Tracks: smallest clarity of a tube between them (see `min_tube_clarity`). Tracks without a vessel are
    not arteries: rods of two ducts side by side had 0.3, rims of round calcifications 0.2."""

    complete_track_share: float = Field(default=0.6, gt=0, le=1)
    """Tracks: where so many particles have one opposite, and there are ten of them along 15 mm, no tube is asked for:
    in dense tissue a vessel is not seen."""

    some_track_share: float = Field(default=0.15, gt=0, le=1)
    """Tracks: where the tube is clear, fewer particles need one opposite, if the alignment is at least 0.6."""

    short_track_share: float = Field(default=0.5, gt=0, le=1)
    """Tracks: where no tube is seen and the whole is no longer than a duct may be, this share of all neighbours faces a
    parallel one. Simulated arteries have 0.5 to 1, other patterns of elongated particles none."""

    min_track_count: int = Field(default=4, ge=3, le=100)
    """Tracks: so many neighbours, for two of them face two others."""

    min_track_agreement: float = Field(default=0.9, ge=0, le=1)
    """Tracks: how well the elongated ones agree in direction: the length of the mean of their doubled angles. Arteries
    have 0.93 to 1; pieces of rims and popcorn, which face each other as well, up to 0.7."""

    min_plaque_mm: float = Field(default=0.5, ge=0, le=10)
    """Tracks: shorter particles are not counted as elongated, for their outlines are a few pixels."""

    min_rail_count: int = Field(default=8, ge=6, le=100)
    """Rows: fewest particles in both, of which most are elongated. Particles that fill a band evenly fall into two even
    rows by chance in three of a hundred sets of eight, and more often the fewer they are."""

    max_unevenness: float = Field(default=0.2, gt=0, le=1)
    """Rows: largest standard deviation of the particles from their row, over half of the gap. Simulated arteries have
    0.04 to 0.14, casts that fill one duct or a wedge 0.25 to 0.9."""

    max_widening: float = Field(default=1.6, ge=1, le=10)
    """Rows: the gap at one end over the gap at the other. Walls stay apart as they are; two ducts draw apart away from
    the nipple."""

    min_shared: float = Field(default=0.3, ge=0, le=1)
    """Rows: smallest share of their whole length along which there are both."""

    min_rail_alignment: float = Field(default=0.8, ge=0, le=1)
    """Rows: smallest mean cosine of twice the angle between the particles and the middle line. Simulated arteries have
    0.87 to 0.99, wedges of casts up to 0.5."""

    min_tube_clarity: float = Field(default=0.75, ge=0, le=20)
    """Tube: smallest median of its clarity: the curvature across the chain minus the one along it, of the image
    blurred by a vessel's width, over the root mean square of the curvature around. Arteries of real images have 0.78
    to 2.9, most chains of other calcifications less than 0.5; a few have more and are told by the other numbers."""

    min_clear_share: float = Field(default=0.7, gt=0, le=1)
    """Tube: smallest share of the chain along which its clarity is at least 0.5."""

    min_tube_length_mm: float = Field(default=40.0, gt=0, le=300)
    """Tube: shortest length of the chain and of what goes on of the tube beyond both ends. The longest of ducts that
    calcify in a line is about 30 mm."""

    very_clear: float = Field(default=1.5, ge=0, le=20)
    """Tube: where it is this clear, grains that are not elongated are enough (alignment 0.1), if there are eight of
    them along 12 mm: a heavily calcified wall is mottled."""

    duct_length_mm: float = Field(default=30.0, ge=0, le=200)
    """Tube: a chain shorter than this that points to the nipple may be a duct, and is never called an artery for its
    tube; only for its tracks."""

    duct_axis_degrees: float = Field(default=20.0, ge=0, le=90)
    """Tube: how well it then points to the nipple."""

    tube_sigma_mm: float = Field(default=0.9, gt=0, le=5)
    """Standard deviation of the blur before a tube's curvature is taken; it fits vessels 1 to 3 mm wide."""

    grow_mm: float = Field(default=20.0, ge=0, le=60)
    """How far ahead of an artery's end the next elongated particle, or the next chain, in its direction is taken up:
    arteries calcify in stretches."""

    grow_tracks_mm: float = Field(default=40.0, ge=0, le=100)
    """How far ahead of an artery's end two parallel rows are taken up that may be walls by themselves: both together
    are surer than either."""

    grow_tube_mm: float = Field(default=60.0, ge=0, le=200)
    """How far beyond its ends the tube of an artery is followed for calcifications that lie on it."""
