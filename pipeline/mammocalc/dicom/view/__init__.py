"""Side and view."""
