"""The pectoral muscle and the nipple: what radiologists orient themselves by."""

from mammocalc.stages.landmarks.landmarks import find_landmarks
from mammocalc.stages.landmarks.settings import LandmarkSettings

__all__ = ["LandmarkSettings", "find_landmarks"]
