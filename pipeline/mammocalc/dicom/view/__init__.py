"""Which breast, and which view of it."""
