"""Worker processes, and what one image may cost in them."""
