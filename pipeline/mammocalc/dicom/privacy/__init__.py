"""Identifying attributes of a header, and the pseudonyms that replace them."""
