"""Signals that ask a run to stop."""

from __future__ import annotations

import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType


@contextmanager
def stop_on_signal(say: Callable[[str], None]) -> Iterator[Callable[[], bool]]:
    """
    Turn the first Ctrl-C or SIGTERM into a polite request; the second one ends the program.

    So it is with SIGHUP, which comes when a terminal is closed, unless it is ignored, as under ``nohup``.
    """
    asked: list[int] = []
    hangup = getattr(signal, "SIGHUP", signal.SIGTERM)  # Windows has none
    numbers = {signal.SIGINT, signal.SIGTERM, hangup}
    if signal.getsignal(hangup) is signal.SIG_IGN:
        numbers.discard(hangup)

    def ask(number: int, _frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        with suppress(OSError):  # a terminal that was closed takes no word
            say("Stopping: the files in hand are finished. Once more to stop at once.")

    before = {number: signal.signal(number, ask) for number in numbers}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
