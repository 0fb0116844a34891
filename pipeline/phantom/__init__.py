"""Synthetic mammograms with planted truth."""
