"""Landmarks: the pectoral muscle and the nipple."""

from mammocalc.stages.landmarks.landmarks import find_landmarks

__all__ = ["find_landmarks"]
