"""What every test can use: a small mammogram of known content."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import settings

from mammocalc.model import ImageIdentity, Mammogram, StoredPixels
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import Flag, Laterality, PresentationIntent, SpacingSource, View

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

settings.register_profile("untimed", deadline=None)  # how long a case takes says more of the machine than of the code
settings.load_profile("untimed")

Speck = tuple[float, float, float]
"""Row, column and diameter in mm."""


def _mammogram(
    specks: Sequence[Speck] = (), *, spacing_mm: float = 0.1, is_calibrated: bool = True, seed: int = 1
) -> Mammogram:
    """Draw a breast of 60 x 45 mm at the left border, with discs on it."""
    shape = (round(70 / spacing_mm), round(55 / spacing_mm))
    row, column = np.indices(shape) * spacing_mm
    values = np.where(((row - 35) / 30) ** 2 + (column / 45) ** 2 <= 1, 2000.0, 0.0)
    is_breast = values > 0
    for row_mm, column_mm, diameter_mm in specks:
        away = np.hypot(row - row_mm, column - column_mm)
        values += 500 * np.clip((diameter_mm / 2 - away) / spacing_mm + 0.5, 0, 1)
    values += np.where(is_breast, np.random.default_rng(seed).normal(0, 15, shape), 0)
    codes = np.clip(np.rint(values), 0, 4095).astype(np.uint16)
    identity = ImageIdentity(
        sop_instance_uid="1.2.3",
        sop_class_uid="1.2.840.10008.5.1.4.1.1.1.2",
        series_instance_uid="1.2",
        study_instance_uid="1",
        patient_key=None,
        laterality=Laterality.LEFT,
        view=View.CC,
        view_modifiers=(),
        patient_orientation=(),
        breast_implant_present=None,
        presentation_intent=PresentationIntent.FOR_PRESENTATION,
        manufacturer="",
        manufacturer_model_name="",
        rows=shape[0],
        columns=shape[1],
        number_of_frames=1,
    )
    pixels = StoredPixels(
        codes,
        np.arange(4096.0),
        np.zeros(4096, bool),
        np.zeros(4096, np.uint8),
        is_exposure=False,
        denser_is_larger=True,
    )
    if not is_calibrated:
        return Mammogram(identity, 0, pixels, None, SpacingSource.NONE, frozenset({Flag.UNCALIBRATED}))
    return Mammogram(identity, 0, pixels, PixelSpacing(spacing_mm, spacing_mm), SpacingSource.IMAGER)


@pytest.fixture(scope="session")
def make_mammogram() -> Callable[..., Mammogram]:
    return _mammogram
