"""Limits that several rules for arteries share."""

from typing import Final

HALF_WIDTH_MM: Final = 2.5
"""Calcifications this far from the middle line belong to its chain: arteries of the breast are up to 4 mm wide."""

MAX_SHARE_BESIDE: Final = 0.15
"""Most calcifications between 1 and 6 mm beside a chain, as a share of its own. An artery runs alone: the real and
simulated ones had up to 0.14, chains through wedges, regions and groups 0.1 to 1."""

ELONGATED: Final = 1.6
"""From this ratio of its outline's axes on a particle is called elongated. Plaques have 1.7 to 5."""

MIN_ALIGNMENT: Final = 0.4
"""Smallest alignment of a chain: the mean of (ratio of axes - 1, at most 2) times the cosine of twice the angle to the
chain; 0 for round particles and for any direction alike. Simulated arteries have 0.4 to 1.5, linear patterns up to
0.43, others up to 0.2."""

MIN_ELONGATED_SHARE: Final = 0.6
"""Tracks: smallest share of elongated particles. Arteries have 0.7 to 1, ducts with casts up to 0.5."""

TRACK_GAP_MM: Final = (1.0, 4.2)
"""Tracks: the distance between the two walls, nearest and farthest."""

SOME_TRACK_SHARE: Final = 0.15
"""Tracks: where the tube is clear, fewer particles need one opposite, if the alignment is at least 0.6."""

MIN_RAIL_COUNT: Final = 8
"""Rows: fewest particles in both, of which most are elongated. Particles that fill a band evenly fall into two even
rows by chance in three of a hundred sets of eight, and more often the fewer they are."""

MIN_TUBE_CLARITY: Final = 0.75
"""Tube: smallest median of its clarity: the curvature across the chain minus the one along it, of the image blurred by
a vessel's width, over the root mean square of the curvature around. Arteries of real images have 0.78 to 2.9, most
chains of other calcifications less than 0.5; a few have more and are told by the other numbers."""

MIN_CLEAR_SHARE: Final = 0.7
"""Tube: smallest share of the chain along which its clarity is at least 0.5."""

MIN_TUBE_LENGTH_MM: Final = 40.0
"""Tube: shortest length of the chain and of what goes on of the tube beyond both ends. The longest of ducts that
calcify in a line is about 30 mm."""

GROW_MM: Final = 20.0
"""How far ahead of an artery's end the next elongated particle, or the next chain, in its direction is taken up:
arteries calcify in stretches."""
