"""Limits of the definitions for which the atlases give no number, shared by criteria and reasons."""

from typing import Final

LINEAR_MIN_ELONGATION: Final = 4.0
"""Linear: standard deviation along over that across. 90 % of simulated lines exceed 5.5; 90 % of wedges stay below
3.4."""

LINEAR_MAX_WIDTH_MM: Final = 4.0
"""Linear: largest width. Simulated ducts stay below 2.9 mm, wedges above 8 mm."""

LINEAR_MIN_LINE_SHARE: Final = 0.8
"""Linear: smallest share of the spanning tree that its longest path takes."""

SEGMENTAL_MAX_AXIS_DEGREES: Final = 25.0
"""Segmental: the main axis points to the nipple at least this well."""

SEGMENTAL_MAX_SPAN_DEGREES: Final = 70.0
"""Segmental: a lobe is seen from the nipple under at most this angle."""

SEGMENTAL_MIN_RATIO: Final = 1.25
"""Segmental: radial spread over transverse spread. Twice is what one would like to ask for, and loses five of six
simulated wedges."""
