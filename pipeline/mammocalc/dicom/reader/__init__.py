"""A file becomes a `Mammogram`, or an error that says why not."""
