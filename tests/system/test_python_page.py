"""The page and the script for people who write Python run as they stand."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = re.compile(r"^print\(.*\) +# (<.*>)$", re.MULTILINE)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    shutil.copytree(ROOT / "sample_data", folder / "sample_data")
    return folder


def test_every_block_of_the_page_runs_in_order(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    blocks = BLOCK.findall(page)
    assert len(blocks) >= 10
    monkeypatch.chdir(samples)
    names: dict[str, object] = {"__name__": "__page__"}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for number, block in enumerate(blocks, start=1):
            exec(compile(block, f"docs/python.md, block {number}", "exec"), names)  # noqa: S102 - the page is ours
    assert (samples / "grouped.png").exists()
    assert (samples / "scores" / "evaluation.html").exists()
    for shown in SHOWN.findall(page):
        assert shown in printed.getvalue().splitlines()


def test_the_short_example_of_the_readme_runs(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [block] = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    monkeypatch.chdir(samples)
    exec(compile(block, "README.md", "exec"), {"__name__": "__page__"})  # noqa: S102 - as above


def test_the_script_of_first_steps_runs(samples: Path, tmp_path: Path) -> None:
    """As a script, without a guard for worker processes; what a notebook would show is asked for in the page's test."""
    (tmp_path / "sample_data").symlink_to(samples / "sample_data")
    done = subprocess.run(
        [sys.executable, "-W", "error", ROOT / "docs" / "first_steps.py"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "segmental" in done.stdout
    assert (tmp_path / "segmental.png").exists()
    assert (tmp_path / "run" / "index.html").exists()
