"""What a result says of its overlay leads to a file of its run, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mammocalc.results.result import OverlayPlacement

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("path", ["../other.jpg", "overlays/../../other.jpg", "/other.jpg", "a\0b.jpg", "link.jpg"])
def test_a_path_that_leads_out_of_the_run_names_no_file(tmp_path: Path, path: str) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (tmp_path / "other.jpg").touch()
    (run / "link.jpg").symlink_to(tmp_path / "other.jpg")
    assert OverlayPlacement(path, 1.0, (0.0, 0.0)).file_in(run) is None


def test_a_path_in_the_run_names_its_file_whether_it_is_there_or_not(tmp_path: Path) -> None:
    placement = OverlayPlacement("overlays/a.jpg", 1.0, (0.0, 0.0))
    assert placement.file_in(tmp_path) == tmp_path.resolve() / "overlays" / "a.jpg"
