"""The analysis of one image: the order of the stages and the report they make."""
