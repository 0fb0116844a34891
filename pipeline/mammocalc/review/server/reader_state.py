"""A reader's present answer to an image."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from mammocalc.model import Calcification

ACCEPT, REJECT = "accept", "reject"


class PairName(NamedTuple):
    """Two findings, in this image and another one; None where the one is seen in one of them alone."""

    relation: str
    of: str
    id: int | None
    other: str
    other_id: int | None


@dataclass(slots=True)
class State:
    """
    What a reader has answered.

    ``calcifications`` and ``clusters`` hold, by id, only what the reader said
    of them; ``added`` holds, by key, what the program missed; ``pairs`` holds
    what was said of two findings, with the number of the action and the
    fingerprint of the other result. ``number`` is that of the last action that counts.
    """

    calcifications: dict[int, dict[str, Any]] = field(default_factory=dict)
    clusters: dict[int, dict[str, Any]] = field(default_factory=dict)
    added: dict[str, dict[str, Any]] = field(default_factory=dict)
    pairs: dict[PairName, dict[str, Any]] = field(default_factory=dict)
    distribution: str | None = None
    comment: str = ""
    is_read: bool = False
    rest_accepted: bool = False
    can_undo: bool = False
    can_redo: bool = False
    number: int = 0

    def is_agreed(self, label: str | None) -> bool:
        """Whether the reader agrees with the whole image, whose distribution the program calls ``label``."""
        said = [*self.calcifications.values(), *self.clusters.values()]
        contradicts = any(item.get("verdict") == REJECT for item in said) or self.added
        return self.rest_accepted and not contradicts and self.distribution in {None, label}

    def as_json(self, label: str | None) -> dict[str, Any]:
        """Give the state as the page gets it."""
        return {
            "calcifications": {str(number): dict(item) for number, item in sorted(self.calcifications.items())},
            "clusters": {str(number): dict(item) for number, item in sorted(self.clusters.items())},
            "added": [{"key": key, **item} for key, item in self.added.items()],
            "pairs": [{**name._asdict(), **said} for name, said in self.pairs.items()],
            "distribution": self.distribution,
            "comment": self.comment,
            "read": self.is_read,
            "agreed": self.is_agreed(label),
            "rest_accepted": self.rest_accepted,
            "can_undo": self.can_undo,
            "can_redo": self.can_redo,
        }


def note(items: dict[int, dict[str, Any]], number: int, name: str, value: Any) -> None:
    """Note what is said of a mark or cluster; nothing said is no entry."""
    item = items.setdefault(number, {})
    if value is None:
        item.pop(name, None)
    else:
        item[name] = value
    if not item:
        del items[number]


def verdict_of(state: State, mark: Calcification) -> str | None:
    """
    Say what a reader thinks of a mark of the program: its own verdict, else its cluster's, else that of the image.

    Parameters
    ----------
    state : State
    mark : Calcification
        One of the result.

    Returns
    -------
    str or None
        ``accept``, ``reject``, or None where nothing says.
    """
    own: str | None = state.calcifications.get(mark.number, {}).get("verdict")
    of_cluster: str | None = None if mark.cluster is None else state.clusters.get(mark.cluster, {}).get("verdict")
    return own or of_cluster or (ACCEPT if state.rest_accepted else None)
