from __future__ import annotations

import os
from typing import TYPE_CHECKING

import psutil
import pytest

from mammocalc.execution.workers.resources import default_workers, free_memory_bytes, processors

if TYPE_CHECKING:
    from pathlib import Path

MIB = 1 << 20


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(f"{text}\n", encoding="ascii")


@pytest.fixture
def membership(tmp_path: Path) -> Path:
    """A process in version 1 groups for memory and in version 2 groups for the rest, as mixed systems have."""
    file = tmp_path / "cgroup"
    file.write_text("4:memory:/site/job\n2:cpu,cpuacct:/site/job\n0::/site/job\n", encoding="ascii")
    return file


def test_there_is_always_a_worker() -> None:
    assert 1 <= default_workers() <= (os.cpu_count() or 1)


def test_little_memory_leaves_one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mammocalc.execution.workers.resources.processors", lambda: 64)
    monkeypatch.setattr("mammocalc.execution.workers.resources.free_memory_bytes", lambda: 5000 * MIB)
    assert default_workers() == 4
    monkeypatch.setattr("mammocalc.execution.workers.resources.free_memory_bytes", lambda: 100 * MIB)
    assert default_workers() == 1


def test_a_quota_of_processors_counts_in_both_versions(tmp_path: Path, membership: Path) -> None:
    free = processors(tmp_path, membership)
    assert free >= 1
    write(tmp_path / "cpu" / "site", cpu__cfs_quota_us="100000", cpu__cfs_period_us="100000")
    assert processors(tmp_path, membership) == 1
    write(tmp_path / "cpu" / "site", cpu__cfs_quota_us="-1", cpu__cfs_period_us="100000")
    assert processors(tmp_path, membership) == free
    write(tmp_path / "site" / "job", cpu__max="50000 100000")
    assert processors(tmp_path, membership) == 1
    write(tmp_path / "site" / "job", cpu__max="max 100000")
    assert processors(tmp_path, membership) == free


def test_the_tightest_limit_of_memory_counts_and_caches_are_free(tmp_path: Path, membership: Path) -> None:
    whole = free_memory_bytes(tmp_path, membership)
    assert 0 < whole <= psutil.virtual_memory().total
    job = {"memory__limit_in_bytes": str(300 * MIB), "memory__usage_in_bytes": str(250 * MIB)}
    write(tmp_path / "memory" / "site" / "job", **job, memory__stat=f"cache 5\ntotal_inactive_file {100 * MIB}")
    assert free_memory_bytes(tmp_path, membership) == 150 * MIB
    write(tmp_path / "site", memory__max=str(80 * MIB), memory__current=str(30 * MIB))
    assert free_memory_bytes(tmp_path, membership) == 50 * MIB
    write(tmp_path / "site", memory__max="max", memory__current=str(30 * MIB))
    assert free_memory_bytes(tmp_path, membership) == 150 * MIB
    write(tmp_path, memory__max=str(10 * MIB), memory__current=str(30 * MIB))  # of a container
    assert free_memory_bytes(tmp_path, membership) == 0


def test_a_system_without_groups_offers_what_it_has(tmp_path: Path) -> None:
    assert processors(tmp_path, tmp_path / "missing") >= 1
    assert free_memory_bytes(tmp_path, tmp_path / "missing") > 0
