"""A position in an image."""

Point = tuple[float, float]
"""A position: 0-based (row, column) in pixels of the stored image; (0, 0) is the centre of the top-left pixel."""
