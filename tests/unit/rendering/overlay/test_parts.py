from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mammocalc.model.letters import letter
from mammocalc.rendering.overlay.finding_labels import Label, _label_size, without_crossings
from mammocalc.rendering.overlay.insets import Place, choose_places, window_of
from mammocalc.rendering.overlay.labels import Box, place_labels
from mammocalc.rendering.overlay.marks import Mark, draw_marks, draw_outline, rounded_hull
from mammocalc.rendering.overlay.picture import Placement
from mammocalc.rendering.overlay.settings import OverlaySettings
from mammocalc.rendering.overlay.text import draw_text, line_height, printable, shortened, text_width, wrapped
from mammocalc.rendering.palette import APPEARANCES
from mammocalc.vocabulary.lexicon import DESCRIPTORS, Distribution, Flag

SETTINGS = OverlaySettings()
WHITE = (255, 255, 255)


def blank(height: int = 200, width: int = 300) -> np.ndarray:
    return np.zeros((height, width, 3), dtype=np.uint8)


def overlap(first: Box, second: Box) -> bool:
    apart = first.right <= second.left or second.right <= first.left
    return not (apart or first.bottom <= second.top or second.bottom <= first.top)


def test_a_ring_lies_outside_its_radius_and_leaves_its_inside_alone() -> None:
    canvas = blank()
    inside = draw_marks(canvas, [Mark(100.5, 80.5, 20.0, is_square=False, colour=WHITE)], 2.0)
    distance = np.hypot(*(np.indices((200, 300)) - np.array([80, 100])[:, None, None]))
    assert canvas[distance < 18.5].max() == 0
    assert canvas[np.abs(distance - 21.5) < 0.5].min() > 150
    assert canvas[distance > 25].max() == 0
    assert np.array_equal(inside, distance < 20)


def test_a_diamond_stands_on_its_corner_and_leaves_its_inside_alone() -> None:
    canvas = blank()
    inside = draw_marks(canvas, [Mark(100.5, 80.5, 20.0, is_square=False, colour=WHITE, is_diamond=True)], 2.0)
    down, across = np.abs(np.indices((200, 300)) - np.array([80, 100])[:, None, None])
    distance = (down + across) / np.sqrt(2)
    assert canvas[distance < 18.5].max() == 0
    assert canvas[np.abs(distance - 21.5) < 0.5].min() > 150
    assert canvas[distance > 25].max() == 0
    assert np.array_equal(inside, distance < 20)
    assert inside[np.hypot(down, across) < 20].all()


def test_overlapping_rings_are_drawn_as_one_outline() -> None:
    canvas = blank()
    marks = [Mark(100.0, 100.0, 20.0, is_square=False, colour=WHITE)]
    marks.append(Mark(115.0, 100.0, 20.0, is_square=False, colour=WHITE))
    inside = draw_marks(canvas, marks, 2.0)
    assert canvas[95:105, 84:131].max() == 0  # no line runs through where they overlap
    assert inside[100, 100]
    assert inside[100, 115]


@pytest.mark.parametrize("centre", [(-100.0, -100.0), (0.0, 0.0), (299.5, 199.5), (1e4, 50.0)])
def test_marks_at_and_beyond_the_border_are_cut_off(centre: tuple[float, float]) -> None:
    canvas = blank()
    draw_marks(canvas, [Mark(*centre, 20.0, is_square=True, colour=WHITE)], 2.0)
    assert canvas.shape == (200, 300, 3)
    assert bool(canvas.any()) == (0 <= centre[0] < 300)


def test_no_marks_change_nothing() -> None:
    canvas = blank()
    assert not draw_marks(canvas, [], 2.0).any()
    assert not canvas.any()


def test_a_rounded_hull_holds_all_marks_at_a_distance() -> None:
    circles = [(50.0, 60.0, 10.0), (120.0, 80.0, 12.0), (70.0, 130.0, 9.0)]
    hull = rounded_hull(((60.0, 50.0),), circles, Placement(1.0), 5.0)
    for x, y, radius in circles:
        assert np.hypot(*(hull - (x, y)).T).min() >= radius + 5.0 - 1e-6
    assert rounded_hull((), [], Placement(1.0), 5.0).shape == (0, 2)


def test_lines_are_interrupted_where_marks_are_kept_clear() -> None:
    canvas = blank()
    clear = np.zeros((200, 300), dtype=bool)
    clear[:, 100:150] = True
    path = np.array([[20.0, 100.0], [280.0, 100.0]])
    draw_outline(canvas, path, APPEARANCES[Distribution.GROUPED], 3, clear, closed=False)
    assert canvas[:, 100:150].max() == 0
    assert canvas[:, 20:99].max() > 200
    draw_outline(canvas, path[:1], APPEARANCES[Distribution.GROUPED], 3)


def test_every_distribution_has_its_own_rhythm_of_line() -> None:
    drawn = []
    for label in DESCRIPTORS:
        canvas = blank()
        draw_outline(canvas, np.array([[20.0, 100.0], [280.0, 100.0]]), APPEARANCES[label], 3, closed=False)
        drawn.append(canvas[99:102, 20:280].max(axis=(0, 2)) > 70)
    for index, first in enumerate(drawn):
        for second in drawn[index + 1 :]:
            assert (first != second).mean() > 0.05


def test_a_line_beyond_the_canvas_is_not_drawn() -> None:
    canvas = blank()
    draw_outline(canvas, np.array([[400.0, 10.0], [500.0, 90.0]]), APPEARANCES[Distribution.LINEAR], 3)
    assert not canvas.any()


def test_labels_lie_neither_on_each_other_nor_on_marks() -> None:
    marks = np.zeros((400, 600), dtype=bool)
    marks[180:220, 280:320] = True
    target = Box(280, 180, 40, 40)
    boxes = place_labels(
        [(120, 24)] * 8, [target] * 8, marks, np.zeros((400, 600), dtype=np.uint8), [Box(330, 180, 90, 40)]
    )
    for index, box in enumerate(boxes):
        assert box.left >= 0
        assert box.top >= 0
        assert box.right <= 600
        assert box.bottom <= 400
        assert not marks[box.top : box.bottom, box.left : box.right].any()
        assert not overlap(box, Box(330, 180, 90, 40))
        assert not any(overlap(box, other) for other in boxes[index + 1 :])


def test_labels_prefer_the_dark() -> None:
    brightness = np.zeros((400, 600), dtype=np.uint8)
    brightness[:, :320] = 255
    (box,) = place_labels([(100, 24)], [Box(290, 190, 20, 20)], np.zeros((400, 600), dtype=bool), brightness)
    assert box.left >= 320


def test_a_label_larger_than_the_picture_is_placed_all_the_same() -> None:
    (box,) = place_labels(
        [(900, 24)], [Box(0, 0, 9, 9)], np.zeros((40, 60), dtype=bool), np.zeros((40, 60), dtype=np.uint8)
    )
    assert (box.left, box.top) == (0, 0)


def label(key: str, x: float, y: float) -> Label:
    return Label(key, "", None, Box(round(x) - 12, round(y) - 12, 24, 24), np.array([[x, y]]))


@pytest.mark.parametrize(
    ("lefts", "tops", "widths", "exchanged"),
    [
        ((0, 0), (0, 40), (30, 34), True),  # the upper label names what lies lower
        ((0, 0), (40, 0), (30, 34), False),
        ((0, 300), (0, 40), (30, 34), False),  # one on each side
        ((0, 0), (0, 40), (30, 90), False),  # the longer one would cover what lies beside the shorter
    ],
)
def test_lines_to_labels_do_not_cross(
    lefts: tuple[int, int], tops: tuple[int, int], widths: tuple[int, int], exchanged: bool
) -> None:
    boxes = [Box(left, top, width, 24) for left, top, width in zip(lefts, tops, widths, strict=True)]
    places = without_crossings([label("A", 150, 80), label("B", 150, 10)], boxes)
    assert [box.top for box in places] == list(reversed(tops) if exchanged else tops)
    assert [(box.width, box.height) for box in places] == [(box.width, box.height) for box in boxes]


def test_labels_of_a_letter_are_exchanged_and_none_is_cut_off() -> None:
    labels = [label("I", 150, 80), label("W", 150, 10)]
    sizes = [_label_size(one, 20) for one in labels]
    places = without_crossings(
        labels, [Box(300 - size[0], top, *size) for size, top in zip(sizes, (0, 40), strict=True)]
    )
    assert [(box.top, box.right) for box in places] == [(40, 300), (0, 300)]


def test_three_lines_in_reverse_order_are_set_right() -> None:
    labels = [label("A", 150, 160), label("B", 150, 80), label("C", 150, 10)]
    places = without_crossings(labels, [Box(0, top, 30, 24) for top in (0, 80, 160)])
    assert [box.top for box in places] == [160, 80, 0]


def test_text_is_shortened_and_wrapped_to_its_width() -> None:
    text = "The members lie along a line that is eight millimetres long and one wide"
    assert text_width(shortened(text, 16, 200), 16) <= 200
    assert shortened(text, 16, 9999) == text
    assert shortened(text, 16, 0) == ""
    lines = wrapped(text, 16, 200, 2)
    assert len(lines) == 2
    assert all(text_width(line, 16) <= 200 for line in lines)
    assert " ".join(wrapped(text, 16, 200, 9)) == text
    assert wrapped("", 16, 200, 2) == []


def test_every_letter_is_one_that_the_typeface_has() -> None:
    assert printable("a–b × 2²") == "a-b x 22"
    assert printable("\n乳") == "??"
    canvas = blank()
    draw_text(canvas, "grouped · 12 · 8.3 mm", 10, 10, 20, WHITE)
    assert canvas.max() == 255
    assert line_height(20) >= 20


def test_a_mark_around_a_large_body_follows_its_outline() -> None:
    outline = np.array([[60.0, 40.0], [220.0, 40.0], [220.0, 70.0], [60.0, 70.0], [60.0, 40.0]])
    canvas = blank()
    mark = Mark(140.0, 55.0, 90.0, is_square=True, colour=WHITE, outline=outline, gap=6.0)
    inside = draw_marks(canvas, [mark], 2.0)
    assert inside[40:70, 60:220].all()
    assert inside[36, 100]
    assert not inside[32, 100]
    assert canvas[32:34, 100].max() > 150, "the line runs beside the long side"
    assert canvas[90:].max() == 0, "and not around a square"


@pytest.mark.parametrize(("x", "y"), [(-15, -8), (290, 190), (-500, 20), (20, 900)])
def test_text_is_cut_off_at_the_border(x: int, y: int) -> None:
    canvas = blank()
    draw_text(canvas, "MLO", x, y, 20, WHITE)
    assert bool(canvas.any()) == (x > -100 and y < 200)


def test_letters_count_on_after_z() -> None:
    names = [letter(rank) for rank in range(800)]
    assert len(set(names)) == 800
    assert names[:3] == ["A", "B", "C"]


def test_places_are_the_largest_clusters_then_the_surest_singles(make_example: object) -> None:
    assert callable(make_example)
    few = ((100.0, 100.0), (110.0, 100.0))
    many = ((600.0, 100.0), (610.0, 100.0), (605.0, 110.0))
    example = make_example(((Distribution.GROUPED, few), (Distribution.LINEAR, many)), ((900.0, 100.0, 5.0),))
    places = choose_places(example.report, SETTINGS)
    assert [place.key for place in places] == ["A", "B", "C"]
    assert [len(place.points_px) for place in places] == [3, 2, 1]
    assert choose_places(example.report, SETTINGS.model_copy(update={"insets": 0})) == []


def test_arteries_come_after_all_other_singles(make_example: object) -> None:
    assert callable(make_example)
    report = make_example(singles=((100.0, 100.0, 5.0), (900.0, 100.0, 5.0), (500.0, 100.0, 5.0))).report
    first, *others = report.calcifications
    artery = replace(first, score=0.99, flags=frozenset({Flag.VASCULAR}))
    places = choose_places(replace(report, calcifications=(artery, *others)), SETTINGS)
    assert [place.finding.number for place in places] == [others[0].number, others[1].number, artery.number]


MANY = tuple((300.0 + 25 * n, 100.0 + 5 * (n % 2)) for n in range(20))
"""Rows and columns of marks along 47.5 mm, in two rows half a millimetre apart."""


def test_a_vessel_is_one_place_before_single_ones_and_the_first_one_where_the_image_is_called_so(
    make_example: Any, put_in_vessel: Any
) -> None:
    group = ((100.0, 100.0), (110.0, 100.0), (105.0, 110.0))
    for label, keys in (
        (Distribution.GROUPED, ["A", "V1", "B", "V2"]),
        (Distribution.VASCULAR, ["V1", "A", "B", "V2"]),
    ):
        singles = tuple((*at, 4.0) for at in (*MANY, (900.0, 100.0), (1000.0, 200.0)))
        report = make_example(((Distribution.GROUPED, group),), singles, label=label).report
        report = put_in_vessel(put_in_vessel(report, *range(3, 23)), 24)
        places = choose_places(report, SETTINGS)
        assert [place.key for place in places] == keys
        assert [len(place.points_px) for place in places if place.key == "V1"] == [20]


def test_many_clusters_leave_a_place_for_a_vessel(make_example: Any, put_in_vessel: Any) -> None:
    groups = tuple(
        (Distribution.GROUPED, ((100.0 * n, 100.0), (100.0 * n + 10, 100.0), (100.0 * n + 5, 110.0)))
        for n in range(2, 8)
    )
    report = put_in_vessel(make_example(groups, ((1000.0, 100.0, 4.0),)).report, 18)
    assert [place.key for place in choose_places(report, SETTINGS)] == ["A", "B", "C", "V1"]
    assert choose_places(report, SETTINGS.model_copy(update={"insets": 0})) == []


def test_of_a_long_vessel_a_stretch_is_shown_enlarged(make_example: Any, put_in_vessel: Any) -> None:
    report = put_in_vessel(make_example(singles=tuple((*at, 4.0) for at in MANY)).report, *range(20))
    (place,) = choose_places(report, SETTINGS)
    window = window_of(place, (480, 480), 25.0)
    assert not window.is_whole
    assert window.enlargement >= 3
    shown = [
        all(low <= at < low + size for at, low, size in zip(point, window.corner_px, window.size_px, strict=True))
        for point in place.points_px
    ]
    assert sum(shown) >= 4
    short = window_of(replace(place, points_px=place.points_px[:3]), (480, 480), 25.0)
    assert short.is_whole


def test_the_cluster_that_gives_the_image_its_label_comes_first(make_example: object) -> None:
    assert callable(make_example)
    few = ((100.0, 100.0), (110.0, 100.0))
    many = ((600.0, 100.0), (610.0, 100.0), (605.0, 110.0))
    clusters = ((Distribution.REGIONAL, many), (Distribution.LINEAR, few))
    example = make_example(clusters, label=Distribution.LINEAR)
    assert [place.finding.number for place in choose_places(example.report, SETTINGS)] == [2, 1]


def test_a_window_shows_all_of_a_place_as_large_as_it_fits(make_example: object) -> None:
    assert callable(make_example)
    finding = make_example(singles=((100.0, 200.0, 5.0),)).report.calcifications[0]
    window = window_of(Place("A", finding, ((100.0, 200.0), (150.0, 260.0))), (400, 500), 20.0)
    assert window.is_whole
    assert window.enlargement == 4
    (row, column), (height, width) = window.corner_px, window.size_px
    assert row <= 80
    assert column <= 180
    assert row + height >= 170
    assert column + width >= 280


def test_a_window_that_is_too_small_shows_the_densest_part(make_example: object) -> None:
    assert callable(make_example)
    finding = make_example(singles=((100.0, 200.0, 5.0),)).report.calcifications[0]
    crowd = tuple((1000.0 + step, 1000.0 + step) for step in range(0, 50, 10))
    window = window_of(Place("A", finding, ((0.0, 0.0), *crowd)), (300, 300), 20.0)
    assert not window.is_whole
    assert window.enlargement == 1
    assert window.corner_px[0] < 1000 < window.corner_px[0] + 300
