"""The records that flow from the DICOM door through the stages to the outputs."""

from pipeline.model.anatomy import Breast, BreastSummary, Landmarks, Nipple
from pipeline.model.findings import Calcification, Candidate, Cluster, DistributionCall, MorphologyCall, Pattern, Vessel
from pipeline.model.image import Density, ImageIdentity, Mammogram, StoredPixels, density_of
from pipeline.model.particles import Channel, NoiseTable, Particle
from pipeline.model.point import Point
from pipeline.model.report import Counts, FileRow, Report
from pipeline.model.spread import Spread, Tally

__all__ = [
    "Breast",
    "BreastSummary",
    "Calcification",
    "Candidate",
    "Channel",
    "Cluster",
    "Counts",
    "Density",
    "DistributionCall",
    "FileRow",
    "ImageIdentity",
    "Landmarks",
    "Mammogram",
    "MorphologyCall",
    "Nipple",
    "NoiseTable",
    "Particle",
    "Pattern",
    "Point",
    "Report",
    "Spread",
    "StoredPixels",
    "Tally",
    "Vessel",
    "density_of",
]
