"""SOP classes of mammograms, and of objects that may be some."""

from __future__ import annotations

from typing import Final

_IMAGES: Final = "1.2.840.10008.5.1.4.1.1."

TOMOSYNTHESIS: Final = f"{_IMAGES}13.1.3"
PROJECTION_CLASSES: Final = frozenset({f"{_IMAGES}13.1.4", f"{_IMAGES}13.1.5"})
"""Breast Projection X-Ray Image, for presentation and for processing."""
VOLUME_CLASSES: Final = frozenset(f"{_IMAGES}{tail}" for tail in ("2", "2.1", "2.2", "4", "4.1", "4.4"))
"""CT and MR images, plain, enhanced and converted: in their form slices of breasts are sent to old archives."""
MAMMOGRAPHY_CLASSES: Final = frozenset({f"{_IMAGES}1.2", f"{_IMAGES}1.2.1", TOMOSYNTHESIS, *PROJECTION_CLASSES})
"""Digital Mammography, Breast Tomosynthesis and Breast Projection X-Ray Image Storage."""
COMPUTED_RADIOGRAPHY: Final = f"{_IMAGES}1"
SECONDARY_CAPTURE_CLASSES: Final = frozenset(f"{_IMAGES}{tail}" for tail in ("7", "7.1", "7.2", "7.3", "7.4"))
RADIOGRAPHIC_CLASSES: Final = SECONDARY_CAPTURE_CLASSES | {
    COMPUTED_RADIOGRAPHY,
    f"{_IMAGES}1.1",  # Digital X-Ray, for presentation
    f"{_IMAGES}1.1.1",  # and for processing
}
"""Classes that hold mammograms where modality or body part says so."""
