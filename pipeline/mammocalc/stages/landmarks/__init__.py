"""The pectoral muscle and the nipple: what radiologists orient themselves by."""

from mammocalc.stages.landmarks.landmarks import find_landmarks

__all__ = ["find_landmarks"]
