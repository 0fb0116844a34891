"""Events of a run, line by line."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mammocalc.execution.plan import PlannedImage
    from mammocalc.execution.settled import Settled
    from mammocalc.execution.workers.resource_limits import Lost


class Journal:
    """
    A file of JSON lines, each with ``time`` (UTC), ``event`` and its facts.

    Lines are added and never changed, those of a continued run after those of
    the interrupted one. They hold the names that the rows hold, and nothing
    else of a file: no patient's data.

    Parameters
    ----------
    file : Path
        Its folder exists when the first event is noted.
    is_there : callable
        Whether its folder is still that of the run; where it is not, nothing is noted.
    """

    def __init__(self, file: Path, is_there: Callable[[], bool]) -> None:
        self._file, self._is_there = file, is_there

    def note(self, event: str, **facts: Any) -> None:
        """Add an event; where the disk takes no more, the run has more important things to say than this."""
        if not self._is_there():
            return
        line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **facts}
        with contextlib.suppress(OSError), self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def note_changes(self, settled: Settled) -> None:
        """Name the files that have other frames than before, hold another image, or are gone."""
        for path in settled.changed:
            self.note("file_changed", path=path)
        for path in settled.exchanged:
            self.note("file_holds_another_image", path=path)
        for path in settled.vanished:
            self.note("file_gone", path=path)

    def note_lost(self, image: PlannedImage, lost: Lost, is_final: bool) -> None:
        """Say that an image took its worker with it."""
        self.note(
            "worker_lost",
            path=image.files[0].public_path,
            fault=str(lost.fault),
            detail=lost.detail,
            seconds=round(lost.seconds, 3),
            is_tried_again=not is_final,
        )

    def mend(self) -> None:
        """End a last line that a killed run left unfinished, so that the next begins on its own."""
        with contextlib.suppress(OSError):
            content = self._file.read_bytes()
            if content and not content.endswith(b"\n"):
                with self._file.open("ab") as file:
                    file.write(b"\n")
