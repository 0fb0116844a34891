"""Whatever an image holds, and whatever its shape, it is judged or refused with a reason."""

from dataclasses import replace

import cv2
import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mammocalc.analysis.image import analyse
from mammocalc.config import Config
from mammocalc.model import StoredPixels
from mammocalc.vocabulary.errors import ImageError
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import Distribution, View

CONTENTS = ("even", "strip", "band", "disc", "noise", "polygon")


def _drawn(content: str, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    height, width = shape
    values = np.zeros(shape)
    if content == "even":
        values[:] = rng.integers(0, 4095)
    elif content == "strip":
        values[:, : int(rng.integers(1, width))] = rng.normal(2000, 30, (height, 1))
    elif content == "band":
        values[int(rng.integers(height)) :] = 3000
    elif content == "noise":
        values = rng.normal(2000, 500, shape)
    elif content == "disc":
        at = int(rng.integers(width)), int(rng.integers(height))
        cv2.circle(values, at, int(rng.integers(1, max(shape))), 2000.0, -1)
    else:
        cv2.fillPoly(values, [rng.integers(-20, max(shape) + 20, (6, 2)).astype(np.int32)], 2000.0)
        is_inside = values > 0
        for _ in range(int(rng.integers(1, 40))):
            at = int(rng.integers(width)), int(rng.integers(height))
            cv2.circle(values, at, int(rng.integers(1, 6)), float(rng.integers(2100, 4000)), -1)
        values = (values + rng.normal(0, 12, shape)) * is_inside
    return np.clip(values, 0, 4095).astype(np.uint16)


@settings(max_examples=120, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.sampled_from(CONTENTS),
    shape=st.tuples(st.integers(4, 420), st.integers(4, 420)),
    spacing=st.sampled_from((None, (0.03, 0.03), (0.05, 0.05), (0.07, 0.1), (0.1, 0.1), (0.2, 0.2), (0.5, 0.5))),
    view=st.sampled_from((View.CC, View.MLO, View.UNKNOWN)),
    is_exposure=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_an_image_of_any_shape_and_content_is_judged_or_refused(
    make_mammogram, content, shape, spacing, view, is_exposure, seed
):
    mammogram = make_mammogram()
    codes = _drawn(content, shape, np.random.default_rng(seed))
    tables = np.arange(4096.0), np.zeros(4096, bool), np.zeros(4096, np.uint8)
    mammogram = replace(
        mammogram,
        pixels=StoredPixels(codes, *tables, is_exposure=is_exposure, denser_is_larger=True),
        identity=replace(mammogram.identity, rows=shape[0], columns=shape[1], view=view),
        spacing=None if spacing is None else PixelSpacing(*spacing),
    )
    try:
        report = analyse(mammogram, Config())
    except ImageError:
        return
    assert report.distribution.label in Distribution
    for one in report.calcifications:
        assert -1 <= one.row_px <= shape[0]
        assert -1 <= one.column_px <= shape[1]
