"""Processors and memory that are available to this process."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Final

import psutil

BYTES_PER_WORKER: Final = 1 << 30  # twice what the largest mammograms in use (5355 x 4915) need at their peak
GROUPS: Final = Path("/sys/fs/cgroup")
MEMBERSHIP: Final = Path("/proc/self/cgroup")


def default_workers() -> int:
    """One worker per available processor, limited by free memory; at least one."""
    return max(1, min(processors(), free_memory_bytes() // BYTES_PER_WORKER))


def processors(groups: Path = GROUPS, membership: Path = MEMBERSHIP) -> int:
    """
    Count the processors that this process may use.

    Parameters
    ----------
    groups, membership : Path
        Where the system describes control groups, and to which this process belongs.

    Returns
    -------
    int
        At least 1: those that it may run on, and no more than the quota of its control group pays for.
    """
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for folder in _folders("cpu", groups, membership):
        quota, period = _number(folder / "cpu.cfs_quota_us"), _number(folder / "cpu.cfs_period_us")
        if quota is None:
            words = _text(folder / "cpu.max").split()
            quota, period = (int(word) if word.isdigit() else None for word in (*words[:2], "", "")[:2])
        if quota and period:
            count = min(count, math.ceil(quota / period))
    return max(count, 1)


def free_memory_bytes(groups: Path = GROUPS, membership: Path = MEMBERSHIP) -> int:
    """
    Measure the memory that could be taken now without swapping.

    Parameters
    ----------
    groups, membership : Path
        As in `processors`.

    Returns
    -------
    int
        Of the whole machine, or of the tightest control group that this process lies in; what is
        only a cache of files counts as free.
    """
    free = int(psutil.virtual_memory().available)
    for folder in _folders("memory", groups, membership):
        limit, used = _number(folder / "memory.max"), _number(folder / "memory.current")
        if limit is None:
            limit, used = _number(folder / "memory.limit_in_bytes"), _number(folder / "memory.usage_in_bytes")
        if limit is not None and used is not None:
            free = min(free, limit - used + _cached_bytes(folder))
    return max(free, 0)


def _folders(controller: str, groups: Path, membership: Path) -> list[Path]:
    """Folders of the control groups around this process, versions 1 and 2, from its own up to the outermost."""
    found = []
    for line in _text(membership).splitlines():
        _, controllers, path = (*line.split(":", 2), "", "")[:3]
        if controllers and controller not in controllers.split(","):
            continue
        top = groups / controller if controllers else groups
        inner = top / path.lstrip("/")
        # Inside of a container the path may be the host's; then the outermost folder is that of the container.
        found += [folder for folder in (inner, *inner.parents) if folder.is_relative_to(top)]
    return found


def _cached_bytes(folder: Path) -> int:
    for line in _text(folder / "memory.stat").splitlines():
        name, _, value = line.partition(" ")
        if name in {"inactive_file", "total_inactive_file"} and value.isdigit():
            return int(value)
    return 0


def _number(file: Path) -> int | None:
    """Read a number; None where there is none, or where it says that there is no limit."""
    text = _text(file).strip()
    return int(text) if text.isdigit() else None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
