"""Delivery of objects, one by one: tried again after growing waits, and removed once stored."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from mammocalc.node.journal import end_of
from mammocalc.node.retry_delays import wait_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from mammocalc.node.spool import Spool


class Fate(Enum):
    """What became of an object that was offered."""

    STORED = "stored"
    REFUSED = "refused"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer of the destination for one object: its fate, and the reason if it was not stored."""

    file: Path
    fate: Fate
    why: str = ""


class Destination(Protocol):
    """Where objects go."""

    name: str

    def offer(self, files: Sequence[Path]) -> Iterator[Answer]:
        """Send files, and give the answer to each as it comes; ends early where the destination cannot be reached."""


class UnreachableError(Exception):
    """The destination could not be reached; the text says why."""


class Delivery:
    """Sends what lies in the spool."""

    def __init__(self, spool: Spool, destination: Destination, say: Callable[[str], None]) -> None:
        self._spool, self._destination, self._say = spool, destination, say
        self._wake = threading.Event()
        self._end = threading.Event()
        self._tries = 0
        self._stored: set[Path] = set()
        self._thread = threading.Thread(target=self._deliver, daemon=True)

    def start(self) -> None:
        """Begin, with what an earlier process left."""
        self._thread.start()

    def wake(self) -> None:
        """Say that there is something to send."""
        self._wake.set()

    def close(self, seconds: float) -> None:
        """Stop after the present object, and wait at most this long for it."""
        self._end.set()
        self._wake.set()
        self._thread.join(seconds)

    def _deliver(self) -> None:
        while not self._end.is_set():
            self._wake.clear()
            if self._send_all_safely():
                self._tries = 0
                self._wake.wait()
            else:
                self._tries += 1
                self._end.wait(wait_seconds(self._tries))

    def _is_stored(self, file: Path) -> bool:
        """Whether an object was stored, and only its file could not be removed then: it must not be sent again."""
        if file in self._stored:
            file.unlink(missing_ok=True)
            self._stored.discard(file)
            return True
        return False

    def _send_all_safely(self) -> bool:
        try:
            return self._send_all()
        except Exception as error:  # noqa: BLE001 - whatever it was, what lies in the spool is sent later
            self._say(f"sending was broken off by an unforeseen {type(error).__name__}; it goes on in a while")
            return False

    def _send_all(self) -> bool:
        """Send what there is; False where some of it is to be tried again."""
        is_all = True
        for uid in self._spool.outgoing():
            if self._end.is_set():
                return is_all
            is_all = self._send(uid) and is_all
        return is_all

    def _send(self, uid: str) -> bool:
        name = f"study {end_of(uid)}"
        files = [file for file in self._spool.unsent(uid) if not self._is_stored(file)]
        stored = 0
        left = len(files)
        why = "the association ended early"
        try:
            for answer in self._destination.offer(files) if files else ():
                if answer.fate is Fate.STORED:
                    self._stored.add(answer.file)
                    answer.file.unlink(missing_ok=True)
                    self._stored.discard(answer.file)
                    stored, left = stored + 1, left - 1
                elif answer.fate is Fate.REFUSED:
                    left -= 1
                    self._spool.refuse(uid, answer.file)
                    self._say(f"{name}: {self._destination.name} refused an object for good: {answer.why}")
                else:
                    why = answer.why
                if self._end.is_set():
                    break
        except UnreachableError as error:
            why = str(error)
        if stored:
            self._say(f"{name}: {stored} of {len(files)} objects stored by {self._destination.name}")
        if left and not self._end.is_set():
            wait = wait_seconds(self._tries + 1)
            self._say(f"{name}: {left} kept, for {self._destination.name}: {why}; tried again in {wait:g} s")
        self._spool.settle(uid)
        return not left
