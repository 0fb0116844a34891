from typing import Any

import numpy as np
import pytest

from mammocalc.model import Density
from mammocalc.stages.breast import find_breast
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import Flag, Medium, Reason


def _full_size(found, shape):
    cells = np.kron(found.is_breast, np.ones((found.cell_px, found.cell_px), bool))
    return cells[: shape[0], : shape[1]]


def test_the_breast_that_was_drawn_is_found(scene):
    made = scene()
    found = made.breast()
    seen = _full_size(found, made.shape)
    overlap = (seen & made.is_breast).sum() / (seen | made.is_breast).sum()
    assert overlap > 0.97
    assert found.chest_wall_is_left
    assert found.has_background
    assert found.flags == frozenset()


def test_a_label_in_the_background_is_not_breast(scene):
    made = scene()
    made.values[20:60, 450:530] = 3500.0
    found = made.breast()
    assert not _full_size(found, made.shape)[20:60, 450:530].any()


def test_a_label_that_hangs_on_by_a_thread_is_cut_off(scene):
    made = scene()
    made.values[300:302, 400:540] = 3000.0
    made.values[280:330, 500:545] = 3500.0
    found = made.breast()
    assert not _full_size(found, made.shape)[280:330, 505:545].any()


def test_a_label_is_not_joined_by_a_bright_line_along_the_edge_of_the_image(scene):
    made = scene()
    values = made.density().image.copy()
    values[:60, 440:520] = 65535
    values[300:305, -40:] = 65535
    values[:4, :] = 65535
    found = find_breast(Density(values, None), made.spacing, Medium.DIGITAL)
    assert not _full_size(found, made.shape)[:60, 440:520].any()


def test_the_bright_frame_of_a_film_is_not_breast(scene):
    made = scene()
    values = made.density().image.copy()
    values[:25], values[-25:], values[:, -20:] = 65535, 65535, 65535
    found = find_breast(Density(values, None), made.spacing, Medium.DIGITAL)
    seen = _full_size(found, made.shape)
    assert not seen[:20].any()
    assert not seen[-20:].any()
    assert not seen[:, -15:].any()
    assert (seen & made.is_breast).sum() / made.is_breast.sum() > 0.93


def test_a_breast_at_the_right_is_seen_to_be_there(scene):
    made = scene()
    mirrored = Density(np.ascontiguousarray(made.density().image[:, ::-1]), None)
    assert not find_breast(mirrored, made.spacing, Medium.DIGITAL).chest_wall_is_left


def test_nothing_is_judged_at_the_skin_or_at_the_edge_of_the_image(scene):
    made = scene()
    found = made.breast()
    cell_mm = found.cell_px * 0.1
    assert not found.is_searched[:, : int(1.5 / cell_mm)].any()
    assert (found.skin_distance_px[found.is_searched] * 0.1 > 1.0).all()
    assert found.is_searched.sum() > 0.8 * found.is_breast.sum()


def test_padding_is_kept_at_a_distance(scene):
    made = scene()
    is_padding = np.zeros(made.shape, bool)
    is_padding[:, 100:140] = True
    found = find_breast(Density(made.density().image, is_padding), made.spacing, Medium.DIGITAL)
    judged = np.kron(found.is_searched, np.ones((found.cell_px, found.cell_px), bool))
    assert not judged[:, 95:145].any()


def test_a_field_full_of_tissue_is_all_breast_and_says_so():
    rng = np.random.default_rng(3)
    values = rng.normal(30000, 4000, (300, 300)).clip(0, 65535).astype(np.uint16)
    found = find_breast(Density(values, None), PixelSpacing(0.1, 0.1), Medium.DIGITAL)
    assert found.is_breast.all()
    assert not found.has_background
    assert Flag.BREAST_OUTLINE_UNCERTAIN in found.flags


def test_a_speck_alone_is_no_breast():
    values = np.zeros((600, 600), np.uint16)
    values[300:340, 300:340] = 60000
    with pytest.raises(ImageUnreadableError) as caught:
        find_breast(Density(values, None), PixelSpacing(0.1, 0.1), Medium.DIGITAL)
    assert caught.value.reason is Reason.NO_BREAST
    assert "how it was exported" in caught.value.message


@pytest.mark.parametrize("side", ["top", "bottom", "right"])
def test_the_shadow_of_a_collimator_is_not_breast(scene, side):
    made = scene()
    values = made.density().image.copy()
    borders: dict[str, Any] = {"top": np.s_[:80], "bottom": np.s_[-80:], "right": np.s_[:, -60:]}
    border = borders[side]
    values[border] = 65535
    found = find_breast(Density(values, None), made.spacing, Medium.DIGITAL)
    seen = _full_size(found, made.shape)
    assert not seen[border][10:-10, 10:-10].any()
    beyond = np.ones(made.shape, bool)
    beyond[border] = False
    assert (seen & made.is_breast & beyond).sum() / (made.is_breast & beyond).sum() > 0.95


def test_a_strip_of_two_rows_is_refused():
    with pytest.raises(ImageUnreadableError, match=r"0\.2 mm narrow"):
        find_breast(Density(np.zeros((2, 2000), np.uint16), None), PixelSpacing(0.1, 0.1), Medium.DIGITAL)
