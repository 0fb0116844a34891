"""A short run of tests/benchmarks/fuzz_reader.py, which is meant for long ones by hand."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = Path(__file__).parents[1] / "benchmarks" / "fuzz_reader.py"
INPUTS = 250


@pytest.mark.skipif(sys.platform != "linux", reason="peaks of memory are read from Linux")
def test_damaged_files_are_read_or_refused_with_a_reason(tmp_path: Path) -> None:
    command = [sys.executable, str(COMMAND), "--inputs", str(INPUTS), "--keep", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "0 findings" in ended.stdout
    answers = {answer: int(count) for count, answer in re.findall(r"^ *(\d+)  (\w+)$", ended.stdout, re.MULTILINE)}
    assert sum(answers.values()) == INPUTS
    assert answers["read"] > 20, "damage that nothing survives would test the first check alone"
    assert len(answers) > 8, "and damage of one kind would test a single one"
    assert list(tmp_path.iterdir()) == []
