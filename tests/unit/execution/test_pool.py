"""The tasks are calls of the standard library, for workers know nothing of this file."""

from __future__ import annotations

import ctypes
import operator
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from mammocalc.execution.workers.isolation import Isolated
from mammocalc.execution.workers.pool import TASKS_PER_WORKER, run_tasks
from mammocalc.execution.workers.resource_limits import Fault, Limits, Lost
from mammocalc.execution.workers.worker_process import MIB, WorkersUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Call = partial[Any]
AMPLE = 8192 * MIB


def lost(_task: Call, how: Lost) -> Any:
    return f"{how.fault} {how.detail}"


def isolated(time_seconds: float = 60.0, memory_bytes: int = AMPLE) -> Isolated[Call, Any]:
    return Isolated(operator.call, Limits(time_seconds=time_seconds), memory_bytes)


def results(tasks: Sequence[Call], work: Isolated[Call, Any], **named: Any) -> list[str]:
    return sorted(map(str, run_tasks(tasks, work, lost, workers=2, **named)))


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

    done = run_tasks(tasks(), operator.call, lost, workers=2, open_executor=ThreadPoolExecutor)
    for number, _ in enumerate(done):
        assert len(taken) <= number + 1 + 2 * 2 * TASKS_PER_WORKER
    assert len(taken) == 50


def test_a_request_to_stop_finishes_what_is_in_hand_and_begins_nothing() -> None:
    begun: list[int] = []
    let_go = threading.Event()

    def work(number: int) -> int:
        begun.append(number)
        let_go.wait(60)
        return number

    def stop_after_two() -> bool:
        if len(begun) >= 2:
            threading.Timer(0.3, let_go.set).start()
            return True
        return False

    ended = run_tasks(
        range(50), work, lambda _task, _how: -1, workers=2, open_executor=ThreadPoolExecutor, should_stop=stop_after_two
    )
    assert sorted(ended) == sorted(begun) == [0, 1]


def test_a_task_that_crashes_its_worker_is_given_up_and_the_others_are_not() -> None:
    tasks: list[Call] = [partial(abs, -number) for number in range(6)]
    tasks.insert(2, partial(ctypes.string_at, 0))
    tasks.insert(4, partial(os.abort))
    tasks.insert(5, partial(os._exit, 9))
    given = results(tasks, isolated())
    assert given == ["0", "1", "2", "3", "4", "5", "crash SIGABRT", "crash SIGSEGV", "crash exit code 9"]


def test_a_task_that_hangs_with_the_lock_of_python_held_is_given_up_and_the_others_are_not() -> None:
    tasks: list[Call] = [partial(abs, -number) for number in range(4)]
    tasks.insert(1, partial(_hang))
    assert results(tasks, isolated(time_seconds=1.5)) == ["0", "1", "2", "3", "time 1.5 s"]


_hang = partial(eval, "__import__('ctypes').PyDLL(None).pause()")  # PyDLL keeps the lock, as decoders do


def test_a_task_that_eats_memory_is_given_up_and_the_others_are_not() -> None:
    tasks: list[Call] = [partial(abs, -number) for number in range(4)]
    tasks.insert(1, partial(eval, "[bytearray(10**7) for _ in range(10**6)]"))
    assert results(tasks, isolated(memory_bytes=300 * MIB)) == ["0", "1", "2", "3", "memory 300 MiB"]


def test_a_task_that_needs_more_than_its_share_is_tried_once_more_alone() -> None:
    greedy = partial(eval, "(len(bytearray(4 * 10**8)), __import__('time').sleep(0.5))[0]")
    tasks: list[Call] = [greedy, partial(abs, -1)]
    work = isolated(memory_bytes=300 * MIB)
    heard: list[tuple[Fault, bool]] = []
    given = results(
        tasks,
        work,
        alone=work.with_memory(AMPLE),
        note_lost=lambda _task, how, is_final: heard.append((how.fault, is_final)),
    )
    assert given == ["1", "400000000"]
    assert heard == [(Fault.MEMORY, False)]


def test_a_task_whose_worker_is_killed_is_tried_once_more_and_no_more() -> None:
    suicide = partial(eval, f"__import__('os').kill(__import__('os').getpid(), {int(signal.SIGKILL)})")
    heard: list[bool] = []
    given = results(
        [suicide, partial(abs, -1)], isolated(), note_lost=lambda _task, _how, is_final: heard.append(is_final)
    )
    assert given == ["1", "killed SIGKILL"]
    assert heard == [False, True]


def test_an_exception_is_raised_where_the_result_is_waited_for() -> None:
    with pytest.raises(ZeroDivisionError):
        results([partial(operator.truediv, 1, 0)], isolated())


def test_a_worker_has_one_thread_and_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    asked = [
        "__import__('cv2').getNumThreads()",
        "__import__('os').environ['OMP_NUM_THREADS']",
        "[print('said'), __import__('os').write(2, b'said')] and 'printed'",
        "__import__('os').write(1, b'said') and 'written'",
    ]
    assert results([partial(eval, text) for text in asked], isolated()) == ["1", "1", "printed", "written"]
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform != "linux", reason="the C library of Linux is told to keep what is freed")
def test_a_worker_keeps_the_memory_of_an_image_for_the_next() -> None:
    pages = "__import__('resource').getrusage(__import__('resource').RUSAGE_SELF).ru_minflt"
    taken = f"(lambda before: bytearray(30 << 20) and {pages} - before)({pages})"
    first, second = run_tasks([partial(eval, taken)] * 2, isolated(), lost, workers=1)
    assert second < first / 4  # how many there are depends on the size of a page


def test_a_worker_ignores_what_ends_its_group() -> None:
    asked = "[__import__('os').kill(__import__('os').getpid(), number) for number in (2, 15)] and 'alive'"
    assert results([partial(eval, asked)], isolated()) == ["alive"]


def test_no_worker_outlives_its_executor() -> None:
    given = run_tasks([partial(os.getpid)] * 50, isolated(), lost, workers=2)
    pids = {next(given) for _ in range(3)}
    assert all(psutil.pid_exists(pid) for pid in pids)
    given.close()
    assert not any(psutil.pid_exists(pid) for pid in pids)
    pids = set(run_tasks([partial(os.getpid)] * 5, isolated(), lost, workers=2))
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_an_orphan_ends_itself_even_while_it_works() -> None:
    program = (
        "import operator, os, sys\n"
        "from functools import partial\n"
        "from mammocalc.execution.workers.isolation import Isolated\n"
        "from mammocalc.execution.workers.resource_limits import Limits\n"
        "work = Isolated(operator.call, Limits(), 1 << 40)\n"
        "print(work(partial(os.getpid)), flush=True)\n"
        "work(partial(eval, '__import__(\"time\").sleep(600)'))\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        worker = psutil.Process(int(process.stdout.readline()))
        process.kill()
    assert psutil.wait_procs([worker], timeout=30)[1] == []


def test_a_worker_that_cannot_start_is_told_and_is_no_fault_of_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(WorkersUnavailableError, match="exit code 1"):
        results([partial(abs, 1)], isolated())
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(WorkersUnavailableError, match="No such file"):
        results([partial(abs, 1)], isolated())


def test_whoever_loses_interest_ends_the_workers() -> None:
    given = run_tasks([partial(abs, 1)] * 50, operator.call, lost, workers=1, open_executor=ThreadPoolExecutor)
    assert next(given) == 1
    given.close()
    with pytest.raises(StopIteration):
        next(given)


def test_a_service_without_standard_streams_can_start_workers() -> None:
    program = (
        "import os\n"
        "os.close(0), os.close(1), os.close(2)\n"
        "import operator\n"
        "from functools import partial\n"
        "from mammocalc.execution.workers.isolation import Isolated\n"
        "from mammocalc.execution.workers.resource_limits import Limits\n"
        "work = Isolated(operator.call, Limits(), 1 << 40)\n"
        "os._exit(0 if work(partial(abs, -1)) == 1 else 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0


def test_a_worker_that_was_idle_for_long_is_replaced() -> None:
    work: Isolated[Any, Any] = Isolated(operator.call, Limits(), 1 << 40, idle_seconds=0.2)
    first = work(partial(os.getpid))
    psutil.wait_procs([psutil.Process(first)], timeout=30)
    time.sleep(0.1)
    assert work(partial(os.getpid)) != first
