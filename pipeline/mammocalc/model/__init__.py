"""The records that flow from the DICOM reader through the stages to the outputs."""

from mammocalc.model.anatomy import Breast, BreastSummary, Landmarks, Nipple
from mammocalc.model.comparison import (
    CalcificationChange,
    ClusterChange,
    ComparedImage,
    Comparison,
    PairedBy,
    Registration,
    RegistrationKind,
)
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
from mammocalc.model.location import Location
from mammocalc.model.particles import NoiseTable, Particle, Scale
from mammocalc.model.point import Point
from mammocalc.model.report import Counts, FileRow, Report
from mammocalc.model.spread import Spread, Tally
from mammocalc.model.study import (
    BreastCall,
    ClusterReference,
    Finding,
    JoinedBy,
    Link,
    LinkBasis,
    Sighting,
    StudyReport,
    Unseen,
)

__all__ = [
    "Breast",
    "BreastCall",
    "BreastSummary",
    "Calcification",
    "CalcificationChange",
    "Candidate",
    "Cluster",
    "ClusterChange",
    "ClusterReference",
    "ComparedImage",
    "Comparison",
    "Counts",
    "Density",
    "DistributionCall",
    "FileRow",
    "Finding",
    "ImageIdentity",
    "JoinedBy",
    "Landmarks",
    "Link",
    "LinkBasis",
    "Location",
    "Mammogram",
    "MorphologyCall",
    "Nipple",
    "NoiseTable",
    "PairedBy",
    "Particle",
    "Pattern",
    "Point",
    "Registration",
    "RegistrationKind",
    "Report",
    "Scale",
    "Sighting",
    "Spread",
    "StoredPixels",
    "StudyReport",
    "Tally",
    "Unseen",
    "Vessel",
    "density_of",
]
