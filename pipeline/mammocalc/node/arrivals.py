"""Arriving instances from every source: checked, put into the spool, and watched until their study is complete."""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from mammocalc.node.content import UnfitInstanceError, content_of, read_instance
from mammocalc.node.journal import end_of
from mammocalc.vocabulary.uid import is_uid

if TYPE_CHECKING:
    from pathlib import Path

    from mammocalc.node.content import Instance
    from mammocalc.node.journal import Journal
    from mammocalc.node.spool import Spool

SUCCESS: Final = 0x0000
INVALID_INSTANCE: Final = 0x0117
OUT_OF_RESOURCES: Final = 0xA700
MISMATCH: Final = 0xA900
CANNOT_UNDERSTAND: Final = 0xC000
DUPLICATE: Final = 0xC001
"""Statuses of C-STORE (PS3.4 B.2.3, PS3.7 9.1.1.1.9); the last is of the range of those that cannot be understood."""

LEAST_FREE_BYTES: Final = 1 << 30
"""Kept free on the disk of the spool: a sender is told to come again before a file is cut short, and a run of the
study has room."""
LONGEST: Final = 10
"""Times the rest, after which a study counts as complete although its association continues with other studies."""


@dataclass(frozen=True, slots=True)
class Status:
    """What an instance is answered: a status of C-STORE and, for a failure, why."""

    code: int
    comment: str = ""


@dataclass(slots=True)
class _Arrival:
    """A study of which something comes."""

    last: float
    senders: set[int] = field(default_factory=set)


class Arrivals:
    """
    What comes in.

    Parameters
    ----------
    spool : Spool
    rest_seconds : float
        A study is complete when nothing of it has come for this time, and no association that sent part of it is open.
    journal : Journal
    """

    def __init__(self, spool: Spool, rest_seconds: float, journal: Journal) -> None:
        self._spool, self._rest, self._journal = spool, rest_seconds, journal
        self._lock = threading.Lock()
        self._studies: dict[str, _Arrival] = {}
        for uid in spool.waiting():
            self._studies[uid] = _Arrival(time.monotonic())

    @property
    def rest_seconds(self) -> float:
        """For how long nothing of a study must have come."""
        return self._rest

    def store(self, received: Path, sop_class: str, instance: str, sender: int, title: str) -> Status:
        """
        Take a file that was received.

        Parameters
        ----------
        received : Path
            On the disk of the spool; is moved where it is taken.
        sop_class, instance : str
            What the sender says that it is; empty for whatever the file says.
        sender : int
            Tells associations apart.
        title : str
            Of the sender, for the log.
        """
        status = self._store(received, sop_class, instance, sender)
        if status.code != SUCCESS:
            self._journal.refuse(f"refused an instance of {title} (0x{status.code:04X}): {status.comment}")
        return status

    def _store(self, received: Path, sop_class: str, instance: str, sender: int) -> Status:
        if instance and not is_uid(instance):
            return Status(INVALID_INSTANCE, "The SOP Instance UID is not a UID")
        if shutil.disk_usage(self._spool.root).free < LEAST_FREE_BYTES:
            return Status(OUT_OF_RESOURCES, "The disk of the spool is full")
        try:
            found = read_instance(received)
        except UnfitInstanceError as error:
            return Status(CANNOT_UNDERSTAND, str(error))
        if sop_class not in {"", found.sop_class_uid} or instance not in {"", found.sop_instance_uid}:
            return Status(MISMATCH, "The data set is another instance than the command says")
        try:
            return self._put(received, found, sender)
        except OSError:
            return Status(OUT_OF_RESOURCES, "The disk of the spool does not take it")

    def _put(self, received: Path, found: Instance, sender: int) -> Status:
        """Put an instance into the spool, unless it was made here or contradicts what came before."""
        study, instance = found.study_instance_uid, found.sop_instance_uid
        with self._spool.lock:
            if self._spool.is_own_object(study, instance):
                return Status(SUCCESS)
            before = self._spool.known_content(study, instance)
            if before is not None and before != content_of(received):
                return Status(DUPLICATE, "This UID came before with other content; that is kept")
            self._spool.accept(received, study, instance)
        with self._lock:
            arrival = self._studies.setdefault(study, _Arrival(0.0))
            arrival.last = time.monotonic()
            arrival.senders.add(sender)
        return Status(SUCCESS)

    def leave(self, sender: int, title: str, *, is_aborted: bool) -> None:
        """Note that an association has ended; a study that it was sending rests from then on."""
        now = time.monotonic()
        with self._lock:
            of_sender = [(uid, one) for uid, one in self._studies.items() if sender in one.senders]
            for _, arrival in of_sender:
                arrival.senders.discard(sender)
                arrival.last = now
        for uid, _ in of_sender if is_aborted else []:
            self._journal.say(
                f"{title} broke off while it sent study {end_of(uid)}; what came is analysed unless more comes"
            )

    def at_rest(self) -> list[str]:
        """Take the complete studies, the one that has waited longest first."""
        now = time.monotonic()
        with self._lock:
            found = sorted(
                (arrival.last, uid)
                for uid, arrival in self._studies.items()
                if now - arrival.last >= self._rest * (LONGEST if arrival.senders else 1)
            )
            for _, uid in found:
                del self._studies[uid]
        return [uid for _, uid in found]

    def again(self, uid: str, seconds: float) -> None:
        """Have a study looked at once more, after a while."""
        with self._lock:
            self._studies.setdefault(uid, _Arrival(time.monotonic() + seconds - self._rest))
