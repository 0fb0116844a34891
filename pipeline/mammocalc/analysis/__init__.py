"""Which stages run in which order: what makes a report of an image."""
