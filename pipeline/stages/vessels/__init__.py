"""Which calcifications lie in the wall of an artery: a ridge of the image runs through them, and little lies beside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline.lexicon import Flag
from pipeline.stages.vessels.arms import find_arms
from pipeline.stages.vessels.clarity import map_clarity
from pipeline.stages.vessels.joining import join_marks
from pipeline.stages.vessels.marks import FEATURES, ON_ARMS, describe_marks, measure_points
from pipeline.stages.vessels.settings import VesselSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.geometry import PixelSpacing
    from pipeline.logistic import LogisticModel
    from pipeline.model import Breast, Calcification, Channel, Landmarks

__all__ = ["FEATURES", "VesselSettings", "describe_calcifications", "find_vessels", "flag_vessels"]


def describe_calcifications(
    calcifications: Sequence[Calcification], channels: Sequence[Channel], breast: Breast, spacing: PixelSpacing
) -> NDArray[np.float64]:
    """
    Measure what speaks for each calcification being in the wall of an artery; the model is fitted on the same.

    Returns
    -------
    ndarray of float64, shape (n, len(FEATURES))
    """
    if not calcifications:
        return np.zeros((0, len(FEATURES)))
    points = measure_points(calcifications, spacing)
    return describe_marks(points, *find_arms(map_clarity(calcifications, channels, breast, spacing), points.at_mm))


def find_vessels(
    calcifications: Sequence[Calcification],
    channels: Sequence[Channel],
    breast: Breast,
    landmarks: Landmarks,
    spacing: PixelSpacing,
    model: LogisticModel,
    settings: VesselSettings,
) -> tuple[frozenset[int], ...]:
    """
    Find the calcifications in the wall of each artery.

    Parameters
    ----------
    calcifications : sequence of Calcification
        With their outlines.
    channels : sequence of Channel
        As they were searched; the image of one of them is looked at for ridges.
    breast : Breast
        Its box, and where it is.
    landmarks : Landmarks
        The nipple, to which ducts point.
    spacing : PixelSpacing
        Size of a pixel; it must be known.
    model : LogisticModel
        Asks for `FEATURES`.
    settings : VesselSettings
        How sure an artery has to be.

    Returns
    -------
    tuple of frozenset of int
        Indices into ``calcifications``, one set for each artery or stretch of
        one, none in two. Empty where none is found.
    """
    if not calcifications:
        return ()
    points = measure_points(calcifications, spacing)
    near, far = find_arms(map_clarity(calcifications, channels, breast, spacing), points.at_mm)
    table = describe_marks(points, near, far)
    nipple_mm = None
    if landmarks.nipple is not None:
        nipple_mm = spacing.to_mm(np.array([landmarks.nipple.row_px, landmarks.nipple.column_px]))
    probability = model.probabilities(table)
    sets = join_marks(probability, table[:, ON_ARMS], points.at_mm, far, nipple_mm, settings.sure)
    return tuple(frozenset(members.tolist()) for members in sets)


def flag_vessels(
    calcifications: Sequence[Calcification],
    channels: Sequence[Channel],
    breast: Breast,
    landmarks: Landmarks,
    spacing: PixelSpacing,
    model: LogisticModel,
    settings: VesselSettings,
) -> tuple[Calcification, ...]:
    """
    Flag the calcifications in the walls of arteries.

    Returns
    -------
    tuple of Calcification
        All of them in the same order, those of arteries (`find_vessels`) with
        ``vascular``.
    """
    sets = find_vessels(calcifications, channels, breast, landmarks, spacing, model, settings)
    members = frozenset().union(*sets)
    return tuple(
        replace(one, flags=one.flags | {Flag.VASCULAR}) if index in members else one
        for index, one in enumerate(calcifications)
    )
