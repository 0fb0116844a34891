"""
What a Dask cluster costs per task, apart from the work itself.

    python tests/benchmarks/cluster.py [--tasks N]

Starts a scheduler and two workers on the loopback, hands them N (5,000) calls that do nothing, in the way of a run,
and prints the time per call and the processor time of the scheduler, of the client and of the workers per call. A
machine that others use as well makes the first longer, and the others hardly.
"""

from __future__ import annotations

import argparse
import json
import operator
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from mammocalc.execution.backends.dask_cluster import DaskCluster, OnDask
from mammocalc.execution.workers.isolation import Isolated
from mammocalc.execution.workers.pool import SharedExecutor, run_tasks
from mammocalc.execution.workers.resource_limits import Limits

LOOPBACK = ["--host", "127.0.0.1", "--no-dashboard"]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=5000)
    tasks = parser.parse_args().tasks
    with tempfile.TemporaryDirectory() as name, ExitStack() as processes:
        file = Path(name) / "scheduler.json"
        options = ["--port", "0", "--no-show", "--scheduler-file", str(file)]
        scheduler = processes.enter_context(started("dask_scheduler", *LOOPBACK, *options))
        while not file.exists() or not file.stat().st_size:
            time.sleep(0.05)
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
        for number in range(2):
            folder = str(Path(name) / str(number))
            options = ["--nthreads", "1", "--local-directory", folder]
            processes.enter_context(started("dask_worker", address, *LOOPBACK, *options))
        with DaskCluster(address) as cluster:
            while cluster.capacity() < 2:
                time.sleep(0.1)
            measure(cluster, psutil.Process(scheduler.pid), tasks)


def measure(cluster: DaskCluster, scheduler: psutil.Process, tasks: int) -> None:
    """Hand out tasks, and print what each took."""
    work: Any = OnDask(Isolated(operator.call, Limits(), 1 << 40), is_memory_given=True)

    def hand_out(number: int) -> None:
        calls = (partial(abs, -count) for count in range(number))
        done = run_tasks(
            calls, work, lambda _task, how: how, workers=2, open_executor=lambda _workers: SharedExecutor(cluster),
            capacity=cluster.capacity,
        )  # fmt: skip
        if sum(isinstance(result, int) for result in done) != number:
            message = "a call was lost"
            raise RuntimeError(message)

    hand_out(20)  # the workers' own processes start
    own = psutil.Process()
    before, began = (cpu_s(scheduler), cpu_s(own)), time.monotonic()
    hand_out(tasks)
    passed_s = time.monotonic() - began
    scheduler_s, client_s = cpu_s(scheduler) - before[0], cpu_s(own) - before[1]
    print(
        f"{tasks} calls: {passed_s / tasks * 1e3:.2f} ms each; processor time per call: scheduler "
        f"{scheduler_s / tasks * 1e3:.2f} ms, client {client_s / tasks * 1e3:.2f} ms"
    )


def cpu_s(process: psutil.Process) -> float:
    """Give the processor time of a process."""
    return float(sum(process.cpu_times()[:2]))


class started:  # noqa: N801 - reads as the sentence it stands in
    """A process of Dask, with its descendants, for as long as a block lasts."""

    def __init__(self, module: str, *options: str) -> None:
        self._command = [sys.executable, "-m", f"distributed.cli.{module}", *options]

    def __enter__(self) -> subprocess.Popen[bytes]:
        """Start it."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self._process

    def __exit__(self, *_: object) -> None:
        """End it, from the outside in: what watches over a worker would start it again."""
        family = [psutil.Process(self._process.pid), *psutil.Process(self._process.pid).children(recursive=True)]
        for member in family:
            try:
                member.kill()
            except psutil.NoSuchProcess:
                continue
        self._process.wait()


if __name__ == "__main__":
    main()
