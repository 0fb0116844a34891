"""Many pairs of images: the runs that they are in, the folder of a comparison, and one pair after the other."""
