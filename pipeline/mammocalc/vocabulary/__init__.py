"""What words mean: labels, codes, flags, errors, geometry."""
