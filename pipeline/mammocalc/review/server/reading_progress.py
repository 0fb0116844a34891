"""A reader's progress: what is read, agreed with and answered."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mammocalc.review.server.blinding import has_answered
from mammocalc.review.server.replay import compute_state

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mammocalc.review.server.answers import Answers, Taken
    from mammocalc.review.server.reader_state import State
    from mammocalc.review.server.run_index import RunIndex


@dataclass(slots=True)
class _Progress:
    """What the worklist knows of one reader, brought up to date by the actions since."""

    last: int = 0
    actions: dict[str, list[Taken]] = field(default_factory=dict)
    marks: dict[str, dict[str, bool]] = field(default_factory=dict)


class ReadingProgress:
    """What each reader has done with the images of a run; asked again and again, it looks only at what is new."""

    def __init__(self, index: RunIndex, answers: Answers) -> None:
        self.index, self.answers = index, answers
        self._lock = threading.Lock()
        self._progress: dict[str, _Progress] = {}

    def marks(self, reader: str) -> dict[str, dict[str, bool]]:
        """Give, by UID, what this reader has read, agreed with and answered; only what is new is looked at."""
        with self._lock:
            progress = self._progress.setdefault(reader, _Progress())
            new = self.answers.since(progress.last, reader)
            for item in new:
                progress.last = item.number
                progress.actions.setdefault(item.uid, []).append(item)
            for uid in {item.uid for item in new} & self.index.images.keys():
                taken = progress.actions[uid]
                state = state_of_result(taken, self.index.result_digest(uid))
                progress.marks[uid] = {
                    "read": state.is_read,
                    "agreed": state.is_agreed(self.index.images[uid].found["distribution"]),
                    "answered": has_answered(taken),
                }
            return dict(progress.marks)


def state_of_result(taken: Iterable[Taken], result_digest: str) -> State:
    """Compute the state from the actions on this very result: ids of another one mean something else."""
    return compute_state((item.number, item.action) for item in taken if item.result_digest == result_digest)
