"""The records that flow from the DICOM door through the stages to the outputs."""

from mammocalc.model.anatomy import Breast, BreastSummary, Landmarks, Nipple
from mammocalc.model.findings import (
    Calcification,
    Candidate,
    Cluster,
    DistributionCall,
    MorphologyCall,
    Pattern,
    Vessel,
)
from mammocalc.model.image import Density, ImageIdentity, Mammogram, StoredPixels, density_of
from mammocalc.model.particles import Channel, NoiseTable, Particle
from mammocalc.model.point import Point
from mammocalc.model.report import Counts, FileRow, Report
from mammocalc.model.spread import Spread, Tally
from mammocalc.model.study import BreastCall, JoinedBy, StudyReport

__all__ = [
    "Breast",
    "BreastCall",
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
    "JoinedBy",
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
    "StudyReport",
    "Tally",
    "Vessel",
    "density_of",
]
