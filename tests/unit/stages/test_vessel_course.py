"""The drawn course of an artery keeps to the vessel, and to the straight way where none is seen."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mammocalc.stages.vessels.clarity import ClarityMap
from mammocalc.stages.vessels.course import draw_course
from mammocalc.vocabulary.geometry import path_length, points_along

PIXEL_MM = 0.4
SIDE_PX = 200


def clarity_of(*tubes: tuple[float, list[tuple[float, float]]]) -> ClarityMap:
    """Give a map with tubes as clear as said, through corners (down, across) in mm; else nothing."""
    values = np.random.default_rng(3).uniform(0, 0.2, (SIDE_PX, SIDE_PX)).astype(np.float32)
    for height, corners in tubes:
        line = np.round(np.array(corners)[:, ::-1] / PIXEL_MM).astype(np.int32)
        cv2.polylines(values, [line], isClosed=False, color=height, thickness=3)
    return ClarityMap(values, (0.0, 0.0), (PIXEL_MM, PIXEL_MM))


def farthest(course_mm: np.ndarray, way: list[tuple[float, float]]) -> float:
    """Give the largest distance of a course to the way that it should go, in mm."""
    there = points_along(np.array(way), 0.1)
    drawn = points_along(course_mm, 0.1)
    return max(float(np.hypot(*(there - point).T).min()) for point in drawn)


@pytest.mark.parametrize(("clear", "aside_mm"), [(0.8, 6.0), (1.0, 6.0), (1.5, 6.0), (1.5, 7.5), (2.5, 7.5)])
def test_where_the_vessel_is_hidden_no_fibre_beside_leads_the_course_astray(clear: float, aside_mm: float) -> None:
    """A fibre leaves one end, runs beside the hidden stretch and comes back to the other: 07_arterial's detour."""
    fibre = (clear, [(40.0, 30.0), (40.0 - aside_mm, 33.0), (40.0 - aside_mm, 41.0), (40.0, 44.0)])
    course = draw_course(clarity_of(fibre), np.array([(40.0, 24.0), (40.0, 30.0), (40.0, 44.0), (40.0, 50.0)]))
    assert path_length(course) < 26.5
    assert farthest(course, [(40.0, 24.0), (40.0, 50.0)]) < 1.0


@pytest.mark.parametrize("rise_mm", [1.0, 2.0, 3.0])
def test_where_the_vessel_is_in_view_the_course_follows_its_bends(rise_mm: float) -> None:
    bend = [(40.0, 30.0), (40.0 - rise_mm, 36.0), (40.0 - rise_mm, 40.0), (40.0, 46.0)]
    course = draw_course(clarity_of((2.0, bend)), np.array([bend[0], bend[-1]]))
    assert farthest(course, bend) < 1.2  # the tube is 1.2 mm wide
    assert farthest(np.array(bend), [tuple(point) for point in course]) < 1.2


@pytest.mark.parametrize("degrees", [0.0, 10.0, 22.5, 35.0, 67.5])
def test_where_nothing_is_seen_the_course_is_as_good_as_straight_at_any_angle(degrees: float) -> None:
    """Ways from pixel to pixel have eight directions; the course has not."""
    there = (10.0 + 18 * np.sin(np.radians(degrees)), 10.0 + 18 * np.cos(np.radians(degrees)))
    course = draw_course(clarity_of(), np.array([(10.0, 10.0), there]))
    ends = np.array(sorted([course[0].tolist(), course[-1].tolist()]))
    assert ends == pytest.approx(np.array(sorted([(10.0, 10.0), there])), abs=0.01)
    assert path_length(course) < 18 * 1.03


def test_one_mark_is_one_corner() -> None:
    assert draw_course(clarity_of(), np.array([(10.0, 10.0)])).tolist() == [[10.0, 10.0]]


def test_where_a_course_begins_is_not_left_to_rounding() -> None:
    """There and back along the same marks are equally long but for the last bit."""
    rng = np.random.default_rng(1)
    marks = np.stack([np.full(12, 10.0), np.linspace(5.0, 50.0, 12)], axis=1) + rng.normal(0, 0.3, (12, 2))
    for _ in range(8):
        some = marks + rng.normal(0, 1e-9, marks.shape)
        assert draw_course(clarity_of(), some)[0] == pytest.approx(some[0], abs=0.01)
