"""The tasks are calls of the standard library, for workers know nothing of this file."""

from __future__ import annotations

import operator
import os
import subprocess
import sys
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.engine.pool import TASKS_PER_WORKER, default_workers, run_tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

Call = partial[Any]


def lost(_task: Call) -> Any:
    return "lost"


def test_every_task_has_its_result() -> None:
    tasks = [partial(abs, -number) for number in range(20)]
    assert sorted(run_tasks(tasks, operator.call, lost, workers=2, open_executor=ThreadPoolExecutor)) == list(range(20))


def test_nothing_to_do_starts_no_worker() -> None:
    def refuse(_workers: int) -> Executor:
        return _Refusing()

    assert list(run_tasks([], operator.call, lost, workers=1, open_executor=refuse)) == []


class _Refusing(Executor):
    def submit(self, *_arguments: Any, **_named: Any) -> Future[Any]:
        pytest.fail("nothing was to be done")


def test_only_a_few_tasks_are_in_hand_at_a_time() -> None:
    taken: list[int] = []

    def tasks() -> Iterator[Call]:
        for number in range(50):
            taken.append(number)
            yield partial(abs, number)

    results = run_tasks(tasks(), operator.call, lost, workers=2, open_executor=ThreadPoolExecutor)
    for done, _ in enumerate(results):
        assert len(taken) <= done + 1 + 2 * 2 * TASKS_PER_WORKER
    assert len(taken) == 50


def test_a_request_to_stop_finishes_what_is_in_hand() -> None:
    begun: list[int] = []

    def stop_after_three() -> bool:
        return len(begun) >= 3

    tasks = [partial(begun.append, number) for number in range(50)]
    ended = list(
        run_tasks(tasks, operator.call, lost, workers=1, open_executor=ThreadPoolExecutor, should_stop=stop_after_three)
    )
    assert 3 <= len(ended) == len(begun) < 50


def test_a_task_that_ends_its_worker_is_given_up_and_the_others_are_not() -> None:
    tasks: list[Call] = [partial(abs, -number) for number in range(6)]
    tasks.insert(2, partial(os._exit, 1))
    assert sorted(map(str, run_tasks(tasks, operator.call, lost, workers=2))) == sorted(
        ["0", "1", "2", "3", "4", "5", "lost"]
    )


def test_whoever_loses_interest_ends_the_workers(recwarn: pytest.WarningsRecorder) -> None:
    results = run_tasks([partial(abs, 1)] * 50, operator.call, lost, workers=1, open_executor=ThreadPoolExecutor)
    assert next(results) == 1
    results.close()
    with pytest.raises(StopIteration):
        next(results)


def test_a_service_without_standard_streams_can_start_workers() -> None:
    program = (
        "import os\n"
        "os.close(1), os.close(2)\n"
        "from pipeline.engine.pool import open_workers\n"
        "if __name__ == '__main__':\n"
        "    with open_workers(1) as workers:\n"
        "        streams = [os.readlink(f'/proc/self/fd/{number}') for number in (1, 2)]\n"
        "        ok = streams == ['/dev/null'] * 2 and workers.submit(abs, -1).result() == 1\n"
        "    os._exit(0 if ok else 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0


def test_there_is_always_a_worker() -> None:
    assert 1 <= default_workers() <= (os.cpu_count() or 1)
