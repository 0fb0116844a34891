"""Ten random moments at which something is killed; `tests/benchmarks/kill_points.py` tries as many as one likes."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import kill_points
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Judge = Callable[..., Any]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> kill_points.Course:
    return kill_points.prepare(tmp_path_factory.mktemp("course"), files=10)


@pytest.mark.parametrize("point", range(10))
def test_a_run_that_is_killed_anywhere_goes_on_to_the_bytes_of_the_unbroken_one(
    course: kill_points.Course, tmp_path: Path, point: int, judge: Judge
) -> None:
    kill_points.survive(course, tmp_path / "out", random.Random(point), judge)
