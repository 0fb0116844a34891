"""Queue of complete studies: taken in, analysed, and put out for sending."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import CancelledError
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from mammocalc import __version__
from mammocalc.execution.workers.isolation import Isolated
from mammocalc.execution.workers.pool import Workers
from mammocalc.execution.workers.resource_limits import Fault, Limits, Lost
from mammocalc.execution.workers.worker_process import WorkersUnavailableError
from mammocalc.node.arrivals import LONGEST
from mammocalc.node.content import MAMMOGRAPHY, UnfitInstanceError, read_instance
from mammocalc.node.journal import end_of
from mammocalc.node.retry_delays import wait_seconds
from mammocalc.node.spool import IMAGES, OBJECTS, RUN
from mammocalc.node.study_run import StudyOutcome, StudyTask, process_study
from mammocalc.rendering.wording import many

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mammocalc.config import ResolvedConfig
    from mammocalc.node.archive_query import ArchiveQuery
    from mammocalc.node.arrivals import Arrivals
    from mammocalc.node.objects import ObjectsWanted
    from mammocalc.node.spool import Spool, Taken

LIMITS: Final = Limits(time_seconds=2 * Limits().time_seconds)
"""For each image of a study: in the run it has its limit of time; reading, tables and objects have as much again."""
NO_LIMIT_BYTES: Final = 1 << 62  # images have a limit each, in workers of the run
IDLE_S: Final = 86_400.0
TRIES: Final = 3
"""A study that ended its process so often is given up: the process, not chance, is to blame."""
LOOK_S: Final = 0.2


class StudyQueue:
    """
    Where studies are analysed, in a process of their own.

    Parameters
    ----------
    spool : Spool
    arrivals : Arrivals
    resolved : ResolvedConfig
    wanted : ObjectsWanted
    workers : int
    say : callable
    archive : ArchiveQuery or None
        Is asked before a study is analysed whether all of it came; None asks nobody.
    """

    def __init__(
        self,
        spool: Spool,
        arrivals: Arrivals,
        resolved: ResolvedConfig,
        wanted: ObjectsWanted,
        workers: int,
        say: Callable[[str], None],
        archive: ArchiveQuery | None = None,
    ) -> None:
        self._archive = archive
        self._waits: Counter[str] = Counter()
        self._spool, self._arrivals, self._say = spool, arrivals, say
        self._resolved, self._wanted, self._workers = resolved, wanted, workers
        self._tries: Counter[str] = Counter()
        self._crashes: Counter[str] = Counter()
        self._is_ended = False
        self._executor = Workers(1)
        self._process = Isolated(process_study, LIMITS, NO_LIMIT_BYTES, files_of=_images_of, idle_seconds=IDLE_S)

    def start(self, on_outgoing: Callable[[], None]) -> None:
        """Begin to work, in a thread of its own; ``on_outgoing`` is called when there is something to send."""

        def work() -> None:
            while not self._is_ended:
                for uid in self._arrivals.at_rest():
                    if not self._is_ended and self._work_safely(uid):
                        on_outgoing()
                time.sleep(LOOK_S)

        threading.Thread(target=work, daemon=True).start()

    def close(self) -> None:
        """End the process at once; an unfinished run continues at the next start."""
        self._is_ended = True
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _work_safely(self, uid: str) -> bool:
        """Do what is to be done for a study; where the disk does not let it, later."""
        try:
            return self.work(uid)
        except OSError as error:
            self._try_again(uid, f"study {end_of(uid)}: the disk of the spool does not take it ({error.strerror})")
        except Exception as error:  # noqa: BLE001 - one study's failure never ends the node
            self._try_again(uid, f"study {end_of(uid)}: an unforeseen {type(error).__name__}")
        return False

    def work(self, uid: str) -> bool:
        """
        Process a complete study.

        Returns
        -------
        bool
            Whether objects were put out for sending.
        """
        name = f"study {end_of(uid)}"
        if self._archive is not None and self._waits_for_more(uid, name, self._archive):
            return False
        taken = self._spool.take_in(uid)
        if not taken.images:
            self._say(f"{name}: nothing new, nothing to send")
            return False
        if taken.missing:
            self._say(
                f"{name}: {many(taken.fresh, 'image')} came late, and {taken.missing} that were analysed before are "
                "not kept any more; send the whole study again. Nothing is sent until then"
            )
            return False
        record = self._spool.record(uid)
        self._say(f"{name}: {many(taken.images, 'image')}{_late(taken, record is not None)}; analysing")
        outcome = self._ask(self._task(uid, record))
        if outcome is None:
            return False
        if outcome.problem and not outcome.is_lasting:
            self._try_again(uid, f"{name}: {outcome.problem}")
            return False
        del self._tries[uid], self._crashes[uid]
        return self._put_out(uid, name, outcome, record)

    def _waits_for_more(self, uid: str, name: str, archive: ArchiveQuery) -> bool:
        """Whether an archive has more mammograms of a study than came; waits for them, but not for ever."""
        there = archive.mammograms_of(uid)
        came = sum(path is None or _is_mammogram(path) for path in self._spool.here(uid).values())
        if there is None:
            self._say(f"{name}: {archive.name} does not say how many mammograms it has; what came is analysed")
        elif came < there and self._waits[uid] < LONGEST:
            if not self._waits[uid]:
                self._say(f"{name}: {came} of {many(there, 'mammogram')} of {archive.name} came; it waits for the rest")
            self._waits[uid] += 1
            self._arrivals.again(uid, self._arrivals.rest_seconds)
            return True
        elif came < there:
            self._say(f"{name}: {came} of {many(there, 'mammogram')} of {archive.name} came; what came is analysed")
        del self._waits[uid]
        return False

    def _task(self, uid: str, record: dict[str, Any] | None) -> StudyTask:
        folder = self._spool.study(uid)
        before = frozenset((record or {}).get("judged") or ())
        return StudyTask(
            folder,
            folder / IMAGES,
            folder / RUN,
            folder / OBJECTS,
            self._wanted,
            self._resolved,
            self._workers,
            before,
        )

    def _ask(self, task: StudyTask) -> StudyOutcome | None:
        """Have a study processed; None where the node is closing."""
        try:
            return self._executor.submit(self._process, task).result()
        except Lost as lost:
            if self._is_ended:
                return None
            uid = task.folder.name
            self._crashes[uid] += lost.fault is not Fault.KILLED
            why = f"the process that analysed it ended ({lost.detail})"
            return StudyOutcome(problem=why, is_lasting=self._crashes[uid] >= TRIES)
        except WorkersUnavailableError as error:
            return StudyOutcome(problem=str(error), is_lasting=False)
        except (CancelledError, RuntimeError):  # closing
            return None
        except Exception as error:  # noqa: BLE001 - one study's failure never ends the node
            return StudyOutcome(problem=f"an unforeseen {type(error).__name__}", is_lasting=False)

    def _try_again(self, uid: str, sentence: str) -> None:
        self._tries[uid] += 1
        seconds = wait_seconds(self._tries[uid])
        self._say(f"{sentence}; tried again in {seconds:g} s")
        self._arrivals.again(uid, seconds)

    def _put_out(self, uid: str, name: str, outcome: StudyOutcome, record: dict[str, Any] | None) -> bool:
        """Note what came of a study, and hand its objects to the delivery."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        values = {
            "version": __version__,
            "finished": now,
            "instances": self._spool.contents(uid),
            "judged": list(outcome.judged),
            "objects": {**((record or {}).get("objects") or {}), **dict.fromkeys(outcome.objects, now)},
            "problem": outcome.problem,
        }
        is_superseding = self._spool.finish(uid, values, is_to_send=bool(outcome.objects))
        for remark in outcome.remarks:
            self._say(f"{name}: {remark}")
        if outcome.problem:
            self._say(f"{name}: {outcome.problem}. Nothing is sent of it")
            return False
        seen = f"{outcome.analysed} analysed, {outcome.failed} failed, {outcome.skipped} skipped"
        if not outcome.objects:
            why = "no object could be written" if outcome.remarks else "nothing new"
            why = why if outcome.judged else "no mammograms"
            self._say(f"{name}: {seen}; {why}, nothing to send")
            return False
        later = "; what was not sent yet of its earlier state is not sent any more" if is_superseding else ""
        self._say(f"{name}: {seen}; {many(len(outcome.objects), 'object')} to send{later}")
        return True


def _is_mammogram(path: Path) -> bool:
    try:
        return read_instance(path).modality == MAMMOGRAPHY
    except UnfitInstanceError:  # it was readable when it came: the run says what is wrong
        return True


def _images_of(task: StudyTask) -> int:
    return max(sum(1 for _ in task.images.glob("*.dcm")), 1)


def _late(taken: Taken, is_known: bool) -> str:
    return f", {taken.fresh} of them new since the last time: the whole study again" if is_known else ""
