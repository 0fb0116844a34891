"""Lock of an address, where files cannot be locked: a record with signs of life."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Self

from mammocalc.files.claim import BEAT_SECONDS, LOCK, is_alive
from mammocalc.files.lock_holder import decode_holder, held_by_another, this_process
from mammocalc.vocabulary.errors import OutputError, OutputLostError

if TYPE_CHECKING:
    from mammocalc.execution.remote import RemoteFolder

SETTLE_SECONDS: Final = 1.0
"""Two that begin in the same moment both write their records; after this time the one that was written last stands."""


class RemoteClaim:
    """
    The right to write to an address, for as long as this lasts; a context manager.

    A store has no locks. What holds an address is an object beside the run's own (`mammocalc.files.claim.LOCK`) that
    names process, machine and time, and that is written again every few seconds. Who finds one of another machine
    waits for its next sign of life; one of this machine whose process is gone counts for nothing. The object goes
    with the end of the run.

    Raises
    ------
    UsageError
        If another process holds the address.
    OutputError
        If nothing can be written there.
    """

    def __init__(self, remote: RemoteFolder) -> None:
        self._remote = remote
        self._holder = this_process()
        self._ended = threading.Event()
        self._lost = False

    def __enter__(self) -> Self:
        """Take the address."""
        alive = is_alive(self._read)
        if alive is not None:
            raise held_by_another(self._remote.address, alive)
        try:
            self._remote.write(LOCK, self._holder.encode())
        except OSError as error:
            message = f"cannot be written to ({error.strerror}). Choose another --out."
            raise OutputError(self._remote.address, message) from None
        self._ended.wait(SETTLE_SECONDS)
        now = self._read()
        winner = None if now is None else decode_holder(now)
        if winner is None or winner.token != self._holder.token:
            raise held_by_another(self._remote.address, winner)
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        self._ended.set()
        self._thread.join(BEAT_SECONDS)
        with suppress(OSError):
            if self._is_ours():
                self._remote.remove(LOCK)

    def check(self) -> None:
        """Raise OutputLostError if another process has taken the address over, or what lay there was removed."""
        if self._lost:
            message = "the output at the address was removed or taken over while the run went on. Look who writes there"
            raise OutputLostError(message)

    def _beat(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            try:
                if not self._is_ours():
                    self._lost = True
                    return
                self._holder = replace(self._holder, beat=self._holder.beat + 1)
                self._remote.write(LOCK, self._holder.encode())
            except FileNotFoundError:
                self._lost = True
                return
            except OSError:  # the network is away for a moment; results are refused if it stays so
                continue

    def _is_ours(self) -> bool:
        """Whether the record names this process; OSError where the store does not answer."""
        holder = decode_holder(self._remote.read(LOCK))
        return holder is not None and holder.token == self._holder.token

    def _read(self) -> bytes | None:
        try:
            return self._remote.read(LOCK)
        except OSError:
            return None
