"""What a run writes of one image: one file of this room for each kind, and the tuple of all of them in `written`."""
