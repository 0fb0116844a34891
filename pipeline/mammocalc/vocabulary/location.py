"""The words for a place in the breast, as in DICOM CID 6018, 6020 and 6024."""

from __future__ import annotations

from enum import StrEnum


class UpperLower(StrEnum):
    """Side of the nipple in a view from the side."""

    UPPER = "upper"
    LOWER = "lower"


class OuterInner(StrEnum):
    """Side of the nipple in a view from above."""

    OUTER = "outer"
    INNER = "inner"


class Quadrant(StrEnum):
    """The quadrants of DICOM CID 6020."""

    UPPER_OUTER = "upper_outer"
    UPPER_INNER = "upper_inner"
    LOWER_OUTER = "lower_outer"
    LOWER_INNER = "lower_inner"


class Region(StrEnum):
    """The regions of DICOM CID 6018 that this program names."""

    SUBAREOLAR = "subareolar"
    """Behind the nipple, in the anterior third."""
    CENTRAL = "central"
    """Behind the nipple, deeper."""
    AXILLARY_TAIL = "axillary_tail"


class Depth(StrEnum):
    """Thirds of the breast's depth, DICOM CID 6024."""

    ANTERIOR = "anterior"
    MIDDLE = "middle"
    POSTERIOR = "posterior"
