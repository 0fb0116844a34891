"""Ten random moments at which something is killed; `tests/benchmarks/kill_points.py` tries as many as one likes."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "kill_points.py"


@pytest.fixture(scope="module")
def kill_points() -> ModuleType:
    spec = importlib.util.spec_from_file_location("kill_points", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["kill_points"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def course(kill_points: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return kill_points.prepare(tmp_path_factory.mktemp("course"), files=10)


@pytest.mark.parametrize("point", range(10))
def test_a_run_that_is_killed_anywhere_goes_on_to_the_bytes_of_the_unbroken_one(
    kill_points: ModuleType, course: Any, tmp_path: Path, point: int
) -> None:
    kill_points.survive(course, tmp_path / "out", random.Random(point))
