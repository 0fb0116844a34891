"""What in a header names a person, and under which names images go instead."""
