"""Mammocalc: from a folder of DICOM mammograms to calcifications, their sizes and their distribution."""

__version__ = "0.2.0.dev0"
