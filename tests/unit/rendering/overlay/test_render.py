from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from mammocalc.rendering.overlay import OverlaySettings, encode_overlay, encode_thumbnail, render_overlay
from mammocalc.rendering.overlay.picture import Placement, breast_mask, close_up
from mammocalc.rendering.palette import APPEARANCES, ARTERY
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import DESCRIPTORS, Distribution, Flag

if TYPE_CHECKING:
    from collections.abc import Callable

SETTINGS = OverlaySettings()
SMALL = OverlaySettings(max_side_px=900, insets=2)
GROUP = ((500.0, 300.0), (530.0, 310.0), (515.0, 335.0), (540.0, 340.0), (525.0, 320.0))


def place(rendered: Any, row: float, column: float) -> tuple[int, int]:
    """Give the overlay's pixel that holds the centre of a stored pixel: (y, x)."""
    x = rendered.offset[0] + rendered.scale * (column + 0.5)
    y = rendered.offset[1] + rendered.scale * (row + 0.5)
    return int(y), int(x)


def picture_of(rendered: Any, rows: int, columns: int) -> np.ndarray:
    """Cut out the stored image's part of the overlay."""
    top, left = round(rendered.offset[1]), round(rendered.offset[0])
    part = rendered.image[top : top + round(rows * rendered.scale), left : left + round(columns * rendered.scale)]
    return np.asarray(part)


def test_scale_and_offset_trace_a_particle_back(make_example: Callable[..., Any]) -> None:
    example = make_example(singles=((400.0, 200.0, 9.0), (800.0, 310.0, 9.0)))
    for settings in (SETTINGS, SMALL):
        rendered = render_overlay(example.mammogram, example.report, settings)
        for row, column in ((400, 200), (800, 310)):
            y, x = place(rendered, row, column)
            around = rendered.image[y - 12 : y + 13, x - 12 : x + 13, 0].astype(float)
            bright = around > 0.8 * around.max()
            centre = np.argwhere(bright & (np.hypot(*np.indices(around.shape) - 12) < 6 * rendered.scale)).mean(axis=0)
            assert np.abs(centre - 12).max() < 1.0


def test_nothing_is_drawn_inside_a_mark(make_example: Callable[..., Any]) -> None:
    points = tuple((500.0 + 7 * (index // 5), 300.0 + 7 * (index % 5)) for index in range(25))
    example = make_example(((Distribution.GROUPED, points),), label=Distribution.GROUPED)
    settings = SETTINGS.model_copy(update={"labels": 0})
    marked = picture_of(render_overlay(example.mammogram, example.report, settings), 1200, 900)
    bare_report = replace(example.report, calcifications=(), clusters=())
    bare = picture_of(render_overlay(example.mammogram, bare_report, settings), 1200, 900)
    scale = marked.shape[0] / 1200
    rows, columns = np.indices(marked.shape[:2])
    hidden = np.any(marked != bare, axis=2)
    for row, column in points:
        near = np.hypot(rows - (row + 0.5) * scale, columns - (column + 0.5) * scale) < 2 * scale + 0.7 * 10 * scale
        assert not hidden[near].any()
    assert hidden.any()


def test_marks_carry_the_colour_of_their_distribution(make_example: Callable[..., Any]) -> None:
    for label in DESCRIPTORS:
        example = make_example(((label, GROUP),), label=label)
        picture = picture_of(render_overlay(example.mammogram, example.report, SMALL), 1200, 900)
        assert (picture == np.array(APPEARANCES[label].colour)).all(axis=2).sum() > 20


def test_macro_and_micro_marks_differ_in_shape(make_example: Callable[..., Any]) -> None:
    settings = SETTINGS.model_copy(update={"insets": 0})
    corners = {}
    for name, diameter in (("micro", 9.0), ("macro", 12.0)):
        example = make_example(singles=((600.0, 300.0, diameter),))
        rendered = render_overlay(example.mammogram, example.report, settings)
        y, x = place(rendered, 600, 300)
        half = round((diameter / 2 + 10) * rendered.scale)
        corners[name] = rendered.image[y - half - 3 : y - half + 4, x - half - 3 : x - half + 4].max()
    assert corners["macro"] == 255
    assert corners["micro"] < 200


def test_arteries_have_a_mark_and_a_colour_of_their_own(make_example: Callable[..., Any]) -> None:
    example = make_example(singles=((600.0, 300.0, 9.0),))
    artery = replace(example.report.calcifications[0], flags=frozenset({Flag.VASCULAR}))
    shown = {}
    for name, item in (("artery", artery), ("other", example.report.calcifications[0])):
        report = replace(example.report, calcifications=(item,))
        rendered = render_overlay(example.mammogram, report, SETTINGS.model_copy(update={"insets": 0}))
        y, x = place(rendered, 600, 300)
        half = round((9.0 / 2 + 10) * rendered.scale)
        picture = rendered.image[y - 2 * half : y + 2 * half, x - 2 * half : x + 2 * half]
        shown[name] = (picture == np.array(ARTERY)).all(axis=2)
    assert shown["artery"].sum() > 20
    assert not shown["other"].any()
    assert np.ptp(np.nonzero(shown["artery"])[0]) > 2.5 * half  # from corner to corner; a ring is 2.2 across


def test_what_is_left_out_as_benign_has_a_colour_of_its_own_within_a_cluster_too(
    make_example: Callable[..., Any],
) -> None:
    group = tuple((500.0 + 60 * (n // 3), 200.0 + 60 * (n % 3)) for n in range(9) if n != 4)
    example = make_example(((Distribution.INDETERMINATE, group),), singles=((560.0, 260.0, 12.0),))
    sand = np.array(APPEARANCES[Distribution.TYPICALLY_BENIGN].colour)
    shown = {}
    for why in (None, "rim (90 %)"):
        *others, last = example.report.calcifications
        report = replace(example.report, calcifications=(*others, replace(last, left_out=why)))
        picture = picture_of(
            render_overlay(example.mammogram, report, SETTINGS.model_copy(update={"insets": 0})), 1200, 900
        )
        shown[why] = (picture == sand).all(axis=2).sum()
    assert shown[None] == 0
    assert shown["rim (90 %)"] > 20


def test_the_course_of_an_artery_is_drawn_on_the_breast_and_in_its_inset(
    make_example: Callable[..., Any], put_in_vessel: Callable[..., Any]
) -> None:
    example = make_example(singles=((500.0, 200.0, 4.0), (560.0, 200.0, 4.0)), label=Distribution.VASCULAR)
    whole = render_overlay(example.mammogram, put_in_vessel(example.report, 0, 1), SETTINGS)
    bare = replace(put_in_vessel(example.report, 0, 1), vessels=())
    plain = render_overlay(example.mammogram, bare, SETTINGS.model_copy(update={"insets": 0}))
    y, x = place(whole, 530, 200)
    around = (slice(y - 3, y + 4), slice(x - 3, x + 4))
    assert (whole.image[around] != plain.image[around]).any()
    inset = whole.image[:, plain.image.shape[1] :]
    rows = np.nonzero((inset == np.array(ARTERY)).all(axis=2).any(axis=1))[0]
    assert len(rows) > 60  # two marks and the way between them


def test_everything_outside_the_breast_is_black(make_example: Callable[..., Any]) -> None:
    example = make_example(singles=((600.0, 300.0, 9.0),))
    rendered = render_overlay(example.mammogram, example.report, SETTINGS)
    text = example.mammogram.pixels.codes == 4000
    assert text.sum() > 500  # the name is in the pixels
    picture = picture_of(rendered, 1200, 900)
    inside = breast_mask(example.report.breast, Placement(rendered.scale), picture.shape[:2], 0.0)
    far = np.asarray(cv2.distanceTransform(255 - inside, cv2.DIST_L2, 5)) > 30 * rendered.scale
    lettered = cv2.resize(text.astype(np.uint8), picture.shape[1::-1], interpolation=cv2.INTER_NEAREST) > 0
    assert picture[far & lettered].max(initial=0) == 0
    assert rendered.thumbnail[-20:, rendered.thumbnail.shape[1] // 2 :].max() == 0


def test_without_an_outline_the_image_is_not_shown(make_example: Callable[..., Any]) -> None:
    example = make_example(outline=False)
    rendered = render_overlay(example.mammogram, example.report, SETTINGS)
    picture = picture_of(rendered, 1200, 900)
    assert picture[200:-200].max() == 0
    assert rendered.thumbnail.max() == 0


def test_padding_is_black_and_grey_levels_are_those_of_the_file(make_example: Callable[..., Any]) -> None:
    example = make_example()
    pixels = example.mammogram.pixels
    codes = np.full_like(pixels.codes, 1500)
    codes[500:700] = 0
    pixels = replace(pixels, codes=codes, display_grey=np.full(4096, 130, dtype=np.uint8))
    rendered = render_overlay(replace(example.mammogram, pixels=pixels), example.report, SETTINGS)
    assert rendered.image[place(rendered, 400, 200)].tolist() == [130, 130, 130]
    assert rendered.image[place(rendered, 600, 200)].tolist() == [0, 0, 0]


@pytest.mark.parametrize("shape", [(60, 40), (500, 1600), (1600, 500), (1, 1)])
def test_images_of_any_shape_are_drawn(make_example: Callable[..., Any], shape: tuple[int, int]) -> None:
    example = make_example(shape=shape, singles=((shape[0] / 2, shape[1] / 4, 3.0),))
    rendered = render_overlay(example.mammogram, example.report, SETTINGS)
    assert rendered.image.shape[2] == 3
    assert rendered.scale <= 2


def test_an_image_without_spacing_says_so_and_is_drawn(make_example: Callable[..., Any]) -> None:
    flags = frozenset({Flag.UNCALIBRATED})
    example = make_example(singles=((600.0, 300.0, 6.0),), spacing=None, flags=flags)
    calibrated = make_example(singles=((600.0, 300.0, 6.0),))
    first = render_overlay(example.mammogram, example.report, SMALL).image
    second = render_overlay(calibrated.mammogram, calibrated.report, SMALL).image
    assert first.shape == second.shape
    assert not np.array_equal(first, second)


def test_side_and_scale_bar_make_way_for_marks(make_example: Callable[..., Any]) -> None:
    settings = SETTINGS.model_copy(update={"insets": 0})
    for row in (20.0, 1180.0):
        example = make_example(singles=((row, 840.0, 6.0),))
        rendered = render_overlay(example.mammogram, example.report, settings)
        y, x = place(rendered, row, 840.0)
        ring = rendered.image[y - 25 : y + 26, x - 25 : x + 26]
        assert (ring > 200).sum() > 100  # the ring is whole ...
        assert ring[20:31, 20:31].max() == 0  # ... and nothing is written in it


def test_findings_of_other_frames_are_left_out(make_example: Callable[..., Any]) -> None:
    example = make_example(((Distribution.GROUPED, GROUP),), label=Distribution.GROUPED)
    elsewhere = replace(
        example.report, calcifications=tuple(replace(item, frame=3) for item in example.report.calcifications)
    )
    picture = picture_of(render_overlay(example.mammogram, elsewhere, SMALL), 1200, 900)
    assert not (picture == np.array(APPEARANCES[Distribution.GROUPED].colour)).all(axis=2).any()


def test_the_corners_of_an_inset_that_shows_a_part_are_marked_on_the_picture(make_example: Callable[..., Any]) -> None:
    wide = tuple((200.0 + 25 * (index // 5), 40.0 + 30 * (index % 5)) for index in range(160))
    example = make_example(((Distribution.REGIONAL, wide),), shape=(5000, 4000), label=Distribution.REGIONAL)
    shown, bare = (
        render_overlay(example.mammogram, example.report, SMALL.model_copy(update={"insets": insets, "labels": 0}))
        for insets in (1, 0)
    )
    height, width = bare.image.shape[:2]
    assert (shown.image[: round(0.8 * height), :width] != bare.image[: round(0.8 * height)]).any(axis=2).sum() > 100


@pytest.mark.parametrize(("is_exposure", "denser_is_larger"), [(False, False), (True, False), (True, True)])
def test_insets_show_dense_bright_whatever_the_values_mean(
    make_example: Callable[..., Any], *, is_exposure: bool, denser_is_larger: bool
) -> None:
    example = make_example(singles=((600.0, 300.0, 15.0),))
    pixels = example.mammogram.pixels
    values = np.linspace(100, 5000, 4096) if denser_is_larger else np.linspace(5000, 100, 4096)
    turned = replace(pixels, modality_values=values, is_exposure=is_exposure, denser_is_larger=denser_is_larger)
    picture, placement = close_up(
        replace(example.mammogram, pixels=turned), example.report.breast, (560, 260), (160, 160), 2
    )
    x, y = placement.to_xy(((600.0, 300.0),))[0].astype(int)
    assert picture[y, x].min() >= 160
    assert picture.mean() < 130


def test_an_inset_beyond_the_image_is_black(make_example: Callable[..., Any]) -> None:
    example = make_example()
    for corner in ((5000, 5000), (-900, -900), (0, 880)):
        assert close_up(example.mammogram, example.report.breast, corner, (90, 90), 2)[0].max() == 0


def test_a_crowd_of_clusters_is_drawn(make_example: Callable[..., Any]) -> None:
    random = np.random.default_rng(2)
    clusters = []
    for index in range(40):
        centre = random.uniform((300, 50), (900, 450))
        points = tuple((float(row), float(column)) for row, column in random.normal(0, 15, (6, 2)) + centre)
        clusters.append((DESCRIPTORS[index % 5], points))
    example = make_example(tuple(clusters), label=Distribution.DIFFUSE)
    rendered = render_overlay(example.mammogram, example.report, SETTINGS)
    assert rendered.image.shape[1] > round(900 * rendered.scale)


def test_equal_input_gives_equal_bytes(make_example: Callable[..., Any]) -> None:
    example = make_example(((Distribution.LINEAR, GROUP),), label=Distribution.LINEAR)
    first, second = (render_overlay(example.mammogram, example.report, SMALL) for _ in range(2))
    assert encode_overlay(first, SMALL) == encode_overlay(second, SMALL)
    assert encode_thumbnail(first) == encode_thumbnail(second)


def test_png_keeps_every_pixel_and_jpeg_keeps_colours(make_example: Callable[..., Any]) -> None:
    example = make_example(((Distribution.SEGMENTAL, GROUP),), label=Distribution.SEGMENTAL)
    rendered = render_overlay(example.mammogram, example.report, SMALL)
    data, ending = encode_overlay(rendered, SMALL.model_copy(update={"format": "png"}))
    assert ending == ".png"
    decoded = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    assert np.array_equal(decoded[:, :, ::-1], rendered.image)
    data, ending = encode_overlay(rendered, SMALL)
    assert ending == ".jpg"
    decoded = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    assert np.abs(decoded[:, :, ::-1].astype(int) - rendered.image).mean() < 3


def test_a_full_field_image_is_drawn_in_the_time_of_a_few_filters(make_example: Callable[..., Any]) -> None:
    clusters = tuple(
        (label, tuple((row + 600.0 * index, column + 150.0 * index) for row, column in GROUP))
        for index, label in enumerate((Distribution.GROUPED, Distribution.LINEAR, Distribution.REGIONAL))
    )
    example = make_example(clusters, shape=(3328, 2560), spacing=PixelSpacing(0.07, 0.07))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (15, 15))
    render_overlay(example.mammogram, example.report, SETTINGS)

    def best_of_three(work: Callable[[], object]) -> float:
        times = []
        for _ in range(3):
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
        return min(times)

    unit = best_of_three(lambda: cv2.morphologyEx(example.mammogram.pixels.codes, cv2.MORPH_TOPHAT, kernel))
    taken = best_of_three(lambda: render_overlay(example.mammogram, example.report, SETTINGS))
    # About 2 on an idle machine; the limit leaves room for a busy one.
    assert taken / unit < 10
