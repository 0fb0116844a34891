"""Log of a node: times, AE titles and ends of UIDs, nothing of a patient."""

from __future__ import annotations

import contextlib
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from mammocalc.files.plain_text import escaped

if TYPE_CHECKING:
    from collections.abc import Callable

END_CHARACTERS: Final = 8
"""Enough to find a study in an archive by, and too few for an identifier or a date with a name."""

MOST_REFUSALS: Final = 30
MINUTE_S: Final = 60.0


def end_of(uid: str) -> str:
    """
    Give the end of a UID, as it stands in the log.

    Examples
    --------
    >>> end_of("1.2.276.0.7230010.3.1.4.8323329")
    '..48323329'
    """
    digits = uid.replace(".", "")
    return f"..{digits[-END_CHARACTERS:]}"


class Journal:
    """
    Says sentences with the time before them, from any thread.

    Parameters
    ----------
    write : callable
        Gets each line.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write, self._lock = write, threading.Lock()
        self._refusals: list[float] = []
        self._unsaid = 0

    def say(self, sentence: str) -> None:
        """Say a sentence; an AE title in it is a stranger's text."""
        line = f"{datetime.now(UTC).isoformat(timespec='seconds')[:19]}Z {escaped(sentence, keep='')}"
        with self._lock, contextlib.suppress(OSError):  # whoever reads it may have gone; the node goes on
            self._write(line)

    def refuse(self, sentence: str) -> None:
        """Say what was refused, some times a minute: strangers must not fill the log."""
        now = time.monotonic()
        self._refusals = [at for at in self._refusals if now - at < MINUTE_S]
        if len(self._refusals) >= MOST_REFUSALS:
            self._unsaid += 1
            return
        unsaid, self._unsaid = self._unsaid, 0
        self._refusals.append(now)
        self.say(f"{sentence}{f' ({unsaid} refusals before were not written)' if unsaid else ''}")
