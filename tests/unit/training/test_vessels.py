"""Traces are read as they are written, and no patient with hundreds of marks decides alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from mammocalc.config import Config
from mammocalc.simulation.vocabulary import Beside, Kind
from mammocalc.training.artery_courses import read_courses
from mammocalc.training.vessels import SIMULATED_SHARE, Described, _fit_all, scenes_without_arteries, weigh
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_courses_of_an_image_are_gathered_and_an_image_without_one_is_read_as_such(tmp_path: Path) -> None:
    file = tmp_path / "courses.csv"
    file.write_text(
        "sop_instance_uid,course_row_column,note\n1.2.3,1:2;3:4.5,sure\n1.2.4,,\n"
        "1.2.3,5:6;7:8;9:9,a Guess\n1.2.5,0:0;1:1,\n",
        encoding="utf-8",
    )
    traced = read_courses(file)
    assert list(traced) == ["1.2.3", "1.2.4", "1.2.5"]
    assert [course.tolist() for course in traced["1.2.3"].courses_px] == [[[1, 2], [3, 4.5]], [[5, 6], [7, 8], [9, 9]]]
    assert [traced[uid].is_certain for uid in traced] == [False, True, True]
    assert traced["1.2.4"].courses_px == ()


def test_each_patient_weighs_the_root_of_her_marks_and_both_classes_the_same() -> None:
    patients = np.array(["a"] * 100 + ["b"] * 4 + ["a"] * 9 + ["c"] * 36 + [""] * 50)
    is_arterial = np.arange(len(patients)) < 104
    weights = weigh(is_arterial, patients)
    assert weights[is_arterial].sum() == pytest.approx(0.5)
    assert weights[~is_arterial].sum() == pytest.approx(0.5)
    assert weights[:100].sum() == pytest.approx(5 * weights[100:104].sum())
    assert weights[113:149].sum() == pytest.approx(2 * weights[104:113].sum())
    assert weights[149:].sum() == pytest.approx(0.5 * SIMULATED_SHARE)


def test_without_simulated_marks_the_others_weigh_it_all() -> None:
    weights = weigh(np.array([True, False, False]), np.array(["a", "a", "b"]))
    assert weights.tolist() == [0.5, 0.25, 0.25]


def test_no_simulated_scene_that_is_to_hold_no_artery_holds_one() -> None:
    scenes = list(scenes_without_arteries(96, 1))
    assert len({scene.seed for scene in scenes}) == 96
    assert not any(Beside.ARTERY in scene.beside for scene in scenes)
    assert not any(scene.kind in {Kind.ARTERIAL, Kind.NONE} for scene in scenes)


@pytest.mark.parametrize("is_arterial", [False, True])
def test_marks_of_one_sort_teach_nothing(is_arterial: bool) -> None:
    one = Described("", np.zeros((3, 15)), np.full(3, is_arterial))
    with pytest.raises(UsageError, match="no mark lies on a traced course, or all do"):
        _fit_all([one], {}, Config())
